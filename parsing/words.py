"""Header text into readable characters: encoded words, undeclared characters, control characters.

Whatever the bytes are, the answer is one line that can be stored and shown, and never an exception. Encoded words (RFC
2047) are read in every form that programs write them: cut within a character or within an escape, without an end,
with blanks or raw characters inside, under a charset that is none. What is no encoded word at all stays as it is.
"""

from __future__ import annotations

import binascii
import re

from parsing.charsets import codecs_for, decode_bytes
from parsing.limits import Limits
from parsing.mojibake import mend

_MOST = Limits().decoded_field
_HEADER_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ud800-\udfff]"
)
# charset, language (RFC 2231 section 5), encoding, text, end. The text ends at ?= or before the next word; a ?= before
# an escape is a question mark that was left raw, when the real end follows. One way to read each character: linear.
_WORD = re.compile(
    r"=\?[ \t]{0,3}([^?\s*]{0,80})(?:\*[^?\s]{0,80})?[ \t]{0,3}\?[ \t]{0,3}([bBqQ])[ \t]{0,3}\?"
    r"([^?=]*(?:(?:=(?!\?[^=\s])|\?(?!=)|\?(?==[0-9A-F]{2}[^\s?]{0,200}\?=))[^?=]*)*)(\?=)?"
)
_RAW_WORD = re.compile(rb"(=\?[^?\s]{1,80}\?[qQ]\?)([^?]*)(?=\?)")
_UNQUOTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]*=*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_GROUPS = re.compile(rb"[A-Za-z0-9+/]+")
_SAFE_ALPHABET = bytes.maketrans(b"-_", b"+/")


def clean_line(text: str) -> str:
    """One line for a header, a name or a log: no control, bidi override or invisible character; blanks collapsed."""
    if not (text.isascii() and text.isprintable()):
        text = _HEADER_ODD.sub(_mend_line, text)
    return " ".join(text.split())


def _mend_line(found: re.Match[str]) -> str:
    char = found.group()
    if char == "\x00" or "\ud800" <= char <= "\udfff":
        return "\ufffd"
    return " " if char <= "\x9f" or char in "\u2028\u2029" else ""


def header_text(data: bytes, likely: str = "") -> str:
    """The characters of a raw field body: UTF-8 (RFC 6532), else the charset that is `likely`, else the best guess.

    Encoded words stay as they are, but for raw characters in them: those are of the word's own charset and are escaped.
    """
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")
    if b"=?" in data:
        data = _RAW_WORD.sub(_escaped, data)
    japanese = data.isascii() and (b"\x1b$" in data or b"\x1b(" in data)
    try:
        return data.decode("iso2022_jp" if japanese else "utf-8")
    except UnicodeError:
        return decode_bytes(data, "", (likely,) if likely else ())[0]


def _escaped(found: re.Match[bytes]) -> bytes:
    body = found.group(2)
    if body.isascii():
        return found.group()
    return found.group(1) + b"".join(b"=%02X" % octet if octet > 127 else bytes((octet,)) for octet in body)


def decode_words(text: str, limit: int = _MOST, likely: str = "") -> str:
    """The text with its encoded words decoded, as one line of at most `limit` characters; linear in its length."""
    return read_words(text, limit, likely)[0]


def read_words(text: str, limit: int = _MOST, likely: str = "") -> tuple[str, str]:
    """As `decode_words`, with what had to be mended besides ("" = nothing)."""
    if "=?" not in text:
        found = text[: 4 * limit]
    else:
        found = _decoded(text[: 8 * limit], limit, likely)
        if found.startswith("=?") and found.endswith("?=") and not _WORD.sub("", found).strip():
            found = _decoded(found, limit, likely)  # somebody encoded what was encoded already
    mended = mend(found)
    return clean_line(mended)[:limit], "encoded twice" if mended != found else ""


def _decoded(text: str, limit: int, likely: str) -> str:
    """White space between two encoded words is none of the text (RFC 2047 section 6.2)."""
    pieces: list[str] = []
    words: list[tuple[str, str]] = []
    charset, end, length = "", 0, 0
    for found in _WORD.finditer(text):
        if not found.group(4) and not found.group(3).strip("=?_ "):
            continue  # a beginning with nothing behind it
        gap = text[end : found.start()]
        label = found.group(1).lower()
        if words and (gap.strip() or (label != charset and codecs_for(label) != codecs_for(charset))):
            pieces.append(_joined(words, charset, likely))
            words = []
        if gap.strip() or not end:
            pieces.append(gap)
        encoding, body, rest = _parts(found)
        words.append((encoding, body))
        charset, end = label, found.end() - len(rest)
        length += len(body)
        if length > 8 * limit:
            break
    return "".join([*pieces, _joined(words, charset, likely), text[end : end + limit]])


def _parts(found: re.Match[str]) -> tuple[str, str, str]:
    """The encoding, the encoded text, and what the pattern took although it is none of the word."""
    encoding, body = found.group(2).lower(), found.group(3)
    if found.group(4):
        return encoding, body, ""
    if encoding == "q":
        whole = len(body.rstrip())
        return encoding, body[:whole].removesuffix("?"), body[whole:]
    taken = _BASE64.match(body)
    whole = taken.end() if taken is not None else 0
    return encoding, body[:whole], body[whole:].removeprefix("?")


def _joined(words: list[tuple[str, str]], charset: str, likely: str) -> str:
    """Neighbours in one charset: joined before anything is decoded, for senders cut them wherever the line was full."""
    chunks: list[tuple[str, str]] = []
    for encoding, body in words:
        if chunks and chunks[-1][0] == encoding and _is_cut(*chunks[-1]):
            chunks[-1] = (encoding, chunks[-1][1] + body)
        else:
            chunks.append((encoding, body))
    data = b"".join(_octets(encoding, body, charset) for encoding, body in chunks)
    return decode_bytes(data, charset if codecs_for(charset) else "", (likely,) if likely else ())[0]


def _is_cut(encoding: str, body: str) -> bool:
    """True when a word ends within an escape, or within four characters of base64."""
    if encoding == "q":
        return body.endswith("=") or body[-2:-1] == "="
    return not body.endswith("=") and len(body) % 4 != 0


def _octets(encoding: str, body: str, charset: str) -> bytes:
    # characters that were raw and are readable already
    data = body.encode("ascii") if body.isascii() else body.encode((codecs_for(charset) or ("utf-8",))[0], "replace")
    if encoding == "b":
        # the alphabet of RFC 4648 section 5, which some libraries take for the usual one
        return decode_base64(data if b"+" in data or b"/" in data else data.translate(_SAFE_ALPHABET))
    return _UNQUOTE.sub(lambda m: bytes.fromhex(m.group(1).decode()), data.replace(b"_", b" "))


def decode_base64(data: bytes) -> bytes:
    """What can be decoded of broken base64 (RFC 2045 section 6.8), each padded stretch by itself; never an error.

    Nothing comes behind padding that stands first: junk is hidden so from who looks for words.
    """
    data = _NOT_BASE64.sub(b"", data)
    return b"" if data.startswith(b"=") else b"".join(map(_stretch, _GROUPS.findall(data)))


def _stretch(data: bytes) -> bytes:
    data = data[:-1] if len(data) % 4 == 1 else data
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return b""
