"""The moment of the 250: what accept does, what the client does meanwhile, and what is said of it."""

import asyncio
from dataclasses import replace

import pytest

from gateway import replies
from gateway.smtp import Submission
from parsing.message import Temporary
from tests.gateway.smtp_talk import LIMITS, listening


class Full(Temporary):
    """What the store raises when its disk is full."""

    full = True


class Gate:
    """An accept that waits for the test."""

    def __init__(self) -> None:
        self.entered, self.open, self.finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def accept(self, submission: Submission) -> str:
        self.entered.set()
        await self.open.wait()
        self.finished.set()
        return "q1"


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (RuntimeError("secret"), replies.FAILED),
        (Temporary("secret"), replies.FAILED),
        (Full("secret"), replies.NO_SPACE),
        (AssertionError("secret"), replies.FAILED),
        (asyncio.CancelledError("secret"), replies.FAILED),
        (TimeoutError("secret"), replies.FAILED),
        (ConnectionResetError("secret"), replies.FAILED),
    ],
)
async def test_a_failure_of_ours_is_temporary_and_silent(error: BaseException, reply: str) -> None:
    """Whatever accept raises is 451 (452 for a full disk), no word of it is said, and the next mail is served."""
    failing = [error]

    async def accept(submission: Submission) -> str:
        if failing:
            raise failing.pop()
        return "q2"

    async with listening(accept=accept) as house:
        talk = await house.ready()

        assert await talk.mail() == reply
        assert await talk.say("DATA") == replies.NEED_MAIL
        assert await talk.mail(b"next\r\n", "billing@desk.test") == "250 2.0.0 OK: queued as q2"
        assert house.free_memory == LIMITS.memory
    assert house.got[-1].envelope_to == ("billing@desk.test",)
    assert isinstance(error, asyncio.CancelledError) or [d["error"] for _, d in house.told] == [error]


async def test_failures_of_ours_are_no_errors_of_the_client() -> None:
    """A client that hears 451 thirty times is not sent away for it."""

    async def accept(submission: Submission) -> str:
        raise Temporary

    async with listening(accept=accept) as house:
        talk = await house.ready()

        assert {await talk.mail() for _ in range(30)} == {replies.FAILED}


async def test_a_bug_before_the_data_is_temporary_too() -> None:
    """When `knows` itself fails, the reply is 451 and the transaction is gone."""

    def broken(address: str) -> bool:
        raise KeyError("secret")

    async with listening(knows=broken) as house:
        talk = await house.ready()
        await talk.say("MAIL FROM:<a@b.c>")

        assert await talk.say("RCPT TO:<support@desk.test>") == replies.FAILED
        assert await talk.say("MAIL FROM:<a@b.c>") == replies.SENDER_OK


async def test_a_full_disk_is_said_at_mail() -> None:
    """Without room, MAIL is 452 4.3.1; when there is room again, the same session delivers."""
    room = [False, True]
    async with listening(has_space=lambda: room.pop(0)) as house:
        talk = await house.ready()

        assert await talk.say("MAIL FROM:<a@b.c>") == replies.NO_SPACE
        assert (await talk.mail())[:3] == "250"


async def test_a_slow_commit_is_451_and_goes_on() -> None:
    """After the cap the client hears 451, later than that the commit still ends well, and its memory was kept."""
    gate = Gate()
    async with listening(accept=gate.accept, limits=replace(LIMITS, accept_seconds=0.05)) as house:
        talk = await house.ready()

        assert await talk.mail(b"hello\r\n") == replies.FAILED
        assert house.free_memory == LIMITS.memory - len(b"hello\r\n")
        gate.open.set()
        await asyncio.wait_for(gate.finished.wait(), 5)
        await house.until(lambda: house.free_memory == LIMITS.memory)


