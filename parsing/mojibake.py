"""Text that was encoded twice: UTF-8 taken for a legacy charset and written as UTF-8 again ("Ã©" for "é").

Promises: what is mended was certain, for the characters are valid UTF-8 again in one legacy charset, and such as people
write; everything else stays as it was. Linear, and never an exception.
"""

from __future__ import annotations

import re

# the charsets that UTF-8 is taken for, the usual one first; the bytes that they leave open come as C1 controls
_TAKEN_FOR = ("cp1252", "cp1254", "cp1250", "cp1251", "mac_roman", "cp850", "cp437")
_RUN = re.compile("[\x80-\U0010ffff]+")
_TIMES = 3  # it happens at each hop of a thread
_SAMPLE = 65_536


def _octets(codec: str) -> dict[int, int]:
    """What makes of each character of a codec its byte again; the others come out beyond a byte's range."""
    table = {n: n for n in range(0x80, 0xA0)} if codec.startswith("cp125") else {}
    for n in range(0x80, 0x100):
        char = bytes((n,)).decode(codec, "ignore")
        if char:
            table[ord(char)] = n
    return table


_OCTETS = {codec: _octets(codec) for codec in _TAKEN_FOR}
# the first byte of two that stand for a Latin-1 letter or sign, of three and of four, as each charset shows it: where
# none is, nothing was encoded twice
_LEADS = {
    codec: re.compile("[" + "".join(re.escape(bytes((n,)).decode(codec, "ignore")) for n in range(0xC2, 0xF5)) + "]")
    for codec in _TAKEN_FOR
}


def mend(text: str) -> str:
    """The text as it was before it was encoded twice; `text` itself when that is not certain."""
    for _ in range(_TIMES):
        if text.isascii():
            return text
        mended = _once(text)
        if mended is None:
            return text
        text = mended
    return text


def _once(text: str) -> str | None:
    runs = [found.group() for found in _RUN.finditer(text[:_SAMPLE])]
    codec = next((codec for codec in _TAKEN_FOR if _fits(runs, codec)), None)
    return None if codec is None else _RUN.sub(lambda found: _undone(found.group(), codec) or found.group(), text)


def _fits(runs: list[str], codec: str) -> bool:
    if not any(_LEADS[codec].match(run) for run in runs):
        return False
    good = [read for run in runs if (read := _undone(run, codec))]
    # a byte that the legacy charset does not know was lost on the way: then a few runs stay as they are
    return len(good) >= max(1, 4 * (len(runs) - len(good))) and _certain(good, codec)


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
