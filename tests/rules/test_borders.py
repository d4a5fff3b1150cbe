"""Where one person's, one desk's or one role's matters end: what may not cross that line, whoever carries it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from parsing.message import Address, Attachment, Kind, Report, Span
from rules.decide import decide
from rules.decision import Decision, EntryKind, Outcome
from rules.event import Arrived
from rules.facts import SentMail, SentTo
from rules.ticket import Status
from tests.rules.worlds import (
    ANNA,
    LOGIN,
    MARIE,
    NOW,
    arrive,
    desk,
    facts,
    fire,
    from_agent,
    mails,
    message,
    proof,
    ticket,
    timer,
)

FORMER = Address("former@example.org", "Former Agent")


def number(decision: Decision) -> int | None:
    """Of the ticket that a decision changes."""
    return decision.ticket.number if decision.ticket else None


def test_an_answer_that_also_reaches_another_desk_leaves_the_first_desks_ticket_alone() -> None:
    """The Message-ID of one desk's mail proves nothing at the other: its agents and its follow-up stay out of it."""
    elsewhere = ticket(desk="sales")
    decision = arrive(message(), elsewhere, evidence=proof("customer", ANNA))
    assert decision.outcome is Outcome.OPENED
    assert number(decision) != elsewhere.number


def test_who_is_an_agent_no_more_is_not_taken_for_the_customer() -> None:
    """A token that was given to an agent never speaks for the customer: the ticket does not move."""
    decision = arrive(message("It works, please close.", sender=FORMER), ticket(), evidence=proof("agent", FORMER))
    assert decision.outcome is Outcome.OPENED
    assert number(decision) == 100


def test_an_agents_vacation_reply_still_finds_its_ticket() -> None:
    """An automatic answer to a notification is kept with the ticket, changes nothing and is answered by nobody."""
    away = replace(message("I am away.", sender=MARIE), kind=Kind.AUTO_REPLY, why="a mark")
    decision = arrive(away, ticket(), evidence=proof("agent", MARIE))
    assert decision.outcome is Outcome.AUTOMATIC
    assert number(decision) == 42
    assert mails(decision) == []


def test_an_agents_older_mail_that_is_taken_in_quietly_does_nothing() -> None:
    """A mailbox read from its beginning holds agents' old replies: none of them is sent again, or obeyed."""
    mail = message("#close\nHere you are.", sender=MARIE)
    event = Arrived(7, mail, proof("agent", MARIE), MARIE.address, (), NOW, quiet=True)
    decision = decide(event, facts=facts(ticket()), policy=desk(), now=NOW)
    assert decision.outcome is Outcome.HELD
    assert mails(decision) == []
    assert decision.ticket is None


def test_nothing_that_is_taken_in_quietly_sends_mail() -> None:
    """An old delivery report in a mailbox read from its beginning is kept, and tells nobody."""
    report = replace(message(sender=None), kind=Kind.BOUNCE, reports=(Report(recipient=ANNA.address, action="failed"),))
    sent = SentMail("0123456789abcdef", 42, ANNA.address, "customer", "reply", NOW)
    event = Arrived(
        7, report, replace(proof("customer", ANNA), token=None, bounced=sent.serial), "", (), NOW, quiet=True
    )
    decision = decide(event, facts=facts(ticket(), sent=sent), policy=desk(), now=NOW)
    assert decision.outcome is Outcome.REPORT
    assert mails(decision) == []


def test_spam_answers_nobody_and_says_so() -> None:
    """#spam above a signature sends no word to the sender, and neither ticket nor agent reads that it did."""
    decision = from_agent("#spam\nMarie\nSupport", quoted="")
    assert mails(decision) == [(MARIE.address, "agent_done")]
    assert "your words went" not in str(decision.notices[0].values)
    assert all("answered" not in entry.summary for entry in decision.entries)


def test_a_signature_alone_is_no_answer() -> None:
    """#take above nothing but a signature changes the ticket and sends the customer nothing."""
    mail = message("#take\n", sender=MARIE, spans=(Span("new", "#take\n"), Span("signature", "-- \nMarie\nSupport\n")))
    decision = arrive(mail, ticket(assignee=None), evidence=proof("agent", MARIE))
    assert mails(decision) == [(MARIE.address, "agent_done")]


