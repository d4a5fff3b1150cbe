"""A ticket as it stands, its statuses, and the table of the ways from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parsing.message import Address


class Status(StrEnum):
    """Where a ticket is in its life."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"


# From → to. Everything that changes a status asks `may_become`; a pair that is not here is a mistake.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset(Status) - {Status.NEW},
    Status.ACKNOWLEDGED: frozenset(Status) - {Status.NEW},
    Status.IN_PROGRESS: frozenset(Status) - {Status.NEW},
    Status.WAITING: frozenset(Status) - {Status.NEW},
    Status.RESOLVED: frozenset({Status.IN_PROGRESS, Status.WAITING, Status.RESOLVED, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.IN_PROGRESS, Status.CLOSED}),
}


def may_become(old: Status, new: Status) -> bool:
    """True when a ticket may go from `old` to `new`."""
    return new in TRANSITIONS[old]


def number_text(number: int) -> str:
    """The ticket's number as people read it: TKT-00042."""
    return f"TKT-{number:05d}"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A snapshot. `version` moves with every change; a decision made upon an older one is refused as stale.

    `thread` holds the Message-IDs that outgoing mail refers to: the first is the root, the last the newest seen
    from outside. `question` and `asked_at` are the agent's words that the customer has not answered yet.
    """

    number: int
    desk: str
    subject: str
    status: Status
    priority: str
    category: str
    requester: Address | None
    assignee: str | None
    opened_at: datetime
    changed_at: datetime
    status_since: datetime
    version: int = 0
    thread: tuple[str, ...] = ()
    question: str = ""
    asked_by: str = ""
    asked_at: datetime | None = None
    linked_to: int | None = None
    close_reason: str = ""
    quiet: bool = False

    @property
    def name(self) -> str:
        """TKT-00042."""
        return number_text(self.number)
