"""An SMTP server that misbehaves on request: the relay or the customer's mail server of a test.

It runs in a thread of its own, records every message that it took, and can be told how to answer any command, recipient
or finished message: refuse, wait, fall silent, or hang up. It understands no more than a client needs to go on.
"""

import asyncio
import ssl
import threading
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Literal, Self

LINE_LIMIT = 64 * 1024 * 1024

Stage = Literal["connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot", "rset", "quit"]


class Fault(Enum):
    """What no reply can say."""

    HANG_UP = "close the connection without a word; after the dot, the message was taken all the same"
    SILENCE = "never answer again, and leave the connection open"


Answer = str | Fault | threading.Event
"""A whole reply (`450 4.2.0 later`), a fault, or an event to wait for before the usual answer."""

USUAL: dict[str, str] = {
    "connect": "220 sink.example.test ESMTP",
    "auth": "235 2.7.0 ok",
    "starttls": "220 2.0.0 go ahead",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go ahead",
    "dot": "250 2.0.0 taken",
    "rset": "250 2.0.0 ok",
    "quit": "221 2.0.0 bye",
}


@dataclass(frozen=True)
class Received:
    """One message that the sink took responsibility for, its lines ended by CRLF and without the transparency dots."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    mail_options: tuple[str, ...] = ()
    login: str | None = None


@dataclass
class Conversation:
    """One connection, and the envelope that it is filling."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sender: str = ""
    options: tuple[str, ...] = ()
    recipients: list[str] = field(default_factory=list)
    login: str | None = None


