"""Authentication-Results (RFC 8601): what a mail server in front of us says that it found out about a sender.

Read by its grammar, comments taken out first, so that no `pass` in a comment counts; also as Microsoft writes it,
without an authserv-id. Whose words are believed is decided in authentication.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from parsing.limits import Limits

_SPECIAL = re.compile(r'[()"\\;]')
_METHOD = re.compile(r"\s*([a-z][a-z0-9-]{0,40})(?:\s*/\s*\d{1,9})?\s*=\s*([a-z]{1,40})\b", re.I)
_QUOTED = r'"(?:[^"\\]|\\.){0,400}"'
# a name with its whole value: a local part may be quoted (RFC 8601 section 2.2). What is quoted elsewhere is no name
_PROPERTY = re.compile(
    rf"\b([a-z]{{1,20}}\.[a-z0-9_-]{{1,40}})\s*=\s*((?:{_QUOTED}|[^\s;\"]){{1,400}})|{_QUOTED}", re.I
)
_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Result:
    """One method and its verdict, both in lower case; properties as `header.d`, the first of each name."""

    method: str
    verdict: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AuthResults:
    """`authserv_id` in lower case, "" where the writer gives none (Microsoft)."""

    authserv_id: str
    results: tuple[Result, ...]


def parse_auth_results(text: str) -> AuthResults | None:
    """The field's body as one line, or None when it breaks the grammar: then nothing in it is believed. Linear."""
    pieces = _pieces(text)
    if pieces is None:
        return None
    authserv_id = ""
    if "=" not in pieces[0]:
        words = pieces.pop(0).split()
        if not words or len(words) > 2 or (len(words) == 2 and not words[1].isdecimal()):
            return None
        authserv_id = words[0].strip('"').lower()
    results = [
        _result(piece) for piece in pieces[: _LIMITS.auth_results] if piece.strip() and piece.strip().lower() != "none"
    ]
    if any(result is None for result in results):
        return None
    return AuthResults(authserv_id, tuple(result for result in results if result is not None))


def _result(piece: str) -> Result | None:
    found = _METHOD.match(piece)
    if found is None:
        return None
    properties: dict[str, str] = {}
    for name, value in _PROPERTY.findall(piece[found.end() :]):
        if name:
            properties.setdefault(name.lower(), value.strip('"').strip("<>"))
    return Result(found[1].lower(), found[2].lower(), properties)


def _pieces(text: str) -> list[str] | None:
    """The text without comments, cut at the semicolons outside quotes; None when something is not closed."""
    out: list[str] = []
    piece: list[str] = []
    at, depth, quoted, escaped = 0, 0, False, -1
    for special in _SPECIAL.finditer(text):
        char, here = special.group(), special.start()
        if here == escaped:
            continue
        if not depth:
            piece.append(text[at:here])
        at = here + 1
        if char == "\\":
            escaped = here + 1
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
        elif char == ")" and not quoted:
            if not depth:
                return None
            depth -= 1
        elif char == ";" and not depth and not quoted:
            out.append("".join(piece))
            piece = []
            continue
        if not depth and (quoted or char in '"\\'):
            piece.append(char)
        elif not depth and char == ")":
            piece.append(" ")
    if depth or quoted:
        return None
    return [*out, "".join([*piece, text[at:]])]
