"""Content-Transfer-Encoding undone (RFC 2045 section 6), however badly it was done.

Promises: no exception for any bytes, linear time, and nothing that could be words is thrown away: what is no base64 in
a base64 part (the foot that a list puts below, a text that was never encoded) is given as it stands.
"""

from __future__ import annotations

import binascii
import re

_BLANKS = b" \t\r\n\v\f"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,4}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
# base64 that is over, and something behind it on the line
_ENDED = re.compile(rb"([A-Za-z0-9+/]+={1,4})[ \t]")
_WORD = re.compile(rb"(?<![^ \t\r\n])[A-Za-z]{1,19}[,.:;!?]?[ \t]{1,3}[A-Za-z]{1,19}(?![A-Za-z0-9+/])")
_BLANK_SOFT_BREAK = re.compile(rb"=[ \t]{1,80}(?=\r?\n)")
_NAME = re.compile(r"[a-z0-9-]+")
_UUENCODE = frozenset({"uuencode", "x-uuencode", "x-uue", "uue"})
_AS_IT_STANDS = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "7", "8", "7bits", "8bits"})


def encoding_name(field: str) -> str:
    """The mechanism that a field body names, in lower case, comments and quotes apart (RFC 2045 section 6.1)."""
    field = field[:200].lower()
    found = _NAME.search(re.sub(r"\([^()]{0,200}\)", " ", field) if "(" in field else field)
    return found.group() if found is not None else ""


def undo(data: bytes, encoding: str) -> tuple[bytes, str]:
    """The bytes that were encoded, and how the encoding had to be mended ("" = it was right)."""
    if encoding in _AS_IT_STANDS:
        return data, ""
    if encoding in ("base64", "base-64", "b64"):
        return undo_base64(data)
    if encoding.startswith("quoted") or encoding == "qp":
        return undo_quoted_printable(data), ""
    if encoding in _UUENCODE:
        return undo_uuencode(data)
    return data, f"transfer encoding {encoding[:40]!r} is unknown: read as it stands"


def undo_base64(data: bytes) -> tuple[bytes, str]:
    """Base64 (RFC 2045 section 6.8): one block, else line by line with what is none of it left as it stands."""
    packed = data.translate(None, _BLANKS)
    whole = _BASE64.fullmatch(packed) is not None and not (len(packed) < 76 and len(packed.rstrip(b"=")) % 4 == 1)
    if whole and not ((b" " in data or b"\t" in data) and _WORD.search(data)):
        return _decoded(packed), ""
    lines = [line.strip() for line in data.split(b"\n")]
    filled = [line for line in lines if line]
    if 2 * sum(_in_the_clear(line) for line in filled) >= len(filled) or (not whole and len(packed) < 12):
        return data, "declared base64 and is none: read as it stands"
    return _by_line(lines), "base64 with something else in it"


def _in_the_clear(line: bytes) -> bool:
    """True for a line of words: nobody encodes blanks, and few signs get into base64 by accident."""
    if _ENDED.match(line) is not None:
        return False
    return _WORD.search(line) is not None or 4 * sum(map(len, _NOT_BASE64.findall(line.rstrip(b"=")))) > len(line)


def _by_line(lines: list[bytes]) -> bytes:
    out: list[bytes] = []
    block: list[bytes] = []
    over = False
    for line in lines:
        if _in_the_clear(line) or (over and not _BASE64.fullmatch(line)):
            out += [_decoded(b"".join(block)), line, b"\n"]
            block, over = [], over or bool(block)
            continue
        ended = _ENDED.match(line)
        line = ended.group(1) if ended is not None else line  # behind the padding stands no base64
        block.append(_NOT_BASE64.sub(b"", line.rstrip(b"=")))
        if line.endswith(b"="):
            out.append(_decoded(b"".join(block)))
            block, over = [], True
    return b"".join([*out, _decoded(b"".join(block))])


def _decoded(packed: bytes) -> bytes:
    packed = packed.rstrip(b"=")
    packed = packed[:-1] if len(packed) % 4 == 1 else packed
    try:
        return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4))
    except binascii.Error:  # a lone = in the middle cannot come here; should one, nothing is worth an exception
        return b""


def undo_quoted_printable(data: bytes) -> bytes:
    """Quoted-printable (RFC 2045 section 6.7); an escape that is none stays as it is, blanks too."""
    if b"=" not in data:
        return data
    if b"= " in data or b"=\t" in data:
        data = _BLANK_SOFT_BREAK.sub(b"=", data)
    data = data.replace(b"=\r\n", b"").replace(b"=\n", b"").removesuffix(b"=")
    if b"==" in data or b"=\r" in data:  # the standard library would swallow these
        data = re.sub(rb"=(?=[=\r])", b"=3D", data)
    return binascii.a2b_qp(data)


def undo_uuencode(data: bytes) -> tuple[bytes, str]:
    """The first uuencoded file (POSIX) in `data`, as it stands when there is none."""
    start = data.find(b"begin ")
    if start < 0:
        return data, "declared uuencode and is none: read as it stands"
    out: list[bytes] = []
    for line in data[start:].split(b"\n")[1:]:
        if line.strip() in (b"end", b"`", b""):
            break
        out.append(_uu_line(line.rstrip(b"\r")))
    return b"".join(out), ""


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # trailing junk, or blanks cut off at its end: the length stands in the first character
        size = ((line[0] - 32) & 63) * 4 // 3 + 5
        try:
            return binascii.a2b_uu(line[:size].ljust(size, b" ")[: 1 + (((line[0] - 32) & 63) + 2) // 3 * 4])
        except binascii.Error:
            return b""
