"""The promised times of a desk, and those that run on a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from rules.working_time import Calendar


class Promise(StrEnum):
    """What is promised. The next response is the one to each later mail of the customer's."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    WORKAROUND = "workaround"
    RESOLUTION = "resolution"

    @property
    def words(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Target:
    """`promise` is kept `within` so much time of `calendar`, on tickets of these priorities and categories, for
    customers of these plans (none: any). One that names plans comes before those that do not.

    `warn` is how long before its time the desk hears that it comes near; zero for never.
    """

    promise: Promise
    within: timedelta
    calendar: str
    priorities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    warn: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Level:
    """The targets of a desk, with the calendars that they name."""

    targets: tuple[Target, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` until `end`."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise on a ticket: it ran during the spans of `ran`, and runs since `since` (None: it stands still).

    What it has used up is counted anew from the spans each time, by the calendar of the target that fits then: a change
    of priority, plan or file moves what is left. `over_at` says when it ended, `met` whether in time or at all.
    `due_at` is when it will be missed if nothing happens; None while it stands still.
    """

    promise: Promise
    since: datetime | None
    ran: tuple[Span, ...] = ()
    due_at: datetime | None = None
    over_at: datetime | None = None
    met: bool = False
    warned: bool = False
    missed: bool = False
