"""How operators are spelled: `<field> <operator>: <value>`, one table for the reader, the mistakes and the schema.

Each is a test of rules.comparing or one of two that look at a field as such: `exists`, `changed`. A plural is as good
as a singular (`words contain`), so that a rule can be read aloud.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rules.comparing import TESTS


@dataclass(frozen=True, slots=True)
class Operator:
    """`test` is a key of comparing.TESTS; `many` says whether a list may follow the colon."""

    spelled: str
    test: str
    many: bool = False
    negated: bool = False


def _table() -> Iterator[Operator]:
    for spelled, test, many, negated in (
        ("is", "is", False, False),
        ("is not", "is", False, True),
        ("is one of", "is", True, False),
        ("is none of", "is", True, True),
        ("is exactly", "is exactly", False, False),
        ("contains", "contains", False, False),
        ("does not contain", "contains", False, True),
        ("contains one of", "contains", True, False),
        ("contains none of", "contains", True, True),
        ("contains all of", "contains all", True, False),
        ("contains exactly", "contains exactly", False, False),
        ("starts with", "begins", False, False),
        ("starts with one of", "begins", True, False),
        ("does not start with", "begins", False, True),
        ("ends with", "ends", False, False),
        ("ends with one of", "ends", True, False),
        ("does not end with", "ends", False, True),
        ("matches", "matches", False, False),
        ("matches one of", "matches", True, False),
        ("does not match", "matches", False, True),
        ("matches none of", "matches", True, True),
        ("matches exactly", "matches exactly", False, False),
        ("is more than", "more", False, False),
        ("is at least", "least", False, False),
        ("is less than", "less", False, False),
        ("is at most", "most", False, False),
        ("is within", "within", True, False),
        ("is not within", "within", True, True),
        ("exists", "exists", False, False),
        ("changed", "changed", False, False),
        ("changed to", "changed to", False, False),
        ("changed from", "changed from", False, False),
    ):
        yield Operator(spelled, test, many, negated)


OPERATORS: Mapping[str, Operator] = {operator.spelled: operator for operator in _table()}
PLURALS = {"contain": "contains", "match": "matches", "start": "starts", "end": "ends", "are": "is", "exist": "exists"}
# those that look at the field as such, and for which fields they are
OF_ALL = ("exists",)
OF_TICKET = ("changed", "changed to", "changed from")
LONGEST_FIRST = tuple(sorted(OPERATORS, key=len, reverse=True))


@lru_cache(maxsize=4096)  # a file says the same few again and again
def split(words: str) -> tuple[str, Operator | None]:
    """`subject or body contains one of` → ("subject or body", the operator); None where none is at its end."""
    plain = " ".join(words.split())
    for spelled in LONGEST_FIRST:
        if plain.endswith(" " + spelled):
            return plain.removesuffix(" " + spelled), OPERATORS[spelled]
    parts = plain.split(" ")
    singular = " ".join([parts[0], *(PLURALS.get(part, part) for part in parts[1:])])
    if "does not" in singular or "do not" in singular:
        singular = plain.replace(" do not ", " does not ")
    return split(singular) if singular != plain else (plain, None)


@lru_cache
def allowed(type_: str, *, of_ticket: bool) -> tuple[str, ...]:
    """The operators, as spelled, that a field of this type takes."""
    known = (*TESTS[type_], *OF_ALL, *(OF_TICKET if of_ticket else ()))
    return tuple(operator.spelled for operator in OPERATORS.values() if operator.test in known)
