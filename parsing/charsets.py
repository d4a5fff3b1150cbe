"""Bytes into characters: which charset a label means, and what to do when it lies.

Whatever the bytes are, the answer is text that can be stored and shown: no NUL, no lone surrogate, no bare CR, and
never an exception. Only codecs of the list below are used, for some that Python has are no charsets (rot13, zlib,
idna).
"""

from __future__ import annotations

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
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


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
