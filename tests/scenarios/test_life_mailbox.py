"""Desks that are read from a mailbox, and tickets as people's own mailboxes show them: judged with a real Dovecot."""

import asyncio
import imaplib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import func, select

from gateway.config import Hop, Mailbox, Secret
from rules.ticket import Status
from store.schema import delivery, outbox, ticket
from tests.running import HOST, free_port
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House, Mail
from tests.servers import Dovecot
from tests.templates.test_thread import threads

OLD = 40
pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOX_PASSWORD", Dovecot.password)


def box(port: int, user: str) -> Mailbox:
    """Support's mailbox, read from its first mail on."""
    return Mailbox(
        name="support",
        desk="support",
        host=HOST,
        port=port,
        tls="none",
        user=user,
        password=Secret(env="MAILBOX_PASSWORD"),
        start="all",
        poll_seconds=1,
        hop=Hop(authserv_id="mx.desk.example"),
    )


def append(dovecot: Dovecot, user: str, *mails: bytes) -> None:
    with imaplib.IMAP4(HOST, dovecot.port) as imap:
        imap.login(user, dovecot.password)
        for raw in mails:
            imap.append("INBOX", "", "", raw)


async def taken(house: House, count: int) -> None:
    """Until so many deliveries are in the ledger, and all that follows from them has happened."""

    async def holds() -> bool:
        return (await house.rows(select(func.count()).select_from(delivery)))[0][0] >= count

    await house.until(holds, f"{count} deliveries")
    await house.settled()


async def test_an_old_mailbox_is_taken_in_quietly(build: Callable[..., House], dovecot: Dovecot, mailbox: str) -> None:
    """Forty old mails become tickets and nobody hears a word, at no time; a new one is confirmed; after a change of
    UIDVALIDITY everything is read again and nothing is sent, opened or lost."""
    house = build(mailboxes=(box(dovecot.port, mailbox),))
    old = [
        house.write(f"Question {n}.", who=f"old{n}@customer.example", subject=f"Question {n}").as_bytes(policy=SMTP)
        for n in range(OLD)
    ]
    await asyncio.to_thread(append, dovecot, mailbox, *old)
    await house.open()
    try:
        await taken(house, OLD)
        assert await house.outcomes() == ["opened"] * OLD
        assert not house.got()
        await asyncio.to_thread(append, dovecot, mailbox, house.write("I am new.").as_bytes(policy=SMTP))
        await taken(house, OLD + 1)
        confirmation = house.one(ANNA)
        assert confirmation.subject.startswith(f"Re: [TKT-{OLD + 1:05d}]")
        assert [len(house.got(agent)) for agent in (MARIE, KARIM)] == [1, 1]

        await house.close()
        dovecot.doveadm("mailbox", "update", "-u", mailbox, "--uid-validity", "4711", "INBOX")
        await house.open()
        await taken(house, 2 * (OLD + 1))
        assert (await house.outcomes())[OLD + 1 :] == ["duplicate"] * (OLD + 1)
        assert not house.got()
        reply = house.reply(confirmation, "More.").as_bytes(policy=SMTP)
        await asyncio.to_thread(append, dovecot, mailbox, reply)
        await taken(house, 2 * (OLD + 1) + 1)
        assert (await house.outcomes())[-1] == "followed up"
        assert [len(house.got(agent)) for agent in (MARIE, KARIM)] == [1, 1]
        await house.later(days=60)
        assert (await house.rows(select(func.count()).select_from(ticket)))[0][0] == OLD + 1
        await house.judge()
    finally:
        await house.close()


