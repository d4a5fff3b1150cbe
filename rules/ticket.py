"""A ticket as it stands, the people on it, its statuses, and the table of the ways from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parsing.message import Address
from rules.promise import Promised


class Status(StrEnum):
    """Where a ticket is in its life."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"


DONE = (Status.RESOLVED, Status.CLOSED)
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


class Role(StrEnum):
    """What somebody beside the requester is to a ticket."""

    REQUESTER = "requester"  # another address of the requester's own
    CC = "cc"  # gets the agents' answers, may write and leave
    NAMED = "named"  # stood in Cc without proof that the writer could put them there: shown to agents, never written to


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody on a ticket beside the requester: since when, and by which delivery. Who has left stays in the list."""

    address: Address
    role: Role
    since: datetime
    by: int = 0
    left_at: datetime | None = None


MOST_PARTICIPANTS = 50  # on one ticket, those who have left counted


@dataclass(frozen=True, slots=True)
class Ticket:
    """A snapshot. `version` moves with every change; a decision made upon an older one is refused as stale.

    `thread` holds the Message-IDs that outgoing mail refers to: the first is the root, the last the newest seen
    from outside. `question` and `asked_at` are the agent's words that the customer has not answered yet.
    `participants` are the people beside the requester. `merged_into` is the ticket that this one was joined into: what
    is written to this one belongs to that one. `watchers` are agents who hear of everything until it is closed;
    `fields` are the desk's own, by name. `promises` are the promised times that run on it.
    `language` is the one that the requester writes, where we have notices in it; "" is the desk's.
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
    participants: tuple[Participant, ...] = ()
    merged_into: int | None = None
    type: str = ""
    tier: str = ""
    group: str = ""
    tags: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    promises: tuple[Promised, ...] = ()
    language: str = ""

    @property
    def name(self) -> str:
        """TKT-00042."""
        return number_text(self.number)

    def role_of(self, address: Address | None) -> Role | None:
        """What the owner of an address is to this ticket now; None for a stranger and for who has left."""
        if address is None:
            return None
        if self.requester is not None and address.key == self.requester.key:
            return Role.REQUESTER
        found = (one.role for one in self.participants if one.address.key == address.key and one.left_at is None)
        return next(found, None)

    @property
    def own_addresses(self) -> tuple[Address, ...]:
        """The requester's addresses, the one that is written to first."""
        others = (one.address for one in self.participants if one.role is Role.REQUESTER and one.left_at is None)
        return (*((self.requester,) if self.requester is not None else ()), *others)

    @property
    def in_copy(self) -> tuple[Address, ...]:
        """Those who get the agents' answers beside the requester."""
        own = self.requester.key if self.requester is not None else ""
        here = (one for one in self.participants if one.role is Role.CC and one.left_at is None)
        return tuple(one.address for one in here if one.address.key != own)
