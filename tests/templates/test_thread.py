"""One ticket is one thread in people's mail programs: judged by Dovecot's THREAD (RFC 5256), not by us."""

import imaplib
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from rules.decision import Notice
from rules.ticket import Ticket
from tests.servers import Dovecot
from tests.templates.desk import ASKED, CASES, POLICIES, UNPROVEN, mail

CUSTOMER = "From: {who}\r\nTo: support@example.net\r\nMessage-ID: {mid}\r\nSubject: {subject}\r\nDate: {date}\r\n"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


def customer_mail(subject: str, mid: str, *, answers: str = "", references: str = "") -> bytes:
    head = CUSTOMER.format(
        who="Anna <anna@example.com>", mid=mid, subject=subject, date="Fri, 07 Nov 2025 13:00:00 +0000"
    )
    thread = f"In-Reply-To: {answers}\r\nReferences: {references}\r\n" if answers else ""
    return f"{head}{thread}\r\nHello\r\n".encode()


def whole_story(ticket: Ticket, first: bytes, language: str = "en") -> list[bytes]:
    """The customer's mail, every notice there is about the ticket, and the customer's answer to one of them."""
    about = {name: notice for name, (notice, told) in CASES.items() if told is not None and name != UNPROVEN}
    people = CASES["reply-in-cc"][1]
    ticket = replace(ticket, participants=people.participants if people is not None else ())
    made = [
        mail(notice, ticket, policy=POLICIES[language], event=f"{ticket.number}:{name}")
        for name, notice in about.items()
    ]
    reminder = next(one for one in made if one.notice == "reminder")
    answer = f"<answer-{ticket.number}@example.com>"
    chain = f"{ticket.thread[0]} {reminder.message_id}"
    reply = customer_mail(reminder.subject, answer, answers=reminder.message_id, references=chain)
    heard = replace(ticket, thread=(ticket.thread[0], answer))
    last: Notice = replace(CASES["closed_solved"][0], in_reply_to=answer)
    return [first, *(one.raw for one in made), reply, mail(last, heard, event=f"{ticket.number}:end").raw]


def threads(server: Dovecot, user: str, algorithm: str) -> list[set[int]]:
    """What `UID THREAD` answers: the UIDs of each thread."""
    with imaplib.IMAP4("127.0.0.1", server.port) as imap:
        imap.login(user, server.password)
        imap.select("INBOX")
        _, answer = imap.uid("THREAD", algorithm, "UTF-8", "ALL")
    groups, depth, start = [], 0, 0
    text = answer[0].decode()
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "(" and depth == 1:
            start = at
        if character == ")" and depth == 0:
            groups.append({int(uid) for uid in re.findall(r"\d+", text[start:at])})
    return groups


LANGUAGE = {"plain": "en", "prefixes": "fr", "accents": "pl"}
STORIES = [
    ("plain", "Cannot place a bet", "Where is my invoice?"),
    ("prefixes", "Re: Fwd: [list] Cannot  place a bet (fwd)", "FW: Where is my invoice?"),
    (
        "accents",
        "=?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87_g=C4=99=C5=9Bl=C4=85?= " + "bardzo " * 20,
        "=?iso-8859-1?q?d=E9sol=E9?=",
    ),
]
SUBJECTS = {
    STORIES[2][1]: "Zażółć gęślą " + "bardzo " * 20,
    STORIES[2][2]: "désolé",
}


@pytest.mark.servers
@pytest.mark.parametrize("algorithm", ["REFERENCES", "ORDEREDSUBJECT"])
@pytest.mark.parametrize(("user", "first", "second"), STORIES)
def test_one_ticket_is_one_thread(dovecot: Dovecot, algorithm: str, user: str, first: str, second: str) -> None:
    """Every mail of a ticket, in any language, joins the customer's first one; another ticket's mails stay apart."""
    mailbox = f"{user}-{algorithm.lower()}"
    expected: list[set[int]] = []
    for number, subject in ((42, first), (43, second)):
        mid = f"<first-{number}@example.com>"
        ticket = replace(ASKED, number=number, subject=SUBJECTS.get(subject, subject), thread=(mid,))
        story = whole_story(ticket, customer_mail(subject, mid), LANGUAGE[user])
        expected.append({dovecot.deliver(mailbox, raw) for raw in story})

    assert sorted(threads(dovecot, mailbox, algorithm), key=min) == expected


@pytest.mark.servers
def test_the_thread_holds_without_the_subject(dovecot: Dovecot) -> None:
    """Where a client changes subjects, In-Reply-To and References alone keep a ticket together."""
    mid = "<first-42@example.com>"
    story = whole_story(replace(ASKED, thread=(mid,)), customer_mail("Cannot place a bet", mid))
    changed = [
        re.sub(
            rb"\r\nSubject: .*?\r\n(?![ \t])", f"\r\nSubject: number {at}\r\n".encode(), raw, count=1, flags=re.DOTALL
        )
        for at, raw in enumerate(story)
    ]

    delivered = {dovecot.deliver("subjects", raw) for raw in changed}

    assert threads(dovecot, "subjects", "REFERENCES") == [delivered]
    assert len(threads(dovecot, "subjects", "ORDEREDSUBJECT")) == len(story)
