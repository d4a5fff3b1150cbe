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

# An encoded word as we write it, and no other: `=?` anywhere else could be decoded by somebody into a field of its own.
WORD = re.compile(rb"=\?utf-8\?b\?([A-Za-z0-9+/=]{4,64})\?=")
# Every field that a mail of ours may have, each at most once; no other was ever written here. DKIM signs with two keys.
NEEDED = frozenset({b"from", b"to", b"date", b"message-id"})
OURS = NEEDED | frozenset(
    b"cc subject reply-to in-reply-to references auto-submitted precedence x-auto-response-suppress importance "
    b"mime-version content-type content-transfer-encoding".split()
)
SIGNED = b"dkim-signature"
SIGNATURES = 2

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
    """The header block if it is sound; raises `Permanent` otherwise."""
    wrong = flaw(block)
    if wrong:
        raise Permanent(f"the header of a mail of ours is not sound: {wrong}")
    return block


def flaw(block: bytes) -> str:
    """What is wrong with a header block that is to leave us, in words; "" when every line and every field is ours.

    Lines are printable ASCII, fields are those of `OURS`, encoded words are decoded as a mail client would.
    """
    names = []
    for number, line in enumerate(block.split(b"\r\n"), 1):
        if len(line) > LINE_OCTETS or not FIELD.fullmatch(line):
            return f"line {number}: {line[:80]!r}"
        if line[:1] not in b" \t":
            names.append(line.partition(b":")[0].lower())
        elif number == 1:
            return f"line {number}: {line[:80]!r}"
    return _wrong_fields(names) or (_wrong_words(block) if b"=?" in block else "")


def _wrong_fields(names: Sequence[bytes]) -> str:
    own = [name for name in names if name != SIGNED]
    foreign = set(own) - OURS
    twice = len(own) - len(set(own))
    if foreign or twice or len(names) - len(own) > SIGNATURES:
        odd = min(foreign) if foreign else next((name for name in own if own.count(name) > 1), SIGNED)
        return f"the field {odd[:40].decode('ascii', 'replace')} is none of ours, or stands twice"
    missing = NEEDED - set(own)
    return f"there is no {min(missing).decode('ascii')}" if missing else ""


def _wrong_words(block: bytes) -> str:
    """Encoded words of another's making, or with something in them that no field of ours may say (RFC 2047)."""
    if b"=?" in WORD.sub(b" ", block):
        return "something in it could be taken for an encoded word"
    pieces, end = [], 0
    for word in WORD.finditer(block):  # only words with nothing but blanks between them are read as one (section 6.2)
        pieces += [b" " if block[end : word.start()].strip() else b"", binascii.a2b_base64(word[1])]
        end = word.end()
    shown = b"".join(pieces).decode("utf-8", "replace")
    if clean.CONTROLS.search(shown) or clean.HIDDEN.search(shown) or "=?" in shown:
        return "an encoded word holds a control, a hidden mark or another encoded word"
    return ""
