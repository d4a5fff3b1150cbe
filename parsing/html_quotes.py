"""Where mail programs say in HTML "here begins what I quote": marked before the HTML becomes text.

The marks are two characters that no text can hold (`clean_text` removes them): QUOTE_OPEN before and QUOTE_CLOSE after
what is quoted.
"""

from __future__ import annotations

import re

QUOTE_OPEN = "\ufdd0"
QUOTE_CLOSE = "\ufdd1"

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})\b([^<>]*)>")
# what each program puts around a quotation: (tag, what stands in its attributes, does it last to the end of the mail)
_MARKS = (
    ("blockquote", re.compile(r"type\s*=\s*[\"']?cite", re.I), False),  # Apple Mail, Thunderbird
    ("blockquote", re.compile(r"gmail_quote", re.I), False),
    ("div", re.compile(r"gmail_quote|gmail_attr\b|moz-cite-prefix", re.I), False),
    ("div", re.compile(r"yahoo_quoted|protonmail_quote|zmail_extra", re.I), False),
    ("div", re.compile(r"id\s*=\s*[\"']?(?:divRplyFwdMsg|x_divRplyFwdMsg|mail-editor-reference-message)", re.I), True),
    ("div", re.compile(r"border:\s*none;\s*border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)", re.I), True),  # Outlook
    ("div", re.compile(r"id\s*=\s*[\"']?appendonsend", re.I), True),
    ("span", re.compile(r"id\s*=\s*[\"']?OLK_SRC_BODY_SECTION", re.I), True),  # Outlook for Mac
)
_MARKED_TAGS = frozenset(tag for tag, _, _ in _MARKS)


def mark_quotes(source: str) -> str:
    """The same HTML with the marks inside the elements that mail programs quote with. Linear."""
    out: list[str] = []
    stack: list[tuple[str, bool]] = []
    end = 0
    for tag in TAG.finditer(source):
        name = tag.group(2).lower()
        if name not in _MARKED_TAGS:
            continue
        if tag.group(1):
            out += [source[end : tag.start()], QUOTE_CLOSE * _closes(stack, name)]
            end = tag.start()
        elif not tag.group(3).endswith("/"):
            quoted, lasting = _opens(name, tag.group(3))
            if quoted:
                out += [source[end : tag.end()], QUOTE_OPEN]
                end = tag.end()
            stack.append((name, quoted and not lasting))
    return "".join([*out, source[end:]])


def _opens(name: str, attributes: str) -> tuple[bool, bool]:
    if not attributes or "=" not in attributes:
        return False, False
    for tag, pattern, lasting in _MARKS:
        if tag == name and pattern.search(attributes):
            return True, lasting
    return False, False


def _closes(stack: list[tuple[str, bool]], name: str) -> int:
    """Takes the element that `</name>` closes off the stack; how many quotations end here."""
    for back in range(1, min(len(stack), 8) + 1):
        if stack[-back][0] == name:
            closed = stack[-back:]
            del stack[-back:]
            return sum(quoted for _, quoted in closed)
    return 0