async def test_by_smtp_and_by_imap_is_one_ticket(build: Callable[..., House], dovecot: Dovecot, mailbox: str) -> None:
    """A mail that comes by both roads opens one ticket with one confirmation; the second delivery says of which it is
    the duplicate. An agent's whole answer works through the mailbox, too, where there is no envelope and a mail server
    that was declared says who logged in."""
    house = build(mailboxes=(box(dovecot.port, mailbox),))
    await house.open()
    try:
        mail = house.write("Once.")
        await house.send(mail)
        delivered = b"Return-Path: <anna@customer.example>\r\nDelivered-To: support@desk.example\r\n" + mail.as_bytes(
            policy=SMTP
        )
        await asyncio.to_thread(append, dovecot, mailbox, delivered)
        await taken(house, 2)
        rows = await house.rows(select(delivery.c.outcome, delivery.c.reason).order_by(delivery.c.id))
        assert [row.outcome for row in rows] == ["opened", "duplicate"]
        assert "delivery 1" in rows[1].reason
        house.one(ANNA)
        house.one(KARIM)
        answer = house.reply(house.one(MARIE), "#waiting\nWhich browser?")
        seen = f"Authentication-Results: mx.desk.example; auth=pass smtp.auth={MARIE}\r\n".encode()
        await asyncio.to_thread(append, dovecot, mailbox, seen + answer.as_bytes(policy=SMTP))
        await taken(house, 3)
        assert "Which browser?" in house.one(ANNA).text
        house.one(MARIE)
        assert (await house.ticket()).status is Status.WAITING
        await house.judge()
    finally:
        await house.close()


async def test_no_timer_outruns_a_mailbox_that_can_not_be_read(build: Callable[..., House]) -> None:
    """The desk's mailbox is away for weeks: nobody is reminded and nothing is closed, for an answer may lie in it."""
    house = build(mailboxes=(box(free_port(), "nobody"),))
    await house.open()
    try:
        await house.send(house.write("It is broken."))
        told = next(mail for mail in house.got() if mail.recipient == MARIE)
        await house.send(house.reply(told, "#waiting\nWhich browser?"))
        house.got()
        house.clock.moment = house.clock.moment.replace(day=28)
        assert await house.gateway.clock.tick() == 0
        await house.settled()
        assert (await house.ticket()).status is Status.WAITING
        assert len(await house.timers()) == 3
        await house.judge()
    finally:
        await house.close()


async def test_one_ticket_is_one_thread_in_everybodys_mailbox(house: House, dovecot: Dovecot, mailbox: str) -> None:
    """Every mail of a ticket's life, as the customer has them, as the agent has them, and all together: one thread by
    REFERENCES and by ORDEREDSUBJECT."""
    seen: dict[str, list[bytes]] = {ANNA: [], MARIE: []}

    async def says(mail: EmailMessage, who: str) -> None:
        seen[who].append(mail.as_bytes(policy=SMTP))
        await house.send(mail)

    def reads(who: str) -> Mail:
        mails = house.got(who)
        seen[who].extend(mail.raw for mail in mails)
        return mails[-1]

    first = "Re: Fwd: Zażółć gęślą jaźń, la page est cassée"
    await says(house.write("It is broken.", subject=first, vouched=True), ANNA)
    confirmation, told = reads(ANNA), reads(MARIE)
    await says(house.reply(confirmation, "One more thing."), ANNA)
    reads(MARIE)
    await says(house.reply(told, "#wating\nHm?"), MARIE)
    await says(house.reply(reads(MARIE), "#waiting\nWhich browser?"), MARIE)
    reads(ANNA)
    reads(MARIE)
    for days in (3, 2, 2):
        await house.later(days=days)
        last = reads(ANNA)
    await says(house.reply(last, "Firefox."), ANNA)
    await says(house.reply(reads(MARIE), "#resolve\nUpdate it."), MARIE)
    reads(MARIE)
    await says(house.reply(reads(ANNA), "Thanks, solved."), ANNA)
    reads(ANNA)
    house.got()
    assert (await house.ticket()).status is Status.CLOSED
    assert len(seen[ANNA]) == 11

    for name, mails in {"anna": seen[ANNA], "marie": seen[MARIE], "both": seen[ANNA] + seen[MARIE]}.items():
        user = f"{name}-{mailbox}"
        await asyncio.to_thread(append, dovecot, user, *mails)
        for algorithm in ("REFERENCES", "ORDEREDSUBJECT"):
            found = await asyncio.to_thread(threads, dovecot, user, algorithm)
            assert found == [set(range(1, len(mails) + 1))], (name, algorithm)
    assert len(await house.rows(select(outbox.c.id).where(outbox.c.ticket != 1))) == 0
    assert SUPPORT in seen[ANNA][1].decode()
