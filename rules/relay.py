"""The safe relay rule: which of an agent's words may go to a customer, and when none may.

What goes out ends at our marker line or the first quotation. Text that can not be relayed safely is not relayed:
it is kept, nothing is sent, and the agent is told why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parsing.commands import stray
from parsing.message import Span

MARKER = "[tkt-private"
# A token of ours as it stands behind the + of an address, or in a body's reference: long, lower-case base32.
TOKEN = re.compile(r"\+[a-z2-7]{36,60}@|tkt-ref[-\s>|:]{1,12}[a-z2-7]{36,60}")
SHORTEST_PRIVATE_LINE = 12


@dataclass(frozen=True, slots=True)
class Relayed:
    """`text` may go out when `problems` is empty."""

    text: str
    problems: tuple[str, ...] = ()


def own_words(spans: Iterable[Span]) -> tuple[str, str]:
    """(words above the first that is not the writer's, new words that stand below it)."""
    above: list[str] = []
    below: list[str] = []
    cut = False
    for span in spans:
        if span.kind not in ("new", "signature"):
            cut = True
            continue
        head, quoted, tail = ("", False, span.text) if cut else _until_quotation(span.text)
        above.append(head)
        cut = cut or quoted
        if span.kind == "new":
            below.append(tail)
    return "".join(above), "".join(below)


def _until_quotation(text: str) -> tuple[str, bool, str]:
    """(text before the first line that begins with > or holds the marker, whether there is one, the rest)."""
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        if line.lstrip().startswith(">") or MARKER in line.lower():
            return "".join(lines[:at]), True, "".join(lines[at + 1 :])
    return text, False, ""


def relayed(text: str, *, below: str, private: Iterable[str]) -> Relayed:
    """Judge `text` (an agent's words without the steering lines); `private` are the ticket's internal entries."""
    problems = [
        f'"{command.text}" looks like a steering line but stands below other text, or is not known'
        for command in stray(text)
    ]
    if MARKER in text.lower():
        problems.append("it holds a line that is not for the customer")
    if TOKEN.search(text):
        problems.append("it holds somebody's reply address with its token")
    flat = _flat(text)
    if any(line in flat for line in private_lines(private)):
        problems.append("it repeats an internal note")
    if below.strip() and not text.strip():
        problems.append("your words stand below the quoted mail; write them above it")
    elif any(not line.lstrip().startswith(">") for line in below.splitlines() if line.strip()):
        problems.append("some of your words stand between or below quoted lines and would be lost; write all above it")
    return Relayed(text=text.strip("\r\n"), problems=tuple(problems))


def private_lines(texts: Iterable[str]) -> list[str]:
    """The lines of internal entries that are long enough to be recognised, as `_flat` has them."""
    lines = (_flat(line) for text in texts for line in text.splitlines())
    return [line for line in lines if len(line) >= SHORTEST_PRIVATE_LINE]


def _flat(text: str) -> str:
    """On one line, in single blanks: mail programs wrap what they quote as they like."""
    return " ".join(text.split())
