"""The SMTP and LMTP listener: sockets, TLS, and a stop that loses nothing (RFC 5321, RFC 2033).

It promises that 250 after the dot is said only when `accept` has returned, that a failure of ours is 4xx, and that no
client can take more than its share of connections, memory or time. It runs in the caller's event loop.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import stat
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from gateway import replies
from gateway.config import Lmtp, Smtp
from gateway.smtp_commands import SMTP
from gateway.smtp_limits import Crowd, Guesses, Memory, SmtpLimits
from gateway.smtp_session import Dialect, Session, Shared, Submission
from parsing.message import Permanent

__all__ = ["SmtpLimits", "SmtpListener", "Submission"]

# asyncio calls accept() so often in a row, and out of file descriptors fails and logs so often in a row; the kernel's
# own queue is longer
_ACCEPTS_AT_ONCE = 4
_KERNEL_QUEUE = 256
UNIX = "unix:"
# the folder's owner and mode say who may reach the socket; its group is the folder's where that has the setgid bit
_SOCKET_MODE = 0o660


class SmtpListener:
    """Open from `start` to `stop`.

    `accept` commits a submission durably and returns its queue id, which the 250 names. When it raises, the client
    hears 451, or 452 if the exception has a true attribute `full`; after `limits.accept_seconds` it hears 451 as
    well, while the commit goes on. It is never cancelled because a client left. `knows` says whether an address, in
    any case and with any `+part`, is a desk's; `has_space` whether there is room on disk: both are asked on the event
    loop and must not block. `spared` says which network addresses have no limit of connections of their own, `admits`
    which may speak here at all. `tell(what, details)` hears what is worth a line in the journal.
    """

    def __init__(
        self,
        config: Smtp | Lmtp,
        *,
        accept: Callable[[Submission], Awaitable[str]],
        knows: Callable[[str], bool],
        limits: SmtpLimits,
        has_space: Callable[[], bool] = lambda: True,
        tell: Callable[[str, Mapping[str, Any]], None] = lambda what, details: None,
        dialect: Dialect = SMTP,
        spared: Callable[[str], bool] = lambda address: False,
        admits: Callable[[str], bool] = lambda address: True,
    ) -> None:
        self._config = config
        self._servers: list[asyncio.Server] = []
        self._sockets: list[socket.socket] = []
        self._files: list[Path] = []
        self._shared = Shared(
            dialect=dialect,
            hostname=config.hostname,
            max_size=config.max_size,
            limits=limits,
            accept=accept,
            knows=knows,
            has_space=has_space,
            tell=tell,
            admits=admits,
            memory=Memory(limits.memory),
            crowd=Crowd(limits.connections, limits.connections_per_address, spared=spared),
            guesses=Guesses(limits.login_failures, limits.login_window, limits.login_addresses),
            logins=asyncio.Semaphore(limits.logins_at_once),
            passwords=config.passwords if isinstance(config, Smtp) else None,
        )

    async def start(self) -> None:
        """Listen on everything in `config.listen`; raises `Permanent`, and then nothing listens."""
        # aiosmtpd logs what clients say, as they said it; what is worth a line goes through `tell`
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._shared.tls = tls_context(self._config)
        try:
            for place in self._config.listen:
                await self._listen(place)
        except OSError as error:
            self._close()
            name = "lmtp" if self._shared.dialect.each_recipient else "smtp"
            raise Permanent(f"{name}: cannot listen on {place}: {error.strerror or error}") from error

    async def _listen(self, place: str) -> None:
        loop = asyncio.get_running_loop()
        if place.startswith(UNIX):
            file = Path(place.removeprefix(UNIX))
            await self._serve(unix_socket(file), loop.create_unix_server)
            self._files.append(file)
            return
        host, port = split_place(place)
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, *_, address in sorted(set(found)):
            await self._serve(listening_socket(family, address), loop.create_server)

    async def _serve(self, opened: socket.socket, create: Callable[..., Awaitable[asyncio.Server]]) -> None:
        self._sockets.append(opened)
        self._servers.append(await create(lambda: Session(self._shared), sock=opened, backlog=_ACCEPTS_AT_ONCE))
        opened.listen(_KERNEL_QUEUE)

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that are listened on, in the order of `config.listen`; a Unix socket has none."""
        return tuple(opened.getsockname()[1] for opened in self._sockets if opened.family != socket.AF_UNIX)

    @property
    def sessions(self) -> int:
        """How many connections are open."""
        return self._shared.crowd.count

    async def stop(self, grace: float) -> None:
        """Say 421 to whoever is idle or new, let messages in hand finish for at most `grace` seconds, then close.

        A commit that still runs then is cancelled: nobody was told 250 for it.
        """
        shared = self._shared
        shared.stopping = True
        for session in list(shared.sessions):
            session.end(replies.STOPPING)
            if session.idle:
                session.cut(replies.STOPPING)
        await self._finish(grace)
        self._close()
        for session in list(shared.sessions):
            session.cut(replies.STOPPING)
        for task in list(shared.commits):
            task.cancel()
        await self._finish(shared.limits.farewell_seconds)

    async def _finish(self, grace: float) -> None:
        """Wait for sessions and commits to end, at most `grace` seconds."""
        shared = self._shared
        pending: set[asyncio.Task[Any]] = {s.task for s in shared.sessions if s.task is not None} | shared.commits
        if pending:
            await asyncio.wait(pending, timeout=grace)

    def _close(self) -> None:
        for server in self._servers:
            server.close()
        for opened in self._sockets:
            opened.close()
        for file in self._files:
            file.unlink(missing_ok=True)
        self._servers.clear()
        self._sockets.clear()
        self._files.clear()


def split_place(place: str) -> tuple[str | None, int]:
    """`host:port`, `[v6]:port` or `*:port` (everywhere); raises `Permanent`."""
    host, colon, port = place.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise Permanent(f"smtp: {place!r} is not HOST:PORT")
    host = host.removeprefix("[").removesuffix("]")
    return (None if host in ("", "*") else host), int(port)


def listening_socket(family: int, address: Any) -> socket.socket:
    """A bound TCP socket; an IPv6 one takes IPv6 only, as IPv4 has its own. Raises `OSError`."""
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


def unix_socket(file: Path) -> socket.socket:
    """A bound Unix socket. One that a killed gateway left behind is replaced, one that answers is not: `OSError`."""
    if file.exists() and stat.S_ISSOCK(file.stat().st_mode) and not _answers(file):
        file.unlink()
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.bind(str(file))
        file.chmod(_SOCKET_MODE)
    except OSError:
        opened.close()
        raise
    return opened


def _answers(file: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as tried:
        tried.settimeout(1.0)
        try:
            tried.connect(str(file))
        except ConnectionRefusedError:
            return False
    return True


def tls_context(config: Smtp | Lmtp) -> ssl.SSLContext | None:
    """TLS 1.2 or later with the operator's certificate, None without one; raises `Permanent`."""
    if isinstance(config, Lmtp) or config.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config.certificate, config.key)
    except (OSError, ssl.SSLError) as error:
        raise Permanent(f"smtp: certificate {config.certificate}: {error.strerror or error}") from error
    return context
