"""Header fields of a mail of ours: ASCII, folded, and checked once more as a whole before they leave the room.

RFC 5322 section 2.2 (fields and folding), RFC 2047 (encoded words), RFC 5322 section 3.6.4 (Message-ID, References).
Values come cleaned from `templates.clean`; a block that is not sound all the same is `Permanent`: it is never sent.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from datetime import datetime

from parsing.message import Address, Permanent
from templates import clean
from templates.limits import Limits

FOLD_AT = 76
LINE_OCTETS = 998
# An encoded word has at most 75 characters (RFC 2047 section 2): 45 octets are 60 of base64, and 12 go round them.
WORD_OCTETS = 45
NAME_LENGTH = 80

FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]*: [\x20-\x7e]*[\x21-\x7e]|[ \t][\x20-\x7e]*[\x21-\x7e]")

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def encoded_words(text: str) -> list[str]:
    """`text` as RFC 2047 words in UTF-8; no character is cut in two (section 5)."""
    pieces, piece = [], b""
    for character in text:
        octets = character.encode()
        if len(piece) + len(octets) > WORD_OCTETS:
            pieces.append(piece)
            piece = b""
        piece += octets
    return [f"=?utf-8?b?{binascii.b2a_base64(one, newline=False).decode('ascii')}?=" for one in [*pieces, piece] if one]


def folded(name: str, words: Sequence[str]) -> str:
    """`Name: words`, folded between words so that lines stay within 76 where words allow."""
    lines, current = [], f"{name}:"
    for word in words:
        if len(current) + 1 + len(word) > FOLD_AT and not current.endswith(":"):
            lines.append(current)
            current = ""
        current += " " + word
    return "\r\n".join([*lines, current])


def unstructured(name: str, text: str, *, plain: str = "") -> str:
    """A field such as Subject; `plain` is an ASCII beginning that stays readable in the raw header."""
    if not text.isascii() or any(len(word) > LINE_OCTETS - 80 for word in text.split(" ")):
        return folded(name, [*plain.split(), *encoded_words(text)])
    return folded(name, [*plain.split(), *text.split()])


def mailbox(name: str, *, shown: str, address: str) -> str:
    """A field with one mailbox (RFC 5322 section 3.4); `shown` is a name as somebody wrote it, `address` is checked."""
    return folded(name, _mailbox(shown, address))


def mailboxes(name: str, people: Sequence[Address]) -> str:
    """A field with several mailboxes."""
    words = [_mailbox(one.name, one.address) for one in people]
    return folded(name, [word for one in words[:-1] for word in (*one[:-1], f"{one[-1]},")] + words[-1])


def _mailbox(shown: str, address: str) -> list[str]:
    spec = f"<{clean.address(address)}>"
    phrase = clean.line(shown, length=NAME_LENGTH)
    if not phrase:
        return [spec]
    if phrase.isascii():
        escaped = phrase.replace("\\", "\\\\").replace('"', '\\"')
        return [*f'"{escaped}"'.split(" "), spec]
    return [*encoded_words(phrase), spec]


def date(moment: datetime) -> str:
    """RFC 5322 section 3.3; never in the words of a machine's language."""
    offset = moment.strftime("%z")[:5]
    day, month = WEEKDAYS[moment.weekday()], MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year:04d} {moment:%H:%M:%S} {offset}"


def references(thread: Sequence[str], answers: str, limits: Limits) -> list[str]:
    """The ids that lead to `answers`, root first; a long row keeps its root and its last ones."""
    known = list(dict.fromkeys(mid for mid in map(clean.message_id, thread) if mid))
    parent = clean.message_id(answers)
    if parent:
        known = [*known[: known.index(parent)], parent] if parent in known else [*known, parent]
    kept = known if len(known) <= limits.references + 1 else [known[0], *known[-limits.references :]]
    while len(kept) > 2 and sum(map(len, kept)) > limits.references_octets:
        del kept[1]
    return kept


def checked(block: bytes) -> bytes:
    """The header block if every line is a sound field or its continuation; raises `Permanent` otherwise."""
    for number, line in enumerate(block.split(b"\r\n")):
        if len(line) > LINE_OCTETS or not FIELD.fullmatch(line) or (number == 0 and line[:1] in b" \t"):
            raise Permanent(f"header line {number + 1} of a mail of ours is not sound: {line[:80]!r}")
    return block
