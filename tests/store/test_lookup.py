"""Facts: every ticket that a mail could mean, counts that the caps can rely on, in a handful of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import BigInteger, Connection, type_coerce
from sqlalchemy import event as sql_event

from parsing.message import Address, Evidence, Grade, Token
from rules.event import Due, Returned
from rules.facts import Inbound, SentTo, World
from rules.ticket import Status
from store.counts import count_world
from store.database import Database
from store.lookup import identity
from store.outbox import enqueue
from store.schema import delivery, outbox, ticket
from tests.store.worlds import (
    ANNA,
    NOW,
    age,
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


@contextmanager
def counting(db: Database) -> Iterator[list[str]]:
    """The statements that the database is sent meanwhile."""
    seen: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT")):
            seen.append(statement)

    sql_event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    sql_event.remove(db.engine, "before_cursor_execute", note)


def test_a_plain_new_mail_costs_few_statements(db: Database) -> None:
    """At most six statements tell all about a mail that refers to nothing."""
    open_ticket(db)
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)

    with counting(db) as seen:
        facts = facts_for(db, arrived(claimed, message("2")))

    assert len(seen) <= 6
    assert (facts.next_number, dict(facts.tickets), facts.earlier_tickets) == (7, {}, (1,))


@pytest.mark.parametrize(
    ("words", "evidence"),
    [
        ({"in_reply_to": ("<1@example.com>",)}, Evidence()),
        ({"references": ("<unknown@x>", "<1@example.com>")}, Evidence()),
        ({"subject": "Re: [tkt-00001] help"}, Evidence()),
        ({}, Evidence(token=Token("customer", 1, b""))),
        ({}, Evidence(foreign_token=Token("customer", 1, b""))),
        ({}, Evidence(bounced=mail("delivery:1").serial)),
    ],
)
def test_every_way_to_a_ticket_is_followed(db: Database, words: dict[str, object], evidence: Evidence) -> None:
    """In-Reply-To, References, the subject's number, tokens and a bounce each bring the ticket with its version."""
    open_ticket(db)
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)

    facts = facts_for(db, arrived(claimed, message("2", **words), evidence))

    assert [(number, one.version) for number, one in facts.tickets.items()] == [(1, 1)]
    assert dict(facts.by_message_id) == ({"<1@example.com>": 1} if {"in_reply_to", "references"} & words.keys() else {})


def test_a_bounce_brings_the_mail_and_the_timers(db: Database) -> None:
    """The mail of ours that a report names comes with its ticket's pending timers."""
    open_ticket(db)
    sent = mail("delivery:1")
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)

    facts = facts_for(db, arrived(claimed, None, Evidence(bounced=sent.serial)))
    again = facts_for(db, Returned(sent.serial, 1, sent.recipient, "customer", "opened", "5.1.1", "no"))

    assert facts.sent is not None
    assert (facts.sent.serial, facts.sent.ticket, facts.sent.notice) == (sent.serial, 1, "opened")
    assert [one.kind for one in facts.timers] == [one.kind for one in again.timers] == ["reminder", "close"]
    assert (again.sent, set(again.tickets)) == (facts.sent, {1})


def test_a_message_read_before_is_a_duplicate(db: Database) -> None:
    """Same Message-ID, From, body and desk: the second delivery knows the first; one word changed, and it is new."""
    first = open_ticket(db)
    take_in(db, arrival("copy"))
    (claimed,) = claim_now(db)

    assert facts_for(db, arrived(claimed, message("1"))).duplicate_of == first.id
    assert facts_for(db, arrived(claimed, message("1", body_digest="changed"))).duplicate_of is None
    assert facts_for(db, arrived(claimed, message("1", sender=Address("eve@example.com")))).duplicate_of is None
    assert identity(message("1", message_id=""), "support") == b""


