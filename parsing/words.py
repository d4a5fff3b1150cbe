"""Bytes into readable characters: charsets, encoded words and control characters.

Whatever the bytes are, the answer is text that can be stored and shown: no NUL, no lone surrogate, no bare CR, and
never an exception. Only codecs of the list below are used, for some that Python has are no charsets (rot13, zlib,
idna).
"""

from __future__ import annotations

import binascii
import re

# the label in a mail (with - for _) → the codecs to try, the strict one first; a label often means a superset of itself
_SUPERSETS: dict[str, tuple[str, ...]] = {
    "us-ascii": ("utf-8", "cp1252"),
    "ascii": ("utf-8", "cp1252"),
    "ansi-x3.4-1968": ("utf-8", "cp1252"),
    "utf8": ("utf-8",),
    "iso-8859-1": ("cp1252", "latin-1"),
    "latin1": ("cp1252", "latin-1"),
    "latin-1": ("cp1252", "latin-1"),
    "iso-8859-9": ("cp1254", "iso8859-9"),
    "iso-8859-11": ("cp874", "iso8859-11"),
    "iso-8859-8-i": ("iso8859-8",),
    "iso-8859-6-i": ("iso8859-6",),
    "tis-620": ("cp874", "tis-620"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "shift-jis": ("cp932", "shift_jisx0213"),
    "sjis": ("cp932",),
    "x-sjis": ("cp932",),
    "windows-31j": ("cp932",),
    "ks-c-5601-1987": ("cp949",),
    "ks-c-5601": ("cp949",),
    "euc-kr": ("cp949",),
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext"),
    "iso-2022-jp-1": ("iso2022_jp_1",),
    "iso-2022-jp-2": ("iso2022_jp_2",),
    "iso-2022-kr": ("iso2022_kr",),
    "unicode-1-1-utf-7": ("utf-7",),
    "macintosh": ("mac_roman",),
}
_PLAIN = frozenset(
    "utf-8 utf-7 utf-16 utf-16le utf-16be utf-32 utf-32le utf-32be gb18030 big5-hkscs euc-jp koi8-r koi8-u koi8-t "
    "windows-874 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 "
    "windows-1256 windows-1257 windows-1258 cp437 cp850 cp852 "
    "cp855 cp857 cp858 cp866 cp874 cp932 cp949 cp950 cp1250 cp1251 cp1252 cp1253 "
    "cp1254 cp1255 cp1256 cp1257 cp1258 mac-roman hz-gb-2312 johab ptcp154".split()
) | {f"iso-8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
_CODECS = {"hz-gb-2312": "hz", "windows-874": "cp874", "mac-roman": "mac_roman", "big5-hkscs": "big5hkscs"}

_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef]")
_HEADER_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_WORD = re.compile(r"=\?([^?\s*]{1,80})(?:\*[^?\s]{0,80})?\?([bBqQ])\?([^?]*)\?=")
_UNQUOTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def codecs_for(label: str) -> tuple[str, ...]:
    """The codecs to try for a charset's label, () for a label that nobody should believe."""
    name = label.strip().strip("\"'").lower().replace("_", "-")
    known = _SUPERSETS.get(name)
    if known is None and name in _PLAIN:
        known = (_CODECS.get(name, name),)
    return known or ()


def decode_bytes(data: bytes, label: str = "") -> tuple[str, str]:
    """The text of `data` and how it had to be mended ("" = it was what its label says).

    The chain: the label's codecs, UTF-8, windows-1252, ISO 8859-1 (which takes every byte).
    """
    if not data:
        return "", ""
    named = codecs_for(label) if label else ()
    for codec in named or ("utf-8",):
        try:
            text = clean_text(data.decode(codec))
        except (UnicodeError, ValueError):
            continue
        if label and not named:
            return text, f"charset {label[:40]!r} is unknown"
        return text, "" if not named or codec == named[0] else f"read as {codec}"
    return _mended(data, named)


def _mended(data: bytes, named: tuple[str, ...]) -> tuple[str, str]:
    if named and (named[0].startswith(("iso2022", "utf-16", "utf-32")) or named[0] in _MULTIBYTE):
        # most of it is what the label says; one broken character must not turn the rest into another alphabet
        return clean_text(data.decode(named[0], "replace")), f"some bytes are not {named[0]}"
    for codec in ("utf-8", "cp1252"):
        try:
            return clean_text(data.decode(codec)), f"read as {codec}"
        except UnicodeError:
            continue
    return clean_text(data.decode("latin-1")), "read as iso-8859-1"


_MULTIBYTE = frozenset({"gb18030", "cp950", "cp932", "cp949", "hz", "euc-jp"})


def clean_text(text: str) -> str:
    """LF as the only line end; NUL and lone surrogates as U+FFFD; every other control character but TAB gone."""
    if text.isascii() and "\r" not in text and text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if _ODD.search(text) is None:
        return text
    return _ODD.sub(_mend, _BREAKS.sub("\n", text))


def _mend(found: re.Match[str]) -> str:
    char = found.group()
    return "\ufffd" if char == "\x00" or "\ud800" <= char <= "\udfff" else ""


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
