"""The database as the rest of the house knows it: open, read, write, close. One way of work for both engines.

A unit of work is a plain function that takes a connection; it may be called again (when another failed with which it
was to be committed, on PostgreSQL after a deadlock too), so it changes nothing but the database. Promises: `write`
returns only after a durable COMMIT; it raises `Busy` (nothing may be promised; try later), `Broken` (nothing works
until a restart), or whatever the function itself raised, and then nothing of it was kept. Work that was begun ends
though its caller is cancelled.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, make_url, select
from sqlalchemy.exc import ArgumentError

from store import migrate as migrations
from store import postgres, promises, sqlite
from store.columns import EPOCH, MICROSECOND, NOW
from store.failures import Broken, Busy, Served, Stale, Unfit
from store.group import Job
from store.postgres_writers import Writers
from store.writer import Writer

__all__ = [
    "Broken",
    "Busy",
    "Connection",
    "Database",
    "Served",
    "Stale",
    "Unfit",
    "check_promises",
    "db_now",
    "migrate",
    "open_database",
]
T = TypeVar("T")
READERS = 4  # connections that read SQLite at once
POOL_OF_A_WRITER = 4  # of so many connections to PostgreSQL one thread writes: fewer threads, larger groups


def _real_now() -> datetime:
    return datetime.now(UTC)


def open_database(
    url: str, *, pool: int = 8, read_only: bool = False, clock: Callable[[], datetime] = _real_now
) -> Database:
    """Open `sqlite:///PATH` or `postgresql://…`; `clock` is SQLite's time of day.

    A missing SQLite file is created, but not when `read_only`. Raises `Unfit` for a file not ours, or damaged.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Unfit(f"the store's url can not be read: {error}") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return _open_sqlite(Path(str(parsed.database)), read_only=read_only, clock=clock)
    if kind != "postgresql":
        raise Unfit(f"the store's url must be sqlite:///PATH or postgresql://…, not {parsed.drivername}://…")
    memo: dict[str, Any] = {}
    return Database(
        postgres.pooled_engine(parsed, pool=pool, memo=memo), threads=pool, path=None, clock=clock, memo=memo
    )


def _open_sqlite(path: Path, *, read_only: bool, clock: Callable[[], datetime]) -> Database:
    sqlite.check_file(path)
    if not path.exists():
        if read_only:
            raise Unfit(f"there is no database at {path}")
        path.parent.mkdir(parents=True, exist_ok=True)
        sqlite.create_file(path)
    memo: dict[str, Any] = {}
    engine = sqlite.reading_engine(path, clock=clock, readers=READERS, memo=memo, read_only=read_only)
    return Database(engine, threads=READERS, path=path, clock=clock, memo=memo, read_only=read_only)


class Database:
    """Made by `open_database`. `embedded` is true for SQLite; `broken` holds what broke it, or None."""

    def __init__(
        self,
        engine: Engine,
        *,
        threads: int,
        path: Path | None,
        clock: Callable[[], datetime],
        memo: dict[str, Any],
        read_only: bool = False,
    ) -> None:
        self.engine, self.path, self.embedded, self.read_only = engine, path, path is not None, read_only
        self.broken: Broken | None = None
        self._clock, self._memo, self._writers = clock, memo, -(-threads // POOL_OF_A_WRITER)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="tkt-store")
        self._writer: Writer | Writers | None = None
        self._lock: int | None = None
        self._opening = threading.Lock()
        self._heirs: list[Callable[[], None]] = []
        self._closed = False

    def lock(self) -> None:
        """Become the one that writes this SQLite file; raises `Served`. PostgreSQL serves many."""
        with self._opening:
            if self._writer is None:
                self._open_writer()

    def _open_writer(self) -> None:
        if self.path is None:
            self._writer = Writers(self.engine, threads=self._writers)
            return
        if self.read_only:
            raise Unfit("the database was opened for reading only")
        if self._lock is None:
            self._lock = sqlite.take_lock(self.path)
        try:
            self._writer = Writer(
                sqlite.writing_engine(self.path, clock=self._clock, memo=self._memo), self.path, self._broke
            )
        except Exception as error:
            raise sqlite.judge(error) from error

    def when_broken(self, act: Callable[[], None]) -> None:
        """Call `act`, from any thread, once the database is broken."""
        self._heirs.append(act)
        if self.broken is not None:
            act()

    def _broke(self, failure: Broken) -> None:
        self.broken = failure
        for act in self._heirs:
            act()

    async def read(self, work: Callable[[Connection], T], *, snapshot: bool = False) -> T:
        """Run `work` in a thread on a connection for reading.

        With `snapshot` its statements see one state of the whole; without, PostgreSQL may show each a newer one (it
        spares two round trips; what is decided upon is checked by version when it is committed).
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(self.read_now, work, snapshot=snapshot))

    def read_now(self, work: Callable[[Connection], T], *, snapshot: bool = True) -> T:
        """`read` for commands: in this thread, and of one state of the whole."""
        self._check_open()
        if not self.embedded:
            return postgres.read(self.engine, work, snapshot=snapshot)
        try:
            with self.engine.connect() as conn:
                return work(conn)
        except Exception as error:
            failure = sqlite.judge(error)
            if isinstance(failure, Broken) and self.broken is None:
                self._broke(failure)
            if failure is error:
                raise
            raise failure from error

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction, committed together with others' who wait; returns after the COMMIT."""
        self._check_open()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._its_writer().submit(Job(work, answer, loop))
        return await answer

    def write_now(self, work: Callable[[Connection], T]) -> T:
        """`write` for commands: waits in this thread."""
        self._check_open()
        if not self.embedded:
            return postgres.write(self.engine, work)
        answer: Future[T] = Future()
        self._its_writer().submit(Job(work, answer))
        return answer.result()

    def close(self) -> None:
        """End what was begun, checkpoint, close every connection, give the lock back. Twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._threads.shutdown(wait=True)
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()
        if self._lock is not None:
            os.close(self._lock)

    def _check_open(self) -> None:
        if self._closed:
            raise Busy("the database is closed")
        if self.broken is not None:
            raise self.broken

    def _its_writer(self) -> Writer | Writers:
        if self._writer is None:
            self.lock()
        if self._writer is None:
            raise Unfit("the database was opened for reading only")
        return self._writer


def db_now(conn: Connection) -> datetime:
    """The database's time: PostgreSQL's clock, or the clock that the SQLite `Database` was given (no statement)."""
    clock: Callable[[], datetime] | None = conn.info.get("clock")
    if clock is not None:
        return clock()
    return EPOCH + int(conn.execute(select(NOW)).scalar_one()) * MICROSECOND


def check_promises(db: Database) -> None:
    """Raise `Unfit` where the settings void what we promise or the schema is of another version."""
    db.read_now(promises.check)
    if db.path is not None and not db.read_only:
        db.write_now(promises.check_written)


def migrate(db: Database) -> tuple[str, str]:
    """Bring the schema up to date; returns the versions before ("" for an empty database) and after."""
    if db.embedded:
        return db.write_now(migrations.upgrade)
    return db.write_now(migrations.upgrade_alone)
