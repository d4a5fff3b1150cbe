"""What a person or a meter asks of the whole: counts, where a mail is, and whether the books are right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, cast, func, or_, select

from parsing.message import Grade
from rules.contact import Contact
from rules.recipients import mailbox_of
from store.columns import EPOCH, MICROSECOND, NOW
from store.contacts import list_muted, read_contacts
from store.held import count_held
from store.outbox import hold_outgoing
from store.schema import (
    alarm,
    attempt,
    decision,
    delivery,
    entry,
    outbox,
    raw_chunk,
    setting,
    ticket,
    timer,
)

MUTED = 20  # addresses that are named
FOUND = 100  # findings of one kind that are named


@dataclass(frozen=True, slots=True)
class Status:
    """Counts by word; `oldest_*` are by the database's time, None when nothing waits."""

    deliveries: Mapping[str, int]
    outcomes: Mapping[str, int]
    tickets: Mapping[str, int]
    mails: Mapping[str, int]
    timers: int
    oldest_delivery: datetime | None
    oldest_mail: datetime | None
    held: int  # deliveries that wait for somebody's word
    muted: tuple[Contact, ...]  # the newest
    red: tuple[str, ...]
    holds_outgoing: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Trace:
    """Deliveries from or to an address, and mails to it with every try: rows as plain mappings, oldest first."""

    deliveries: tuple[Mapping[str, Any], ...]
    mails: tuple[Mapping[str, Any], ...]
    attempts: tuple[Mapping[str, Any], ...]
    contact: Contact | None  # what is kept of the address


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the books that can not be: `kind` names the check, `what` the row."""

    kind: str
    what: str


def read_status(conn: Connection) -> Status:
    """What `tkt status` and the metrics show."""
    unfinished, waiting = delivery.c.state != "done", outbox.c.state.in_(["queued", "taken"])
    return Status(
        deliveries=_counts(conn, select(delivery.c.state, func.count()).group_by(delivery.c.state)),
        outcomes=_counts(
            conn,
            select(delivery.c.outcome, func.count())
            .where(delivery.c.outcome.is_not(None))
            .group_by(delivery.c.outcome),
        ),
        tickets=_counts(conn, select(ticket.c.status, func.count()).group_by(ticket.c.status)),
        mails=_counts(conn, select(outbox.c.state, func.count()).group_by(outbox.c.state)),
        timers=int(conn.execute(select(func.count()).where(timer.c.state == "pending")).scalar_one()),
        oldest_delivery=conn.execute(select(func.min(delivery.c.received_db)).where(unfinished)).scalar(),
        oldest_mail=conn.execute(select(func.min(outbox.c.created_db)).where(waiting)).scalar(),
        held=count_held(conn),
        muted=list_muted(conn, limit=MUTED),
        red=tuple(conn.execute(select(alarm.c.name).where(alarm.c.over_at.is_(None)).order_by(alarm.c.name)).scalars()),
        holds_outgoing=hold_outgoing(conn),
        now=EPOCH + int(conn.execute(select(NOW)).scalar_one()) * MICROSECOND,
    )


def _counts(conn: Connection, query: Select[Any]) -> dict[str, int]:
    return {str(word): int(count) for word, count in conn.execute(query)}


def list_deliveries(
    conn: Connection, *, outcome: str | None = None, unfinished_only: bool = False, limit: int = 200
) -> tuple[Mapping[str, Any], ...]:
    """Rows of the ledger, the newest first."""
    query = select(delivery).order_by(delivery.c.id.desc()).limit(limit)
    if outcome is not None:
        query = query.where(delivery.c.outcome == outcome)
    if unfinished_only:
        query = query.where(delivery.c.state != "done")
    return _rows(conn, query)


def list_grades(conn: Connection, deliveries: Iterable[int]) -> dict[int, Grade]:
    """How well the sender of each was known when it was decided upon; what has no decision yet is not there."""
    events = {f"delivery:{number}": number for number in deliveries}
    rows = conn.execute(select(decision.c.event, decision.c.facts).where(decision.c.event.in_(list(events))))
    return {events[row.event]: Grade(row.facts.get("evidence", {}).get("grade", 0)) for row in rows}


def trace(conn: Connection, address: str, *, limit: int = 100) -> Trace:
    """Where the mail of an address is: what came from it (or for it), what went to it, and each try."""
    wanted = address.strip().lower()
    about = select(entry.c.delivery).where(func.lower(entry.c.who).contains(wanted, autoescape=True))
    own = select(ticket.c.number).where(ticket.c.requester_key == wanted)
    deliveries = (
        select(delivery)
        .where(
            or_(
                func.lower(delivery.c.envelope_from) == wanted,
                func.lower(delivery.c.envelope_to).contains(f'"{wanted}"', autoescape=True),
                delivery.c.ticket.in_(own),
                delivery.c.id.in_(about.where(entry.c.delivery.is_not(None))),
            )
        )
        .order_by(delivery.c.id.desc())
        .limit(limit)
    )
    to = outbox.c.recipient_key.in_([wanted, mailbox_of(wanted)])
    mails = select(outbox).where(to).order_by(outbox.c.id.desc()).limit(limit)
    found = _rows(conn, mails)[::-1]
    tries = select(attempt).where(attempt.c.outbox.in_([row["id"] for row in found])).order_by(attempt.c.id)
    contact = read_contacts(conn, [wanted]).get(wanted)
    return Trace(_rows(conn, deliveries)[::-1], found, _rows(conn, tries), contact)


def _rows(conn: Connection, query: Select[Any]) -> tuple[Mapping[str, Any], ...]:
    return tuple(dict(row) for row in conn.execute(query).mappings())


def reconcile_rows(conn: Connection) -> tuple[Finding, ...]:
    """Compare the books with themselves; nothing found means that no row was lost or is in a state that can not be."""
    findings = [
        Finding(kind, words.format(**row._mapping))
        for kind, words, query in _checks()
        for row in conn.execute(query.limit(FOUND))
    ]
    if conn.dialect.name == "sqlite":
        # PostgreSQL's sequences have gaps of their own: there the orphans among the bytes tell of a lost row
        findings += [Finding("deleted", f"delivery {number} is gone") for number in _gaps(conn)]
    return tuple(findings)


Check = tuple[str, str, Select[Any]]
STATES = ("queued", "held", "taken", "sent", "failed", "cancelled", "bundled", "digested")
_kept = select(raw_chunk.c.digest)
_numbers = select(ticket.c.number)
_whole = (
    select(raw_chunk.c.digest, func.sum(func.length(raw_chunk.c.bytes)).label("octets"))
    .group_by(raw_chunk.c.digest)
    .subquery()
)


def _checks() -> list[Check]:
    """(kind, words for a row, query): each finds rows that can not be."""
    return [*_outcome_checks(), *_bytes_checks(), *_mail_checks(), *_ticket_checks()]


def _outcome_checks() -> list[Check]:
    row = (delivery.c.id, delivery.c.state, delivery.c.ticket)
    done, named = delivery.c.state == "done", delivery.c.outcome.is_not(None)
    unknown = delivery.c.state.not_in(["waiting", "taken", "done"])
    orphaned = delivery.c.ticket.is_not(None) & delivery.c.ticket.not_in(_numbers)
    return [
        ("no outcome", "delivery {id} is done without an outcome", select(*row).where(done, ~named)),
        ("impossible state", "delivery {id} is {state} with an outcome", select(*row).where(~done, named)),
        ("impossible state", "delivery {id} is in the state {state}", select(*row).where(unknown)),
        ("ticket gone", "delivery {id} belongs to ticket {ticket}, which is gone", select(*row).where(orphaned)),
    ]


def _bytes_checks() -> list[Check]:
    cut = (
        select(delivery.c.id, delivery.c.size, _whole.c.octets)
        .join(_whole, _whole.c.digest == delivery.c.digest)
        .where(_whole.c.octets != delivery.c.size)
    )
    unnamed = select(_whole.c.octets).where(
        _whole.c.digest.not_in(select(delivery.c.digest)), _whole.c.digest.not_in(select(outbox.c.digest))
    )
    lost = select(delivery.c.id).where(delivery.c.digest.not_in(_kept))
    lost_mail = select(outbox.c.id, outbox.c.state).where(outbox.c.digest.not_in(_kept))
    return [
        ("bytes gone", "the bytes of delivery {id} are gone", lost),
        ("bytes gone", "the bytes of mail {id} ({state}) are gone", lost_mail),
        ("bytes cut", "delivery {id} has {octets} octets of {size}", cut),
        (
            "deleted",
            "bytes ({octets} octets) without a row: their delivery or mail was deleted",
            unnamed,
        ),
    ]


def _mail_checks() -> list[Check]:
    row = (outbox.c.id, outbox.c.state, outbox.c.ticket)
    sent, accepted = outbox.c.state == "sent", outbox.c.accepted_at.is_not(None)
    orphaned = outbox.c.ticket.is_not(None) & outbox.c.ticket.not_in(_numbers)
    return [
        ("impossible state", "mail {id} is {state} and was never accepted", select(*row).where(sent, ~accepted)),
        ("impossible state", "mail {id} is {state} and was accepted already", select(*row).where(~sent, accepted)),
        ("impossible state", "mail {id} is in the state {state}", select(*row).where(outbox.c.state.not_in(STATES))),
        ("ticket gone", "mail {id} belongs to ticket {ticket}, which is gone", select(*row).where(orphaned)),
    ]


def _ticket_checks() -> list[Check]:
    opened = select(delivery.c.ticket).where(delivery.c.ticket.is_not(None))
    explained = select(decision.c.ticket).where(decision.c.ticket.is_not(None))
    gone = entry.c.delivery.is_not(None) & entry.c.delivery.not_in(select(delivery.c.id))
    return [
        (
            "deleted",
            "delivery {delivery} is gone; an entry of ticket {ticket} came from it",
            select(entry.c.delivery, entry.c.ticket).where(gone),
        ),
        ("no opening", "ticket {number} was opened by no delivery", _numbers.where(ticket.c.number.not_in(opened))),
        ("no account", "no decision explains ticket {number}", _numbers.where(ticket.c.number.not_in(explained))),
        ("number", "ticket {number} is above the next free one", _numbers.where(ticket.c.number >= _next_number())),
    ]


def _next_number() -> Any:
    value = select(cast(setting.c.value, Integer)).where(setting.c.name == "next_ticket").scalar_subquery()
    return func.coalesce(value, 1)


def _gaps(conn: Connection) -> list[int]:
    """Numbers missing between the first and the last delivery."""
    ids: list[Row[Any]] = list(conn.execute(select(delivery.c.id).order_by(delivery.c.id)))
    missing: list[int] = []
    expected = 1
    for row in ids:
        while expected < row.id and len(missing) < FOUND:
            missing.append(expected)
            expected += 1
        expected = row.id + 1
    return missing
