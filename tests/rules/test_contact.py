"""A muted address: nothing goes there of whatever kind, and whoever wanted to write hears why and what to do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parsing.message import Address
from rules.contact import BOUNCES, COMPLAINT, OPERATOR, Contact
from rules.decision import Decision, Outcome
from rules.reachable import why_unreachable
from rules.ticket import Participant, Role, Status
from tests.rules.worlds import ANNA, MARIE, NOW, arrive, fire, from_agent, mails, message, ticket, timer

MUTED = Contact(ANNA.address, 4, NOW, NOW, BOUNCES, "there is no such mailbox", version=7)


def muted(by: str = BOUNCES) -> dict[str, Contact]:
    return {ANNA.key: replace(MUTED, muted_by=by)}


def test_a_new_ticket_is_confirmed_to_nobody() -> None:
    """The ticket is made, its agents hear of it, and it says why there is no confirmation."""
    decision = arrive(message(), contacts=muted())

    assert decision.outcome is Outcome.OPENED
    assert ANNA.address not in [to for to, _ in mails(decision)]
    assert ("no confirmation was sent", "anna@example.com is muted since 2026-11-06: there is no such mailbox") in [
        (entry.summary, entry.why) for entry in decision.entries
    ]


@pytest.mark.parametrize("kind", ["reminder", "close"])
def test_nobody_is_reminded_and_nothing_closes_by_itself(kind: str) -> None:
    """A step that comes due stops them all, once: the agent reads what to do instead."""
    waiting = ticket(status=Status.WAITING, status_since=NOW)
    decision = fire(waiting, timer(kind, NOW + timedelta(days=3)), now=NOW + timedelta(days=3), contacts=muted())

    assert decision.ticket is not None
    assert (decision.ticket.status, decision.cancel_timers, decision.timers) == (Status.WAITING, True, ())
    assert mails(decision) == [(MARIE.address, "agent_undelivered")]
    assert "#confirm-address" in decision.notices[0].values["advice"]


def why_not_sent(decision: Decision) -> str:
    (notice,) = decision.notices
    assert (notice.to, notice.name, notice.text[:5]) == (MARIE, "agent_not_sent", "Hello")
    return str(notice.values["why"])


def test_an_agents_answer_is_kept_and_the_agent_asked_about_the_address() -> None:
    """Words would be lost on their way: nothing is sent or changed, the text goes back with what would help."""
    decision = from_agent("Hello Anna.\n", contacts=muted())

    assert "#confirm-address" in why_not_sent(decision)
    assert decision.contacts == ()


@pytest.mark.parametrize("by", [BOUNCES, COMPLAINT])
def test_an_agent_who_knows_that_the_address_works_says_so(by: str) -> None:
    """`#confirm-address` clears what was counted, and the words below it are sent."""
    decision = from_agent("#confirm-address\nHello Anna.\n", contacts=muted(by))

    assert mails(decision) == [(ANNA.address, "reply"), (MARIE.address, "agent_done")]
    assert decision.contacts == (Contact(ANNA.address, version=7),)


def test_what_an_operator_muted_no_agent_unmutes() -> None:
    """The agent hears who can."""
    for text in ("Hello Anna.\n", "#confirm-address\nHello Anna.\n"):
        decision = from_agent(text, contacts=muted(OPERATOR))

        assert "whoever runs tkt" in (decision.notices[0].values["why"])
        assert mails(decision) == [(MARIE.address, "agent_not_sent")]
        assert decision.contacts == ()


def test_somebody_in_copy_is_confirmed_by_name() -> None:
    """An address that stands on the ticket; any other is a mistake that changes nothing."""
    bea = Address("bea@example.com")
    known = ticket(participants=(Participant(bea, Role.CC, NOW),))
    contacts = {bea.key: Contact(bea.address, 4, NOW, NOW, BOUNCES, "gone", version=2)}
    decision = from_agent("#confirm-address Bea@example.com\nHello.\n", known, contacts=contacts)
    assert decision.contacts == (Contact(bea.address, version=2),)

    stranger = from_agent("#confirm-address eve@example.com\nHello.\n", known, contacts=contacts)
    assert (mails(stranger), stranger.contacts) == ([(MARIE.address, "agent_mistake")], ())


def test_a_better_address_is_no_muted_one() -> None:
    """What counts is the customer's address as the lines of this very mail make it."""
    assert why_unreachable(Address("anna@new.example"), muted(), confirmed="") == ()
    assert len(why_unreachable(ANNA, muted(), confirmed="")) == 1


def test_a_status_line_is_obeyed_and_the_customer_not_told() -> None:
    """The ticket closes; of the mail that is left out both the ticket and the agent's transcript know."""
    decision = from_agent("#close\n", contacts=muted())

    assert decision.ticket is not None
    assert decision.ticket.status is Status.CLOSED
    assert mails(decision) == [(MARIE.address, "agent_done")]
    assert f"the mail closed to {ANNA.address} was not sent" in [entry.summary for entry in decision.entries]
    assert "Anna Nowak is told" not in decision.notices[0].values["done"]
