"""How a hostile mail is handed over, and what became of it: its outcome, its ticket, the mails that it made."""

import asyncio
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gateway.sample import trusting
from store.schema import delivery, outbox
from tests.running import HOST
from tests.scenarios.house import PASSWORD, PATIENCE, SUPPORT, House

EVE = "eve@evil.example"


@dataclass(frozen=True)
class Seen:
    """What became of one mail. `mails` are (recipient, notice), in order."""

    delivery: int
    outcome: str
    reason: str
    ticket: int | None
    mails: tuple[tuple[str, str], ...]


def raw(*fields: str | bytes, body: str | bytes = "Hello.\r\n") -> bytes:
    """A mail of exactly these header lines, in this order; text is UTF-8."""
    lines = [field if isinstance(field, bytes) else field.encode() for field in fields]
    return b"\r\n".join([*lines, b"", body if isinstance(body, bytes) else body.encode()])


def new(
    *fields: str | bytes, number: str, author: str | bytes = f"From: Eve <{EVE}>", body: str | bytes = "Hello.\r\n"
) -> bytes:
    """A complete mail to support, by default from Eve; `number` makes its Message-ID and subject its own."""
    head = (f"To: {SUPPORT}", f"Subject: case {number}", f"Message-ID: <{number}@evil.example>")
    return raw(author, *head, "Date: Fri, 6 Nov 2026 09:00:00 +0000", *fields, body=body)


async def hand_over(
    house: House, mail: bytes, *, sender: str = EVE, to: Sequence[str] = (SUPPORT,), login: str = ""
) -> None:
    """Over SMTP until the 250, logged in over TLS as `login` where that is said."""

    def talk() -> None:
        with smtplib.SMTP(HOST, house.port, timeout=PATIENCE) as client:
            if login:
                client.starttls(context=trusting(house.gateway.config.certificate))
                client.login(login, PASSWORD)
            client.sendmail(sender, list(to), mail)

    await asyncio.to_thread(talk)


async def seen(
    house: House, mail: bytes, *, sender: str = EVE, to: Sequence[str] = (SUPPORT,), login: str = ""
) -> Seen:
    """Hand it over, and wait for all that follows from it."""
    await hand_over(house, mail, sender=sender, to=to, login=login)
    await house.settled()
    return await last(house)


async def last(house: House) -> Seen:
    """What became of the newest delivery."""
    row = (await house.rows(select(delivery).order_by(delivery.c.id.desc()).limit(1)))[0]
    made = select(outbox.c.recipient, outbox.c.notice).where(outbox.c.event == f"delivery:{row.id}")
    mails = tuple((mail.recipient, mail.notice) for mail in await house.rows(made.order_by(outbox.c.id)))
    return Seen(row.id, row.outcome, row.reason, row.ticket, mails)
