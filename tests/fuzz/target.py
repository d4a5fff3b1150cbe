"""The coverage-guided run (atheris): any bytes are a message, and what is promised of every message holds."""

from __future__ import annotations

import json
import logging
import sys

import atheris

with atheris.instrument_imports(include=["parsing"]):
    from parsing.codec import dump, message_from_json, message_to_json
    from parsing.reader import attachment_bytes, read, unreadable


def one_mail(data: bytes) -> None:
    """The promises of `read`: no exception, spans that are the text, files that come back, an exact codec."""
    message = read(data)
    assert "".join(span.text for span in message.spans) == message.text
    assert "\0" not in message.text
    assert message_from_json(json.loads(dump(message_to_json(message)))) == message
    for attachment in message.attachments[:5]:
        told, found = attachment_bytes(data, attachment.index)
        assert told == attachment
        assert len(found) == attachment.size
    unreadable(data, why="fuzz")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    atheris.Setup(sys.argv, one_mail)
    atheris.Fuzz()
