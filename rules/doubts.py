"""What is allowed in rules and hardly meant: one that can never fire, is shadowed by an earlier one, or contradicts it.

Promises: linear in the number of rules; a doubt is only told where it is certain, so that nobody learns to pass them
over. That a pattern can never match is found where it is read (rules.patterns).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from rules.mistakes import Path, quoted
from rules.policy import Condition, Rule
from rules.then import FIRST

Doubt = tuple[int, Path, str]
SUBSETS = 3  # clauses of an earlier rule that is looked for among those of a later one
CLAUSES = 12  # of a later rule that are looked through
LIST = frozenset({"is", "contains", "begins", "ends", "matches"})  # operators of which any value is enough
# a clause as such: two rules that say the same have the same
Clause = Any


def doubts(rules: Sequence[Rule], *, today: date | None = None) -> Iterator[Doubt]:
    """(the rule's place, the way within it, what is doubtful about it)."""
    earlier = _Earlier()
    for place, rule in enumerate(rules):
        clauses = _clauses(rule.when)
        yield from ((place, path, text) for path, text in _never(rule, clauses, today))
        shadow = earlier.shadow(rule, clauses)
        if shadow is not None:
            why = f"rule {quoted(shadow.name)} ({shadow.place}) holds whenever it does, and stops."
            yield place, ("rule",), f"this rule can never fire: {why}"
        else:
            yield from ((place, path, text) for path, text in earlier.contradictions(rule, clauses))
        earlier.add(rule, clauses)


def _clauses(when: Condition | None) -> frozenset[Clause]:
    """The clauses that must all hold."""
    if when is None:
        return frozenset()
    return frozenset(map(_clause, when.parts if when.op == "all" and when.parts else (when,)))


def _clause(condition: Condition) -> Clause:
    if not condition.parts:
        return condition.field, condition.op, condition.negated, frozenset(condition.values)
    return condition.op, frozenset(map(_clause, condition.parts))


def _never(rule: Rule, clauses: Iterable[Clause], today: date | None) -> Iterator[tuple[Path, str]]:
    if rule.until is not None and today is not None and today > rule.until:
        yield ("until",), f"this rule has been over since {rule.until:%Y-%m-%d}; take it out."
    said: dict[str, frozenset[str]] = {}
    gone: set[str] = set()
    for clause in clauses:
        if len(clause) != 4:
            continue
        name, op, negated, values = clause
        if rule.events == {"opened"} and (name.startswith("before.") or op.startswith("changed")):
            yield (
                ("when",),
                f"this rule can never fire: a new ticket had no {quoted(name.removeprefix('before.'))} before.",
            )
        if op == "exists" and values == {"false"}:
            gone.add(name)
        if op == "is" and not negated:
            if name in said and not said[name] & values:
                yield ("when",), f"this rule can never fire: {quoted(name)} would have to be two things at once."
            said[name] = said.get(name, values) & values
    for name in sorted(gone & _asked(clauses)):
        yield ("when",), f"this rule can never fire: {quoted(name)} is to be there, and not to be there."
    yield from _both(clauses)


def _asked(clauses: Iterable[Clause]) -> set[str]:
    """The fields that must hold something."""
    return {clause[0] for clause in clauses if len(clause) == 4 and clause[1] != "exists" and not clause[2]}


def _both(clauses: Iterable[Clause]) -> Iterator[tuple[Path, str]]:
    """A clause, and the opposite of it."""
    plain = {clause for clause in clauses if len(clause) == 4 and not clause[2]}
    opposite = {
        (name, op, False, values) for name, op, negated, values in (c for c in clauses if len(c) == 4) if negated
    }
    opposite |= {inner for clause in clauses if len(clause) == 2 and clause[0] == "not" for inner in clause[1]}
    for clause in sorted(plain & opposite, key=str):
        yield ("when",), f"this rule can never fire: it asks {quoted(clause[0])} for something and for its opposite."


@dataclass(slots=True)
class _Earlier:
    """The rules above: those that stop by their clauses and by each of their values, and all by their whole `when`."""

    stopping: dict[frozenset[Clause], list[Rule]] = field(default_factory=dict)
    by_value: dict[tuple[str, str, str], set[int]] = field(default_factory=dict)
    stops: list[Rule] = field(default_factory=list)
    same: dict[frozenset[Clause], list[Rule]] = field(default_factory=dict)

    def add(self, rule: Rule, clauses: frozenset[Clause]) -> None:
        self.same.setdefault(clauses, []).append(rule)
        if not rule.stop or rule.until is not None:
            return
        if len(clauses) <= SUBSETS:
            self.stopping.setdefault(clauses, []).append(rule)
        if len(clauses) == 1:
            (clause,) = clauses
            for key in _values(clause):
                self.by_value.setdefault(key, set()).add(len(self.stops))
        self.stops.append(rule)

    def shadow(self, rule: Rule, clauses: frozenset[Clause]) -> Rule | None:
        """An earlier rule that holds whenever this one does, waits for all its events, and stops."""
        few = sorted(clauses, key=str)[:CLAUSES]
        for size in range(min(SUBSETS, len(few)) + 1):
            for some in combinations(few, size):
                for earlier in self.stopping.get(frozenset(some), ()):
                    if earlier.events >= rule.events:
                        return earlier
        for clause in few:
            owners = [self.by_value.get(key, set()) for key in _values(clause)]
            for place in sorted(set.intersection(*owners)) if owners else ():
                if self.stops[place].events >= rule.events:
                    return self.stops[place]
        return None

    def contradictions(self, rule: Rule, clauses: frozenset[Clause]) -> Iterator[tuple[Path, str]]:
        """Another rule says something else under the very same condition: the later word wins."""
        for earlier in self.same.get(clauses, ()):
            if earlier.events.isdisjoint(rule.events) or earlier.until is not None or rule.until is not None:
                continue
            for name in FIRST:
                if name in rule.then and name in earlier.then and rule.then[name] != earlier.then[name]:
                    text = f"rule {quoted(earlier.name)} ({earlier.place}) sets it to {quoted(earlier.then[name])} "
                    yield ("then", name), text + "under the same condition; this one wins."


def _values(clause: Clause) -> list[tuple[str, str, str]]:
    """Each value of a clause of which any is enough; nothing for other clauses. `subject or body` is one field here."""
    if len(clause) == 2 and clause[0] == "any":
        parts = clause[1]
        shared = {part[1:] for part in parts if len(part) == 4}
        if len(shared) != 1 or any(len(part) != 4 for part in parts):
            return []
        name = " or ".join(sorted(part[0] for part in parts))
        op, negated, values = next(iter(shared))
    elif len(clause) == 4:
        name, op, negated, values = clause
    else:
        return []
    return [] if negated or op not in LIST else [(name, op, value.casefold()) for value in values]
