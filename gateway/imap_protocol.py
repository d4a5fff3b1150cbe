"""aioimaplib's protocol with its traps closed: what it does with the bytes that an IMAP server sends.

The server is taken for hostile. Promises: answers are read line by line without recursion; every literal, line and
answer has a cap set for the command in hand; whatever breaks the rules ends the connection, once, and `lost` says why;
nothing that was sent or received is ever logged.
"""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from dataclasses import dataclass
from enum import StrEnum

from aioimaplib import aioimaplib

from gateway.imap_words import LITERAL
from parsing.message import Temporary


class Failing(StrEnum):
    """What went wrong, as far as the next try depends on it."""

    CONNECTION = "connection"  # gone, silent or never there
    UNAVAILABLE = "unavailable"  # the server says that it can not now
    LOGIN = "login"  # password or token refused
    TLS = "tls"  # no TLS, or not by whom we trust
    FOLDER = "folder"  # not there
    REFUSED = "refused"  # NO or BAD to anything else
    PROTOCOL = "protocol"  # the server breaks the rules


class ImapFailure(Temporary):
    """The one failure of a conversation: its kind, and words for a person without a secret in them."""

    def __init__(self, kind: Failing, text: str) -> None:
        super().__init__(text)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class ImapLimits:
    """Every number of the poller; seconds and octets."""

    connect_seconds: float = 30.0
    silence_seconds: float = 60.0  # without one octet while an answer is due
    command_seconds: float = 600.0  # for a whole answer, however much it drips
    idle_seconds: float = 100.0  # IDLE is left and taken up again: RFC 2177 asks for < 29 minutes, we promise <= 9
    done_seconds: float = 15.0  # to answer DONE: with the line above, a dead IDLE is found within two minutes
    logout_seconds: float = 2.0
    secret_seconds: float = 30.0
    backoff_first_seconds: float = 1.0
    backoff_last_seconds: float = 300.0
    login_retry_seconds: float = 300.0  # a wrong password is not tried often: accounts get locked
    alarm_after: int = 3  # failures in a row that may well pass by themselves
    lease_seconds: float = 10.0  # how often a long drain renews the lease
    unreadable_seconds: float = 3600.0  # how long a body may be refused before its header is taken alone
    batch: int = 250  # mails
    batch_octets: int = 32 * 2**20
    message: int = 25 * 2**20  # beyond it a body is not asked for
    header: int = 256 * 2**10
    slack: int = 64 * 2**10  # what a literal may have beyond RFC822.SIZE
    line: int = 2**20
    lines: int = 20_000  # in one answer
    window: int = 1000  # UIDs asked about at once
    leap: int = 2**16  # UIDs asked about at once where there were none


