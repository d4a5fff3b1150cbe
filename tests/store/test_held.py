"""What is held is judged once, whoever says the word and however often; single-use tokens are used once, in time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from parsing.message import Evidence
from rules.decision import Again, Decision, Notice, Once, Outcome
from rules.event import How, Listing, Vouch
from rules.held import LISTED
from store.database import Database, Stale
from store.held import count_held, held_mails, judge, list_held, next_list
from store.kept import kept_delivery
from store.ledger import Claimed
from store.once import asked_by, forget_old, spend
from store.schema import decision, delivery, once, ticket
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
    opened,
    take_in,
)

HELD = Decision(Outcome.HELD, "it proves nothing")
MARIE = "Marie Petit"


def hold(db: Database, name: str = "1") -> Claimed:
    """A mail came and is held."""
    take_in(db, arrival(name))
    (claimed,) = claim_now(db)
    commit_now(db, arrived(claimed, message(name)), HELD, claimed=claimed)
    return claimed


def say(db: Database, number: int, how: How, by: str = MARIE) -> bool:
    return db.write_now(lambda conn: judge(conn, Again(number, how, by), now=NOW))


def decided_again(db: Database, number: int = 1) -> None:
    """The worker takes what was let go, and opens a ticket of it."""
    for claimed in claim_now(db):
        commit_now(db, replace(arrived(claimed), vouched=claimed.vouched), opened(number), claimed=claimed)


@pytest.mark.parametrize("how", [How.CONFIRMED, How.RELEASED])
def test_what_is_let_go_is_decided_again_with_somebody_answering_for_it(db: Database, how: How) -> None:
    """It goes back to the workers with its vouch; the ledger keeps what it was held for, the books both decisions."""
    held = hold(db)
    assert claim_now(db) == ()

    assert say(db, held.id, how)
    (claimed,) = claim_now(db)
    assert (claimed.vouched, claimed.attempts) == (Vouch(MARIE, how), 1)
    event = replace(arrived(claimed, message("1")), vouched=claimed.vouched)
    commit_now(db, event, opened(1), claimed=claimed)

    kept = db.read_now(lambda conn: kept_delivery(conn, held.id))
    assert kept is not None
    assert kept.decision is not None
    assert kept.held is not None
    assert (kept.decision.outcome, kept.held.outcome) == ("opened", "held")
    assert [kept.row[name] for name in ("outcome", "held_why", "judged_how", "judged_by")] == [
        "opened",
        "it proves nothing",
        how.value,
        MARIE,
    ]
    (shown,) = db.read_now(lambda conn: held_mails(conn, [held.id]))
    assert (shown.author, shown.subject, shown.how) == ("Anna <Anna@example.com>", "help 1", how.value)


def test_what_is_rejected_ends(db: Database) -> None:
    """Nobody reads it again, and the ledger says by whom."""
    held = hold(db)

    assert say(db, held.id, How.REJECTED)

    assert claim_now(db) == ()
    kept = db.read_now(lambda conn: kept_delivery(conn, held.id))
    assert kept is not None
    assert (kept.row["outcome"], kept.row["reason"]) == ("rejected", "rejected by Marie Petit")
    assert kept.vouched is None


def test_only_what_is_held_can_be_judged(db: Database) -> None:
    """Neither what has another outcome nor what nobody has looked at yet, nor what is not there."""
    take_in(db, arrival("1"), arrival("2"))
    claimed, _ = claim_now(db)
    commit_now(db, arrived(claimed), opened(1), claimed=claimed)

    assert [say(db, number, How.RELEASED) for number in (claimed.id, claimed.id + 1, 99)] == [False] * 3


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from([*How, "work", "hold"]), min_size=1, max_size=12))
def test_whatever_is_said_in_whatever_order_it_is_done_once(db: Database, steps: list[How | str]) -> None:
    """Confirmed, released, rejected, by several, in any order, between the workers' turns: the first word counts, one
    ticket comes of a mail at most, and none of one that was rejected."""
    with_ticket = select(func.count()).select_from(ticket)
    before = db.read_now(lambda conn: conn.execute(with_ticket).scalar_one())
    number = hold(db, f"x{before}-{db.read_now(lambda conn: conn.execute(select(func.count(delivery.c.id))).scalar())}")
    words = []
    for step in steps:
        if isinstance(step, How):
            words.append((step, say(db, number.id, step)))
        elif step == "work":
            decided_again(db, before + 1)
    decided_again(db, before + 1)

    assert [done for _, done in words] == [at == 0 for at in range(len(words))]
    row = db.read_now(lambda conn: conn.execute(select(delivery).where(delivery.c.id == number.id)).one())
    first = words[0][0] if words else None
    assert row.outcome == {None: "held", How.REJECTED: "rejected"}.get(first, "opened")
    made = db.read_now(lambda conn: conn.execute(with_ticket).scalar_one()) - before
    assert made == (row.outcome == "opened")


def test_a_word_by_mail_commits_with_its_decision_or_not_at_all(db: Database) -> None:
    """Judging and using the token up are part of the answer's transaction; who was too late decides anew."""
    held = hold(db)
    asking = mail("delivery:1", "marie@example.org", "agent_unverified", role="agent", once=CONFIRM)
    commit_now(db, arrived(held, message("0")), Decision(Outcome.ACT, ""), asking)
    answer = Decision(Outcome.ACT, "confirmed", again=(Again(held.id, How.CONFIRMED, MARIE),), spends=asking.serial)
    take_in(db, arrival("2"), arrival("3"))
    first, second = claim_now(db)
    commit_now(db, arrived(first), answer, claimed=first)

    with pytest.raises(Stale):
        commit_now(db, arrived(second), answer, claimed=second)
    with pytest.raises(Stale):
        commit_now(db, arrived(second), replace(answer, again=()), claimed=second)

    facts = facts_for(db, arrived(second, evidence=Evidence(once=asking.serial)))
    assert facts.asked is not None
    assert (facts.asked.state, facts.asked.used_by, facts.asked.what) == ("used", first.id, CONFIRM.what)
    assert [(one.delivery, one.how) for one in facts.held] == [(held.id, "confirmed")]


