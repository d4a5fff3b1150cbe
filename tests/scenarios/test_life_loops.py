"""Machines that talk to us and to each other: nothing goes round, and what did not arrive is known."""

from sqlalchemy import select

from rules.ticket import Status
from store.schema import outbox
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House

DSN = """From: MAILER-DAEMON@mx.customer.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-ID: <dsn-{number}@mx.customer.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
"""


async def test_two_gateways_do_not_write_to_each_other_for_ever(house: House) -> None:
    """A customer whose address is another ticket system with confirmations of its own, marked as such or not: one
    ticket here, few mails there."""
    other = "help@elsewhere.example"
    for fields in ({"Auto_Submitted": "auto-replied"}, {}):
        await house.send(house.write("Please look.", who=other, subject=f"Ours {len(fields)}"))
        for turn in range(20):
            mails = house.got(other)
            if not mails:
                break
            for mail in mails:
                subject = f"[Ticket {turn}] {mail.subject}"
                await house.send(house.reply(mail, "We have your mail.", quote=False, subject=subject, **fields))
        else:
            raise AssertionError("it goes round for ever")
    sent = await house.rows(select(outbox.c.id).where(outbox.c.recipient == other))
    assert len(sent) <= 4
    house.got()


async def test_a_delayed_mail_stops_nothing(house: House) -> None:
    """A report that a mail of ours is late is shown on the ticket and changes nothing; one that it failed does."""
    await house.send(house.write("It is broken."))
    house.one(ANNA)
    house.one(KARIM)
    await house.send(house.reply(house.one(MARIE), "#waiting\nWhich browser?"))
    question = house.one(ANNA)
    house.one(MARIE)
    about = {"to": question.sender, "recipient": ANNA, "message_id": question.id}
    late = DSN.format(number=1, action="delayed", status="4.4.1", words="450 no route", **about)
    await house.send(late.replace("\n", "\r\n").encode(), sender="", to=[question.sender])
    assert not house.got()
    assert len(await house.timers()) == 3

    failed = DSN.format(number=2, action="failed", status="5.2.2", words="552 mailbox full", **about)
    await house.send(failed.replace("\n", "\r\n").encode(), sender="", to=[question.sender])
    told = house.one(MARIE)
    assert "The mailbox is full." in told.text
    assert await house.timers() == []
    assert (await house.ticket()).status is Status.IN_PROGRESS


async def test_a_report_proves_itself_by_the_message_id_alone(house: House) -> None:
    """A report that came to the plain address counts when it holds our signed Message-ID, not when it holds none."""
    await house.send(house.write("It is broken."))
    confirmation = house.one(ANNA)
    house.got()
    words = {"to": SUPPORT, "recipient": ANNA, "action": "failed", "status": "5.1.1", "words": "550 no such user"}
    forged = DSN.format(number=1, message_id="<tkt-00001@desk.example>", **words)
    await house.send(forged.replace("\n", "\r\n").encode(), sender="", to=[SUPPORT])
    assert not house.got()
    proven = DSN.format(number=2, message_id=confirmation.id, **words)
    await house.send(proven.replace("\n", "\r\n").encode(), sender="", to=[SUPPORT])
    assert "never got our confirmation" in house.one(MARIE).text
    house.one(KARIM)
    assert await house.outcomes() == ["opened", "report", "report"]


async def test_a_notification_that_bounces_reaches_no_customer(house: House) -> None:
    """An agent's mailbox is full: no customer and no colleague gets a mail, the ticket has no line of it, the operator
    has a red one."""
    await house.send(house.write("It is broken."))
    house.one(ANNA)
    house.one(KARIM)
    told = house.one(MARIE)
    about = {"to": told.sender, "recipient": MARIE, "message_id": told.id}
    failed = DSN.format(number=1, action="failed", status="5.2.2", words="552 mailbox full", **about)
    await house.send(failed.replace("\n", "\r\n").encode(), sender="", to=[told.sender])
    assert await house.entries("report") == []
    assert await house.outcomes() == ["opened", "report"]

    async def red() -> bool:
        return f"mail comes back from {MARIE}" in await house.red()

    await house.until(red)
