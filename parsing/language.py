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
    """A pattern for the words of a table: the longest first, blanks and apostrophes of any kind, whole words."""
    words = sorted({word for word in phrases.split("|") if word}, key=lambda word: (-len(word), word))
    return "|".join(_word(word, gap) for word in words)


def _word(word: str, gap: str) -> str:
    pattern = re.escape(word).replace("\\ ", " {1,3}").replace("'", "['\u2019`]").replace("…", gap)
    before = r"(?<!\w)" if word[0].isalnum() and word[0] < _IDEOGRAPHS else ""
    after = r"(?!\w)" if word[-1].isalnum() and word[-1] < _IDEOGRAPHS else ""
    return f"{before}{pattern}{after}"
