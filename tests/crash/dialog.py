"""An SMTP client that stops where a test wants it to: one line at a time, one reply at a time, or gone."""

import socket
import struct
from types import TracebackType
from typing import Self

from tests.crash.mails import Mail
from tests.running import HOST


class Dialog:
    """One connection, greeted. `with Dialog(port) as client: ...`"""

    def __init__(self, port: int, *, seconds: float = 30.0) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=seconds)
        self._reader = self._socket.makefile("rb")
        self.greeting = self.reply()
        self.command("EHLO client.example.test")

    def reply(self) -> str:
        """The next whole reply; empty when the other side has gone."""
        lines = []
        try:
            while line := self._reader.readline().decode(errors="replace"):
                lines.append(line.rstrip())
                if line[3:4] != "-":
                    break
        except ConnectionError:
            return ""
        return "\n".join(lines)

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self._socket.sendall(data)

    def command(self, line: str) -> str:
        """One command and its reply."""
        try:
            self.send(line.encode() + b"\r\n")
        except ConnectionError:
            return ""
        return self.reply()

    def begin(self, mail: Mail) -> str:
        """MAIL, RCPT and DATA; the reply is 354, or the first that is no kind one."""
        for line in (f"MAIL FROM:<{mail.envelope_from}>", f"RCPT TO:<{mail.envelope_to}>", "DATA"):
            answer = self.command(line)
            if answer[:1] not in ("2", "3"):
                return answer
        return answer

    def finish(self, mail: Mail) -> str:
        """The content, the dot, and the reply."""
        try:
            self.send(content(mail))
        except ConnectionError:
            return ""
        return self.reply()

    def deliver(self, mail: Mail) -> str:
        """The whole transaction; its last reply."""
        answer = self.begin(mail)
        return self.finish(mail) if answer.startswith("354") else answer

    def vanish(self) -> None:
        """Gone with a reset, as a machine that lost its power."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Gone."""
        self._reader.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def content(mail: Mail) -> bytes:
    """What goes over the wire after DATA, the dot included."""
    return mail.raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def deliver(port: int, mail: Mail) -> str:
    """One mail on a connection of its own; the last reply."""
    with Dialog(port) as client:
        return client.deliver(mail)
