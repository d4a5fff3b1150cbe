"""HTML into text, with the places where mail programs say "here begins what I quote" marked.

inscriptis lays the text out; where it could lose words (libxml2 gives up beyond some 255 levels), fail or take too
long, a linear stripper of ours takes its place: nothing that a reader would see is ever lost. The marks are two
characters that no text can hold (`clean_text` removes them): QUOTE_OPEN before and QUOTE_CLOSE after what is quoted.
"""

from __future__ import annotations

import html
import re

from parsing.html_quotes import TAG, mark_quotes
from parsing.limits import Limits

_BLOCK = frozenset(
    "p div br tr table ul ol li h1 h2 h3 h4 h5 h6 blockquote pre hr section article header footer".split()
)
_VOID = frozenset("br hr img meta link input area base col embed source track wbr p li td tr th o:p".split())
_STARTS = re.compile(r"<!--|<(?:script|style|title)\b", re.I)
_NUMBER = re.compile(r"&#(?:x[0-9a-f]{7,}|[0-9]{8,});?", re.I)
# paragraphs without a margin are lines that stand close together: Outlook's by their class, others' by their style
_OUTLOOK = re.compile(r"<p\b(?=[^<>]{0,500}\bclass\s{0,9}=\s{0,9}[\"']?Mso)", re.I)
_NO_MARGIN = re.compile(
    r"<p\b([^<>]{0,500}?\bstyle\s{0,9}=\s{0,9}[\"'])(?=[^\"'<>]{0,500}\bmargin(?:-bottom)?\s{0,9}:\s{0,9}0)", re.I
)
_CLOSE = "margin-top:0px;margin-bottom:0px"
_SPACES = re.compile(r"[ \t\xa0]+")
_LINES = re.compile(r"\n{3,}")


def html_to_text(source: str, limits: Limits, *, marks: bool = True) -> str:
    """The text of an HTML part; with QUOTE_OPEN and QUOTE_CLOSE in it when `marks` is true."""
    if marks:
        source = mark_quotes(source)
    if len(source) > limits.html or depth(source) > limits.html_depth:
        return strip_tags(source)
    text = _laid_out(source)
    return text if text.strip() else strip_tags(source)


def _laid_out(source: str) -> str:
    """inscriptis' text, "" when it fails. Imported here: it costs 40 ms, and most mails have text/plain."""
    from inscriptis import get_text
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    source = _OUTLOOK.sub(f'<p style="{_CLOSE}"', _NO_MARGIN.sub(rf"<p\1{_CLOSE};", source))
    try:  # the strict profile: the other one indents every <div>, and a command must begin its line
        text: str = get_text(_NUMBER.sub("\ufffd", source), ParserConfig(css=CSS_PROFILES["strict"]))
    except Exception:  # noqa: BLE001 - whatever a library makes of hostile HTML, the other way of reading it is ours
        return ""
    return "\n".join(line.rstrip() for line in text.split("\n"))


def depth(source: str) -> int:
    """How deep the elements lie at most; those that are rarely closed not counted."""
    level = deepest = 0
    for tag in TAG.finditer(source):
        if tag.group(2).lower() in _VOID or tag.group(3).endswith("/"):
            continue
        level = max(0, level - 1) if tag.group(1) else level + 1
        deepest = max(deepest, level)
    return deepest


def strip_tags(source: str) -> str:
    """The words of any HTML whatever, in linear time: without tags, comments, scripts and styles, entities resolved."""
    text = TAG.sub(lambda tag: "\n" if tag.group(2).lower() in _BLOCK else " ", _without_hidden(source))
    text = html.unescape(_NUMBER.sub("\ufffd", text))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip() + "\n"


def _without_hidden(source: str) -> str:
    """The source without comments, scripts, styles and heads; one that is not closed is left in, as words."""
    out: list[str] = []
    at = 0
    never: set[str] = set()
    lower = source.lower()
    if len(lower) != len(source):  # a few characters are longer in lower case; then positions would not fit
        lower = source
    while (found := _STARTS.search(source, at)) is not None:
        close = "-->" if found.group() == "<!--" else f"</{found.group()[1:].lower()}"
        stop = -1 if close in never else lower.find(close, found.end())
        if stop < 0:
            never.add(close)
            out.append(source[at : found.end()])
            at = found.end()
            continue
        out.append(source[at : found.start()])
        after = source.find(">", stop)
        at = after + 1 if after >= 0 else len(source)
    return "".join([*out, source[at:]])
