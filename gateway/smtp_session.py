"""One SMTP or LMTP session: aiosmtpd's protocol, its traps closed, that reads command lines and says replies.

aiosmtpd carries the connection, STARTTLS and the AUTH challenges; the command loop is our own, because the library's
answers 5xx with exception texts, takes bare LF for a line end, cancels a commit when the client goes away and bounds
neither time nor errors. One timer stands over every wait. What a line means stands in smtp_commands.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, TLSSetupException

from gateway import replies
from gateway.smtp_limits import Crowd, Guesses, Memory, SmtpLimits

_EVERYTHING = 2**30
_TLS_HELLO = b"\x16\x03"
# no handler: aiosmtpd looks for hooks in it, and every verb is our own
_NO_HOOKS = object()


@dataclass(frozen=True, slots=True)
class Submission:
    """One message as it came: `envelope_from` is '' for `<>`; `peer` has address, helo, tls and user (or None).

    `raw` has no trace field of ours and ends with CR LF, unless it is empty.
    """

    raw: bytes
    envelope_from: str
    envelope_to: tuple[str, ...]
    peer: Mapping[str, Any]


def whole(submission: Submission) -> Sequence[Submission]:
    """All recipients together: one commit, one reply."""
    return (submission,)


@dataclass(slots=True)
class Transaction:
    """What MAIL and RCPT have said, an address twice if it was said twice; gone after DATA, RSET, EHLO, STARTTLS."""

    sender: str
    announced: int
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What SMTP and LMTP do otherwise: the verbs, and whether the dot is answered once for each recipient.

    `parcels` takes a submission apart into those that are committed, and fail, each on its own.
    """

    protocol: str
    obey: Callable[[Session, bytes], Awaitable[replies.Reply | None]]
    each_recipient: bool = False
    parcels: Callable[[Submission], Sequence[Submission]] = whole


@dataclass(slots=True)
class Shared:
    """What all sessions of one listener share: settings, answers, counts. `stopping` is set once."""

    dialect: Dialect
    hostname: str
    max_size: int
    limits: SmtpLimits
    accept: Callable[[Submission], Awaitable[str]]
    knows: Callable[[str], bool]
    has_space: Callable[[], bool]
    tell: Callable[[str, Mapping[str, Any]], None]
    admits: Callable[[str], bool]
    memory: Memory
    crowd: Crowd
    guesses: Guesses
    logins: asyncio.Semaphore
    tls: SSLContext | None = None
    passwords: Path | None = None
    sessions: set[Session] = field(default_factory=set)
    commits: set[asyncio.Task[str]] = field(default_factory=set)
    stopping: bool = False


