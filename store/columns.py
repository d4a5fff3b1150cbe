"""How values are kept, alike on SQLite and PostgreSQL, and what of SQL differs between the two.

Promises: no text from outside can make a statement fail (NUL and lone surrogates are replaced, keys are cut to what an
index takes); times are integers, so that both engines sort and subtract alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Dialect, Integer, String, Text, bindparam, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import Executable
from sqlalchemy.sql.elements import BindParameter, ColumnClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
KEY_LENGTH = 400  # characters; PostgreSQL's B-tree takes at most 2704 octets

# SQLite gives rowid ids only to INTEGER primary keys.
Id = BigInteger().with_variant(Integer, "sqlite")


def micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC; a naive datetime is a bug and raises TypeError."""
    return (moment - EPOCH) // MICROSECOND


def clean(text: str) -> str:
    """`text` as both engines take it: NUL and lone surrogates become U+FFFD."""
    if text.isascii():
        return text.replace("\0", "\ufffd") if "\0" in text else text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Aware datetime → microseconds."""
        return None if value is None else micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Microseconds → aware datetime in UTC."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text of any length, cleaned."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Cleaned."""
        return None if value is None else clean(value)


class Key(TypeDecorator[str]):
    """Text that an index holds: cleaned, and cut to 400 characters when written as when looked for."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Cleaned and cut."""
        return None if value is None else clean(value[:KEY_LENGTH])


_compact = json.JSONEncoder(separators=(",", ":")).encode  # one for all: to make it costs as much as to use it


class Json(TypeDecorator[Any]):
    """Plain values as compact JSON in a text column; only ASCII, so that nothing in it can offend an engine."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Value → JSON text."""
        return None if value is None else _compact(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """JSON text → value."""
        return None if value is None else json.loads(value)


class _DatabaseClock(FunctionElement[int]):
    """The database's time in microseconds: `clock_timestamp()`, or on SQLite the clock given to the `Database`."""

    type = BigInteger()
    inherit_cache = True
    name = "tkt_now"


@compiles(_DatabaseClock, "postgresql")
def _postgresql_clock(element: _DatabaseClock, compiler: Any, **words: Any) -> str:
    return "(extract(epoch from clock_timestamp()) * 1000000)::bigint"


@compiles(_DatabaseClock, "sqlite")
def _sqlite_clock(element: _DatabaseClock, compiler: Any, **words: Any) -> str:
    return "tkt_now()"


NOW = _DatabaseClock()


class _StatementClock(FunctionElement[int]):
    """The database's time when the statement began: what an index can be asked with. PostgreSQL takes
    `clock_timestamp()` for another value with each row, and reads the whole table.
    """

    type = BigInteger()
    inherit_cache = True
    name = "tkt_statement_now"


@compiles(_StatementClock, "postgresql")
def _postgresql_statement_clock(element: _StatementClock, compiler: Any, **words: Any) -> str:
    return "(extract(epoch from statement_timestamp()) * 1000000)::bigint"


@compiles(_StatementClock, "sqlite")
def _sqlite_statement_clock(element: _StatementClock, compiler: Any, **words: Any) -> str:
    return "tkt_now()"


STATEMENT_NOW = _StatementClock()


def span(name: str) -> BindParameter[int]:
    """A bind parameter for a length of time in microseconds, to add to `NOW`."""
    return bindparam(name, type_=BigInteger())


def length(duration: timedelta) -> int:
    """What a `span` takes."""
    return duration // MICROSECOND


def literal(text: str) -> ColumnClause[str]:
    """A word of ours that stands in the SQL itself: a partial index is used only for what is no parameter."""
    return literal_column(f"'{text}'", String)


class PerEngine:
    """One statement written twice, because `INSERT … ON CONFLICT` has a construct of its own in each dialect."""

    def __init__(self, make: Callable[[Any], Executable]) -> None:
        self._statements = {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}

    def __call__(self, conn: Connection) -> Executable:
        """The statement for this connection's engine."""
        return self._statements[conn.dialect.name]
