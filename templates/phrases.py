"""Words of the rules that stand in agents' mails, in the desk's language: whole sentences, and some with a hole.

Rules speak English, for traces, timelines and commands. What an agent reads of it is looked up here as it stands,
sentence by sentence; what is in no table stays English, and nothing is ever lost by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from templates.languages import Words
from templates.phrases_acts import ACTS
from templates.phrases_delivery import DELIVERY

LANGUAGES = ("fr", "pl")
SENTENCE_ENDS = re.compile(r"(?<=\.) ")
HOLE = "{}"
PHRASES: Mapping[str, tuple[str, str]] = {**DELIVERY, **{key: said for key, said in ACTS.items() if HOLE not in key}}
HOLES = tuple((tuple(key.split(HOLE)), said) for key, said in ACTS.items() if HOLE in key)


def told(text: Any, between: str = "", *, words: Words) -> Any:
    """A text in a language as far as its sentences are known; each text of a list, or each part with `between`."""
    if words.code not in LANGUAGES:
        return text
    at = LANGUAGES.index(words.code)
    if isinstance(text, list):
        return [_told(str(one), at) for one in text]
    return between.join(_told(one, at) for one in str(text).split(between)) if between else _told(str(text), at)


def _told(text: str, at: int) -> str:
    return " ".join(_sentence(one, at) for one in SENTENCE_ENDS.split(text))


def _sentence(text: str, at: int) -> str:
    known = PHRASES.get(text)
    if known is not None:
        return known[at]
    whole = text.rstrip(".")
    if whole != text:
        return _sentence(whole, at) + text[len(whole) :]
    for parts, said in HOLES:
        words = _words_in(text, parts)
        if words is not None:
            return _filled(said[at], words)
    return text


def _words_in(text: str, parts: Sequence[str]) -> list[str] | None:
    """What stands in the holes between `parts`; None where the text is another."""
    if not text.startswith(parts[0]):
        return None
    found, at = [], len(parts[0])
    for part in parts[1:-1]:
        end = text.find(part, at)
        if end < 0:
            return None
        found.append(text[at:end])
        at = end + len(part)
    end = len(text) - len(parts[-1])
    return [*found, text[at:end]] if at < end and text.endswith(parts[-1]) else None


def _filled(said: str, words: Sequence[str]) -> str:
    """`said` with `words` in its holes; they are text, whatever stands in them."""
    pieces = said.split(HOLE)
    return "".join(piece + word for piece, word in zip(pieces, [*words, ""], strict=True))
