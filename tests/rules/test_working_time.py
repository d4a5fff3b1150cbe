"""Working time is what a clerk with a watch would count, minute by minute, on the nights of the clock change too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.working_time import DAY, MINUTE, NIGHT, Calendar, Range, after, always, between, is_open

PARIS = ZoneInfo("Europe/Paris")
OFFICE = (Range(9 * 60, 12 * 60 + 30), Range(13 * 60 + 30, 18 * 60))
PALO = Calendar("ouvré", PARIS, week=(OFFICE,) * 5 + ((), ()), days_off=frozenset({date(2026, 5, 1)}))
# nights on which a clock is put forward or back, with the hour before midnight, at midnight and half an hour among them
NIGHTS = [
    ("Europe/Paris", date(2026, 3, 29)),
    ("Europe/Paris", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Santiago", date(2026, 4, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kathmandu", date(2026, 1, 1)),
]


@st.composite
def ranges(draw: st.DrawFn) -> tuple[Range, ...]:
    edges = sorted(draw(st.sets(st.integers(0, NIGHT), max_size=6)))
    return tuple(Range(*pair) for pair in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar, and a moment near one of the nights."""
    zone, night = draw(st.sampled_from(NIGHTS))
    week = tuple(draw(st.lists(ranges(), min_size=7, max_size=7)))
    off = frozenset(draw(st.sets(st.sampled_from([night - DAY, night, night + DAY]), max_size=2)))
    begin = datetime(night.year, night.month, night.day, tzinfo=UTC) + draw(st.integers(-2160, 720)) * MINUTE
    return Calendar("any", ZoneInfo(zone), week, off), begin


@given(worlds(), st.integers(0, 3000))
def test_working_time_is_the_count_of_open_minutes(world: tuple[Calendar, datetime], minutes: int) -> None:
    """Whatever the hours, the zone and the night."""
    calendar, begin = world
    counted = sum(is_open(calendar, begin + number * MINUTE) for number in range(minutes))
    assert between(calendar, begin, begin + minutes * MINUTE) == counted * MINUTE


@given(worlds(), st.integers(1, 1500))
def test_the_end_of_a_span_is_its_first_moment(world: tuple[Calendar, datetime], minutes: int) -> None:
    """Until then exactly so much working time has gone by, and a minute earlier it had not."""
    calendar, begin = world
    if sum(one.end - one.begin for day in calendar.week for one in day) < 600:
        return  # nobody is ever there, or hardly
    end = after(calendar, begin, minutes * MINUTE)
    assert between(calendar, begin, end) == minutes * MINUTE
    assert between(calendar, begin, end - MINUTE) == (minutes - 1) * MINUTE


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        ("2026-11-06 16:00", 2, "2026-11-06 18:00"),  # the last minute of Friday still counts
        ("2026-11-06 16:30", 2, "2026-11-09 09:30"),  # over the weekend
        ("2026-11-06 12:00", 1, "2026-11-06 14:00"),  # over lunch
        ("2026-04-30 17:00", 2, "2026-05-04 10:00"),  # over the first of May, a Friday
        ("2026-11-07 03:00", 8, "2026-11-09 18:00"),  # from the middle of a weekend
    ],
)
def test_office_hours(begin: str, hours: int, end: str) -> None:
    """As the people of a French office count."""
    begins, ends = (datetime.fromisoformat(moment).replace(tzinfo=PARIS) for moment in (begin, end))
    assert after(PALO, begins, timedelta(hours=hours)) == ends


def test_round_the_clock_is_calendar_time() -> None:
    """A day is 24 hours there, whatever the clocks do."""
    begin = datetime(2026, 3, 28, 12, tzinfo=UTC)
    for zone in (ZoneInfo("UTC"), PARIS):
        assert after(always(zone=zone), begin, timedelta(hours=36)) == begin + timedelta(hours=36)
        assert between(always(zone=zone), begin, begin + timedelta(days=400)) == timedelta(days=400)


def test_a_calendar_that_never_opens_is_an_error() -> None:
    """It does not look for ever."""
    closed = Calendar("fermé", PARIS, week=((),) * 7)
    with pytest.raises(ValueError, match="fermé is not open long enough within 3660 days"):
        after(closed, datetime(2026, 1, 1, tzinfo=UTC), MINUTE)
