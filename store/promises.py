"""Refuses, at start, a database that would not keep what we promise: settings that lose commits, another schema."""

from __future__ import annotations

from sqlalchemy import Connection, text

from store.failures import Unfit
from store.migrate import HEAD, current

SETTINGS = text(
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"
)


def check(conn: Connection) -> None:
    """Raises `Unfit` with what to change."""
    if conn.dialect.name == "postgresql":
        _check_postgresql(conn)
    elif conn.exec_driver_sql("PRAGMA journal_mode").scalar_one() != "wal":
        raise Unfit("the SQLite database is not in WAL mode: something else has opened it; close that and start again")
    check_version(conn)


def check_written(conn: Connection) -> None:
    """What only SQLite's writer can tell: its commits are flushed."""
    if conn.exec_driver_sql("PRAGMA synchronous").scalar_one() != 2:
        raise Unfit("SQLite's synchronous is not FULL: a commit could be lost")


def _check_postgresql(conn: Connection) -> None:
    wrong = [f"{name} = {setting}" for name, setting in conn.execute(SETTINGS) if setting == "off"]
    if wrong:
        raise Unfit(
            f"PostgreSQL runs with {', '.join(sorted(wrong))}: a mail that was answered with 250 could be lost. "
            "Set it to on and start again"
        )


def check_version(conn: Connection) -> None:
    """The schema is the one that this program was written for."""
    found = current(conn)
    if found != HEAD:
        state = f"of version {found}" if found else "empty"
        raise Unfit(f"the database's schema is {state}, this tkt needs {HEAD}: run tkt migrate")
