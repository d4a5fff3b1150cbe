"""All that a decision may know of the world beside event and policy: made by store.lookup, kept with the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.contact import Contact
from rules.ticket import Ticket


@dataclass(frozen=True, slots=True)
class SentMail:
    """One of our mails, as the outbox knows it: asked for by its serial (Message-ID, envelope sender)."""

    serial: str
    ticket: int
    recipient: str
    role: str
    notice: str
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class PendingTimer:
    """A timer that has not fired; `due_at` may move when a decision says so."""

    timer: int
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class MailCounts:
    """Automatic mail sent lately (database time), for the caps of RFC 3834 section 2 and our own."""

    to_address_hour: int = 0
    to_address_day: int = 0
    opened_to_address_hour: int = 0
    opened_to_address_day: int = 0
    ticket_hour: int = 0
    all_10min: int = 0
    human_in_10min: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """`next_number` is what a new ticket would get. `tickets` holds every ticket that the event could mean.

    `sent` is the mail of ours that a report names. `last_notice` is the newest mail of the ticket that told the
    customer the day of closing. `internal_texts` are the ticket's private entries (asked for an agent's mail only).
    `mail_limit` is how large a mail the relay takes, in octets. `unsendable` says why the agent's words that were
    decided to go to the customer could not be made a mail: then it is decided again. `contacts` is what is known of
    outside addresses that may be written to, by their keys.
    """

    next_number: int
    tickets: Mapping[int, Ticket] = field(default_factory=dict)
    by_message_id: Mapping[str, int] = field(default_factory=dict)
    duplicate_of: int | None = None
    sent: SentMail | None = None
    timers: tuple[PendingTimer, ...] = ()
    counts: MailCounts = MailCounts()
    earlier_tickets: tuple[int, ...] = ()
    last_notice: SentMail | None = None
    internal_texts: tuple[str, ...] = ()
    mail_limit: int = 10 * 2**20
    unsendable: str = ""
    contacts: Mapping[str, Contact] = field(default_factory=dict)
