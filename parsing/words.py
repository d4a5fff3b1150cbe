"""Header text into readable characters: encoded words and control characters.

Whatever the bytes are, the answer is one line that can be stored and shown, and never an exception.
"""

from __future__ import annotations

import binascii
import re

from parsing.charsets import codecs_for, decode_bytes

_HEADER_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ud800-\udfff]"
)
_WORD = re.compile(r"=\?([^?\s*]{1,80})(?:\*[^?\s]{0,80})?\?([bBqQ])\?([^?]*)\?=")
_UNQUOTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def clean_line(text: str) -> str:
    """One line for a header, a name or a log: no control, bidi override or invisible character; blanks collapsed."""
    return " ".join(_HEADER_ODD.sub(_mend_line, text).split())


def _mend_line(found: re.Match[str]) -> str:
    char = found.group()
    if char == "\x00" or "\ud800" <= char <= "\udfff":
        return "\ufffd"
    return " " if char <= "\x9f" or char in "\u2028\u2029" else ""


def header_text(data: bytes) -> str:
    """The characters of a raw field body: UTF-8, else windows-1252 (RFC 6532 and what was sent before it)."""
    return data.decode("ascii") if data.isascii() else decode_bytes(data)[0]


def decode_words(text: str, limit: int = 8192) -> str:
    """RFC 2047 encoded words decoded, as one line of at most `limit` characters; linear in the length of `text`.

    Neighbours with one charset are joined as bytes first: senders cut words in the middle of a character.
    """
    if "=?" not in text:
        return clean_line(text[: 4 * limit])[:limit]
    pieces: list[str] = []
    pending, charset, end, length = b"", "", 0, 0
    for found in _WORD.finditer(text[: 8 * limit]):
        gap = text[end : found.start()]
        label = found.group(1).lower()
        if pending and (gap.strip() or label != charset):
            pieces.append(decode_bytes(pending, charset)[0])
            pending = b""
        if gap.strip() or not end:
            pieces.append(gap)
        pending, charset, end = pending + _word_bytes(found.group(2), found.group(3), label), label, found.end()
        length += len(pending)
        if length > 8 * limit:
            break
    pieces += [decode_bytes(pending, charset)[0], text[end : end + limit]]
    return clean_line("".join(pieces))[:limit]


def _word_bytes(encoding: str, body: str, label: str) -> bytes:
    # raw 8-bit characters in a word are of its charset, as far as anybody can tell
    data = body.encode("ascii") if body.isascii() else body.encode((codecs_for(label) or ("utf-8",))[0], "replace")
    if encoding in "qQ":
        return _UNQUOTE.sub(lambda m: bytes.fromhex(m.group(1).decode()), data.replace(b"_", b" "))
    return decode_base64(data)


def decode_base64(data: bytes) -> bytes:
    """What can be decoded of broken base64 (RFC 2045 section 6.8); never an error."""
    data = _NOT_BASE64.sub(b"", data.partition(b"=")[0] if data.find(b"=") > len(data) - 3 else data)
    data = data[:-1] if len(data) % 4 == 1 else data
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""
