"""One conversation with an IMAP server (RFC 9051, RFC 3501): how to speak; what to say is `imap.py`'s.

Promises: every step has a deadline; no login before TLS is up, nor to a server that claims that we are logged in
already; after any failure but a plain NO the connection is dropped, for its state is unknown; failures are
`ImapFailure` and name no secret. What was fetched is complete or was not fetched.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from aioimaplib import aioimaplib

from gateway.imap_protocol import Failing, GuardedProtocol, ImapFailure, ImapLimits, printable
from gateway.imap_words import (
    Folder,
    Garbled,
    Row,
    mailbox_name,
    quoted,
    read_folder,
    read_rows,
    read_search,
    response_code,
    search_date,
    uid_set,
)

Answer = TypeVar("Answer")
# Codes that speak of the server's day, not of what was asked (RFC 9051 section 7.1)
PASSING = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT", "CONTACTADMIN"})


class _Client(aioimaplib.IMAP4):  # type: ignore[misc]  # the library has no annotations
    """The library's client around our protocol: the one door that it leaves open for another."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, limits: ImapLimits) -> None:
        self._limits = limits
        super().__init__(host, port, timeout=limits.command_seconds, ssl_context=context)

    def create_client(self, host: str, port: int, loop: Any, conn_lost_cb: Any = None, ssl_context: Any = None) -> None:
        running = asyncio.get_running_loop()
        self.protocol = GuardedProtocol(running, self._limits)
        connect = running.create_connection(lambda: self.protocol, host, port, ssl=ssl_context)
        self._client_task = running.create_task(connect)


