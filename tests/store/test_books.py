"""What a person asks of the whole: counts, where a mail is, whether the books are right, and a copy of it all."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from parsing.message import Permanent
from store.backup import backup
from store.database import Database, migrate, open_database
from store.outbox import claim_mails, enqueue, hold_outgoing, mark, set_hold_outgoing
from store.schema import attempt, delivery, outbox, raw_chunk, ticket
from store.status import list_deliveries, read_status, reconcile_rows, trace
from store.tickets import ticket_by_number
from tests.running import require
from tests.servers import PostgreSQL
from tests.store.test_outbox import Mark
from tests.store.worlds import MINUTE, NOW, arrival, claim_now, mail, open_ticket, take_in


def change(db: Database, statement: Any) -> None:
    db.write_now(lambda conn: conn.execute(statement))


def test_the_counts_are_those_of_the_tables(db: Database) -> None:
    """Deliveries, outcomes, tickets, mails and timers are counted by word; the oldest that waits has a time."""
    open_ticket(db)
    take_in(db, arrival("2"))

    found = db.read_now(read_status)

    assert (found.deliveries, found.outcomes, found.tickets) == ({"done": 1, "waiting": 1}, {"opened": 1}, {"new": 1})
    assert (found.mails, found.timers, found.red, found.holds_outgoing) == ({"queued": 2}, 2, (), False)
    assert found.oldest_delivery is not None
    assert found.oldest_mail is not None
    assert found.oldest_mail <= found.now
    assert len(db.read_now(lambda conn: list_deliveries(conn, unfinished_only=True))) == 1


def test_an_address_is_traced_in_and_out(db: Database) -> None:
    """From what came from an address, through its ticket, to each try of what went to it; nobody else's is shown."""
    open_ticket(db, 1, "1")
    take_in(
        db, arrival("eve", envelope_from="eve_1@example.com"), arrival("lookalike", envelope_from="evex1@example.com")
    )
    (first, _) = db.write_now(lambda conn: claim_mails(conn, limit=9, lease=MINUTE))
    db.write_now(lambda conn: mark(conn, [Mark(first.id, first.fence, "later", "451 later", delay=60)], now=NOW))

    anna = db.read_now(lambda conn: trace(conn, "ANNA@example.com"))
    eve = db.read_now(lambda conn: trace(conn, "eve_1@example.com"))

    assert [row["ticket"] for row in anna.deliveries] == [1]
    assert [row["notice"] for row in anna.mails] == ["opened"]
    assert [row["reply"] for row in anna.attempts] == ["451 later"]
    assert [row["envelope_from"] for row in eve.deliveries] == ["eve_1@example.com"]
    assert (eve.mails, eve.attempts) == ((), ())


