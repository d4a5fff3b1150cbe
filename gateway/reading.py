"""Commands that only read: open the store without disturbing whoever serves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from gateway.config import Config
from parsing.message import Permanent
from store.database import Connection, Database, open_database

T = TypeVar("T")
NUMBER = re.compile(r"(?:TKT-)?0*(\d{1,9})", re.IGNORECASE)


@contextmanager
def reading(config: Config) -> Iterator[Database]:
    """The store, opened for reading; SQLite `mode=ro`."""
    db = open_database(config.store_url, pool=2, read_only=True)
    try:
        yield db
    finally:
        db.close()


def ask(config: Config, question: Callable[[Connection], T]) -> T:
    """One question to the store."""
    with reading(config) as db:
        return db.read_now(question)


def ticket_number(text: str) -> int:
    """`TKT-00042`, `tkt-42` or `42` → 42; raises `Permanent`."""
    found = NUMBER.fullmatch(text.strip())
    if found is None:
        raise Permanent(f"{text!r} is no ticket number; they look like TKT-00042")
    return int(found[1])
