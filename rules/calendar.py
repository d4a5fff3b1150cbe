"""Working time: which hours of which days a calendar is open.

Promises: a moment is judged by the wall clock of the calendar's own zone, or of the desk's. A span that ends before it
begins goes over midnight and belongs to the day on which it begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[time, time]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week` holds the spans of each day from Monday; `zone` is None for the desk's. `always` is open day and night."""

    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    holidays: frozenset[date] = frozenset()
    zone: ZoneInfo | None = None
    always: bool = False

    def is_open(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether this moment is working time."""
        if self.always:
            return True
        local = moment.astimezone(self.zone or zone)
        today, yesterday = self._spans(local.date()), self._spans(local.date() - timedelta(days=1))
        at = local.time()
        begun = any(begin <= at and (at < end or end < begin) for begin, end in today)
        return begun or any(end < begin and at < end for begin, end in yesterday)

    def _spans(self, day: date) -> tuple[Span, ...]:
        return () if day in self.holidays else self.week[day.weekday()]


def open_calendars(calendars: Mapping[str, Calendar], moment: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The names of those that are open."""
    return tuple(name for name, calendar in calendars.items() if calendar.is_open(moment, zone))