def test_counts_are_of_automatic_mail_to_people_outside(db: Database) -> None:
    """Mail to staff and an agent's own words do not count; what is older than its window does not either."""
    take_in(db, arrival("1"))
    (claimed,) = claim_now(db)
    commit_now(
        db,
        arrived(claimed),
        opened(1),
        mail("a"),
        mail("b", notice="reminder"),
        mail("c", notice="reply", automatic=False),
        mail("d", notice="agent_opened", role="agent"),
        mail("e", "other@example.com"),
        mail("f", ticket=None),
        claimed=claimed,
    )
    asked = arrived(claimed, message("2", subject="Re: [TKT-00001] help"))

    def counts() -> tuple[SentTo, World]:
        facts = facts_for(db, asked)
        assert facts.world is not None
        return facts.sent_to[ANNA.key], facts.world

    fresh, world = counts()
    seen = []
    for minutes in (15, 20, 40, 150, 500, 800):
        age(db, outbox, outbox.c.created_db, timedelta(minutes=minutes))
        seen.append(counts()[0])

    assert (world.automatic_10min, world.human_10min, world.bounced) == (4, 0, 0)
    assert fresh == SentTo(2, 2, 1, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2)
    assert seen == [
        SentTo(2, 2, 1, 0, 3, 3, 3, 3, 0, 2, 2, 2, 2),
        SentTo(2, 2, 1, 0, 3, 3, 3, 3, 0, 0, 2, 2, 2),
        SentTo(0, 2, 1, 0, 0, 3, 3, 3, 0, 0, 0, 2, 2),
        SentTo(0, 2, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 2),
        SentTo(0, 2, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0),
        SentTo(),
    ]


def test_a_mailbox_has_one_count_however_it_is_spelled(db: Database) -> None:
    """A victim with a thousand +tags, or dots at Google, is one victim; other mailboxes of its domain are others."""
    take_in(db, arrival("1"))
    (claimed,) = claim_now(db)
    spelled = (
        "anna+1@gmail.com",
        "An.Na+2@googlemail.com",
        "anna@gmail.com",
        "anna+3@example.com",
        "an.na@example.com",
    )
    commit_now(db, arrived(claimed), opened(1), *(mail(f"m{to}", to) for to in spelled), claimed=claimed)

    def counted(to: str) -> int:
        return facts_for(db, arrived(claimed, message("2", sender=Address(to)))).sent_to[to].opened_hour

    assert [counted(f"{to}") for to in ("a.nna+9@gmail.com", "anna@example.com", "ann@gmail.com")] == [3, 1, 0]


@pytest.mark.parametrize("grade", Grade)
def test_a_storm_is_seen_by_the_next_mail(db: Database, grade: Grade) -> None:
    """What this node has just made counts at once; a mail that proves nothing is none that justifies automatic ones."""
    take_in(db, *(arrival(str(number)) for number in range(3)))
    counted = [World()]
    for claimed in claim_now(db):
        event = arrived(claimed, evidence=Evidence(grade=grade))
        facts = facts_for(db, event)
        assert facts.world == counted[-1]
        commit_now(db, event, opened(claimed.id), mail(f"m{claimed.id}", ticket=claimed.id), claimed=claimed)
        counted.append(World(automatic_10min=len(counted), human_10min=len(counted) * (grade >= Grade.E1)))

    def counted_anew(conn: Connection) -> World:
        conn.info["memo"].clear()
        return count_world(conn)

    assert [db.read_now(count_world), db.read_now(counted_anew)] == [counted[-1]] * 2


def test_each_address_that_could_be_written_to_is_counted(db: Database) -> None:
    """Whoever writes, the requester of the ticket that is meant is counted too; a desk's own address is known."""
    open_ticket(db)
    take_in(db, arrival("2"))
    (claimed,) = claim_now(db)
    stranger = message("2", sender=Address("Desk+tag@localhost"), subject="TKT-1")

    facts = facts_for(db, arrived(claimed, stranger), own=frozenset({"desk@localhost"}))

    anna = facts.sent_to["anna@example.com"]
    assert (anna.ticket_hour, anna.ours) == (1, False)
    assert facts.sent_to["desk+tag@localhost"] == SentTo(ours=True)


def test_the_breaker_sees_what_did_not_arrive(db: Database) -> None:
    """Of the last hundred automatic mails of three hours: those that the relay refused, or that came back."""
    take_in(db, arrival("1"))
    (claimed,) = claim_now(db)
    commit_now(db, arrived(claimed), opened(1), *[mail(f"m{n}") for n in range(99)], claimed=claimed)

    def became(first: int, last: int, **values: object) -> None:
        change = outbox.update().where(outbox.c.id.between(first, last)).values(**values)
        db.write_now(lambda conn: conn.execute(change))

    def bounced() -> int:
        db.read_now(lambda conn: conn.info["memo"].pop("world", None))  # it may be five seconds old
        world = facts_for(db, arrived(claimed)).world
        assert world is not None
        return world.bounced

    became(1, 60, state="sent")
    became(61, 90, state="failed")
    became(5, 5, bounced_at=NOW)
    fresh = bounced()
    age(db, outbox, outbox.c.created_db, timedelta(hours=3))

    assert (fresh, bounced()) == (31, 0)


