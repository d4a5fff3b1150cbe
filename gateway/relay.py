"""Where outgoing mail is handed on: a relay over SMTP, or a Maildir where none is configured.

Promises: `send` always answers with a `Result` and never raises for what the other side did; what is the relay's
trouble (no connection, no TLS, a wrong password) is never held against a mail; when nobody can know whether a mail was
taken, the result says `ambiguous`. Sent means: the relay said 250, or the file and its folder are on the disk.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from gateway import relay_talk
from gateway.config import Relay as RelayConfig
from gateway.failpoints import Failpoint, none
from gateway.relay_open import open_connection
from gateway.relay_talk import Connection, RelayLimits, Trouble

SERIAL = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]{0,127}")
State = Literal["sent", "later", "never", "back"]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a relay needs of a mail. `raw` are the very bytes for the wire: signed, CRLF, as they were kept."""

    serial: str
    envelope_from: str
    recipient: str
    raw: bytes


class Mail(Protocol):
    """A `Letter`, or anything that has its four attributes."""

    @property
    def serial(self) -> str: ...
    @property
    def envelope_from(self) -> str: ...
    @property
    def recipient(self) -> str: ...
    @property
    def raw(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Result:
    """How a try ended. `status` is the enhanced code (RFC 3463) or empty; `reply` is one line, fit for logs.

    `back`: there was no conversation in which the mail could have been tried, which is the relay's trouble and counts
    as no try. `ambiguous`: everything was handed over and no answer came, so the mail may arrive twice when it is tried
    again.
    """

    state: State
    reply: str
    status: str = ""
    relay: str = ""
    ambiguous: bool = False


def always() -> bool:
    """For a mail that nobody else can have claimed."""
    return True


class Relay(Protocol):
    """What the sender asks of a relay. `paused` says why nothing goes out at present, or is empty."""

    @property
    def connections(self) -> int: ...
    @property
    def paused(self) -> str: ...
    @property
    def trouble(self) -> str: ...
    @property
    def max_size(self) -> int | None: ...
    async def send(self, mail: Mail, *, good: Callable[[], bool] = always) -> Result: ...
    async def close(self) -> None: ...


def relay_context(ca_file: Path | None) -> ssl.SSLContext:
    """Name and chain are verified, TLS 1.2 or later; only `ca_file` is trusted where one is given. Raises OSError."""
    return ssl.create_default_context(cafile=ca_file)


class SmtpRelay:
    """A few lasting connections to one relay (RFC 5321), shared by whoever sends.

    `secret` is asked for the password, or for the XOAUTH2 token where the configuration names one, before each login: a
    renewed one needs no restart. After trouble the relay is `paused` for a while and mails come `back` untried;
    `trouble` keeps the reason until a connection is open again. Its text is worth an alarm.
    """

    def __init__(
        self,
        config: RelayConfig,
        *,
        secret: Callable[[], Awaitable[str]] | None = None,
        hostname: str = "localhost",
        limits: RelayLimits | None = None,
        failpoint: Failpoint = none,
    ) -> None:
        self.limits = limits or RelayLimits()
        self.connections = config.connections
        self.name = f"{config.host}:{config.port}"
        self.max_size: int | None = None
        self.trouble = ""
        self.opened = 0
        self._config = config
        self._secret = secret
        self._hostname = hostname
        self._failpoint = failpoint
        self._context: ssl.SSLContext | None = None
        self._slots = asyncio.Semaphore(config.connections)
        self._opening = asyncio.Lock()
        self._idle: list[Connection] = []
        self._paused_until = 0.0
        self._reaper: asyncio.TimerHandle | None = None

    @property
    def paused(self) -> str:
        return self.trouble if asyncio.get_running_loop().time() < self._paused_until else ""

    async def send(self, mail: Mail, *, good: Callable[[], bool] = always) -> Result:
        """One try, no longer than `limits.longest` seconds once it is this mail's turn; `good`: is the claim still?"""
        if fault := relay_talk.fault(mail.envelope_from, mail.recipient, mail.raw):
            return self._result("never", *fault)
        async with self._slots:
            if self.paused:
                return self._result("back", self.trouble)
            try:
                return await self._try(mail, good)
            except Trouble as trouble:
                self._pause(trouble)
                return self._result("later" if trouble.begun else "back", str(trouble), trouble.status)

    async def close(self) -> None:
        """Say goodbye on the connections that wait for work; those at work are closed by whoever ends their `send`."""
        if self._reaper is not None:
            self._reaper.cancel()
            self._reaper = None
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.farewell(timeout=self.limits.farewell) for connection in idle))

    async def _try(self, mail: Mail, good: Callable[[], bool]) -> Result:
        """On a waiting connection, else on a new one. One that was closed behind our back makes room for the next."""
        while self._idle:
            result = await self._converse(self._idle.pop(), mail, good)
            if result is not None:
                return result
        result = await self._converse(await self._open(), mail, good)
        return result or self._result("later", "the relay closed a new connection before the first mail", "4.4.2")

    async def _open(self) -> Connection:
        """One at a time: a wrong password is tried once, not on every connection at once. Raises `Trouble`."""
        try:
            async with asyncio.timeout(self.limits.opening), self._opening:
                connection = await self._open_in_turn()
        except TimeoutError:
            words = f"no conversation with {self.name} within {self.limits.opening:g} s"
            raise Trouble(words, status="4.4.1") from None
        self._failpoint("out.connected")
        self.opened += 1
        self.trouble = ""
        self.max_size = connection.max_size
        return connection

    async def _open_in_turn(self) -> Connection:
        if self.paused:
            raise Trouble(self.trouble)
        if self._context is None and self._config.tls != "none":
            self._context = await self._load_context()
        return await open_connection(
            self._config, context=self._context, secret=self._secret, hostname=self._hostname, limits=self.limits
        )

    async def _load_context(self) -> ssl.SSLContext:
        try:
            return await asyncio.to_thread(relay_context, self._config.ca_file)
        except OSError as error:
            raise Trouble(f"relay.ca_file can not be read: {error}", lasting=True) from None

    async def _converse(self, connection: Connection, mail: Mail, good: Callable[[], bool]) -> Result | None:
        """The mail's transaction; None when the connection proved dead before it began."""
        fit = False
        try:
            verdict = await relay_talk.hand_over(
                connection,
                envelope_from=mail.envelope_from,
                recipient=mail.recipient,
                raw=mail.raw,
                limits=self.limits,
                failpoint=self._failpoint,
                good=good,
            )
            fit = verdict.reusable
        finally:
            self._put_back(connection, fit=fit)
        if verdict.stale:
            return None
        return self._result(verdict.state, verdict.reply, verdict.status, ambiguous=verdict.ambiguous)

    def _put_back(self, connection: Connection, *, fit: bool) -> None:
        connection.mails += 1
        if not fit or connection.mails >= self.limits.reuse:
            connection.close(politely=fit)
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.append(connection)
        if self._reaper is None:
            self._reaper = loop.call_later(self.limits.idle, self._reap)

    def _reap(self) -> None:
        """Close what has waited too long; look again when the next one will have."""
        loop = asyncio.get_running_loop()
        old = [one for one in self._idle if loop.time() - one.idle_since >= self.limits.idle]
        self._idle = [one for one in self._idle if one not in old]
        for connection in old:
            connection.close(politely=True)
        self._reaper = None
        if self._idle:
            due = min(one.idle_since for one in self._idle) + self.limits.idle
            self._reaper = loop.call_at(due, self._reap)

    def _pause(self, trouble: Trouble) -> None:
        if self.paused:  # another connection has found out before
            return
        seconds = self.limits.pause_lasting if trouble.lasting else self.limits.pause
        self.trouble = str(trouble)
        self._paused_until = asyncio.get_running_loop().time() + seconds

    def _result(self, state: State, reply: str, status: str = "", *, ambiguous: bool = False) -> Result:
        return Result(state=state, reply=reply, status=status, relay=self.name, ambiguous=ambiguous)


