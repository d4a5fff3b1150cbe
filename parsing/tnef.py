"""winmail.dat opened: what Outlook wraps in TNEF (MS-OXTNEF) instead of MIME parts.

A reader of our own, for the one Python library that there is has been still since 2021, loses the whole file when one
attribute is odd, and needs quadratic time on many small ones. Promises: linear, bounded by `limits.attachments` and a
depth, no exception for any bytes; what stands before a break is there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsing.charsets import decode_bytes
from parsing.limits import Limits

_SIGNATURE = b"\x78\x9f\x3e\x22"
_EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage: a message inside the message

# attributes (MS-OXTNEF 2.1.3.2)
_BODY, _ATTACH_DATA, _ATTACH_TITLE = 0x800C, 0x800F, 0x8010
_ATTACH_BEGINS, _MESSAGE_PROPERTIES, _ATTACH_PROPERTIES, _CODEPAGE = 0x9002, 0x9003, 0x9005, 0x9007
# properties (MS-OXPROPS)
_PR_BODY, _PR_RTF, _PR_HTML, _PR_CODEPAGE, _PR_SUBJECT = 0x1000, 0x1009, 0x1013, 0x3FDE, 0x0037
_PR_DISPLAY, _PR_DATA, _PR_NAME, _PR_LONG_NAME, _PR_MIME, _PR_ID = 0x3001, 0x3701, 0x3704, 0x3707, 0x370E, 0x3712

_FIXED = {0x2: 4, 0x3: 4, 0x4: 4, 0xA: 4, 0xB: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = (0x1E, 0x1F, 0x102, 0xD)
_UNICODE, _OBJECT = 0x1F, 0xD


@dataclass(slots=True)
class File:
    """A file in the wrapping."""

    name: str = ""
    type: str = ""
    content_id: str = ""
    data: bytes = b""
    embedded: bytes = b""


@dataclass(slots=True)
class Wrapped:
    """What was wrapped. `html` is bytes, as its charset stands in it; `rtf` is decompressed."""

    text: str = ""
    html: bytes = b""
    rtf: bytes = b""
    subject: str = ""
    files: list[File] = field(default_factory=list)


def is_tnef(data: bytes) -> bool:
    """True for the bytes of a winmail.dat, whatever it is called."""
    return data[:4] == _SIGNATURE


def read_tnef(data: bytes, limits: Limits, depth: int = 0) -> Wrapped:
    """What can be read of it; an empty `Wrapped` when that is nothing."""
    wrapped = Wrapped()
    charset = "windows-1252"
    current: File | None = None
    for attribute, body in _attributes(data):
        if attribute == _CODEPAGE and len(body) >= 4:
            charset = _charset(body)
        elif attribute == _ATTACH_BEGINS:
            if len(wrapped.files) >= limits.attachments:
                break
            current = File()
            wrapped.files.append(current)
        elif attribute == _MESSAGE_PROPERTIES:
            _message(wrapped, body, charset, limits)
        elif attribute == _BODY and not wrapped.text:
            wrapped.text = _string(body, 0x1E, charset)[: limits.text]
        elif current is not None:
            _attached(current, attribute, body, charset)
    _open_embedded(wrapped, limits, depth)
    return wrapped


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and body of each attribute: level, number, type, length, body, checksum (not looked at)."""
    at = 6
    while at + 9 <= len(data):
        attribute, _, length = struct.unpack_from("<HHI", data, at + 1)
        yield attribute, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _message(wrapped: Wrapped, body: bytes, charset: str, limits: Limits) -> None:
    for number, kind, value in _properties(body):
        if number == _PR_CODEPAGE and len(value) >= 4:
            charset = _charset(value)
        elif number == _PR_BODY:
            wrapped.text = _string(value, kind, charset)[: limits.text]
        elif number == _PR_SUBJECT:
            wrapped.subject = _string(value, kind, charset)[:998]
        elif number == _PR_HTML:
            wrapped.html = value[: limits.html]
        elif number == _PR_RTF:
            wrapped.rtf = decompressed(value, limits.html)


def _attached(current: File, attribute: int, body: bytes, charset: str) -> None:
    if attribute == _ATTACH_TITLE:
        current.name = current.name or _string(body, 0x1E, charset)
    elif attribute == _ATTACH_DATA:
        current.data = body
    elif attribute == _ATTACH_PROPERTIES:
        best = 0
        for number, kind, value in _properties(body):
            if number in (_PR_DISPLAY, _PR_NAME, _PR_LONG_NAME) and number > best:
                current.name, best = _string(value, kind, charset) or current.name, number
            elif number == _PR_MIME:
                current.type = _string(value, kind, charset)[:100].lower()
            elif number == _PR_ID:
                current.content_id = _string(value, kind, charset)[:255].strip("<>")
            elif number == _PR_DATA and kind == _OBJECT:
                inner = value.startswith(_EMBEDDED)
                current.embedded, current.data = (value[16:], b"") if inner else (b"", value[16:])
            elif number == _PR_DATA and not current.data:
                current.data = value


