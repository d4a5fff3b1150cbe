"""The ledger: nothing accepted is lost, nothing is worked on twice, one sender's mails stay in order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from store.database import Database, Stale, open_database
from store.ledger import (
    accept_many,
    claim,
    fail,
    give_back,
    read_raw,
    release_channel_keys,
    release_leases,
    requeue,
    unfinished,
)
from store.schema import delivery, raw_chunk
from tests.store.worlds import MINUTE, NOW, age, arrival, arrived, claim_now, commit_now, key, opened, take_in


def count(db: Database, table: object) -> int:
    return db.read_now(lambda conn: int(conn.execute(select(func.count()).select_from(table)).scalar_one()))  # type: ignore[arg-type]


def test_what_was_accepted_is_there_after_reopening(url: str) -> None:
    """A delivery and its bytes outlive the process that accepted them."""
    raw = bytes(range(256)) * 9000  # three rows of at most 1 MiB
    first = open_database(url)
    take_in(first, arrival(raw=raw))
    first.close()
    second = open_database(url)

    (claimed,) = claim_now(second)

    assert claimed.raw is None
    assert second.read_now(lambda conn: read_raw(conn, claimed.digest)) == raw
    assert count(second, raw_chunk) == 3
    assert (claimed.envelope_to, claimed.peer) == (("support@localhost",), {"address": "192.0.2.1"})
    second.close()


def test_the_same_mail_again_is_counted_and_not_stored(db: Database) -> None:
    """A retried mail keeps its one row, and is told apart from a new one."""
    first, again, other = take_in(db, arrival("a"), arrival("a"), arrival("b"))

    assert (first.again, again.again, other.again) == (False, True, False)
    assert again.delivery == first.delivery != other.delivery
    assert db.read_now(
        lambda conn: conn.execute(select(delivery.c.arrivals).order_by(delivery.c.id)).scalars().all()
    ) == [2, 1]


def test_the_same_bytes_for_two_desks_are_kept_once(db: Database) -> None:
    """Two deliveries share one copy of the bytes."""
    take_in(db, arrival("a"), replace(arrival("a"), channel_key="smtp:other", desk="billing"))

    assert (count(db, delivery), count(db, raw_chunk)) == (2, 1)


def test_an_smtp_key_is_free_after_five_days(db: Database) -> None:
    """The same mail six days later is a new one; an IMAP key is one for ever."""
    imap = arrival("i", channel="imap:box", channel_key="imap:box/INBOX/1/1")
    take_in(db, arrival("a"), imap)
    age(db, delivery, delivery.c.received_db, timedelta(days=6))

    late, late_imap = take_in(db, arrival("a"), imap)

    assert not late.again
    assert late_imap.again
    assert count(db, delivery) == 3
    assert db.write_now(release_channel_keys) == 0


def test_housekeeping_frees_old_keys(db: Database) -> None:
    """Keys older than five days are freed in one statement, younger ones stay."""
    take_in(db, arrival("old"))
    age(db, delivery, delivery.c.received_db, timedelta(days=6))
    take_in(db, arrival("young"))

    assert db.write_now(release_channel_keys) == 1
    assert take_in(db, arrival("young"))[0].again


def test_a_batch_is_answered_in_its_order(db: Database) -> None:
    """accept_many knows what is new, what is known and what comes twice in one batch, and ids rise with the batch."""
    take_in(db, arrival("2"))
    batch = [arrival("1", reference_keys=(key("x"),)), arrival("2"), arrival("3"), arrival("1")]

    answers = db.write_now(lambda conn: accept_many(conn, batch))

    assert [answer.again for answer in answers] == [False, True, False, True]
    assert answers[0].delivery == answers[3].delivery < answers[2].delivery
    assert count(db, delivery) == 3
    assert {one.raw for one in claim_now(db)} == {one.raw for one in batch}


def test_the_oldest_is_claimed_first_and_only_once(db: Database) -> None:
    """A claim takes the oldest, counts the attempt, and nobody else gets it while the lease lasts."""
    take_in(db, *(arrival(str(n)) for n in range(5)))

    first, second = claim_now(db, limit=2), claim_now(db)

    assert [one.id for one in (*first, *second)] == sorted(one.id for one in (*first, *second))
    assert (len(first), len(second), len(claim_now(db))) == (2, 3, 0)
    assert {one.attempts for one in first} == {1}
    assert first[0].raw == arrival("0").raw


def test_many_claimers_share_and_never_overlap(db: Database) -> None:
    """Eight threads that claim at once get each delivery exactly once."""
    take_in(db, *(arrival(str(n)) for n in range(200)))

    def drain(_: int) -> list[int]:
        found: list[int] = []
        while batch := claim_now(db, limit=7):
            found += [one.id for one in batch]
        return found

    with ThreadPoolExecutor(8) as pool:
        got = [number for part in pool.map(drain, range(8)) for number in part]

    assert len(got) == len(set(got)) == 200


def test_a_lost_lease_can_not_be_used(db: Database) -> None:
    """Whoever was frozen past the lease finds the delivery in other hands: no give-back, no failure, no commit."""
    take_in(db, arrival())
    (frozen,) = claim_now(db)
    age(db, delivery, delivery.c.lease_until_db, timedelta(minutes=2))
    (new,) = claim_now(db)

    assert (new.id, new.attempts) == (frozen.id, 2)
    assert new.fence > frozen.fence
    assert not db.write_now(lambda conn: give_back(conn, frozen, after=timedelta(0), reason=""))
    with pytest.raises(Stale):
        db.write_now(lambda conn: fail(conn, frozen, "", NOW))
    with pytest.raises(Stale):
        commit_now(db, arrived(frozen), opened(1), claimed=frozen)
    commit_now(db, arrived(new), opened(1), claimed=new)
    assert db.read_now(lambda conn: unfinished(conn, "support")) == 0


def test_one_senders_mails_wait_for_each_other(db: Database) -> None:
    """The second mail of a sender is claimed only when the first is done; other senders do not wait."""
    anna, bob = key("anna"), key("bob")
    take_in(db, arrival("1", sender_key=anna), arrival("2", sender_key=anna), arrival("3", sender_key=bob))

    first, third = claim_now(db)

    assert [first.raw, third.raw] == [arrival("1").raw, arrival("3").raw]
    assert claim_now(db) == ()
    commit_now(db, arrived(first), opened(1), claimed=first)
    assert [one.raw for one in claim_now(db)] == [arrival("2").raw]


def test_an_answer_waits_for_what_it_answers(db: Database) -> None:
    """A mail that refers to an older unfinished one waits for it; one that refers to a younger one does not."""
    take_in(
        db,
        arrival("root", message_key=key("root")),
        arrival("answer", reference_keys=(key("root"),)),
        arrival("early", reference_keys=(key("later"),)),
        arrival("later", message_key=key("later")),
    )

    claimed = claim_now(db)

    assert [one.raw for one in claimed] == [arrival(name).raw for name in ("root", "early", "later")]
    commit_now(db, arrived(claimed[0]), opened(1), claimed=claimed[0])
    assert [one.raw for one in claim_now(db)] == [arrival("answer").raw]


def test_what_was_given_back_waits_its_time(db: Database) -> None:
    """A delivery given back is claimed again after its pause, its attempts counted on."""
    take_in(db, arrival())
    (claimed,) = claim_now(db)

    assert db.write_now(lambda conn: give_back(conn, claimed, after=timedelta(hours=1), reason="no"))
    assert claim_now(db) == ()
    age(db, delivery, delivery.c.next_try_db, timedelta(hours=2))
    assert claim_now(db)[0].attempts == 2


def test_what_was_begun_often_is_claimed_apart(db: Database) -> None:
    """A mail that deaths have left behind can be asked for alone, and left out of what others are claimed with."""
    take_in(db, arrival("old"), arrival("new"))
    for _ in range(2):
        claim_now(db, limit=1)
        db.write_now(release_leases)

    fresh = db.write_now(lambda conn: claim(conn, limit=9, lease=MINUTE, attempts=(0, 1)))
    suspect = db.write_now(lambda conn: claim(conn, limit=9, lease=MINUTE, attempts=(2, 9)))

    assert [one.attempts for one in fresh] == [1]
    assert [one.attempts for one in suspect] == [3]
    assert suspect[0].id < fresh[0].id


@pytest.mark.parametrize(("guilt", "expected"), [(-1, 1), (0, 2), (1, 3)])
def test_a_try_weighs_as_much_as_it_says_of_the_mail(db: Database, guilt: int, expected: int) -> None:
    """A passing trouble is not held against a mail, a failure of its own is held double."""
    take_in(db, arrival())
    (claimed,) = claim_now(db)
    db.write_now(lambda conn: give_back(conn, claimed, after=timedelta(0), reason="no", guilt=guilt))

    assert claim_now(db)[0].attempts == expected


def test_a_failed_delivery_can_be_tried_anew(db: Database) -> None:
    """Failing sets aside with an outcome; requeue starts over, and works on failed ones only."""
    take_in(db, arrival())
    (claimed,) = claim_now(db)
    db.write_now(lambda conn: fail(conn, claimed, "unreadable", NOW))

    assert db.read_now(lambda conn: conn.execute(select(delivery.c.outcome)).scalar()) == "failed"
    assert claim_now(db) == ()
    assert db.write_now(lambda conn: requeue(conn, claimed.id))
    assert not db.write_now(lambda conn: requeue(conn, claimed.id))
    assert claim_now(db)[0].attempts == 1


def test_leases_of_a_dead_daemon_can_be_forgotten(db: Database) -> None:
    """After release_leases everything that was taken can be claimed at once."""
    take_in(db, arrival())
    claim_now(db)
    db.write_now(release_leases)

    assert len(claim_now(db)) == 1


def test_hostile_text_is_accepted(db: Database) -> None:
    """NUL, lone surrogates and endless addresses in the envelope stop neither engine."""
    hostile = arrival(
        envelope_from="a\0b\udcff@example.com" * 500,
        envelope_to=("x\0\ud800",),
        peer={"helo": "\0\udc80"},
        channel_key="k\0" + "x" * 9000,
    )

    take_in(db, hostile)

    (claimed,) = claim_now(db)
    assert claimed.envelope_from.startswith("a\ufffdb\ufffd@")
    assert take_in(db, hostile)[0].again
