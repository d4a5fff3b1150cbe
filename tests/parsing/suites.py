"""Test cases of other projects, read from their source distributions at test time: nothing of them stands here.

`make install-dev` puts the archives into .venv/suites, each proven by its hash.
"""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from parsing.dns import Answer, Inquiry, Question, Record, Unanswered
from tests.running import missing

SUITES = Path(sys.prefix) / "suites"
T = TypeVar("T")
Zone = Mapping[str, list[tuple[str, Any]]]


def archived(archive: str, path: str) -> bytes:
    """A file of an archive; the test is skipped, or fails where nothing may be skipped, when it is not there."""
    found = SUITES / archive
    if not found.exists():
        missing(f"{archive} is not there: make install-dev fetches it")
    with tarfile.open(found) as opened:
        member = opened.extractfile(f"{archive.removesuffix('.tar.gz')}/{path}")
        assert member is not None
        return member.read()


def asked_until_known(ask: Callable[[Inquiry], T], answer: Callable[[Question], Answer]) -> tuple[T, int]:
    """What `ask` says once the DNS has answered all that it wants to know, and in how many rounds."""
    answers: dict[Question, Answer] = {}
    for rounds in range(50):
        inquiry = Inquiry(answers)
        try:
            return ask(inquiry), rounds
        except Unanswered:
            answers |= {question: answer(question) for question in inquiry.wanted}
    raise AssertionError("it asks for ever")


def zone(data: Mapping[str, Any]) -> Zone:
    """The zone data of the RFC 7208 suite; records of type SPF stand for TXT records where a name has none."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for name, records in data.items():
        pairs = [("TIMEOUT", None) if one == "TIMEOUT" else next(iter(one.items())) for one in records]
        kinds = [kind for kind, _ in pairs]
        kept = [(kind, value) for kind, value in pairs if kind != "SPF" and value not in ("NONE", ["NONE"])]
        if "TXT" not in kinds:
            kept += [("TXT", value) for kind, value in pairs if kind == "SPF"]
        found[name.lower().removesuffix(".")] = kept
    return found


def looked_up(names: Zone, question: Question, depth: int = 0) -> Answer:
    """What a resolver would say: aliases followed, the suite's time-outs as failures."""
    if question.name not in names:
        return Answer(failed=question.name.startswith("error."))
    records: list[str] = []
    for kind, value in names[question.name]:
        if kind == question.record and value == "TIMEOUT":
            return Answer(failed=True)
        if kind == question.record:
            records.append(_text(question.record, value))
        elif kind == "CNAME" and depth < 8:
            behind = looked_up(names, Question(value.lower().removesuffix("."), question.record), depth + 1)
            if behind.failed:
                return behind
            records += behind.records
    failed = not records and any(kind == "TIMEOUT" for kind, _ in names[question.name])
    return Answer(tuple(records), failed)


def _text(record: Record, value: Any) -> str:
    if record is Record.TXT:
        text = value if isinstance(value, str) else "".join(value)
        return text.encode().decode("latin-1")
    return str(value[1] if record is Record.MX else value)
