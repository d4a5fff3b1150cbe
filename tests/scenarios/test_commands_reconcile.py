"""`tkt reconcile`: what is planted in the books and in a mailbox is found and named, and nothing else."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from store.database import open_database
from store.schema import delivery, outbox, raw_chunk
from tests.crash.gateway import AGENTS, Gateway
from tests.scenarios.people import post, question
from tests.servers import Dovecot
from tests.sink import SmtpSink

EACH = 1 + len(AGENTS)
Plant = Callable[[Connection], object]


def change(node: Gateway, plant: Plant) -> None:
    """As somebody does who has the database's password."""
    db = open_database(node.url)
    db.write_now(plant)
    db.close()


def judged(node: Gateway) -> tuple[int, str]:
    """The exit code, and all that was said."""
    done = node.tkt("reconcile")
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.fixture
def stopped(url: str, sink: SmtpSink) -> Iterator[Gateway]:
    """A gateway that has opened five tickets and ended."""
    with Gateway(relay_port=sink.port, url=url) as node:
        node.prepare()
        node.start()
        for number in range(5):
            post(node.port, question(sender=f"c{number}@customer.example"))
        sink.wait_for(5 * EACH)
        node.wait_until(node.settled, "settled")
        assert node.stop() == 0
        yield node


def sql(words: str) -> Plant:
    return lambda conn: conn.execute(text(words))


def no_bytes(conn: Connection) -> None:
    digest = conn.execute(select(delivery.c.digest).where(delivery.c.id == 4)).scalar_one()
    conn.execute(delete(raw_chunk).where(raw_chunk.c.digest == digest))


PLANTED: dict[str, Plant] = {
    "delivery 2 is gone": sql("DELETE FROM delivery WHERE id = 2"),
    "delivery 3 is done without an outcome": sql("UPDATE delivery SET outcome = NULL WHERE id = 3"),
    "mail 5 is in the state flying": sql("UPDATE outbox SET state = 'flying', accepted_at = NULL WHERE id = 5"),
    "the bytes of delivery 4 are gone": no_bytes,
}


def test_what_is_planted_in_the_books_is_found_and_named(stopped: Gateway) -> None:
    """Clean first: exit code 0; then a deleted row, one without outcome, an impossible state, bytes gone: all named."""
    assert judged(stopped) == (
        0,
        "0 unaccounted for: every delivery has one outcome, every mail its state, every mailbox is read\n",
    )

    for told, plant in PLANTED.items():
        change(stopped, plant)
        code, said = judged(stopped)
        assert code == 1
        assert told in said, said
    found = stopped.tkt("reconcile", "--json")
    assert found.returncode == 1
    assert '"kind"' in found.stdout


@pytest.mark.servers
def test_a_gap_in_the_numbers_of_postgresql_is_no_finding(stopped: Gateway) -> None:
    """A rolled back transaction uses numbers up: nothing was lost, and nothing is said."""
    if stopped.url.startswith("sqlite"):
        change(stopped, lambda conn: conn.execute(update(outbox).values(released=outbox.c.released)))
        assert judged(stopped)[0] == 0
        return

    def roll_back(conn: Connection) -> None:
        row = dict(conn.execute(select(delivery).where(delivery.c.id == 1)).mappings().one())
        del row["id"], row["channel_key"]
        conn.execute(insert(delivery).values(**row))
        conn.rollback()

    change(stopped, roll_back)
    stopped.start()
    post(stopped.port, question(sender="after@customer.example"))
    stopped.wait_until(lambda: stopped.rows("delivery", "done") == 6, "done")
    stopped.wait_until(stopped.settled, "settled")
    assert max(row["id"] for row in stopped.asked("ledger")) == 7
    assert judged(stopped)[0] == 0
    assert stopped.stop() == 0


def read_by(sink: SmtpSink, dovecot: Dovecot, user: str, **more: str) -> Gateway:
    """A node that reads one mailbox of a real server."""
    box = {
        "name": "box",
        "desk": "support",
        "host": "localhost",
        "port": dovecot.port,
        "tls": "none",
        "user": user,
        "password": {"file": "imap.password"},
        "poll_seconds": 1,
        "start": "all",
        **more,
    }
    node = Gateway(relay_port=sink.port, extra={"[mailbox]": box})
    (node.root / "imap.password").write_text(dovecot.password + "\n")
    return node


@pytest.mark.servers
def test_a_mail_moved_back_by_hand_is_named(sink: SmtpSink, dovecot: Dovecot, mailbox: str) -> None:
    """What the gateway had moved away and a person put back, while it does not run: exit code 1 and its UID."""
    with read_by(sink, dovecot, mailbox, after="move", move_to="done") as node:
        node.prepare()
        node.start()
        dovecot.deliver(mailbox, question().as_bytes())
        node.wait_until(lambda: node.rows("delivery", "done") == 1, "read")
        node.wait_until(lambda: dovecot.uids(mailbox) == [] and node.settled(), "moved")
        assert judged(node)[0] == 0
        assert node.stop() == 0
        dovecot.doveadm("move", "-u", mailbox, "INBOX", "mailbox", "done", "all")
        back = dovecot.uids(mailbox)[0]

        code, said = judged(node)

        assert code == 1
        assert f"box: UID {back} lies in INBOX" in said


@pytest.mark.servers
def test_a_row_of_the_ledger_that_was_deleted_is_missed_in_its_mailbox(
    sink: SmtpSink, dovecot: Dovecot, mailbox: str
) -> None:
    """The mail lies there, was passed, and has no row: named by its UID. A server that is away is a finding too."""
    with read_by(sink, dovecot, mailbox) as node:
        node.prepare()
        node.start()
        for number in range(2):
            dovecot.deliver(mailbox, question(sender=f"c{number}@customer.example").as_bytes())
        node.wait_until(lambda: node.rows("delivery", "done") == 2, "read")
        node.wait_until(node.settled, "settled")
        assert judged(node)[0] == 0
        assert node.stop() == 0
        change(node, sql("DELETE FROM delivery WHERE id = 2"))

        code, said = judged(node)

        assert code == 1
        assert f"UID {dovecot.uids(mailbox)[1]} lies in INBOX, was passed, and has no row in the ledger" in said
        (node.root / "imap.password").write_text("wrong\n")
        assert "box: it could not be compared" in judged(node)[1]
