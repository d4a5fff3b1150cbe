"""No client takes more than its share of connections, time, errors or descriptors."""

import asyncio
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import replies
from gateway.config import Hop, Smtp
from gateway.smtp import SmtpListener, split_place
from gateway.smtp_limits import Crowd, Guesses, Memory, SmtpLimits, neighbourhood
from parsing.message import Permanent
from tests.gateway.smtp_talk import LIMITS, listening

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("limits", [replace(LIMITS, connections=2), replace(LIMITS, connections_per_address=2)])
async def test_connections_have_a_number(limits: SmtpLimits) -> None:
    """One connection too many hears 421 and is closed; when another has left, the next is served."""
    async with listening(limits=limits) as house:
        first, _ = await house.ready(), await house.ready()
        third = await house.talk()
        assert await third.reply() == replies.TOO_MANY_CONNECTIONS
        assert await third.closed()

        await first.say("QUIT")
        assert await first.closed()
        await house.until(lambda: house.listener.sessions == 1)
        assert (await (await house.ready()).mail())[:3] == "250"


async def test_a_flood_from_one_address_leaves_room() -> None:
    """Of 300 connections at once 20 are served; the rest hear 421 or a RST, and those served still deliver."""
    async with listening() as house:
        talks = await asyncio.gather(*(house.talk() for _ in range(300)))
        greetings = [await talk.reply() for talk in talks]

        served = [talk for talk, greeting in zip(talks, greetings, strict=True) if greeting[:3] == "220"]
        assert len(served) == 20
        assert set(greetings) == {"220 mx.test ESMTP", replies.TOO_MANY_CONNECTIONS}
        await served[0].say("EHLO client.test")
        assert (await served[0].mail())[:3] == "250"


async def test_the_hop_has_no_limit_of_its_own() -> None:
    """A mail server in front stands for all its senders: its address is not counted, but all together still are."""
    hop = Hop(peers=("127.0.0.0/8",))
    limits = replace(LIMITS, connections=4, connections_per_address=1)
    async with listening(limits=limits, spared=hop.connects_from) as house:
        talks = [await house.ready() for _ in range(4)]
        fifth = await house.talk()

        assert await fifth.reply() == replies.TOO_MANY_CONNECTIONS
        assert [(await talk.mail())[:3] for talk in talks] == ["250"] * 4


async def test_mails_of_a_session_have_a_number() -> None:
    """After so many mails the client hears 421 behind the 250, before it begins the next one."""
    async with listening(limits=replace(LIMITS, mails=3)) as house:
        talk = await house.ready()
        assert [(await talk.mail())[:3] for _ in range(3)] == ["250"] * 3

        assert await talk.reply() == replies.TOO_MANY_MAILS
        assert await talk.closed()


async def test_too_many_errors_end_the_session() -> None:
    """A harvest of recipients is slowed from the eleventh error on and ended at the twentieth; 421 says so."""
    async with listening(limits=replace(LIMITS, error_delay=0.01)) as house:
        talk = await house.ready()
        await talk.say("MAIL FROM:<a@b.c>")
        started = time.monotonic()
        answers = [await talk.say(f"RCPT TO:<a{n}@desk.test>") for n in range(20)]
        took = time.monotonic() - started

        assert answers == [replies.NO_SUCH_DESK] * 20
        assert took >= 10 * 0.01
        assert await talk.reply() == replies.TOO_MANY_ERRORS
        assert await talk.closed()
    assert ("too_many_errors", {"address": "127.0.0.1"}) in house.told


async def test_a_delivered_mail_forgives_errors() -> None:
    """Who delivers between the errors is not sent away for their sum."""
    async with listening(knows=lambda address: address == "support@desk.test") as house:
        talk = await house.ready()
        for _ in range(3):
            assert {await talk.say("XYZZY") for _ in range(9)} == {replies.UNKNOWN_COMMAND}
            assert (await talk.mail())[:3] == "250"


