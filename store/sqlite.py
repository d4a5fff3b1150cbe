"""SQLite: the file and its lock, the connections, and what its errors mean.

Promises: WAL, synchronous=FULL, BEGIN IMMEDIATE for writing; readers can not write; nobody but the writer checkpoints
(SQLite before 3.51.3 may corrupt the file when two connections checkpoint and write at once); a file that is damaged,
foreign or missing where a backup was expected is never covered by an empty database.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from store.columns import micros
from store.failures import Broken, Busy, Full, Served, Unfit

APPLICATION_ID = 0x746B7431  # "tkt1", in the header of the file
BUSY_MILLISECONDS = 5000
WAL_LIMIT = 64 * 2**20  # octets; a longer WAL is cut back when it starts anew
HEADER = b"SQLite format 3\0"
Clock = Callable[[], datetime]

# What no later try can heal: what was thought to be on the disk may not be there, or is not what was written.
FATAL = ("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY_DBMOVED")
HARMLESS_IO = (
    "SQLITE_IOERR_LOCK",
    "SQLITE_IOERR_RDLOCK",
    "SQLITE_IOERR_BLOCKED",
    "SQLITE_IOERR_NOMEM",
    "SQLITE_IOERR_SHMSIZE",
)
WORDS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_BUSY": "another process holds the database locked",
    "SQLITE_LOCKED": "the database is locked",
    "SQLITE_READONLY": "the database file can not be written",
    "SQLITE_CANTOPEN": "the database file can not be opened",
}


def judge(error: BaseException) -> BaseException:
    """A driver's error → `Busy` or `Broken`; anything else (a mistake of ours, `Stale`) comes back as it is."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(original, sqlite3.Error):
        return error
    name = getattr(original, "sqlite_errorname", None) or ""
    if name.startswith(FATAL) and name not in HARMLESS_IO:
        return Broken(f"the database failed: {name} ({original})")
    if isinstance(original, sqlite3.IntegrityError | sqlite3.ProgrammingError) or name in ("", "SQLITE_ERROR"):
        return error
    words = next((text for code, text in WORDS.items() if name.startswith(code)), str(original))
    return (Full if name == "SQLITE_FULL" else Busy)(f"{words} ({name})")


def check_file(path: Path) -> None:
    """Refuse, before SQLite touches it, a file that is not ours, is cut short or can not be written."""
    if not path.exists():
        if Path(f"{path}-wal").exists():
            raise Unfit(f"{path} is gone but its -wal is still there: put the file back, or move the -wal away")
        return
    size = path.stat().st_size
    if size == 0 and not Path(f"{path}-wal").exists():
        raise Unfit(f"{path} is empty: it was cut off, or is no database; put a backup there, or remove it")
    if not os.access(path, os.R_OK):
        raise Unfit(f"{path} can not be read by this user")
    with path.open("rb") as file:
        header = file.read(100)
    _check_header(path, header, size)


def _check_header(path: Path, header: bytes, size: int) -> None:
    if len(header) < 100 or not header.startswith(HEADER):
        raise Unfit(f"{path} is not an SQLite database; it was left as it is")
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(header[28:32], "big")
    if size < page * pages and not Path(f"{path}-wal").exists():
        raise Unfit(f"{path} is cut short: {size} octets of {page * pages}; put a backup there")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise Unfit(f"{path} is an SQLite database of another program; it was left as it is")


def create_file(path: Path) -> None:
    """An empty database of ours, complete or absent: made aside and moved into its place."""
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    made = sqlite3.connect(aside)
    try:
        made.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        made.execute("PRAGMA synchronous = FULL")
        made.execute("PRAGMA journal_mode = WAL")
    finally:
        made.close()
    aside.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_lock(path: Path) -> int:
    """The file lock that makes one daemon only; returns its descriptor, raises `Served`."""
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise Served(f"another tkt serves this database (pid {holder}): {path}") from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def reading_engine(path: Path, *, clock: Clock, readers: int, memo: dict[str, Any], read_only: bool) -> Engine:
    """A small pool of connections that can not write. `read_only` opens the file itself so (`mode=ro`)."""
    mode = "ro" if read_only else "rw"
    engine = _engine(path, mode, clock, memo, poolclass=QueuePool, pool_size=readers, max_overflow=0, pool_timeout=30)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, record: Any) -> None:
        for pragma in ("query_only = 1", "wal_autocheckpoint = 0"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begun(conn: Any) -> None:
        conn.connection.driver_connection.execute("BEGIN").close()  # straight: half the cost of a read is here

    return engine


def writing_engine(path: Path, *, clock: Clock, memo: dict[str, Any]) -> Engine:
    """The one connection that writes; it checkpoints when told to, so that an error there is seen."""
    engine = _engine(path, "rw", clock, memo, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, record: Any) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0"):
            connection.execute(f"PRAGMA {pragma}").close()
        connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}").close()

    return engine


def _engine(path: Path, mode: str, clock: Clock, memo: dict[str, Any], **pool: Any) -> Engine:
    uri = f"{path.absolute().as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256)

    engine = create_engine("sqlite://", creator=connect, **pool)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, record: Any) -> None:
        # isolation_level None stops the driver's own BEGINs: without that, updates are lost silently
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}").close()
        connection.execute("PRAGMA foreign_keys = 1").close()
        connection.create_function("tkt_now", 0, lambda: micros(clock()))
        record.info["clock"] = clock
        record.info["memo"] = memo
        record.info["monotonic"] = time.monotonic

    return engine
