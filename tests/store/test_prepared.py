"""Prepared statements: the driver gets what Core would give it, and what comes back is what Core would give us."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError

from store.columns import PerEngine
from store.database import Database, migrate, open_database
from store.prepared import Prepared
from store.schema import delivery, entry, message_id

NOW = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)
ROW: dict[str, Any] = {
    "desk": "zażółć \0 \ud800",
    "channel": "smtp",
    "channel_key": "key" * 200,
    "digest": bytes(32),
    "size": 3,
    "envelope_from": "",
    "envelope_to": ["a@b.example", "ż"],
    "peer": {"tls": None},
    "received_at": NOW,
    "received_db": NOW,
    "next_try_db": NOW,
    "quiet": True,
    "sender_key": None,
}
ADD = Prepared(PerEngine(lambda insert: insert(delivery).on_conflict_do_nothing()))
BY_SIZE = select(*delivery.c).where(delivery.c.size == bindparam("its_size")).order_by(delivery.c.id)


async def test_every_type_is_translated_as_core_does(db: Database) -> None:
    """Text, keys, JSON, instants, truth, octets and nothing, in both directions."""

    def both(conn: Connection) -> tuple[Any, Any, Any]:
        ADD.change(conn, ROW)
        conn.execute(insert(delivery).values({**ROW, "channel_key": "other"}))
        by_core = [tuple(row) for row in conn.execute(BY_SIZE, {"its_size": 3})]
        return by_core, [tuple(row) for row in Prepared(BY_SIZE).rows(conn, {"its_size": 3})], by_core[0][0]

    by_core, prepared, first = await db.write(both)
    assert prepared == by_core
    key = list(delivery.c.keys()).index("channel_key")
    one, other = ([*row[1:key], *row[key + 1 :]] for row in prepared)
    assert (one[1:], first) == (other[1:], 1)


async def test_rows_that_were_touched_are_counted(db: Database) -> None:
    """One by one and many at once; what is there already is not counted."""
    know = Prepared(PerEngine(lambda insert: insert(message_id).on_conflict_do_nothing()))
    rows = [{"key": bytes([number]) * 16, "ticket": number} for number in range(5)]
    counts = await db.write(lambda conn: [know.change_many(conn, some) for some in (rows[:1], rows[1:3], rows)])
    assert counts == [1, 2, 2]


async def test_an_error_is_that_of_core_and_nothing_is_kept(db: Database) -> None:
    """A broken constraint is a DBAPIError; the transaction that it happened in leaves nothing."""

    def broken(conn: Connection) -> None:
        ADD.change(conn, ROW)
        values = {"ticket": 1, "at": NOW, "kind": "note", "who": "", "summary": "", "why": "", "internal": True}
        Prepared(insert(entry)).change(conn, {**values, "text": None})

    with pytest.raises(DBAPIError):
        await db.write(broken)
    assert await db.read(lambda conn: conn.execute(select(delivery.c.id)).all()) == []


def test_an_expanding_statement_is_refused(db: Database) -> None:
    """A list of any length makes another statement each time: that is for Core."""
    statement = Prepared(select(delivery.c.id).where(delivery.c.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(TypeError, match="can not be prepared"):
        db.read_now(lambda conn: statement.rows(conn, {"ids": [1]}))


@pytest.mark.servers
async def test_connections_that_a_server_ended_cost_no_work(postgresql_url: str) -> None:
    """However many of the pool are dead, what is begun next is done: one of them tells of all."""
    db = open_database(postgresql_url)
    migrate(db)
    at_once = threading.Barrier(8)

    def write(conn: Connection, key: str, *, together: bool) -> int:
        if together:
            at_once.wait(30)  # so that each has a connection of its own
        ADD.change(conn, {**ROW, "channel_key": key})
        return int(conn.execute(text("select pg_backend_pid()")).scalar_one())

    works = [partial(write, key=str(n), together=True) for n in range(8)]
    with ThreadPoolExecutor(8) as threads:
        backends = list(threads.map(db.write_now, works))
    with psycopg.connect(postgresql_url.replace("+psycopg", ""), autocommit=True) as other:
        for backend in backends:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", (backend,))
    assert await db.write(partial(write, key="last", together=False)) not in backends
    db.close()
