"""Every case of the hostile list, read by the real child: its outcome, its time, its memory.

The child is the one that the gateway kills when it must; here it must not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from parsing.codec import dump, frame, load, message_from_json, read_frame
from parsing.message import Message
from parsing.reader import attachment_bytes
from tests.parsing.hostile import Case, cases

SECONDS = 2.0
MEBIBYTES = 256


class Child:
    """The reading child, and what it has used so far."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "parsing"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.read(b"\n")  # what is imported at first use is no mail's cost

    def read(self, raw: bytes) -> Message:
        """The message in `raw`, by way of JSON."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(frame(dump({"op": "read"})) + frame(raw))
        self.process.stdin.flush()
        answer = read_frame(cast(BinaryIO, self.process.stdout))
        assert answer is not None, "the child has died"
        return message_from_json(load(answer))

    def seconds(self) -> float:
        """CPU seconds used until now."""
        fields = self._told("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def mebibytes(self) -> float:
        """The most memory that it has ever had."""
        return next(int(line.split()[1]) for line in self._told("status").splitlines() if "VmHWM" in line) / 1024

    def _told(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text()


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with (started := Child()).process as process:
        yield started
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.parametrize("make", cases().values(), ids=cases().keys())
def test_hostile_mail_has_the_outcome_of_the_list(make: Callable[[], Case], child: Child) -> None:
    """Within 2 s of CPU and 256 MiB there is a message: its words kept, its files named, and nothing done."""
    case = make()
    before = child.seconds()
    message = child.read(case.raw)

    assert child.seconds() - before < SECONDS
    assert child.mebibytes() < MEBIBYTES
    assert "".join(span.text for span in message.spans) == message.text
    assert "\0" not in message.text
    assert case.words in message.text
    assert not case.never or case.never not in message.text
    assert case.files is None or tuple(a.filename for a in message.attachments) == case.files
    assert not case.defect or any(case.defect in f"{d.where} {d.what}" for d in message.defects), message.defects
    assert case.check(message)
    for attachment in message.attachments[:3]:
        told, data = attachment_bytes(case.raw, attachment.index)
        assert (told, len(data)) == (attachment, attachment.size)
