"""The bytes between DATA and the dot (RFC 5321 sections 4.1.1.4 and 4.5.2), taken in as they come.

Only CR LF . CR LF ends a message: every other ending stays inside, where its bare CR or LF makes the whole message
refused, so nothing can be smuggled past us or onward. What is refused is thrown away while it comes, and the session
stays in step. Work is linear and done chunk by chunk: a message of 25 MiB never holds up the event loop for long.
"""

from __future__ import annotations

from gateway import replies

_END = b"\r\n.\r\n"
_HEADER = 256 * 1024


class Intake:
    """One message on its way in: feed it until `done`; then `rest` is what the client sent after the dot."""

    def __init__(self, *, size: int, line: int) -> None:
        self._size, self._line = size, line
        # always begins with the CR LF before the line that is coming; before the first line it is only thought
        self._pending = bytearray(b"\r\n")
        self._pieces: list[bytes] = []
        self.kept = 0
        self.received = 0
        self.refused: replies.Reply | None = None
        self.done = False
        self.rest = b""

    def feed(self, chunk: bytes) -> None:
        """The next bytes from the socket, of any length."""
        self.received += len(chunk)
        seen = max(len(self._pending) - len(_END) + 1, 0)
        self._pending += chunk
        end = self._pending.find(_END, seen)
        if end >= 0:
            self.done, self.rest = True, bytes(self._pending[end + len(_END) :])
        self._keep(end if self.done else self._pending.rfind(b"\r\n"))
        if not self.done and len(self._pending) - 2 > self._line:
            self.refuse(replies.LINE_TOO_LONG)
        if self.refused:
            del self._pending[: 1 - len(_END)]

    @property
    def held(self) -> int:
        """Bytes in memory now."""
        return self.kept + len(self._pending)

    def refuse(self, reply: replies.Reply) -> None:
        """The message is not wanted: forget what came and what will come, and answer `reply` after the dot."""
        self.refused = self.refused or reply
        self._pieces.clear()
        self.kept = 0

    def message(self) -> bytes:
        """The whole message, dots unstuffed, ending with CR LF unless it is empty. Only when done and not refused."""
        if not self._pieces:
            return b""
        return b"".join([self._pieces[0][2:], *self._pieces[1:], b"\r\n"])

    def _keep(self, length: int) -> None:
        """Move whole lines, `length` bytes, from pending to the pieces."""
        if length <= 0 or self.refused:
            return
        piece = bytes(self._pending[:length])
        del self._pending[:length]
        if not piece.count(b"\r\n") == piece.count(b"\n") == piece.count(b"\r"):
            self.refuse(replies.BARE_LINE_END)
        elif len(piece) - 2 > self._line and max(map(len, piece.split(b"\r\n"))) > self._line:
            self.refuse(replies.LINE_TOO_LONG)
        else:
            self._add(piece.replace(b"\r\n.", b"\r\n"))

    def _add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        # the CR LF in front, which is not the client's, counts for the one of the last line, which is not here yet
        self.kept += len(piece)
        if self.kept > self._size:
            self.refuse(replies.TOO_BIG)


def hops(message: bytes) -> int:
    """How many Received fields its header has (the first 256 KiB of it): RFC 5321 section 6.3."""
    header = (b"\r\n" + message[:_HEADER]).partition(b"\r\n\r\n")[0]
    return header.lower().count(b"\r\nreceived:")
