"""The raw limits: a bare aiosmtpd that throws mails away, or does nothing but commit their bytes before its 250.

    python -m tests.bench.raw_server discard | sqlite PATH | postgresql CONNINFO

Its first line of output is the port. SQLite is written by one thread with group commit (WAL, synchronous=FULL), as the
gateway does; PostgreSQL by eight connections, a commit for each mail.
"""

import asyncio
import queue
import sqlite3
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from aiosmtpd.smtp import SMTP

CONNECTIONS = 8
Keep = Callable[[bytes], Awaitable[None]]


async def discard(raw: bytes) -> None:
    """Nothing at all."""


def _answer(group: list[tuple[bytes, asyncio.Future[None]]]) -> None:
    for _, answer in group:
        answer.set_result(None)


def sqlite_keeper(path: str) -> Keep:
    """One row a mail; all that wait share a COMMIT."""
    jobs: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]]] = queue.SimpleQueue()
    loop = asyncio.get_running_loop()

    def write() -> None:
        conn = sqlite3.connect(path, isolation_level=None)
        for words in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE mail (raw BLOB NOT NULL)"):
            conn.execute(words)
        while True:
            group = [jobs.get()]
            while not jobs.empty():
                group.append(jobs.get())
            conn.execute("BEGIN IMMEDIATE")
            conn.executemany("INSERT INTO mail VALUES (?)", [(raw,) for raw, _ in group])
            conn.execute("COMMIT")
            loop.call_soon_threadsafe(_answer, group)

    threading.Thread(target=write, daemon=True).start()

    async def keep(raw: bytes) -> None:
        answer: asyncio.Future[None] = loop.create_future()
        jobs.put((raw, answer))
        await answer

    return keep


async def postgresql_keeper(conninfo: str) -> Keep:
    """One row and one commit a mail, on whichever connection is free."""
    free: asyncio.Queue[psycopg.AsyncConnection[Any]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        conn = await psycopg.AsyncConnection.connect(conninfo, autocommit=True, prepare_threshold=1)
        free.put_nowait(conn)
    await conn.execute("CREATE TABLE mail (raw bytea NOT NULL)")

    async def keep(raw: bytes) -> None:
        conn = await free.get()
        try:
            await conn.execute("INSERT INTO mail VALUES (%s)", (raw,))
        finally:
            free.put_nowait(conn)

    return keep


class Handler:
    """aiosmtpd's hook."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - its name
        await self._keep(envelope.content)
        return "250 2.0.0 kept"


async def serve(kind: str, where: str) -> None:
    """Until it is killed."""
    if kind == "discard":
        keep: Keep = discard
    else:
        keep = sqlite_keeper(where) if kind == "sqlite" else await postgresql_keeper(where)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(keep), loop=loop, hostname="raw"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.create_future()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
