"""Text from outside, made harmless for a terminal and a log: what would be obeyed is shown instead."""

from __future__ import annotations

MAX_VALUE = 300


def printable(text: str, most: int = MAX_VALUE) -> str:
    """`text` with everything that a terminal would obey escaped, at most `most` characters of it."""
    cut = text if len(text) <= most else text[:most] + "…"
    if cut.isprintable():  # nearly always, and thirty times cheaper than to look at each character
        return cut
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in cut)