CONFIRM = Once("confirm", {"deliveries": [1]}, timedelta(hours=1))


def test_a_token_is_good_once_and_in_its_time(db: Database) -> None:
    """Issued twice it is one; a used one keeps who used it; one whose time is over does nothing, and is forgotten much
    later."""
    mails = [mail(f"delivery:{at}", "Marie@example.org", "agent_unverified", once=CONFIRM) for at in (1, 2)]
    for _ in range(2):
        take_in(db, arrival("1"))
        commit_now(db, arrived(Claimed(1, 1, 1, "support", "smtp", b"", 1, b"", "", (), {}, NOW, False)), HELD, *mails)
    used, late = (one.serial for one in mails)
    asked = db.read_now(lambda conn: asked_by(conn, used))
    assert asked is not None
    assert (asked.person, asked.desk, asked.state) == ("marie@example.org", "support", "fresh")

    assert db.write_now(lambda conn: [spend(conn, used, number) for number in (7, 8)]) == [True, False]
    age(db, once, once.c.expires_db, timedelta(hours=1))
    assert not db.write_now(lambda conn: spend(conn, late, 9))
    states = db.read_now(lambda conn: [asked_by(conn, serial) for serial in (used, late)])
    assert [(one.state, one.used_by) for one in states if one] == [("used", 7), ("expired", None)]
    assert db.write_now(forget_old) == 0
    age(db, once, once.c.expires_db, timedelta(days=90))
    assert db.write_now(forget_old) == 2


