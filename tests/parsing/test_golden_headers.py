"""The golden headers: what real programs write, read as it was meant, with LF and with CRLF."""

from __future__ import annotations

from typing import Any

import pytest

from parsing.message import Message
from parsing.reader import read
from tests.parsing.golden_headers import JUNK, LISTS, OTHERS, SENDERS, SUBJECTS

ENDS = pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])


def message(raw: bytes, end: bytes) -> Message:
    return read(raw.replace(b"\n", end))


@ENDS
@pytest.mark.parametrize("name", SUBJECTS)
def test_subjects(name: str, end: bytes) -> None:
    """A subject is read as it was meant, however its words were encoded, cut, mislabelled or not encoded at all."""
    raw, expected = SUBJECTS[name]

    assert message(raw + b"\nx\n", end).subject == expected


@ENDS
@pytest.mark.parametrize("name", SENDERS)
def test_senders(name: str, end: bytes) -> None:
    """The sender is one mailbox or nobody; the author is what a forgiving reader sees, in both cases."""
    said, proven, address, shown = SENDERS[name]
    raw = b"From: " + (said.encode() if isinstance(said, str) else said) + b"\nSubject: x\n\nx\n"
    found = message(raw, end)

    assert (found.sender.address if found.sender else None) == proven
    assert found.author is not None
    assert (found.author.address, found.author.name) == (address, shown)


@ENDS
@pytest.mark.parametrize("name", LISTS)
def test_lists(name: str, end: bytes) -> None:
    """Recipients are found in every way that people part them."""
    said, expected = LISTS[name]
    found = message(f"From: a@x.example\nTo: {said}\n\nx\n".encode(), end)

    assert [(one.address, one.name) for one in found.to] == [(f"{local}@x.example", name) for local, name in expected]


@ENDS
@pytest.mark.parametrize("name", OTHERS)
def test_other_fields(name: str, end: bytes) -> None:
    """Ids and recipients are found in every form."""
    raw, expected = OTHERS[name]
    found = message(raw + b"\nx\n", end)

    assert {key: plain(getattr(found, key)) for key in expected} == expected


@ENDS
@pytest.mark.parametrize("name", JUNK)
def test_junk(name: str, end: bytes) -> None:
    """A line that is no field costs one line, not the header; what is behind the header's end is text."""
    raw, expected = JUNK[name]
    found = message(raw, end)

    assert {key: plain(getattr(found, key)) for key in expected} == expected


def plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return value.address if hasattr(value, "address") else value


def test_what_was_mended_is_said() -> None:
    """Doubled fields, junk, text encoded twice and dates that are none are told as defects."""
    raw = (
        b"From: ann@example.org\nSubject: Gr\xc3\x83\xc2\xbc\xc3\x83\xc5\xb8e\nSubject: b\nTo: a@x\nTo: b@x\n"
        b"no field\nX-A: b\nDate: soon\n\nx\n"
    )

    assert [(one.where, one.what, one.mended) for one in read(raw).defects] == [
        ("header", "no field: no field", "passed over"),
        ("Subject", "2 fields", "the first one counts"),
        ("To", "2 fields", "all of them are read"),
        ("Subject", "encoded twice", "decoded once more"),
        ("Date", "no date", "the time of arrival counts"),
    ]
