"""The HTML twin of a notice's text: paragraphs, quoted and indented blocks, links, and nothing else.

Deterministic, so that one file is one notice. Every character of the text is data: it is escaped here, whoever
wrote it, and only what the text shows can be a link (http and https, the shown address is the target).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

LINK = re.compile(r"https?://[^\s<>\"'`\\]+")
TRAILING = ".,;:!?)]"
BLANKS = re.compile(r"^ +|  +", re.MULTILINE)
INDENT = "    "
REFERENCE = re.compile(r"\[tkt-ref [a-z2-7]{42}\]")  # for a machine; a person need not look at it

PAGE = (
    '<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8"></head>\n'
    '<body style="font-family: sans-serif; font-size: 1em; line-height: 1.4">\n{blocks}\n</body>\n</html>\n'
)
BAR = "margin: 0 0 0 0.8ex; border-left: 2px solid #cccccc; padding-left: 1ex"
QUOTE = f'<blockquote style="{BAR}">\n{{inside}}\n</blockquote>'
BLOCK = '<div style="margin-left: 2em">\n{inside}\n</div>'


def page(text: str, *, language: str) -> str:
    """A whole HTML document for `text` (LF line ends)."""
    return PAGE.format(language=language, blocks="\n".join(blocks(text)))


def blocks(text: str) -> Iterator[str]:
    """Runs of lines of one kind, each as its element."""
    for kind, lines in groupby(marked(text.split("\n")), key=lambda pair: pair[0]):
        inside = "\n".join(paragraphs("\n".join(line for _, line in lines)))
        if not inside:
            continue
        yield {"quote": QUOTE, "indent": BLOCK, "plain": "{inside}"}[kind].format(inside=inside)


def marked(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each line with its kind, its mark taken off; an empty line belongs to the block above it."""
    kind = "plain"
    for line in lines:
        if line.startswith(">"):
            kind, line = "quote", line[1:].removeprefix(" ")
        elif line.startswith(INDENT):
            kind, line = "indent", line[len(INDENT) :]
        elif line.strip():
            kind = "plain"
        yield kind, line


def paragraphs(text: str) -> Iterator[str]:
    """`<p>` for each run of lines without an empty one."""
    for paragraph in re.split(r"\n[ \t]*(?:\n[ \t]*)*\n", text.strip("\n")):
        if REFERENCE.fullmatch(paragraph):
            yield f'<p class="tkt-ref" style="color: #999999; font-size: 70%">{paragraph}</p>'
        elif paragraph.strip():
            yield f"<p>{inline(paragraph)}</p>"


def inline(text: str) -> str:
    """Escaped text with links, line ends and runs of blanks kept."""
    pieces, at = [], 0
    for found in LINK.finditer(text):
        target = found.group().rstrip(TRAILING)
        pieces += [plain(text[at : found.start()]), f'<a href="{escape(target)}">{escape(target)}</a>']
        at = found.start() + len(target)
    return "".join([*pieces, plain(text[at:])])


def plain(text: str) -> str:
    """Escaped text whose line ends and runs of blanks are seen."""
    escaped = escape(text, quote=False)
    if "  " in escaped or "\n " in escaped or escaped.startswith(" "):
        escaped = BLANKS.sub(lambda run: "&nbsp;" * len(run.group()), escaped)
    return escaped.replace("\n", "<br>\n")