def test_a_copy_that_is_held_too_is_no_reason_not_to_do_it(db: Database) -> None:
    """Decided again, a mail is a duplicate only of one that something was done with."""
    held = hold(db)
    take_in(db, arrival("copy"))
    (copy,) = claim_now(db)
    commit_now(db, arrived(copy, message("1")), Decision(Outcome.DUPLICATE, ""), claimed=copy)
    event = arrived(held, message("1"))

    assert facts_for(db, event).duplicate_of == copy.id
    assert facts_for(db, replace(event, vouched=Vouch(MARIE, How.RELEASED))).duplicate_of is None
    db.write_now(lambda conn: conn.execute(delivery.update().values(outcome="opened")))
    assert facts_for(db, replace(event, vouched=Vouch(MARIE, How.RELEASED))).duplicate_of == copy.id
    assert db.read_now(lambda conn: conn.execute(select(func.count(decision.c.id))).scalar()) == 2


def make_list(db: Database, number: int, now: datetime) -> list[int]:
    """The list of this number as the clock has it made; what it names."""
    event = Listing("support", number, now)
    facts = facts_for(db, event)
    commit_now(db, event, Decision(Outcome.ACT, "so"), facts=facts, now=now)
    return [one.delivery for one in facts.held]


def due(db: Database, **later: float) -> int | None:
    return db.read_now(lambda conn: next_list(conn, "support", now=NOW + timedelta(**later)))


def test_a_list_comes_when_something_new_is_held_and_once_an_hour_at_most(db: Database) -> None:
    """A few minutes after the first, so that more may join; then not before an hour, and never without news. What
    still waits is named again below what is new; what a person has judged is not."""
    first, second = hold(db, "1"), hold(db, "2")
    assert (due(db, minutes=4), due(db, minutes=5)) == (None, 1)
    assert make_list(db, 1, NOW + timedelta(minutes=5)) == [first.id, second.id]
    assert due(db, days=9) is None

    third = hold(db, "3")
    say(db, first.id, How.REJECTED)
    assert (due(db, minutes=64), due(db, minutes=65)) == (None, 2)
    assert make_list(db, 2, NOW + timedelta(minutes=65)) == [third.id, second.id]
    listed = db.read_now(lambda conn: list_held(conn, desk="support"))
    assert [(one.delivery, one.new) for one in listed] == [(third.id, False), (second.id, False)]


def test_two_nodes_make_one_list(db: Database) -> None:
    """The same list twice is the first one; a list of a number that is not the next is stale."""
    hold(db)
    made = make_list(db, 1, NOW)
    assert make_list(db, 1, NOW) == made
    hold(db, "2")

    with pytest.raises(Stale):
        make_list(db, 3, NOW)
    told = select(func.count(decision.c.id)).where(decision.c.event == "held:support:1")
    assert db.read_now(lambda conn: conn.execute(told).scalar()) == 1
    assert due(db, hours=1) == 2


def test_who_was_asked_alone_has_an_hour_before_all_hear_of_it(db: Database) -> None:
    """A mail about which its agent was asked joins the list an hour later; older mail taken in quietly never does."""
    asking = replace(HELD, notices=(Notice("agent_unverified", ANNA, "agent", once=CONFIRM),))
    take_in(db, arrival("1"), arrival("2", quiet=True))
    for claimed in claim_now(db):
        event = replace(arrived(claimed), quiet=claimed.quiet)
        commit_now(db, event, HELD if claimed.quiet else asking, claimed=claimed)

    assert (due(db, minutes=59), due(db, minutes=60)) == (None, 1)
    assert make_list(db, 1, NOW + timedelta(minutes=60)) == [1]
    assert db.read_now(count_held) == 2


def test_a_flood_is_told_once(db: Database) -> None:
    """A list names so many and counts the others; what it counted makes no list of its own an hour later."""
    take_in(db, *(arrival(str(at)) for at in range(LISTED + 2)))
    for claimed in claim_now(db, limit=LISTED + 2):
        commit_now(db, arrived(claimed), HELD, claimed=claimed)
    facts = facts_for(db, Listing("support", 1, NOW))
    assert (len(facts.held), facts.held_beside) == (LISTED, 2)

    make_list(db, 1, NOW)

    assert due(db, days=9) is None
    assert db.read_now(count_held) == LISTED + 2
