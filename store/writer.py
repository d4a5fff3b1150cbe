"""The one writer of SQLite: a thread, a queue, and one COMMIT for all who wait in it.

Promises: a caller hears of success only after the COMMIT that holds its work is on the disk; a caller that fails undoes
only its own work; work that was handed in is done whether or not somebody still waits for the answer; after a failure
that no later try can heal nothing more is accepted.
"""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from store.failures import Broken, Busy
from store.group import Job, Waiting, deliver, fail, next_group
from store.sqlite import judge

GROUP = 64  # callers in one COMMIT
CHECKPOINT_PAGES = 1000
PAGES_OF_A_CALLER = 12  # what a mail costs, measured; used where the WAL's length does not tell
PAGE = 4096


class Writer:
    """Opened with the database; `submit` from any thread; `close` ends after the last job."""

    def __init__(self, engine: Engine, path: Path, broken: Callable[[Broken], None]) -> None:
        self._engine, self._path, self._broken = engine, path, broken
        self._queue: Waiting = queue.SimpleQueue()
        self._conn = engine.connect()
        self._raw: sqlite3.Connection = self._conn.connection.driver_connection  # type: ignore[assignment]  # it is SQLite's
        self._inode = path.stat().st_ino
        self._wal = path.with_name(path.name + "-wal")
        self._wal_size = 0
        self._pages = 0
        self._failure: Broken | None = None
        self._thread = threading.Thread(target=self._run, name="tkt-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Hand in work; it will be done."""
        self._queue.put(job)

    def close(self) -> None:
        """Do what was handed in, checkpoint, close."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (group := next_group(self._queue, most=GROUP)) is not None:
            self._commit_group(group)
            deliver(group)
            self._checkpoint_if_due(len(group))
        self._end()

    def _commit_group(self, group: list[Job]) -> None:
        if self._failure is not None:
            fail(group, self._failure)
            return
        try:
            self._raw.execute("BEGIN IMMEDIATE")
            if not self._all_work(group):
                self._raw.execute("ROLLBACK")
                self._raw.execute("BEGIN IMMEDIATE")
                self._each_works(group)
            self._check_same_file()
            self._raw.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - whatever it is, each caller must hear that nothing was committed
            self._fail_group(group, error)

    def _all_work(self, group: list[Job]) -> bool:
        """Everybody's work inside the open transaction; False when one of several failed and all must be done again.

        That is rare, and without savepoints it is cheaper: each statement hands Python's lock to whoever waits for it.
        """
        try:
            for job in group:
                job.result = job.work(self._conn)
        except Exception as error:
            if len(group) == 1 or not self._raw.in_transaction or isinstance(self._judged(error), Broken):
                raise  # if SQLite rolled back by itself, the disk is full
            return False
        return True

    def _each_works(self, group: list[Job]) -> None:
        """The same, each behind a savepoint: who fails undoes his own work only."""
        for job in group:
            self._raw.execute("SAVEPOINT caller")
            try:
                job.result = job.work(self._conn)
            except Exception as error:
                if not self._raw.in_transaction:
                    raise  # SQLite rolled everything back (disk full): the others' work is gone, too
                self._raw.execute("ROLLBACK TO caller")
                job.error = self._judged(error)
            self._raw.execute("RELEASE caller")

    def _fail_group(self, group: list[Job], error: BaseException) -> None:
        self._roll_back()
        failure = self._judged(error)
        known = isinstance(failure, Busy | Broken)
        if len(group) > 1 and not known:
            failure = Busy(f"the group commit failed: {failure}")
        fail(group, failure)

    def _judged(self, error: BaseException) -> BaseException:
        failure = judge(error)
        if isinstance(failure, Broken) and self._failure is None:
            self._failure = failure
            self._broken(failure)
        return failure

    def _roll_back(self) -> None:
        if self._raw.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._raw.execute("ROLLBACK")

    def _check_same_file(self) -> None:
        """What is committed into a file that was moved away or replaced is lost."""
        try:
            same = self._path.stat().st_ino == self._inode
        except OSError:
            same = False
        if not same:
            raise Broken(f"{self._path} was moved or replaced while it was open")

    def _checkpoint_if_due(self, callers: int) -> None:
        with contextlib.suppress(OSError):
            size = self._wal.stat().st_size
            self._pages += max((size - self._wal_size) // PAGE, callers * PAGES_OF_A_CALLER)
            self._wal_size = size
        if self._pages >= CHECKPOINT_PAGES and self._failure is None:
            self._pages = 0
            self._checkpoint()

    def _checkpoint(self) -> None:
        """Move what the WAL holds into the file. An fsync that fails here voids what was promised earlier."""
        try:
            self._raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            self._judged(error)

    def _end(self) -> None:
        if self._failure is None:
            self._checkpoint()
        with contextlib.suppress(sqlite3.Error):
            self._conn.close()
        self._engine.dispose()
