"""Every number of this room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Characters, where nothing else is said. What passes `output`, `words`, `parts` or `parts_octets` is refused."""

    output: int = 2**20  # a filled notice
    words: int = 2**19  # an agent's own words
    block: int = 60_000  # a customer's words as an agent sees them; cut, and it says so
    value: int = 2_000  # any other value; cut
    items: int = 200  # of a list; cut
    parts: int = 100  # attachments
    parts_octets: int = 64 * 2**20
    references: int = 10  # Message-IDs kept beside the root
    references_octets: int = 2_000
