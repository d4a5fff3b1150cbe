"""What becomes of customers' mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from parsing.message import Address, Evidence, Grade, Kind
from rules.decision import Outcome
from rules.ticket import Status
from tests.rules.worlds import ANNA, KARIM, MARIE, NOW, arrive, mails, message, proof, ticket


def test_a_new_mail_opens_a_ticket_confirms_and_tells_all_agents() -> None:
    """A customer gets one confirmation; while nobody has the ticket every agent hears of it."""
    decision = arrive(message())
    assert decision.outcome is Outcome.OPENED
    assert decision.ticket is not None
    assert (decision.ticket.number, decision.ticket.status) == (100, Status.NEW)
    assert mails(decision) == [
        (ANNA.address, "opened"),
        (MARIE.address, "agent_opened"),
        (KARIM.address, "agent_opened"),
    ]


def test_a_reply_with_the_token_follows_up_without_a_second_confirmation() -> None:
    """A follow-up reaches the assignee alone and the customer gets nothing."""
    decision = arrive(message(), ticket(), evidence=proof("customer", ANNA))
    assert decision.outcome is Outcome.FOLLOWED_UP
    assert mails(decision) == [(MARIE.address, "agent_followed_up")]
    assert decision.based_on == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"in_reply_to": ("<first@example.com>",)},
        {"references": ("<first@example.com>", "<other@example.com>")},
        {"subject": "Fwd: [TKT-00042] Cannot place a bet"},
    ],
)
def test_known_ids_and_the_number_lead_the_requester_home(changes: dict[str, object]) -> None:
    """Without our token a known Message-ID or the number in the subject is enough for the requester's own address, if
    its domain vouches for the mail; else the mail opens a ticket that says what it may be about."""
    mail = replace(message(), **changes)  # type: ignore[arg-type]  # the changes are fields of Message
    known = {"<first@example.com>": 42}
    decision = arrive(mail, ticket(), by_message_id=known, evidence=Evidence(grade=Grade.E2))
    assert decision.outcome is Outcome.FOLLOWED_UP

    decision = arrive(mail, ticket(), by_message_id=known)
    assert decision.outcome is Outcome.OPENED
    assert "possibly about TKT-00042" in decision.reason


@pytest.mark.parametrize("evidence", [Evidence(), Evidence(grade=Grade.E2)])
def test_a_stranger_with_the_number_gets_a_ticket_of_their_own(evidence: Evidence) -> None:
    """A number or a Message-ID of somebody else's never lets a stranger into the ticket."""
    stranger = Address("eve@example.net")
    mail = message(sender=stranger, subject="[TKT-00042] Cannot place a bet", in_reply_to=("<first@example.com>",))
    decision = arrive(mail, ticket(), evidence=evidence, by_message_id={"<first@example.com>": 42})
    assert decision.outcome is Outcome.OPENED
    assert decision.ticket is not None
    assert (decision.ticket.number, decision.ticket.linked_to) == (100, 42)
    assert (stranger.address, "opened") in mails(decision)
    assert all(recipient != ANNA.address for recipient, _ in mails(decision))


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_an_answer_reopens_within_thirty_days(status: Status) -> None:
    """Any answer of a person to a resolved or closed ticket reopens it to in progress and cancels its timers."""
    decision = arrive(message("No, still broken"), ticket(status=status), evidence=proof("customer", ANNA))
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.cancel_timers, decision.timers) == (Status.IN_PROGRESS, True, ())
    assert "reopened" in decision.reason


def test_an_answer_after_thirty_days_opens_a_linked_ticket() -> None:
    """Later than the desk's reopening time a new ticket is opened and linked to the old one."""
    old = ticket(status=Status.CLOSED, status_since=NOW - timedelta(days=31))
    decision = arrive(message(), old, evidence=proof("customer", ANNA))
    assert decision.outcome is Outcome.OPENED
    assert decision.ticket is not None
    assert decision.ticket.linked_to == 42


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.WAITING])
@pytest.mark.parametrize(
    "words", ["Thanks, solved!", "Merci, c'est résolu", "Dziękuję, rozwiązane", "It works now, thank you\n\nAnna Nowak"]
)
def test_thanks_solved_closes(status: Status, words: str) -> None:
    """A short "solved" in English, French or Polish closes a resolved or waiting ticket."""
    decision = arrive(message(words), ticket(status=status), evidence=proof("customer", ANNA))
    assert decision.ticket is not None
    assert decision.ticket.status is Status.CLOSED
    assert mails(decision) == [(ANNA.address, "closed_solved")]


