"""The noun of the tables in languages_*.py: how the programs and people of one language frame what they quote.

Everything is plain words parted by `|`, no patterns; `…` stands for some words of anything. What is made of them is
the matter of attribution.py, header_blocks.py and signatures.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GAP = ".{1,40}?"
_IDEOGRAPHS = "\u2e80"  # from here on words are not parted by blanks


@dataclass(frozen=True, slots=True)
class Language:
    """One language; a program's own wording and its common mistakes stand beside the correct word."""

    code: str
    starts: str = ""  # "On …": how the line that announces a quotation begins
    wrote: str = ""  # "… wrote": the verb in it
    mine: str = ""  # "I", "we": beside the verb they make it a sentence of the writer's own
    sender: str = ""  # "From": the labels of a header block, and the other three
    sent: str = ""
    to: str = ""
    subject: str = ""
    original: str = ""  # "Original Message" between dashes: the mail that is answered follows
    forwarded: str = ""  # "Forwarded message" likewise: a mail that is passed on follows
    sent_from: str = ""  # "Sent from my …": whole lines that telephones and programs add
    closings: str = ""  # "Kind regards": alone on its line above a name
    disclaimer: str = ""  # phrases of legal notices, which nobody writes to a support desk


def alternatives(phrases: str, gap: str = _GAP) -> str:
    """A pattern for the words of a table: the longest first, blanks and apostrophes of any kind, whole words.

    For use with re.I. Words of one first letter stand together, so that a place in the text is asked some thirty
    letters and not each of hundreds of words.
    """
    words = sorted({word for word in phrases.split("|") if word}, key=lambda word: (-len(word), word))
    letters: dict[str, dict[str, list[str]]] = {}
    for word in words:
        first = word if word[0] == "…" else word[0].lower()  # words of anything end where each word wants
        letters.setdefault(_before(word), {}).setdefault(first, []).append(word)
    return "|".join(
        f"{before}(?:{'|'.join(_of_letter(found, gap) for found in groups.values())})"
        for before, groups in letters.items()
    )


def _of_letter(words: list[str], gap: str) -> str:
    """The words that begin alike, `words` being in order."""
    first = _escaped(words[0][0], gap)
    return f"{first}(?:{'|'.join(_escaped(word[1:], gap) + _after(word) for word in words)})"


def _escaped(text: str, gap: str) -> str:
    return re.escape(text).replace("\\ ", " {1,3}").replace("'", "['\u2019`]").replace("…", gap)


def _before(word: str) -> str:
    return r"(?<!\w)" if word[0].isalnum() and word[0] < _IDEOGRAPHS else ""


def _after(word: str) -> str:
    return r"(?!\w)" if word[-1].isalnum() and word[-1] < _IDEOGRAPHS else ""