async def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Verifying, with the system's authorities or those of `ca_file` alone."""
    try:
        return await asyncio.to_thread(ssl.create_default_context, cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        raise ImapFailure(Failing.TLS, f"the authorities in {ca_file} can not be read: {error}") from None


class ImapSession:
    """An open connection; `connect` and one of the logins come first, `close` last."""

    def __init__(self, host: str, port: int, *, context: ssl.SSLContext | None, limits: ImapLimits) -> None:
        self._limits = limits
        self._where = f"{host}:{port}"
        self._client = _Client(host, port, context, limits)
        self._protocol: GuardedProtocol = self._client.protocol

    async def connect(self) -> None:
        """Greeting and capabilities."""
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                await self._client._client_task
        except TimeoutError:
            raise ImapFailure(Failing.CONNECTION, f"{self._where} does not answer") from None
        except ssl.SSLError as error:
            raise ImapFailure(
                Failing.TLS, f"{self._where}: {getattr(error, 'verify_message', '') or error.reason}"
            ) from None
        except OSError as error:
            raise ImapFailure(Failing.CONNECTION, f"{self._where}: {error}") from None
        greeting = await self._answer(_wait(self._protocol.greeting), "greeting")
        if not greeting.upper().startswith(b"* OK"):
            raise self._drop(_greeting_failure(greeting))
        self._protocol.state = aioimaplib.NONAUTH
        await self._learn_capabilities()

    async def _learn_capabilities(self) -> None:
        await self._answer(self._protocol.capability(), "CAPABILITY")
        self._protocol.capabilities = {word.upper() for word in self._protocol.capabilities}

    def can(self, capability: str) -> bool:
        return capability in self._protocol.capabilities

    async def login(self, user: str, password: str) -> None:
        """LOGIN with a password."""
        if self.can("LOGINDISABLED"):
            raise self._drop(ImapFailure(Failing.LOGIN, "the server takes no password on this connection"))
        await self._authenticate(self._client.login(quoted(user), password))

    async def login_with_token(self, user: str, token: str) -> None:
        """AUTHENTICATE XOAUTH2, with the token in the command itself (RFC 4959)."""
        if not self.can("AUTH=XOAUTH2"):
            raise self._drop(ImapFailure(Failing.LOGIN, "the server does not offer XOAUTH2"))
        await self._authenticate(self._client.xoauth2(user, token))

    async def _authenticate(self, call: Coroutine[Any, Any, Any]) -> None:
        try:
            answer = await self._answer(call, "login")
        except ValueError:  # a character that the library can not send
            raise self._drop(
                ImapFailure(Failing.LOGIN, "user or secret holds a character that IMAP can not carry")
            ) from None
        if answer.result != "OK":
            words = " ".join(filter(None, [printable(answer.lines[-1]), self._protocol.challenge]))
            passing = response_code(answer.lines[-1]) in PASSING
            raise self._drop(ImapFailure(Failing.UNAVAILABLE if passing else Failing.LOGIN, f"login refused: {words}"))
        await self._learn_capabilities()

    async def select(self, folder: str) -> Folder:
        """Open a folder, or open it anew: everything that came until now is in the answer."""
        answer = await self._answer(self._client.select(mailbox_name(folder)), "SELECT")
        if answer.result != "OK":
            kind = Failing.UNAVAILABLE if response_code(answer.lines[-1]) in PASSING else Failing.FOLDER
            raise ImapFailure(kind, f"the folder {folder!r} can not be opened: {printable(answer.lines[-1])}")
        self._protocol.news.clear()
        return self._understood(read_folder, answer.lines)

    async def newest(self) -> int:
        """The highest UID in the folder, 0 in an empty one: for servers that do not tell UIDNEXT."""
        rows = await self._fetch("*", "(UID)")
        return max((row.uid for row in rows if row.uid is not None), default=0)

    async def next_uid(self, first: int, last: int, *, since: date | None = None) -> int | None:
        """The lowest UID from `first` to `last` that exists; with `since`, of a mail that came on that day or later."""
        while first <= last:
            until = min(last, first + self._limits.leap - 1)
            words = (f"UID {first}:{until}", f"SINCE {search_date(since)}") if since else (f"UID {first}:{until}",)
            answer = self._granted(
                await self._answer(self._client.uid_search(*words, charset=None), "SEARCH"), "SEARCH"
            )
            found = [uid for uid in self._understood(read_search, answer.lines[:-1]) if first <= uid <= until]
            if found:
                return found[0]
            first = until + 1
        return None

    async def sizes(self, uids: str) -> dict[int, int]:
        """RFC822.SIZE of the mails in a set of UIDs; those that are gone are not in it."""
        rows = await self._fetch(uids, "(UID RFC822.SIZE)")
        sizes: dict[int, int] = {}
        for row in rows:  # a change of flags tells a UID without a size; 0 is better than forgetting the mail
            if row.uid is not None:
                sizes[row.uid] = max(row.size or 0, sizes.get(row.uid, 0))
        return sizes

    async def bodies(self, sizes: dict[int, int]) -> dict[int, Row]:
        """Whole mails, \\Seen untouched; `sizes` says for which UIDs, and what to expect of each."""
        slack = self._limits.slack
        caps = (max(sizes.values()) + slack, sum(sizes.values()) + slack * len(sizes))
        if len(sizes) == 1:  # asked for alone because the size was wrong: some servers guess it
            caps = (self._limits.message + slack,) * 2
        return self._wanted(sizes, await self._fetch(uid_set(sizes), "(UID INTERNALDATE BODY.PEEK[])", caps))

    async def header(self, uid: int) -> dict[int, Row]:
        """The header of one mail, at most `limits.header` octets of it."""
        size = self._limits.header
        rows = await self._fetch(str(uid), f"(UID INTERNALDATE BODY.PEEK[HEADER]<0.{size}>)", (size, size))
        return self._wanted([uid], rows)

    def _wanted(self, uids: Iterable[int], rows: Sequence[Row]) -> dict[int, Row]:
        asked, found = set(uids), dict[int, Row]()
        for row in rows:
            if row.uid not in asked or row.body is None:
                continue
            if row.uid in found:
                raise self._drop(ImapFailure(Failing.PROTOCOL, f"the server sent UID {row.uid} twice in one answer"))
            found[row.uid] = row
        return found

    async def _fetch(self, uids: str, items: str, caps: tuple[int, int] | None = None) -> list[Row]:
        call = self._protocol.fetch(uids, items, by_uid=True)
        answer = self._granted(await self._answer(call, "FETCH", caps=caps), "FETCH")
        return self._understood(read_rows, answer.lines[:-1])

    async def flag(self, uids: Iterable[int], flags: str) -> None:
        """Add flags to all of them in one command."""
        await self._uid("STORE", uid_set(uids), "+FLAGS.SILENT", f"({flags})")

    async def move(self, uids: Iterable[int], folder: str) -> None:
        """Into `folder`, which is made if it is not there (RFC 6851, or COPY and UID EXPUNGE of RFC 4315)."""
        numbers = uid_set(uids)
        command = "MOVE" if self.can("MOVE") else "COPY"
        try:
            await self._uid(command, numbers, mailbox_name(folder))
        except ImapFailure as failure:
            if failure.kind is not Failing.REFUSED:
                raise
            await self._answer(self._client.create(mailbox_name(folder)), "CREATE")
            await self._uid(command, numbers, mailbox_name(folder))
        if command == "COPY":
            await self._uid("STORE", numbers, "+FLAGS.SILENT", "(\\Deleted)")
            if self.can("UIDPLUS"):  # a plain EXPUNGE would also delete what others have marked
                await self._uid("EXPUNGE", numbers)

    async def _uid(self, command: str, *words: str) -> None:
        self._granted(await self._answer(self._client.uid(command, *words), command), command)

    async def idle(self, seconds: float, stop: asyncio.Event) -> None:
        """IDLE (RFC 2177) until the folder has news, `stop`, or `seconds` have gone; raises when the server is dead."""
        started = await self._answer(self._client.idle_start(timeout=2 * seconds), "IDLE", self._limits.done_seconds)
        await self.pause(seconds, stop)
        self._client.idle_done()
        await self._answer(_wait(started), "DONE", self._limits.done_seconds)

    async def pause(self, seconds: float, stop: asyncio.Event) -> None:
        """Wait for news, `stop`, or so many seconds; raises as soon as the connection is lost."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._protocol.news, stop)]
        watched: list[asyncio.Future[Any]] = [*waits, self._protocol.lost]
        try:
            await asyncio.wait(watched, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancel(waits)
        if self._protocol.lost.done():
            raise self._protocol.lost.result()

    async def close(self) -> None:
        """Say goodbye if the server still listens, and be gone."""
        client, protocol = self._client, self._protocol
        if not protocol.lost.done() and protocol.state in (aioimaplib.AUTH, aioimaplib.SELECTED):
            with suppress(ImapFailure):
                await self._answer(client.logout(), "LOGOUT", self._limits.logout_seconds)
        if client._idle_waiter is not None:
            client._idle_waiter.cancel()
        await _cancel([client._client_task, *client.tasks, *protocol.tasks])
        protocol.fail(ImapFailure(Failing.CONNECTION, "closed"))
        if protocol.transport is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.logout_seconds):
                    await protocol.closed.wait()

    async def _answer(
        self, call: Awaitable[Answer], what: str, seconds: float | None = None, caps: tuple[int, int] | None = None
    ) -> Answer:
        """The answer to `call`; fails when the server falls silent, drips for too long, or is gone.

        `caps`: the most octets that one literal in the answer, and all of them together, may have.
        """
        protocol, loop = self._protocol, asyncio.get_running_loop()
        protocol.expect(*(caps or (self._limits.slack, self._limits.slack)))
        task = asyncio.ensure_future(call)
        watched: list[asyncio.Future[Any]] = [task, protocol.lost]
        limit = seconds or self._limits.silence_seconds
        begun, protocol.heard = loop.time(), max(protocol.heard, loop.time())
        end = begun + (seconds or self._limits.command_seconds)
        try:
            while not task.done() and not protocol.lost.done():
                due = min(protocol.heard + limit, end) - loop.time()
                if due <= 0:
                    raise self._drop(ImapFailure(Failing.CONNECTION, f"no answer to {what}"))
                await asyncio.wait(watched, timeout=due, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise protocol.lost.result()
            return task.result()
        except (aioimaplib.AioImapException, TimeoutError, IndexError, UnicodeDecodeError):
            raise self._drop(ImapFailure(Failing.PROTOCOL, f"no sense in the answer to {what}")) from None
        finally:
            await _cancel([task])

    def _granted(self, answer: Any, what: str) -> Any:
        if answer.result == "OK":
            return answer
        kind = Failing.UNAVAILABLE if response_code(answer.lines[-1]) in PASSING else Failing.REFUSED
        raise ImapFailure(kind, f"{what} refused: {printable(answer.lines[-1])}")

    def _understood(self, reading: Callable[[Any], Answer], lines: Sequence[Any]) -> Answer:
        try:
            return reading(lines)
        except Garbled as error:
            raise self._drop(ImapFailure(Failing.PROTOCOL, str(error))) from None

    def _drop(self, failure: ImapFailure) -> ImapFailure:
        self._protocol.fail(failure)
        return failure


def _greeting_failure(greeting: bytes) -> ImapFailure:
    if greeting.upper().startswith(b"* PREAUTH"):
        return ImapFailure(Failing.TLS, "the server claims that we are logged in already: no login was sent")
    if greeting.upper().startswith(b"* BYE"):
        return ImapFailure(Failing.UNAVAILABLE, f"the server says goodbye: {printable(greeting[5:])}")
    return ImapFailure(Failing.PROTOCOL, "the greeting is not IMAP's")


async def _wait(future: asyncio.Future[Answer]) -> Answer:
    """Wait for a future that must outlive the waiting."""
    return await asyncio.shield(future)


async def _cancel(tasks: Sequence[asyncio.Future[Any]]) -> None:
    """End what still runs and take its last word, so that nobody complains of it later."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
