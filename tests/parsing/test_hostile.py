"""Hostile bytes: nothing raises, nothing runs away, no word is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsing.charsets import clean_text
from parsing.html import html_to_text
from parsing.limits import Limits
from parsing.reader import read, unreadable
from tests.parsing import golden

SEEDS = [
    *(mail.raw for mail in golden.REPLIES.values()),
    *golden.FORWARDS.values(),
    golden.DSN.format(copy="message/rfc822", rest="x").encode(),
]


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=6)), max_size=6))
@settings(max_examples=400, deadline=None)
def test_mutants_are_read(seed: bytes, changes: list[tuple[int, bytes]]) -> None:
    """A golden mail with bytes overwritten anywhere is still a message whose spans are its text."""
    raw = bytearray(seed)
    for at, what in changes:
        raw[at % len(raw) : at % len(raw) + len(what)] = what
    message = read(bytes(raw))

    assert "".join(span.text for span in message.spans) == message.text
    assert message.text == clean_text(message.text)
    unreadable(bytes(raw), why="test")


@given(st.binary(max_size=300))
@example(b"From: =?utf-8?b?a?= <a@b.c>")
@example(b"Subject: =?a\0b?q?x?=")
@example(b"Message-ID: <>\n\n")
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read(raw: bytes) -> None:
    """Bytes that are no mail at all are a message, too."""
    assert read(raw).size == len(raw)


PAGES = {
    "div": "<div>" * 90_000 + "the words",
    "lists": "<ul><li>" * 50_000 + "the words",
    "comments": "<!--" * 100_000 + "the words",
    "open tags": "<div " * 100_000 + "the words",
    "numbers": "&#" + "9" * 100_000 + "; the words",
    "large": "<p>the words</p>" * 200_000,
    "declared": '<?xml version="1.0" encoding="utf-16"?><p>the words</p>',
    "script": "<script>" * 1000 + "</script>the words",
    "a lone surrogate": clean_text("\ud800<p>the words</p>"),
}


@pytest.mark.parametrize("name", PAGES)
def test_hostile_html_keeps_its_words(name: str) -> None:
    """HTML that no tree could hold is read in one pass, in linear time."""
    start = time.process_time()

    assert "the words" in html_to_text(PAGES[name], Limits())
    assert time.process_time() - start < 4


def test_what_is_too_long_is_attached_whole() -> None:
    """Text beyond the limit is cut with a defect, and the part is an attachment, so that nothing is lost."""
    message = read(b"\n" + b"0123456789" * 200, Limits(text=1000))

    assert (len(message.text), message.attachments[0].size) == (1000, 2000)
    assert [defect.where for defect in message.defects] == ["From", "text"]


def test_limits_hold() -> None:
    """Attachments and parts beyond their number are told in a defect; the text is still there."""
    part = "--b\nContent-Type: image/png; name=x.png\n\nx\n"
    raw = f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nthe words\n{part * 9}--b--\n".encode()
    message = read(raw, Limits(attachments=8))

    assert (message.text, len(message.attachments)) == ("the words", 8)
    assert "attachments" in [defect.where for defect in message.defects]
    assert len(read(raw, Limits(attachments=9)).defects) == 1
