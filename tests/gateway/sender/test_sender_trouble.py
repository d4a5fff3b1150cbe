"""What the sender does when store, relay or a mail fail, and when it is told to stop."""

import asyncio

import pytest

from gateway.relay import Mail, Result
from gateway.sender import SenderLimits
from parsing.message import Permanent, Temporary
from tests.gateway.letters import Outbox, Row, Run, row, sender
from tests.gateway.sender.fake_relay import FakeRelay


async def test_a_refusal_that_can_not_be_told_is_not_marked(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """While the store is busy the refusal is not written off as told: the mail is tried, and told, again."""

    async def returned(mail: Row, result: Result) -> None:
        raise Temporary("busy")

    relay.answer = lambda mail: Result("never", "550 5.1.1 no such user", "5.1.1")
    outbox.due = [row(1)]
    run(returned=returned)

    assert (await outbox.marked(1))[1].state == "later"


@pytest.mark.parametrize(
    ("error", "state"), [(Permanent("no From"), "never"), (Temporary("key"), "later"), (RuntimeError("bug"), "later")]
)
async def test_one_mail_that_fails_does_not_stop_the_others(
    run: Run, outbox: Outbox, relay: FakeRelay, error: Exception, state: str
) -> None:
    """Whatever signing or sending raises for one mail is marked for that mail; the next one leaves."""

    def sign(raw: bytes) -> bytes:
        if raw.startswith(b"poison"):
            raise error
        return raw

    outbox.due = [row(1, raw=b"poison\r\n"), row(2)]
    run(sign=sign)
    marks = await outbox.marked(2)

    assert (marks[1].state, marks[2].state) == (state, "sent")


async def test_a_listener_that_fails_does_not_unsend_a_mail(run: Run, outbox: Outbox) -> None:
    """A mail that the relay took is marked sent although the journal broke: else it would arrive twice."""

    async def tried(mail: Row, result: Result) -> None:
        raise OSError("the disk of the log is full")

    outbox.due = [row(1)]
    run(tried=tried)

    assert (await outbox.marked(1))[1].state == "sent"


async def test_a_busy_store_is_asked_until_it_takes_the_marks(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """A mark is not lost and its mail not sent twice because the store was busy three times."""
    outbox.busy = 3
    outbox.due = [row(1)]
    run()
    await outbox.marked(1)

    assert [(mark.id, mark.state) for mark in outbox.marks] == [(1, "sent")]
    assert len(relay.sent) == 1


async def test_nothing_is_claimed_while_marks_wait(run: Run, outbox: Outbox) -> None:
    """With a store that takes no marks, no more than one handful of mails is ever out of it."""
    outbox.busy = 10**9
    outbox.due = [row(number) for number in range(500)]
    started = run()
    await outbox.claimed(1)
    for _ in range(50):
        outbox.wake.set()
        await asyncio.sleep(0)

    assert len(outbox.due) >= 500 - SenderLimits().batch
    outbox.busy = 0
    outbox.due = []
    await started.stop()
    assert {mark.state for mark in outbox.marks} <= {"sent", "back"}


async def test_a_claim_that_fails_is_repeated(run: Run, outbox: Outbox) -> None:
    """A store that is busy when asked for mail is asked again."""
    failures = iter([Temporary("busy"), Temporary("busy")])

    async def claim(count: int) -> list[Row]:
        if error := next(failures, None):
            outbox.wake.set()
            raise error
        return list(await outbox.claim(count))

    outbox.due = [row(1)]
    run(claim=claim)

    assert (await outbox.marked(1))[1].state == "sent"


async def test_a_paused_relay_gives_its_mails_back(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """When one try finds the relay in trouble, the rest goes back untried, and nothing is claimed meanwhile."""
    relay.connections = 1

    def answer(mail: Mail) -> Result:
        relay.paused = "535 bad credentials"
        return Result("back", relay.paused)

    relay.answer = answer
    outbox.due = [row(number) for number in range(10)]
    run()
    marks = await outbox.marked(10)
    outbox.due = [row(99)]
    claims = len(outbox.claims)
    for _ in range(10):
        outbox.wake.set()
        await asyncio.sleep(0)

    assert [marks[number].state for number in range(10)] == ["back"] * 10
    assert [marks[number].reply for number in range(10)] == ["535 bad credentials", *[""] * 9]
    assert all(mark.delay == 0 for mark in outbox.marks)
    assert len(relay.sent) == 1
    assert len(outbox.claims) == claims

    relay.paused, relay.answer = "", lambda mail: Result("sent", "250 ok")
    outbox.wake.set()
    assert (await outbox.marked(11))[99].state == "sent"


async def test_a_claim_that_waited_too_long_is_not_begun(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """Behind a mail in a tarpit, one whose claim may be about to run out goes back: another node may have it by now."""
    time = [0.0]
    relay.connections = 1
    relay.gate.clear()
    outbox.due = [row(1), row(2)]
    run(clock=lambda: time[0])
    await relay.began.acquire()
    time[0] = SenderLimits().hold + 1
    relay.gate.set()
    marks = await outbox.marked(2)

    assert (marks[1].state, marks[2].state) == ("sent", "back")
    assert [letter.serial for letter in relay.sent] == ["serial1"]


async def test_a_claim_that_another_may_have_is_not_begun(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """What is no longer ours goes back untried (and the store, which knows the fence, will not have it)."""
    outbox.due = [row(1), row(2)]
    run(mine=lambda mail: mail.id == 2)
    marks = await outbox.marked(2)

    assert (marks[1].state, marks[2].state) == ("back", "sent")
    assert [letter.serial for letter in relay.sent] == ["serial2"]


async def test_stopping_finishes_what_is_on_its_way(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """The mails with the relay are finished and marked, those in hand go back, none is claimed any more."""
    relay.gate.clear()
    outbox.due = [row(number) for number in range(200)]
    running = run()
    await relay.began.acquire()
    await relay.began.acquire()
    stopping = asyncio.create_task(running.stop())
    await asyncio.sleep(0)
    claims = len(outbox.claims)
    relay.gate.set()
    await stopping

    states = [mark.state for mark in outbox.marks]
    assert (states.count("sent"), states.count("back")) == (2, SenderLimits().batch - 2)
    assert len(outbox.claims) == claims
    assert len(relay.sent) == 2


async def test_stopping_does_not_wait_for_ever(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """A relay that never answers is cut off; its mail stays claimed until the lease is over, and is not marked."""
    relay.gate.clear()
    outbox.due = [row(1)]
    running = run(limits=SenderLimits(stop=0.05))
    await relay.began.acquire()
    await running.stop()

    assert outbox.marks == []


async def test_an_unknown_failure_of_the_store_ends_the_loop(outbox: Outbox, relay: FakeRelay) -> None:
    """What is neither temporary nor permanent in marking comes out of `run`, so that somebody hears of it."""

    async def mark(marks: object) -> None:
        outbox.wake.set()
        raise RuntimeError("broken")

    outbox.due = [row(1)]
    running = sender(outbox, relay, mark=mark)

    with pytest.raises(RuntimeError, match="broken"):
        await running.run()
    await running.stop()
