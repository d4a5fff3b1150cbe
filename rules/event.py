"""What can happen to a ticket: the kinds of event that take the one road."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parsing.message import Address, Evidence, Message

OPERATOR = "operator"


class How(StrEnum):
    """What a person made of a delivery that was held: the first two have it decided again, the third is its end."""

    CONFIRMED = "confirmed"
    RELEASED = "released"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Vouch:
    """Somebody answers for a mail that proved nothing by itself.

    `confirmed`: the agent in whose name it is has answered a single-use token; it counts as E3 for this mail.
    `released`: an operator or an agent of the desk has let it go on. `by`: an agent's address, or "operator".
    """

    by: str
    how: How


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery was read. `quiet` mail (older than the mailbox's start) makes tickets and sends nothing.

    `others` are the people in To and Cc beside the writer: none of them a desk of ours. `vouched`: it was held before,
    and is decided again because somebody answers for it. It is not held a second time.
    """

    delivery: int
    message: Message
    evidence: Evidence
    envelope_from: str
    envelope_to: tuple[str, ...]
    received_at: datetime
    quiet: bool = False
    others: tuple[Address, ...] = ()
    vouched: Vouch | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of a ticket has come due."""

    timer: int
    kind: str
    ticket: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """The relay refused one of our mails for good, or retries ended: a delivery report of our own making.

    With `late_hours` it is one of the other kind: the mail has been waiting so long and is tried on. `ours`: no relay
    was asked, for the mail did not pass our own last look; then `reply` says why.
    """

    serial: str
    ticket: int
    recipient: str
    role: str
    notice: str
    status: str
    reply: str
    late_hours: int = 0
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The desk's agents are due their next list of what is held; lists are numbered from 1."""

    desk: str
    number: int
    due_at: datetime


Event = Arrived | Due | Returned | Listing


def event_key(event: Event) -> str:
    """The name of an event for ever: mails made for it carry keys derived from it, so making them twice is harmless."""
    match event:
        case Arrived():
            return delivery_key(event.delivery, again=event.vouched is not None)
        case Due():
            return f"timer:{event.timer}"
        case Returned():
            return f"{'late' if event.late_hours else 'returned'}:{event.serial}"
        case Listing():
            return f"held:{event.desk}:{event.number}"


def delivery_key(number: int, *, again: bool = False) -> str:
    """The key of a delivery's event. Decided again it is another one: what was decided first stays explained."""
    return f"delivery:{number}:again" if again else f"delivery:{number}"
