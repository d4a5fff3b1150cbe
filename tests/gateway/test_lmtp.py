"""LMTP (RFC 2033): one true reply for each recipient, and who may speak it. What SMTP refuses, too: tests/hostile."""

import asyncio
import socket
import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gateway import replies, smtp_commands
from gateway.config import Hop, Lmtp, Smtp
from gateway.doors import is_hop
from gateway.smtp import Submission
from parsing.message import Permanent, Temporary
from tests.gateway.smtp_talk import LIMITS, House, Talk, listening

SUPPORT, BILLING = "support@desk.test", "billing@desk.test"
QUEUED = "250 2.0.0 OK: queued as "


def by_desk(submission: Submission) -> Sequence[Submission]:
    """A parcel for each of the two desks, as the intake makes them."""
    parts = [[to for to in submission.envelope_to if to.startswith(name)] for name in ("support", "billing")]
    return [replace(submission, envelope_to=tuple(part)) for part in parts if part]


LMTP = smtp_commands.lmtp(by_desk)
lmtp = partial(listening, dialect=LMTP)


@asynccontextmanager
async def failing(desk: str, *errors: BaseException, **more: Any) -> AsyncIterator[House]:
    """A listener whose store fails so often for one desk, and keeps the others' mail."""
    waiting = list(errors)

    async def accept(submission: Submission) -> str:
        if waiting and submission.envelope_to[0].startswith(desk):
            raise waiting.pop(0)
        return submission.envelope_to[0].partition("@")[0]

    async with lmtp(accept=accept, **more) as house:
        yield house


async def answers(talk: Talk, count: int, data: bytes = b"Subject: x\r\n\r\nhello\r\n") -> list[str]:
    """What is said to the dot, and that nothing more was: the next command is answered at once."""
    talk.send(data + b".\r\n")
    said = [await talk.reply() for _ in range(count)]
    assert await talk.say("NOOP") == replies.OK
    return said


async def test_lhlo_is_the_greeting_and_ehlo_is_none() -> None:
    """LHLO offers what section 4.2 asks for, EHLO and HELO are refused (section 4.1); there is neither TLS nor AUTH."""
    async with lmtp() as house:
        talk = await house.talk()
        assert await talk.reply() == "220 mx.test LMTP"
        assert await talk.say("EHLO client.test") == replies.UNKNOWN_COMMAND
        assert await talk.say("HELO client.test") == replies.UNKNOWN_COMMAND
        assert await talk.say("MAIL FROM:<a@b.c>") == replies.SEND_HELLO

        offered = {line[4:] for line in (await talk.say("LHLO client.test")).splitlines()}

        assert {"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME"} <= offered
        assert not {"STARTTLS", "AUTH PLAIN LOGIN"} & offered
        assert (await talk.mail())[:3] == "250"
    async with listening() as house:
        assert (await (await house.ready()).say("LHLO client.test")) == replies.UNKNOWN_COMMAND


async def test_each_recipient_is_answered_in_order() -> None:
    """One reply for each RCPT that was taken, also for one said twice, none for the refused; one mail for a desk."""
    async with lmtp() as house:
        talk = await house.ready()
        await talk.say("MAIL FROM:<anna@customer.test>")
        for to, code in ((BILLING, "250"), ("nobody@desk.test", "550"), ("support+a@desk.test", "250")):
            assert (await talk.say(f"RCPT TO:<{to}>"))[:3] == code
        for to in ("support+b@desk.test", BILLING):
            assert (await talk.say(f"RCPT TO:<{to}>"))[:3] == "250"
        assert (await talk.say("DATA"))[:3] == "354"

        said = await answers(talk, 4)

    taken = {one.envelope_to: f"{QUEUED}q{number}" for number, one in enumerate(house.got, 1)}
    support, billing = ("support+a@desk.test", "support+b@desk.test"), (BILLING,)
    assert set(taken) == {support, billing}
    assert said == [taken[billing], taken[support], taken[support], taken[billing]]
    assert {one.raw for one in house.got} == {b"Subject: x\r\n\r\nhello\r\n"}


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (Temporary("secret"), replies.FAILED),
        (RuntimeError("secret"), replies.FAILED),
        (asyncio.CancelledError("secret"), replies.FAILED),
        (type("Full", (Temporary,), {"full": True})("secret"), replies.NO_SPACE),
    ],
)
@pytest.mark.parametrize("desk", ["support", "billing"])
async def test_each_reply_is_true(desk: str, error: BaseException, reply: str) -> None:
    """The store fails for one of two recipients: that one hears 4xx, the other 250; sent again alone, it is taken."""
    async with failing(desk, error) as house:
        talk = await house.ready()
        await talk.begin(SUPPORT, BILLING)

        said = dict(zip(("support", "billing"), await answers(talk, 2), strict=True))

        other = next(name for name in said if name != desk)
        assert said == {desk: reply, other: f"{QUEUED}{other}"}
        assert house.free_memory == LIMITS.memory
        assert await talk.mail(b"x\r\n", f"{desk}@desk.test") == f"{QUEUED}{desk}"


