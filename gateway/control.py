"""The Unix socket by which `tkt` commands hand acts to the running daemon: one JSON line in, one JSON line out.

The socket lies in the gateway's own folder with mode 0600: who may open it may steer the gateway.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parsing.message import Permanent, Temporary

MAX_LINE = 1 << 20
TIMEOUT = 30.0
SOCKET = "control.sock"
LONGEST_PATH = 100  # octets; the system's limit is 107

Act = Callable[..., Awaitable[dict[str, Any]]]


class Control:
    """Opened at start: serves the acts of the table it is given, by name."""

    def __init__(self, path: Path, acts: Mapping[str, Act]) -> None:
        self._path = path
        self._acts = acts
        self._server: asyncio.AbstractServer | None = None

    async def start(self) -> None:
        """Listen; a socket file left by a killed daemon is replaced (the database's lock says that none runs)."""
        self._path.unlink(missing_ok=True)
        old = os.umask(0o177)
        try:
            with _reachable(self._path) as path:
                self._server = await asyncio.start_unix_server(self._serve, path, limit=MAX_LINE)
        finally:
            os.umask(old)

    async def stop(self) -> None:
        """Stop listening and take the file away."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), TIMEOUT)
            writer.write(json.dumps(await self._answer(line), default=str).encode() + b"\n")
            await writer.drain()
        except (TimeoutError, OSError, ValueError):
            pass  # the command has gone or talks nonsense; there is nobody to tell
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            act = self._acts[request.pop("act")]
            return {"ok": True, **await act(**request)}
        except KeyError as error:
            return {"ok": False, "error": f"there is no act {error}"}
        except Exception as error:  # noqa: BLE001 - whatever fails is the answer; the daemon goes on
            return {"ok": False, "error": str(error) or type(error).__name__}


@contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """The socket's path, or where it is too long for an address of AF_UNIX, a short one through its open folder."""
    if len(os.fsencode(path)) <= LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def ask_daemon(path: Path, act: str, **values: Any) -> dict[str, Any] | None:
    """Hand an act to the running daemon and return its answer; None when no daemon listens.

    Raises `Temporary` when it did not answer, `Permanent` when it is another user's.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
        channel.settimeout(TIMEOUT)
        try:
            with _reachable(path) as reachable:
                channel.connect(reachable)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except PermissionError:
            raise Permanent(f"{path} is another user's: use the account that runs the gateway") from None
        try:
            channel.sendall(json.dumps({"act": act, **values}).encode() + b"\n")
            with channel.makefile("rb") as answer:
                reply: dict[str, Any] = json.loads(answer.readline(MAX_LINE) or b"{}")
        except (OSError, ValueError):
            raise Temporary("the gateway runs and did not answer; nobody knows whether it was done") from None
        return reply
