"""Quoting against any lines whatever: nothing is lost, nothing private becomes new, nothing runs away."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsing.html_quotes import MARKS
from parsing.limits import Limits
from parsing.quoting import split_text
from rules.relay import own_words
from tests.parsing.closing_lines import CLOSINGS, NOTICES, SENT_FROM
from tests.parsing.header_lines import FORWARDS, LABELS, ORIGINALS, VALUES
from tests.parsing.quotation_lines import ATTRIBUTIONS, PROSE, WEAK
from tests.parsing.quoting_fragments import FRAGMENTS

BLOCK = "\n".join(f"{label} {value}" for label, value in zip(LABELS["English"], VALUES, strict=True))
ANNOUNCED = [
    *(line for lines in ATTRIBUTIONS.values() for line in lines),
    *(*ORIGINALS, *FORWARDS[:1], BLOCK, f"________________________________\n{BLOCK}"),
    *("Ann Example (not verified) wrote at 2026-11-20 10:00:", "--- not for the customer [tkt-private ab] ---"),
]
LINES = [
    *("> q", ">", "", "> > a", "\uff1e b", "answer", ":", "wrote:", "From: a", "Sent: b", "To: c", "Subject: d"),
    *(
        "[tkt-private]",
        "#close",
        "____________",
        "\ufdd0",
        "\ufdd1",
        "\ufdd2",
        "\ufdd3",
        "\ufdd0answer\ufdd1",
        "\u200e",
    ),
    *(*WEAK, *PROSE, *ORIGINALS[:3], *FORWARDS[:3], *SENT_FROM[:5], *CLOSINGS, *NOTICES),
    *(lines[0] for lines in ATTRIBUTIONS.values()),
]


@given(st.lists(st.sampled_from(LINES), max_size=40).map("\n".join), st.booleans())
@settings(max_examples=400, deadline=None)
def test_spans_are_the_text(text: str, forwarded: bool) -> None:
    """Whatever the lines are, the spans joined are the text, and nothing below our marker is to be read."""
    plain, spans = split_text(text, forwarded=forwarded)

    assert "".join(span.text for span in spans) == plain
    assert plain.split() == MARKS.sub("", text).split()
    assert {span.kind for span in spans} <= {"new", "answered", "forward", "quote", "signature", "marker"}
    told = "".join(span.text for span in spans if span.kind != "marker")
    assert "[tkt-private" not in told
    assert told.count("answer") <= plain.partition("[tkt-private")[0].count("answer")


@given(st.sampled_from(ANNOUNCED), st.lists(st.sampled_from([*LINES, "secret"]), max_size=20), st.booleans())
@settings(max_examples=400, deadline=None)
def test_what_stands_below_an_announced_quotation_is_never_relayed(
    announced: str, lines: list[str], forwarded: bool
) -> None:
    """Only what stands above the first quotation, forward or marker counts as an agent's words for the customer."""
    for words in ("Try again.\n\n", "Try again.\n\nBest regards,\nMarie\n\n", ""):
        _, spans = split_text("\n".join([words + announced, *lines, "secret"]), forwarded=forwarded)

        assert "secret" not in own_words(spans)[0]


N = 2**15


def cost(text: str) -> float:
    start = time.process_time()
    split_text(text)
    return time.process_time() - start


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=[repr(fragment[:24]) for fragment in FRAGMENTS])
def test_quoting_is_linear(fragment: str) -> None:
    """Four times the text costs nothing like sixteen times the time; `make fuzz` measures it closely."""
    once = min(cost(fragment * (N // len(fragment))) for _ in range(2))
    longer = min(cost(fragment * (4 * N // len(fragment))) for _ in range(2))

    assert longer < 8 * once + 0.3


def test_the_longest_text_is_split_in_time() -> None:
    """A MiB of the costliest fragments takes a few seconds at most."""
    for fragment in ("<:\n", ">\na\n", "2026-01-01 10:00 " + "a" * 150 + ":\n"):
        assert cost(fragment * (2**20 // len(fragment))) < 6


def test_what_is_beyond_the_looks_stays_new() -> None:
    """So many lines are looked at as headers, and so many as attributions; then a quotation is shown."""
    limits = Limits(quotation_looks=3)
    line = "On 20 Nov 2026 at 10:00, Desk <support@desk.example> wrote:\n\nTry again?\n"

    assert split_text("a:\n\n" * 2 + line, limits=limits)[1][0].text == "a:\n\n" * 2
    assert split_text("a:\n\n" * 3 + line, limits=limits)[1][0].text == "a:\n\n" * 3 + line
