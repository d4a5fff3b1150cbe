"""The new words of a mail apart from quotation and signature: spans that joined in order are exactly the text.

One pass over the lines, each looked at for its first 600 characters, so the cost is linear in the text. In doubt a
line is `new`: a quotation shown twice is a nuisance, a lost answer is a fault. A quoted line with an answer below it is
kept as `answered`, a mail that is passed on as `forward`: to be read, and not the writer's own. Below our own marker
line nothing is ever `new`: what is private to staff stands there.

How a quotation is announced stands in attribution.py and header_blocks.py, what a signature is in signatures.py, what
mail programs mark in HTML in html_quotes.py; the words of all languages in languages.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from parsing.attribution import attribution, may_end, shared
from parsing.header_blocks import forward, header_block, is_rule, label, may_begin, original
from parsing.html_quotes import MARKS, QUOTE_CLOSE, QUOTE_OPEN, SIGN_CLOSE, SIGN_OPEN
from parsing.limits import Limits
from parsing.lines import visible
from parsing.message import READ, Span
from parsing.signatures import signature
from parsing.tokens import REFERENCE

MARKER = "[tkt-private"
_SIGNS = (">", "\uff1e")
# how our own notifications begin, in each of our languages: not every program marks what it quotes
_OUR_WORDS = ("verified) wrote at ", "vérifiée) a écrit à ", "weryfikowany), wiadomość z godz. ")
_OURS = re.compile(
    r"(?:\((?:not )?verified\) wrote at|\(identité (?:non )?vérifiée\) a écrit à"
    r"|\(nadawca (?:nie)?zweryfikowany\), wiadomość z godz\.) .{1,60}:$"
)
_SIGNED = 20  # runs of new lines, from either end, in which signatures are looked for
_WRAPPED = 60  # characters from which on a quoted line may have lost its end to the next line


def split_text(
    text: str,
    *,
    forwarded: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> tuple[str, tuple[Span, ...]]:
    """The text without the marks of `html_to_text`, and its spans. `forwarded`: the subject has a forward prefix."""
    inside = signed = frozenset[int]()
    if MARKS.search(text) is not None:
        text, inside, signed = _take_marks(text)
    lines, ended = _parted(text, whole=bool(inside or signed))
    kinds = classify(lines, inside, signed, forwarded=forwarded, limits=limits)
    return text, _spans(ended, kinds)


def _parted(text: str, *, whole: bool) -> tuple[list[str], list[str]]:
    """The lines, and the same with what ends them; an answer and an attribution that share a line are two."""
    lines: list[str] = []
    ended: list[str] = []
    for line in text.split("\n"):
        at = 0 if whole else shared(line)
        if at:
            lines.append(line[:at])
            ended.append(line[:at])
        lines.append(line[at:])
        ended.append(line[at:] + "\n")
    ended[-1] = ended[-1][:-1]
    return lines, ended


def _take_marks(text: str) -> tuple[str, frozenset[int], frozenset[int]]:
    """The text without marks, and the lines whose first visible character is quoted, or signed."""
    steps = {QUOTE_OPEN: ("quote", 1), QUOTE_CLOSE: ("quote", -1), SIGN_OPEN: ("sign", 1), SIGN_CLOSE: ("sign", -1)}
    levels = {"quote": 0, "sign": 0}
    found: dict[str, list[int]] = {"quote": [], "sign": []}
    lines: list[str] = []
    for line in text.split("\n"):
        inside = {name for name, level in levels.items() if level}
        if MARKS.search(line) is not None:
            started = False
            for char in line:
                if char in steps:
                    name, step = steps[char]
                    levels[name] = max(0, levels[name] + step)
                elif not started and not char.isspace():
                    started, inside = True, {name for name, level in levels.items() if level}
            line = MARKS.sub("", line).rstrip()
        for name in inside:
            found[name].append(len(lines))
        lines.append(line)
    return "\n".join(lines), frozenset(found["quote"]), frozenset(found["sign"])


def _spans(lines: Sequence[str], kinds: Sequence[str]) -> tuple[Span, ...]:
    pieces = ((kind, "".join(lines[start:end])) for kind, start, end in _runs(kinds))
    return tuple(Span(kind, piece) for kind, piece in pieces if piece)


def _runs(kinds: Sequence[str]) -> list[tuple[str, int, int]]:
    """The kinds as (kind, start, end) of lines that follow one another."""
    runs: list[tuple[str, int, int]] = []
    for i, kind in enumerate(kinds):
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1], i + 1)
        else:
            runs.append((kind, i, i + 1))
    return runs


def classify(
    lines: Sequence[str],
    inside: frozenset[int] = frozenset(),
    signed: frozenset[int] = frozenset(),
    *,
    forwarded: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> list[str]:
    """The kind of each line; `inside` are the lines that HTML marked as quoted, `signed` those as a signature."""
    end = next((i for i, line in enumerate(lines) if "[" in line and MARKER in line.lower()), len(lines))
    seen = [visible(line) for line in lines[:end]]
    kinds = _quoted(seen, inside, forwarded=forwarded, limits=limits)
    if inside and not any(seen[i] and (kind in READ or _is_quoted(seen[i])) for i, kind in enumerate(kinds)):
        kinds = ["forward"] * end  # a mark alone makes no mail empty: some programs wrap what is being written
    _bridge(seen, kinds)
    _sign(lines, kinds, signed)
    _keep_answered(lines, kinds)
    for i, line in enumerate(lines[:end]):
        if REFERENCE in line:  # ours, wherever a mail program has left it
            kinds[i] = "quote"
    return kinds + ["marker"] * (len(lines) - end)


def _quoted(seen: Sequence[str], inside: frozenset[int], *, forwarded: bool, limits: Limits) -> list[str]:
    """`quote`, `forward` or `new` for each line.

    Where another mail begins all below it is somebody else's. With no word above it that mail is not what is answered
    but what is to be read: it is passed on, and its own quotations are told from it.
    """
    quoted = frozenset(i for i, line in enumerate(seen) if i in inside or _is_quoted(line))
    most = limits.quotation_looks  # no mail has that many: what is beyond them stays new
    labels = dict(islice(((i, what) for i, line in enumerate(seen) if (what := label(line))), most))
    begins = frozenset(i for i, line in enumerate(seen) if i in labels or may_begin(line))
    ends = frozenset(islice((i for i, line in enumerate(seen) if may_end(line)), most))
    kinds: list[str] = []
    words, since = "new", 0  # what unmarked lines are, and from which line on they are somebody's words
    filled = -1  # the last line above with anything on it
    while (i := len(kinds)) < len(seen):
        above, filled = filled, i if seen[i] else filled
        if not seen[i]:
            kinds.append(words)
        elif i in quoted and above in quoted:
            kinds.append("quote")
        elif i in begins and (
            (how := _begins(seen, labels, i)) and (forwarded or how == "forward" or seen[i][:1] not in _SIGNS)
        ):
            kind = "forward" if forwarded or how == "forward" else "quote"
            if kind == "forward" or _written(seen, kinds, since):
                return _with_rule(seen, kinds, kind) + [kind] * (len(seen) - i)
            kinds += ["forward"] * (next((at for at in range(i, len(seen)) if not seen[at]), len(seen)) - i)
            words, since = "forward", len(kinds)
        elif i in quoted:
            kinds.append("quote")
        elif (found := attribution(seen, i, ends, quoted=quoted)) is None:
            kinds.append("quote" if _is_wrapped(seen, kinds, quoted) else words)
        elif not found.sure:
            kinds += ["quote"] * found.lines
        elif _written(seen, kinds, since):
            return kinds + ["quote"] * (len(seen) - i)
        else:
            kinds += ["forward"] * found.lines
            words, since = "forward", len(kinds)
    return kinds


def _is_quoted(line: str) -> bool:
    """True for a line with the sign of a quotation; between signs of both kinds stands an ornament."""
    return line.startswith(_SIGNS) and not (line.endswith("<") and line.startswith(">>"))


def _begins(seen: Sequence[str], labels: Mapping[int, str], i: int) -> str:
    """How another mail begins with line `i`: as a `forward`, as a `quote`, or not ("")."""
    line = seen[i]
    if forward(seen, labels, i):
        return "forward"
    ours = any(words in line for words in _OUR_WORDS) and _OURS.search(line) is not None
    if ours or original(line) or header_block(seen, labels, i, ruled=i > 0 and is_rule(seen[i - 1])):
        return "quote"
    return ""


def _written(seen: Sequence[str], kinds: Sequence[str], since: int) -> bool:
    """True when somebody's words stand above, from line `since` on."""
    return any(kinds[i] != "quote" and seen[i] and not is_rule(seen[i]) for i in range(since, len(kinds)))