class MaildirRelay:
    """A Maildir that stands in for a relay: one file for each mail, its name the serial, two fields of envelope on top.

    A serial that lies there already, read or unread, is left alone: a mail sent twice is there once.
    """

    connections = 1
    paused = ""
    trouble = ""
    max_size: int | None = None

    def __init__(self, path: Path) -> None:
        self.path = path

    async def send(self, mail: Mail, *, good: Callable[[], bool] = always) -> Result:
        """Durable when it says sent; a full disk and its kin are `later`."""
        name = str(self.path)
        if not SERIAL.fullmatch(mail.serial):
            return Result("never", f"{mail.serial!r} can not be a file name", "5.3.5", name)
        if fault := relay_talk.fault(mail.envelope_from, mail.recipient, mail.raw):
            return Result("never", *fault, name)
        envelope = f"Return-Path: <{mail.envelope_from}>\r\nDelivered-To: {mail.recipient}\r\n".encode()
        try:
            await asyncio.to_thread(deliver, self.path, mail.serial, envelope + mail.raw)
        except OSError as error:
            return Result("later", f"the Maildir can not be written: {error.strerror or error}", "4.3.0", name)
        return Result("sent", f"250 2.0.0 {mail.serial}", "2.0.0", name)

    async def close(self) -> None:
        """Nothing is open between two mails."""


def deliver(maildir: Path, name: str, data: bytes) -> None:
    """Write `new/name` so that it is whole and on the disk, or absent. Raises OSError."""
    for folder in ("cur", "new", "tmp"):
        (maildir / folder).mkdir(parents=True, exist_ok=True)
    if (maildir / "new" / name).exists() or (maildir / "cur" / name).exists():
        return
    if any((maildir / "cur").glob(f"{name}:*")):  # read by a mail client, which appends flags
        return
    with (maildir / "tmp" / name).open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    (maildir / "tmp" / name).rename(maildir / "new" / name)
    folder_fd = os.open(maildir / "new", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder_fd)
    finally:
        os.close(folder_fd)
