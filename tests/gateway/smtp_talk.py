"""A listener to talk to and a client that says exactly what a test wants, well-formed or not."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.config import Lmtp, Smtp
from gateway.smtp import SmtpLimits, SmtpListener, Submission

PATIENCE = 10.0
DESKS = frozenset({"support@desk.test", "billing@desk.test"})
LIMITS = SmtpLimits(error_delay=0.0, farewell_seconds=1.0)


def knows(address: str) -> bool:
    """The two desks, in any case and with any +part, as the gateway's own answer is."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in DESKS


@dataclass
class House:
    """A running listener, what it accepted and what it told."""

    listener: SmtpListener
    got: list[Submission]
    told: list[tuple[str, Mapping[str, Any]]]
    talks: "list[Talk]" = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.listener.ports[0]

    @property
    def free_memory(self) -> int:
        return self.listener._shared.memory.free

    async def talk(self) -> "Talk":
        """A new connection whose greeting is not read yet; closed at the end of the test."""
        talk = Talk(*await asyncio.open_connection("127.0.0.1", self.port))
        self.talks.append(talk)
        return talk

    async def ready(self, hello: str = "") -> "Talk":
        """A new connection that has said EHLO, or LHLO where that is spoken."""
        talk = await self.talk()
        greeting = await talk.reply()
        assert greeting.startswith("220 ")
        verb = "LHLO" if greeting.endswith("LMTP") else "EHLO"
        assert (await talk.say(hello or f"{verb} client.test")).startswith("250")
        return talk

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let the loop run until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - what is waited for happens inside the server, which has no event
                await asyncio.sleep(0)


class Talk:
    """One connection from the client's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def reply(self) -> str:
        """The next whole reply; '' when the server has closed."""
        lines = []
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    line = (await self.reader.readline()).decode()
                except ConnectionError:
                    line = ""
                lines.append(line.rstrip("\r\n"))
                if line[3:4] != "-":
                    return "\n".join(lines)

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.writer.write(data)

    async def say(self, line: str | bytes) -> str:
        """One command line and the reply to it."""
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return await self.reply()

    async def begin(self, *recipients: str, sender: str = "<anna@customer.test>") -> None:
        """MAIL, RCPT and DATA up to the 354."""
        assert (await self.say(f"MAIL FROM:{sender}"))[:3] == "250"
        for recipient in recipients or ("support@desk.test",):
            assert (await self.say(f"RCPT TO:<{recipient}>"))[:3] == "250"
        assert (await self.say("DATA"))[:3] == "354"

    async def content(self, data: bytes) -> str:
        """What follows the 354, with its dot, and the reply to it."""
        self.send(data + b".\r\n")
        return await self.reply()

    async def mail(self, data: bytes = b"Subject: x\r\n\r\nhello\r\n", *recipients: str) -> str:
        """A whole mail; the reply after the dot."""
        await self.begin(*recipients)
        return await self.content(data)

    async def starttls(self) -> str:
        """STARTTLS with a client that trusts everybody, then EHLO; the reply to EHLO."""
        assert (await self.say("STARTTLS"))[:3] == "220"
        await self.writer.start_tls(trusting())
        return await self.say("EHLO client.test")

    async def closed(self) -> bool:
        """Whether the server has closed, or does so now; anything that it still says is an error."""
        return await self.reply() == ""

    def reset(self) -> None:
        """Go away with a RST, as a client does that crashed."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextlib.asynccontextmanager
async def listening(
    config: Smtp | Lmtp | None = None,
    *,
    accept: Callable[[Submission], Awaitable[str]] | None = None,
    limits: SmtpLimits = LIMITS,
    **answers: Any,
) -> AsyncIterator[House]:
    """A listener on a free port of loopback that accepts into a list, until the test ends."""
    got: list[Submission] = []
    told: list[tuple[str, Mapping[str, Any]]] = []

    async def take(submission: Submission) -> str:
        got.append(submission)
        return f"q{len(got)}" if accept is None else await accept(submission)

    listener = SmtpListener(
        config or Smtp(listen=("127.0.0.1:0",), hostname="mx.test"),
        accept=take,
        limits=limits,
        tell=lambda what, details: told.append((what, details)),
        **{"knows": knows, **answers},
    )
    await listener.start()
    house = House(listener, got, told)
    try:
        yield house
    finally:
        for talk in house.talks:
            talk.writer.transport.abort()
        await listener.stop(grace=1.0)
        assert listener.sessions == 0
