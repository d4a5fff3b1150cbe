"""What is asked with every mail never reads a whole table, however full the store is."""

import re
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from store import counts, held, lookup
from store.database import Database
from tests.store.worlds import NOW


def plan(conn: Connection, statement: Any) -> str:
    """How the engine would answer; PostgreSQL is told that a whole table is the last resort, for ours are empty."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN " if conn.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    words = statement.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True})
    return "\n".join(str(row[-1]) for row in conn.exec_driver_sql(f"{explain}{words}"))


@pytest.mark.parametrize("index", ["ix_outbox_created", "ix_delivery_received"])
def test_the_counts_of_the_last_minutes_ask_an_index(db: Database, index: str) -> None:
    """The breaker's counts touch the rows of the last ten minutes only: the bound on time is asked of the index."""
    found = db.read_now(lambda conn: plan(conn, counts._WORLD))

    assert re.search(rf"{index}[^\n]*\s+(Index Cond: \(\w+_db >|\(\w+_db>\?\))", found), found


def test_what_is_asked_with_every_tick_asks_an_index(db: Database) -> None:
    """Whether anything is held that no list has named: however much is held since long ago."""
    words = {"its_desk": "support", "collected": NOW, "alone": NOW}
    found = db.read_now(lambda conn: plan(conn, held._NEWS.params(words)))

    assert "ix_delivery_unlisted" in found


def test_the_notes_of_merged_tickets_are_found_by_an_index(db: Database) -> None:
    """Asked with every agent's mail: which tickets were merged into those that it may be about."""
    found = db.read_now(lambda conn: plan(conn, lookup._PRIVATE.params(tickets=[1, 2])))

    assert "ix_ticket_merged_into" in found
