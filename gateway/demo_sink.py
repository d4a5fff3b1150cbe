"""The other side of the demo: a mail server that takes everything, and people's mail clients.

The sink is a real SMTP server on loopback; what it takes is kept as files, one a mail, numbered in order of arrival.
"""

from __future__ import annotations

import asyncio
import email
import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.policy import SMTP as SMTP_POLICY
from email.policy import default
from email.utils import format_datetime, make_msgid
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.sample import trusting

HOST = "127.0.0.1"
SECONDS = 15


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the sink has taken, read by the standard library as a mail client would."""

    recipient: str
    mail: EmailMessage

    @property
    def text(self) -> str:
        """The plain text that a person reads."""
        body = self.mail.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""


class Sink:
    """Open from `start` to `stop`; `next` waits for the next mail to a recipient."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: list[Taken] = []
        self._arrived = asyncio.Condition()
        self._server: asyncio.AbstractServer | None = None
        self._count = 0
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port."""
        self._folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, loop=loop, hostname="sink"), HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close."""
        if self._server is not None:
            self._server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail and tell whoever waits for it."""
        raw = envelope.original_content or b""
        async with self._arrived:
            self._count += 1
            name = f"{self._count:03d}-{envelope.rcpt_tos[0].partition('@')[0][:40]}.eml"
            (self._folder / name).write_bytes(raw)
            mail = email.message_from_bytes(raw, policy=default)
            self._taken.append(Taken(envelope.rcpt_tos[0], mail))
            self._arrived.notify_all()
        return "250 2.0.0 taken"

    async def next(self, recipient: str) -> Taken:
        """The oldest mail to `recipient` that was not asked for yet; raises TimeoutError after 15 s."""
        async with asyncio.timeout(SECONDS), self._arrived:
            await self._arrived.wait_for(lambda: self._find(recipient) is not None)
            found = self._find(recipient)
        assert found is not None  # noqa: S101 - the line above waited for it
        self._taken.remove(found)
        return found

    def _find(self, recipient: str) -> Taken | None:
        return next((taken for taken in self._taken if taken.recipient == recipient), None)

    @property
    def unread(self) -> list[Taken]:
        """What came and nobody asked for."""
        return list(self._taken)


def write(*, sender: str, name: str, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """A new mail as a mail client writes it."""
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = f"{name} <{sender}>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail.set_content(text)
    return mail


def answer(taken: Taken, *, sender: str, name: str, text: str, now: datetime) -> EmailMessage:
    """What a mail client makes of "reply": To from Reply-To, the thread's fields, the old text quoted below."""
    old: Message = taken.mail
    quoted = "\n".join(f"> {line}" for line in taken.text.splitlines())
    below = f"\nOn {format_datetime(now)}, {old['From']} wrote:\n{quoted}\n"
    subject = str(old["Subject"])
    mail = write(
        sender=sender,
        name=name,
        to=str(old["Reply-To"] or old["From"]),
        subject=subject if subject.startswith("Re:") else f"Re: {subject}",
        text=f"{text}\n{below}",
        now=now,
    )
    mail["In-Reply-To"] = str(old["Message-ID"]).strip()
    mail["References"] = f"{old['References'] or ''} {old['Message-ID']}".strip()
    return mail


@dataclass(frozen=True, slots=True)
class Login:
    """How an agent's mail program logs in, and the certificate that it trusts."""

    address: str
    password: str
    certificate: Path


async def post(mail: EmailMessage, port: int, *, sender: str, login: Login | None = None) -> None:
    """Hand a mail to the gateway over real SMTP."""

    def talk() -> None:
        with smtplib.SMTP(HOST, port, timeout=SECONDS) as client:
            if login is not None:
                client.starttls(context=trusting(login.certificate))
                client.login(login.address, login.password)
            client.send_message(mail, from_addr=sender)

    await asyncio.to_thread(talk)
