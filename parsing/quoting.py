"""The new words of a mail apart from quotation and signature: spans that joined in order are exactly the text.

One pass over the lines, each looked at for its first 600 characters, so the cost is linear in the text. In doubt a
line is `new`: a quotation shown twice is a nuisance, a lost answer is a fault. The one exception is our own marker
line, below which nothing is ever `new`: what is private to staff stands there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsing import phrases
from parsing.html_quotes import QUOTE_CLOSE, QUOTE_OPEN
from parsing.mailboxes import address_list
from parsing.message import Address, Span

MARKER = "[tkt-private"
_SEEN = 600  # characters of a line that are looked at
_NEAR = 7  # lines in which the rest of a header block must stand
_SIGNATURE_LINES = 12

_VERB = re.compile(rf"(?:{phrases.ATTRIBUTION_VERBS})(?=\W|$)", re.I)
_START = re.compile(
    rf"\W{{0,3}}(?:(?:{'|'.join(map(re.escape, phrases.ATTRIBUTION_STARTS))})\b"
    r"|\d{4}[-/.年]\d|\d{1,2}[-/. ]|[A-Z][a-z]{2},? )",
    re.I,
)
_COLON = re.compile(r"[:：]\W{0,4}$")
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}|@")
_STAMPED = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.{0,200}<[^<>\s]{3,200}>:?$")
_SEPARATOR = re.compile(
    rf"[ >*_]{{0,10}}-{{2,}} ?(?:{phrases.ORIGINAL}|{phrases.FORWARDED})\b[^-]{{0,80}}-{{0,40}}$", re.I
)
_FORWARD = re.compile(
    rf"[ >*_]{{0,10}}(?:-{{2,}} {{0,2}})?(?:{phrases.FORWARDED}) {{0,2}}(?:-{{2,}}|[:：]) ?-{{0,40}}$", re.I
)
# how our own notifications begin: not every program marks what it quotes
_OURS = re.compile(r"\((?:not )?verified\) wrote at .{1,60}:$")
_RULE = re.compile(r"(?:_{5,}|-{5,}|={5,}|\*{5,})$")
_PHONE = re.compile(rf"\W{{0,3}}(?:{phrases.SENT_FROM})[^,.;!?]{{0,45}}\W{{0,3}}$", re.I)


def _label(words: str) -> re.Pattern[str]:
    return re.compile(rf"[ >*_]{{0,10}}(?:{words})[ *_]{{0,5}}[:：]", re.I)


_FROM, _SENT, _TO, _SUBJECT = map(_label, (phrases.FROM, phrases.SENT, phrases.TO, phrases.SUBJECT))


def split_text(text: str) -> tuple[str, tuple[Span, ...]]:
    """The text without the marks of `html_to_text`, and its spans."""
    inside: list[bool] | None = None
    if QUOTE_OPEN in text or QUOTE_CLOSE in text:
        text, inside = _take_marks(text)
    lines = text.split("\n")
    kinds = classify(lines, inside)
    ended = [line + "\n" for line in lines[:-1]] + [lines[-1]]
    return text, _spans(ended, kinds)


def _take_marks(text: str) -> tuple[str, list[bool]]:
    """The text without marks, and for each line whether its first visible character is quoted."""
    level, lines, inside = 0, [], []
    for line in text.split("\n"):
        quoted = level > 0
        started = False
        if QUOTE_OPEN in line or QUOTE_CLOSE in line:
            for char in line:
                if char == QUOTE_OPEN:
                    level += 1
                elif char == QUOTE_CLOSE:
                    level = max(0, level - 1)
                elif not started and not char.isspace():
                    started, quoted = True, level > 0
            line = line.replace(QUOTE_OPEN, "").replace(QUOTE_CLOSE, "").rstrip()
        lines.append(line)
        inside.append(quoted)
    return "\n".join(lines), inside


def _spans(lines: Sequence[str], kinds: Sequence[str]) -> tuple[Span, ...]:
    spans: list[Span] = []
    start = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or kinds[i] != kinds[start]:
            piece = "".join(lines[start:i])
            if piece:
                spans.append(Span(kinds[start], piece))
            start = i
    return tuple(spans)


def classify(lines: Sequence[str], inside: Sequence[bool] | None = None) -> list[str]:
    """The kind of each line; `inside` tells which lines HTML marked as quoted."""
    end = next((i for i, line in enumerate(lines) if MARKER in line.lower()), len(lines))
    kinds = _quoted(lines[:end], inside)
    _keep_answered(lines, kinds)
    _sign(lines, kinds)
    return kinds + ["marker"] * (len(lines) - end)


def _quoted(lines: Sequence[str], inside: Sequence[bool] | None) -> list[str]:
    """`quote` or `new` for each line, with "cut" lines making everything below them a quotation."""
    kinds: list[str] = []
    seen = [line[:_SEEN].strip() for line in lines]
    while (i := len(kinds)) < len(seen):
        line = seen[i]
        if (inside is not None and inside[i]) or line.startswith(">"):
            kinds.append("quote")
        elif not line:
            kinds.append("new")
        elif _cuts(seen, i):
            _take_rule(seen, kinds)
            return kinds + ["quote"] * (len(seen) - i)
        else:
            count, cuts = _attribution(seen, i, inside)
            if cuts:
                return kinds + ["quote"] * (len(seen) - i)
            kinds += ["quote"] * count or ["new"]
    return _bridge(seen, kinds)


def _bridge(lines: Sequence[str], kinds: list[str]) -> list[str]:
    """Blank lines between quoted ones are quoted too."""
    for i in range(1, len(kinds)):
        if not lines[i] and kinds[i - 1] == "quote":
            kinds[i] = "quote"
    for i in range(len(kinds) - 1, -1, -1):
        if lines[i] or kinds[i] == "new":
            continue
        if i + 1 == len(kinds) or kinds[i + 1] == "new":
            kinds[i] = "new"
    return kinds


def _cuts(lines: Sequence[str], i: int) -> bool:
    """True where everything from line `i` on was written by somebody else."""
    line = lines[i]
    if "-" in line[:14] and _SEPARATOR.match(line):
        return True
    if ":" not in line and "：" not in line:
        return False
    if line.endswith(":") and "verified) wrote at " in line and _OURS.search(line):
        return True
    return _header_block(lines, i) or (_FORWARD.match(line) is not None and _names_sender(lines, i))


def _names_sender(lines: Sequence[str], i: int) -> bool:
    return any(_FROM.match(line) for line in lines[i + 1 : i + 4])


def _header_block(lines: Sequence[str], i: int) -> bool:
    """From: with two of Sent:, To: and Subject: close below it."""
    if not _FROM.match(lines[i]):
        return False
    near: list[str] = []
    for line in lines[i + 1 : i + 1 + _NEAR]:
        if not line and near:
            break
        near.append(line)
    return sum(any(label.match(line) for line in near) for label in (_SENT, _TO, _SUBJECT)) >= 2


def _take_rule(lines: Sequence[str], kinds: list[str]) -> None:
    """The line of underscores above a header block belongs to it."""
    back = len(kinds) - 1
    while back >= 0 and back > len(kinds) - 3 and not lines[back]:
        back -= 1
    if back >= 0 and _RULE.match(lines[back]):
        kinds[back:] = ["quote"] * (len(kinds) - back)


def _attribution(lines: Sequence[str], i: int, inside: Sequence[bool] | None) -> tuple[int, bool]:
    """How many lines from `i` on say "On … wrote:" (0 = none), and whether all below them is quoted without signs."""
    starts = _START.match(lines[i]) is not None
    for count in (1, 2, 3, 4) if starts else (1,):
        last = lines[i + count - 1] if i + count <= len(lines) else ""
        if not last or last.startswith(">"):
            break
        follows = last[-1] in ":：>*_" and _quote_follows(lines, i + count, inside)
        if last[-1] not in ":：>*_" or not (starts or follows):
            continue
        joined = " ".join(lines[i : i + count])[:_SEEN]
        strong = starts and _DATED.search(joined) is not None
        if (strong or follows) and (_says_wrote(joined) or _STAMPED.match(joined)):
            return count, not follows
    return 0, False


def _says_wrote(line: str) -> bool:
    """True when the line ends like "… wrote:"."""
    return _COLON.search(line, max(0, len(line) - 6)) is not None and (
        _VERB.search(line, max(0, len(line) - 200)) is not None
    )


def _quote_follows(lines: Sequence[str], i: int, inside: Sequence[bool] | None) -> bool:
    """True when the next line with anything on it is marked as quoted."""
    for at in range(i, min(i + 4, len(lines))):
        if lines[at]:
            return lines[at].startswith(">") or (inside is not None and inside[at])
    return False


def _keep_answered(lines: Sequence[str], kinds: list[str]) -> None:
    """Quoted lines with an answer below them stay, when the answers stand between quoted lines (in place)."""
    blocks = _blocks(lines, kinds)
    answered = [i for i, (kind, _, _) in enumerate(blocks[:-1]) if kind == "quote" and blocks[i + 1][0] == "new"]
    between = [i for i in answered if i + 2 < len(blocks) and blocks[i + 2][0] == "quote"]
    if not between:
        return
    for i in answered:
        if i >= between[0]:
            _, start, end = blocks[i]
            block = [line.strip() for line in lines[start:end]]
            signs = any(line.startswith(">") for line in block)  # then what has none is the line "On … wrote:"
            kinds[start:end] = ["quote" if signs and line and line[0] != ">" else "new" for line in block]


def _blocks(lines: Sequence[str], kinds: Sequence[str]) -> list[tuple[str, int, int]]:
    """Runs of one kind as (kind, start, end); blank lines belong to the run before them."""
    blocks: list[tuple[str, int, int]] = []
    for i, kind in enumerate(kinds):
        if blocks and (kind == blocks[-1][0] or not lines[i].strip()):
            blocks[-1] = (blocks[-1][0], blocks[-1][1], i + 1)
        else:
            blocks.append((kind, i, i + 1))
    return blocks


def _sign(lines: Sequence[str], kinds: list[str]) -> None:
    """Marks signatures, from `-- ` (RFC 3676 section 4.3) or a telephone's line to the next quotation (in place)."""
    start = 0
    while start < len(kinds):
        if kinds[start] != "new":
            start += 1
            continue
        end = next((i for i in range(start, len(kinds)) if kinds[i] != "new"), len(kinds))
        cut = _signature(lines, start, end)
        kinds[cut:end] = ["signature"] * (end - cut)
        start = end


