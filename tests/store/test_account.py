"""A decision's account is plain JSON, and the records that it was made of come out of it again."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parsing.message import Address, Evidence, Grade, Token
from rules.decision import Decision, Outcome, Step
from rules.facts import Facts, PendingTimer, SentMail, SentTo, World
from rules.ticket import Status
from store.account import TEXT, plain, restored
from store.database import Database
from store.kept import kept_delivery
from tests.store.worlds import arrival, arrived, claim_now, commit_now, take_in, ticket

NOW = datetime(2026, 11, 20, 12, 0, 0, 1, tzinfo=UTC)
SENT = SentMail("0123456789abcdef", 7, "anna@example.com", "customer", "reminder", NOW)
FACTS = Facts(
    next_number=9,
    tickets={7: ticket(7, status=Status.WAITING, requester=Address("Anna@example.com", "Anna\ud800"), asked_at=NOW)},
    by_message_id={"<\0@example.com>": 7},
    duplicate_of=3,
    sent=SENT,
    timers=(PendingTimer(1, "close", NOW), PendingTimer(2, "reminder", NOW)),
    sent_to={"anna@example.com": SentTo(address_hour=2, ours=True), "bob@example.com": SentTo()},
    world=World(bounced=3),
    earlier_tickets=(1, 2),
    last_notice=SENT,
    internal_texts=("between us",),
    mail_limit=5,
    unsendable="too large",
)


@pytest.mark.parametrize(
    "record",
    [
        FACTS,
        Facts(next_number=1),
        Evidence(Grade.E1, Token("agent", 7, b"\0\1\2\3\4", "ab"), None, "serial", ("one", "two")),
        Evidence(),
        Step("Is it?", "yes"),
    ],
)
def test_records_come_out_as_they_went_in(record: Any) -> None:
    """Through JSON and back: numbers as keys, times, bytes, enumerations, what stands at its default."""
    assert restored(type(record), json.loads(json.dumps(plain(record)))) == record


def test_what_is_no_account_of_ours_is_a_plain_error() -> None:
    """A field that is not known, or is missing, raises what a caller can expect."""
    for wrong in ({"next_number": 1, "weather": "fine"}, {}, {"next_number": 1, "timers": 5}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            restored(Facts, wrong)


def test_a_long_text_is_cut_and_says_so() -> None:
    """The account stays small: a text has its beginning and its length."""
    assert plain("x" * (TEXT + 1)) == "x" * TEXT + f"… ({TEXT + 1} characters)"


def test_the_whole_trace_is_kept(db: Database) -> None:
    """However many rules a desk has, the one that won stands at the end of the trace and is kept."""
    take_in(db, arrival("1"))
    (claimed,) = claim_now(db)
    steps = tuple(Step(f"rule {number}", "no") for number in range(300))
    commit_now(db, arrived(claimed), Decision(Outcome.HELD, "so", trace=steps), claimed=claimed, facts=FACTS)

    kept = db.read_now(lambda conn: kept_delivery(conn, claimed.id))

    assert kept is not None
    assert kept.decision is not None
    assert kept.decision.trace == steps
    assert kept.decision.facts == FACTS
    assert kept.decision.kind == ("human", 1.0, "")
    assert db.read_now(lambda conn: kept_delivery(conn, claimed.id + 1)) is None
