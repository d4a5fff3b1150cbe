"""The line that announces a quotation: "On … somebody wrote:", in every language, with or without date and address.

Mail programs wrap it over up to four lines, put the name first or the date first, and some leave out the verb or the
colon. A line is believed when what a program writes stands in it: a date, a clock time, an address, a verb. With less
than that it must stand right above a marked quotation; else it is somebody's sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from parsing.language import alternatives
from parsing.languages import LANGUAGES, words

_LONGEST = 600  # characters of an attribution, over all its lines
_LINES = 4
_SHORTEST = 6

_START = re.compile(rf"[^\w(<]{{0,4}}(?:{alternatives(words('starts'))}|\d|[^\W\d]{{2,9}}[.,]? \d)", re.I)
_VERB = re.compile(alternatives(words("wrote")), re.I)
_RULED_VERB = re.compile(
    rf"-{{2,}} ?[^:]{{2,80}} (?:{alternatives(words('wrote'))}) ?-{{2,}}$", re.I
)  # Android: -- A B wrote --
_MINE = frozenset(word for language in LANGUAGES for word in language.mine.split("|") if word)
_DATE = re.compile(r"\d{4}|\d{1,2} ?[-./] ?\d{1,2}")
_CLOCK = re.compile(r"\d{1,2}(?:[:.h]|時|点|시)\d{2}(?![\d.])")
_ADDRESS = re.compile(r"[^\s<>()\[\]]@[\w-]")
# how it ends: with a colon, behind it what marks bold or a quotation; addresses in brackets, at times twice
_COLON = re.compile(r"[:：][\s*_>\"-]{0,6}$")
_ADDRESS_END = re.compile(r"@[\w.\-]{1,200} ?[>)\]]{1,2}[*_ ]{0,3}(?:[:：][\s*_>\"-]{0,6})?$")
_BRACKETED = re.compile(r"[<(\[][^<>()@]{1,200}@[^<>()]{1,200}[>)\]]")
_CAPITALS = "|".join(word[0].upper() + word[1:] for word in words("starts").split("|") if word)
_SHARED = re.compile(rf"(?<=[\w.,!?)])[ -]{{1,6}}(?=(?:{alternatives(_CAPITALS)})[^:]{{0,24}}\d)")
_BARE_END = re.compile(r"[<(\[ ][^\s<>()@]{1,100}@[\w.\-]{1,200}[>)\]]? ?[:：]$")
_BRACKET = re.compile(r"<[^<>]{0,200}$")  # an address broken over two lines

_TAILS = frozenset(':：>*_-)"')
_VERBS = tuple(sorted({word for word in words("wrote").split("|") if word and "…" not in word}))


@dataclass(frozen=True, slots=True)
class Attribution:
    """`lines` it takes; `sure` when all below it is quoted even where no sign says so."""

    lines: int
    sure: bool


def may_end(line: str) -> bool:
    """True for a line with which an attribution could end: cheap, asked of every line."""
    return line[-1:] in _TAILS or line[-24:].lower().endswith(_VERBS)


def attribution(lines: Sequence[str], i: int, ends: frozenset[int], *, quoted: frozenset[int]) -> Attribution | None:
    """The attribution that begins with line `i`; `ends` are the lines that `may_end`, `quoted` those with a mark."""
    for count in range(1, _LINES + 1 if ends else 0):
        last = i + count - 1
        if last >= len(lines) or not lines[last] or (last in quoted and not _closes_bracket(lines, last)):
            return None
        if last not in ends:
            continue
        found = _judged(lines, i, count, quoted)
        if found and (count == 1 or _begins(lines[i]) or not _later(lines, i, count, quoted)):
            return found
    return None


def _later(lines: Sequence[str], i: int, count: int, quoted: frozenset[int]) -> bool:
    """True when the attribution that ends with the last of these lines begins below the first: that one is words."""
    return any(_judged(lines, i + above, count - above, quoted) for above in range(1, count))


def _begins(line: str) -> bool:
    """True for the first of several lines: else they may be the end of a sentence and the whole attribution."""
    return _START.match(line) is not None and _DATE.search(line) is not None


def _closes_bracket(lines: Sequence[str], i: int) -> bool:
    """True for a `>` that closes the address of the line above instead of quoting."""
    return lines[i][:1] == ">" and i > 0 and _BRACKET.search(lines[i - 1], max(0, len(lines[i - 1]) - 200)) is not None


def _judged(lines: Sequence[str], i: int, count: int, quoted: frozenset[int]) -> Attribution | None:
    joined = " ".join(lines[i : i + count])
    if not _SHORTEST <= len(joined) <= _LONGEST:
        return None
    line = joined.strip(" -\u2013\u2014*_")
    follows = _quotation_follows(lines, i + count, quoted)
    if _sure(line, above=i == 0 or not lines[i - 1], ruled=joined[-1] == "-"):
        return Attribution(count, not follows)
    likely = follows and (count == 1 or _START.match(line)) and (_likely(line) or _RULED_VERB.match(joined))
    return Attribution(count, False) if likely else None


def _sure(line: str, *, above: bool, ruled: bool = False) -> bool:
    """True when only a mail program writes such a line.

    `above` tells that a blank line stands above it, `ruled` that dashes stand behind it.
    """
    dated = _DATE.search(line) is not None
    if not (dated or _ADDRESS.search(line)):
        return False
    starts = _START.match(line) is not None
    verb = _verb(line)
    if _COLON.search(line) is None:
        written = ruled or _ADDRESS.search(line) is not None
        return verb is not None and starts and dated and written and len(line) - verb.end() < 4
    if verb is None:
        return dated and _CLOCK.search(line) is not None and _ends_with_address(line, starts)
    if _BRACKETED.search(line) is not None:
        return starts or dated or _ADDRESS_END.search(line[: verb.start()].rstrip(" ,")) is not None
    named = above and _CLOCK.search(line) is not None
    return dated and (starts or named) and not _own_sentence(line)


def shared(line: str) -> int:
    """Where an attribution begins in a line whose beginning is an answer; 0 when there is none."""
    if line[-1:] not in (":", "\uff1a") or len(line) > _LONGEST or "@" not in line or _START.match(line):
        return 0
    places = ((found.start(), found.end()) for found in islice(_SHARED.finditer(line), 3))
    return next((cut for cut, at in places if _ADDRESS.search(line, at) and _sure(line[at:], above=True)), 0)


def _ends_with_address(line: str, starts: bool) -> bool:
    return _ADDRESS_END.search(line[-220:]) is not None or (starts and _BARE_END.search(line[-220:]) is not None)


def _likely(line: str) -> bool:
    """True when the line may announce the marked quotation that stands below it."""
    if _COLON.search(line) is not None:
        return _verb(line) is not None or (_ADDRESS.search(line) is not None and _DATE.search(line) is not None)
    return _DATE.match(line) is not None and _ADDRESS_END.search(line[-220:]) is not None


def _verb(line: str) -> re.Match[str] | None:
    """The last verb of the line; it stands near the end, or a name and an address follow it."""
    found = list(_VERB.finditer(line, max(0, len(line) - 250)))
    return found[-1] if found else None


def _own_sentence(line: str) -> bool:
    """True for "I wrote": the writer tells what he did."""
    return not _MINE.isdisjoint(word.strip(",.:") for word in line[-250:].lower().split())


def _quotation_follows(lines: Sequence[str], i: int, quoted: frozenset[int]) -> bool:
    """True when the next line with anything on it is marked as quoted."""
    return next((at in quoted for at in range(i, min(i + 4, len(lines))) if lines[at]), False)
