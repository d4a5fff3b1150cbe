"""What is kept of outside addresses."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.contact import BOUNCES, OPERATOR, Contact
from store.contacts import keep_contacts, list_muted, mute, read_contacts, unmute
from store.database import Database
from store.failures import Stale
from tests.store.worlds import NOW, arrival, arrived, claim_now, facts_for, message, open_ticket, take_in

SCORED = Contact("Anna@Example.com", score=2, scored_at=NOW)


def test_an_address_is_one_in_whatever_case(db: Database) -> None:
    """It is found by its key, as it was written first, with all that is known of it; an unknown one is not."""
    db.write_now(lambda conn: keep_contacts(conn, [SCORED]))
    keys = ["anna@example.com", "", *(f"{name}@example.com" for name in "bcdefgh")]

    found = db.read_now(lambda conn: read_contacts(conn, keys))

    assert found == {"anna@example.com": replace(SCORED, version=1)}


@pytest.mark.parametrize("based_on", [0, 2])
def test_what_was_decided_upon_an_older_row_is_refused(db: Database, based_on: int) -> None:
    """Two reports at once: the second is decided again, and no point is lost."""
    db.write_now(lambda conn: keep_contacts(conn, [SCORED]))

    with pytest.raises(Stale):
        db.write_now(lambda conn: keep_contacts(conn, [replace(SCORED, score=9, version=based_on)]))

    assert db.read_now(lambda conn: read_contacts(conn, [SCORED.key]))[SCORED.key].score == 2


def test_an_operator_mutes_and_unmutes(db: Database) -> None:
    """Whatever was counted before; unmuted, it begins anew. To unmute twice is told."""
    db.write_now(lambda conn: keep_contacts(conn, [replace(SCORED, muted_at=NOW, muted_by=BOUNCES)]))
    later = NOW + timedelta(hours=1)

    db.write_now(lambda conn: mute(conn, "anna@example.COM", why="it is a robot", now=later))
    db.write_now(lambda conn: mute(conn, "bea@example.com", why="so too", now=NOW))

    muted = db.read_now(list_muted)
    assert [(one.address, one.muted_by, one.mute_why) for one in muted] == [
        ("Anna@Example.com", OPERATOR, "it is a robot"),
        ("bea@example.com", OPERATOR, "so too"),
    ]
    assert [db.write_now(lambda conn: unmute(conn, "anna@example.com")) for _ in range(2)] == [True, False]
    assert db.read_now(lambda conn: read_contacts(conn, [SCORED.key]))[SCORED.key].score == 0


def test_a_decision_knows_whom_it_may_write_to(db: Database) -> None:
    """The sender of a mail is among the facts."""
    open_ticket(db)
    db.write_now(lambda conn: mute(conn, "anna@example.com", why="she said so", now=NOW))
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)

    facts = facts_for(db, arrived(claimed, message("2")))

    assert facts.contacts["anna@example.com"].mute_why == "she said so"
