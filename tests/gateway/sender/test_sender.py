"""The loop from outbox to relay: what it claims, what it sends, and what it writes down."""

import asyncio
import threading
from datetime import timedelta

import pytest

from gateway.relay import Mail, Result
from gateway.sender import SenderLimits
from tests.gateway.letters import RAW, Outbox, Row, Run, older, row
from tests.gateway.sender.fake_relay import FakeRelay


async def test_what_is_due_is_sent_and_marked(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """Each mail once, with its own bytes and envelope, and the relay's words written down."""
    outbox.due = [row(number, raw=RAW + b"%d\r\n" % number) for number in range(120)]
    run()
    marks = await outbox.marked(120)

    assert {mark.state for mark in outbox.marks} == {"sent"}
    assert sorted(marks) == list(range(120))
    assert sorted(letter.serial for letter in relay.sent) == sorted(f"serial{number}" for number in range(120))
    assert all(letter.raw == RAW + letter.serial[6:].encode() + b"\r\n" for letter in relay.sent)
    assert (marks[7].reply, marks[7].status, marks[7].relay, marks[7].fence) == ("250 2.0.0 ok", "2.0.0", "fake", 1)


async def test_as_many_at_once_as_the_relay_has_connections(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """Two connections carry two mails at a time, and no third is begun."""
    relay.gate.clear()
    outbox.due = [row(number) for number in range(10)]
    run()
    await relay.began.acquire()
    await relay.began.acquire()
    relay.gate.set()
    await outbox.marked(10)

    assert relay.most == 2


async def test_marks_are_written_in_batches(run: Run, outbox: Outbox) -> None:
    """What was finished while one batch was written makes one more, not one each."""
    outbox.due = [row(number) for number in range(50)]
    run()
    await outbox.marked(50)

    assert len(outbox.batches) < 25


async def test_a_wake_is_heard_at_once(run: Run, outbox: Outbox) -> None:
    """A sender at rest (its next look is a minute away) takes a mail as soon as somebody wakes it."""
    run()
    await outbox.claimed(1)
    outbox.due = [row(1)]
    outbox.wake.set()

    assert (await outbox.marked(1))[1].state == "sent"


async def test_a_refusal_is_told_before_it_is_marked(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """One of three is refused for good: it is told once, before its mark; the other two arrive."""

    def answer(mail: Mail) -> Result:
        if mail.recipient == "customer2@shop.example":
            return Result("never", "550 5.1.1 no such user", "5.1.1", "fake")
        return Result("sent", "250 ok")

    marked_when_told: list[list[int]] = []

    async def returned(mail: Row, result: Result) -> None:
        marked_when_told.append([mark.id for mark in outbox.marks])
        await outbox.give_back(mail, result)

    relay.answer = answer
    outbox.due = [row(1), row(2), row(3)]
    run(returned=returned)
    marks = await outbox.marked(3)

    assert {number: mark.state for number, mark in marks.items()} == {1: "sent", 2: "never", 3: "sent"}
    assert outbox.returned == [(2, "550 5.1.1 no such user")]
    assert 2 not in marked_when_told[0]


async def test_what_takes_long_to_tell_is_marked_all_the_same(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """While a refusal is being told the others' marks are written; then its own is."""
    relay.answer = lambda mail: Result("never" if mail.serial == "serial1" else "sent", "550 5.1.1 or 250")

    async def returned(mail: Row, result: Result) -> None:
        await outbox.marked(2)

    outbox.due = [row(1), row(2), row(3)]
    run(returned=returned)

    assert (await outbox.marked(3))[1].state == "never"


async def test_a_mail_that_may_not_leave_never_reaches_the_relay(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """The last check before the wire: a mail for staff whose recipient is no agent is stopped, told and marked."""

    def allowed(mail: Row) -> str | None:
        return "for staff only, and this is no agent" if mail.role == "agent" else None

    outbox.due = [row(1, role="agent"), row(2)]
    run(allowed=allowed)
    marks = await outbox.marked(2)

    assert (marks[1].state, marks[2].state) == ("never", "sent")
    assert [letter.serial for letter in relay.sent] == ["serial2"]
    assert outbox.returned == [(1, "for staff only, and this is no agent")]


async def test_later_climbs_the_ladder(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """The third failure waits ten minutes and half of the chance."""
    relay.answer = lambda mail: Result("later", "450 4.2.0 greylisted", "4.2.0")
    outbox.due = [row(1, attempts=2)]
    run()
    marks = await outbox.marked(1)

    assert (marks[1].state, marks[1].delay, marks[1].reply) == ("later", 630.0, "450 4.2.0 greylisted")
    assert outbox.returned == []
    assert outbox.late == []


@pytest.mark.parametrize(
    ("age", "told"),
    [(timedelta(hours=3, minutes=59), []), (timedelta(hours=4), [1]), (timedelta(days=4), [1])],
)
async def test_the_agent_hears_of_a_mail_that_is_late(
    run: Run, outbox: Outbox, relay: FakeRelay, age: timedelta, told: list[int]
) -> None:
    """Not before four hours, and once, however often it is tried after that."""
    relay.answer = lambda mail: Result("later", "450 4.2.0 greylisted", "4.2.0")
    outbox.due = [row(1, created_db=older(age))]
    run()
    await outbox.marked(1)
    outbox.due = [row(1, created_db=older(age), attempts=1)]
    outbox.wake.set()
    await outbox.marked(2)

    assert outbox.late == told


async def test_after_five_days_it_ends(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """The last refusal becomes a permanent one that says so (RFC 3463: 5.4.7) and is told; not an hour earlier, and not
    for a mail that had to wait for us or the relay and had not its turns yet."""
    relay.answer = lambda mail: Result("later", "450 4.2.0 greylisted", "4.2.0")
    old, almost = older(timedelta(days=5)), older(timedelta(days=4, hours=23))
    outbox.due = [
        row(1, created_db=old, attempts=6),
        row(2, created_db=almost, attempts=40),
        row(3, created_db=old, attempts=5),
    ]
    run()
    marks = await outbox.marked(3)

    assert [marks[number].state for number in (1, 2, 3)] == ["never", "later", "later"]
    assert marks[1].status == "5.4.7"
    assert outbox.returned == [(1, "given up after 5 days: 450 4.2.0 greylisted")]


async def test_no_age_gives_a_mail_up_while_the_relay_is_in_trouble(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """A week without a login is nothing against a mail: no try is counted, nobody is told, what may leave in a day is
    not used up."""
    relay.answer = lambda mail: Result("back", "535 5.7.8 bad credentials")
    outbox.due = [row(1, created_db=older(timedelta(days=7)), attempts=40)]
    run(limits=SenderLimits(mails_per_day=1, poll=0.01))
    marks = await outbox.marked(1)
    assert (marks[1].state, outbox.returned, outbox.late) == ("back", [], [])

    relay.answer = lambda mail: Result("sent", "250 ok")
    outbox.due = [row(2)]
    outbox.wake.set()
    assert (await outbox.marked(2))[2].state == "sent"


async def test_a_doubt_is_told_and_tried_again(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """Nobody knows whether it arrived: it goes again, and the log has the Message-ID by which a double is known."""
    relay.answer = lambda mail: Result("later", "no answer came", "4.4.2", ambiguous=True)
    outbox.due = [row(1)]
    run()
    marks = await outbox.marked(1)

    assert (marks[1].state, marks[1].ambiguous) == ("later", True)
    assert outbox.doubted == [(1, "<1.abc@desk.example>")]


async def test_every_try_has_the_same_signed_bytes(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """What is signed is what was stored, on the first try and on the next."""
    outbox.due = [row(1), row(1)]
    run(sign=lambda raw: b"DKIM-Signature: x\r\n" + raw)
    await outbox.marked(2)

    assert [letter.raw for letter in relay.sent] == [b"DKIM-Signature: x\r\n" + RAW] * 2


async def test_a_large_mail_is_signed_beside_the_loop(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """Signing what is large does not hold up the conversations of others: it happens in another thread."""
    threads: dict[int, bool] = {}

    def sign(raw: bytes) -> bytes:
        threads[len(raw)] = threading.current_thread() is threading.main_thread()
        return raw

    large = RAW + b"x" * 300_000 + b"\r\n"
    outbox.due = [row(1), row(2, raw=large)]
    run(sign=sign)
    await outbox.marked(2)

    assert threads == {len(RAW): True, len(large): False}


async def test_no_more_mails_a_minute_than_allowed(run: Run, outbox: Outbox, relay: FakeRelay) -> None:
    """Three leave; the fourth when a minute has passed."""
    time = [100.0]
    outbox.due = [row(number) for number in range(5)]
    run(clock=lambda: time[0], limits=SenderLimits(poll=60, mails_per_minute=3))
    await outbox.marked(3)
    outbox.wake.set()
    await asyncio.sleep(0)
    assert (len(relay.sent), len(outbox.due)) == (3, 2)

    time[0] = 161.0
    outbox.wake.set()
    await outbox.marked(5)
    assert len(relay.sent) == 5
