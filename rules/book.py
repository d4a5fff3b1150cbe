"""A desk's rules made ready for asking: which of ten thousand can hold for a mail is known before one is asked.

Of each rule that can only hold when some word, address or expression is found, the index knows which. The words of a
mail are looked up in it, the expressions of a field are asked as one set; only the rules so found are asked, and
those of which nothing can be known before. Promises: no rule is passed over that would have held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rules.comparing import ascii_address, told
from rules.decision import Step
from rules.fields import BEFORE, FIELDS, Field, field_named
from rules.occasion import Occasion
from rules.patterns import Pattern, PatternSet
from rules.policy import Condition, Policy, Rule
from rules.words import SEEN, FieldText, field_text, fold, needle, words_of

TEXTS = ("text", "addresses")
HEADER_ = "header."
MOVING = frozenset({"event", *(name for name, row in FIELDS.items() if row.of_ticket)})  # what a rule can change
EMPTY: tuple[Any, ...] = (None, "", ())
# (field, kind, what): kind is a word, the stem of one, an address, a domain, or the number of an expression
Key = tuple[str, str, str]


@dataclass(slots=True)
class Seen:
    """What the rules see: each field is read, and folded, once; the ticket's own anew when a rule has changed it."""

    occasion: Occasion
    policy: Policy
    values: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """A field ready for a test: texts folded. None where there is nothing."""
        if name in self.values:
            return self.values[name]
        asked = _row(name)
        value = asked.read(self.occasion, self.policy) if asked is not None else None
        if asked is not None and asked.type in TEXTS and value is not None:
            value = field_text(str(value))
        self.values[name] = value
        return value

    def changed(self, occasion: Occasion) -> None:
        """A rule has changed the ticket."""
        self.occasion = occasion
        for name in [name for name in self.values if name in MOVING or name.startswith("field.")]:
            del self.values[name]


def _row(name: str) -> Field | None:
    return FIELDS.get(name) or field_named(name, None)


@dataclass(slots=True)
class Trail:
    """What the clauses of a rule said, and what they found."""

    steps: list[Step] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


def holds(condition: Condition, seen: Seen, trail: Trail | None = None) -> bool:
    """Whether a condition holds. With a trail every clause is asked and told: it shows what nearly held."""
    if not condition.parts and condition.field:
        return _ask(condition, seen, trail)
    if trail is None:
        if condition.op == "any":
            return any(holds(part, seen) for part in condition.parts)
        answer = all(holds(part, seen) for part in condition.parts)
        return not answer if condition.op == "not" else answer
    answers = [holds(part, seen, trail) for part in condition.parts]
    if condition.op == "not":
        trail.steps.append(Step("not", "no" if all(answers) else "yes"))
        return not all(answers)
    return any(answers) if condition.op == "any" else all(answers)


def _ask(leaf: Condition, seen: Seen, trail: Trail | None) -> bool:
    value = seen.value(leaf.field)
    found = _found(leaf, value, seen)
    answer = (found is not None) is not leaf.negated
    if trail is not None:
        if found is None:
            detail = value.miss if isinstance(value, FieldText) else f"saw: {told(value)}"
        else:
            detail = f"found: {found[:SEEN]} in: {told(value)}"
            if not leaf.negated:
                trail.found.append(found)
        trail.steps.append(Step(leaf.question, "yes" if answer else "no", detail))
    return answer


def _found(leaf: Condition, value: Any, seen: Seen) -> str | None:
    if leaf.op == "exists":
        there = value not in EMPTY and not (isinstance(value, FieldText) and not value.text.strip())
        return (
            "something" if there and leaf.values == ("true",) else "nothing" if not there and not _yes(leaf) else None
        )
    if leaf.op.startswith("changed"):
        was = seen.value(BEFORE + leaf.field)
        moved = seen.occasion.before is not None and _bare(was) != _bare(value)
        if leaf.op == "changed":
            return (f"{told(was)} → {told(value)}" if moved else "the same") if moved is _yes(leaf) else None
        value = (was if leaf.op == "changed from" else value) if moved else None
    return leaf.test(value) if leaf.test is not None and value is not None else None


def _yes(leaf: Condition) -> bool:
    return leaf.values == ("true",)


def _bare(value: Any) -> Any:
    return value.text if isinstance(value, FieldText) else value


def captured(condition: Condition | None, seen: Seen) -> dict[str, str]:
    """The named groups of the expressions that were found; of two of one name the first that found something."""
    if condition is None or condition.op == "not":
        return {}
    groups: dict[str, str] = {}
    for part in condition.parts:
        groups = {**captured(part, seen), **{name: text for name, text in groups.items() if text}}
    value = seen.value(condition.field) if any(one.names for one in condition.patterns) else None
    if isinstance(value, FieldText) and not condition.negated:
        for one in condition.patterns:
            groups = {**one.captured(value), **{name: text for name, text in groups.items() if text}}
    return groups