async def test_a_silent_client_is_sent_away() -> None:
    """Who says nothing for the time of a command hears 421, and so does who sends half a line."""
    async with listening(limits=replace(LIMITS, command_seconds=0.1)) as house:
        silent, half = await house.ready(), await house.ready()
        half.send(b"NOO")

        for talk in (silent, half):
            assert await talk.reply() == replies.TIMEOUT
            assert await talk.closed()


async def test_noop_does_not_keep_a_session_alive() -> None:
    """The session has a deadline of its own, however busy the client pretends to be."""
    async with listening(limits=replace(LIMITS, session_seconds=0.2)) as house:
        talk = await house.ready()
        answers = {await talk.say("NOOP")}
        while replies.TIMEOUT not in answers:
            answers.add(await talk.say("NOOP"))

        assert answers - {""} == {replies.OK, replies.TIMEOUT}


async def test_data_has_a_slowest_rate() -> None:
    """Who trickles bytes slower than the least rate is cut, though each byte comes in time; nothing is stored."""
    async with listening(limits=replace(LIMITS, data_grace=0.1, data_rate=10_000)) as house:
        talk = await house.ready()
        await talk.begin()
        waiting = asyncio.create_task(talk.reply())
        async with asyncio.timeout(5):
            while not waiting.done():
                talk.send(b"x")
                await asyncio.wait({waiting}, timeout=0.01)

        assert await waiting in (replies.TIMEOUT, "")
        await house.until(lambda: house.listener.sessions == 0 and house.free_memory == LIMITS.memory)
    assert house.got == []


async def test_a_fast_enough_client_outlives_the_grace() -> None:
    """Bytes buy time: who is above the least rate may take longer than the grace."""
    async with listening(limits=replace(LIMITS, data_grace=0.1, data_rate=1000)) as house:
        talk = await house.ready()
        await talk.begin()
        talk.send(b"0123456789\r\n" * 1000)
        waiting = asyncio.create_task(talk.reply())
        await asyncio.wait({waiting}, timeout=0.3)
        assert not waiting.done()
        talk.send(b".\r\n")

        assert (await waiting)[:3] == "250"


async def test_data_has_an_end() -> None:
    """However fast, a mail that never ends is cut at the total time."""
    async with listening(limits=replace(LIMITS, data_seconds=0.1)) as house:
        talk = await house.ready()
        await talk.begin()
        talk.send(b"0123456789\r\n" * 1000)

        assert await talk.reply() == replies.TIMEOUT


async def test_who_never_reads_is_cut() -> None:
    """A client that fills both buffers with replies that it never reads is dropped, not kept for ever."""
    limits = replace(LIMITS, command_seconds=0.3, farewell_seconds=0.1)
    async with listening(limits=limits) as house:
        talk = await house.ready()
        talk.writer.transport.pause_reading()  # type: ignore[attr-defined]
        line = b"EHLO x\r\n" * 10_000
        for _ in range(50):
            talk.send(line)
        assert house.listener.sessions == 1

        await house.until(lambda: house.listener.sessions == 0)


async def test_who_leaves_without_reading_is_forgotten() -> None:
    """After QUIT the connection goes within a few seconds, though the last replies were never taken."""
    limits = replace(LIMITS, farewell_seconds=0.1)
    async with listening(limits=limits) as house:
        talk = await house.ready()
        talk.writer.transport.pause_reading()  # type: ignore[attr-defined]
        [session] = house.listener._shared.sessions
        transport = session.transport
        assert isinstance(transport, asyncio.Transport)
        while not transport.get_write_buffer_size():
            talk.send(b"EHLO x\r\n" * 100)
            await house.until(lambda: session.idle and not session._reader._buffer)  # type: ignore[attr-defined]
            await asyncio.sleep(0)
        talk.send(b"QUIT\r\n")

        await house.until(lambda: house.listener.sessions == 0)


