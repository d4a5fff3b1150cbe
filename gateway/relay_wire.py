"""The wire to a relay once it is open: commands written several at a time, replies taken one by one, in order.

Promises: a reply belongs to the command it answers; one that nobody asked for ends the wire, for it would be taken for
the next one's; no reply is larger than 32 KiB; whoever waits is told within the seconds that he gave. What goes wrong
raises `Lost`, and then nothing more can be said on this wire.

One timer serves a whole wire: to set and cancel one for each reply costs more than reading it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

LONGEST_LINE = 8 * 1024  # octets; RFC 5321 section 4.5.3.1.5 says 512
LONGEST_REPLY = 32 * 1024
UNASKED = "the relay said something that it was not asked"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of one or more lines (RFC 5321 section 4.2.1), its codes taken off, joined by LF."""

    code: int
    text: str


class Lost(Exception):
    """The wire is cut, silent, or carries what is no SMTP. The text says which."""


class Wire(asyncio.Protocol):
    """`put` and `reply` for one conversation at a time; made on a transport by `Wire.on`."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held = bytearray()
        self._asked = 0
        self._lost = ""
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def on(cls, transport: asyncio.Transport) -> Wire:
        """Take over a transport on which every reply so far has been read."""
        wire = cls(transport)
        transport.set_protocol(wire)
        return wire

    def put(self, data: bytes, *, replies: int) -> None:
        """Write; so many replies are due for it."""
        if self._lost or self._transport.is_closing():
            raise Lost(self._lost or "the connection was closed")
        self._asked += replies
        self._transport.write(data)

    async def reply(self, *, until: float) -> Reply:
        """The next reply that is due, before the loop's clock says `until`."""
        while (found := self._next()) is None:
            if self._lost:
                raise Lost(self._lost)
            self._deadline = until
            self._set_timer()
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        self._asked -= 1
        if self._held and not self._asked:
            self._cut(UNASKED)
        return found

    def close(self, *, politely: bool) -> None:
        """At once; what was written last is still sent when it ends in good order."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if politely and not self._lost:
            self._transport.close()
        else:
            self._transport.abort()  # TLS would wait half a minute for the other side's goodbye

    def _next(self) -> Reply | None:
        """The first whole reply of what has arrived, taken off. Raises `Lost`."""
        texts, start = [], 0
        while (end := self._held.find(b"\n", start)) >= 0:
            line = bytes(self._held[start:end])
            start = end + 1
            if not line[:3].isdigit() or len(line) > LONGEST_LINE:
                words = line[:200].decode("utf-8", "replace")
                raise self._cut(f"Malformed reply: {words}")
            texts.append(line[4:].strip(b" \t\r"))
            if line[3:4] != b"-":
                del self._held[:start]
                return Reply(int(line[:3]), b"\n".join(texts).decode("utf-8", "surrogateescape"))
        return None

    def _cut(self, words: str) -> Lost:
        self._lost = self._lost or words
        return Lost(self._lost)

    # -- told by the event loop

    def data_received(self, data: bytes) -> None:
        """More of a reply."""
        self._held += data
        if not self._asked:
            self._cut(UNASKED)
        elif len(self._held) > LONGEST_REPLY:
            self._cut("a reply was too long")
        self._wake()

    def eof_received(self) -> None:
        """The relay will say nothing more."""
        self._cut("the relay closed the connection")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed by either side, or cut."""
        self._cut(f"the connection was lost: {exc}" if exc else "the relay closed the connection")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _set_timer(self) -> None:
        """Ring at the deadline or before; a timer that rings too early is set anew."""
        if self._timer is not None:
            if self._timer.when() <= self._deadline:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() < self._deadline:
            self._set_timer()
        else:
            self._cut("no answer in time")
            self._wake()
