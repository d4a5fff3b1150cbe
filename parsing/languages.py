"""Every language that the reader knows, in one table: one more language is one more entry."""

from __future__ import annotations

from parsing.language import Language
from parsing.languages_asia import ASIA
from parsing.languages_east import EAST
from parsing.languages_north import NORTH
from parsing.languages_west import WEST

LANGUAGES: tuple[Language, ...] = (*WEST, *NORTH, *EAST, *ASIA)


def words(field: str) -> str:
    """What all languages say for one field, parted by `|`."""
    return "|".join(getattr(language, field) for language in LANGUAGES)
