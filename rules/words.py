"""Words of a mail made comparable: no case, no accents, no punctuation.

Promises: linear in the text, of which the first 64 Ki characters count; a text is folded once and then asked by every
rule. Limits: `й` and `и` are one letter to us, `straße` is `strasse`; scripts written without spaces are
taken letter by letter, so that a word of theirs is found inside a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

TEXT = 64 * 1024  # characters of a field, and octets of it that a pattern sees
SEEN = 80

# Letters with a stroke or a ligature, which Unicode does not take apart.
STROKES = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
# Punctuation that keyboards do not have and mail programs put in: with it most English text is not ASCII.
PUNCTUATION = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "*"}
STROKE = re.compile(f"[{''.join(STROKES)}]")
# Accents of Latin, Greek and Cyrillic, and what is not seen at all. The vowel signs of Indic scripts are letters.
DROPPED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u200b-\u200f\u2060\ufeff]+"
)
APART = re.compile(r"[\W_]+")
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
ASCII_APART = str.maketrans({chr(n): " " for n in range(128) if not chr(n).isalnum()})


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field of a mail, prepared: `seen` for the trace, `folded` with and `words` without punctuation, `lines` as is.

    `vocabulary` is the set of its words, by which most questions are answered "no"; `miss` is what a trace says then.
    `text` is the field as it stands: for the few rules that ask for case and accents.
    """

    seen: str
    miss: str
    folded: str
    words: str
    vocabulary: frozenset[str]
    octets: bytes
    lines: frozenset[str]
    text: str


def field_text(text: str) -> FieldText:
    """Prepare one field. Fields that hold addresses hold one a line."""
    text = text[:TEXT]
    folded = fold(text)[:TEXT]
    words = words_of(folded)
    seen = one_line(text[: SEEN * 2])
    return FieldText(
        seen=seen,
        miss=f"saw: {seen}",
        folded=folded,
        words=f" {' '.join(words)} ",
        vocabulary=frozenset(words),
        octets=folded.encode("utf-8", "replace")[:TEXT],
        lines=frozenset(text.lower().split("\n")) if "@" in text else frozenset(),
        text=text,
    )


def one_line(text: str) -> str:
    """`text` on one line without control characters, cut to 80 characters."""
    line = " ".join(text.split())
    if not line.isprintable():
        line = "".join(c if c.isprintable() else "�" for c in line)
    return line if len(line) <= SEEN else line[: SEEN - 1] + "…"


def fold(text: str) -> str:
    """`text` without case and accents."""
    if text.isascii():
        return text.lower()
    for mark, plain in PUNCTUATION.items():
        text = text.replace(mark, plain)
    if text.isascii():
        return text.lower()
    folded = DROPPED.sub("", unicodedata.normalize("NFKD", text).casefold())
    if folded.isascii():
        return folded
    folded = unicodedata.normalize("NFKD", folded)  # again: casefold may bring back what can be taken apart
    return STROKE.sub(lambda found: STROKES[found[0]], DROPPED.sub("", folded))


def words_of(folded: str) -> list[str]:
    """The words of a folded text in their order."""
    if folded.isascii():
        return folded.translate(ASCII_APART).split()
    return UNSPACED.sub(r" \g<0> ", APART.sub(" ", folded)).split()


def needle(value: str) -> str:
    """What is looked for in `FieldText.words`."""
    body = value.strip()
    stem = body.endswith("*")
    if "*" in body.removesuffix("*"):
        raise ValueError(f'a star stands at the end of the last word only, as in "plant*", not in "{one_line(value)}".')
    parts = body.removesuffix("*").split()
    plain = body.isascii() and all(map(str.isalnum, parts))  # most are: there is nothing to fold but case
    words = " ".join(parts).lower() if plain else " ".join(words_of(fold(body.removesuffix("*"))))
    if not words:
        raise ValueError(f'there is no word to look for in "{one_line(value)}".')
    return f" {words}" if stem else f" {words} "
