"""What an operator means for a field of each type: from the values that an admin wrote to a test of what a mail has.

Promises: values are read and compiled once, while the file is read; a test is linear in what it looks at and raises
nothing. A test answers with what it found, in words for the trace, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from parsing.message import Grade
from rules.mistakes import quoted, shown, unknown
from rules.patterns import pattern
from rules.policy import Test
from rules.values import MAILBOX, duration, hours, number, size
from rules.words import SEEN, FieldText, fold, needle, one_line
from rules.working_time import NIGHT

LONGEST_EQUAL = SEEN * 40  # characters: what is longer is equal to nothing that a rule can say


def equals(values: Iterable[str]) -> Test:
    """The whole field, or one of its lines, is one of `values`: case, accents and blanks at the ends aside."""
    wanted = {_plain(fold(value)): value for value in values}

    def test(text: FieldText) -> str | None:
        if len(text.folded) > LONGEST_EQUAL:
            return None
        whole = wanted.get(_plain(text.folded))
        if whole is None and "\n" in text.folded:
            return next((wanted[line] for line in map(_plain, text.folded.split("\n")) if line in wanted), None)
        return whole

    return test


def equals_exactly(values: Iterable[str]) -> Test:
    """The whole field, or one of its lines, is one of `values`, letter by letter."""
    wanted = frozenset(value.strip() for value in values)

    def test(text: FieldText) -> str | None:
        lines = (text.text.strip(), *map(str.strip, text.text[:LONGEST_EQUAL].split("\n")))
        return next((line for line in lines if line in wanted), None)

    return test


def _plain(text: str) -> str:
    return " ".join(text.split())


def is_address(values: Iterable[str]) -> Test:
    """One of the field's addresses is one of `values`; `@example.com` stands for everybody there."""
    wanted = {ascii_address(value) for value in values}
    domains = tuple(value for value in wanted if value.startswith("@"))

    def test(text: FieldText) -> str | None:
        found = text.lines & wanted
        if not found and domains:
            found = frozenset(line for line in text.lines if line.endswith(domains) and line.count("@") == 1)
        return min(found, default=None)

    return test


def ascii_address(value: str) -> str:
    """The address as messages carry it: a domain of any script in A-labels (RFC 5890). ValueError if it is none."""
    value = value.strip().lower()
    if not MAILBOX.fullmatch("x" + value if value.startswith("@") else value):
        raise ValueError(f"expected an address (anna@example.com) or a domain (@example.com), not {quoted(value)}.")
    local, _, domain = value.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise ValueError(f'"{one_line(domain)}" is no domain name.') from None


def contains(values: Iterable[str]) -> Test:
    """One of `values` stands in the field, word by word; `plant*` is every word that begins so.

    Raises ValueError, in words for the admin, when a value has nothing to look for.
    """
    wanted = [(needle(value), value) for value in values]
    stems = [pair for pair in wanted if not pair[0].endswith(" ")]
    phrases = [(sought, sought.split()[0], value) for sought, value in wanted if sought.endswith(" ")]
    first_words = frozenset(first for _, first, _ in phrases)

    def test(text: FieldText) -> str | None:
        words = text.words
        if not first_words.isdisjoint(text.vocabulary):
            for sought, first, value in phrases:
                if first in text.vocabulary and sought in words:
                    return value
        for sought, value in stems:
            if sought in words:
                return value
        return None

    return test


def contains_all(values: Iterable[str]) -> Test:
    """Each of `values` stands in the field."""
    wanted = [(needle(value), value) for value in values]

    def test(text: FieldText) -> str | None:
        there = all(sought in text.words for sought, _ in wanted)
        return ", ".join(value for _, value in wanted) if there else None

    return test


def contains_exactly(values: Iterable[str]) -> Test:
    """One of `values` stands in the field letter by letter, case, accents and signs included."""
    wanted = tuple(values)
    return lambda text: next((value for value in wanted if value in text.text), None)


def begins(values: Iterable[str]) -> Test:
    """The field, or one of its lines, begins with one of `values`."""
    wanted = {_plain(fold(value)): value for value in values}
    starts = tuple(wanted)

    def test(text: FieldText) -> str | None:
        lines = (line for line in map(str.strip, text.folded.split("\n")) if line.startswith(starts))
        line = next(lines, None)
        return None if line is None else next(wanted[start] for start in starts if line.startswith(start))

    return test


def ends(values: Iterable[str]) -> Test:
    """The field, or one of its lines, ends with one of `values`."""
    wanted = {_plain(fold(value)): value for value in values}
    tails = tuple(wanted)

    def test(text: FieldText) -> str | None:
        line = next((line for line in map(str.strip, text.folded.split("\n")) if line.endswith(tails)), None)
        return None if line is None else next(wanted[tail] for tail in tails if line.endswith(tail))

    return test


def matches(values: Iterable[str], *, exact: bool = False) -> Test:
    """One of the regular expressions is found. Raises ValueError, in words for the admin."""
    wanted = [pattern(value, exact=exact) for value in values]
    return lambda text: next((found for one in wanted if (found := one.found(text)) is not None), None)


