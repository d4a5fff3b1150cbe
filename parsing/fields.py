"""The raw header block cut into fields (RFC 5322 section 2.2), as real mail has them.

Promises: linear in the first 256 KiB, no look beyond the first empty line, never an exception. A line that is no field
is passed over where fields go on behind it, so that a broken relay costs one line and not the header; but what stands
behind such a line proves nothing, for others end the header there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsing.charsets import codecs_for
from parsing.limits import Limits
from parsing.words import header_text

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_FOLD = re.compile(rb"\r*\n")
_TOP = re.compile(rb"(?:\xef\xbb\xbf)?(?:>?From (?![ \t]*:)[^\n]*\n)?")  # a byte order mark, and mbox's line
_PADDING = re.compile(rb"[ \t]+\r?\n(?:[ \t]*\r?\n)?")  # what "show original" of a web mail puts before a message
_BLANK = re.compile(rb"[\r]{0,3}(?:\n|\Z)")
_HEADER_END = re.compile(rb"\n\r{0,3}\n")
_CHARSET = re.compile(
    rb"\bcharset[ \t]{0,5}=[ \t]{0,5}[\"']?([A-Za-z0-9._:-]{1,40})|=\?([A-Za-z0-9._:-]{1,40})\?[bq]\?", re.I
)
_NO_HINT = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii", "utf-7", "utf-16"})

# of which there is at most one (RFC 5322 section 3.6): seen again behind a line of text, it is text
SINGLE = frozenset("date from sender reply-to to cc bcc message-id in-reply-to references subject".split()) | frozenset(
    "mime-version content-type content-transfer-encoding return-path".split()
)
# that a line names one of these is enough to see that the header has not ended
_KNOWN = SINGLE | frozenset(
    "received delivered-to envelope-to dkim-signature domainkey-signature authentication-results received-spf "
    "content-disposition content-id content-language content-description content-class thread-topic thread-index "
    "list-id list-unsubscribe list-post list-help list-subscribe list-archive precedence auto-submitted importance "
    "priority user-agent errors-to sensitivity organization arc-seal arc-message-signature arc-authentication-results "
    "resent-from resent-to resent-date resent-message-id accept-language status feedback-id comments keywords".split()
)


@dataclass(frozen=True, slots=True)
class Fields:
    """The bodies of the fields by name, names in lower case, bodies unfolded; `body` is where the body begins.

    `cut` is true when a limit left something out: then nothing here may prove who the sender is. `junk` holds the lines
    that were passed over, `unproven` the names of the fields behind the first of them. `charset` is the one that
    undeclared characters are likely in, "" when nothing in the mail says it.
    """

    by_name: Mapping[str, Sequence[bytes]]
    body: int
    cut: bool = False
    junk: tuple[bytes, ...] = ()
    unproven: frozenset[str] = frozenset()
    charset: str = ""

    def all(self, name: str) -> Sequence[bytes]:
        """Every body of the field `name` (lower case)."""
        return self.by_name.get(name, ())

    def first(self, name: str) -> bytes:
        """The first body of `name` that is not empty: of a field that came twice, the first one counts."""
        return next(filter(None, self.by_name[name]), b"") if name in self.by_name else b""

    def text(self, name: str) -> str:
        """The first body of `name` as characters, encoded words untouched; "" when it is not there."""
        body = self.first(name)
        return header_text(body, self.charset).strip() if body else ""


def split(raw: bytes, limits: Limits = Limits()) -> Fields:  # noqa: B008 - frozen, so one default serves every call
    """The fields of a message, up to the first empty line, or the first line that is plainly text."""
    block = bytes(raw[: limits.header_block])
    if b"\n" not in block and b"\r" in block:
        block = block.replace(b"\r", b"\n")
    top = _TOP.match(block)
    at = top.end() if top is not None else 0
    by_name: dict[str, list[bytes]] = {}
    junk: list[bytes] = []
    proven = frozenset[str]()
    count, last, flood = 0, "", False
    while not flood:
        found = FIELD.match(block, at)
        if found is not None and count < limits.fields:
            last, at, count = _keep(found, by_name), found.end(), count + 1
        elif found is not None:
            flood, at = True, _header_end(block, at)
        elif (end := _behind_junk(block, at, by_name, last, limits.junk_lines - len(junk))) > at:
            proven = proven if junk else frozenset(by_name)
            junk += _passed_over(block[at:end], by_name, last)
            at = end
        else:
            break
    head = at
    blank = _BLANK.match(block, at)
    at = blank.end() if blank is not None else at
    endless = at == head >= len(block) and len(raw) > len(block)
    cut = flood or endless or _cut_fields(by_name, limits.field)
    unproven = frozenset(by_name) - proven if junk else frozenset[str]()
    charset = "" if block[:head].isascii() else _likely(raw[: at + limits.charset_search])
    return Fields(by_name, at, cut, tuple(junk), unproven, charset)


def _keep(found: re.Match[bytes], by_name: dict[str, list[bytes]]) -> str:
    """A field put to the others of its name, which is given back."""
    body = found.group(2)
    if b"\n" in body:
        body = _FOLD.sub(b"", body)
    name = found.group(1).decode("ascii").lower()
    by_name.setdefault(name, []).append(body.strip(b" \t\r"))
    return name


def _header_end(block: bytes, at: int) -> int:
    found = _HEADER_END.search(block, at - 1)
    return found.start() + 1 if found is not None else len(block)


def _cut_fields(by_name: dict[str, list[bytes]], most: int) -> bool:
    long = [name for name, bodies in by_name.items() if max(map(len, bodies)) > most]
    for name in long:
        by_name[name] = [body[:most] for body in by_name[name]]
    return bool(long)


def _behind_junk(block: bytes, at: int, by_name: Mapping[str, Sequence[bytes]], last: str, most: int) -> int:
    """Where the header goes on behind lines that are no fields; `at` itself where it ends."""
    if not by_name:
        padding = _PADDING.match(block, at)
        end = padding.end() if padding is not None else at
        return end if end > at and _goes_on(block, end, by_name) else at
    end = at
    if block.startswith(b"--", at):
        return at  # a boundary: the empty line in front of the first part is missing
    for _ in range(most):
        newline = block.find(b"\n", end) + 1
        if not newline or not block[end:newline].strip() or (end > at and FIELD.match(block, end)):
            break
        end = newline
        if _goes_on(block, end, by_name) or _goes_over(by_name, last):
            return end
    return at


def _goes_on(block: bytes, at: int, by_name: Mapping[str, Sequence[bytes]]) -> bool:
    """True when the next line is a field that people know, and not one of which there can be only one again."""
    found = FIELD.match(block, at)
    if found is None:
        return False
    name = found.group(1).decode("ascii").lower()
    return (name in _KNOWN or name.startswith("x-")) and not (name in SINGLE and name in by_name)


def _goes_over(by_name: Mapping[str, Sequence[bytes]], last: str) -> bool:
    """True when the field `last` can not have ended: its next line lost the blank in front of it."""
    return last != "subject" and by_name[last][-1].endswith((b";", b","))


def _passed_over(lines: bytes, by_name: Mapping[str, list[bytes]], last: str) -> list[bytes]:
    """The lines, put to the field that they belong to, if any."""
    if by_name and _goes_over(by_name, last):
        by_name[last][-1] += b" " + lines.strip().replace(b"\r", b"").replace(b"\n", b" ")
    return [line.strip() for line in lines.splitlines()]


def _likely(raw: bytes) -> str:
    """The first charset that the mail names and that says something about bytes beyond UTF-8."""
    for found in _CHARSET.finditer(raw):
        label = (found.group(1) or found.group(2)).decode("ascii").lower()
        if label not in _NO_HINT and codecs_for(label):
            return label
    return ""
