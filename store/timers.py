"""Timers: what comes due on a ticket, claimed by one node at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, and_, bindparam, func, or_, select, type_coerce, update

from rules.facts import PendingTimer
from store.columns import NOW, length, literal, span
from store.schema import ticket, timer

PENDING = literal("pending")


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer in a node's hands; `fence` proves the claim to commit."""

    id: int
    fence: int
    kind: str
    ticket: int
    due_at: datetime


_other = timer.alias("other")
_earlier = (
    select(_other.c.id)
    .where(
        _other.c.ticket == timer.c.ticket,
        _other.c.state == PENDING,
        or_(_other.c.due_at < timer.c.due_at, and_(_other.c.due_at == timer.c.due_at, _other.c.id < timer.c.id)),
    )
    .exists()
)
_due = (
    select(timer.c.id)
    .join(ticket, ticket.c.number == timer.c.ticket)
    .where(
        timer.c.state == PENDING,
        timer.c.due_at <= bindparam("until"),
        timer.c.due_at >= bindparam("since"),
        or_(timer.c.lease_until_db.is_(None), type_coerce(timer.c.lease_until_db, BigInteger) <= NOW),
        ticket.c.desk == bindparam("its_desk"),
        ~_earlier,
    )
    .order_by(timer.c.due_at, timer.c.id)
    .limit(bindparam("count", type_=BigInteger()))
    .with_for_update(skip_locked=True, of=timer)
    .cte("due")
)
_CLAIM = (
    update(timer)
    .where(timer.c.id.in_(select(_due.c.id)))
    .values(fence=func.coalesce(timer.c.fence, 0) + 1, lease_until_db=NOW + span("lease"))
    .returning(timer.c.id, timer.c.fence, timer.c.kind, timer.c.ticket, timer.c.due_at)
)
_POSTPONE = (
    update(timer)
    .where(timer.c.id == bindparam("row"), timer.c.fence == bindparam("its_fence"), timer.c.state == PENDING)
    .values(lease_until_db=NOW + span("after"))
)
_PENDING = (
    select(timer.c.id, timer.c.kind, timer.c.due_at)
    .where(timer.c.ticket == bindparam("its_ticket"), timer.c.state == PENDING)
    .order_by(timer.c.due_at, timer.c.id)
)
_ANYTHING_DUE = (
    select(timer.c.id)
    .join(ticket, ticket.c.number == timer.c.ticket)
    .where(timer.c.state == PENDING, timer.c.due_at <= bindparam("now"), ticket.c.desk == bindparam("its_desk"))
    .limit(1)
)
_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def claim_due(
    conn: Connection, desk: str, *, since: datetime | None, until: datetime, limit: int, lease: timedelta
) -> tuple[DueTimer, ...]:
    """Take timers of a desk, the first of each ticket, that came due by `until` and not before `since`; earliest first.

    `since` and `until` are the gateway's now; `lease` is database time.
    """
    words = {
        "its_desk": desk,
        "since": since or _LONG_AGO,
        "until": until,
        "count": limit,
        "lease": length(lease),
    }
    rows = conn.execute(_CLAIM, words).all()
    return tuple(DueTimer(*row) for row in sorted(rows, key=lambda row: (row.due_at, row.id)))


def postpone(conn: Connection, claimed: DueTimer, *, after: timedelta) -> bool:
    """Nobody takes it for so much database time; False when the claim was lost."""
    words = {"row": claimed.id, "its_fence": claimed.fence, "after": length(after)}
    return conn.execute(_POSTPONE, words).rowcount == 1


def pending(conn: Connection, number: int) -> tuple[PendingTimer, ...]:
    """The timers of a ticket that have not fired, earliest first."""
    return tuple(PendingTimer(*row) for row in conn.execute(_PENDING, {"its_ticket": number}))


def anything_due(conn: Connection, desk: str, now: datetime) -> bool:
    """True when a timer of the desk has come due."""
    return conn.execute(_ANYTHING_DUE, {"its_desk": desk, "now": now}).first() is not None
