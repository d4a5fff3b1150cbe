"""Tickets as they stand: rows to snapshots and back, and the views that commands show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from parsing.message import Address
from rules.promise import Promised
from rules.ticket import Participant, Status, Ticket
from store.account import plain, restored
from store.outbox import hold_outgoing
from store.people import people_of
from store.schema import attempt, decision, delivery, entry, outbox, ticket, timer

MORE = ("type", "tier", "group", "tags", "watchers", "fields")
_BY_NUMBER = select(ticket).where(ticket.c.number == bindparam("number"))
# The numbers in `tickets`, and those of all that were merged into one of them.
_joined = select(ticket.c.number).where(ticket.c.number.in_(bindparam("tickets", expanding=True))).cte(recursive=True)
JOINED = select(_joined.union(select(ticket.c.number).where(ticket.c.merged_into == _joined.c.number)).c.number)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything on a ticket: rows as plain mappings, oldest first."""

    ticket: Ticket
    entries: tuple[Mapping[str, Any], ...]
    mails: tuple[Mapping[str, Any], ...]
    attempts: tuple[Mapping[str, Any], ...]
    decisions: tuple[Mapping[str, Any], ...]
    timers: tuple[Mapping[str, Any], ...]
    deliveries: tuple[Mapping[str, Any], ...]
    holds_outgoing: bool = False


def to_ticket(row: Row[Any], participants: tuple[Participant, ...] = ()) -> Ticket:
    """A row of the table, and the people on the ticket → the snapshot that rules know."""
    requester = None if row.requester is None else Address(row.requester, row.requester_name)
    return Ticket(
        number=row.number,
        desk=row.desk,
        subject=row.subject,
        status=Status(row.status),
        priority=row.priority,
        category=row.category,
        requester=requester,
        assignee=row.assignee,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        status_since=row.status_since,
        version=row.version,
        thread=tuple(row.thread),
        question=row.question,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        linked_to=row.linked_to,
        close_reason=row.close_reason,
        quiet=row.quiet,
        language=row.language,
        participants=participants,
        **_of_desk(row.more),
        merged_into=row.merged_into,
        promises=restored(tuple[Promised, ...], row.promises) if row.promises else (),
    )


def _of_desk(more: Mapping[str, Any]) -> dict[str, Any]:
    """What only some desks have, as it was written by `to_row`."""
    if not more:
        return {}
    lists = {name: tuple(more[name]) for name in ("tags", "watchers") if name in more}
    fields = tuple((key, text) for key, text in more.get("fields", ()))
    return {**{name: more[name] for name in ("type", "tier", "group") if name in more}, **lists, "fields": fields}


def to_row(snapshot: Ticket, *, version: int) -> dict[str, Any]:
    """A snapshot → the row's values, with its new version."""
    requester = snapshot.requester
    return {
        "number": snapshot.number,
        "desk": snapshot.desk,
        "subject": snapshot.subject,
        "status": snapshot.status.value,
        "priority": snapshot.priority,
        "category": snapshot.category,
        "requester": requester.address if requester else None,
        "requester_key": requester.key if requester else None,
        "requester_name": requester.name if requester else "",
        "assignee": snapshot.assignee,
        "opened_at": snapshot.opened_at,
        "changed_at": snapshot.changed_at,
        "status_since": snapshot.status_since,
        "version": version,
        "thread": list(snapshot.thread),
        "question": snapshot.question,
        "asked_by": snapshot.asked_by,
        "asked_at": snapshot.asked_at,
        "linked_to": snapshot.linked_to,
        "close_reason": snapshot.close_reason,
        "quiet": snapshot.quiet,
        "language": snapshot.language,
        "merged_into": snapshot.merged_into,
        "more": {name: value for name in MORE if (value := getattr(snapshot, name))},
        "promises": plain(snapshot.promises) if snapshot.promises else [],
    }


def ticket_by_number(conn: Connection, number: int) -> Ticket | None:
    """The ticket as it stands, or None."""
    row = conn.execute(_BY_NUMBER, {"number": number}).one_or_none()
    return to_ticket(row, people_of(conn, [number]).get(number, ())) if row is not None else None


def list_tickets(
    conn: Connection,
    *,
    desk: str | None = None,
    status: str | None = None,
    assignee: str | None = None,
    requester: str | None = None,
    open_only: bool = False,
    limit: int = 200,
) -> tuple[Ticket, ...]:
    """Newest first, without participants; each filter that is given must hold. `requester`: an address in any case."""
    query = select(ticket).order_by(ticket.c.number.desc()).limit(limit)
    if desk is not None:
        query = query.where(ticket.c.desk == desk)
    if status is not None:
        query = query.where(ticket.c.status == status)
    if assignee is not None:
        query = query.where(ticket.c.assignee == assignee)
    if requester is not None:
        query = query.where(ticket.c.requester_key == requester.lower())
    if open_only:
        query = query.where(ticket.c.status != Status.CLOSED.value)
    return tuple(to_ticket(row) for row in conn.execute(query))


def timeline(conn: Connection, number: int) -> Timeline | None:
    """All that `tkt show` tells of a ticket, or None when there is none of that number."""
    found = ticket_by_number(conn, number)
    if found is None:
        return None

    def rows(query: Any) -> tuple[Mapping[str, Any], ...]:
        return tuple(dict(row) for row in conn.execute(query).mappings())

    return Timeline(
        ticket=found,
        entries=rows(select(entry).where(entry.c.ticket == number).order_by(entry.c.id)),
        mails=rows(select(outbox).where(outbox.c.ticket == number).order_by(outbox.c.id)),
        attempts=rows(
            select(attempt, outbox.c.recipient)
            .join(outbox, outbox.c.id == attempt.c.outbox)
            .where(outbox.c.ticket == number)
            .order_by(attempt.c.id)
        ),
        decisions=rows(select(decision).where(decision.c.ticket == number).order_by(decision.c.id)),
        timers=rows(select(timer).where(timer.c.ticket == number).order_by(timer.c.id)),
        deliveries=rows(select(delivery).where(delivery.c.ticket == number).order_by(delivery.c.id)),
        holds_outgoing=hold_outgoing(conn),
    )