def _with_rule(seen: Sequence[str], kinds: list[str], kind: str) -> list[str]:
    """`kinds`, with a line of underscores at their end given to the block below it."""
    back = len(kinds) - 1
    while back >= 0 and back > len(kinds) - 3 and not seen[back]:
        back -= 1
    if back >= 0 and is_rule(seen[back]):
        kinds[back:] = [kind] * (len(kinds) - back)
    return kinds


def _is_wrapped(seen: Sequence[str], kinds: Sequence[str], quoted: frozenset[int]) -> bool:
    """True for the lost end of a quoted line: a link, or that one was long and stopped within its sentence."""
    i = len(kinds)
    if i == 0 or i - 1 not in quoted or i + 1 not in quoted:
        return False
    above, line = seen[i - 1], seen[i]
    if line.startswith(("(http", "http", "<http")) or above.rfind("(http") > above.rfind(")"):
        return True
    return len(above) >= _WRAPPED and above[-1] not in ".?!:;" and line[0].islower() and len(line) < len(above)


def _bridge(seen: Sequence[str], kinds: list[str]) -> None:
    """Blank lines between quoted ones are quoted too (in place)."""
    for i in range(1, len(kinds)):
        if not seen[i] and kinds[i - 1] == "quote":
            kinds[i] = "quote"
    for i in range(len(kinds) - 1, -1, -1):
        if seen[i] or kinds[i] != "quote":
            continue
        if i + 1 == len(kinds) or kinds[i + 1] != "quote":
            kinds[i] = "new"