class Session(SMTP):
    """One connection, from the greeting to its end."""

    # how much a reader buffers before it stops the peer; lines are bounded by SmtpLimits
    line_length_limit = 2**16

    def __init__(self, shared: Shared) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            _NO_HOOKS, hostname=shared.hostname, tls_context=shared.tls, enable_SMTPUTF8=True, ident="ESMTP", loop=loop
        )
        self.shared = shared
        self.address = ""
        self.helo = ""
        self.user: str | None = None
        self.transaction: Transaction | None = None
        self.errors = self.mails = 0
        self.idle = self.ending = False
        self.last_words: replies.Reply | None = None
        self.plain = True  # bytes that come now are neither content nor TLS
        self._ends = 0.0
        self._entered = self._left = False
        self._farewell: asyncio.TimerHandle | None = None

    # ---- the connection -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio for a new connection, and again by aiosmtpd's STARTTLS when the connection is safe."""
        if self._original_transport is not None:
            # what was said in the clear is forgotten (RFC 3207 section 4.2)
            self.helo, self.transaction = "", None
            super().connection_made(transport)
            return
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        refusal = self._refusal()
        if refusal is not None:
            self.transport = transport
            self.cut(refusal)
            return
        self._ends = self.loop.time() + self.shared.limits.session_seconds
        self.shared.sessions.add(self)
        super().connection_made(transport)

    def _refusal(self) -> replies.Reply | None:
        if self.shared.stopping:
            return replies.STOPPING
        if not self.shared.admits(self.address):
            self.shared.tell("not_admitted", {"address": self.address})
            return replies.NOT_OUR_SERVER
        self._entered = self.shared.crowd.enter(self.address)
        if not self._entered:
            self.shared.tell("refused", {"address": self.address})
        return None if self._entered else replies.TOO_MANY_CONNECTIONS

    def connection_lost(self, error: Exception | None) -> None:
        """Called by asyncio once, or by ourselves when the TLS handshake failed: then asyncio does not."""
        if self._farewell is not None:
            self._farewell.cancel()
        if self._left or not self._entered:
            return
        self._left = True
        self.shared.crowd.leave(self.address)
        self.shared.sessions.discard(self)
        super().connection_lost(error)

    def eof_received(self) -> bool:
        """The client has said all that it has to say; the library would cancel what we are doing for it."""
        self._reader.feed_eof()
        return not self.encrypted

    def data_received(self, data: bytes) -> None:
        """A TLS client on a plain port says nothing that has a line end: it would wait for the timeout."""
        if self.plain and data.startswith(_TLS_HELLO):
            self._abort()
        else:
            super().data_received(data)

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The conversation; done when the session is."""
        return self._handler_coroutine

    def cut(self, reply: replies.Reply) -> None:
        """End the connection, with `reply` if the peer reads at all."""
        transport = self.transport
        if not isinstance(transport, asyncio.Transport) or transport.get_write_buffer_size() or self._shaking_hands():
            self._abort()
            return
        transport.write(reply.encode() + b"\r\n")
        self._close()

    def _close(self) -> None:
        """What is written still goes out, for a few seconds: a peer that reads nothing would keep us for ever."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.close()
            self._farewell = self.loop.call_later(self.shared.limits.farewell_seconds, self._abort)

    def _abort(self) -> None:
        for transport in (self.transport, self._original_transport):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()

    @property
    def encrypted(self) -> bool:
        """Whether TLS is on."""
        return self.session is not None and self.session.ssl is not None

    def _shaking_hands(self) -> bool:
        return self._original_transport is not None and not self.encrypted

    # ---- time -----------------------------------------------------------------------------------------------------

    def _reset_timeout(self, duration: float | None = None) -> None:
        """One wait for the client: a command's time, and never beyond the session's. Called by the library too."""
        seconds = self.shared.limits.command_seconds if duration is None else duration
        self.wait_until(min(self.loop.time() + seconds, self._ends))

    def wait_until(self, when: float) -> None:
        """The session is cut at `when` (loop time) unless this is called again."""
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._timeout_handle = self.loop.call_at(when, self._timeout_cb)

    def _timeout_cb(self) -> None:
        self.shared.tell("timeout", {"address": self.address})
        self.cut(replies.TIMEOUT)

    # ---- the conversation -----------------------------------------------------------------------------------------

    async def _handle_client(self) -> None:
        try:
            await self.say(replies.greeting(self.hostname, self.shared.dialect.protocol))
            while not self.ending:
                await self._turn()
            if self.last_words is not None:
                await self.say(self.last_words)
        except asyncio.LimitOverrunError:
            self.cut(replies.LINE_WITHOUT_END)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # gone: whatever was committed is committed, the rest never was
        finally:
            self._close()

    async def _turn(self) -> None:
        """One command and its reply."""
        self._reset_timeout()
        self.idle = True
        line = await self._reader.readuntil(b"\n")
        self.idle = False
        reply = await self._answer(line)
        if reply is not None:
            await self.say(reply)
        if self.errors >= self.shared.limits.hard_errors and not self.ending:
            self.shared.tell("too_many_errors", {"address": self.address})
            self.end(replies.TOO_MANY_ERRORS)

    async def _answer(self, line: bytes) -> replies.Reply | None:
        """The reply to one line. Whatever goes wrong with us is 451 and leaves no half transaction."""
        try:
            return await self.shared.dialect.obey(self, line)
        except (ConnectionError, asyncio.IncompleteReadError):
            raise
        except TLSSetupException as error:
            self.end()
            self.shared.tell("tls_failed", {"address": self.address, "error": error.__cause__ or error})
            self._abort()
            self.connection_lost(None)
            return None
        except Exception as error:  # noqa: BLE001 - a bug of ours must not become a 5xx, nor end other sessions
            self.transaction = None
            self.shared.tell("failed", {"address": self.address, "error": error})
            if self.shared.dialect.each_recipient:
                self.end()  # how many replies are due nobody knows any more
            return replies.FAILED

    def end(self, last_words: replies.Reply | None = None) -> None:
        """Close after the reply that is being made, with `last_words` behind it (RFC 5321 section 3.8)."""
        self.ending, self.last_words = True, last_words

    async def say(self, reply: replies.Reply) -> None:
        """Send one reply; the more errors a client has made, the later it comes."""
        if reply[0] == "5":
            self.errors += 1
            if self.errors > self.shared.limits.soft_errors:
                await asyncio.sleep(self.shared.limits.error_delay)
        self._writer.write(reply.encode() + b"\r\n")
        await self._writer.drain()

    async def push(self, status: str | bytes) -> None:
        """What aiosmtpd says of itself goes out in our words; its AUTH challenges (334) as they are."""
        text = status.decode() if isinstance(status, bytes) else status
        await self.say(text if text.startswith("334 ") else replies.ours(text))

    async def read_some(self) -> bytes:
        """All bytes that have come, at least one; raises `ConnectionError` when no more will."""
        chunk = await self._reader.read(_EVERYTHING)
        if not chunk:
            raise ConnectionResetError
        return chunk

    def give_back(self, rest: bytes) -> None:
        """Put what `read_some` read too far before whatever comes next."""
        # read_some left nothing behind, so the end of the buffer is its beginning; after an EOF nobody reads answers
        if rest and not self._reader.at_eof():
            self._reader.feed_data(rest)