def test_clean_books_have_no_findings(db: Database) -> None:
    """After mails, a ticket and a sent mail there is nothing to report."""
    open_ticket(db)
    take_in(db, arrival("2"))
    claim_now(db)
    mails = db.write_now(lambda conn: claim_mails(conn, limit=9, lease=MINUTE))
    db.write_now(lambda conn: mark(conn, [Mark(one.id, one.fence, "sent") for one in mails], now=NOW))

    assert db.read_now(reconcile_rows) == ()


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        (delivery.update().where(delivery.c.id == 1).values(outcome=None), "no outcome", "delivery 1"),
        (delivery.update().where(delivery.c.id == 1).values(state="waiting"), "impossible state", "delivery 1"),
        (delivery.update().where(delivery.c.id == 1).values(state="lost"), "impossible state", "delivery 1"),
        (delivery.delete().where(delivery.c.id == 2), "deleted", "without a row"),
        (delivery.delete().where(delivery.c.id == 1), "deleted", "delivery 1 is gone"),
        (raw_chunk.delete(), "bytes gone", "delivery 1"),
        (raw_chunk.delete(), "bytes gone", "mail 1"),
        (raw_chunk.update().values(bytes=b"x"), "bytes cut", "delivery 1"),
        (outbox.update().where(outbox.c.id == 1).values(state="sent"), "impossible state", "never accepted"),
        (outbox.update().where(outbox.c.id == 1).values(accepted_at=NOW), "impossible state", "accepted already"),
        (outbox.update().where(outbox.c.id == 1).values(state="lost"), "impossible state", "mail 1"),
        (outbox.delete().where(outbox.c.id == 1), "deleted", "without a row"),
        (outbox.update().where(outbox.c.id == 1).values(ticket=99), "ticket gone", "ticket 99"),
        (delivery.update().where(delivery.c.id == 1).values(ticket=None), "no opening", "ticket 1"),
    ],
)
def test_each_planted_fault_is_named(db: Database, statement: Any, kind: str, words: str) -> None:
    """A deleted row, a row without outcome, lost bytes, an impossible state: each is found and named."""
    open_ticket(db, 1, "1")
    take_in(db, arrival("2"))
    assert db.read_now(reconcile_rows) == ()
    change(db, statement)

    found = db.read_now(reconcile_rows)

    assert [one for one in found if one.kind == kind and words in one.what], found


def test_a_backup_of_a_serving_sqlite_is_whole_and_held(tmp_path: Path) -> None:
    """Taken while the daemon writes, it opens as a database of its own, holds all, and sends nothing until told to."""
    url = f"sqlite:///{tmp_path / 'tkt.db'}"
    db = open_database(url)
    migrate(db)
    open_ticket(db)
    file = tmp_path / "copy.db"

    size = backup(url, file)

    assert size == file.stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("copy")) == ["copy.db"]
    with pytest.raises(Permanent, match="exists already"):
        backup(url, file)
    restored = open_database(f"sqlite:///{file}")
    assert restored.read_now(lambda conn: ticket_by_number(conn, 1)) is not None
    assert restored.read_now(hold_outgoing)
    assert restored.write_now(lambda conn: claim_mails(conn, limit=9, lease=MINUTE)) == ()
    restored.write_now(lambda conn: set_hold_outgoing(conn, False))
    assert len(restored.write_now(lambda conn: claim_mails(conn, limit=9, lease=MINUTE))) == 2
    restored.close()
    db.close()
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.servers
def test_a_backup_of_postgresql_is_whole_and_held(postgresql: PostgreSQL, postgresql_url: str, tmp_path: Path) -> None:
    """pg_restore of the one file gives a database that holds all and sends nothing until told to."""
    require("pg_dump", "postgresql-client")
    db = open_database(postgresql_url)
    migrate(db)
    open_ticket(db)
    db.write_now(lambda conn: enqueue(conn, [mail("x")], now=NOW))
    file = tmp_path / "copy.dump"

    assert backup(postgresql_url, file) == file.stat().st_size
    name = f"{postgresql_url.rpartition('/')[2]}_restored"
    target = postgresql.create_database(name)
    plain = target.replace("+psycopg", "")
    subprocess.run(["pg_restore", "--dbname", plain, str(file)], check=True, capture_output=True)
    restored = open_database(target)

    assert restored.read_now(lambda conn: ticket_by_number(conn, 1)) is not None
    assert restored.read_now(hold_outgoing)
    assert restored.write_now(lambda conn: claim_mails(conn, limit=9, lease=MINUTE)) == ()
    assert restored.read_now(reconcile_rows) == ()
    restored.close()
    postgresql.drop_database(name)
    db.close()


def test_an_attempt_needs_its_mail(db: Database) -> None:
    """Foreign keys are enforced on both engines."""
    orphan = insert(attempt).values(outbox=99, at=NOW, relay="", result="later", reply="")
    with pytest.raises(IntegrityError):
        change(db, orphan)
    assert db.read_now(lambda conn: conn.execute(select(ticket.c.number)).all()) == []
