"""The syntax of `#word` lines."""

from __future__ import annotations

import pytest

from parsing.commands import Command, split_commands, stray


def test_first_lines_are_commands() -> None:
    """The first contiguous lines count, with blank lines above; the text below is left as it is."""
    found = split_commands("\n \n#priority  P1 \n#Note a  b\n\nText\n#later\n")

    assert found.commands == (Command(3, "#priority  P1", "priority", "P1"), Command(4, "#Note a  b", "Note", "a  b"))
    assert (found.rest, found.problem) == ("\nText\n#later\n", "")


@pytest.mark.parametrize(
    "text", ["", "Hello\n#close", "# close", "#1 is broken", "\uff03close", " #close", "#\u00e9t\u00e9", "##x"]
)
def test_what_is_no_command(text: str) -> None:
    """Text before, look-alikes, numbers and headings are text, unchanged."""
    assert split_commands(text).commands == ()
    assert split_commands(text).rest == text


def test_limits_of_commands() -> None:
    """Ten lines of two hundred characters; one more of either is a problem told in words."""
    assert split_commands("#a\n" * 10).problem == ""
    assert "11" in split_commands("#a\n" * 11).problem
    assert split_commands("#" + "a" * 199).problem == ""
    assert "line 1" in split_commands("#" + "a" * 200).problem


def test_stray_commands() -> None:
    """Later lines that look like commands are found, look-alikes too: such a text must not reach a customer."""
    found = stray("Hello\n#note secret\n  #close\n\uff03note x\n#1 on the list\n# heading\n")

    assert [command.line for command in found] == [2, 3, 4, 6]
    assert found[0].word == "note"
    assert stray("Ticket #42 and C# are fine\n") == ()