async def test_a_port_in_use_is_said_at_start() -> None:
    """Start fails with the place and the reason, and leaves no socket open."""
    async with listening() as house:
        config = Smtp(listen=("127.0.0.1:0", f"127.0.0.1:{house.port}"))
        second = SmtpListener(config, accept=None, knows=lambda a: True, limits=LIMITS)  # type: ignore[arg-type]

        with pytest.raises(Permanent, match=f"127.0.0.1:{house.port}"):
            await second.start()
        assert second.ports == ()


def test_places() -> None:
    """What can stand in `listen`."""
    assert split_place("127.0.0.1:25") == ("127.0.0.1", 25)
    assert split_place("[::1]:0") == ("::1", 0)
    assert split_place("*:25") == (None, 25)
    for wrong in ("localhost", "localhost:smtp", "localhost:70000", ""):
        with pytest.raises(Permanent):
            split_place(wrong)


def test_a_whole_ipv6_network_is_one_neighbour() -> None:
    """Addresses that one customer picks at will are counted together; an IPv4 address written as IPv6 is itself."""
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1") != neighbourhood("2001:db8:0:1::1")
    assert neighbourhood("::ffff:192.0.2.1") == neighbourhood("192.0.2.1") == "192.0.2.1"
    crowd = Crowd(10, 1)
    assert crowd.enter("2001:db8::1")
    assert not crowd.enter("2001:db8::2")
    crowd.leave("2001:db8::1")
    assert crowd.enter("2001:db8::2")


def test_guesses_expire_and_are_bounded() -> None:
    """An address is locked for the window after its last guesses; only so many addresses are remembered."""
    guesses = Guesses(2, 100.0, 3)
    guesses.failed("192.0.2.1", 0.0)
    assert not guesses.locked("192.0.2.1", 1.0)
    guesses.failed("192.0.2.1", 50.0)
    assert guesses.locked("192.0.2.1", 99.0)
    assert not guesses.locked("192.0.2.1", 100.0)
    assert not guesses.locked("192.0.2.2", 99.0)
    for n in range(2, 5):
        guesses.failed(f"192.0.2.{n}", 60.0)
    assert not guesses.locked("192.0.2.1", 99.0)


def test_memory_comes_back() -> None:
    """A share that grows, shrinks and is released twice leaves exactly what was there before."""
    memory = Memory(100)
    share = memory.take(60)
    assert share is not None
    assert memory.take(50) is None
    assert not share.grow_to(101)
    assert share.grow_to(90)
    share.shrink_to(10)
    assert memory.free == 90
    share.release()
    share.release()
    assert memory.free == 100


STARVED = """
import asyncio, resource, sys
from gateway.config import Smtp
from gateway.smtp import SmtpLimits, SmtpListener

async def main():
    failures = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: failures.append(context))
    listener = SmtpListener(Smtp(listen=("127.0.0.1:0",)), accept=None, knows=lambda a: True,
                            limits=SmtpLimits(connections_per_address=200))
    await listener.start()
    resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))
    print(listener.ports[0], flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(len(failures), flush=True)

asyncio.run(main())
"""


async def test_without_descriptors_nothing_spins() -> None:
    """Out of file descriptors the listener rests a second between tries, does not flood the log, and recovers."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", STARVED, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        talks = [await asyncio.open_connection("127.0.0.1", port) for _ in range(40)]
        assert await asyncio.wait_for(talks[0][0].readline(), 5) != b""
        # the last is in the kernel's queue, and is greeted once others have left and the second is over
        waiting = asyncio.create_task(talks[-1][0].readline())
        done, _ = await asyncio.wait({waiting}, timeout=1.5)
        assert not done
        for _, writer in talks[:-1]:
            writer.close()
        assert (await asyncio.wait_for(waiting, 5))[:3] == b"220"
        talks[-1][1].close()

        output, _ = await asyncio.wait_for(process.communicate(b"\n"), 10)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert 1 <= int(output) <= 20
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2.5
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
