"""How a desk's files write times, sizes, addresses and zones.

Promises: each takes what stands in the file (always text) and gives the value, or raises ValueError with a sentence for
the admin that says what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from parsing.message import Address
from rules.mistakes import KEY, Mistakes, Path, nearest, quoted, shown, unknown
from rules.working_time import NIGHT, WEEKDAYS, Calendar, Range

UNITS = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
SHORT = {"m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week"}
DURATION = re.compile(r"([0-9]{1,6})\s*([^\W\d_]+)")
LONGEST = timedelta(days=3660)
MAILBOX = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@[^\s@<>(),;:\\\"\[\]]{1,255}")
SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,3})?)\s*([A-Za-z]{1,5})?")
SIZES = {"b": 1, "byte": 1, "bytes": 1, "kb": 1000, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})")


def duration(value: Any) -> timedelta:
    """`3 days`, `90m`, `2 hours` → a span of calendar time, at most ten years. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    found = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'expected a time such as "3 days", "2 hours" or "90m", not {shown(value)}.')
    word = found[2].lower()
    unit = SHORT.get(word, word.removesuffix("s"))
    if unit not in UNITS:
        raise ValueError(unknown(word, ["minutes", "hours", "days", "weeks", *SHORT], "unit of time"))
    span = timedelta(minutes=int(found[1]) * UNITS[unit])
    if not timedelta(0) < span <= LONGEST:
        raise ValueError(f"expected a time between 1 minute and 10 years, not {quoted(value)}.")
    return span


def mailbox(value: Any) -> Address:
    """One bare address; its domain in ASCII (RFC 5890) and lower case. Raises ValueError."""
    if not isinstance(value, str) or not MAILBOX.fullmatch(value) or len(value) > 254:
        raise ValueError(f'expected an address such as "support@example.com", not {shown(value)}.')
    local, _, domain = value.rpartition("@")
    try:
        return Address(f"{local}@{domain.encode('idna').decode('ascii').lower()}")
    except UnicodeError:
        raise ValueError(f"{quoted(domain)} is no domain name.") from None


def zone(value: Any) -> ZoneInfo:
    """A name of the IANA time zone database. Raises ValueError."""
    name = value if isinstance(value, str) else ""
    try:
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_+/-]{1,60}", name):
            return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        pass
    hint = nearest(name, available_timezones()).partition(" Known:")[0]
    raise ValueError(f'expected a time zone such as "Europe/Paris", not {shown(value)}.{hint}')


def size(value: Any) -> int:
    """`10 MB`, `300 kB`, `2 MiB`, `512` → octets. Raises ValueError."""
    found = SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    unit = SIZES.get((found[2] or "b").lower()) if found else None
    if found is None or unit is None:
        raise ValueError(f'expected a size such as "10 MB" or "300 kB", not {shown(value)}.')
    return int(float(found[1]) * unit)


def number(value: Any) -> float:
    """`3`, `0.5` → the number. Raises ValueError."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value.strip()):
        raise ValueError(f"expected a number, not {shown(value)}.")
    return float(value)


def hours(value: Any) -> Range:
    """`09:00-12:30` → from and until; until may be 24:00, or lie before from (over midnight). Raises ValueError."""
    found = HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'expected hours such as "09:00-17:30", not {shown(value)}.')
    begin, end = _clock(found[1], found[2]), _clock(found[3], found[4])
    if begin == end:
        raise ValueError(f"{quoted(value)} is no time at all; a whole day is 00:00-24:00.")
    return Range(begin, end if begin < end else end + NIGHT)


def _clock(hour: str, minute: str) -> int:
    """Minutes since midnight."""
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > NIGHT:
        raise ValueError(f"{quoted(f'{hour}:{minute}')} is no time of day.")
    return minutes


def day(value: Any) -> date:
    """`2026-01-31` → the day. Raises ValueError."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else date.fromisoformat("")
    except ValueError:
        raise ValueError(f"expected a date such as 2026-01-31, not {shown(value)}.") from None


@dataclass(frozen=True, slots=True)
class Hours:
    """Working time as a file says it: a calendar when the desk's zone and its name are known."""

    week: tuple[tuple[Range, ...], ...]
    days_off: frozenset[date] = frozenset()
    zone: ZoneInfo | None = None

    def calendar(self, name: str, zone: ZoneInfo) -> Calendar:
        """The calendar, by the wall clock of its own zone or the desk's."""
        return Calendar(name, self.zone or zone, self.week, self.days_off)


def working_time(value: Any) -> Hours:
    """`always`, or a table of days and hours with `holidays` and a `zone`. Raises Mistakes."""
    if value == "always":
        return Hours(((Range(0, NIGHT),),) * 7)
    if not isinstance(value, dict):
        raise ValueError(f'expected days and hours such as {{mon-fri: "09:00-17:00"}}, or always, not {shown(value)}.')
    wrong: list[tuple[Path, str]] = []
    week: list[tuple[Range, ...]] = [()] * 7
    for days, spans in value.items():
        if days in ("holidays", "zone"):
            continue
        found = weekdays(days)
        if not found:
            wrong.append(
                ((days, KEY), f'expected days such as "mon-fri" or "sat", holidays or zone, not {quoted(days)}.')
            )
        parsed = _each(spans, hours, (days,), wrong)
        for index in found:
            week[index] = (*week[index], *parsed)
    off = _each(value.get("holidays", []), day, ("holidays",), wrong)
    named = _each([value["zone"]], zone, ("zone",), wrong) if "zone" in value else []
    if not wrong and not any(week):
        raise ValueError("this calendar is never open: name at least one day with its hours.")
    if wrong:
        raise Mistakes(wrong)
    return Hours(tuple(week), frozenset(off), next(iter(named), None))


def _each(values: Any, read: Callable[[Any], Any], path: Path, wrong: list[tuple[Path, str]]) -> list[Any]:
    """Every value of a list, or the one value, as `read` takes it; what is wrong is collected."""
    found = []
    for index, value in enumerate(values if isinstance(values, list) else [values]):
        try:
            found.append(read(value))
        except ValueError as error:
            wrong.append(((*path, index), str(error)))
    return found


def weekdays(days: str) -> tuple[int, ...]:
    """`mon-fri`, `sat` → their numbers from Monday; nothing for anything else."""
    first, _, last = days.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        return ()
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return tuple(range(begin, end + 1)) if begin <= end else (*range(begin, 7), *range(end + 1))
