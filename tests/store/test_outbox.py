"""The outbox: every mail once, one sender at a time, and nothing leaves while it is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import select

from store.database import Database
from store.ledger import release_leases
from store.outbox import (
    Marked,
    OutboxMail,
    cancel,
    claim_mails,
    edit,
    enqueue,
    hold,
    hold_outgoing,
    list_mails,
    mark,
    release,
    sent_in_window,
    set_hold_outgoing,
)
from store.schema import attempt, outbox
from store.status import reconcile_rows
from tests.store.worlds import MINUTE, NOW, age, mail


@dataclass(frozen=True)
class Mark:
    """What a sender writes down."""

    id: int
    fence: int
    state: Literal["sent", "later", "never", "back"]
    reply: str = "250 ok"
    relay: str = "relay"
    ambiguous: bool = False
    delay: float = 0.0


def put(db: Database, *names: str) -> None:
    mails = [mail(name, ticket=None) for name in names]
    db.write_now(lambda conn: enqueue(conn, mails, now=NOW))


def take(db: Database, *, limit: int = 50) -> tuple[OutboxMail, ...]:
    return db.write_now(lambda conn: claim_mails(conn, limit=limit, lease=MINUTE))


def note(db: Database, *marks: Marked) -> int:
    chosen: Sequence[Marked] = marks
    return db.write_now(lambda conn: mark(conn, chosen, now=NOW))


def states(db: Database) -> list[str]:
    return list(db.read_now(lambda conn: conn.execute(select(outbox.c.state).order_by(outbox.c.id)).scalars()))


def test_a_claimed_mail_is_whole_and_in_one_hand(db: Database) -> None:
    """A claim brings the bytes as they were put in, the oldest first, and nobody else gets them meanwhile."""
    put(db, "a", "b", "c")

    first, second = take(db, limit=2)

    assert (first.raw, second.raw) == (mail("a").raw, mail("b").raw)
    assert (first.attempts, first.serial, first.recipient) == (0, mail("a").serial, "anna@example.com")
    assert [one.serial for one in take(db)] == [mail("c").serial]
    assert take(db) == ()


def test_a_big_mail_comes_whole(db: Database) -> None:
    """Bytes of several rows are put together in order."""
    raw = bytes(range(251)) * 10_000
    db.write_now(lambda conn: enqueue(conn, [mail("a", raw=raw)], now=NOW))

    assert take(db)[0].raw == raw


def test_each_end_of_a_try_is_written_down(db: Database) -> None:
    """sent, later, never and back lead where they should; only what was tried and failed leaves a line."""
    put(db, "a", "b", "c", "d")
    a, b, c, d = take(db)

    good = note(
        db,
        Mark(a.id, a.fence, "sent", ambiguous=True),
        Mark(b.id, b.fence, "later", "451 \0no", delay=3600),
        Mark(c.id, c.fence, "never", "550 no"),
        Mark(d.id, d.fence, "back"),
    )

    assert good == 4
    assert states(db) == ["sent", "queued", "failed", "queued"]
    tries = select(attempt.c.outbox, attempt.c.result, attempt.c.reply).order_by(attempt.c.id)
    found = sorted(tuple(row) for row in db.read_now(lambda conn: conn.execute(tries).all()))
    assert found == [(a.id, "ambiguous", "250 ok"), (b.id, "later", "451 \ufffdno"), (c.id, "never", "550 no")]
    assert [(one.id, one.attempts) for one in take(db)] == [(d.id, 0)]
    age(db, outbox, outbox.c.next_try_db, timedelta(hours=2))
    assert [(one.id, one.attempts) for one in take(db)] == [(b.id, 1)]
    accepted = select(outbox.c.accepted_at).where(outbox.c.id == a.id)
    assert db.read_now(lambda conn: conn.execute(accepted).scalar()) == NOW


def test_a_lost_claim_writes_nothing(db: Database) -> None:
    """A sender frozen past its lease can not mark a mail that another has."""
    put(db, "a")
    (frozen,) = take(db)
    age(db, outbox, outbox.c.lease_until_db, timedelta(minutes=2))
    (new,) = take(db)

    assert note(db, Mark(frozen.id, frozen.fence, "never")) == 0
    assert note(db, Mark(new.id, new.fence, "sent")) == 1
    assert note(db, Mark(new.id, new.fence, "later")) == 0
    assert states(db) == ["sent"]


def test_a_try_that_ended_without_a_word_leaves_a_doubt(db: Database) -> None:
    """Who claims a mail whose sender died or lost its claim knows that it may arrive twice; a later one does not."""
    put(db, "killed", "frozen", "told")
    told = take(db)[2]
    note(db, Mark(told.id, told.fence, "later", "451 later"))
    db.write_now(release_leases)

    again = take(db)
    age(db, outbox, outbox.c.lease_until_db, timedelta(minutes=2))
    once_more = take(db)
    note(db, *(Mark(one.id, one.fence, "later", "451 later") for one in once_more))

    assert [(one.serial, one.doubt) for one in again] == [
        (mail("killed").serial, True),
        (mail("frozen").serial, True),
        (mail("told").serial, False),
    ]
    assert [one.doubt for one in once_more] == [True, True, True]
    assert [one.doubt for one in take(db)] == [False, False, False]


def test_while_outgoing_is_held_only_what_was_released_leaves(db: Database) -> None:
    """The switch stops everything, a release lets one go, turning it off lets the rest go."""
    put(db, "a", "b")
    assert not db.read_now(hold_outgoing)
    db.write_now(lambda conn: set_hold_outgoing(conn, True))

    assert db.read_now(hold_outgoing)
    assert take(db) == ()
    assert [row["state"] for row in db.read_now(list_mails)] == ["held", "held"]
    second = db.read_now(list_mails)[0]["id"]
    assert db.write_now(lambda conn: release(conn, second))
    assert [one.id for one in take(db)] == [second]
    db.write_now(lambda conn: set_hold_outgoing(conn, False))
    assert len(take(db)) == 1


def test_one_mail_is_held_edited_released_or_cancelled(db: Database) -> None:
    """A held mail stays until it is released, leaves with its new bytes, and a cancelled one never leaves."""
    put(db, "a", "b")
    first, second = (row["id"] for row in reversed(db.read_now(list_mails)))

    assert db.write_now(lambda conn: hold(conn, first))
    assert db.write_now(lambda conn: cancel(conn, second))
    assert take(db) == ()
    assert db.write_now(lambda conn: edit(conn, first, b"new words"))
    assert db.write_now(lambda conn: release(conn, first))
    (leaving,) = take(db)
    assert (leaving.id, leaving.raw) == (first, b"new words")
    assert not db.write_now(lambda conn: hold(conn, first))
    assert not db.write_now(lambda conn: release(conn, second))
    assert not db.write_now(lambda conn: edit(conn, second, b"x"))
    assert db.read_now(reconcile_rows) == ()


def test_sent_mails_are_counted_by_the_databases_time(db: Database) -> None:
    """The relay's limits count what was accepted within the window, whatever the gateway's clock says."""
    put(db, "a", "b")
    note(db, *(Mark(one.id, one.fence, "sent") for one in take(db)))

    assert db.read_now(lambda conn: sent_in_window(conn, MINUTE)) == 2
    age(db, outbox, outbox.c.sent_db, timedelta(hours=1))
    assert db.read_now(lambda conn: sent_in_window(conn, MINUTE)) == 0


def test_held_mails_of_a_commit_wait(db: Database) -> None:
    """A mail that is put in as held is not claimed."""
    db.write_now(lambda conn: enqueue(conn, [mail("a")], now=NOW, held=True))

    assert take(db) == ()
    assert [row["state"] for row in db.read_now(lambda conn: list_mails(conn, waiting_only=True))] == ["held"]
