"""A Message goes through JSON and comes out equal."""

from __future__ import annotations

import io
import json

import pytest

from parsing.codec import dump, frame, load, message_from_json, message_to_json, read_frame
from parsing.message import Message
from parsing.reader import read, unreadable
from tests.parsing import golden

MAILS = [
    *(mail.raw for mail in golden.REPLIES.values()),
    *golden.FORWARDS.values(),
    golden.DSN.format(copy="message/rfc822", rest="x").encode(),
    b"",
]


@pytest.mark.parametrize("raw", MAILS, ids=range(len(MAILS)))
def test_round_trip(raw: bytes) -> None:
    """Equal after dump and load, whether it was read or only scanned."""
    for message in (read(raw), unreadable(raw, why="x"), Message(text="no spans")):
        assert message_from_json(json.loads(dump(message_to_json(message)))) == message


def test_every_field_travels() -> None:
    """A field added to Message can not be forgotten here."""
    assert set(message_to_json(Message())) == set(Message.__dataclass_fields__)


def test_frames() -> None:
    """Frames come back whole, and a stream that ends within one is an end."""
    stream = frame(b"") + frame(b"two")

    assert [read_frame(source) for source in [io.BytesIO(stream)] for _ in range(3)] == [b"", b"two", None]
    assert read_frame(io.BytesIO(frame(b"cut")[:-1])) is None
    with pytest.raises(ValueError):
        load(b"[]")
