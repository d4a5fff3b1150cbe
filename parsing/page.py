"""A page of plain text as it is written: lines, blank lines, quotation levels and lists.

What asks for a break or a blank line (the end of a paragraph) is remembered until the next word comes, so that ends and
beginnings that meet make one. Every line costs a bounded prefix: beyond some levels nothing is indented any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_DEEPEST = 12
_BLANKS = re.compile(r"[ \t\n]+")
_FILLER = re.compile("[\u200b\u034f\xad\ufeff]|(?:\u200c[ \xa0]?){2,}")  # what pads the preview of a mail


@dataclass
class Page:
    """`lines` are whole, `line` is being written; `marks` are characters that take no room."""

    marks: str
    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    level: int = 0
    indents: list[int] = field(default_factory=list)
    bullet: str = ""
    before: str = ""  # marks that must stand before the next word
    wanted: int = 0  # 1: a new line, 2: and a blank one above it
    gap: str = ""  # what parts the next word from the last one
    level_of_line: int = 0
    level_above: int = 0

    def want(self, breaks: int) -> None:
        """The next word stands on a line of its own, or below a blank line."""
        self.wanted = max(self.wanted, breaks)

    def mark(self, mark: str) -> None:
        """A character without width, where the next word begins or the last one ended."""
        if self.line and not self.wanted:
            self.line.append(mark)
        else:
            self.before += mark

    def write(self, text: str) -> None:
        """Words in which blanks and line ends mean one blank."""
        text = _BLANKS.sub(" ", _FILLER.sub("", text) if not text.isascii() else text)
        bare = text.lstrip(" ")
        if not bare:
            if text and self.line and not self.gap:
                self.gap = " "
            return
        self._begin()
        if self.line:
            self.line.append(self.gap or (" " if bare is not text and len(bare) != len(text) else ""))
        self.gap = " " if bare[-1] == " " else ""
        self.line.append(bare.rstrip(" ").replace("\xa0", " "))

    def write_as_is(self, text: str) -> None:
        """Words whose blanks and line ends stay."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.end_line()
            if line:
                self._begin()
                self.line.append(self.gap + line.replace("\xa0", " "))
                self.gap = ""

    def _begin(self) -> None:
        """The breaks that were asked for, and what stands in front of the first word of a line."""
        if self.wanted:
            if self.line:
                self._flush()
            if self.wanted > 1 and self.lines and self.lines[-1].strip(self.marks + "> "):
                self.lines.append(">" * min(self.level, self.level_above, _DEEPEST))
            self.wanted = 0
        if not self.line:
            self.gap = ""
            self.level_of_line = self.level
            quote = ">" * min(self.level, _DEEPEST)
            indent = sum(self.indents[:_DEEPEST]) - (len(self.bullet) if len(self.indents) <= _DEEPEST else 0)
            self.line.append(self.before + quote + " " * bool(quote) + " " * max(0, indent) + self.bullet)
            self.before = self.bullet = ""
        elif self.before:
            self.line.append(self.before)
            self.before = ""

    def _flush(self) -> None:
        self.lines.append("".join(self.line).rstrip(" \t"))
        self.line, self.gap = [], ""
        self.level_above = self.level_of_line

    def end_line(self) -> None:
        """A line end that counts: on an empty line it leaves a blank one."""
        if self.line and self.wanted < 1:
            self._flush()
            return
        if self.line:
            self._flush()
        if self.wanted > 1 and self.lines and self.lines[-1]:
            self.lines.append(">" * min(self.level, self.level_above, _DEEPEST))
        self.wanted = 0
        self.lines.append(">" * min(self.level, _DEEPEST))

    def text(self) -> str:
        """The page, without blank lines above and below."""
        if self.line:
            self._flush()
        lines = self.lines
        if self.before:
            lines = [*lines[:-1], (lines[-1] if lines else "") + self.before]
        return re.sub("\n{4,}", "\n\n\n", "\n".join(lines).strip("\n"))
