"""The load: a process of its own that hands mails to an SMTP server and keeps the time of each dot and each 250.

    python -m tests.bench.load --port 2525 --first 1 --count 3000 --sessions 16 [--rate 50]

It prints one line of JSON: `begun` and `ended` (first octet, last 250), `dots` and `acks` by mail, all in seconds of
the machine's monotonic clock, which every process shares. Anything but a 250 ends it with a traceback.
"""

import argparse
import asyncio
import json
import sys
import time

from tests.bench.mails import DESK, mail, sender

HOST = "127.0.0.1"
# as a real client does; the gateway itself would end it after the hundredth
MAILS_A_SESSION = 50


class Session(asyncio.Protocol):
    """One connection; `ask` waits for one whole reply and raises unless it has the expected code."""

    def __init__(self) -> None:
        self._held = b""
        self._waiting: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        last = self._held.rstrip(b"\r\n").rpartition(b"\n")[2]
        if self._held.endswith(b"\r\n") and last[3:4] != b"-" and self._waiting and not self._waiting.done():
            self._waiting.set_result(self._held)
            self._held = b""

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the server closed the connection"))

    async def ask(self, data: bytes, code: bytes) -> None:
        """Write and wait; `data` may be empty for the greeting."""
        self._waiting = asyncio.get_running_loop().create_future()
        if self._transport is None:
            raise ConnectionError("not connected")
        if data:
            self._transport.write(data)
        elif self._held:
            self.data_received(b"")
        reply = await self._waiting
        if not reply.startswith(code):
            raise RuntimeError(f"{data[:40]!r} was answered {reply!r}")

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def connect(port: int) -> Session:
    """A session that has been greeted and has said EHLO."""
    _, session = await asyncio.get_running_loop().create_connection(Session, HOST, port)
    await session.ask(b"", b"220")
    await session.ask(b"EHLO mx.people.example.test\r\n", b"250")
    return session


class Load:
    """All the sessions, and what they saw."""

    def __init__(self, port: int, *, first: int, count: int, rate: float | None) -> None:
        self._port, self._rate = port, rate
        self._numbers = iter(range(first, first + count))
        self._first = first
        self.begun = self.ended = 0.0
        self.dots: dict[int, float] = {}
        self.acks: dict[int, float] = {}

    async def run(self, sessions: int) -> None:
        self.begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for _ in range(sessions):
                group.create_task(self._session())
        self.ended = max(self.acks.values())

    async def _session(self) -> None:
        session, taken = await connect(self._port), 0
        for number in self._numbers:
            if taken == MAILS_A_SESSION:
                await session.ask(b"QUIT\r\n", b"221")
                session.close()
                session, taken = await connect(self._port), 0
            await self._in_time(number)
            await self._send(session, number)
            taken += 1
        await session.ask(b"QUIT\r\n", b"221")
        session.close()

    async def _in_time(self, number: int) -> None:
        if self._rate is not None:
            due = self.begun + (number - self._first) / self._rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _send(self, session: Session, number: int) -> None:
        raw = mail(number)
        await session.ask(f"MAIL FROM:<{sender(number)}>\r\n".encode(), b"250")
        await session.ask(f"RCPT TO:<{DESK}>\r\n".encode(), b"250")
        await session.ask(b"DATA\r\n", b"354")
        self.dots[number] = time.monotonic()
        await session.ask(raw + b".\r\n", b"250")
        self.acks[number] = time.monotonic()


def main() -> None:
    """Send, then print what was seen."""
    words = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--first", type=int, default=1)
    words.add_argument("--count", type=int, required=True)
    words.add_argument("--sessions", type=int, default=16)
    words.add_argument("--rate", type=float, default=None)
    args = words.parse_args()
    load = Load(args.port, first=args.first, count=args.count, rate=args.rate)
    asyncio.run(load.run(args.sessions))
    json.dump({"begun": load.begun, "ended": load.ended, "dots": load.dots, "acks": load.acks}, sys.stdout)


if __name__ == "__main__":
    main()