def test_a_timer_knows_the_reminder_of_this_silence(db: Database) -> None:
    """last_notice is the newest reminder since the status began, accepted or not; an older silence's does not count."""
    open_ticket(db)
    took = {"created_at": NOW, "notice": "reminder", "accepted_at": NOW, "role": "customer", "automatic": True}
    db.write_now(lambda conn: conn.execute(outbox.update().where(outbox.c.id == 1).values(**took)))
    due = Due(1, "close", 1, NOW)

    found = facts_for(db, due)
    since = ticket.update().values(status_since=NOW + timedelta(days=1), status=Status.WAITING.value)
    db.write_now(lambda conn: conn.execute(since))

    assert found.last_notice is not None
    assert (found.last_notice.notice, found.last_notice.accepted_at) == ("reminder", NOW)
    assert [one.kind for one in found.timers] == ["reminder", "close"]
    assert facts_for(db, due).last_notice is None


def test_a_hostile_mail_can_be_looked_up(db: Database) -> None:
    """Endless and broken addresses, subjects and ids are looked up like any other."""
    take_in(db, arrival("1"))
    (claimed,) = claim_now(db)
    hostile = message(
        "1",
        sender=Address("x\0\ud800" + "y" * 9000 + "@example.com"),
        subject="TKT-999999999 \0",
        references=tuple(f"<{n}\0\udcff@x>" for n in range(3000)),
    )

    facts = facts_for(db, arrived(claimed, hostile))

    assert dict(facts.tickets) == {}


def test_what_comes_on_the_heels_of_our_mail_is_known_at_the_next_round(db: Database) -> None:
    """A writer's mail within ten minutes of an automatic one is remembered with both ids; the next such one sees it."""
    open_ticket(db, sender_key=b"anna....")
    take_in(db, arrival("2", sender_key=b"anna...."))
    (second,) = claim_now(db)
    event = arrived(second, message("2"))
    first_round = facts_for(db, event)
    commit_now(db, event, opened(2), claimed=second, facts=first_round)
    take_in(db, arrival("3", sender_key=b"anna...."))
    third = claim_now(db)[0]

    facts = facts_for(db, arrived(third, message("3")))
    words = mail("an agent's", notice="reply", automatic=False)
    db.write_now(lambda conn: enqueue(conn, [words], now=NOW))
    take_in(db, arrival("4", sender_key=b"anna....", desk="sales"))
    fourth = next(one for one in claim_now(db) if one.desk == "sales")
    answers_agent = facts_for(db, arrived(fourth, message("4")))
    age(db, outbox, outbox.c.created_db, timedelta(minutes=11))
    later = facts_for(db, arrived(third, message("3")))

    ours = mail("delivery:1").message_id
    assert (first_round.after, first_round.echoes) == (ours, ())
    assert [(one.mid, one.after, one.delivery, one.ticket) for one in facts.echoes] == [("<2@example.com>", ours, 2, 2)]
    assert set(facts.tickets) == {2}
    assert (answers_agent.after, later.after, later.echoes) == ("", "", ())


def test_what_came_from_an_address_is_counted_up_to_its_cap(db: Database) -> None:
    """The writer's mails of ten minutes and a day, of any desk, and their open tickets; no further than needed."""
    open_ticket(db, sender_key=b"anna....")
    take_in(db, *[arrival(f"n{n}", sender_key=b"anna....", desk="sales") for n in range(40)])
    take_in(db, arrival("other", sender_key=b"bob....."))
    take_in(db, arrival("last", sender_key=b"anna...."), arrival("behind it", sender_key=b"anna...."))
    claimed = claim_now(db)
    early = facts_for(db, arrived(claimed[0], message("early"))).inbound
    last = next(one for one in claimed if one.id == 43)

    def inbound() -> Inbound:
        return facts_for(db, arrived(last, message("last"))).inbound

    fresh = inbound()
    before = delivery.update().where(delivery.c.id < last.id)
    hours = timedelta(hours=1) // timedelta(microseconds=1)
    earlier = type_coerce(delivery.c.received_db, BigInteger) - hours
    db.write_now(lambda conn: conn.execute(before.values(received_db=earlier)))
    old = inbound()
    done = ticket.update().values(status=Status.RESOLVED.value)
    db.write_now(lambda conn: conn.execute(done))

    assert early == Inbound(2, 2, 1)
    assert (fresh, old) == (Inbound(31, 42, 1), Inbound(1, 42, 1))
    assert inbound().open_tickets == 0
