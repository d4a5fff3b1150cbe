"""Statements that every mail needs: written in SQLAlchemy, compiled once for each engine, run by the driver itself.

What Core does anew at each execution (cache key, parameters, a result that can do anything) costs several times what
SQLite takes for a small statement. The schema's types still translate each value; a driver's error comes out as Core
would raise it, and a connection that is lost takes the others of the pool with it. A statement with an expanding
parameter can not be prepared. A Batch holds the changes of one unit of work: PostgreSQL gets them in one go.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from store.columns import PerEngine
from store.failures import Stale

Values = Mapping[str, Any]
Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled statement: its parameters in order, each with what the driver is to get; what its rows are made of."""

    text: str
    fixed: Values  # what the statement itself says
    binds: Sequence[tuple[str, Change | None]]
    positional: bool
    row: Callable[[Sequence[Any]], Any] | None

    def bound(self, values: Values) -> Any:
        """Parameters as the driver takes them."""
        given = {**self.fixed, **values}
        if self.positional:
            return [given[name] if change is None else change(given[name]) for name, change in self.binds]
        return {name: given[name] if change is None else change(given[name]) for name, change in self.binds}


class Prepared:
    """One statement. It is compiled when it is first run with parameters of these names."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._plans: dict[tuple[str, ...], Plan] = {}

    def rows(self, conn: Connection, values: Values) -> list[Any]:
        """Run it; its rows are tuples whose fields have the columns' names."""
        plan = self.plan(conn, values)
        with _driver(conn, plan.text) as connection:
            found: list[Any] = _ran(connection, plan.text, plan.bound(values)).fetchall()
        return found if plan.row is None else [plan.row(one) for one in found]

    def one(self, conn: Connection, values: Values) -> Any:
        """Run it; its only row."""
        (found,) = self.rows(conn, values)
        return found

    def change(self, conn: Connection, values: Values) -> int:
        """Run it; how many rows it touched."""
        plan = self.plan(conn, values)
        with _driver(conn, plan.text) as connection:
            return int(_ran(connection, plan.text, plan.bound(values)).rowcount)

    def change_many(self, conn: Connection, many: Sequence[Values]) -> int:
        """Run it for each; how many rows were touched in all."""
        plan = self.plan(conn, many[0])
        with _driver(conn, plan.text) as connection:
            return int(_ran(connection, plan.text, [plan.bound(values) for values in many], many=True).rowcount)

    def plan(self, conn: Connection, values: Values) -> Plan:
        """How the driver is told to run it with parameters of these names."""
        key = (conn.dialect.name, *values)
        plan = self._plans.get(key)
        if plan is None:
            statement = self._statement(conn) if isinstance(self._statement, PerEngine) else self._statement
            plan = self._plans[key] = _plan(statement, conn.dialect, list(values))
        return plan


@dataclass(frozen=True, slots=True)
class _Change:
    """`bound` is a list of parameters where `many`. `otherwise` says what it means that it did not touch one row."""

    text: str
    bound: Any
    many: bool
    otherwise: str


class Batch:
    """The changes of one unit of work, in order, of which none needs the answer of another. They are run at its end."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._changes: list[_Change] = []

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._changes:
            self._run()

    def change(self, statement: Prepared, values: Values, *, otherwise: str = "") -> None:
        """To be run once. With `otherwise` it has to touch exactly one row, else it is `Stale`, in these words."""
        plan = statement.plan(self._conn, values)
        self._changes.append(_Change(plan.text, plan.bound(values), many=False, otherwise=otherwise))

    def change_many(self, statement: Prepared, many: Sequence[Values]) -> None:
        """To be run for each; nothing for none."""
        if len(many) == 1:
            self.change(statement, many[0])
        elif many:
            plan = statement.plan(self._conn, many[0])
            bound = [plan.bound(values) for values in many]
            self._changes.append(_Change(plan.text, bound, many=True, otherwise=""))

    def _run(self) -> None:
        """In the open transaction; raises `Stale`, or the driver's error as Core would."""
        changes, self._changes = self._changes, []
        with _driver(self._conn, changes[0].text) as connection, _in_one_go(connection):
            cursors = [_ran(connection, change.text, change.bound, many=change.many) for change in changes]
        for change, cursor in zip(changes, cursors, strict=True):
            if change.otherwise and cursor.rowcount != 1:
                raise Stale(change.otherwise)


def _in_one_go(connection: Any) -> AbstractContextManager[Any]:
    """psycopg's pipeline: one round trip for all; SQLite has none to save."""
    pipeline = getattr(connection, "pipeline", None)
    return nullcontext() if pipeline is None else pipeline()


@contextmanager
def _driver(conn: Connection, text: str) -> Iterator[Any]:
    """The driver's connection, inside the transaction that Core would have begun; its errors as Core's."""
    if not conn.in_transaction():
        conn.begin()
    try:
        yield conn.connection.driver_connection
    except conn.dialect.loaded_dbapi.Error as error:
        lost = conn.dialect.is_disconnect(error, conn.connection.dbapi_connection, None)
        if lost:
            conn.invalidate(error)
            conn.engine.dispose()
        raise DBAPIError(text, None, error, connection_invalidated=lost) from error


def _ran(connection: Any, text: str, bound: Any, *, many: bool = False) -> Any:
    """A cursor of the driver that has run it."""
    cursor = connection.cursor()
    (cursor.executemany if many else cursor.execute)(text, bound)
    return cursor


def _plan(statement: Any, dialect: Dialect, names: list[str]) -> Plan:
    if isinstance(statement, Insert) and not statement.exported_columns:
        statement = statement.inline()  # else it would ask for the new row's key
    compiled = statement.compile(dialect=dialect, column_keys=names)
    if not isinstance(compiled, SQLCompiler) or compiled.post_compile_params:
        raise TypeError(f"this statement can not be prepared: {statement}")
    fixed = {name: bind.effective_value for name, bind in compiled.binds.items() if name not in names}
    order = compiled.positiontup if compiled.positional else list(compiled.binds)
    binds = [(name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order or ()]
    return Plan(str(compiled), fixed, binds, positional=compiled.positional, row=_row(statement, dialect))


def _row(statement: Any, dialect: Dialect) -> Callable[[Sequence[Any]], Any] | None:
    """What makes a row of a driver's: names for its fields, each translated by its column's type."""
    columns = list(statement.exported_columns)
    if not columns:
        return None
    kind = namedtuple("kind", [column.key for column in columns], rename=True)  # type: ignore[misc]  # known at run time
    changes = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    if not any(changes):
        return kind._make

    def row(values: Sequence[Any]) -> Any:
        return kind(
            *[value if change is None else change(value) for value, change in zip(values, changes, strict=True)]
        )

    return row
