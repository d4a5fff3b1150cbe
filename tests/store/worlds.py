"""Small worlds in one line each: an arrival, a message, a policy, a decision; and a hand on the database's clock."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Column, Connection, Table, type_coerce, update

from parsing.message import Address, Evidence, Message
from rules.decision import Decision, EntryKind, NewEntry, NewTimer, Outcome
from rules.event import Arrived, Event
from rules.facts import Facts
from rules.mail import OutgoingMail, mail_serial
from rules.policy import Agent, Policy
from rules.ticket import Status, Ticket
from store.commit import commit
from store.database import Database
from store.ledger import Accepted, Arrival, Claimed, accept, claim
from store.lookup import look_up
from store.numbers import reserve_numbers

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNA = Address("Anna@example.com", "Anna")
BOB = Address("bob@localhost", "Bob")


def key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:8]


def arrival(name: str = "1", **words: Any) -> Arrival:
    """An SMTP mail; its bytes, keys and sender follow from `name` unless said otherwise."""
    found: dict[str, Any] = {
        "desk": "support",
        "channel": "smtp",
        "channel_key": f"smtp:{name}",
        "raw": f"Subject: {name}\r\n\r\nhello {name}\r\n".encode(),
        "envelope_from": "anna@example.com",
        "envelope_to": ("support@localhost",),
        "peer": {"address": "192.0.2.1"},
        "received_at": NOW,
    }
    return Arrival(**{**found, **words})


def take_in(db: Database, *arrivals: Arrival) -> list[Accepted]:
    return db.write_now(lambda conn: [accept(conn, one) for one in arrivals])


def claim_now(db: Database, *, limit: int = 50, lease: timedelta = MINUTE) -> tuple[Claimed, ...]:
    return db.write_now(lambda conn: claim(conn, limit=limit, lease=lease))


def age(db: Database, table: Table, column: Column[Any], by: timedelta) -> None:
    """Let a column's time lie further back, as if the database's clock had gone on."""
    micros = by // timedelta(microseconds=1)
    db.write_now(lambda conn: conn.execute(update(table).values({column: type_coerce(column, BigInteger) - micros})))


def policy(**words: Any) -> Policy:
    found = Policy(
        desk="support",
        name="Support",
        addresses=(Address("support@localhost"),),
        language="en",
        time_zone=ZoneInfo("UTC"),
        agents=(Agent("bob", "Bob", BOB),),
        priorities={"P3": "normal"},
        categories={"general": "General"},
        statuses={status: status.value for status in Status},
        start_priority="P3",
        start_category="general",
        follow_up={},
        reopen_within=timedelta(days=30),
        tell={},
        customer_hears_of=frozenset(),
        digest="d1",
        texts={"desk.yaml": "name: Support"},
    )
    return replace(found, **words)


def message(name: str = "1", **words: Any) -> Message:
    return replace(
        Message(subject=f"help {name}", sender=ANNA, message_id=f"<{name}@example.com>", body_digest=f"body {name}"),
        **words,
    )


def arrived(claimed: Claimed, found: Message | None = None, evidence: Evidence | None = None) -> Arrived:
    return Arrived(
        delivery=claimed.id,
        message=found or message(str(claimed.id)),
        evidence=evidence or Evidence(),
        envelope_from=claimed.envelope_from,
        envelope_to=claimed.envelope_to,
        received_at=claimed.received_at,
    )


def ticket(number: int, **words: Any) -> Ticket:
    return replace(
        Ticket(
            number=number,
            desk="support",
            subject="help",
            status=Status.NEW,
            priority="P3",
            category="general",
            requester=ANNA,
            assignee=None,
            opened_at=NOW,
            changed_at=NOW,
            status_since=NOW,
            thread=("<1@example.com>",),
        ),
        **words,
    )


def opened(number: int, **words: Any) -> Decision:
    return replace(
        Decision(
            Outcome.OPENED,
            "a new ticket",
            ticket=ticket(number),
            entries=(NewEntry(EntryKind.MESSAGE, "Anna", "wrote: help", internal=False),),
            timers=(NewTimer("reminder", NOW + timedelta(days=3)), NewTimer("close", NOW + timedelta(days=7))),
        ),
        **words,
    )


def mail(event: str, to: str = "anna@example.com", notice: str = "opened", **words: Any) -> OutgoingMail:
    serial = mail_serial(event=event, recipient=to, notice=notice)
    found: dict[str, Any] = {
        "serial": serial,
        "desk": "support",
        "ticket": 1,
        "event": event,
        "notice": notice,
        "role": "customer",
        "automatic": True,
        "envelope_from": f"support+{serial}@localhost",
        "recipient": to,
        "message_id": f"<{serial}@localhost>",
        "subject": "Re: help",
        "raw": f"To: {to}\r\n\r\n{notice} {serial}\r\n".encode(),
    }
    return OutgoingMail(**{**found, **words})


def commit_now(db: Database, event: Event, decision: Decision, *mails: OutgoingMail, **words: Any) -> None:
    found: dict[str, Any] = {"policy": policy(), "facts": Facts(next_number=1), "now": NOW, **words}
    db.write_now(lambda conn: commit(conn, event, decision, mails, **found))


def open_ticket(db: Database, number: int = 1, name: str = "1", **words: Any) -> Claimed:
    """A mail came and opened a ticket, with two mails and two timers."""
    db.write_now(lambda conn: reserve_numbers(conn, number))
    take_in(db, arrival(name, **words))
    (claimed,) = claim_now(db)
    event = arrived(claimed, message(name))
    mails = [
        mail(f"delivery:{claimed.id}", ticket=number),
        mail(f"delivery:{claimed.id}", "bob@example.com", "agent_opened", ticket=number, role="agent"),
    ]
    commit_now(db, event, opened(number, ticket=ticket(number)), *mails, claimed=claimed)
    return claimed


def facts_for(db: Database, event: Event, **words: Any) -> Facts:
    def work(conn: Connection) -> Facts:
        return look_up(conn, event, policy=policy(), next_number=7, **words)

    return db.read_now(work)
