"""Files that stand in the text itself, between `begin 644 name` and `end`, as before MIME and from some programs still.

Promises: only what decodes from its first line to its last is taken out of the text; anything else stays where it is.
Linear, at most `limits.attachments` files.
"""

from __future__ import annotations

import binascii
import re

from parsing.limits import Limits

_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,1000})$", re.M)


def split_uuencoded(text: str, limits: Limits) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """(the text without the files, each file's name and bytes)."""
    if "begin " not in text:
        return text, ()
    files: list[tuple[str, bytes]] = []
    kept: list[str] = []
    at = 0
    for found in _BEGIN.finditer(text):
        if found.start() < at or len(files) >= limits.attachments:
            continue
        data, end = _decoded(text, found.end() + 1)
        if end:
            kept.append(text[at : found.start()])
            files.append((found.group(1).strip(), data))
            at = end
    return "".join((*kept, text[at:])), tuple(files)


def _decoded(text: str, at: int) -> tuple[bytes, int]:
    """The bytes, and where the text goes on; (b"", 0) when this is no file."""
    pieces: list[bytes] = []
    while at < len(text):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)].rstrip("\r")
        at = end + 1 if end >= 0 else len(text)
        if line.rstrip() == "end":
            return (b"".join(pieces), at) if pieces else (b"", 0)
        data = _line(line)
        if data is None:
            return b"", 0
        pieces.append(data)
    return b"", 0


def _line(line: str) -> bytes | None:
    """One line's bytes; blanks at its end may have been lost on the way. None when it is none."""
    if not line or len(line) > 90 or not line.isascii():
        return b"" if not line.strip() else None
    wanted = 1 + ((((ord(line[0]) - 32) & 63) + 2) // 3) * 4
    if len(line) > wanted + 2:
        return None
    try:
        return binascii.a2b_uu(line[:wanted].ljust(wanted).encode("ascii"))
    except binascii.Error:
        return None