class SmtpSink:
    """`with SmtpSink() as sink: ...` listens on `sink.host` and `sink.port`; `stop` and `start` keep the port."""

    host = "127.0.0.1"

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    ) -> None:
        self.port = 0
        self.received: list[Received] = []
        self.commands: list[str] = []
        self.connections = 0
        self._tls = tls
        self._extensions = ("PIPELINING", "SIZE 67108864", "ENHANCEDSTATUSCODES", "AUTH PLAIN XOAUTH2", *extensions)
        self._script: dict[tuple[str, str | None], deque[Answer]] = {}
        self._standing: dict[tuple[str, str | None], Answer] = {}
        self._changed = threading.Condition()
        self._open: set[asyncio.Task[None]] = set()

    # -- what a test says and asks

    def next(self, stage: Stage, *answers: Answer, recipient: str | None = None) -> None:
        """Answer this way once each, in order; `recipient` narrows `rcpt`, and `dot` to messages that name it."""
        self._script.setdefault((stage, recipient), deque()).extend(answers)

    def always(self, stage: Stage, answer: Answer | None, *, recipient: str | None = None) -> None:
        """Answer this way until told otherwise; None goes back to the usual."""
        if answer is None:
            self._standing.pop((stage, recipient), None)
        else:
            self._standing[(stage, recipient)] = answer

    def wait_for(self, count: int, *, timeout: float = 15.0) -> list[Received]:
        """Until so many messages were taken since the start or `clear`; blocks, so on an event loop use `arrived`."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.received) >= count, timeout):
                raise TimeoutError(
                    f"{len(self.received)} of {count} messages after {timeout} s; commands: {self.commands[-20:]}"
                )
            return list(self.received)

    async def arrived(self, count: int, *, timeout: float = 15.0) -> list[Received]:
        return await asyncio.to_thread(self.wait_for, count, timeout=timeout)

    def wait_for_command(self, start: str, *, timeout: float = 15.0) -> None:
        """Until a command that starts so (`RCPT TO:<a@b.example>`) was read."""
        with self._changed:
            if not self._changed.wait_for(lambda: any(c.startswith(start) for c in self.commands), timeout):
                raise TimeoutError(f"no {start} after {timeout} s; commands: {self.commands[-20:]}")

    def clear(self) -> None:
        """Forget what was received and said, and every script."""
        with self._changed:
            self.received.clear()
            self.commands.clear()
            self._script.clear()
            self._standing.clear()

    # -- opened and closed

    def start(self) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="smtp-sink", daemon=True)
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the sink did not start")

    def stop(self) -> None:
        """Every connection is cut, and the port is refused until `start`."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        server = await asyncio.start_server(self._accept, self.host, self.port, limit=LINE_LIMIT)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    # -- the conversation

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._converse(Conversation(reader, writer)))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _converse(self, talk: Conversation) -> None:
        try:
            going = await self._answer(talk, "connect")
            while going:
                line = (await talk.reader.readuntil(b"\n")).decode(errors="surrogateescape").rstrip("\r\n")
                self._note(line)
                going = await self._command(talk, line)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client went away, which is its right
        finally:
            talk.writer.close()

    def _note(self, line: str) -> None:
        with self._changed:
            self.commands.append(line)
            self._changed.notify_all()

    async def _command(self, talk: Conversation, line: str) -> bool:
        """Whether the conversation goes on."""
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "EHLO" | "HELO":
                return await self._answer(talk, "ehlo", usual=self._greeting(talk))
            case "STARTTLS" if self._tls:
                going = await self._answer(talk, "starttls")
                if going:
                    await talk.writer.start_tls(self._tls)
                return going
            case "AUTH":
                talk.login = rest
                return await self._answer(talk, "auth")
            case "MAIL":
                address, talk.options = _path(rest)
                talk.sender, talk.recipients = address, []
                return await self._answer(talk, "mail")
            case "RCPT":
                return await self._recipient(talk, _path(rest)[0])
            case "DATA":
                return await self._data(talk)
            case "RSET" | "NOOP":
                talk.recipients = [] if verb.upper() == "RSET" else talk.recipients
                return await self._answer(talk, "rset")
            case "QUIT":
                await self._answer(talk, "quit")
                return False
        return await self._say(talk, "502 5.5.1 not here")

    def _greeting(self, talk: Conversation) -> str:
        offers = [*self._extensions]
        if self._tls and talk.writer.get_extra_info("ssl_object") is None:
            offers.append("STARTTLS")
        lines = ["sink.example.test", *offers]
        return "\r\n".join(f"250{' ' if n == len(lines) else '-'}{line}" for n, line in enumerate(lines, 1))

    async def _recipient(self, talk: Conversation, address: str) -> bool:
        answer = await self._choose("rcpt", [address])
        if isinstance(answer, str) and answer.startswith("2"):
            talk.recipients.append(address)
        return await self._give(talk, answer)

    async def _data(self, talk: Conversation) -> bool:
        if not talk.recipients:
            return await self._say(talk, "554 5.5.1 no valid recipients")
        answer = await self._choose("data", talk.recipients)
        if not (isinstance(answer, str) and answer.startswith("3")):
            return await self._give(talk, answer)
        await self._say(talk, answer)
        lines = []
        while (line := await talk.reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        self._note(".")
        answer = await self._choose("dot", talk.recipients)
        if answer is Fault.HANG_UP or (isinstance(answer, str) and answer.startswith("2")):
            taken = Received(talk.sender, tuple(talk.recipients), b"".join(lines), talk.options, talk.login)
            with self._changed:
                self.received.append(taken)
                self._changed.notify_all()
        talk.recipients = []
        return await self._give(talk, answer)

    async def _answer(self, talk: Conversation, stage: str, *, usual: str | None = None) -> bool:
        """Whether the answer was a kind one."""
        return await self._give(talk, await self._choose(stage, [], usual=usual))

    async def _choose(self, stage: str, recipients: list[str], *, usual: str | None = None) -> str | Fault:
        keys: list[tuple[str, str | None]] = [*((stage, recipient) for recipient in recipients), (stage, None)]
        answer: Answer | None = next((self._script[key].popleft() for key in keys if self._script.get(key)), None)
        if answer is None:
            answer = next((self._standing[key] for key in keys if key in self._standing), None)
        if isinstance(answer, threading.Event):
            while not answer.is_set():  # noqa: ASYNC110 - see below
                # an event of threads cannot wake a loop, and a thread that waits for it cannot be cut off
                await asyncio.sleep(0.01)
            answer = None
        return USUAL[stage] if answer is None and usual is None else answer or usual or ""

    async def _give(self, talk: Conversation, answer: str | Fault) -> bool:
        if answer is Fault.SILENCE:
            while await talk.reader.read(65536):
                pass
        return await self._say(talk, answer) if isinstance(answer, str) else False

    async def _say(self, talk: Conversation, reply: str) -> bool:
        talk.writer.write(reply.encode() + b"\r\n")
        await talk.writer.drain()
        return not reply.startswith("421")


def _path(rest: str) -> tuple[str, tuple[str, ...]]:
    """The address between the angles of `FROM:<a@b.example> SIZE=1`, and the words behind it."""
    address, _, words = rest.partition("<")[2].partition(">")
    return address, tuple(words.split())
