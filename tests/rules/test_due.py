"""Reminders and the automatic close."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules.decide import decide
from rules.decision import Outcome
from rules.event import Returned
from rules.facts import SentMail
from rules.ticket import Status
from tests.rules.worlds import ANNA, MARIE, NOW, desk, facts, fire, mails, ticket, timer

WAITING = ticket(
    status=Status.WAITING, question="Which browser?", asked_by="Marie Petit", asked_at=NOW, status_since=NOW
)
DAY = timedelta(days=1)


def reminded(at: datetime) -> SentMail:
    """The reminder that the relay accepted at `at`."""
    return SentMail("aa", 42, ANNA.address, "customer", "last_reminder", accepted_at=at)


def plan() -> tuple[object, ...]:
    """The three timers of a waiting ticket."""
    return (
        timer("reminder", NOW + 3 * DAY, 1),
        timer("last_reminder", NOW + 5 * DAY, 2),
        timer("close", NOW + 7 * DAY, 3),
    )


def test_day_three_reminds_and_names_the_day_of_closing() -> None:
    """The reminder quotes the question, names the day of closing, and leaves the later steps as they were."""
    decision = fire(WAITING, *plan(), now=NOW + 3 * DAY)  # type: ignore[arg-type]  # a tuple of timers
    assert mails(decision) == [(ANNA.address, "reminder")]
    assert decision.notices[0].values["close_on"] == NOW + 7 * DAY
    assert [(step.kind, step.due_at) for step in decision.timers] == [
        ("last_reminder", NOW + 5 * DAY),
        ("close", NOW + 7 * DAY),
    ]


def test_day_seven_closes_with_a_notice_that_says_why() -> None:
    """Two days after the accepted reminder the ticket closes and the customer is told."""
    decision = fire(WAITING, timer("close", NOW + 7 * DAY), now=NOW + 7 * DAY, last_notice=reminded(NOW + 5 * DAY))
    assert mails(decision) == [(ANNA.address, "closed_silence")]
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.close_reason) == (Status.CLOSED, "no answer")


def test_a_close_waits_two_days_after_the_reminder_was_accepted() -> None:
    """A relay that was down moves the close, so that the customer always has two days."""
    late = NOW + 6 * DAY
    decision = fire(WAITING, timer("close", NOW + 7 * DAY), now=NOW + 7 * DAY, last_notice=reminded(late))
    assert mails(decision) == []
    assert [(step.kind, step.due_at) for step in decision.timers] == [("close", late + 2 * DAY)]


def test_several_due_steps_collapse_into_one_warning() -> None:
    """After a week's outage the customer gets one last reminder, and two days, instead of three mails at once."""
    decision = fire(WAITING, *plan(), now=NOW + 8 * DAY)  # type: ignore[arg-type]  # a tuple of timers
    assert mails(decision) == [(ANNA.address, "last_reminder")]
    assert [(step.kind, step.due_at) for step in decision.timers] == [("close", NOW + 10 * DAY)]


def test_a_refused_reminder_stops_the_close() -> None:
    """When the relay refuses the reminder for good, the ticket stays open and the agent hears why in plain words."""
    event = Returned("aa", 42, ANNA.address, "customer", "reminder", "5.1.1", "550 5.1.1 no such user")
    known = facts(WAITING, timers=(timer("close", NOW + 7 * DAY),))
    decision = decide(event, facts=known, policy=desk(), now=NOW)
    assert decision.outcome is Outcome.REPORT
    assert (decision.cancel_timers, decision.timers) == (True, ())
    assert mails(decision) == [(MARIE.address, "agent_undelivered")]
    assert decision.notices[0].values["happened"] == "resumed"


def test_a_resolved_ticket_closes_by_itself() -> None:
    """Seven days after the accepted "resolved" the ticket closes with its own notice."""
    resolved = ticket(status=Status.RESOLVED, status_since=NOW)
    told = SentMail("bb", 42, ANNA.address, "customer", "resolved", accepted_at=NOW)
    decision = fire(resolved, timer("close", NOW + 7 * DAY), now=NOW + 7 * DAY, last_notice=told)
    assert mails(decision) == [(ANNA.address, "closed_resolved")]
