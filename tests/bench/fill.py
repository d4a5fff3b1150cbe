"""A store of 200,000 tickets: the rows that the gateway itself wrote for some, copied by SQL until there are enough.

Each copy is of other people, other Message-IDs and other bytes, and hours older than the one before, so that it looks
like years of work and touches no cap. Every table grows alike: deliveries, entries, accounts, mails and raw bytes.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Table

from store.schema import metadata

GROWING = "raw_chunk delivery delivery_reference ticket entry message_id timer outbox attempt decision".split()
COUNTED = "delivery outbox entry timer attempt decision".split()
HOURS_APART = 8 * 3600 * 1_000_000
# columns that point at the `id` of another table
POINTERS = {"entry.delivery": "delivery", "delivery_reference.delivery": "delivery", "attempt.outbox": "outbox"}
UNIQUE_BYTES = frozenset({"digest", "key", "identity", "sender_key", "message_key"})
UNIQUE_WORDS = frozenset({"channel_key", "serial", "event", "requester_key", "recipient_key"})
Change = Callable[[Any, int], Any]


def fill_sqlite(path: Path, tickets: int) -> int:
    """Fill the file of a gateway that does not run; returns how many tickets there are then."""
    conn = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("synchronous = OFF", "cache_size = -400000", "foreign_keys = 0"):
            conn.execute(f"PRAGMA {pragma}")
        conn.execute("BEGIN IMMEDIATE")
        steps = {
            name: _one(conn, name, "id") for name in ("delivery", "outbox", "entry", "timer", "attempt", "decision")
        }
        steps["ticket"] = _one(conn, "ticket", "number")
        copies = _copies(conn.execute("SELECT count(*) FROM ticket").fetchone()[0], tickets)
        for name in GROWING:
            table = metadata.tables[name]
            base = conn.execute(f"SELECT {_names(table)} FROM {name} ORDER BY 1").fetchall()  # noqa: S608 - our names
            marks = ", ".join("?" * len(table.columns))
            words = f"INSERT INTO {name} ({_names(table)}) VALUES ({marks})"  # noqa: S608 - our names
            conn.executemany(words, _copied(table, base, copies, steps))
        conn.execute(
            "UPDATE setting SET value = ? WHERE name = 'next_ticket'", (str(steps["ticket"] * (copies + 1) + 1),)
        )
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(conn.execute("SELECT count(*) FROM ticket").fetchone()[0])
    finally:
        conn.close()


def _one(conn: sqlite3.Connection, table: str, column: str) -> int:
    return int(conn.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()[0])  # noqa: S608 - our names


def fill_postgresql(conninfo: str, tickets: int) -> int:
    """The same by COPY, with the statistics that autovacuum would have gathered by then."""
    with psycopg.connect(conninfo, autocommit=True) as conn:
        steps = {}
        for name in (*COUNTED, "ticket"):
            column = "number" if name == "ticket" else "id"
            query = sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(sql.Identifier(column), sql.Identifier(name))
            steps[name] = _value(conn, query)
        copies = _copies(_value(conn, sql.SQL("SELECT count(*) FROM ticket")), tickets)
        with conn.transaction():
            for name in GROWING:
                _copy_table(conn, metadata.tables[name], copies, steps)
            conn.execute(
                "UPDATE setting SET value = %s WHERE name = 'next_ticket'", [str(steps["ticket"] * (copies + 1) + 1)]
            )
        for name in COUNTED:
            words = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) + 1 FROM {}))")
            conn.execute(words.format(name, sql.Identifier(name)))
        conn.execute("VACUUM ANALYZE")
        conn.execute("CHECKPOINT")
        return _value(conn, sql.SQL("SELECT count(*) FROM ticket"))


def _value(conn: psycopg.Connection[Any], query: sql.SQL | sql.Composed) -> int:
    found = conn.execute(query).fetchone()
    return int(found[0]) if found else 0


def _copy_table(conn: psycopg.Connection[Any], table: Table, copies: int, steps: dict[str, int]) -> None:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    name = sql.Identifier(table.name)
    base = conn.execute(sql.SQL("SELECT {} FROM {} ORDER BY 1").format(columns, name)).fetchall()
    with conn.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)) as copy:
        for row in _copied(table, base, copies, steps):
            copy.write_row(row)


def _copies(present: int, wanted: int) -> int:
    return max(0, -(-wanted // max(present, 1)) - 1)


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _copied(table: Table, base: Sequence[Sequence[Any]], copies: int, steps: dict[str, int]) -> Iterator[list[Any]]:
    changes = [_change(table.name, column.name, steps) for column in table.columns]
    for number in range(1, copies + 1):
        for row in base:
            yield [
                change(value, number) if change is not None and value is not None else value
                for change, value in zip(changes, row, strict=True)
            ]


def _change(table: str, column: str, steps: dict[str, int]) -> Change | None:
    """What makes a copy's value another one; None where it stays."""
    step = _step(table, column, steps)
    if step is not None:
        return lambda value, number: value + number * step
    if column in UNIQUE_BYTES:
        return _other_bytes
    if column in UNIQUE_WORDS:
        return lambda value, number: f"{number}.{value}"
    if column == "due_at":  # a year away: nothing comes due while we measure
        return lambda value, number: value + 365 * 3 * HOURS_APART
    if column.endswith(("_at", "_db", "_since")) or column == "at":
        return lambda value, number: value - number * HOURS_APART
    return None


def _other_bytes(value: bytes, number: int) -> bytes:
    """In the order of the copies, which makes loading quick; the last octet, lest a copy is one of the first rows."""
    return number.to_bytes(2, "big") + bytes(value)[2:-1] + bytes([value[-1] ^ 0xFF])


def _step(table: str, column: str, steps: dict[str, int]) -> int | None:
    if column in ("id", "number"):
        return steps[table if column == "id" else "ticket"]
    if f"{table}.{column}" in POINTERS:
        return steps[POINTERS[f"{table}.{column}"]]
    return steps["ticket"] if column in ("ticket", "linked_to") else None
