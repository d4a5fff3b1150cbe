"""Delivery reports that somebody wrote to do harm: nothing raises, and nothing takes long."""

import random
import time
from pathlib import Path

import pytest

from parsing.limits import Limits
from parsing.message import Kind
from parsing.reader import read
from parsing.report_words import WORDS, words_reason

FOLDER = Path(__file__).resolve().parent.parent / "mail" / "reports"
HEAD = b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n"

BODIES = {
    "recipients that repeat": "<a@b.example>:\nuser mailbox address host domain\n" * 5_000,
    "recipients that never end": "".join(f"<a{n}@b.example>: {'user mailbox address ' * 40}\n" for n in range(2_000)),
    "half addresses": ("x" * 900 + "@\n") * 500,
    "ats": "a@" * 200_000,
    "brackets": "<" * 300_000,
    "keywords": "recipient: rcpt to: unable to deliver message to " * 5_000,
    "replies": "550 user 5.7.1 " * 20_000,
    "marks of a copy": (" " * 80 + "original message " * 40 + "\n") * 500,
    "rules": ("-" * 80 + "\n") * 3_000,
    "fields": "Final-Recipient: rfc822; a@b.example\n" * 10_000,
    "X.400": ("; smtp=" * 140 + "\n") * 500,
    "ids": "Message-ID: <" * 20_000,
}


@pytest.mark.parametrize("name", BODIES)
def test_no_report_takes_long(name: str) -> None:
    """What almost matches, many times over, is read within a second and stays within the limits."""
    start = time.process_time()
    message = read(HEAD + BODIES[name].encode())

    assert time.process_time() - start < 2
    assert message.kind is Kind.BOUNCE
    assert 1 <= len(message.reports) <= Limits().reports


@pytest.mark.parametrize("text", ["user mailbox address host domain server sender ", "a ", "quota exceed ", "not " * 9])
def test_no_words_take_long(text: str) -> None:
    """Of any text only the beginning is looked at, and each row once."""
    start = time.process_time()
    words_reason(text * 100_000)

    assert time.process_time() - start < 2


def test_damaged_reports_are_read() -> None:
    """Bytes cut out, doubled and changed in every golden report: none raises, and each field is text of one line."""
    chance = random.Random(3464)
    for path in sorted(FOLDER.iterdir()):
        raw = bytearray(path.read_bytes())
        for _ in range(6):
            at, length = chance.randrange(len(raw)), chance.randrange(1, 40)
            raw[at : at + length] = chance.choice((b"", bytes(raw[at : at + length]) * 2, b"\xff\x00<@>:\n"))
            message = read(bytes(raw))
            assert not [defect for defect in message.defects if "while reading" in defect.what]
            for report in message.reports:
                assert "\n" not in f"{report.recipient}{report.status}{report.diagnostic}"
                assert len(report.recipient) <= 320
                assert len(report.diagnostic) <= 500


def test_every_row_of_words_is_bounded() -> None:
    """No pattern holds an unbounded repetition: they are tried on what a stranger wrote."""
    unbounded = [reason for reason, pattern in WORDS if "*" in pattern.pattern or "+" in pattern.pattern]

    assert unbounded == []
