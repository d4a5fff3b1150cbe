"""What stands below a person's words and is none of them: signature, telephone's line, list footer, legal notice.

A signature begins with its mark (RFC 3676 section 4.3) or, without one, with a closing formula above a name; it is
believed only where nothing like a sentence stands below it, and never when no words would be left above it. In doubt
the lines stay words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsing.language import alternatives
from parsing.languages import words

_SIGNATURE_LINES = 12
_LOOSE_LINES = 8  # below a mark that is not RFC 3676's, or a closing formula
_PIECES = 8  # telephone's line, notice, advertisement, card: one below the other
_NOTICE_LINES = 60
_NOTICE_LETTERS = 100

_MARKS = ("-- ", "--", "--\u00a0")
_LOOSE_MARK = re.compile(r"(?:_{2,80}|\u2014{1,40}|\u2013{2,40}|\u2015{1,40}|\u2500{3,80}|-{3,80}|\*{4,80}|={4,80})$")
_GAP = r"(?:[^,.;!?\n]|\.(?=\w)){1,60}?"
_LINK = r"(?:[ (]{0,2}[<\[(]?https?://[^\s<>]{1,200}[>\])]{0,2}|\[\d{1,2}\])?"
_EXCUSE = r"(?:[,.;] {0,2}(?:so )?(?:please )?(?:excuse|forgive|pardon|apologies for|sorry for)[^.!?]{1,50})?"
_SENT_FROM = re.compile(rf"\W{{0,3}}(?:{alternatives(words('sent_from'), _GAP)}){_LINK}{_EXCUSE}\W{{0,3}}$", re.I)
_CLOSING = re.compile(rf"[*_ ]{{0,3}}(?:{alternatives(words('closings'))})[ ,.!:\u3002*_~\-\u2013]{{0,4}}$", re.I)
_NOTICE = re.compile(alternatives(words("disclaimer")), re.I)
_DASHED_NAME = re.compile(
    r"(?:-(?=[^\W\d_]+ [^\W\d_])|/)([^\W\d_][^\W\d_.\-]{1,20}(?: [^\W\d_][^\W\d_.\-]{0,20}){0,2})$"
)
_LIST = re.compile(r"mailing list|unsubscribe|mailman/listinfo|lists?\.|groups\.google", re.I)
_SPEAKS = re.compile(r"(?:ps|p\.s\.|p\.s|nb)\b|\d{1,2}[.)] |[*\u2022>-] ", re.I)  # a postscript, a list


def signature(lines: Sequence[str], start: int, end: int, *, words_above: bool) -> int:
    """Where what is no word of the writer's begins, among the lines start to end; `end` when all are words.

    `words_above` tells that other words of the writer's stand above `start`.
    """
    cut = _marked(lines, start, end)
    end = end if cut is None else cut
    for _ in range(_PIECES):
        above = _one_more(lines, start, end)
        if above == end or not (words_above or _filled(lines, start, above)):
            break
        end = above
    return end


def _filled(lines: Sequence[str], start: int, end: int) -> bool:
    return any(lines[i].strip() for i in range(start, end))


def _marked(lines: Sequence[str], start: int, end: int) -> int | None:
    """The line with the mark of RFC 3676, the last one of the text."""
    filled = 0
    for i in range(end - 1, start - 1, -1):
        if lines[i] in _MARKS:
            return i - (i > start and lines[i - 1] in _MARKS)
        filled += bool(lines[i].strip())
        if filled > _SIGNATURE_LINES:
            return None
    return None


def _one_more(lines: Sequence[str], start: int, end: int) -> int:
    """Where the lowest piece that is no word of the writer's begins; `end` when there is none."""
    last = next((i for i in range(end - 1, start - 1, -1) if lines[i].strip()), None)
    if last is None:
        return end
    if len(lines[last]) <= 260 and _SENT_FROM.match(lines[last]) is not None:
        return last
    for finder in (_notice, _loose, _closed, _dashed):
        found = finder(lines, start, last)
        if found is not None:
            return found
    return end


def _notice(lines: Sequence[str], start: int, last: int) -> int | None:
    """The last paragraph, when it is a legal notice: two phrases of theirs in a text of some length."""
    top = last
    while top > start and lines[top - 1].strip() and last - top < _NOTICE_LINES:
        top -= 1
    text = " ".join(lines[top : last + 1])[:4000]
    if len(text) < _NOTICE_LETTERS:
        return None
    phrases = {found.group().lower() for found in _NOTICE.finditer(text)}
    return top if len(phrases) >= 2 else None


def _loose(lines: Sequence[str], start: int, last: int) -> int | None:
    """A line of dashes or underscores with nothing but a card, or a list's footer, below it."""
    filled = 0
    for i in range(last, start - 1, -1):
        line = lines[i].strip()
        if not line:
            continue
        if i == last or _LOOSE_MARK.match(line) is None:
            filled += 1
            if filled > _LOOSE_LINES or len(line) > 120:
                return None
            continue
        short = len(line) < 20 and line[0] not in "-=*"
        below = [lines[at] for at in range(i + 1, last + 1)]
        if any(_LIST.search(each) for each in below):
            return i
        return i if short and not any(_is_sentence(each.strip()) for each in below) else None
    return None


def _closed(lines: Sequence[str], start: int, last: int) -> int | None:
    """A closing formula alone on its line, a name below it, then nothing like a sentence."""
    below: list[str] = []
    for i in range(last, max(start, last - 3 * _LOOSE_LINES) - 1, -1):
        line = lines[i].strip()
        if len(line) <= 60 and _CLOSING.match(line) is not None:
            return i if below and _is_name(below[-1]) else None
        if line:
            below.append(line)
            if len(below) > _LOOSE_LINES or len(line) > 90 or _is_sentence(line):
                return None
    return None


def _is_sentence(line: str) -> bool:
    """True for a line that speaks: no card ends with a question, or with a full stop behind common words."""
    if line[-1:] in ("?", "\uff1f") or _SPEAKS.match(line) is not None:
        return True
    return line[-1:] in (".", "!", "\u3002") and any(word[:1].islower() for word in line.split()[1:]) and " " in line


def _is_name(line: str) -> bool:
    """One to five words that begin with a capital, or a short word of a script without capitals."""
    line = line.strip("*_ ,.")
    parts = line.split()
    if not 1 <= len(parts) <= 6 or len(line) > 50 or line[-1:] in ":?!":
        return False
    return not parts[0][0].islower() and not any(char.isdigit() for char in line)


def _dashed(lines: Sequence[str], start: int, last: int) -> int | None:
    """ "-Ann Example" or "/Ann" alone below a blank line, where no list of such lines stands above it."""
    line = lines[last].strip()
    if last == start or lines[last - 1].strip() or (found := _DASHED_NAME.match(line)) is None:
        return None
    if not all(part[0].isupper() for part in found.group(1).split()):
        return None
    return None if any(lines[i].startswith(line[0]) for i in range(max(start, last - 40), last)) else last
