"""An IMAP server that lies when told to: small, scripted, and driven by what it is sent, never by time.

`behave(conversation, tag, command)` sees each command first and returns True when it has dealt with it. For everything
that an honest server does, the tests use Dovecot.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Self

from gateway.config import Mailbox, Secret
from tests.gateway.mailroom import Mailroom

PASSWORD = 'hush "hush" \\ hush'
MAILS = {uid: b"Subject: mail %d\r\n\r\nUID 9)\r\n* 1 FETCH (UID 7\r\n{3}\r\n" % uid for uid in (3, 4, 8)}
DATE = b'"20-Nov-2026 11:48:29 +0000"'
Behave = Callable[["Conversation", str, str], Awaitable[bool]]


async def honest(conversation: "Conversation", tag: str, command: str) -> bool:
    return False


class Conversation:
    """One connection of a client."""

    def __init__(self, server: "FakeImap", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer

    async def say(self, *lines: bytes) -> None:
        self.writer.write(b"".join(line + b"\r\n" for line in lines))
        await self.writer.drain()

    def hang_up(self) -> None:
        self.writer.transport.abort()

    async def run(self) -> None:
        if self.server.greeting:
            await self.say(self.server.greeting)
        while line := await self.reader.readline():
            tag, _, command = line.decode().rstrip("\r\n").partition(" ")
            self.server.commands.append(command or tag)
            if not await self.server.behave(self, tag, command):
                await self.obey(tag, command)

    async def obey(self, tag: str, command: str) -> None:
        server, word = self.server, command.upper()
        done = f"{tag} OK done".encode()
        if word == "CAPABILITY":
            await self.say(b"* CAPABILITY " + server.capabilities, done)
        elif word.startswith("SELECT"):
            await self.say(*server.folder_lines(), done)
        elif word.startswith("UID FETCH"):
            await self.say(*server.fetch_lines(command), done)
        elif word.startswith("UID SEARCH"):
            first, last = (int(number) for number in re.findall(r"(\d+):(\d+)", command)[0])
            found = " ".join(str(uid) for uid in server.mails if first <= uid <= last)
            await self.say(f"* SEARCH {found}".rstrip().encode(), done)
        elif word.startswith("IDLE"):
            await self.say(b"+ idling")
            server.idling.set()
            await self.reader.readline()
            await self.say(done)
        else:
            await self.say(done)


class FakeImap:
    """The mails of one folder by UID, and the script."""

    def __init__(self, mails: dict[int, bytes] | None = None, *, behave: Behave = honest) -> None:
        self.mails = dict(mails or {})
        self.behave = behave
        self.greeting = b"* OK hello"
        self.capabilities = b"IMAP4rev1 UIDPLUS MOVE IDLE AUTH=XOAUTH2 SASL-IR"
        self.uidvalidity = 1
        self.uidnext: int | None = max(self.mails, default=0) + 1
        self.commands: list[str] = []
        self.idling = asyncio.Event()
        self.connections = 0
        self.context: ssl.SSLContext | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def folder_lines(self) -> list[bytes]:
        lines = [
            f"* {len(self.mails)} EXISTS",
            r"* OK [PERMANENTFLAGS (\Seen \*)] flags",
            f"* OK [UIDVALIDITY {self.uidvalidity}] yes",
        ]
        if self.uidnext is not None:
            lines.append(f"* OK [UIDNEXT {self.uidnext}] next")
        return [line.encode() for line in lines]

    def asked(self, command: str) -> list[int]:
        """The UIDs that a command names and that exist."""
        wanted = command.split()[2]
        if wanted == "*":
            return [max(self.mails)]
        ranges = [piece.split(":") for piece in wanted.split(",")]
        return [uid for uid in sorted(self.mails) if any(int(r[0]) <= uid <= int(r[-1]) for r in ranges)]

    def fetch_lines(self, command: str) -> list[bytes]:
        return [self.fetch_line(uid, command) for uid in self.asked(command)]

    def fetch_line(self, uid: int, command: str) -> bytes:
        raw, number = self.mails[uid], sorted(self.mails).index(uid) + 1
        head = b"* %d FETCH (UID %d" % (number, uid)
        if "HEADER" in command:
            header = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            return head + b" INTERNALDATE %b BODY[HEADER]<0> {%d}\r\n%b)" % (DATE, len(header), header)
        if "BODY" in command:
            return head + b" INTERNALDATE %b BODY[] {%d}\r\n%b)" % (DATE, len(raw), raw)
        return head + (b" RFC822.SIZE %d)" % len(raw) if "SIZE" in command else b")")

    @property
    def port(self) -> int:
        return int(self._listener.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await Conversation(self, reader, writer).run()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._listener.wait_closed()


def mailbox(server: FakeImap, **words: Any) -> Mailbox:
    """The account on `server`; its password is in the environment, as the fixture of each file puts it there."""
    settings: dict[str, Any] = {"tls": "none", "start": "all", "password": Secret(env="FAKE_PASSWORD"), **words}
    return Mailbox(name="fake", desk="default", host="127.0.0.1", port=server.port, user="us er", **settings)


def once(word: str, act: Behave) -> Behave:
    """Do `act` on the first command that holds `word`; be honest ever after."""
    left = [act]

    async def behave(conversation: Conversation, tag: str, command: str) -> bool:
        return await left.pop()(conversation, tag, command) if left and word in command else False

    return behave


def answering(*lines: bytes, hang_up: bool = False) -> Behave:
    """Answer with these lines; `%t` is the tag."""

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        await conversation.say(*(line.replace(b"%t", tag.encode()) for line in lines))
        if hang_up:
            conversation.hang_up()
        return True

    return act


def in_order(room: Mailroom) -> bool:
    """Every mail of `MAILS` is in the ledger once, whole, and accepted in the order of its UID."""
    return {mail.uid: mail.raw for mail in room.ledger.values()} == MAILS and room.uids() == sorted(MAILS)
