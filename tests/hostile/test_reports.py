"""C: delivery reports, true and forged. Only our own signature lets one change anything; none opens a ticket.

Each case is about a confirmation of its own, sent to a customer of its own; all of them meet one running gateway.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from rules.contact import COMPLAINT
from rules.ticket import Status
from store.contacts import read_contacts
from store.schema import outbox
from tests.hostile.post import raw, seen
from tests.scenarios.house import SUPPORT, House, Mail

DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.customer.example>"
OTHER_ID = "<4711@elsewhere.example>"


@dataclass(frozen=True)
class Told:
    """A report as it is sent, and to whom: `verp` is the signed envelope sender of the mail that it is about."""

    mail: bytes
    verp: bool = True
    to: str = ""


@dataclass(frozen=True)
class Case:
    """A report made of our mail, and what it may do. `note` stands in a line of the ticket, "" for no line."""

    make: Callable[[Mail], Told]
    came_back: bool = False
    score: int = 0
    note: str = ""
    outcome: str = "report"
    muted_by: str = ""


def report(
    mail: Mail,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    original: str = "",
    kind: str = "delivery-status",
    status_type: str = "message/delivery-status",
    copy_type: str = "text/rfc822-headers",
    groups: int = 0,
    subject: str = "Undelivered Mail Returned to Sender",
) -> bytes:
    """RFC 3464, or with another `kind` its kin; `original` is the Message-ID in the copy, "" for none."""
    other = "".join(
        f"Final-Recipient: rfc822; r{number}@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        for number in range(groups)
    )
    fields = {
        "delivery-status": f"Reporting-MTA: dns; mx.customer.example\r\n\r\n{other}"
        f"Final-Recipient: rfc822; {mail.recipient}\r\nAction: {action}\r\nStatus: {status}\r\n",
        "disposition-notification": f"Final-Recipient: rfc822; {mail.recipient}\r\nOriginal-Message-ID: {original}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n",
        "feedback-report": "Feedback-Type: abuse\r\nUser-Agent: Somebody/1.0\r\nVersion: 1\r\n",
    }[kind]
    copy = f"Message-ID: {original}\r\n" if original else "Subject: something\r\n"
    parts = [("text/plain", "I am sorry.\r\n"), (status_type, fields), (copy_type, f"{copy}\r\n")]
    body = "".join(f"--b\r\nContent-Type: {type}\r\n\r\n{text}\r\n" for type, text in parts)
    unique = f"{abs(hash((mail.recipient, action, status, original, kind, groups, subject)))}@mx.customer.example"
    return raw(
        DAEMON,
        f"To: {mail.sender}",
        f"Subject: {subject}",
        f"Message-ID: <{unique}>",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"',
        body=f"{body}--b--\r\n",
    )


def qmail(mail: Mail) -> bytes:
    """A report without any structure."""
    return raw(
        "From: MAILER-DAEMON@mx.customer.example",
        f"To: {mail.sender}",
        "Subject: failure notice",
        f"Message-ID: <qmail-{mail.recipient}>",
        body="Hi. This is the qmail-send program at mx.customer.example.\r\nI'm afraid I wasn't able to deliver your "
        f"message to the following addresses.\r\n\r\n<{mail.recipient}>:\r\nSorry, no mailbox here by that name. "
        "(#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nSubject: something\r\n",
    )


def report_of_report(mail: Mail) -> bytes:
    """What comes when a report about a mail of ours could itself not be delivered."""
    inner = report(mail, original=OTHER_ID).decode()
    return report(mail).replace(b"Subject: something\r\n", inner.replace("--b", "--c").replace('"b"', '"c"').encode())


def forged_sender(mail: Mail) -> str:
    """Our signed envelope sender with another serial: the signature does not fit."""
    name, plus, rest = mail.sender.partition("+")
    return f"{name}{plus}{'a' if rest[0] != 'a' else 'b'}{rest[1:]}"


NUMBERED = "Undelivered: [TKT-%s] I can not log in"
CASES = {
    "C11 failed": Case(lambda mail: Told(report(mail)), came_back=True, score=2, note="never reached"),
    "C11 by the Message-ID alone": Case(
        lambda mail: Told(report(mail, original=mail.id), verp=False), came_back=True, score=2, note="never reached"
    ),
    "C11 full": Case(lambda mail: Told(report(mail, status="5.2.2")), came_back=True, note="The mailbox is full"),
    "C11 policy": Case(lambda mail: Told(report(mail, status="5.7.1")), came_back=True, note="never reached"),
    "C12 delayed": Case(lambda mail: Told(report(mail, action="delayed", status="4.4.1")), note="is delayed"),
    "C13 delivered": Case(lambda mail: Told(report(mail, action="delivered", status="2.0.0")), note="is delivered"),
    "C13 relayed": Case(lambda mail: Told(report(mail, action="relayed", status="2.0.0")), note="is relayed"),
    "C14 backscatter": Case(lambda mail: Told(report(mail, original=OTHER_ID), verp=False)),
    "C15 report of a report": Case(lambda mail: Told(report_of_report(mail), verp=False)),
    "C16 qmail": Case(lambda mail: Told(qmail(mail)), came_back=True, score=2, note="never reached"),
    "C16 qmail without proof": Case(lambda mail: Told(qmail(mail), verp=False)),
    "C17 global": Case(
        lambda mail: Told(
            report(mail, status_type="message/global-delivery-status", copy_type="message/global-headers")
        ),
        came_back=True,
        score=2,
        note="never reached",
    ),
    "C18 20,000 groups": Case(lambda mail: Told(report(mail, groups=20_000)), came_back=True, score=2, note="never"),
    "C18 20,000 groups without proof": Case(lambda mail: Told(report(mail, groups=20_000), verp=False)),
    "C19 forged by number": Case(
        lambda mail: Told(report(mail, subject=mail.subject), verp=False), note="unproven report"
    ),
    "C19 forged envelope sender": Case(lambda mail: Told(report(mail), verp=False, to=forged_sender(mail))),
    "C19 forged Message-ID": Case(
        lambda mail: Told(report(mail, original=f"<{forged_sender(mail).partition('+')[2]}>"), verp=False)
    ),
    "C20 receipt": Case(
        lambda mail: Told(
            report(
                mail,
                kind="disposition-notification",
                status_type="message/disposition-notification",
                original=mail.id,
                subject="Read: your mail",
            )
        ),
        outcome="automatic",
        note="sent an automatic mail",
    ),
    "C28 complaint": Case(
        lambda mail: Told(
            report(mail, kind="feedback-report", status_type="message/feedback-report", original=mail.id), verp=False
        ),
        note="spam",
        muted_by=COMPLAINT,
    ),
    "C28 complaint without proof": Case(
        lambda mail: Told(
            report(mail, kind="feedback-report", status_type="message/feedback-report", original=OTHER_ID), verp=False
        )
    ),
}


async def confirmed(house: House, customer: str) -> tuple[int, Mail]:
    """A ticket of a new customer, and the confirmation that went there."""
    await house.send(house.write("It is broken.", who=customer))
    mail = house.one(customer)
    house.got()
    return int(mail.subject.partition("TKT-")[2][:5]), mail


async def test_a_report_does_what_its_proof_allows(house: House) -> None:
    """C11 to C20, C28: what came back is marked, counted and told; without a proof at most a line is written. No case
    opens a ticket, writes to anybody outside, or moves the ticket's status."""
    for place, (name, case) in enumerate(CASES.items(), start=1):
        customer = f"customer{place}@customer.example"
        number, mail = await confirmed(house, customer)
        told = case.make(mail)

        to = told.to or (mail.sender if told.verp else SUPPORT)
        became = await seen(house, told.mail.replace(mail.sender.encode(), to.encode()), sender="", to=[to])

        assert became.outcome == case.outcome, (name, became)
        assert bool(became.mails) == bool(case.came_back or case.muted_by), (name, became)
        assert all("desk.example" in recipient for recipient, _ in became.mails), (name, became)
        house.got()
        bounced = select(outbox.c.bounced_at).where(outbox.c.recipient == customer)
        assert ((await house.rows(bounced))[0][0] is not None) == case.came_back, name
        contacts = await house.gateway.db.read(partial(read_contacts, keys=[customer]))
        kept = contacts.get(customer)
        assert ((kept.score, kept.muted_by) if kept else (0, "")) == (case.score, case.muted_by), name
        lines = [line for line in await house.entries(number=number) if case.note and case.note in line]
        assert bool(lines) == bool(case.note), (name, await house.entries(number=number))
        ticket = await house.ticket(number)
        assert (ticket.number, ticket.status) == (place, Status.NEW), name


