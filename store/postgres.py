"""PostgreSQL: the pool, what its errors mean, and which work may safely be done again.

Promises: work whose transaction certainly ended without a trace (deadlock, serialization failure, a connection lost
before COMMIT was sent) is done again, a few times; a COMMIT whose answer was lost is never guessed at: it is `Busy`,
and the keys against duplicates settle it when the caller comes again.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.failures import Busy, Full

T = TypeVar("T")

TRIES = 4
PAUSE = 0.05  # seconds, doubled with each try, with jitter
# deadlock, serialization failure, lock not available, statement timeout, too many connections, shutting down, starting
AGAIN = {"40P01", "40001"}
DISK_FULL = "53100"
CONFUSED = ("08", "53", "57", "55", "58", "XX", "25")
OPTIONS = (
    "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=20000 -c idle_in_transaction_session_timeout=120000"
)


def pooled_engine(url: URL, *, pool: int, memo: dict[str, Any]) -> Engine:
    """Up to `pool` connections, each made when it is first needed."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool,
        max_overflow=2,
        pool_timeout=30,
        connect_args={"connect_timeout": 5, "options": OPTIONS, "application_name": "tkt"},
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        record.info["memo"] = memo
        record.info["monotonic"] = time.monotonic

    return engine


def judge(error: BaseException) -> BaseException:
    """A driver's error → `Busy` where it is the server's state; a mistake of ours comes back as it is."""
    if isinstance(error, PoolTimeout):
        return Busy("every connection to PostgreSQL is in use")
    original = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(original, psycopg.Error):
        return error
    state = original.sqlstate
    if _lost(error) or state in AGAIN or (state is not None and state.startswith(CONFUSED)):
        kind = Full if state == DISK_FULL else Busy
        return kind(f"PostgreSQL: {str(original).strip().splitlines()[0] if str(original) else state}")
    return error


def _lost(error: BaseException) -> bool:
    """True when the connection is gone."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(original, psycopg.OperationalError | psycopg.InterfaceError) and original.sqlstate is None


def _again(error: BaseException) -> bool:
    original = error.orig if isinstance(error, DBAPIError) else error
    return _lost(error) or getattr(original, "sqlstate", None) in AGAIN


def read(engine: Engine, work: Callable[[Connection], T], *, snapshot: bool) -> T:
    """Done again when a connection turns out to be dead.

    Each statement sees what was committed when it began, or with `snapshot` all of them the same.
    """
    reading = engine.execution_options(isolation_level="REPEATABLE READ" if snapshot else "AUTOCOMMIT")

    def once() -> T:
        with reading.connect() as conn:
            return work(conn)

    return _tried(once)


def write(engine: Engine, work: Callable[[Connection], T]) -> T:
    """One transaction; returns after its COMMIT was answered."""
    return _tried(lambda: transaction(engine, work))


class Unknown(Exception):
    """COMMIT was sent and not answered."""


def unanswered(error: Unknown) -> Busy:
    """What the caller hears of it."""
    return Busy(f"PostgreSQL did not answer the COMMIT, which may have happened: {error}")


def transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    """`work` once, in one transaction; raises `Unknown` where nobody can say whether it was committed."""
    with engine.connect() as conn:
        result = work(conn)
        try:
            conn.commit()
        except DBAPIError as error:
            if _lost(error):
                raise Unknown(str(error.orig)) from error
            raise
        return result


def _tried(once: Callable[[], T]) -> T:
    for left in reversed(range(TRIES)):
        try:
            return once()
        except Unknown as error:
            raise unanswered(error) from error
        except (DBAPIError, psycopg.Error, PoolTimeout) as error:
            if left == 0 or not _again(error):
                failure = judge(error)
                if failure is error:
                    raise
                raise failure from error
        _pause(PAUSE * 2 ** (TRIES - left) * (0.5 + random.random()))  # noqa: S311 - jitter is no secret
    raise AssertionError("unreachable")


def _pause(seconds: float) -> None:
    """Called in the pool's threads only; the event loop never waits here."""
    threading.Event().wait(seconds)
