"""Staff are bundled, not capped: beyond so many mails in ten minutes the rest comes as one, and nothing is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rules.caps import Caps
from rules.mail import OutgoingMail
from store.bundles import Waiting, bundled_mails, ready_bundles, send_alone, send_together
from store.database import Database
from store.failures import Stale
from store.schema import outbox
from store.status import reconcile_rows
from tests.store.worlds import (
    NOW,
    age,
    arrival,
    arrived,
    claim_now,
    commit_now,
    mail,
    open_ticket,
    opened,
    policy,
    take_in,
    ticket,
)

BOB = "bob@example.com"


def told(name: str, to: str = BOB, notice: str = "agent_opened") -> OutgoingMail:
    return mail(name, to, notice, role="agent")


def states(db: Database) -> dict[str, str]:
    query = select(outbox.c.event, outbox.c.state)
    return db.read_now(lambda conn: {row.event: row.state for row in conn.execute(query)})


def mails_of(db: Database, limit: int = 500) -> tuple[Waiting, ...]:
    return db.read_now(lambda conn: bundled_mails(conn, "support", BOB, limit=limit))


def storm(db: Database, *mails: OutgoingMail, most: int = 3, number: int = 1) -> None:
    """One event with these mails, at a desk whose agents get `most` mails in ten minutes one by one."""
    take_in(db, arrival("storm"))
    (claimed,) = claim_now(db)
    desk = policy(caps=Caps(staff_10min=most))
    commit_now(db, arrived(claimed), opened(number, ticket=ticket(number)), *mails, claimed=claimed, policy=desk)


def test_beyond_the_number_an_agents_mails_wait_for_each_other(db: Database) -> None:
    """The last one within the number leaves, the next waits; what answers the agent, and others' mail, never waits."""
    storm(
        db,
        *[told(f"m{n}") for n in range(5)],
        told("answer", notice="agent_done"),
        told("other", to="carol@example.com"),
        mail("customer", BOB),
    )

    assert states(db) == {
        **{f"m{n}": "queued" if n < 3 else "bundled" for n in range(5)},
        "answer": "queued",
        "other": "queued",
        "customer": "queued",
    }


def test_a_digest_takes_the_place_of_what_waited(db: Database) -> None:
    """After ten minutes the bundle is ready, with bytes and all; the digest is queued and the mails are done, once."""
    storm(db, *[told(f"m{n}") for n in range(6)])
    early = db.read_now(ready_bundles)
    age(db, outbox, outbox.c.created_db, timedelta(minutes=10))
    ready = db.read_now(ready_bundles)
    waiting = mails_of(db)
    digest = mail("digest", BOB, "agent_digest", role="agent", ticket=None)

    db.write_now(lambda conn: send_together(conn, waiting, digest, now=NOW))

    assert (early, ready) == ((), (("support", BOB),))
    assert [(one.ticket, one.recipient, b"agent_opened" in one.raw) for one in waiting] == [(1, BOB, True)] * 3
    assert [mails_of(db), len(mails_of(db, 1)), db.read_now(ready_bundles)] == [(), 0, ()]
    assert sorted(states(db).values()) == ["digested"] * 3 + ["queued"] * 4
    with pytest.raises(Stale):
        db.write_now(lambda conn: send_together(conn, waiting, digest, now=NOW))
    with pytest.raises(Stale):
        db.write_now(lambda conn: send_alone(conn, waiting))
    assert [found.kind for found in db.read_now(reconcile_rows) if "state" in found.kind] == []


def test_a_mail_that_waited_alone_leaves_as_it_is(db: Database) -> None:
    """One mail needs no digest."""
    storm(db, *[told(f"m{n}") for n in range(4)])

    db.write_now(lambda conn: send_alone(conn, mails_of(db)))

    assert set(states(db).values()) == {"queued"}


def test_by_default_thirty_mails_come_one_by_one(db: Database) -> None:
    """The number is the desk's, 30 unless its file says another; and what was sent ten minutes ago counts no more."""
    open_ticket(db)
    storm(db, *[told(f"m{n}") for n in range(30)], most=Caps().staff_10min, number=2)
    full = list(states(db).values())
    age(db, outbox, outbox.c.created_db, timedelta(minutes=10))
    take_in(db, arrival("later"))
    (claimed,) = claim_now(db)
    commit_now(db, arrived(claimed), opened(9, ticket=ticket(9)), told("later"), claimed=claimed)

    assert full.count("bundled") == 1
    assert states(db)["later"] == "queued"
