"""One transaction or nothing; the same event twice leaves what the first left."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from parsing.message import Evidence, Token
from rules.decision import CameBack, Decision, EntryKind, NewEntry, NewTimer, Outcome
from rules.event import Due, Returned
from rules.facts import Facts
from rules.promise import Promise, Promised, Span
from rules.ticket import Status
from store.database import Database, Stale
from store.schema import (
    decision,
    delivery,
    entry,
    message_id,
    metadata,
    outbox,
    policy,
    ticket,
    timer,
)
from store.tickets import list_tickets, ticket_by_number, timeline
from store.timers import claim_due, pending
from tests.store.worlds import (
    BOB,
    MINUTE,
    NOW,
    arrival,
    arrived,
    claim_now,
    commit_now,
    facts_for,
    mail,
    message,
    open_ticket,
    opened,
    take_in,
)
from tests.store.worlds import ticket as snapshot


def rows(db: Database) -> dict[str, int]:
    """How many rows each table holds."""
    tables = metadata.sorted_tables
    return db.read_now(
        lambda conn: {one.name: int(conn.execute(select(func.count()).select_from(one)).scalar_one()) for one in tables}
    )


def test_a_ticket_is_opened_with_all_that_belongs_to_it(db: Database) -> None:
    """Ticket, entry, timers, mails, Message-ID, outcome, account and policy come into being together."""
    claimed = open_ticket(db)

    told = db.read_now(lambda conn: timeline(conn, 1))
    assert told is not None
    assert told.ticket == replace(snapshot(1), version=1)
    assert [(one["kind"], one["delivery"]) for one in told.entries] == [("message", claimed.id)]
    assert [one["kind"] for one in told.timers] == ["reminder", "close"]
    assert [(one["recipient"], one["state"]) for one in told.mails] == [
        ("anna@example.com", "queued"),
        ("bob@example.com", "queued"),
    ]
    assert [(one["outcome"], one["state"]) for one in told.deliveries] == [("opened", "done")]
    assert told.decisions[0]["facts"]["facts"]["next_number"] == 1
    assert (rows(db)["message_id"], rows(db)["policy"]) == (1, 1)


def test_a_change_upon_an_older_version_is_refused_whole(db: Database) -> None:
    """The second of two decisions upon one version is stale, and nothing of it is kept."""
    open_ticket(db)
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)
    known = db.read_now(lambda conn: ticket_by_number(conn, 1))
    assert known is not None
    change = Decision(
        Outcome.FOLLOWED_UP,
        "matched",
        ticket=replace(known, status=Status.IN_PROGRESS, subject="x\0y\ud800"),
        based_on=known.version,
        entries=(NewEntry(EntryKind.MESSAGE, "Anna", "wrote"),),
        timers=(NewTimer("close", NOW),),
    )
    commit_now(db, Returned("s", 1, "bob@example.com", "agent", "opened", "5.1.1", "no"), change)
    before = rows(db)

    with pytest.raises(Stale):
        commit_now(db, arrived(claimed, message("2")), change, mail("delivery:2"), claimed=claimed)

    assert rows(db) == before
    state = select(delivery.c.state).where(delivery.c.id == claimed.id)
    assert db.read_now(lambda conn: conn.execute(state).scalar()) == "taken"
    after = db.read_now(lambda conn: ticket_by_number(conn, 1))
    assert after is not None
    assert (after.version, after.subject) == (2, "x\ufffdy\ufffd")


def test_two_tickets_never_share_a_number(db: Database) -> None:
    """A number that is taken already is stale, not an overwritten ticket."""
    open_ticket(db)
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)

    with pytest.raises(Stale):
        commit_now(db, arrived(claimed), opened(1), claimed=claimed)


def test_a_mail_made_twice_is_there_once(db: Database) -> None:
    """A serial that is in the outbox already is the same mail."""
    open_ticket(db)
    event = Returned("other", 1, "x@example.com", "agent", "opened", "", "")
    commit_now(db, event, Decision(Outcome.REPORT, ""), mail("delivery:1"), mail("delivery:1", "new@example.com"))

    assert rows(db)["outbox"] == 3


def test_a_refusal_that_is_told_twice_counts_once(db: Database) -> None:
    """The sender may tell the same Returned again: the second changes nothing."""
    open_ticket(db)
    serial = mail("delivery:1").serial
    event = Returned(serial, 1, "anna@example.com", "customer", "opened", "5.1.1", "no such user")
    told = Decision(
        Outcome.REPORT,
        "never reached",
        ticket=snapshot(1),
        based_on=1,
        entries=(NewEntry(EntryKind.REPORT, "tkt", "never reached"),),
    )
    commit_now(db, event, told, mail("returned:1", "bob@example.com", "agent_undelivered", role="agent"))
    before = rows(db)

    commit_now(db, event, told, mail("returned:2", "eve@example.com", "agent_undelivered", role="agent"))

    assert rows(db) == before


def test_a_timer_fires_once(db: Database) -> None:
    """A due timer is done with its decision; the other pending ones are replaced; a second commit is stale."""
    open_ticket(db)
    due_at = NOW + timedelta(days=3)
    (due,) = db.write_now(lambda conn: claim_due(conn, "support", since=None, until=due_at, limit=9, lease=MINUTE))
    event = Due(due.id, due.kind, due.ticket, due.due_at)
    known = snapshot(1)
    reminded = Decision(
        Outcome.ACT,
        "reminded",
        ticket=known,
        based_on=1,
        cancel_timers=True,
        timers=(NewTimer("close", NOW + timedelta(days=9)),),
    )

    with pytest.raises(Stale):
        commit_now(db, event, reminded, timer_fence=due.fence + 1)
    commit_now(db, event, reminded, timer_fence=due.fence)
    with pytest.raises(Stale):
        commit_now(db, event, replace(reminded, based_on=2), timer_fence=due.fence)

    assert [one.due_at for one in db.read_now(lambda conn: pending(conn, 1))] == [NOW + timedelta(days=9)]
    states = select(timer.c.state).order_by(timer.c.id)
    assert db.read_now(lambda conn: conn.execute(states).scalars().all()) == ["done", "cancelled", "pending"]


def test_a_mail_that_came_back_is_marked(db: Database) -> None:
    """Since when that is known, by which status, and what the other side said; no other mail is touched."""
    open_ticket(db)
    take_in(db, arrival("gone"))
    (claimed,) = claim_now(db)
    back = CameBack(mail("delivery:1").serial, "5.1.1", "550 5.1.1 no such user")

    commit_now(db, arrived(claimed), Decision(Outcome.REPORT, "gone", came_back=back), claimed=claimed)

    columns = (outbox.c.serial, outbox.c.bounced_at, outbox.c.bounced_status, outbox.c.bounced_reply)
    marked = select(*columns).where(outbox.c.bounced_at.is_not(None))
    rows = db.read_now(lambda conn: [tuple(row) for row in conn.execute(marked)])
    assert rows == [(back.serial, NOW, "5.1.1", "550 5.1.1 no such user")]


def test_the_account_is_small_and_complete(db: Database) -> None:
    """Facts are kept without their defaults, long texts cut, and the policy's texts once for each digest."""
    take_in(db, arrival("1"), arrival("2"))
    for claimed in claim_now(db):
        facts = Facts(next_number=claimed.id, internal_texts=("x" * 100_000,), by_message_id={"<\0\ud800@x>": 3})
        commit_now(db, arrived(claimed), opened(claimed.id), claimed=claimed, facts=facts)

    kept = db.read_now(lambda conn: conn.execute(select(decision.c.facts)).scalars().all())
    assert all(len(str(one)) < 3000 for one in kept)
    assert kept[0]["facts"]["by_message_id"] == {"<\0\ud800@x>": 3}
    assert "timers" not in kept[0]["facts"]
    assert rows(db)["policy"] == 1
    assert db.read_now(lambda conn: conn.execute(select(policy.c.texts)).scalar()) == {"desk.yaml": "name: Support"}