def test_the_signature_of_a_signed_mail_is_no_attachment_for_the_customer() -> None:
    """An S/MIME or PGP signature belongs to the bytes that it signed: it does not travel on, and is no answer."""
    signature = Attachment(2, "smime.p7s", 3000, "application/pkcs7-signature", False, "", "d")
    decision = from_agent("#take\n", ticket(assignee=None), quoted="")
    signed = arrive(
        message("#take\n", sender=MARIE, attachments=(signature,)),
        ticket(assignee=None),
        evidence=proof("agent", MARIE),
    )
    assert mails(signed) == mails(decision) == [(MARIE.address, "agent_done")]


def test_an_attached_mail_is_not_passed_on_to_a_customer() -> None:
    """A client that attaches what it answers would send our notification, notes and token and all: nothing is sent."""
    attached = Attachment(2, "notification.eml", 3000, "message/rfc822", False, "", "d")
    mail = message("Please try again.", sender=MARIE, attachments=(attached,))
    decision = arrive(mail, ticket(), evidence=proof("agent", MARIE))
    assert mails(decision) == [(MARIE.address, "agent_not_sent")]
    assert "notification.eml" in decision.reason


def test_a_note_that_was_wrapped_anew_is_still_recognised() -> None:
    """An internal note in a text for the customer is found whatever a mail program did to its line ends and blanks."""
    note = "The customer paid only half of the invoice and must not get a refund before the bookkeeper has looked."
    wrapped = note.replace("half of", "half\nof").replace("before the", "before\n  the")
    decision = from_agent(f"As my colleague says:\n{wrapped}\n", internal_texts=(note,))
    assert mails(decision) == [(MARIE.address, "agent_not_sent")]


def test_the_marker_is_known_in_any_case() -> None:
    """A mail program that changes the case of a quoted line does not make what stands below it public."""
    decision = from_agent("Please try again.\n-- NOT FOR THE CUSTOMER [TKT-PRIVATE ABCD] --\nsecret\n", quoted="")
    assert all("secret" not in notice.text for notice in decision.notices if notice.role == "customer")


def test_whoever_opens_tickets_for_others_does_not_pass_the_caps() -> None:
    """Confirmations to a customer are counted by that customer's address, not by that of the agent who brought it."""
    counted = {ANNA.key: SentTo(opened_hour=3), MARIE.key: SentTo()}
    decision = arrive(message("#for anna@example.com\nShe called.", sender=MARIE), evidence=LOGIN, sent_to=counted)
    assert decision.outcome is Outcome.OPENED
    assert (ANNA.address, "opened") not in mails(decision)


def test_an_answer_that_can_not_be_composed_is_kept_and_the_agent_told() -> None:
    """Whatever keeps the customer's mail from being made, the ticket never says that it was answered."""
    decision = from_agent("Please try again.", unsendable="the text is too long for a mail")
    assert mails(decision) == [(MARIE.address, "agent_not_sent")]
    assert decision.ticket is not None
    assert decision.ticket.status is Status.IN_PROGRESS
    assert "too long" in decision.reason


def test_an_answer_that_was_not_sent_is_no_secret() -> None:
    """Words that were kept back for a mistake may go out when they come again without it: they are no note."""
    refused = from_agent("#wiating\nWe have found the reason.")
    kept = [entry for entry in refused.entries if entry.text]
    assert [entry.kind for entry in kept] == [EntryKind.ANSWER]
    assert all(entry.internal for entry in kept)


def test_a_clock_that_is_put_back_loses_no_timer() -> None:
    """A timer that was claimed as due is done, even if the clock says by then that it is not due yet."""
    waiting = ticket(status=Status.WAITING)
    decision = fire(waiting, timer("reminder", NOW + timedelta(seconds=1)), now=NOW)
    assert mails(decision) == [(ANNA.address, "reminder")]
