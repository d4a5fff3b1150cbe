"""Working time: when a desk is there, and how much of it lies between two moments.

A moment belongs to a calendar when the clock on the wall there stands within one of its ranges, and the day on which
the range begins is no day off. That holds to the minute on the nights when the clock changes: a range within the hour
that comes twice counts twice, one within the hour that does not come counts not at all. Moments go in and come out in
UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.limits import Limits

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "always"  # the calendar that every desk has
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NIGHT = 24 * 60  # minutes of a day by the wall clock


@dataclass(frozen=True, slots=True)
class Range:
    """From `begin` until before `end`, in minutes since midnight by the wall clock; beyond 1440 is the next day."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week` holds the ranges that begin on Monday to Sunday, at most 24 hours long; on `days_off` none begins."""

    name: str
    zone: ZoneInfo
    week: tuple[tuple[Range, ...], ...]
    days_off: frozenset[date] = frozenset()


def always(name: str = ALWAYS, zone: ZoneInfo | None = None) -> Calendar:
    """Round the clock, every day: its time is calendar time."""
    return Calendar(name, zone or ZoneInfo("UTC"), week=((Range(0, NIGHT),),) * 7)


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether the desk is there at `moment`."""
    local = moment.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    return any(one.begin <= minute < one.end for one in _ranges(calendar, local.date()))


def after(
    calendar: Calendar,
    moment: datetime,
    span: timedelta,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> datetime:
    """When so much working time has gone by since `moment`. Raises ValueError when it never will have."""
    for begin, end in _open(calendar, moment, limits):
        if span <= end - begin:
            return begin + span
        span -= end - begin
    raise AssertionError("the days end with an error")


def between(
    calendar: Calendar,
    begin: datetime,
    end: datetime,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> timedelta:
    """The working time from `begin` until `end`; zero when `end` comes first."""
    total = timedelta()
    if end <= begin:
        return total
    days = (end.astimezone(calendar.zone).date() - begin.astimezone(calendar.zone).date()).days + 1
    for opens, closes in _spans(calendar, begin, min(days, limits.calendar_days)):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def open_calendars(calendars: Mapping[str, Calendar], moment: datetime) -> tuple[str, ...]:
    """The names of those in which it is working time."""
    return tuple(name for name, calendar in calendars.items() if is_open(calendar, moment))


def _ranges(calendar: Calendar, day: date) -> tuple[Range, ...]:
    """The minutes of one day that are open, in order and apart."""
    found: list[Range] = []
    for one in sorted([*_begun(calendar, day - DAY, NIGHT), *_begun(calendar, day, 0)], key=lambda one: one.begin):
        begin, end = max(one.begin, 0), min(one.end, NIGHT)
        if found and begin <= found[-1].end:
            found[-1] = Range(found[-1].begin, max(end, found[-1].end))
        elif begin < end:
            found.append(Range(begin, end))
    return tuple(found)


def _begun(calendar: Calendar, day: date, earlier: int) -> Iterator[Range]:
    """The ranges that begin on a day, in minutes of one that is so many minutes later."""
    if day not in calendar.days_off:
        for one in calendar.week[day.weekday()]:
            yield Range(one.begin - earlier, one.end - earlier)


def _open(calendar: Calendar, moment: datetime, limits: Limits) -> Iterator[tuple[datetime, datetime]]:
    yield from _spans(calendar, moment, limits.calendar_days)
    raise ValueError(f"the calendar {calendar.name} is not open long enough within {limits.calendar_days} days")


def _spans(calendar: Calendar, since: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """When it is open from `since` on, in order, for so many days."""
    first = since.astimezone(calendar.zone).date()
    for number in range(days):
        for begin, end in _open_on(calendar, first + number * DAY):
            if end > since:
                yield max(begin, since), end


def _open_on(calendar: Calendar, day: date) -> Iterator[tuple[datetime, datetime]]:
    """When it is open on a day of its own, in UTC. The day is taken apart where the clock changes."""
    ranges = _ranges(calendar, day)
    if not ranges:
        return
    midnight, next_midnight = _midnight(calendar.zone, day), _midnight(calendar.zone, day + DAY)
    start = datetime.combine(day, time(), UTC)  # what the wall clock shows, as if it stood in UTC
    for begin, end, ahead in _pieces(calendar.zone, midnight, next_midnight):
        for one in ranges:
            opens = max(start + one.begin * MINUTE - ahead, begin)
            closes = min(start + one.end * MINUTE - ahead, end)
            if opens < closes:
                yield opens, closes


def _midnight(zone: ZoneInfo, day: date) -> datetime:
    """The first moment of a day; where midnight does not come, the moment at which the clock jumps over it."""
    wall = datetime.combine(day, time(), zone)
    early = wall.astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return early
    return _change(zone, early - 6 * timedelta(hours=1), early + 6 * timedelta(hours=1))


def _pieces(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """(from, until, how far ahead of UTC the wall clock is): one piece, or two on a day when the clock changes."""
    before, later = _ahead(zone, begin), _ahead(zone, end - MINUTE)
    if before == later:
        yield begin, end, before
        return
    change = _change(zone, begin, end)
    yield begin, change, before
    yield change, end, later


def _change(zone: ZoneInfo, begin: datetime, end: datetime) -> datetime:
    """The moment between two at which the clock is put forward or back, to the minute."""
    before = _ahead(zone, begin)
    low, high = 0, (end - begin) // MINUTE
    while high - low > 1:
        middle = (low + high) // 2
        if _ahead(zone, begin + middle * MINUTE) == before:
            low = middle
        else:
            high = middle
    return begin + high * MINUTE


def _ahead(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