@dataclass(frozen=True, slots=True)
class _OfField:
    """What the index knows of one field: word, stem, address or domain → the places of the rules that want it."""

    words: Mapping[str, Sequence[int]]
    stems: Mapping[int, Mapping[str, Sequence[int]]]
    lines: Mapping[str, Sequence[int]]
    sets: Sequence[tuple[PatternSet, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Book:
    """The rules in their order, the index over them, and the places of those of which nothing is known before.

    A `thorough` one asks every rule and tells every clause, for a person who wants to know.
    """

    rules: tuple[Rule, ...]
    always: tuple[int, ...]
    fields: Mapping[str, _OfField]
    thorough: bool = False

    def candidates(self, seen: Seen) -> list[int]:
        """The places of all rules that may hold, in order."""
        found: set[int] = set(self.always)
        message = seen.occasion.message
        headers = {HEADER_ + line.name for line in message.header} if message is not None else ()
        for name, known in self.fields.items():
            if name.startswith(HEADER_) and name not in headers:
                continue
            value = seen.value(name)
            if isinstance(value, FieldText):
                found.update(_hits(known, value))
        return sorted(found)


def thorough(book: Book) -> Book:
    """The same rules, each of them asked and told."""
    return replace(book, always=tuple(range(len(book.rules))), fields={}, thorough=True)


def _hits(known: _OfField, text: FieldText) -> Iterator[int]:
    for word in known.words.keys() & text.vocabulary:
        yield from known.words[word]
    for length, stems in known.stems.items():
        for stem in stems.keys() & {word[:length] for word in text.vocabulary}:
            yield from stems[stem]
    if known.lines and text.lines:
        domains = {line[line.rfind("@") :] for line in text.lines}
        for line in known.lines.keys() & (text.lines | domains):
            yield from known.lines[line]
    for patterns, owners in known.sets:
        yield from (owners[place] for place in patterns.found(text))


def make_book(rules: Iterable[Rule]) -> Book:
    """Index these rules."""
    ordered = tuple(rules)
    always: list[int] = []
    wanted: dict[str, _Wanted] = {}
    for place, rule in enumerate(ordered):
        keys = _keys(rule.when) if rule.when is not None else None
        if keys is None:
            always.append(place)
            continue
        for name, kind, what in keys.plain:
            wanted.setdefault(name, _Wanted()).plain.setdefault((kind, what), []).append(place)
        for name, one in keys.patterns:
            wanted.setdefault(name, _Wanted()).patterns.append((one, place))
    return Book(ordered, tuple(always), {name: _of_field(one) for name, one in wanted.items()})


@dataclass(slots=True)
class _Wanted:
    plain: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    patterns: list[tuple[Pattern, int]] = field(default_factory=list)


def _of_field(wanted: _Wanted) -> _OfField:
    words: dict[str, Sequence[int]] = {}
    stems: dict[int, dict[str, Sequence[int]]] = {}
    lines: dict[str, Sequence[int]] = {}
    for (kind, what), places in wanted.plain.items():
        if kind == "stem":
            stems.setdefault(len(what), {})[what] = places
        else:
            (words if kind == "word" else lines)[what] = places
    sets = []
    for exact in (False, True):
        of_kind = [(one, place) for one, place in wanted.patterns if one.exact is exact]
        if of_kind:
            sets.append((PatternSet([one for one, _ in of_kind]), [place for _, place in of_kind]))
    return _OfField(words, stems, lines, sets)


@dataclass(frozen=True, slots=True)
class _Keys:
    """One of these must be found, or the condition can not hold."""

    plain: frozenset[Key] = frozenset()
    patterns: tuple[tuple[str, Pattern], ...] = ()

    @property
    def cost(self) -> int:
        """How much is to be looked for; an expression is dearer than a word."""
        return len(self.plain) + 20 * len(self.patterns)


def _keys(condition: Condition) -> _Keys | None:
    """What must be found for a condition to hold; None where that can not be told."""
    if condition.op == "not" or condition.negated:
        return None
    if not condition.parts:
        return _keys_of_leaf(condition)
    of_parts = [_keys(part) for part in condition.parts]
    known = [keys for keys in of_parts if keys is not None]
    if condition.op == "all":
        return min(known, key=lambda keys: keys.cost, default=None)
    if len(known) < len(of_parts):
        return None
    plain = frozenset(key for keys in known for key in keys.plain)
    return _Keys(plain, tuple(pair for keys in known for pair in keys.patterns))


def _keys_of_leaf(leaf: Condition) -> _Keys | None:
    row = _row(leaf.field)
    if row is None or row.type not in TEXTS or row.of_ticket or leaf.field.startswith(BEFORE) or not leaf.values:
        return None
    if leaf.op in ("matches", "matches exactly"):
        return _Keys(patterns=tuple((leaf.field, one) for one in leaf.patterns))
    keys = [_key(leaf, row, value) for value in leaf.values]
    return _Keys(frozenset(key for key in keys if key)) if all(keys) else None


def _key(leaf: Condition, row: Field, value: str) -> Key | None:
    """The first word that must be there, or the address."""
    if leaf.op == "is" and row.type == "addresses":
        return leaf.field, "line", ascii_address(value)
    if leaf.op in ("contains", "contains all"):
        sought = needle(value)
        first, *more = sought.split()
        return leaf.field, "word" if more or sought.endswith(" ") else "stem", first
    words = words_of(fold(value))
    if leaf.op in ("is", "is exactly") and words:
        return leaf.field, "word", words[0]
    if leaf.op == "begins" and words:
        return leaf.field, "word" if len(words) > 1 else "stem", words[0]
    if leaf.op == "ends" and words:
        # what stands before ".pdf" is another word, what stands before "pdf" may be the same one
        whole = words if not value.strip()[0].isalnum() else words[1:]
        return (leaf.field, "word", whole[0]) if whole else None
    return None
