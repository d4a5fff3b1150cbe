"""Promised times on the road: the customer is told one, and the desk hears when it comes near and when it is missed."""

from dataclasses import replace
from datetime import datetime, timedelta

from rules.decision import Decision
from rules.policy import Policy
from rules.promise import Level, Promise, Target
from rules.ticket import Ticket
from rules.working_time import always
from tests.rules.worlds import NOW, arrive, desk, fire, from_agent, message, ticket, timer

HOUR = timedelta(hours=1)
LEVEL = Level(
    targets=(
        Target(Promise.FIRST_RESPONSE, 4 * HOUR, "always", warn=HOUR),
        Target(Promise.WORKAROUND, 8 * HOUR, "always"),
    ),
    calendars={"always": always()},
)


def policy() -> Policy:
    return replace(desk(), level=LEVEL)


def opened() -> Decision:
    return arrive(message(), policy=policy())


def stored(decision: Decision) -> Ticket:
    assert decision.ticket is not None
    return replace(decision.ticket, number=42, version=1)


def fired(one: Ticket, kind: str, at: datetime) -> Decision:
    return fire(one, timer(kind, at), now=at, policy=policy())


def test_a_confirmation_says_until_when_somebody_answers() -> None:
    """It is the time that is watched."""
    decision = opened()
    (confirmation,) = [notice for notice in decision.notices if notice.name == "opened"]
    assert confirmation.values["answer_by"] == NOW + 4 * HOUR
    assert {timer.kind: timer.due_at - NOW for timer in decision.timers} == {
        "near first_response": 3 * HOUR,
        "missed first_response": 4 * HOUR,
        "missed workaround": 8 * HOUR,
    }


def test_the_desk_hears_once_that_a_time_is_near_and_once_that_it_is_missed() -> None:
    """Each stands on the ticket with its time; nobody outside hears of it."""
    one = stored(opened())
    near = fired(one, "near first_response", NOW + 3 * HOUR)
    assert {notice.name for notice in near.notices} == {"agent_target"}
    assert {notice.to.address for notice in near.notices} == {"marie@example.org", "karim@example.org"}
    assert [entry.summary for entry in near.entries] == ["first response due soon"]

    missed = fired(stored(near), "missed first_response", NOW + 4 * HOUR)
    assert [entry.summary for entry in missed.entries] == ["first response missed"]
    assert fired(stored(missed), "missed first_response", NOW + 5 * HOUR).notices == ()


def test_a_timer_that_the_clock_has_overtaken_does_nothing() -> None:
    """The answer came first; a time that was moved is missed when it is over."""
    one = stored(opened())
    answered = replace(one, promises=tuple(replace(promised, due_at=None) for promised in one.promises))
    moved = replace(one, promises=tuple(replace(promised, due_at=NOW + 9 * HOUR) for promised in one.promises))
    for ticket_then in (answered, moved):
        decision = fired(ticket_then, "missed first_response", NOW + 4 * HOUR)
        assert (decision.notices, decision.entries, decision.ticket) == ((), (), None)


def test_an_agents_answer_keeps_the_promise_and_its_word_the_workaround() -> None:
    """`#workaround` says that the words tell the customer how to go on."""
    one = stored(opened())
    plain = from_agent("Have a look at the log.", one, policy=policy())
    told = from_agent("#workaround\nUse the other door.", one, policy=policy())
    assert [timer.kind for timer in plain.timers] == ["missed workaround"]
    assert [timer.kind for timer in told.timers] == []
    assert plain.retime


def test_a_desk_that_promises_nothing_has_no_watches() -> None:
    """And a change of a ticket sets no timer of that kind."""
    decision = arrive(message())
    assert stored(decision).promises == ()
    assert not decision.retime


def test_a_reminder_is_no_promised_time() -> None:
    """Steps of the follow-up that are due go on beside promises, and leave their timers alone."""
    one = ticket(promises=stored(opened()).promises)
    timers = (timer("nudge", NOW), timer("close", NOW + 96 * HOUR, 2), timer("missed workaround", NOW + HOUR, 3))
    decision = fire(one, *timers, policy=policy())
    assert [one.kind for one in decision.timers] == [
        "close",
        "missed first_response",
        "near first_response",
        "missed workaround",
    ]
