"""HTML cut into text and tags, in linear time, however broken it is.

No tree is built, so nothing can be nested too deep. Comments, declarations and the elements that nobody reads (script,
style, title, Outlook's <xml>) are left out; one that is never closed is taken for words, so that nothing is lost.
Downlevel conditional comments fall out of the same rule (Microsoft's): <!--[if mso]> … <![endif]--> is a
comment, <!--[if !mso]><!--> … <!--<![endif]--> are two around text that is meant to be read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

Token = tuple[str, str, bool, str]  # text before, name in lower case ("" at the end), is it a closing tag, attributes

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,30})([^<>]*)>")
_UNREAD = frozenset("script style title xml template".split())
_BROKEN_TAGS = 1000  # so often a > or < inside a quoted attribute is looked for
_ATTRIBUTE = 8192  # characters within which its quote must close
_DECLARATION = re.compile(r"<[!?/][\[a-zA-Z]")
_NUMBER = re.compile(r"&#(?:x[0-9a-f]{7,}|[0-9]{8,});?", re.I)


def tokens(source: str) -> Iterator[Token]:
    """The text and tags of `source`, in order; the last one has no name."""
    out: list[str] = []
    at, length, broken = 0, len(source), 0
    never: set[str] = set()
    while (start := source.find("<", at)) >= 0:
        out.append(source[at:start])
        found = _TAG.match(source, start)
        if found is None and broken < _BROKEN_TAGS and source[start + 1 : start + 2].isalpha():
            broken += 1
            found = _quoted_tag(source, start)
        elif found is not None and found.group(3).count('"') % 2 and broken < _BROKEN_TAGS:
            broken += 1
            found = _quoted_tag(source, start) or found
        if found is None:
            words, at = _no_tag(source, start, never)
            out.append(words)
            continue
        at = found.end()
        name = found.group(2).lower()
        if name in _UNREAD and not found.group(1):
            at = _after(source, name, at, never)
            continue
        yield "".join(out), name, bool(found.group(1)), found.group(3)
        out = []
    yield "".join([*out, source[at:length]]), "", False, ""


_QUOTED_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,30})([^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*)>")


def _quoted_tag(source: str, start: int) -> re.Match[str] | None:
    """A tag with < or > in a quoted attribute."""
    return _QUOTED_TAG.match(source, start, start + _ATTRIBUTE)


def _no_tag(source: str, start: int, never: set[str]) -> tuple[str, int]:
    """What a < that begins no tag stands for, and where the source goes on: comments and declarations for nothing."""
    if source.startswith("<!--", start):
        end = _find(source, "-->", start + 2, never)
    elif source.startswith("<![CDATA[", start):
        end = _find(source, "]]>", start, never)
        if end >= 0:
            return source[start + 9 : end - 3], end
    elif _DECLARATION.match(source, start):
        end = _find(source, ">", start, never)
    else:
        end = -1  # a < of the text, or </3
    return ("", end) if end >= 0 else ("<", start + 1)


def _find(source: str, what: str, start: int, never: set[str]) -> int:
    if what in never:
        return -1
    found = source.find(what, start)
    if found < 0:
        never.add(what)
        return -1
    return found + len(what)


def _after(source: str, name: str, at: int, never: set[str]) -> int:
    """Where the text goes on behind an element that is not read; `at` itself when it is never closed."""
    if name in never:
        return at
    close = re.compile(f"</{name}", re.I).search(source, at)
    if close is None:
        never.add(name)
        return at
    end = source.find(">", close.end())
    return end + 1 if end >= 0 else len(source)


def attribute(attributes: str, name: str) -> str:
    """The value of an attribute, entities resolved; "" when it is not there or empty."""
    found = _ATTRIBUTES[name].search(attributes) if name in attributes.lower() else None
    if found is None:
        return ""
    value = found.group(1) or found.group(2) or found.group(3) or ""
    return resolved(value).strip()


_ATTRIBUTES = {
    name: re.compile(rf"(?:^|[\s\"'/]){name}\s{{0,9}}=\s{{0,9}}(?:\"([^\"]*)\"?|'([^']*)'?|([^\s\"'>]+))", re.I)
    for name in ("href", "alt", "style", "class", "type", "start")
}


def resolved(text: str) -> str:
    """Entities as characters; a number that no character has is U+FFFD."""
    return html.unescape(_NUMBER.sub("\ufffd", text)) if "&" in text else text
