"""Between DATA and the dot: line ends, dots, sizes, loops."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import replies
from gateway.config import Smtp
from gateway.smtp_data import Intake, hops
from tests.gateway.smtp_talk import LIMITS, listening

LINES = st.lists(st.sampled_from([b"", b".", b"..", b".a", b"a", b"a.", b"abc" * 9]), max_size=8)


@given(lines=LINES, rest=st.sampled_from([b"", b"QUIT\r\n", b".\r\n", b"\r\n.\r\n"]), cuts=st.lists(st.integers(1, 9)))
def test_chunks_do_not_matter(lines: list[bytes], rest: bytes, cuts: list[int]) -> None:
    """However the network cuts the bytes, the message and what follows it come out the same (RFC 5321, 4.5.2)."""
    wire = b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines) + b".\r\n" + rest
    intake = Intake(size=10_000, line=1000)
    fed = 0
    for cut in [*cuts, *[1] * len(wire)]:
        if intake.done:
            break
        intake.feed(wire[fed : fed + cut])
        fed += cut

    assert intake.done
    assert intake.refused is None
    assert intake.message() == b"".join(line + b"\r\n" for line in lines)
    assert intake.rest + wire[fed:] == rest


@given(data=st.binary(max_size=60), cuts=st.lists(st.integers(1, 9)))
def test_what_is_kept_has_clean_line_ends(data: bytes, cuts: list[int]) -> None:
    """No bytes whatever get a bare CR or LF past the intake, and none but CR LF . CR LF ends it."""
    intake = Intake(size=10_000, line=1000)
    fed = 0
    for cut in [*cuts, *[5] * (len(data) + 3)]:
        if not intake.done:
            intake.feed((data + b"\r\n.\r\n")[fed : fed + cut])
            fed += cut

    assert intake.done
    if intake.refused is None:
        rest = intake.message().replace(b"\r\n", b"")
        assert b"\r" not in rest
        assert b"\n" not in rest
    else:
        assert intake.refused == replies.BARE_LINE_END


@pytest.mark.parametrize("content", [b"a: b\n\nc\n", b"a: b\r\rc\r", b"a: b\r\n\r\nc\nd\r\n", b"a: b\r\r\n\r\nc\r\n"])
async def test_bare_line_ends_are_refused(content: bytes) -> None:
    """LF only, CR only and mixed line ends are 550 5.5.2, and the next mail is served."""
    async with listening() as house:
        talk = await house.ready()
        await talk.begin()
        # the last line is ended properly, or the dot would not be one
        assert await talk.content(content + b"\r\n") == replies.BARE_LINE_END
        assert (await talk.mail(b"x\r\n"))[:3] == "250"

    assert [s.raw for s in house.got] == [b"x\r\n"]


async def test_an_empty_mail_is_a_mail() -> None:
    """A dot alone is accepted, as nothing, and so is one blank line."""
    async with listening() as house:
        talk = await house.ready()
        assert (await talk.mail(b""))[:3] == "250"
        assert (await talk.mail(b"\r\n"))[:3] == "250"

    assert [s.raw for s in house.got] == [b"", b"\r\n"]


@pytest.mark.parametrize(("length", "code"), [(999, "250"), (1000, "250"), (1001, "552"), (10_000, "552")])
async def test_a_mail_that_is_too_big_is_refused_after_the_dot(length: int, code: str) -> None:
    """The size counts at the dot whatever was announced, and the session stays in step (I09)."""
    async with listening(Smtp(listen=("127.0.0.1:0",), max_size=1000)) as house:
        talk = await house.ready()
        await talk.say("MAIL FROM:<a@b.c> SIZE=10")
        await talk.say("RCPT TO:<support@desk.test>")
        await talk.say("DATA")

        reply = await talk.content(b"x" * 500 + b"\r\n" + b"y" * (length - 504) + b"\r\n")

        assert reply[:3] == code
        assert reply == replies.TOO_BIG or code == "250"
        assert (await talk.mail(b"next\r\n"))[:3] == "250"
    assert house.got[-1].raw == b"next\r\n"


async def test_an_announced_size_is_refused_at_mail() -> None:
    """SIZE beyond the maximum is 552 5.3.4 before anything is sent (RFC 1870); the maximum itself is fine."""
    async with listening(Smtp(listen=("127.0.0.1:0",), max_size=1000)) as house:
        talk = await house.ready()
        assert await talk.say("MAIL FROM:<a@b.c> SIZE=1001") == replies.TOO_BIG
        assert await talk.say("MAIL FROM:<a@b.c> SIZE=1000") == replies.SENDER_OK


@pytest.mark.parametrize(("length", "code"), [(99, "250"), (100, "250"), (101, "550"), (500_000, "550")])
async def test_lines_have_a_length(length: int, code: str) -> None:
    """The longest line is a number of ours, counted without its line end; beyond it the session stays in step."""
    async with listening(limits=replace(LIMITS, line=100)) as house:
        talk = await house.ready()

        assert (await talk.mail(b"a\r\n" + b"x" * length + b"\r\nb\r\n"))[:3] == code
        assert (await talk.mail(b"next\r\n"))[:3] == "250"


async def test_lines_of_real_mail_fit() -> None:
    """A line of 65,536 and one of 300,000 bytes, which aiosmtpd alone refuses with 500, arrive whole."""
    content = b"x" * 65_536 + b"\r\n" + b"y" * 300_000 + b"\r\n"
    async with listening() as house:
        talk = await house.ready()
        assert (await talk.mail(content))[:3] == "250"

    assert house.got[0].raw == content


async def test_big_mail_arrives_whole() -> None:
    """Three MiB, far more than any buffer between, with dots in front of lines, come out byte for byte."""
    line = b".start " + bytes(range(32, 127)) + b"\r\n"
    async with listening() as house:
        talk = await house.ready()
        assert (await talk.mail((b"." + line) * 30_000))[:3] == "250"

    assert house.got[0].raw == line * 30_000


@pytest.mark.parametrize(("count", "code"), [(49, "250"), (50, "250"), (51, "554")])
async def test_a_loop_is_refused(count: int, code: str) -> None:
    """More than fifty Received fields are 554 5.4.6, in the header only."""
    async with listening() as house:
        talk = await house.ready()
        content = b"RECEIVED: by x\r\n" * count + b"\r\n" + b"Received: quoted\r\n" * 60

        reply = await talk.mail(content)

        assert reply[:3] == code
        assert reply == replies.LOOP or code == "250"


def test_hops_of_odd_headers() -> None:
    """Folded lines and other fields are no hops; a message without header has none."""
    assert hops(b"Received: a\r\n Received: b\r\nX-Received: c\r\n\r\n") == 1
    assert hops(b"\r\nReceived: a\r\n") == 0
    assert hops(b"") == 0
