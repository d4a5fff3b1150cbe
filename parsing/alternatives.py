"""Which of a mail's text parts are read, and what is done when two that should say the same do not.

Of the alternatives of a choice (RFC 2046 section 5.1.4) plain text is read, for commands stand only there; HTML where
there is no plain text, or where the plain text only says that one should look at the HTML. Where the HTML does not say
the same it is kept beside the text (hostile list, D22): nobody is shown one thing while another stands in the mail,
and one figure or one "not" is enough.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from parsing.structure import Part, is_text

_RANK = {"text/plain": 0, "text/markdown": 1, "text/x-markdown": 1, "text/html": 2}  # any other: 3
_WORD = re.compile(r"[^\W_]{3,60}")
# where the two forms of one mail differ by themselves: addresses, pictures, the numbers of a list, unseen characters
_NO_WORDS = re.compile(
    r"<[^<>\s@:]{0,200}[@:][^<>\s]{0,4000}>|https?://\S{1,4000}|\[(?:image|cid|bild|imagen):[^\[\]\n]{0,300}\]|"
    r"(?<![^\s\[\]<>()])[^\s\[\]<>()]{1,200}\.(?:png|gif|jpe?g|bmp|svg)\b"
)
_UNSEEN = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
_ITEM = re.compile(r"^[ \t>]{0,40}\d{1,3}[.)][ \t]", re.M)
# a picture's words, as html_to_text writes them; a figure in brackets is one, but in "Inline image 1"
_BRACKETED = re.compile(
    r"\[(?:[^\[\]\n\d]{0,300}|[^\[\]\n\d]{0,40}(?:image|bild|imagen|immagine|obraz) \d{1,3})\]", re.I
)
# a word, or one character of those scripts whose words are not parted and may be cut anywhere
_TOKEN = re.compile(r"[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7a3]|[^\W_\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7a3]+")
_COMPARED = 2**18  # characters of each text
_STUB_WORDS = 60


def chosen(parts: Sequence[Part], has_words: Callable[[Part], bool]) -> list[Part]:
    """The text parts that are read, in order; the first text of all when every one is declared an attachment."""
    texts = [part for part in parts if is_text(part)]
    best: dict[int, int] = {}
    for part in texts:
        if has_words(part):
            rank = _RANK.get(part.type, 3)
            for choice, _ in part.choice:
                best[choice] = min(rank, best.get(choice, 9))
    places = {
        (choice, place)
        for part in texts
        if has_words(part)
        for choice, place in part.choice
        if _RANK.get(part.type, 3) == best[choice]
    }
    decided = {choice for choice, _ in places}
    picked = [part for part in texts if all(c not in decided or (c, place) in places for c, place in part.choice)]
    return picked or [p for p in parts if p.type in ("text/plain", "text/html") and p.disposition != "attachment"][:1]


def other_pages(parts: Sequence[Part], picked: Sequence[Part]) -> list[Part]:
    """The HTML alternatives of the plain texts that are read."""
    plain = {choice for part in picked if part.type == "text/plain" for choice, _ in part.choice}
    return [
        part
        for part in parts
        if part.type == "text/html" and part not in picked and is_text(part) and plain & {c for c, _ in part.choice}
    ]


def share_a_choice(part: Part, others: Sequence[Part]) -> bool:
    """True when a part stands in the same choice as one of the others."""
    return not {choice for choice, _ in part.choice}.isdisjoint(
        choice for other in others for choice, _ in other.choice
    )


def words(text: str) -> set[str]:
    """The words of a text, in lower case; addresses of pages and names of pictures are none."""
    return set(_WORD.findall(_NO_WORDS.sub(" ", text[:_COMPARED]).lower()))


def says_else(page: str, plain: str) -> bool:
    """True when the words and figures of the HTML are not those of the plain text, each as often."""
    there, here = _tokens(page), _tokens(plain)
    return there != here and Counter(there) != Counter(here)


def _tokens(text: str) -> list[str]:
    text = _NO_WORDS.sub(" ", _UNSEEN.sub("", text[:_COMPARED]))
    return _TOKEN.findall(_BRACKETED.sub(" ", _ITEM.sub(" ", text)).lower())


def is_stub(plain: str, page: str) -> bool:
    """True for a plain text that only says that its reader can not show HTML, in whatever language."""
    there = words(plain)
    if "html" not in there or len(there) > _STUB_WORDS:
        return False
    shown = words(page)
    return len(shown - there) > 4 * len(shown & there)