@pytest.mark.parametrize("how", ["reset", "close"])
async def test_a_client_gone_after_the_dot_does_not_stop_the_commit(how: str) -> None:
    """aiosmtpd cancels its handler then; our commit is finished all the same, and nothing is left behind."""
    gate = Gate()
    async with listening(accept=gate.accept) as house:
        talk = await house.ready()
        await talk.begin()
        talk.send(b"hello\r\n.\r\n")
        await asyncio.wait_for(gate.entered.wait(), 5)
        if how == "reset":
            talk.reset()
            await house.until(lambda: house.listener.sessions == 0)
        else:
            talk.writer.close()
        gate.open.set()

        await asyncio.wait_for(gate.finished.wait(), 5)
        await house.until(lambda: house.listener.sessions == 0 and house.free_memory == LIMITS.memory)
    assert len(house.got) == 1


async def test_a_client_that_half_closes_after_the_dot_gets_its_250() -> None:
    """Who has said all and only listens is answered, which saves it a second delivery."""
    gate = Gate()
    async with listening(accept=gate.accept) as house:
        talk = await house.ready()
        await talk.begin()
        talk.send(b"hello\r\n.\r\nQUIT\r\n")
        talk.writer.write_eof()
        await asyncio.wait_for(gate.entered.wait(), 5)
        gate.open.set()

        assert (await talk.reply())[:3] == "250"
        await house.until(lambda: house.listener.sessions == 0)


async def test_announced_memory_is_reserved() -> None:
    """While two mails announced all the memory there is, a third is 452 at DATA; then it is served."""
    async with listening(limits=replace(LIMITS, memory=1000, memory_step=100)) as house:
        first, second, third = [await house.ready() for _ in range(3)]
        for talk in (first, second, third):
            await talk.say("MAIL FROM:<a@b.c> SIZE=500")
            await talk.say("RCPT TO:<support@desk.test>")
        assert (await first.say("DATA"))[:3] == "354"
        assert (await second.say("DATA"))[:3] == "354"

        assert await third.say("DATA") == replies.NO_SPACE
        assert (await first.content(b"x\r\n"))[:3] == "250"
        assert (await third.mail(b"y\r\n"))[:3] == "250"
        second.reset()
        await house.until(lambda: house.free_memory == 1000)


async def test_memory_that_was_not_announced_is_refused_after_the_dot() -> None:
    """Who announced nothing and sends more than is free hears 452 after the dot, in step, and holds nothing."""
    async with listening(limits=replace(LIMITS, memory=1000, memory_step=100)) as house:
        talk = await house.ready()
        await talk.begin()

        assert await talk.content(b"0123456789\r\n" * 10_000) == replies.NO_SPACE
        assert house.free_memory == 1000
        assert (await talk.mail(b"x\r\n"))[:3] == "250"


async def test_stop_says_421_and_finishes_what_is_in_hand() -> None:
    """Idle and new sessions hear 421; a mail amid DATA and one amid commit get their 250, then 421; stop waits."""
    gate = Gate()
    async with listening(accept=gate.accept) as house:
        idle, sending, committing = [await house.ready() for _ in range(3)]
        await sending.begin()
        await committing.begin()
        committing.send(b"hello\r\n.\r\n")
        await asyncio.wait_for(gate.entered.wait(), 5)

        port = house.port
        stopped = asyncio.create_task(house.listener.stop(grace=10))
        assert [await idle.reply(), await idle.reply()] == [replies.STOPPING, ""]
        assert await (await house.talk()).reply() == replies.STOPPING
        assert not stopped.done()
        gate.open.set()
        sending.send(b"hello\r\n.\r\n")
        for talk in (sending, committing):
            assert [(await talk.reply())[:3] for _ in range(3)] == ["250", "421", ""]

        await asyncio.wait_for(stopped, 5)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_stop_does_not_wait_longer_than_its_grace() -> None:
    """A commit that hangs and a client that dawdles are given up when the grace is over, without a 250."""
    gate = Gate()
    async with listening(accept=gate.accept) as house:
        hanging, dawdling = await house.ready(), await house.ready()
        await dawdling.begin()
        await hanging.begin()
        hanging.send(b"hello\r\n.\r\n")
        await asyncio.wait_for(gate.entered.wait(), 5)

        await asyncio.wait_for(house.listener.stop(grace=0.05), 5)

        assert (await hanging.reply())[:3] in ("421", "")
        assert (await dawdling.reply())[:3] in ("421", "")
        assert house.listener.sessions == 0
    assert not gate.finished.is_set()
