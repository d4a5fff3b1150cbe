"""ISO-2022-JP as it is really written: without a label, cut in the middle, with what Windows added to it.

Python's codecs are strict: one character of NEC's rows, one half-width katakana or a lost escape, and the whole text is
an error. Here each stretch between two escape sequences (RFC 1468) is read on its own. Linear, never an exception.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"\x1b(\([BJIH]|\$[@B]|\$\(D|&@)")
_LOST_ESCAPE = re.compile(rb"\$[@B]((?:[!-~]{2}){1,120})\([BJ]")
_KATAKANA, _KANJI, _MORE_KANJI = b"(I", (b"$@", b"$B"), b"$(D"


def is_iso2022_jp(data: bytes) -> bool:
    """True when the escapes that nothing else has stand in `data`."""
    return b"\x1b$B" in data or b"\x1b$@" in data or b"\x1b(I" in data or b"\x1b(J" in data


def decode_iso2022_jp(data: bytes) -> str:
    """The text, with U+FFFD for what is no character."""
    if b"\x1b" not in data:
        data = _LOST_ESCAPE.sub(lambda found: b"\x1b$B" + found.group(1) + b"\x1b(B", data)
    out: list[str] = []
    state, at = b"(B", 0
    for escape in _ESCAPE.finditer(data):
        out.append(_stretch(data[at : escape.start()], state))
        state, at = escape.group(1) if escape.group(1) != b"&@" else state, escape.end()
    return "".join([*out, _stretch(data[at:], state)])


def _stretch(data: bytes, state: bytes) -> str:
    """A line end always goes back to ASCII, for the escape that should stand before it may be lost."""
    if not data:
        return ""
    line, newline, rest = data.partition(b"\n")
    if not newline or state not in (*_KANJI, _MORE_KANJI, _KATAKANA):
        return _one(data, state)
    return _one(line.rstrip(b"\r"), state) + "\n" + _one(rest, b"(B")


def _one(data: bytes, state: bytes) -> str:
    if state in _KANJI:
        return _shifted(data).decode("cp932", "replace")
    if state == _KATAKANA:
        return bytes(byte | 0x80 for byte in data).decode("cp932", "replace")
    if state == _MORE_KANJI:
        pairs = (bytes((0x8F, data[i] | 0x80, data[i + 1] | 0x80)) for i in range(0, len(data) - 1, 2))
        return b"".join(pairs).decode("euc-jp", "replace")
    return data.decode("cp932", "replace")  # ASCII, and half-width katakana in eight bits


def _shifted(data: bytes) -> bytes:
    """Pairs of JIS X 0208 as Shift_JIS, whose Windows form knows NEC's and IBM's rows too."""
    out = bytearray()
    for i in range(0, len(data) - 1, 2):
        row, cell = data[i] & 0x7F, data[i + 1] & 0x7F
        lead = ((row + 1) >> 1) + (0x70 if row < 0x5F else 0xB0)
        trail = cell + (0x1F if cell < 0x60 else 0x20) if row & 1 else cell + 0x7E
        out += bytes((lead & 0xFF, trail & 0xFF))
    return bytes(out)