def matches_exactly(values: Iterable[str]) -> Test:
    """As `matches`, of the text as it was written."""
    return matches(values, exact=True)


def one_of(values: Iterable[str]) -> Test:
    """A name, or one of several names, is one of `values`."""
    wanted = {value.strip().lower(): value for value in values}

    def test(seen: str | tuple[str, ...]) -> str | None:
        names = (seen,) if isinstance(seen, str) else seen
        return next((wanted[name.lower()] for name in names if name.lower() in wanted), None)

    return test


def all_of(values: Iterable[str]) -> Test:
    """Every one of `values` is among several names."""
    wanted = tuple(value.strip().lower() for value in values)

    def test(seen: str | tuple[str, ...]) -> str | None:
        names = {name.lower() for name in ((seen,) if isinstance(seen, str) else seen)}
        return ", ".join(wanted) if names.issuperset(wanted) else None

    return test


def yes_or_no(values: Iterable[str]) -> Test:
    """The field is true, or it is false."""
    wanted = {_truth(value) for value in values}
    return lambda seen: None if seen not in wanted else "true" if seen else "false"


def _truth(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError(f"expected true or false, not {shown(value)}.")
    return value == "true"


def grade(value: str) -> Grade:
    """`E2` → the grade. Raises ValueError."""
    if value.strip().upper() not in Grade.__members__:
        raise ValueError(unknown(value, Grade.__members__, "grade of evidence"))
    return Grade[value.strip().upper()]


def _measured(read: Callable[[Any], Any], holds: Callable[[Any, Any], bool]) -> Callable[[Iterable[str]], Test]:
    """A comparison with what `read` makes of the value."""

    def make(values: Iterable[str]) -> Test:
        wanted = [read(value) for value in values]
        return lambda seen: told(seen) if any(holds(seen, one) for one in wanted) else None

    return make


def _between(read: Callable[[Any], Any]) -> Callable[[Iterable[str]], Test]:
    """`is within: [LOW, HIGH]`, both counted in."""

    def make(values: Iterable[str]) -> Test:
        bounds = [read(value) for value in values]
        if len(bounds) != 2 or bounds[0] > bounds[1]:
            raise ValueError("expected two values, the smaller one first, such as [1, 10].")
        return lambda seen: told(seen) if bounds[0] <= seen <= bounds[1] else None

    return make


def within_hours(values: Iterable[str]) -> Test:
    """The time of day lies in one of the spans; one that ends before it begins goes over midnight."""
    spans = [hours(value) for value in values]

    def test(seen: datetime) -> str | None:
        minute = seen.hour * 60 + seen.minute
        found = any(one.begin <= at < one.end for one in spans for at in (minute, minute + NIGHT))
        return told(seen) if found else None

    return test


def told(seen: object) -> str:
    """What a field holds, in words for a trace."""
    match seen:
        case FieldText():
            return seen.seen
        case None:
            return ""
        case bool():
            return "true" if seen else "false"
        case Grade():
            return seen.name
        case datetime():
            return f"{seen:%H:%M}"
        case timedelta():
            return _span(seen)
        case float():
            return f"{seen:g}"
        case tuple():
            return one_line(", ".join(map(str, seen)))
    return one_line(str(seen))


def _span(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    days, hours_left, minutes_left = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} days"] * bool(days) + [f"{hours_left} h"] * bool(hours_left) + [f"{minutes_left} min"]
    return " ".join(parts[:2])


def _ordered(read: Callable[[Any], Any]) -> Mapping[str, Callable[[Iterable[str]], Test]]:
    return {
        "is": _measured(read, lambda seen, one: bool(seen == one)),
        "more": _measured(read, lambda seen, one: bool(seen > one)),
        "least": _measured(read, lambda seen, one: bool(seen >= one)),
        "less": _measured(read, lambda seen, one: bool(seen < one)),
        "most": _measured(read, lambda seen, one: bool(seen <= one)),
        "within": _between(read),
    }


_WORDS: Mapping[str, Callable[[Iterable[str]], Test]] = {
    "is": equals,
    "is exactly": equals_exactly,
    "contains": contains,
    "contains all": contains_all,
    "contains exactly": contains_exactly,
    "begins": begins,
    "ends": ends,
    "matches": matches,
    "matches exactly": matches_exactly,
}
# type of a field → operator → what makes the test of the values
TESTS: Mapping[str, Mapping[str, Callable[[Iterable[str]], Test]]] = {
    "text": _WORDS,
    "addresses": {**_WORDS, "is": is_address},
    "name": {"is": one_of},
    "names": {"is": one_of, "contains": one_of, "contains all": all_of},
    "number": _ordered(number),
    "size": _ordered(size),
    "age": _ordered(duration),
    "grade": _ordered(grade),
    "hours": {"within": within_hours},
    "truth": {"is": yes_or_no},
}