async def test_a_second_report_about_one_mail_is_nothing_new(house: House) -> None:
    """C19, replayed or told by several servers: one mail comes back once, so that two reports mute nobody."""
    number, mail = await confirmed(house, "anna@customer.example")
    for status in ("5.1.1", "5.1.2", "5.1.3"):
        became = await seen(house, report(mail, status=status), sender="", to=[mail.sender])
        assert became.outcome == "report"

    contacts = await house.gateway.db.read(partial(read_contacts, keys=["anna@customer.example"]))
    assert contacts["anna@customer.example"].score == 2
    assert sum("never reached" in line for line in await house.entries(number=number)) == 1
    assert len(house.got()) == 2  # both agents, once


async def test_ordinary_mail_beside_reports(house: House) -> None:
    """Z: a customer's answer to a mail of which a report says that it is late, and a person who only writes of
    undelivered mail, are what they always are."""
    _, mail = await confirmed(house, "anna@customer.example")
    await seen(house, report(mail, action="delayed", status="4.4.1"), sender="", to=[mail.sender])
    await house.send(house.reply(mail, "It arrived after all."))
    await house.send(
        house.write("Mail to you comes back: what is wrong?", who="bea@customer.example", subject="Undelivered mail")
    )

    assert await house.outcomes() == ["opened", "report", "followed up", "opened"]
    house.got()
