"""The syntax of `#word …` lines at the top of an agent's mail. What the words mean is the rules' matter.

Exact ASCII: a character that only looks like `#` makes no command. It still counts for `stray`, for whoever typed it
meant one, and such a text must not be relayed to a customer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsing.limits import Limits

_COMMAND = re.compile(r"#[A-Za-z]")
# a bullet, a bold mark, a character without width in front of it: whoever typed that meant a command all the same
_STRAY = re.compile(r"[\W_]{0,12}[#\uff03\ufe5f\u266f\u2317\u22d5][\W_]{0,2}[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Command:
    """One line: its number from 1, the whole of it, `word` without the sign as typed, and what follows the word."""

    line: int
    text: str
    word: str
    argument: str


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands, the text below them, and why they may not be obeyed ("" = they may)."""

    commands: tuple[Command, ...]
    rest: str
    problem: str = ""


def split_commands(text: str, limits: Limits = Limits()) -> Commands:  # noqa: B008 - frozen
    """The first contiguous lines that begin with `#` and an ASCII letter; blank lines may stand above them."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    last = first
    while last < len(lines) and _COMMAND.match(lines[last]):
        last += 1
    if last == first:
        return Commands((), text)
    found = tuple(_command(i + 1, lines[i]) for i in range(first, min(last, first + limits.command_lines)))
    return Commands(found, "\n".join(lines[last:]), _problem(lines, first, last, limits))


def _command(number: int, line: str) -> Command:
    text = line.strip()
    word, _, argument = text[1:].partition(" ")
    if "\t" in word:
        word, _, argument = text[1:].partition("\t")
    return Command(number, text, word, argument.strip())


def _problem(lines: list[str], first: int, last: int, limits: Limits) -> str:
    if last - first > limits.command_lines:
        return f"there are {last - first} command lines, and at most {limits.command_lines} are read"
    long = next((i for i in range(first, last) if len(lines[i].rstrip()) > limits.command_chars), None)
    return "" if long is None else f"line {long + 1} is longer than {limits.command_chars} characters"


def stray(rest: str) -> tuple[Command, ...]:
    """Every later line that looks like a command (at most 10): a text with one in it is not relayed."""
    found: list[Command] = []
    for number, line in enumerate(rest.split("\n"), start=1):
        if _STRAY.match(line[:200]):
            found.append(_command(number, line[:200]))
            if len(found) == 10:
                break
    return tuple(found)
