"""A line of text as a person sees it: what quoting looks at. Bounded, so that no line costs more than another."""

from __future__ import annotations

import re

_SEEN = 600  # characters of a line that are looked at
# direction marks and characters without width, which programs put around addresses and dates; blanks of other widths
_UNSEEN: dict[int, str | None] = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF, 0x2060, 0xAD))
_UNSEEN |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_UNSEEN |= dict.fromkeys((0xA0, 0x202F, 0x2009, 0x2007, 0x3000), " ")
_ANY_UNSEEN = re.compile(f"[{''.join(map(chr, _UNSEEN))}]")


def visible(line: str) -> str:
    """The line's beginning without outer blanks and unseen characters, with common blanks in it."""
    line = line[:_SEEN]
    if not line.isascii() and _ANY_UNSEEN.search(line) is not None:
        line = line.translate(_UNSEEN)
    return line.strip()
