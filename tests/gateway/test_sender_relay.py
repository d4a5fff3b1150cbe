"""Sender and relay together: the faults of one process, with a relay that misbehaves, smtp-sink, and Postfix."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable

import pytest

from gateway.config import Relay as RelayConfig
from gateway.relay import SmtpRelay
from gateway.relay_talk import RelayLimits
from gateway.sender import Sender
from tests.gateway.letters import RAW, Outbox, plain_config, row, sender
from tests.running import Server, require
from tests.servers import Postfix
from tests.sink import Fault, SmtpSink

Run = Callable[..., tuple[Outbox, SmtpRelay]]


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    """A sender with a relay of that configuration, stopped at the end."""
    running: list[tuple[Sender, asyncio.Task[None], SmtpRelay]] = []

    def run(config: RelayConfig, due: list[object], limits: RelayLimits | None = None) -> tuple[Outbox, SmtpRelay]:
        outbox = Outbox(due=due)  # type: ignore[arg-type]
        relay = SmtpRelay(config, limits=limits)
        made = sender(outbox, relay)
        running.append((made, asyncio.create_task(made.run()), relay))
        return outbox, relay

    yield run
    for made, task, relay in running:
        await made.stop()
        await task
        await relay.close()


def ids(mails: list[bytes]) -> list[str]:
    return sorted(found for raw in mails for found in re.findall(r"(?m)^Importance: (\d+)", raw.decode()))


def numbered(count: int) -> list[object]:
    return [row(number, raw=b"Importance: %d\r\n" % number + RAW) for number in range(count)]


async def test_one_refused_recipient_of_three(run: Run, sink: SmtpSink) -> None:
    """Two arrive, the third is told in the server's words, over one connection."""
    sink.always("rcpt", "550 5.1.1 no such user", recipient="customer1@shop.example")
    outbox, relay = run(plain_config(sink), numbered(3))
    marks = await outbox.marked(3)

    assert {number: mark.state for number, mark in marks.items()} == {0: "sent", 1: "never", 2: "sent"}
    assert outbox.returned == [(1, "550 5.1.1 no such user")]
    assert ids([mail.data for mail in sink.received]) == ["0", "2"]
    assert relay.opened == 1


async def test_a_greylisted_mail_arrives_on_its_second_try(run: Run, sink: SmtpSink) -> None:
    """Refused for now, offered again by the store, taken; the others did not wait for it."""
    sink.next("rcpt", "450 4.2.0 greylisted", recipient="customer0@shop.example")
    outbox, _ = run(plain_config(sink), numbered(3))
    first = await outbox.marked(3)
    outbox.due = numbered(1)  # type: ignore[assignment]
    outbox.wake.set()
    await outbox.marked(4)

    assert [first[number].state for number in range(3)] == ["later", "sent", "sent"]
    assert ids([mail.data for mail in sink.received]) == ["0", "1", "2"]


async def test_a_doubt_is_a_second_copy_with_the_same_message_id(run: Run, sink: SmtpSink) -> None:
    """The relay took it and hung up: it goes again, octet for octet, and the doubt was logged before."""
    sink.next("dot", Fault.HANG_UP)
    outbox, _ = run(plain_config(sink), numbered(1))
    await outbox.marked(1)
    assert outbox.doubted == [(0, "<1.abc@desk.example>")]
    outbox.due = numbered(1)  # type: ignore[assignment]
    outbox.wake.set()
    await outbox.marked(2)

    assert sink.received[0].data == sink.received[1].data


async def test_a_tarpit_holds_one_connection_only(run: Run, sink: SmtpSink) -> None:
    """One mail that the relay never answers costs its stage's seconds; the other connection carries the rest."""
    sink.always("rcpt", Fault.SILENCE, recipient="customer0@shop.example")
    outbox, _ = run(plain_config(sink, connections=2), numbered(20), RelayLimits(recipient=0.5))
    marks = await outbox.marked(20)

    assert [mark.id for mark in outbox.marks][-1] == 0
    assert (marks[0].state, marks[0].ambiguous) == ("later", False)
    assert len(sink.received) == 19


