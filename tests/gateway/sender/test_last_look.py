"""What went wrong on the way to the outbox, or in an editor, does not leave: looked at behind the signature."""

import pytest

from gateway.last_look import flaw, has_long_line
from tests.gateway.letters import RAW, Outbox, Run, row
from tests.gateway.sender.fake_relay import FakeRelay

HEAD, _, BODY = RAW.partition(b"\r\n\r\n")
LONGEST = b"x" * 998
BAD = {
    "a Bcc": (RAW.replace(b"To: ", b"Bcc: eve@evil.example\r\nTo: "), "the field bcc"),
    "a second From": (b"From: eve@evil.example\r\n" + RAW, "the field from"),
    "no From": (RAW.replace(b"From: ", b"Reply-To: "), "there is no from"),
    "no Date": (RAW.replace(b"Date: ", b"Cc: "), "there is no date"),
    "somebody's field": (b"X-Spam: no\r\n" + RAW, "the field x-spam"),
    "8-bit text in the header": (RAW.replace(b"printer", "prüfung".encode()), "line 3"),
    "a bare LF": (RAW.replace(b"Hello,\r\n", b"Hello,\n"), "a line end that is not CRLF"),
    "a bare CR": (RAW.replace(b"Hello,", b"Hello\r,"), "a line end that is not CRLF"),
    "a NUL": (RAW.replace(b"Hello", b"He\0llo"), "it holds a NUL"),
    "a long line": (RAW + LONGEST + b"x\r\n", "longer than 998"),
    "no body": (HEAD + b"\r\n", "has no body"),
    "another encoded word": (RAW.replace(b"printer", b"=?us-ascii?q?Bcc:_x?="), "an encoded word"),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_not_sound_never_leaves(name: str, run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """The mail is given up with its reason, whoever waits for it is told, and the next one goes out."""
    raw, words = BAD[name]
    outbox.due = [row(1, raw=raw), row(2)]
    run()
    marks = await outbox.marked(2)

    assert (marks[1].state, marks[1].status) == ("never", "5.6.0")
    assert words in marks[1].reply
    assert outbox.returned == [(1, marks[1].reply)]
    assert [letter.serial for letter in relay.sent] == ["serial2"]


async def test_what_the_signer_did_is_looked_at_too(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """The look is the last thing before the relay: a signature that breaks a line is no exception."""
    outbox.due = [row(1)]
    run(sign=lambda raw: b"DKIM-Signature: a\r\nb\r\n" + raw)

    assert (await outbox.marked(1))[1].state == "never"
    assert relay.sent == []


@pytest.mark.parametrize(("longest", "too_long"), [(997, False), (998, False), (999, True), (5000, True)])
@pytest.mark.parametrize("before", [0, 1, 10, 996, 997, 998])
def test_a_line_is_found_wherever_it_stands(longest: int, before: int, too_long: bool) -> None:
    """At the beginning, the end and in between: 998 octets fit, one more does not."""
    line = b"x" * longest
    for raw in (
        line + b"\r\n",
        b"y" * before + b"\r\n" + line + b"\r\n",
        line + b"\r\n" + b"y" * before + b"\r\n",
        line,
    ):
        assert has_long_line(raw) is too_long
    assert (flaw(RAW + line + b"\r\n") != "") is too_long
