"""Timers, mailboxes, alarms and numbers: each row has one keeper at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from store.alarms import clear_alarm, list_alarms, raise_alarm
from store.database import Database, Stale
from store.mailboxes import advance, drop_lease, position, read_to_end, reset, start, take_lease, was_read_to_end
from store.numbers import reserve_numbers, return_numbers
from store.schema import mailbox, timer
from store.timers import DueTimer, anything_due, claim_due, postpone
from tests.store.worlds import MINUTE, NOW, age, open_ticket

BOX = ("box", "INBOX")


def due(db: Database, days: int, *, since: int | None = None, desk: str = "support") -> tuple[DueTimer, ...]:
    first = None if since is None else NOW + timedelta(days=since)
    return db.write_now(
        lambda conn: claim_due(conn, desk, since=first, until=NOW + timedelta(days=days), limit=9, lease=MINUTE)
    )


def test_a_timer_is_claimed_when_it_is_due(db: Database) -> None:
    """Not before its time, once, the ticket's first one only, and again when the lease has run out."""
    open_ticket(db, 1, "1")
    open_ticket(db, 2, "2")

    assert due(db, 2) == ()
    assert not db.read_now(lambda conn: anything_due(conn, "support", NOW))
    found = due(db, 8)
    assert [(one.ticket, one.kind) for one in found] == [(1, "reminder"), (2, "reminder")]
    assert due(db, 8) == ()
    age(db, timer, timer.c.lease_until_db, timedelta(minutes=2))
    assert [one.fence for one in due(db, 8)] == [one.fence + 1 for one in found]


def test_timers_of_a_downtime_and_of_other_desks_wait(db: Database) -> None:
    """`since` keeps back what came due earlier; a desk gets its own timers."""
    open_ticket(db)

    assert due(db, 4, since=3) != ()
    age(db, timer, timer.c.lease_until_db, timedelta(minutes=2))
    assert due(db, 8, since=4) == ()
    assert due(db, 8, desk="billing") == ()


def test_a_postponed_timer_rests(db: Database) -> None:
    """A timer put off is not claimed until its pause is over; a lost claim can not put it off."""
    open_ticket(db)
    (claimed,) = due(db, 4)

    assert db.write_now(lambda conn: postpone(conn, claimed, after=timedelta(hours=1)))
    age(db, timer, timer.c.lease_until_db, timedelta(minutes=2))
    assert due(db, 4) == ()
    age(db, timer, timer.c.lease_until_db, timedelta(hours=2))
    assert due(db, 4) != ()
    assert not db.write_now(lambda conn: postpone(conn, claimed, after=MINUTE))


def test_a_mailbox_has_one_reader(db: Database) -> None:
    """The lease is one node's; renewing keeps the fence; a reader that lost it can not move the position."""

    def lease(fence: int | None = None) -> int | None:
        return db.write_now(lambda conn: take_lease(conn, *BOX, lease=MINUTE, fence=fence))

    first = lease()
    assert first is not None
    assert lease() is None
    assert lease(first) == first
    assert db.read_now(lambda conn: position(conn, *BOX)) is None
    db.write_now(lambda conn: start(conn, *BOX, fence=first, uidvalidity=7, last_uid=40, quiet_until_uid=40))
    age(db, mailbox, mailbox.c.lease_until_db, timedelta(minutes=2))
    second = lease()
    assert second is not None
    with pytest.raises(Stale):
        db.write_now(lambda conn: advance(conn, *BOX, fence=first, last_uid=50))
    assert lease(first) is None
    db.write_now(lambda conn: drop_lease(conn, *BOX, fence=second))
    assert lease() is not None


def test_a_position_moves_forward_and_starts_anew_with_uidvalidity(db: Database) -> None:
    """UIDs only rise; a new UIDVALIDITY starts from 0, quietly; read_to_end says up to when all is in the ledger."""
    fence = db.write_now(lambda conn: take_lease(conn, *BOX, lease=MINUTE))
    assert fence is not None
    db.write_now(lambda conn: start(conn, *BOX, fence=fence, uidvalidity=7, last_uid=40, quiet_until_uid=40))
    db.write_now(lambda conn: advance(conn, *BOX, fence=fence, last_uid=50))
    with pytest.raises(Stale):
        db.write_now(lambda conn: advance(conn, *BOX, fence=fence, last_uid=49))
    db.write_now(lambda conn: was_read_to_end(conn, *BOX, fence=fence, at=NOW))

    assert db.read_now(lambda conn: read_to_end(conn, *BOX)) == NOW
    found = db.read_now(lambda conn: position(conn, *BOX))
    assert found is not None
    assert (found.uidvalidity, found.last_uid, found.quiet_until_uid) == (7, 50, 40)
    db.write_now(lambda conn: reset(conn, *BOX, fence=fence, uidvalidity=2**32 - 1, quiet_until_uid=60))
    again = db.read_now(lambda conn: position(conn, *BOX))
    assert again is not None
    assert (again.uidvalidity, again.last_uid, again.quiet_until_uid) == (2**32 - 1, 0, 60)
    assert db.read_now(lambda conn: read_to_end(conn, *BOX)) is None


def test_an_alarm_is_new_once(db: Database) -> None:
    """Raising a red alarm again says that it is known; after it was cleared it is new again."""

    def up(text: str) -> bool:
        return db.write_now(lambda conn: raise_alarm(conn, "relay", text, NOW))

    assert (up("down"), up("still down")) == (True, False)
    assert [one.text for one in db.read_now(lambda conn: list_alarms(conn, red_only=True))] == ["down"]
    assert db.write_now(lambda conn: clear_alarm(conn, "relay", NOW))
    assert not db.write_now(lambda conn: clear_alarm(conn, "relay", NOW))
    assert db.read_now(lambda conn: list_alarms(conn, red_only=True)) == ()
    assert up("down again")
    assert [(one.text, one.over_at) for one in db.read_now(list_alarms)] == [("down again", None)]


def test_a_number_is_handed_out_once(db: Database) -> None:
    """Blocks begin at 1, never overlap however many ask at once, and an unused tail comes back if it is the last."""
    with ThreadPoolExecutor(8) as pool:
        blocks = list(pool.map(lambda _: db.write_now(lambda conn: reserve_numbers(conn, 10)), range(20)))

    assert sorted(number for block in blocks for number in block) == list(range(1, 201))
    assert db.write_now(lambda conn: return_numbers(conn, 195, 201))
    assert not db.write_now(lambda conn: return_numbers(conn, 100, 150))
    assert db.write_now(lambda conn: reserve_numbers(conn, 2)) == range(195, 197)
