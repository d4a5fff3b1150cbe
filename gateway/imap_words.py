"""The words of IMAP (RFC 9051, RFC 3501) apart from the conversation: what is written and what is read, nothing sent.

Promises: a name, user or set of UIDs written here can not become a second command; an answer read here is either
understood to its last byte or refused with `Garbled`: a literal of the wrong length never passes for a mail.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
LITERAL = re.compile(rb"\{(\d{1,20})\}$")
_FETCH = re.compile(rb"\d+ FETCH \(", re.IGNORECASE)
_CODE = re.compile(rb"\s*\[([A-Z-]+)", re.IGNORECASE)
_DATE = re.compile(rb'"([ \d]\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"')
_QUOTED = rb'"(?:[^"\\]|\\.)*"'
# The items asked for, or such as a server may add by itself. Others are let pass only ahead of a literal: behind one,
# a stray word is the rest of a mail whose length was a lie.
_ITEM = re.compile(
    rb" ?(?:UID (?P<uid>\d{1,10})|RFC822\.SIZE (?P<size>\d{1,20})|FLAGS \([^()]*\)|MODSEQ \(\d+\)"
    rb'|INTERNALDATE (?P<date>"[^"]*"|NIL)'
    rb"|BODY\[(?:HEADER)?\](?:<\d+>)? (?P<body>NIL|\{\d+\}|" + _QUOTED + rb"))(?=[ )])",
    re.IGNORECASE,
)
_OTHER = re.compile(rb" ?[A-Z0-9.-]+ (?:[^ ()\"{}\[\]]+|" + _QUOTED + rb"|\([^()]*\))(?=[ )])", re.IGNORECASE)


class Garbled(Exception):
    """An answer that no server which keeps to the RFC would give."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What SELECT says (RFC 9051 section 6.3.2). `uidnext` is None when the server does not tell."""

    uidvalidity: int
    uidnext: int | None
    exists: int
    keywords: bool
    read_only: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One FETCH answer; `body` is None when it was not in it, or NIL."""

    uid: int | None = None
    size: int | None = None
    internal_date: datetime | None = None
    body: bytes | None = None


def quoted(text: str) -> str:
    """`text` as a quoted string (RFC 9051 section 4.3); ValueError for NUL, CR and LF."""
    if any(mark in text for mark in "\0\r\n"):
        raise ValueError("NUL, CR and LF can not stand in an IMAP string")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mailbox_name(name: str) -> str:
    """A folder's name, quoted, in modified UTF-7 (RFC 3501 section 5.1.3)."""
    runs = re.split("([^\x20-\x7e]+)", name)
    return quoted("".join(_shifted(run) if index % 2 else run.replace("&", "&-") for index, run in enumerate(runs)))


def _shifted(run: str) -> str:
    return "&" + b64encode(run.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",").decode() + "-"


def uid_set(uids: Iterable[int]) -> str:
    """A set with neighbours joined: `1:3,7` (RFC 9051 section 9, sequence-set)."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def search_date(day: date) -> str:
    """A day as SEARCH wants it, whatever the locale: `1-Feb-2026`."""
    return f"{day.day}-{MONTHS[day.month - 1]}-{day.year:04}"


def response_code(text: bytes) -> str:
    """The code in brackets at the head of a status text (RFC 9051 section 7.1), upper case, or nothing."""
    found = _CODE.match(text)
    return found.group(1).decode("ascii").upper() if found else ""


def read_internal_date(text: bytes) -> datetime | None:
    """INTERNALDATE with its own zone; None when it is no date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = (
        part.decode("latin-1") for part in found.groups()
    )
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        at = (int(year), MONTHS.index(month.title()) + 1, int(day), int(hour), int(minute), int(second))
        return datetime(*at, tzinfo=zone)
    except ValueError:
        return None


def read_folder(lines: Sequence[bytes]) -> Folder:
    """What the lines of a SELECT say; raises `Garbled` without UIDVALIDITY, as nothing can be remembered then."""
    text = b"\n".join(lines)
    validity, following, exists = (
        _number(pattern, text)
        for pattern in (rb"\[UIDVALIDITY (\d{1,10})\]", rb"\[UIDNEXT (\d{1,10})\]", rb"^(\d{1,10}) EXISTS")
    )
    if not validity:
        raise Garbled("the folder has no UIDVALIDITY")
    permanent = re.search(rb"\[PERMANENTFLAGS \(([^)]*)\)\]", text, re.IGNORECASE)
    return Folder(
        uidvalidity=validity,
        uidnext=following or None,
        exists=exists or 0,
        keywords=permanent is None or rb"\*" in permanent.group(1),
        read_only=b"[READ-ONLY]" in text.upper(),
    )


def _number(pattern: bytes, text: bytes) -> int | None:
    found = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
    return int(found.group(1)) if found else None


def read_search(lines: Sequence[bytes]) -> list[int]:
    """The UIDs of a SEARCH answer, ascending, each once."""
    words = b" ".join(lines).split()
    if not all(word.isdigit() for word in words):
        raise Garbled("SEARCH answered something else than numbers")
    return sorted({int(word) for word in words})


def read_rows(lines: Sequence[bytes | bytearray]) -> list[Row]:
    """The FETCH answers among `lines` (literals lie between them as bytearrays); raises `Garbled`."""
    rows: list[Row] = []
    rest = iter(lines)
    for line in rest:
        found = None if isinstance(line, bytearray) else _FETCH.match(line)
        if found is None:
            continue
        pieces, literals = [bytes(line[found.end() :])], list[bytearray]()
        while LITERAL.search(pieces[-1]):
            literal, piece = next(rest, None), next(rest, None)
            if not isinstance(literal, bytearray) or piece is None:
                raise Garbled("a literal is missing")
            literals.append(literal)
            pieces.append(bytes(piece))
        rows.append(_read_row(b"".join(pieces), literals))
    return rows


def _read_row(text: bytes, literals: list[bytearray]) -> Row:
    row, at, after_literal = Row(), 0, False
    pending = iter(literals)
    while text[at:] != b")":
        item = _ITEM.match(text, at)
        found = item or (None if after_literal else _OTHER.match(text, at))
        if found is None:
            raise Garbled("a FETCH answer does not end where its length says")
        at = found.end()
        if item is not None:
            row = _with_item(row, item, pending)
            after_literal = after_literal or (item["body"] or b"").startswith(b"{")
    return row


def _with_item(row: Row, item: re.Match[bytes], literals: Iterable[bytearray]) -> Row:
    body = item["body"]
    return Row(
        uid=int(item["uid"]) if item["uid"] else row.uid,
        size=int(item["size"]) if item["size"] else row.size,
        internal_date=read_internal_date(item["date"]) if item["date"] else row.internal_date,
        body=_body(body, literals) if body else row.body,
    )


def _body(text: bytes, literals: Iterable[bytearray]) -> bytes | None:
    if text.upper() == b"NIL":
        return None
    if text.startswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", text[1:-1])
    literal = next(iter(literals), None)
    if literal is None or len(literal) != int(text[1:-1]):
        raise Garbled("a literal is missing")
    return bytes(literal)
