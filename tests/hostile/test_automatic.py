"""C: automatic mail, marked, unmarked and lying. It is kept, nothing of ours answers it for long, people are served.

Delivery reports and complaints (C11 to C20, C28) have a file of their own. Each case writes from an address of its own,
and all of them meet one running gateway; ordinary mail that must work (Z) goes between them.
"""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase
from typing import Any

import pytest
from sqlalchemy import func, select

from rules.inbound import FLOOD
from rules.ticket import Status
from store.alarms import list_alarms
from store.schema import delivery, entry, outbox, ticket
from tests.hostile.post import raw, seen
from tests.running import HOST
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House, Mail

STAFF = {MARIE, KARIM}
CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1@x\r\nSUMMARY:Review\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CODE = "483920"
RECEIVED = tuple(f"Received: from a{n}.example by b{n}.example; Fri, 6 Nov 2026 09:00:00 +0000" for n in range(120))


@dataclass(frozen=True)
class Case:
    """A mail from `who`, with these header lines; `answer`: whether its author gets our confirmation."""

    fields: tuple[str, ...] = ()
    body: str = "It is broken since this morning.\r\n"
    answer: bool = False
    who: str = ""
    sender: str | None = None
    subject: str = "The page shows an error"


CASES = {
    "C01 auto-replied": Case(("Auto-Submitted: auto-replied",)),
    "C03 spelled oddly": Case(("AUTO-SUBMITTED:  Auto-Generated ; owner=x (comment)",)),
    "C04 says no, is bulk": Case(("Auto-Submitted: no", "Precedence: bulk")),
    "C04 says no, is a list": Case(("Auto-Submitted: no", "List-Id: News <news.example.org>")),
    "C05 no with a comment": Case(("Auto-Submitted: no (a person wrote this)",), answer=True),
    "C06 auto-notified": Case(('Auto-Submitted: auto-notified; owner-email="x@example.org"',)),
    "C07a bulk": Case(("Precedence: bulk",)),
    "C07b junk": Case(("Precedence: junk",)),
    "C07c list": Case(("Precedence: list",)),
    "C07d auto_reply": Case(("X-Precedence: auto_reply",)),
    "C08 list mail": Case(
        (
            "List-Id: <news.example.org>",
            "List-Unsubscribe: <{url}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        )
    ),
    "C09 asks for no answer": Case(("X-Auto-Response-Suppress: All",)),
    "C10 null sender": Case(sender=""),
    "C21 wants a receipt": Case(("Disposition-Notification-To: <receipts@spy.example>",), answer=True),
    "C25 no-reply": Case(who="no-reply@c25.example"),
    "C25 do-not-reply": Case(who="DoNotReply-1@c25.example"),
    "C26 mailer-daemon": Case(who="mailer-daemon@c26.example"),
    "C26 postmaster": Case(who="postmaster@c26.example"),
    "C27 challenge": Case(
        ("In-Reply-To: <1@desk.example>",),
        subject="Please confirm your message",
        body="Your message is being held. To release your message click {url} once.\r\n",
    ),
    "C29 somebody else's code": Case(
        who="noreply@service.example",
        subject=f"{CODE} is your verification code",
        body=f"Enter {CODE} to join the workspace of desk.example, or open {{url}}\r\n",
    ),
    "C30 calendar answer": Case(("MIME-Version: 1.0", "Content-Type: text/calendar; method=REPLY"), body=CALENDAR),
    "Z a person": Case(answer=True),
    "Z a person in a hurry": Case(("Importance: high", "X-Priority: 1"), answer=True),
    "Z a person who names a list": Case(
        body="Our mailing list does not work, the bulk of it is lost.\r\n", answer=True
    ),
}


@contextmanager
def nobody_calls() -> Iterator[str]:
    """An address that a link may lead to: at the end nobody has followed it."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield f"http://{HOST}:{listener.getsockname()[1]}/confirm"
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


async def test_automatic_mail_opens_a_ticket_at_most(house: House) -> None:
    """C01 to C10, C21, C25 to C27, C29, C30: no confirmation, no receipt, no link followed, each kept with its reason;
    Z: a person is confirmed."""
    with nobody_calls() as url:
        for number, (name, case) in enumerate(CASES.items()):
            author = case.who or f"writer{number}@c.example"
            head = (
                f"From: <{author}>",
                f"To: {SUPPORT}",
                f"Subject: {case.subject}",
                f"Message-ID: <c{number}@c.example>",
            )
            fields = [field.replace("{url}", url) for field in case.fields]
            mail = raw(*head, *fields, body=case.body.replace("{url}", url))

            found = await seen(house, mail, sender=author if case.sender is None else case.sender)

            outside = [(to, notice) for to, notice in found.mails if to not in STAFF]
            assert outside == ([(author, "opened")] if case.answer else []), name
            assert found.outcome in (("opened",) if case.answer else ("opened", "automatic", "report")), name
            assert found.reason, name
    for one in house.got():
        assert CODE not in one.raw.decode() or one.recipient in STAFF
        assert "text/calendar" not in one.raw.decode()


async def resolved(house: House) -> Mail:
    """Anna has a ticket, which Marie has resolved; returns the mail that says so."""
    await house.send(house.write("It is broken."))
    house.one(ANNA)
    house.one(KARIM)
    await house.send(house.reply(house.one(MARIE), "#resolve\nIt works again, please have a look."))
    house.got(MARIE)
    return house.one(ANNA)


ANSWERS: dict[str, dict[str, Any]] = {
    "C01 auto-replied": {"Auto_Submitted": "auto-replied"},
    "C03 odd spelling": {"AUTO_SUBMITTED": "Auto-Replied ; owner-email=anna"},
    "C06 auto-generated": {"Auto_Submitted": "auto-generated"},
    "C07d auto_reply": {"Precedence": "auto_reply"},
    "C09 out of office": {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"},
}


async def test_an_automatic_answer_changes_nothing(house: House) -> None:
    """C01, C03, C06, C07, C09, C10: on the ticket, nothing sent, reopened or done (G12); Z: Anna reopens it."""
    told = await resolved(house)
    for name, fields in ANSWERS.items():
        await house.send(house.reply(told, f"#close\nI am away. {name}", **fields))
    await house.send(house.reply(told, "#close\nI am away, says a null sender."), sender="")

    assert await house.outcomes() == ["opened", "act", *["automatic"] * (len(ANSWERS) + 1)]
    assert (await house.ticket()).status is Status.RESOLVED
    assert not house.got()
    assert len(await house.entries("message")) == len(ANSWERS) + 2

    await house.send(house.reply(told, "No, it is still broken."))
    assert (await house.ticket()).status is Status.IN_PROGRESS
    assert house.got(MARIE)


async def test_our_own_mail_that_comes_back_is_known(house: House) -> None:
    """C23: as it left, and as a forwarder hands it on; Z: a person's answer in the same thread is none of ours."""
    await house.send(house.write("It is broken."))
    confirmation = house.one(ANNA)
    house.got()
    forwarded = b"Resent-From: <anna@customer.example>\r\nDelivered-To: support@desk.example\r\n" + confirmation.raw

    for mail in (confirmation.raw, forwarded):
        found = await seen(house, mail, sender=confirmation.sender)
        assert (found.outcome, found.mails) == ("own", ())

    await house.send(house.reply(confirmation, "Here is more."))
    assert (await house.outcomes())[-1] == "followed up"
    house.got()


async def test_a_mail_that_has_gone_round_is_refused(house: House) -> None:
    """C24: with 120 Received fields it gets 554 5.4.6 and is nowhere; Z: with 20 it is taken."""
    head = (f"From: <{ANNA}>", f"To: {SUPPORT}", "Subject: round", "Message-ID: <r@customer.example>")
    with pytest.raises(smtplib.SMTPDataError, match=r"5\.4\.6"):
        await seen(house, raw(*RECEIVED, *head), sender=ANNA)
    assert await house.outcomes() == []
    assert (await seen(house, raw(*RECEIVED[:20], *head), sender=ANNA)).outcome == "opened"
    house.got()


@dataclass
class Robot:
    """Another ticket system without a single mark: a number of its own, our subject within its own, no threading."""

    house: House
    address: str
    count: int = 16

    async def answers(self) -> int:
        """It answers all that it got; returns how many that were."""
        mails = self.house.got(self.address)
        for mail in mails:
            self.count += 1
            text = f"Dear customer,\n\nyour request has reached our team and is number {self.count} in our system.\n"
            subject = f"[Ticket #{self.count}] {mail.subject.replace('TKT-', 'Ref. ')}"
            await self.house.send(self.house.write(text, who=self.address, to=SUPPORT, subject=subject))
        return len(mails)


async def test_a_ticket_system_without_marks_is_answered_twice(house: House) -> None:
    """C22, 100 rounds offered: two automatic mails, two tickets, one red line with the pairs and the line that ends it;
    agents hear of the first round that is recognised only. Z: a person of that address still gets an answer."""
    robot = Robot(house, "help@peer.example")
    await house.send(house.write("Could you have a look at your invoice 4711?", who=robot.address))
    rounds = 0
    while await robot.answers():
        rounds += 1
        assert rounds < 100, "it goes round for ever"

    sent = await house.rows(select(outbox.c.id).where(outbox.c.recipient == robot.address))
    tickets = await house.rows(select(func.count()).select_from(ticket))
    (alarm,) = await house.gateway.db.read(lambda conn: list_alarms(conn, red_only=True))
    assert (len(sent), tickets[0][0]) == (2, 2)
    assert alarm.name == f"loop with {robot.address}"
    assert f"never_mail: [{robot.address}]" in alarm.text
    assert alarm.text.count(" answered <") == 2
    assert len(house.got(MARIE)) == 3

    question = "By the way, is there a manual for the new invoices that I could give to a colleague of mine?"
    await house.send(house.write(question, who=robot.address, subject="A manual"))
    assert [mail.subject for mail in house.got(robot.address)] == ["Re: [TKT-00003] Your request"]
    house.got()


async def test_an_unmarked_vacation_reopens_nothing_twice(house: House) -> None:
    """C02: whoever answers our automatic mails with the same words each time moves the ticket once at most, gets no
    third mail, and Anna's own words still count."""
    words = "Back in the week of the twelfth; in urgent matters Paul Kowalski in the second floor will gladly help you."
    await house.send(house.write("It is broken."))
    told = house.one(ANNA)
    first = house.one(MARIE)
    house.got()
    await house.send(house.reply(told, words, quote=False))
    house.got()
    await house.send(house.reply(first, "#close"))
    closed = house.one(ANNA)
    await house.send(house.reply(closed, words, quote=False))

    assert (await house.ticket()).status is Status.CLOSED
    assert (await house.outcomes())[-1] == "automatic"
    assert not house.got(ANNA)
    await house.send(house.reply(closed, "No, please open it again: the error is back since noon."))
    assert (await house.ticket()).status is Status.IN_PROGRESS
    house.got()


async def test_a_victim_gets_three_mails_with_no_word_of_the_forger(house: House) -> None:
    """C31: sign-ups with a victim's address: confirmations end at the caps and say nothing that the forger wrote; what
    comes is a ticket, or held beyond twenty open ones. Z: another customer is confirmed."""
    victim = "victim@elsewhere.example"
    for number in range(34):
        chance = Random(number)  # other words each time: the same ones would be found to go round
        words = " ".join("".join(chance.choices(ascii_lowercase, k=7)) for _ in range(12))
        await house.hand_over(house.write(f"Buy this, {words}", who=victim, subject=f"You have won, {number % 2}"))
    await house.settled()
    await house.send(house.write("It is broken."))

    bombs, outcomes = house.got(victim), await house.outcomes()
    whys = select(entry.c.why).where(entry.c.summary == "no confirmation was sent").distinct()
    reasons = await house.rows(select(delivery.c.reason).where(delivery.c.outcome == "held").distinct())
    assert len(bombs) == 3
    assert all("Buy this" not in mail.text + mail.html for mail in bombs)
    assert [row.why for row in await house.rows(whys)] == ["3 confirmations went there within the hour"]
    assert (outcomes.count("opened"), outcomes.count("held")) == (21, 14)
    assert [row.reason.partition(",")[0] for row in reasons] == [
        f"20 open tickets from {victim}",
        f"more than 30 mails within ten minutes from {victim}",
    ]
    assert await house.red() == (FLOOD,)
    assert len(house.got(ANNA)) == 1
    house.got()