def _sign(lines: Sequence[str], kinds: list[str], signed: frozenset[int]) -> None:
    """Marks the signatures: HTML's own, and those of the first and the last runs of new lines (in place)."""
    if any(kind == "new" and lines[i].strip() and i not in signed for i, kind in enumerate(kinds)):
        kinds[:] = ["signature" if kind == "new" and i in signed else kind for i, kind in enumerate(kinds)]
    runs = [(start, end) for kind, start, end in _runs(kinds) if kind == "new"]
    words_above = False
    for start, end in [*runs[:_SIGNED], *runs[max(_SIGNED, len(runs) - _SIGNED) :]]:
        cut = signature(lines, start, end, words_above=words_above)
        kinds[cut:end] = ["signature"] * (end - cut)
        words_above = words_above or any(lines[i].strip() for i in range(start, cut))


def _keep_answered(lines: Sequence[str], kinds: list[str]) -> None:
    """Quoted lines with an answer below them stay, when the answers stand between quoted lines (in place)."""
    blocks = _blocks(lines, kinds)
    last = max((i for i, (kind, _, _) in enumerate(blocks) if kind == "quote"), default=0)
    answered = [i for i, (kind, _, _) in enumerate(blocks[:-1]) if kind == "quote" and blocks[i + 1][0] == "new"]
    if not answered or answered[0] >= last:
        return
    for i in answered:
        _, start, end = blocks[i]
        block = [line.strip() for line in lines[start:end]]
        signs = any(line.startswith(_SIGNS) for line in block)  # then what has none is the line "On … wrote:"
        kinds[start:end] = ["quote" if signs and line and not line.startswith(_SIGNS) else "answered" for line in block]


def _blocks(lines: Sequence[str], kinds: Sequence[str]) -> list[tuple[str, int, int]]:
    """Runs of one kind as (kind, start, end); blank lines belong to the run before them."""
    blocks: list[tuple[str, int, int]] = []
    for i, kind in enumerate(kinds):
        if blocks and (kind == blocks[-1][0] or not lines[i].strip()):
            blocks[-1] = (blocks[-1][0], blocks[-1][1], i + 1)
        else:
            blocks.append((kind, i, i + 1))
    return blocks
