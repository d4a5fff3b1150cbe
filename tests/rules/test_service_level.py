"""Promised times run while we are to act, in the hours that are promised, and in no others."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rules.promise import Level, Promise, Promised, Target
from rules.service_level import Happened, kept_time, timers
from rules.ticket import Status, Ticket
from rules.working_time import MINUTE, Calendar, Range, always, is_open
from tests.rules.worlds import ticket

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Calendar("office", PARIS, week=((Range(9 * 60, 17 * 60),),) * 5 + ((), ()))
HOUR = timedelta(hours=1)
LEVEL = Level(
    targets=(
        Target(Promise.FIRST_RESPONSE, HOUR, "always", priorities=("P1",)),
        Target(Promise.FIRST_RESPONSE, 4 * HOUR, "office", priorities=("P2", "P3")),
        Target(Promise.NEXT_RESPONSE, 4 * HOUR, "office"),
        Target(Promise.WORKAROUND, 4 * HOUR, "always", priorities=("P1",)),
        Target(Promise.RESOLUTION, 24 * HOUR, "always", priorities=("P1",), warn=6 * HOUR),
        Target(Promise.RESOLUTION, 16 * HOUR, "office", priorities=("P3",), warn=6 * HOUR),
    ),
    calendars={"always": always(), "office": OFFICE},
)
FRIDAY = datetime(2026, 11, 6, 16, 0, tzinfo=PARIS)
WROTE, ANSWERED, NOTHING = Happened(customer_wrote=True), Happened(agent_answered=True), Happened()


def opened(now: datetime = FRIDAY, **changes: object) -> Ticket:
    return kept_time(None, ticket(status=Status.NEW, **changes), WROTE, level=LEVEL, now=now)


def then(old: Ticket, now: datetime, what: Happened = NOTHING, **changes: object) -> Ticket:
    return kept_time(old, replace(old, **changes), what, level=LEVEL, now=now)  # type: ignore[arg-type]


def promised(one: Ticket, promise: Promise) -> Promised:
    (found,) = [promised for promised in one.promises if promised.promise is promise]
    return found


def due(one: Ticket) -> dict[str, str]:
    """Promise → when it is due, by the clock on the wall in Paris."""
    return {w.promise: f"{w.due_at.astimezone(PARIS):%a %H:%M}" for w in one.promises if w.due_at is not None}


def test_each_priority_has_its_own_times_and_hours() -> None:
    """P1 runs round the clock, P3 from Monday on, and what is promised to no such ticket is not due."""
    assert due(opened(priority="P1")) == {
        "first_response": "Fri 17:00",
        "workaround": "Fri 20:00",
        "resolution": "Sat 16:00",
    }
    assert due(opened(priority="P3")) == {"first_response": "Mon 12:00", "resolution": "Tue 16:00"}
    assert due(opened(priority="P4")) == {}


def test_the_desk_is_warned_before_and_told_of_a_miss() -> None:
    """At the minutes that the file says."""
    found = {timer.kind: f"{timer.due_at.astimezone(PARIS):%a %H:%M}" for timer in timers(opened(), level=LEVEL)}
    assert found == {
        "missed first_response": "Mon 12:00",
        "near resolution": "Tue 10:00",
        "missed resolution": "Tue 16:00",
    }


def test_an_answer_keeps_the_first_response_and_a_question_back_asks_for_the_next() -> None:
    """A second question does not give us more time for the first."""
    one = then(opened(), FRIDAY + HOUR / 2, ANSWERED, status=Status.IN_PROGRESS)
    assert promised(one, Promise.FIRST_RESPONSE).met
    assert "first_response" not in due(one)
    one = then(one, FRIDAY + HOUR, WROTE)
    assert due(one)["next_response"] == "Mon 13:00"
    one = then(one, FRIDAY + 3 * 24 * HOUR, WROTE)  # Monday 16:00
    assert due(one)["next_response"] == "Mon 13:00"


def test_the_clock_stands_still_while_we_wait_for_the_customer() -> None:
    """And goes on where it stopped; a week of silence uses up nothing."""
    one = then(opened(), FRIDAY + HOUR / 2, ANSWERED, status=Status.WAITING)
    assert due(one) == {}
    assert timers(one, level=LEVEL) == ()
    answer = FRIDAY + timedelta(days=7)
    one = then(one, answer, WROTE, status=Status.IN_PROGRESS)
    assert due(one)["resolution"] == "Tue 15:30"  # half an hour is gone, fifteen and a half are left


def test_a_change_of_priority_moves_what_is_left() -> None:
    """What has gone by counts in the hours of the new promise: a night that nobody promised counts now."""
    monday = FRIDAY + timedelta(days=3)
    raised = then(opened(), monday, priority="P1")
    assert due(raised)["first_response"] == "Fri 17:00"  # an hour round the clock: missed long ago
    lowered = then(raised, monday + MINUTE, priority="P3")
    assert due(lowered)["resolution"] == "Tue 16:00"


def test_a_workaround_keeps_its_promise_and_no_other() -> None:
    """The problem is still to be solved."""
    one = then(opened(priority="P1"), FRIDAY + HOUR / 2, Happened(agent_answered=True, workaround_given=True))
    assert promised(one, Promise.WORKAROUND).met
    assert due(one) == {"resolution": "Sat 16:00"}


def test_what_is_resolved_is_kept_and_goes_on_when_it_is_reopened() -> None:
    """The days in between are not held against us."""
    one = then(opened(priority="P1"), FRIDAY + HOUR, ANSWERED, status=Status.RESOLVED)
    assert all(promised.met for promised in one.promises)
    assert due(one) == {}
    one = then(one, FRIDAY + timedelta(days=3), WROTE, status=Status.IN_PROGRESS)
    assert due(one) == {"next_response": "Tue 12:00", "resolution": "Tue 15:00"}


def test_a_ticket_that_is_closed_unsolved_kept_nothing() -> None:
    """Spam closed without a word is no promise kept."""
    one = then(opened(), FRIDAY + HOUR, status=Status.CLOSED)
    assert not any(promised.met for promised in one.promises)
    assert due(one) == {}


def test_old_mail_that_is_taken_in_quietly_promises_nothing() -> None:
    """Its times were over before we were there."""
    assert opened(quiet=True).promises == ()


@given(st.lists(st.tuples(st.integers(1, 4000), st.sampled_from([Status.WAITING, Status.IN_PROGRESS])), max_size=8))
def test_what_is_used_up_is_the_count_of_open_minutes_in_which_we_were_to_act(moves: list[tuple[int, Status]]) -> None:
    """However often it stood still: the resolution is due in the minute in which its sixteen hours are full."""
    one, now, acting = opened(), FRIDAY, True
    counted = 0
    for minutes, status in moves:
        counted += sum(acting and is_open(OFFICE, now + n * MINUTE) for n in range(minutes))
        now += minutes * MINUTE
        one, acting = then(one, now, status=status), status is not Status.WAITING
    resolution = promised(one, Promise.RESOLUTION)
    if not acting:
        assert resolution.due_at is None
    elif counted >= 16 * 60:
        assert resolution.due_at is not None
        assert resolution.due_at <= now
    else:
        left, moment = 16 * 60 - counted, now
        while left:
            left -= is_open(OFFICE, moment)
            moment += MINUTE
        assert resolution.due_at == moment
