"""Properties of every well-formed mail, over generated trees of parts."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsing.codec import dump, message_from_json, message_to_json
from parsing.reader import attachment_bytes, read
from tests.parsing.trees import TREES, Part, large_texts

HEAD = b"From: ann@example.org\nSubject: x\nMIME-Version: 1.0\n"


@given(TREES, st.booleans())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_in_a_mail_is_lost(tree: Part, crlf: bool) -> None:
    """Each word of each text part stands in the text, each file is there by name, and its bytes come back by index."""
    raw = HEAD + tree.raw
    message = read(raw.replace(b"\n", b"\r\n") if crlf else raw)
    plain = " ".join(message.text.split())

    assert [word for word in tree.words if word not in plain] == []
    assert "secret" not in plain
    assert "".join(span.text for span in message.spans) == message.text
    assert sorted(a.filename for a in message.attachments) == sorted(safe(name) for name, _ in tree.files)
    found = [attachment_bytes(raw, attachment.index) for attachment in message.attachments]
    assert sorted(data for _, data in found) == sorted(data for _, data in tree.files)
    assert [told.filename for told, _ in found] == [attachment.filename for attachment in message.attachments]


def safe(name: str) -> str:
    """What is made of a harmless name: blanks are one blank."""
    return " ".join(name.split()).replace('"', "_")


@given(TREES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_message_survives_its_codec(tree: Part) -> None:
    """The message that the child tells is the message that it read."""
    message = read(HEAD + tree.raw)

    assert message_from_json(json.loads(dump(message_to_json(message)))) == message


@given(large_texts(), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_word_of_64_kib_is_read(part: Part, crlf: bool) -> None:
    """A text part of 64 KiB is read to its last word: in every charset and transfer encoding, flowed, and as HTML."""
    raw = HEAD + part.raw
    message = read(raw.replace(b"\n", b"\r\n") if crlf else raw)

    assert tuple(message.text.split()) == part.words
    assert "".join(span.text for span in message.spans) == message.text