async def test_no_reply_before_the_commit() -> None:
    """While one delivery is not committed nobody hears anything; after our cap that one hears 451, the other 250."""
    gate = asyncio.Event()

    async def accept(submission: Submission) -> str:
        if BILLING in submission.envelope_to:
            await gate.wait()
        return "q"

    async with lmtp(accept=accept, limits=replace(LIMITS, accept_seconds=0.2)) as house:
        talk = await house.ready()
        await talk.begin(BILLING, SUPPORT)
        talk.send(b"x\r\n.\r\n")
        first = asyncio.create_task(talk.reply())
        done, _ = await asyncio.wait({first}, timeout=0.05)
        assert not done

        assert [await first, await talk.reply()] == [replies.FAILED, f"{QUEUED}q"]
        assert house.free_memory < LIMITS.memory  # the late one still holds its bytes
        gate.set()
        await house.until(lambda: house.free_memory == LIMITS.memory)


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (b"a\nb\r\n", replies.BARE_LINE_END),
        (b"x" * 2000 + b"\r\n", replies.TOO_BIG),
        (b"Received: x\r\n" * 51 + b"\r\n", replies.LOOP),
    ],
)
async def test_what_is_refused_after_the_dot_is_refused_for_each(data: bytes, reply: str) -> None:
    """Bare line ends, size and loops: as many replies as recipients, the session in step, counted as one error."""
    async with lmtp(Smtp(listen=("127.0.0.1:0",), max_size=1000)) as house:
        talk = await house.ready()
        for _ in range(15):
            await talk.begin(SUPPORT, BILLING, SUPPORT)
            assert await answers(talk, 3, data) == [reply] * 3
        assert house.got == []
        assert house.free_memory == LIMITS.memory


async def test_without_a_valid_recipient_there_is_no_data() -> None:
    """Section 4.2: DATA is 503 when no RCPT was taken, for nobody could be answered."""
    async with lmtp() as house:
        talk = await house.ready()
        await talk.say("MAIL FROM:<a@b.c>")
        await talk.say("RCPT TO:<nobody@desk.test>")

        assert await talk.say("DATA") == replies.NEED_RCPT


async def test_a_bug_after_the_dot_ends_the_session() -> None:
    """When nobody knows any more how many replies are due, the client hears 451 and then nothing, and tries again."""

    def broken(submission: Submission) -> Sequence[Submission]:
        raise KeyError("secret")

    async with listening(dialect=smtp_commands.lmtp(broken)) as house:
        talk = await house.ready()
        await talk.begin(SUPPORT, BILLING)

        assert await talk.content(b"x\r\n") == replies.FAILED
        assert await talk.closed()
        assert house.free_memory == LIMITS.memory


async def test_a_client_gone_after_the_dot_stops_no_commit() -> None:
    """Each delivery is finished all the same; when the client comes again the ledger knows them."""
    gate, finished = asyncio.Event(), []

    async def accept(submission: Submission) -> str:
        await gate.wait()
        finished.append(submission.envelope_to)
        return "q"

    async with lmtp(accept=accept) as house:
        talk = await house.ready()
        await talk.begin(SUPPORT, BILLING)
        talk.send(b"x\r\n.\r\n")
        await house.until(lambda: len(house.got) == 2)
        talk.reset()
        await house.until(lambda: house.listener.sessions == 0)
        gate.set()

        await house.until(lambda: house.free_memory == LIMITS.memory)
    assert sorted(finished) == [(BILLING,), (SUPPORT,)]


# ---- who may speak it -----------------------------------------------------------------------------------------------


async def test_a_unix_socket(tmp_path: Path) -> None:
    """Open to its owner and group only, replaced when a killed gateway left it, and gone when we stop."""
    file = tmp_path / "lmtp"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(file))

    async with lmtp(Lmtp(listen=(f"unix:{file}",), hostname="mx.test")) as house:
        assert stat.S_IMODE(file.stat().st_mode) == 0o660
        talk = Talk(*await asyncio.open_unix_connection(str(file)))
        house.talks.append(talk)
        assert (await talk.reply(), (await talk.say("LHLO x"))[:3]) == ("220 mx.test LMTP", "250")
        await talk.begin(SUPPORT, BILLING)
        assert [line[:3] for line in await answers(talk, 2)] == ["250", "250"]
        assert house.got[0].peer["address"] == ""

        with pytest.raises(Permanent, match=r"lmtp: cannot listen on unix:.*in use"):
            async with lmtp(Lmtp(listen=(f"unix:{file}",))):
                pass
    assert not file.exists()


async def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    """A wrong path in tkt.toml costs nobody a file."""
    (tmp_path / "lmtp").write_text("precious")

    with pytest.raises(Permanent, match="cannot listen"):
        async with lmtp(Lmtp(listen=(f"unix:{tmp_path / 'lmtp'}",))):
            pass
    assert (tmp_path / "lmtp").read_text() == "precious"


@pytest.mark.parametrize("listen", [["lmtp"], ["unix:"], ["127.0.0.1"], ["127.0.0.1:70000"], []])
def test_a_place_that_is_none_is_said_by_check(listen: list[str]) -> None:
    """What can not be listened on is a mistake in tkt.toml, and not found out at the start alone."""
    with pytest.raises(ValueError, match="listen"):
        Lmtp.model_validate({"listen": listen})
    for good in ("unix:lmtp", "127.0.0.1:0", "[::1]:24", "*:24", "mx.example.com:24"):
        assert Lmtp.model_validate({"listen": [good]}).listen == (good,)


def test_who_may_speak_lmtp() -> None:
    """The Unix socket's own rights decide there; by TCP this machine, or the peers that the hop names and no other."""
    near, named = Hop(), Hop(peers=("192.0.2.0/24", "2001:db8::1"))

    assert [is_hop(near, who) for who in ("", "127.0.0.1", "::1", "192.0.2.1")] == [True, True, True, False]
    assert [is_hop(named, who) for who in ("", "127.0.0.1", "2001:db8::1", "192.0.2.1")] == [True, False, True, True]


async def test_a_stranger_is_sent_away() -> None:
    """Whoever is not the hop hears 421 before anything else, and can make nobody believe what he says of senders."""
    async with lmtp(admits=lambda address: False) as house:
        talk = await house.talk()

        assert await talk.reply() == replies.NOT_OUR_SERVER
        assert await talk.closed()
    assert house.told == [("not_admitted", {"address": "127.0.0.1"})]