def test_a_requeued_delivery_has_the_last_account(db: Database) -> None:
    """Deciding one event anew replaces its account instead of failing."""
    take_in(db, arrival("1"))
    (claimed,) = claim_now(db)
    commit_now(db, arrived(claimed), Decision(Outcome.HELD, "first"), claimed=claimed)
    again = delivery.update().values(state="taken")
    db.write_now(lambda conn: conn.execute(again))

    commit_now(db, arrived(claimed), Decision(Outcome.REJECTED, "second"), claimed=claimed)

    assert db.read_now(lambda conn: conn.execute(select(decision.c.reason)).scalars().all()) == ["second"]


def test_the_first_ticket_of_a_message_id_keeps_it(db: Database) -> None:
    """A Message-ID leads to the ticket that it came to first."""
    open_ticket(db, 1, "1")
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)
    second = opened(2, known_ids=("<1@example.com>", "<other@example.com>"))
    commit_now(db, arrived(claimed, message("2")), second, claimed=claimed)

    assert sorted(db.read_now(lambda conn: conn.execute(select(message_id.c.ticket)).scalars().all())) == [1, 2, 2]


def test_tickets_are_listed_by_filters(db: Database) -> None:
    """Every filter narrows; the newest ticket comes first."""
    open_ticket(db, 1, "1")
    open_ticket(db, 2, "2")
    closed = ticket.update().where(ticket.c.number == 2).values(status="closed")
    db.write_now(lambda conn: conn.execute(closed))

    def numbers(**filters: object) -> list[int]:
        return [one.number for one in db.read_now(lambda conn: list_tickets(conn, **filters))]  # type: ignore[arg-type]

    assert numbers() == [2, 1]
    assert (numbers(open_only=True), numbers(status="closed")) == ([1], [2])
    assert (numbers(requester="ANNA@example.com"), numbers(requester="x@y"), numbers(desk="other")) == ([2, 1], [], [])


