"""Commands that only read: open the store without disturbing whoever serves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from gateway.config import Config
from parsing.message import Permanent
from store.database import Connection, Database, open_database
from store.promises import check_version
from store.status import read_status

T = TypeVar("T")
NUMBER = re.compile(r"(?:TKT-)?0*(\d{1,9})", re.IGNORECASE)


@contextmanager
def reading(config: Config) -> Iterator[Database]:
    """The store, opened for reading (SQLite `mode=ro`); `Permanent` when there is none or it is of another version."""
    require_store(config)
    db = open_database(config.store_url, pool=2, read_only=True)
    try:
        db.read_now(check_version)
        yield db
    finally:
        db.close()


def require_store(config: Config) -> None:
    """Commands never make a store: a mistyped --config would look like a gateway that has lost everything."""
    kind, _, rest = config.store_url.partition(":///")
    if kind == "sqlite" and not Path(rest).exists() and not Path(f"{rest}-wal").exists():
        raise Permanent(f"there is no store yet at {rest}; the gateway makes it when it starts: tkt run")


def ask(config: Config, question: Callable[[Connection], T]) -> T:
    """One question to the store."""
    with reading(config) as db:
        return db.read_now(question)


def held_back(conn: Connection) -> int:
    """How many mails leave by `tkt resume`."""
    found = read_status(conn)
    return found.mails.get("queued", 0) if found.holds_outgoing else 0


def ticket_number(text: str) -> int:
    """`TKT-00042`, `tkt-42` or `42` → 42; raises `Permanent`."""
    found = NUMBER.fullmatch(text.strip())
    if found is None:
        raise Permanent(f"{text!r} is no ticket number; they look like TKT-00042")
    return int(found[1])
