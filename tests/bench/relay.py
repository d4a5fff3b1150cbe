"""The relay of the bench: a process of its own that takes every mail, cheaply, and keeps when, to whom and which id.

    python -m tests.bench.relay

Its first line of output is the port. Then it answers lines: `count` with how many mails it took, `wait N SECONDS` with
the count once there are N (or the time is over), `dump` with a JSON list of [seconds, recipient, Message-ID].
"""

import asyncio
import contextlib
import json
import re
import sys
import time

EHLO = b"250-sink.example.test\r\n250-PIPELINING\r\n250-SIZE 67108864\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
REPLIES = {b"MAIL": b"250 ok\r\n", b"RSET": b"250 ok\r\n", b"NOOP": b"250 ok\r\n"}


class Taken:
    """What has arrived, over all connections."""

    def __init__(self) -> None:
        self.mails: list[tuple[float, str, str]] = []
        self.wanted = 0
        self.enough = asyncio.Event()

    def take(self, recipients: list[str], data: bytes) -> None:
        found = ID.search(data)
        now, name = time.monotonic(), found[1].decode() if found else ""
        self.mails += [(now, recipient, name) for recipient in recipients]
        if self.wanted and len(self.mails) >= self.wanted:
            self.enough.set()

    async def wait(self, count: int, seconds: float) -> None:
        self.wanted = count
        self.enough.clear()
        if len(self.mails) < count:
            with contextlib.suppress(TimeoutError):  # whoever asked sees the count
                await asyncio.wait_for(self.enough.wait(), seconds)


class Conversation(asyncio.Protocol):
    """One connection: lines until DATA, then octets until the dot."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._held = b""
        self._recipients: list[str] = []
        self._data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink.example.test ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._held += data
        answers: list[bytes] = []
        while self._step(answers):
            pass
        if answers:
            self._transport.write(b"".join(answers))

    def _step(self, answers: list[bytes]) -> bool:
        mark = b"\r\n.\r\n" if self._data else b"\r\n"
        part, found, rest = self._held.partition(mark)
        if not found:
            return False
        self._held = rest
        answers.append(self._dot(part) if self._data else self._line(part))
        return True

    def _dot(self, data: bytes) -> bytes:
        self._taken.take(self._recipients, data)
        self._recipients, self._data = [], False
        return b"250 2.0.0 taken\r\n"

    def _line(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            return EHLO
        if verb == b"RCPT":
            self._recipients.append(line.partition(b"<")[2].partition(b">")[0].decode())
            return b"250 ok\r\n"
        if verb == b"DATA":
            self._data = True
            return b"354 go ahead\r\n"
        if verb == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
            return b""
        return REPLIES.get(verb, b"502 not here\r\n")


async def serve() -> None:
    """Until standard input ends."""
    loop = asyncio.get_running_loop()
    taken = Taken()
    server = await loop.create_server(lambda: Conversation(taken), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().split():
        if line[0] == "wait":
            await taken.wait(int(line[1]), float(line[2]))
        print(json.dumps(taken.mails) if line[0] == "dump" else len(taken.mails), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
