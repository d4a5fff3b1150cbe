"""Text that was encoded twice: UTF-8 taken for a legacy charset and written as UTF-8 again ("Ã©" for "é").

Promises: what is mended was certain, for the characters are valid UTF-8 again in one legacy charset, and such as people
write; everything else stays as it was. Linear, and never an exception.
"""

from __future__ import annotations

import re
from functools import partial

from parsing.limits import Limits

_MOST = Limits()

# the charsets that UTF-8 is taken for, the usual one first; the bytes that they leave open come as C1 controls
_TAKEN_FOR = ("cp1252", "cp1254", "cp1250", "cp1251", "mac_roman", "cp850", "cp437")
_RUN = re.compile("[\x80-\U0010ffff]+")
_TIMES = 3  # it happens at each hop of a thread


def _octets(codec: str) -> dict[int, int]:
    """What makes of each character of a codec its byte again; the others come out beyond a byte's range."""
    table = {n: n for n in range(0x80, 0xA0)} if codec.startswith("cp125") else {}
    for n in range(0x80, 0x100):
        char = bytes((n,)).decode(codec, "ignore")
        if char:
            table[ord(char)] = n
    return table


_OCTETS = {codec: _octets(codec) for codec in _TAKEN_FOR}


def _pair(*codecs: str) -> re.Pattern[str]:
    chars = [pair for codec in codecs for pair in _OCTETS[codec].items()]
    first = {re.escape(chr(char)) for char, octet in chars if 0xC2 <= octet <= 0xF4}
    second = {re.escape(chr(char)) for char, octet in chars if octet < 0xC0}
    return re.compile(f"[{''.join(sorted(first))}][{''.join(sorted(second))}]")


# a leading and a following byte as each charset shows them: where no such pair is, nothing was encoded twice
_PAIRS = {codec: _pair(codec) for codec in _TAKEN_FOR}
_ANY_PAIR = _pair(*_TAKEN_FOR)


def mend(text: str, *, at_least: int = 1) -> str:
    """The text as it was before it was encoded twice; `text` itself when that is not certain.

    `at_least` is how many runs of such characters must be there: who writes about garbled letters quotes a few.
    """
    for _ in range(_TIMES):
        if text.isascii():
            return text
        mended = _once(text, at_least)
        if mended is None:
            return text
        text = mended
    return text


def _once(text: str, at_least: int) -> str | None:
    sample = text[: _MOST.garbled_sample]
    if _ANY_PAIR.search(sample) is None:
        return None
    for codec in _TAKEN_FOR:
        if _PAIRS[codec].search(sample) and _fits(_RUN.findall(sample), codec, at_least):
            return _RUN.sub(partial(_mended, codec), text)
    return None


def _mended(codec: str, found: re.Match[str]) -> str:
    return _undone(found.group(), codec) or found.group()


def _fits(runs: list[str], codec: str, at_least: int) -> bool:
    good = [read for run in runs if (read := _undone(run, codec))]
    # a byte that the legacy charset does not know was lost on the way: then a few runs stay as they are
    return len(good) >= max(at_least, 4 * (len(runs) - len(good))) and _certain(good, codec)


def _undone(run: str, codec: str) -> str:
    """The run read as UTF-8, "" when it is none."""
    table = _OCTETS[codec]
    try:
        return bytes(table.get(ord(char), 256) for char in run).decode("utf-8")
    except ValueError:
        return ""


def _certain(good: list[str], codec: str) -> bool:
    """True when what comes out is written by people, and could hardly have been meant as it stood."""
    chars = "".join(good)
    if not all(map(_usual, chars)):
        return False
    if codec in ("cp1252", "cp1254", "mac_roman", "cp850", "cp437"):
        return any(char <= "\xff" or char >= "\u0800" for char in chars) or len(chars) >= 2
    # Â, Ã, Р and С are letters of languages that are written in these
    return any(char >= "\u2010" for char in chars) or len(chars) >= (1 if codec == "cp1250" else 3)


def _usual(char: str) -> bool:
    """Letters, signs and pictures of the living scripts; none of the phonetic ones that two letters make by chance."""
    if char <= "\u024f":
        return "\xa0" <= char <= "\u017f" or char in "\u0192\u0218\u0219\u021a\u021b"
    return not ("\u0250" <= char <= "\u036f" or "\u0483" <= char <= "\u0489" or "\u0591" <= char <= "\u05c7") and (
        char.isprintable() or char in "\u200b\u200c\u200d\u200e\u200f\u202f\ufeff"
    )
