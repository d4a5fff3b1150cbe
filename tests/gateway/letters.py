"""What the tests of relay and sender send, and where they keep what became of it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gateway.config import Relay as RelayConfig
from gateway.relay import Letter, Result
from gateway.sender import Marked, OutboxMail, Sender, SenderLimits
from parsing.message import Temporary
from tests.sink import SmtpSink

RAW = (
    b"From: Support <support@desk.example>\r\nTo: customer@shop.example\r\nSubject: Re: [TKT-00001] printer\r\n"
    b"Message-ID: <1.abc@desk.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=us-ascii\r\n\r\nHello,\r\n.a dot\r\n..two\r\n-- \r\nSupport\r\n"
)
START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


Run = Callable[..., Sender]
"""Starts a sender, its arguments those of `sender` below."""


def letter(
    recipient: str = "customer@shop.example", *, raw: bytes = RAW, serial: str = "0123456789abcdef", sender: str = ""
) -> Letter:
    """A sound letter unless the test says otherwise."""
    return Letter(serial=serial, envelope_from=sender or "b-1-xyz@desk.example", recipient=recipient, raw=raw)


def plain_config(sink: SmtpSink, **values: object) -> RelayConfig:
    """The relay is `sink`, without TLS or login unless the test says otherwise."""
    return RelayConfig.model_validate({"host": sink.host, "port": sink.port, "tls": "none", "connections": 1, **values})


@dataclass(frozen=True)
class Row:
    """A claimed row of the outbox."""

    id: int
    serial: str
    recipient: str = "customer@shop.example"
    raw: bytes = RAW
    attempts: int = 0
    created_db: datetime = START
    role: str = "customer"
    desk: str = "support"
    ticket: int | None = 1
    notice: str = "opened"
    envelope_from: str = "b-1-xyz@desk.example"
    message_id: str = "<1.abc@desk.example>"
    fence: int = 1


def row(number: int, recipient: str = "", **values: object) -> Row:
    """One of many: its number is in its id, serial and (unless another is given) recipient."""
    return Row(number, f"serial{number}", recipient or f"customer{number}@shop.example", **values)  # type: ignore[arg-type]


@dataclass
class Outbox:
    """A store in memory, as far as a sender sees one: `due` is claimed, `marks` are written. `busy` counts down."""

    due: list[Row] = field(default_factory=list)
    marks: list[Marked] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    claims: list[int] = field(default_factory=list)
    returned: list[tuple[int, str]] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    doubted: list[tuple[int, str]] = field(default_factory=list)
    busy: int = 0
    now: datetime = START
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def claim(self, count: int) -> Sequence[Row]:
        self.claims.append(count)
        taken, self.due = self.due[:count], self.due[count:]
        async with self.changed:
            self.changed.notify_all()
        return taken

    async def mark(self, marks: Sequence[Marked]) -> None:
        if self.busy:
            self.busy -= 1
            raise Temporary("busy")
        self.marks.extend(marks)
        self.batches.append(len(marks))
        async with self.changed:
            self.changed.notify_all()

    async def give_back(self, mail: OutboxMail, result: Result) -> None:
        self.returned.append((mail.id, result.reply))

    async def warn(self, mail: OutboxMail, result: Result) -> None:
        self.late.append(mail.id)

    async def doubt(self, mail: OutboxMail, result: Result) -> None:
        self.doubted.append((mail.id, mail.message_id))

    async def marked(self, count: int) -> dict[int, Marked]:
        """Until so many marks were written; the last one of each mail."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.marks) >= count)
        return {mark.id: mark for mark in self.marks}

    async def claimed(self, times: int) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.claims) >= times)


def sender(outbox: Outbox, relay: object, **values: object) -> Sender:
    """A sender on `outbox`, whose chance is always one half."""
    settings: dict[str, object] = {
        "relay": relay,
        "claim": outbox.claim,
        "mark": outbox.mark,
        "allowed": lambda mail: None,
        "sign": None,
        "now": lambda: outbox.now,
        "chance": lambda: 0.5,
        "limits": SenderLimits(poll=60, again=0),
        "returned": outbox.give_back,
        "late": outbox.warn,
        "doubted": outbox.doubt,
        "wake": outbox.wake,
    }
    return Sender(**{**settings, **values})  # type: ignore[arg-type]


def older(age: timedelta) -> datetime:
    """When a mail of that age was made."""
    return START - age
