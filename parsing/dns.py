"""Questions to the DNS and what was answered, as plain values: this room asks, another one resolves.

Whoever needs the DNS gets an `Inquiry`. What is not answered yet raises `Unanswered` and is written down; the caller
resolves what was written down and asks again with more answers, until nothing is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Record(StrEnum):
    """The types of records that proofs of a sender are made of."""

    A = "A"
    AAAA = "AAAA"
    MX = "MX"
    PTR = "PTR"
    TXT = "TXT"


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """One name in lower case, without the last dot, and one type."""

    name: str
    record: Record


@dataclass(frozen=True, slots=True)
class Answer:
    """The records as text, () when there are none (NXDOMAIN, NODATA); `failed` when the DNS could not say.

    A and AAAA are addresses, MX are names in the order of their preference, PTR are names, the strings of one TXT
    record are joined (RFC 7208 section 3.3) and each octet is one character (latin-1).
    """

    records: tuple[str, ...] = ()
    failed: bool = False


class Unanswered(Exception):
    """A question of `Inquiry.wanted` has no answer yet: ask again when it has one."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The answers so far, the questions that are still open, and those that were asked and that the DNS failed upon."""

    answers: Mapping[Question, Answer]
    wanted: set[Question] = field(default_factory=set)
    failed: set[Question] = field(default_factory=set)

    def ask(self, name: str, record: Record) -> Answer:
        """The answer. Raises Unanswered when there is none yet."""
        question = Question(name.lower().removesuffix("."), record)
        answer = self.answers.get(question)
        if answer is None:
            self.wanted.add(question)
            raise Unanswered(f"{question.record} {question.name}")
        if answer.failed:
            self.failed.add(question)
        return answer

    def foresee(self, name: str, record: Record) -> None:
        """Write down a question that will be asked soon, so that it is resolved in the same round as others."""
        question = Question(name.lower().removesuffix("."), record)
        if question not in self.answers:
            self.wanted.add(question)


def queryable(name: str) -> bool:
    """True for a name that may be sent to the DNS: labels of 1 to 63 octets, 253 in all (RFC 1035 section 2.3.4)."""
    name = name.removesuffix(".")
    return len(name) <= 253 and all(1 <= len(label.encode()) <= 63 for label in name.split("."))
