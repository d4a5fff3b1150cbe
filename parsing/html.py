"""HTML into the text that a person would have read: links, lists, tables, pictures' words and quotation levels.

One pass over the tags, no tree, so any nesting and any length costs linear time and no word gets lost. What is hidden
(the preview of a newsletter) is left out, unless nothing else is there. With `marks` the places where mail programs say
"here begins what I quote" are told by two characters that no text can hold (html_quotes.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsing.charsets import clean_text
from parsing.html_quotes import QUOTE_CLOSE, QUOTE_OPEN, mark_quotes
from parsing.html_tokens import attribute, resolved, tokens
from parsing.limits import Limits
from parsing.page import Page

# how far an element stands from what is above and below it: 1 a line, 2 a blank line
_LINE = (
    "div tr li dt dd center form address article section header footer nav aside main legend table caption figure "
    "figcaption fieldset summary details option body html thead tbody"
)
_BLOCKS = dict.fromkeys(_LINE.split(), 1) | dict.fromkeys("p ul ol dl pre blockquote h1 h2 h3 h4 h5 h6 hr".split(), 2)
_VOID = frozenset("br hr img meta link input area base col embed source track wbr frame param".split())
# an element that ends where one of these begins, however nobody wrote its end
_ENDED_BY = {
    "p": frozenset(_BLOCKS) - {"p", "option", "body", "html"} | {"p"},
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": frozenset({"td", "th", "tr", "tbody"}),
    "th": frozenset({"td", "th", "tr", "tbody"}),
    "tr": frozenset({"tr", "tbody"}),
    "option": frozenset({"option"}),
}
_NEAR = 32  # so many open elements are looked through for the one that a tag closes
_HIDDEN = re.compile(r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)", re.I)
_HIDDEN_WORD = re.compile(r"(?:^|\s)hidden(?:\s|=|/|$)", re.I)
_AS_IS = re.compile(r"white-space\s{0,9}:\s{0,9}(?:pre|break-spaces)", re.I)
_CLOSE = re.compile(r"margin(?:-bottom)?\s{0,9}:\s{0,9}0", re.I)
_INDENTED = re.compile(r"border\s{0,9}:\s{0,9}(?:none|0)|webkit-indent", re.I)
_SHOWN_SCHEMES = ("http://", "https://", "ftp://")
_MARKS = QUOTE_OPEN + QUOTE_CLOSE
_MARK = re.compile(f"([{_MARKS}])")
_SAME = re.compile(r"^(?:https?://)?(?:www\.)?|[\s/]+$", re.I)


@dataclass(slots=True)
class _Element:
    """An element that is open, and what it means for the words in it."""

    name: str
    hidden: bool = False
    as_is: bool = False
    quote: bool = False
    indent: bool = False
    number: int = 0  # of the next item of an ordered list; 0 for any other
    break_below: int = 0


@dataclass(slots=True)
class _State:
    """What is open, and what the row and the link being read have shown so far."""

    page: Page
    limits: Limits
    open: list[_Element] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    href: str = ""
    label: list[str] = field(default_factory=list)
    links: int = 0
    row: int = -1  # the line on which the words of the table's row stand
    cell_empty: bool = False


def html_to_text(source: str, limits: Limits, *, marks: bool = True) -> str:
    """The text of an HTML part; with QUOTE_OPEN and QUOTE_CLOSE in it when `marks` is true."""
    if marks:
        source = mark_quotes(source)
    state = _State(Page(_MARKS), limits)
    for text, name, closing, attributes in tokens(source):
        if text:
            _words(state, text)
        if not name:
            continue
        if closing:
            _end(state, name)
        else:
            _begin(state, name, attributes)
    if state.href:
        _end_link(state)
    shown = state.page.text()
    if not shown.strip(_MARKS + "\n\t >"):
        shown = re.sub(r"\s+", " ", clean_text(resolved("".join(state.hidden)))).strip()
    return shown + "\n" if shown else ""


def _words(state: _State, text: str) -> None:
    top = state.open[-1] if state.open else None
    if top is not None and top.hidden:
        state.hidden.append(text)
        text = "".join(_MARK.findall(text))
    for piece in _MARK.split(text) if QUOTE_OPEN in text or QUOTE_CLOSE in text else (text,):
        if piece in (QUOTE_OPEN, QUOTE_CLOSE):
            state.page.mark(piece)
        elif piece:
            piece = clean_text(resolved(piece)) if "&" in piece else piece
            _write(state, piece, as_is=top is not None and top.as_is)


def _write(state: _State, text: str, *, as_is: bool = False) -> None:
    if as_is:
        state.page.write_as_is(text)
    else:
        state.page.write(text)
    if state.href:
        state.label.append(text)
    if state.cell_empty and not text.isspace():
        state.cell_empty = False
        if state.row < 0:
            state.row = len(state.page.lines)


def _begin(state: _State, name: str, attributes: str) -> None:
    page = state.page
    _implied_ends(state, name)
    if name == "br":
        page.end_line()
        return
    if name == "img":
        _picture(state, attributes)
        return
    if name == "a":
        _begin_link(state, attributes)
    if name in ("td", "th"):
        _begin_cell(state)
    elif name in ("tr", "table"):
        state.row = -1
        state.cell_empty = False
    style = attributes if "=" in attributes or "hidden" in attributes else ""
    breaks = _BLOCKS.get(name, 0)
    if breaks:
        if breaks > 1 and style and (_CLOSE.search(style) or "Mso" in style):
            breaks = 1  # paragraphs without a margin are lines that stand close together
        if name in ("ul", "ol") and state.page.indents:
            breaks = 1
        if not state.cell_empty:
            page.want(breaks)
    if name not in _VOID:
        state.open.append(_element(state, name, attributes, style, breaks))


def _element(state: _State, name: str, attributes: str, style: str, breaks: int) -> _Element:
    above = state.open[-1] if state.open else None
    made = _Element(name, break_below=breaks)
    made.hidden = (above is not None and above.hidden) or bool(
        style and (_HIDDEN.search(style) or (_HIDDEN_WORD.search(style) and "hidden" not in attribute(style, "style")))
    )
    made.as_is = (above is not None and above.as_is) or name in ("pre", "textarea")
    if style and "white-space" in style.lower():
        made.as_is = _AS_IS.search(style) is not None
    if name == "blockquote":
        made.quote = "cite" in style or "gmail_quote" in style or not _INDENTED.search(style)
        state.page.level += made.quote
    elif name == "ol":
        start = attribute(attributes, "start")
        made.number = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
    elif name == "li":
        made.indent = True
        _bullet(state)
    return made


def _bullet(state: _State) -> None:
    bullet = "* "
    for element in reversed(state.open[-_NEAR:]):
        if element.name in ("ul", "ol"):
            if element.number:
                bullet = f"{element.number}. "
                element.number += 1
            break
    state.page.indents.append(len(bullet))
    state.page.bullet = bullet


def _end(state: _State, name: str) -> None:
    if name == "a":
        _end_link(state)
    if name in ("br", "p") and not any(element.name == name for element in state.open[-_NEAR:]):
        _begin(state, name, "")  # </br> and a lone </p> are read as <br> and <p></p>
        if name == "br":
            return
    for back in range(1, min(len(state.open), _NEAR) + 1):
        if state.open[-back].name == name:
            for _ in range(back):
                _close(state)
            return
        around = state.open[-back].name
        if (around in _BLOCKS and name not in _BLOCKS and name not in ("td", "th")) or (
            around == "table" and name not in ("div", "body", "html")
        ):
            return  # as in browsers: no phrase's end closes a block, nothing in a table what is around it


def _close(state: _State) -> None:
    element = state.open.pop()
    page = state.page
    page.want(element.break_below)
    page.level -= element.quote
    if element.indent and page.indents:
        page.indents.pop()
        page.bullet = ""
    if element.name == "table":
        state.row = -1


def _implied_ends(state: _State, name: str) -> None:
    for _ in range(3):
        if state.open and name in _ENDED_BY.get(state.open[-1].name, ()):
            _close(state)


def _begin_cell(state: _State) -> None:
    """A cell next to one whose words stand on one line: on the same line, a tab between."""
    page = state.page
    if state.row == len(page.lines) and page.line:
        page.wanted = 0
        page.gap = "\t"
    elif state.row >= 0:
        page.want(1)
    state.cell_empty = True


def _picture(state: _State, attributes: str) -> None:
    alt = " ".join(clean_text(attribute(attributes, "alt")).split())[:200]
    if alt and not (state.open and state.open[-1].hidden):
        _write(state, f"[{alt.translate(_NO_MARKS)}]")


_NO_MARKS = {ord(mark): None for mark in _MARKS}


def _begin_link(state: _State, attributes: str) -> None:
    if state.href:
        _end_link(state)
    href = "".join(clean_text(attribute(attributes, "href")).translate(_NO_MARKS).split())
    if state.links < state.limits.links and not (state.open and state.open[-1].hidden):
        state.href, state.label = href, []


def _end_link(state: _State) -> None:
    """Where a link leads, when its words do not say so (RFC 3986 appendix C: in angle brackets)."""
    href, state.href = state.href, ""
    if not href:
        return
    label = "".join(state.label).translate(_NO_MARKS)
    lower = href.lower()
    if lower.startswith("mailto:"):
        href = href[7:].partition("?")[0]
        shown = bool(href) and href.lower() not in label.lower()
    else:
        shown = lower.startswith(_SHOWN_SCHEMES) and _bare(label) != _bare(href)
    if shown:
        state.links += 1
        if state.page.line and not state.page.wanted:
            state.page.gap = state.page.gap or " "
        _write(state, f"<{href}>")


def _bare(address: str) -> str:
    return _SAME.sub("", "".join(address.split())).lower()