async def test_a_relay_that_comes_back_gets_all(run: Run, sink: SmtpSink) -> None:
    """Down: a try or two is marked, the rest goes back; up again: every mail arrives once."""
    config = plain_config(sink, connections=2)
    sink.stop()
    outbox, relay = run(config, numbered(30), RelayLimits(pause=0))
    marks = await outbox.marked(30)
    assert {mark.state for mark in marks.values()} <= {"later", "back"}
    assert relay.trouble
    sink.start()
    outbox.due = numbered(30)  # type: ignore[assignment]
    outbox.wake.set()
    await outbox.marked(60)

    assert ids([mail.data for mail in sink.received]) == sorted(str(number) for number in range(30))
    assert outbox.returned == outbox.doubted == []


async def test_each_step_can_be_failed(sink: SmtpSink) -> None:
    """The places where a crash run kills the sender are passed in the order of what happens to a mail."""
    places: list[str] = []
    outbox = Outbox(due=[row(1)])
    relay = SmtpRelay(plain_config(sink), failpoint=places.append)
    made = sender(outbox, relay, failpoint=places.append)
    task = asyncio.create_task(made.run())
    await outbox.marked(1)
    await made.stop()
    await task
    await relay.close()

    steps = "claimed connected mail rcpt data dot accepted marked"
    assert places == [f"out.{step}" for step in steps.split()]


class PostfixSink(Server):
    """Postfix's own smtp-sink: it dumps each mail that it took into a file of `mails`."""

    name = "smtp-sink"

    def __init__(self, *options: str) -> None:
        self.binary = require("smtp-sink", "postfix")
        super().__init__()
        self.options = options
        (self.root / "mail").mkdir()
        (self.root / "mail").chmod(0o777)

    def user(self) -> str | None:
        return "nobody" if os.getuid() == 0 else None

    def command(self) -> list[str]:
        return [self.binary, "-d", str(self.root / "mail" / "%M."), *self.options, f"127.0.0.1:{self.port}", "100"]

    def mails(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.root / "mail").iterdir()]


def config_for(port: int, connections: int = 2) -> RelayConfig:
    return RelayConfig(host="127.0.0.1", port=port, tls="none", connections=connections)


@pytest.mark.servers
async def test_smtp_sink_gets_each_mail_once(run: Run) -> None:
    """A relay that we did not write takes two hundred mails over two connections."""
    with PostfixSink() as server:
        outbox, relay = run(config_for(server.port), numbered(200))
        await outbox.marked(200)
        got = ids(server.mails())

    assert got == sorted(str(number) for number in range(200))
    assert relay.opened == 2


@pytest.mark.servers
async def test_smtp_sink_hangs_up_behind_the_dot(run: Run) -> None:
    """`smtp-sink -q .` takes the mail and disconnects: exactly the doubt, and it is in the sink's files."""
    with PostfixSink("-q", ".") as server:
        outbox, _ = run(config_for(server.port, 1), numbered(1))
        marks = await outbox.marked(1)
        got = ids(server.mails())

    assert (marks[0].state, marks[0].ambiguous, got) == ("later", True, ["0"])


@pytest.mark.servers
@pytest.mark.parametrize(
    ("options", "state"),
    [(("-Q", "."), "later"), (("-r", "RCPT"), "later"), (("-f", "RCPT"), "never"), (("-q", "MAIL"), "later")],
)
async def test_smtp_sink_refuses(run: Run, options: tuple[str, str], state: str) -> None:
    """421 behind the dot, 4xx and 5xx to RCPT, a hang-up at MAIL, as smtp-sink does them: an answer leaves no doubt."""
    with PostfixSink(*options) as server:
        outbox, _ = run(config_for(server.port, 1), numbered(1))
        marks = await outbox.marked(1)

    assert (marks[0].state, marks[0].ambiguous) == (state, False)


@pytest.mark.servers
async def test_postfix_takes_and_delivers(run: Run, postfix: Postfix, sink: SmtpSink) -> None:
    """Through a real MTA: every mail arrives with its bytes below Postfix's own trace, under the id that it told us."""
    outbox, relay = run(config_for(postfix.port), numbered(20))
    marks = await outbox.marked(20)
    mails = await sink.arrived(20)

    assert {mark.state for mark in marks.values()} == {"sent"}
    assert ids([mail.data for mail in mails]) == sorted(str(number) for number in range(20))
    assert all(mail.data.endswith(RAW) for mail in mails)
    assert {mail.sender for mail in mails} == {"b-1-xyz@desk.example"}
    queued = re.findall(r"queued as (\w+)", " ".join(mark.reply for mark in marks.values()))
    assert len(set(queued)) == 20
    assert all(name in postfix.log_text() for name in queued)
    assert relay.opened <= 2
    assert relay.max_size == 10_240_000