def test_promised_times_are_set_anew_and_the_other_timers_stay(db: Database) -> None:
    """A reminder is not lost because a priority changed; the promises come back as they were kept."""
    open_ticket(db)
    promised = Promised(Promise.RESOLUTION, since=NOW, ran=(Span(NOW - MINUTE, NOW),), due_at=NOW + MINUTE, warned=True)
    first = Decision(
        Outcome.ACT,
        "opened",
        ticket=replace(snapshot(1), promises=(promised,)),
        based_on=1,
        cancel_timers=True,
        timers=(NewTimer("reminder", NOW + 9 * MINUTE), NewTimer("missed resolution", NOW + MINUTE)),
    )
    second = replace(
        first, based_on=2, cancel_timers=False, retime=True, timers=(NewTimer("missed resolution", NOW + 5 * MINUTE),)
    )
    for name, change in (("2", first), ("3", second)):
        take_in(db, arrival(name))
        (claimed,) = claim_now(db)
        commit_now(db, arrived(claimed), change, claimed=claimed)

    kept = db.read_now(lambda conn: pending(conn, 1))
    assert [(one.kind, one.due_at - NOW) for one in kept] == [
        ("missed resolution", 5 * MINUTE),
        ("reminder", 9 * MINUTE),
    ]
    found = db.read_now(lambda conn: ticket_by_number(conn, 1))
    assert found is not None
    assert found.promises == (promised,)


def test_what_is_private_is_kept_as_such(db: Database) -> None:
    """Internal entries are found for an agent's mail only."""
    open_ticket(db)
    note = Decision(
        Outcome.ACT,
        "noted",
        ticket=snapshot(1),
        based_on=1,
        entries=(NewEntry(EntryKind.NOTE, "Bob", "noted", internal=True, text="the password is tulip"),),
    )
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)
    commit_now(db, arrived(claimed), note, claimed=claimed)

    agents = arrived(claimed, message(sender=BOB), Evidence(token=Token("agent", 1, b"")))
    customers = arrived(claimed, None, Evidence(token=Token("customer", 1, b"")))
    assert facts_for(db, agents).internal_texts == ("the password is tulip",)
    assert facts_for(db, customers).internal_texts == ()
    assert db.read_now(lambda conn: conn.execute(select(func.count()).where(entry.c.internal)).scalar()) == 1


def test_what_is_private_stays_so_when_its_ticket_is_merged(db: Database) -> None:
    """An answer on the surviving ticket may quote the notes of each that was merged into it, by way of others too."""
    for number in (1, 2, 3):
        open_ticket(db, number, str(number))
    words = {"at": NOW, "kind": "note", "who": "Bob", "summary": "noted", "why": "", "internal": True}
    with_note = insert(entry).values(ticket=1, text="the password is tulip", **words)
    db.write_now(lambda conn: conn.execute(with_note))
    for number in (1, 2):
        merged = update(ticket).where(ticket.c.number == number).values(merged_into=number + 1)
        db.write_now(lambda conn, merged=merged: conn.execute(merged))  # type: ignore[misc]
    take_in(db, arrival("4"))
    (claimed,) = claim_now(db)

    answer = arrived(claimed, message(sender=BOB), Evidence(token=Token("agent", 3, b"")))
    assert facts_for(db, answer).internal_texts == ("the password is tulip",)