def _open_embedded(wrapped: Wrapped, limits: Limits, depth: int) -> None:
    """A message inside becomes its text and its files, as MIME for it would have to be invented."""
    files: list[File] = []
    for file in wrapped.files:
        files.append(file)
        if not file.embedded:
            continue
        if depth >= limits.tnef_depth:
            file.data = file.embedded
            continue
        inner = read_tnef(file.embedded, limits, depth + 1)
        name = (file.name or inner.subject or "message").removesuffix(".msg")
        for data, last, type_ in (
            (inner.text.encode("utf-8", "replace"), ".txt", "text/plain"),
            (inner.html, ".html", "text/html"),
            (inner.rtf, ".rtf", "application/rtf"),
            (file.embedded, ".dat", "application/ms-tnef"),
        ):
            if data:
                file.data, file.name, file.type = data, name + last, type_
                break
        files += inner.files
    wrapped.files = files[: limits.attachments]


def _properties(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(number, type, first value) of each property of a list (MS-OXTNEF 2.1.3.4)."""
    at = 4
    while at + 4 <= len(body):
        kind, number = struct.unpack_from("<HH", body, at)
        at += 4
        if number >= 0x8000:
            at = _after_name(body, at)
        many, kind = kind & 0x1000, kind & 0xFFF
        size = _FIXED.get(kind, 0)
        count = 1
        if kind in _VARIABLE or many:
            count, at = _number(body, at), at + 4
        elif not size:
            return  # a type that nobody has described: where the next one begins is not known
        if size:
            yield number, kind, body[at : at + size]
            at += size * count
            continue
        if kind not in _VARIABLE:
            return
        for turn in range(min(count, (len(body) - at) // 4 + 1)):
            length = _number(body, at)
            if turn == 0:
                yield number, kind, body[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4


def _after_name(body: bytes, at: int) -> int:
    """Named properties: a GUID, then a number or a name in UTF-16."""
    if _number(body, at + 16) == 0:
        return at + 24
    length = _number(body, at + 20)
    return at + 24 + length + -length % 4


def _number(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 4], "little")


def _charset(value: bytes) -> str:
    number = _number(value, 0)
    return {65001: "utf-8", 932: "shift_jis", 936: "gbk", 949: "ks_c_5601-1987", 950: "big5", 20127: "us-ascii"}.get(
        number, f"iso-8859-{number - 28590}" if 28591 <= number <= 28605 else f"windows-{number}"
    )


def _string(value: bytes, kind: int, charset: str) -> str:
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").partition("\0")[0]
    return decode_bytes(value.partition(b"\0")[0], charset)[0]


# what every compressed text begins with, unsaid (MS-OXRTFCP 2.1.2.1)
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompressed(data: bytes, most: int) -> bytes:
    """The RTF of PR_RTF_COMPRESSED, at most `most` bytes of it (MS-OXRTFCP)."""
    if data[8:12] == b"MELA":
        return data[16 : 16 + min(_number(data, 4), most)]
    if data[8:12] != b"LZFu":
        return b""
    window = bytearray(_DICTIONARY.ljust(4096, b"\0"))
    out = bytearray()
    write, at, most = len(_DICTIONARY), 16, min(_number(data, 4), most)
    while at < len(data) and len(out) < most:
        control, at = data[at], at + 1
        for bit in range(8):
            if not control >> bit & 1:
                piece, at = data[at : at + 1], at + 1
            else:
                token, at = int.from_bytes(data[at : at + 2], "big"), at + 2
                read = token >> 4
                if read == write:
                    return bytes(out[:most])
                piece = _copied(window, read, write, (token & 15) + 2)
            for byte in piece:
                window[write] = byte
                write = (write + 1) % 4096
            out += piece
            if at >= len(data):
                break
    return bytes(out[:most])


def _copied(window: bytearray, read: int, write: int, length: int) -> bytes:
    """A copy may overlap what it writes: then it repeats itself."""
    distance = (write - read) % 4096
    piece = bytes(window[(read + n) % 4096] for n in range(min(length, distance)))
    return (piece * (length // max(len(piece), 1) + 1))[:length]