class GuardedProtocol(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc]  # the library has no annotations
    """One connection's bytes. `lost` is done, with the failure, when nothing more will come."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: ImapLimits) -> None:
        super().__init__(loop)
        self.limits = limits
        self.greeting: asyncio.Future[bytes] = loop.create_future()
        self.lost: asyncio.Future[ImapFailure] = loop.create_future()
        self.closed = asyncio.Event()
        self.news = asyncio.Event()  # the folder has got more mails than SELECT said
        self.heard = loop.time()
        self.challenge = ""
        self._rest = b""
        self._literal = bytearray()
        self._missing = 0
        self._interrupted: aioimaplib.Command | None = None
        self.expect(limits.slack, limits.slack)

    def expect(self, literal: int, total: int) -> None:
        """Set the caps for the next answer: octets of one literal and of all together."""
        self._literal_cap, self._octets_left, self._lines_left = literal, total, self.limits.lines

    def fail(self, failure: ImapFailure) -> None:
        """End the connection; the first reason is the one that counts."""
        if not self.lost.done():
            self.lost.set_result(failure)
        if self.transport is not None:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()
        self.fail(ImapFailure(Failing.CONNECTION, "the server closed the connection"))

    def data_received(self, d: bytes) -> None:
        self.heard = self.loop.time()
        try:
            self._feed(self._rest + d)
        except ImapFailure as failure:
            self.fail(failure)
        except Exception:  # noqa: BLE001 - the library raises anything on hostile bytes, and names the password in it
            self.fail(ImapFailure(Failing.PROTOCOL, "the server sent an answer that nobody asked for"))

    def _feed(self, data: bytes) -> None:
        self._rest, at = b"", 0
        while at < len(data) and not self.lost.done():
            if self._missing:
                at += self._feed_literal(data[at : at + self._missing])
                continue
            end = data.find(b"\r\n", at)
            if len(data) - at > self.limits.line and not 0 <= end - at <= self.limits.line:
                raise ImapFailure(Failing.PROTOCOL, "the server sent an endless line")
            if end < 0:
                self._rest = data[at:]
                break
            self._take_line(data[at:end])
            at = end + 2
        if self.pending_sync_command is not None:
            self.pending_sync_command.flush()

    def _feed_literal(self, piece: bytes) -> int:
        self._literal += piece
        self._missing -= len(piece)
        if not self._missing:
            self._end_literal()
        return len(piece)

    def _end_literal(self) -> None:
        if self._interrupted is not None:
            self._interrupted.append_to_resp(self._literal)
        self._literal = bytearray()

    def _take_line(self, line: bytes) -> None:
        command, self._interrupted = self._interrupted, None
        if command is not None:
            command.append_to_resp(line)
        elif not self.greeting.done():
            self.greeting.set_result(line)
            return
        elif line:
            command = self._route(line)
        found = LITERAL.search(line)
        if found is not None and (command is not None or line.startswith(b"* ")):
            self._begin_literal(command or aioimaplib.Command("NIL", "unused", loop=self.loop), int(found.group(1)))

    def _begin_literal(self, command: aioimaplib.Command, size: int) -> None:
        self._octets_left -= size
        if size > self._literal_cap or self._octets_left < 0:
            raise ImapFailure(Failing.PROTOCOL, f"the server wants to send {size} octets, more than was asked for")
        self._interrupted, self._missing = command, size
        if not size:
            self._end_literal()

    def _route(self, line: bytes) -> aioimaplib.Command | None:
        if aioimaplib.tagged_status_response_re.match(line):
            self._response_done(line)
            return None
        if line.startswith(b"* "):
            return self._untagged_response(line)
        if line.startswith(b"+"):
            self._continuation(line)
            return None
        raise ImapFailure(Failing.PROTOCOL, "the server sent a line that is no answer")

    def _untagged_response(self, line: bytes) -> aioimaplib.Command | None:
        """Like the library's, but only the leading `* ` goes, and an idling connection keeps nothing."""
        line = line[2:]
        name, _, text = line.partition(b" ")
        if name.upper() == b"BYE" and not self._leaving():
            raise ImapFailure(Failing.UNAVAILABLE, f"the server says goodbye: {printable(text)}")
        if text.upper() == b"EXISTS":
            self.news.set()
        command = self.pending_sync_command
        if command is None:
            numbered = aioimaplib.message_data_re.match(line)
            command = self.pending_async_commands.get((numbered.group(1) if numbered else name).decode().upper())
            line = line if numbered else text
        if command is None or command.name == "IDLE":
            return None
        self._lines_left -= 1
        if self._lines_left < 0:
            raise ImapFailure(Failing.PROTOCOL, "the server's answer does not end")
        command.append_to_resp(line)
        return command

    def _leaving(self) -> bool:
        return self.pending_sync_command is not None and self.pending_sync_command.name == "LOGOUT"

    def _continuation(self, line: bytes) -> None:
        """A refused XOAUTH2 token comes as a challenge, and only after an empty answer to it comes the NO."""
        if self.pending_sync_command is not None and self.pending_sync_command.name == "AUTHENTICATE":
            self.challenge = decoded_challenge(line[1:].strip())
            self.transport.write(b"\r\n")
        else:
            super()._continuation(line)

    def send(self, line: str, scrub: str | None = None) -> None:
        """The library's, without its log line: it does not find a password with a quote in it."""
        self.transport.write(f"{line}\r\n".encode())


def decoded_challenge(text: bytes) -> str:
    """What the server says of a refused token: JSON in base64."""
    try:
        return printable(b64decode(text, validate=True))
    except binascii.Error:
        return ""


def printable(text: bytes) -> str:
    """A server's words, cut and tamed for a log line."""
    return "".join(char if char.isprintable() else "?" for char in text[:200].decode("utf-8", "replace"))