def test_thanks_solved_never_reopens() -> None:
    """On a closed ticket "solved" is kept and changes nothing."""
    decision = arrive(message("solved, thanks"), ticket(status=Status.CLOSED), evidence=proof("customer", ANNA))
    assert decision.ticket is not None
    assert decision.ticket.status is Status.CLOSED
    assert not decision.cancel_timers


@pytest.mark.parametrize(
    "words", ["Not solved", "solved, but now the other page is broken", "Is it solved?", "merci", "yes"]
)
def test_what_is_not_plainly_solved_is_an_answer(words: str) -> None:
    """A negation, a "but", a question, a bare thanks, or "yes" to an agent's question never closes a waiting ticket."""
    decision = arrive(message(words), ticket(status=Status.WAITING), evidence=proof("customer", ANNA))
    assert decision.ticket is not None
    assert decision.ticket.status is Status.IN_PROGRESS


def test_yes_closes_where_we_asked_whether_it_is_solved() -> None:
    """On a resolved ticket "yes" is the answer that the mail asked for."""
    decision = arrive(message("Yes"), ticket(status=Status.RESOLVED), evidence=proof("customer", ANNA))
    assert decision.ticket is not None
    assert decision.ticket.status is Status.CLOSED


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.MACHINE, Kind.LIST])
def test_automatic_answers_are_kept_and_change_nothing(kind: Kind) -> None:
    """A vacation reply on a waiting ticket neither reopens it nor stops its reminders, and nobody is mailed; but agents
    read what a person wrote by way of a company's list."""
    mail = message(kind=kind, why="Auto-Submitted")
    decision = arrive(mail, ticket(status=Status.WAITING), evidence=proof("customer", ANNA))
    assert decision.outcome is Outcome.AUTOMATIC
    assert decision.ticket is not None
    assert decision.ticket.status is Status.WAITING
    assert not decision.cancel_timers
    assert mails(decision) == ([(MARIE.address, "agent_followed_up")] if kind is Kind.LIST else [])


def test_a_vacation_reply_to_nothing_opens_no_ticket() -> None:
    """An automatic reply that answers nothing known is kept in the ledger alone."""
    decision = arrive(message(kind=Kind.AUTO_REPLY, confidence=1.0, why="Auto-Submitted"))
    assert (decision.outcome, decision.ticket, mails(decision)) == (Outcome.AUTOMATIC, None, [])


@pytest.mark.parametrize(
    ("mail", "envelope"),
    [
        (message(kind=Kind.MACHINE, why="Precedence: bulk"), "shop@example.com"),
        (message(sender=None), "x@example.com"),
        (message(), ""),
        (message(sender=Address("no-reply@example.com")), "x@example.com"),
        (message(sender=Address("support@localhost")), "x@example.com"),
    ],
)
def test_nobody_but_a_person_gets_a_confirmation(mail: object, envelope: str) -> None:
    """Machines, ambiguous senders, the null sender, no-reply mailboxes and ourselves open tickets without an answer."""
    decision = arrive(mail, envelope_from=envelope)  # type: ignore[arg-type]  # parametrize loses the type
    assert decision.outcome is Outcome.OPENED
    assert all(notice != "opened" for _, notice in mails(decision))
    assert any("no confirmation" in entry.summary for entry in decision.entries)


def test_a_duplicate_is_a_duplicate_before_all_else() -> None:
    """The same message by another way does nothing again."""
    decision = arrive(message(), ticket(), evidence=proof("customer", ANNA), duplicate_of=3)
    assert (decision.outcome, mails(decision), decision.ticket) == (Outcome.DUPLICATE, [], None)


def test_our_own_mail_is_recognised() -> None:
    """A mail of ours that comes back opens nothing."""
    assert arrive(message(kind=Kind.OWN)).outcome is Outcome.OWN