def _signature(lines: Sequence[str], start: int, end: int) -> int:
    """Where the signature of the new lines start to end begins; `end` when they have none."""
    cut, filled = end, 0
    for i in range(end - 1, start - 1, -1):
        line = lines[i]
        if line in ("-- ", "--"):
            return i
        filled += bool(line.strip())
        if filled == 1 and line.strip() and len(line) <= 80 and _PHONE.match(line):
            cut = i  # and a real signature may stand above it
        if filled > _SIGNATURE_LINES:
            break
    return cut


def forwarded_sender(text: str, *, subject_says_so: bool) -> Address | None:
    """Who wrote the mail that is passed on in `text`: the From of the first block that says that it was forwarded.

    A block without such words (Outlook) counts when the subject has a forward prefix.
    """
    lines = [line[:_SEEN].strip() for line in text.split("\n")]
    for i, line in enumerate(lines):
        if not (":" in line or "-" in line):
            continue
        if _FORWARD.match(line):
            below = (j for j in range(i + 1, min(i + 8, len(lines))) if _FROM.match(lines[j]))
            return _from_line(lines, next(below, None))
        if subject_says_so and _header_block(lines, i):
            return _from_line(lines, i)
    return None


def _from_line(lines: Sequence[str], i: int | None) -> Address | None:
    if i is None:
        return None
    joined = lines[i] + (" " + lines[i + 1] if i + 1 < len(lines) and "@" not in lines[i] else "")
    value = re.split("[:：]", joined, maxsplit=1)[1].replace("[mailto:", "<").replace("]", ">").replace("*", "")
    found = address_list(value, most=1)
    return found[0] if found else None
