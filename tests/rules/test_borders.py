"""Where one person's, one desk's or one role's matters end: what may not cross that line, whoever carries it."""

from __future__ import annotations

from dataclasses import replace

from parsing.message import Address, Kind
from rules.decision import Outcome
from tests.rules.worlds import ANNA, MARIE, arrive, mails, message, proof, ticket

FORMER = Address("former@example.org", "Former Agent")


def test_an_answer_that_also_reaches_another_desk_leaves_the_first_desks_ticket_alone() -> None:
    """The Message-ID of one desk's mail proves nothing at the other: its agents and its follow-up stay out of it."""
    elsewhere = ticket(desk="sales")
    decision = arrive(message(), elsewhere, evidence=proof("customer", ANNA))
    assert decision.outcome is Outcome.OPENED
    assert decision.ticket is not None and decision.ticket.number != elsewhere.number


def test_who_is_an_agent_no_more_is_not_taken_for_the_customer() -> None:
    """A token that was given to an agent never speaks for the customer: the ticket does not move."""
    decision = arrive(message("It works, please close.", sender=FORMER), ticket(), evidence=proof("agent", FORMER))
    assert decision.outcome is Outcome.OPENED
    assert decision.ticket is not None and decision.ticket.number == 100


def test_an_agents_vacation_reply_still_finds_its_ticket() -> None:
    """An automatic answer to a notification is kept with the ticket, changes nothing and is answered by nobody."""
    away = replace(message("I am away.", sender=MARIE), kind=Kind.AUTO_REPLY, why="a mark")
    decision = arrive(away, ticket(), evidence=proof("agent", MARIE))
    assert decision.outcome is Outcome.AUTOMATIC
    assert decision.ticket is not None and decision.ticket.number == 42
    assert mails(decision) == []
