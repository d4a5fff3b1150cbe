"""The writers of PostgreSQL: a few threads, one queue, and one COMMIT for those who wait in it together.

Half of what a small transaction costs is its beginning and its end. Promises: a caller hears of success only after the
COMMIT that holds its work was answered; where the work of one fails, each is done again in a transaction of its own, so
that everybody hears of their own failure only; a COMMIT whose answer was lost is `Busy` for all who were in it.
"""

from __future__ import annotations

import queue
import threading

from sqlalchemy import Engine

from store import postgres
from store.group import Job, Waiting, deliver, fail, next_group

GROUP = 16  # callers in one COMMIT: their rows stay locked until it


class Writers:
    """Opened with the database; `submit` from any thread; `close` ends after the last job."""

    def __init__(self, engine: Engine, *, threads: int) -> None:
        self._engine = engine
        self._queue: Waiting = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"tkt-writer-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        """Hand in work; it will be done."""
        self._queue.put(job)

    def close(self) -> None:
        """Do what was handed in."""
        self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (group := next_group(self._queue, most=GROUP)) is not None:
            if len(group) == 1 or not self._together(group):
                for job in group:
                    self._alone(job)
            deliver(group)
        self._queue.put(None)  # for the next thread

    def _together(self, group: list[Job]) -> bool:
        """All in one transaction; False when it certainly left no trace and each is to be done alone."""
        try:
            results = postgres.transaction(self._engine, lambda conn: [job.work(conn) for job in group])
        except postgres.Unknown as error:
            fail(group, postgres.unanswered(error))
            return True
        except Exception:  # noqa: BLE001 - each hears of it when it happens again to them alone
            return False
        for job, result in zip(group, results, strict=True):
            job.result = result
        return True

    def _alone(self, job: Job) -> None:
        try:
            job.result = postgres.write(self._engine, job.work)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the caller must hear of it
            job.error = error
