"""People on tickets, and the id that a relay gives to a mail of ours."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parsing.message import Address
from parsing.relay_reply import reported_id
from rules.decision import Decision, Outcome
from rules.event import Returned
from rules.facts import Facts
from rules.ticket import Participant, Role, Ticket
from store.database import Database
from store.tickets import ticket_by_number
from tests.store.worlds import NOW, commit_now, facts_for, open_ticket

BOB, CARL = Address("Bob@example.com", "Bob Lang"), Address("carl@example.com")
SES = "0102018f3a5b7c9d-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000"


def refused(serial: str) -> Returned:
    return Returned(serial, 1, "x@example.com", "customer", "reply", "5.0.0", "550 no")


def change(db: Database, serial: str, before: Ticket, after: Ticket) -> None:
    """Some event that does nothing but change the ticket."""
    decision = Decision(Outcome.REPORT, "people", ticket=after, based_on=before.version)
    commit_now(db, refused(serial), decision, facts=Facts(next_number=1, tickets={1: before}))


def test_people_come_and_go_with_their_ticket(db: Database) -> None:
    """Who joins is written with the ticket's change, who leaves stays with a date, and facts and views see them."""
    open_ticket(db)
    before = facts_for(db, refused("1")).tickets[1]
    people = (Participant(BOB, Role.CC, NOW, by=1), Participant(CARL, Role.NAMED, NOW + timedelta(hours=1), by=2))
    change(db, "1", before, replace(before, participants=people))

    found = facts_for(db, refused("2")).tickets[1]
    assert found.participants == people
    assert (found.role_of(Address("bob@EXAMPLE.com")), found.role_of(CARL)) == (Role.CC, Role.NAMED)
    assert found.in_copy == (BOB,)

    left = replace(found, participants=(replace(people[0], left_at=NOW), people[1]))
    change(db, "2", found, left)
    now = db.read_now(lambda conn: ticket_by_number(conn, 1))
    assert now is not None
    assert (now.participants, now.role_of(BOB), now.in_copy) == (left.participants, None, ())


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (f"250 Ok {SES}", SES),
        (
            "250 2.0.0 OK <AM0PR04MB123@AM0PR04MB123.eurprd04.prod.outlook.com> [Hostname=AM0PR04MB123.eurprd04]",
            "AM0PR04MB123",
        ),
        ("250 2.0.0 Ok: queued as 4XyZ12abcDz9", ""),
        ("250 2.0.0 fc3faca3667a77f3", ""),
        (f"451 4.3.0 {SES}", ""),
        ("250 " + "a" * 100_000, ""),
    ],
)
def test_a_relay_may_name_a_mail_anew(reply: str, found: str) -> None:
    """The id in a 250 is taken, whether in brackets or alone; a queue's number and what is no 250 are not."""
    assert reported_id(reply) == found
