"""The other two ways to say "below stands another mail": a rule with words in it, and a block of header lines.

    -----Original Message-----        ---------- Forwarded message ---------        From: …
                                                                                    Sent: …  To: …  Subject: …

Outlook, Exchange, webmail and telephones write them in every language, in any order, bold or not. A mail that is
passed on is told from one that is answered: a forward is what the writer wants to be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from parsing.language import alternatives
from parsing.languages import words
from parsing.lines import visible
from parsing.mailboxes import address_list
from parsing.message import Address, Span

_FIELDS = ("sender", "sent", "to", "subject")
_REACH = 14  # lines over which a block may stretch
_STRAY = 3  # lines in it without a label: wrapped addresses and subjects

_LABEL = re.compile(
    "(?:" + "|".join(f"(?P<{field}>{alternatives(words(field))})" for field in _FIELDS) + r")[ *_]{0,5}[:：]",
    re.I,
)
_LONG_RULE, _SHORT_WORD = 10, 10
_BOLD = " >*_|"
_DASHES = " -=_*~>\u2013\u2014"
_TAILS = frozenset(_BOLD + _DASHES + ":\uff1a")
_ORIGINAL = re.compile(rf"(?:{alternatives(words('original'))})[^-]{{0,80}}$", re.I)
_FORWARDED = re.compile(rf"(?:{alternatives(words('forwarded'))})[^-]{{0,80}}$", re.I)
_RULE = re.compile(r"[ *>]{0,4}(?:_{3,}|-{3,}|={3,}|\*{3,}|\u2014{3,}|\u2500{3,})$")


def label(line: str) -> str:
    """Which header line this is, in any language: sender, sent, to, subject; "" for none."""
    if ":" not in line[:60] and "：" not in line[:60]:
        return ""
    found = _LABEL.match(line.lstrip(_BOLD))
    return (found.lastgroup or "") if found is not None else ""


def may_begin(line: str) -> bool:
    """True for a line with which another mail could begin, if it is no header line: cheap, asked of every line."""
    return line[-1:] in _TAILS


def original(line: str) -> bool:
    """True for the rule that says: what I answer follows. A short word needs a long rule: it may be a heading."""
    inner = _in_rule(line)
    if not inner or _ORIGINAL.match(inner) is None:
        return False
    return len(inner) > _SHORT_WORD or not inner.isascii() or line.lstrip(" >*")[:_LONG_RULE].strip("-=_*~") == ""


def forward(lines: Sequence[str], labels: Mapping[int, str], i: int) -> bool:
    """True for the line that says: what I pass on follows."""
    line = lines[i]
    inner = _in_rule(line)
    if inner and _FORWARDED.match(inner) is not None:
        return True
    bare = line.strip(_BOLD)
    if bare[-1:] not in (":", "：") or _FORWARDED.match(bare[:-1].rstrip()) is None:
        return False
    return any(at in labels for at in range(i + 1, i + 5))


def _in_rule(line: str) -> str:
    """The words of a line that begins with two dashes or more and ends with one; "" for other lines."""
    if line[-1:] not in _DASHES or line[:1] not in _DASHES:
        return ""
    drawn = line.lstrip(" >*")[:2]
    return line.strip(_DASHES) if len(drawn) == 2 and not drawn.strip(_DASHES) else ""


def is_rule(line: str) -> bool:
    """True for a line of dashes, underscores or the like."""
    return _RULE.match(line) is not None


def header_block(lines: Sequence[str], labels: Mapping[int, str], i: int, *, ruled: bool = False) -> bool:
    """True when a block of header lines begins with line `i`; `ruled` when a line of underscores stands above it.

    The sender, the subject and one line more; without a subject there must be an address (a route is no mail).
    """
    below = i + 2 < len(lines) and not lines[i + 1]
    return _is_whole(lines, labels, i, ruled=ruled) and not (below and _is_whole(lines, labels, i + 2, ruled=False))


def _is_whole(lines: Sequence[str], labels: Mapping[int, str], i: int, *, ruled: bool) -> bool:
    """As `header_block`, whether or not a blank line parts line `i` from a block that is whole without it."""
    if not labels.get(i):
        return False
    seen: dict[str, int] = {}
    stray = blank = 0
    for at in range(i, min(i + _REACH, len(lines))):
        what = labels.get(at, "")
        if what:
            seen.setdefault(what, at)
            blank = 0
        elif lines[at]:
            stray += 1
        else:
            blank += 1
        if stray > _STRAY or blank > 1:
            break
    if "sender" not in seen:
        return False
    if "subject" in seen:
        return len(seen) >= 3 or (ruled and len(seen) >= 2)
    addressed = "@" in lines[seen["sender"]]
    return addressed and (len(seen) >= 3 or (ruled and "sent" in seen))


def forwarded_sender(spans: Sequence[Span], *, subject_says_so: bool) -> Address | None:
    """Who wrote the mail that is passed on: the sender of the first block that says that it was forwarded.

    A block without such words (Outlook) counts when the subject has a forward prefix.
    """
    lines = [visible(line) for span in spans if span.kind == "forward" for line in span.text.split("\n")]
    labels = {i: what for i, line in enumerate(lines) if (what := label(line))}
    for i in range(len(lines)):
        if forward(lines, labels, i):
            return _sender(lines, labels, i + 1)
        if subject_says_so and header_block(lines, labels, i):
            return _sender(lines, labels, i)
    return None


def _sender(lines: Sequence[str], labels: Mapping[int, str], start: int) -> Address | None:
    i = next((at for at in range(start, start + 8) if labels.get(at) == "sender"), None)
    if i is None:
        return None
    joined = lines[i] + (" " + lines[i + 1] if i + 1 < len(lines) and "@" not in lines[i] else "")
    value = re.split("[:：]", joined, maxsplit=1)[1].replace("[mailto:", "<").replace("]", ">").replace("*", "")
    found = address_list(value, most=1)
    return found[0] if found else None
