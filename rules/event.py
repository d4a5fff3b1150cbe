"""What can happen to a ticket: the four kinds of event that take the one road."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from parsing.message import Address, Evidence, Message


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery was read. `quiet` mail (older than the mailbox's start) makes tickets and sends nothing.

    `others` are the people in To and Cc beside the writer: none of them a desk of ours.
    """

    delivery: int
    message: Message
    evidence: Evidence
    envelope_from: str
    envelope_to: tuple[str, ...]
    received_at: datetime
    quiet: bool = False
    others: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of a ticket has come due."""

    timer: int
    kind: str
    ticket: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """The relay refused one of our mails for good, or retries ended: a delivery report of our own making."""

    serial: str
    ticket: int
    recipient: str
    role: str
    notice: str
    status: str
    reply: str


Event = Arrived | Due | Returned


def event_key(event: Event) -> str:
    """The name of an event for ever: mails made for it carry keys derived from it, so making them twice is harmless."""
    match event:
        case Arrived():
            return f"delivery:{event.delivery}"
        case Due():
            return f"timer:{event.timer}"
        case Returned():
            return f"returned:{event.serial}"
