"""The machine-readable part of a delivery report as groups of fields: RFC 3464, RFC 6533, RFC 8098, RFC 5965.

Read forgivingly: fields in any order and any case, groups that lack the empty line between them or have one too many,
a diagnostic that goes on in lines of its own, comments, missing types, and the whole part encoded. Promises: linear,
at most the limit's groups, no exception for any bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from parsing.charsets import decode_bytes
from parsing.limits import Limits
from parsing.report_vendors import ADDRESS
from parsing.words import clean_line, decode_words

Group = Mapping[str, str]

_MOST = Limits()
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{0,4}:(.*)")
_FIELDS = re.compile(
    r"^([ \t>|]{0,8})(?:final|original)-recipient[ \t]{0,4}:[ \t]{0,9}(?:[a-z0-9-]{1,20};|\S{1,200}@)", re.I | re.M
)
_ADDRESS = re.compile(ADDRESS)
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_XTEXT = re.compile(r"\+(2B|3D|20|40)", re.I)
_NAMES = ("final-recipient", "original-recipient", "x-actual-recipient")
# fields that belong to one recipient (RFC 3464 section 2.3)
_OF_RECIPIENT = (*_NAMES, "action", "status", "diagnostic-code", "remote-mta", "last-attempt-date", "will-retry-until")


def groups_of(part: bytes, most: int) -> list[Group]:
    """What a status part says of each recipient; names in lower case, the first of each name."""
    return list(_grouped(decode_bytes(part[: _MOST.report_text])[0].split("\n"), most))


def groups_in(text: str, most: int) -> list[Group]:
    """The same for a report whose parts have fallen into its text; [] when there is no recipient field in it."""
    found = _FIELDS.search(text[: _MOST.report_text])
    if found is None:
        return []
    start = max(0, text.rfind("\n\n", 0, found.start()))
    lines = text[start : _MOST.report_text].split("\n")
    return list(_grouped([line.removeprefix(found.group(1)) for line in lines], most))


def _grouped(lines: list[str], most: int) -> Iterator[Group]:
    """The groups that name a recipient or say what became of the mail."""
    group: dict[str, str] = {}
    last, count, gap = "", 0, False
    for line in lines:
        found = _FIELD.fullmatch(line[: _MOST.report_words])
        if found is None:
            gap = gap or not line.strip()
            if last and not gap and line.strip() and not line.startswith("--"):
                group[last] = f"{group[last]} {line.strip()}"[: _MOST.report_words]
            continue
        name = found.group(1).lower()
        if _begins(group, name, gap=gap):
            if _tells(group):
                yield group
                count += 1
            if count >= most:
                return
            group = {}
        gap, last = False, name if name not in group else ""
        group.setdefault(name, found.group(2).strip())
    if _tells(group):
        yield group


def _begins(group: Group, name: str, *, gap: bool) -> bool:
    """True when a field of this name is of the next recipient, whether or not an empty line says so."""
    if name not in _OF_RECIPIENT:
        return False
    return name in group and (gap or name in _NAMES) and _tells(group)


def _tells(group: Group) -> bool:
    return any(name in group for name in (*_NAMES, "action", "disposition", "feedback-type"))


def plain(group: Group, name: str) -> str:
    """The value as one line, comments in it and encoded words read."""
    return decode_words(group.get(name, ""), _MOST.report_words)


def typed(group: Group, name: str) -> str:
    """The value behind `rfc822;`, `dns;` or `smtp;` (RFC 3464 section 2.1.2), which some leave out."""
    text = plain(group, name)
    kind, semicolon, value = text.partition(";")
    return (value if semicolon and len(kind.strip()) <= 20 and " " not in kind.strip() else text).strip()


def address(group: Group, name: str) -> str:
    """The address in a recipient's field without comments and escapes; a local name or a program as it stands."""
    text = typed(group, name)
    if group.get(name, "").lower().lstrip().startswith("utf-8"):  # RFC 6533 section 3
        text = clean_line(_HEX.sub(_character, text))
    found = _ADDRESS.search(text)
    if found is not None:
        return _XTEXT.sub(lambda hit: chr(int(hit.group(1), 16)), found.group()).rstrip(".")[:320]
    return _COMMENT.sub("", text).strip().strip("<>").strip()[:320]


def _character(found: re.Match[str]) -> str:
    code = int(found.group(1), 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def word(group: Group, name: str) -> str:
    """The first word of a value in lower case."""
    return re.split(r"[\s(;]", plain(group, name).lstrip().lower(), maxsplit=1)[0][:40]
