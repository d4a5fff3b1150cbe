"""All that a decision may know of the world beside event and policy: made by store.lookup, kept with the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
    bounced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PendingTimer:
    """A timer that has not fired; `due_at` may move when a decision says so."""

    timer: int
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class SentTo:
    """Automatic mail that went to one address outside lately (database time): confirmations, all of it, and what of it
    belongs to the ticket at hand; each count is called like its cap (rules.caps). `ours`: a desk here has the address.
    """

    opened_hour: int = 0
    opened_day: int = 0
    opened_same: int = 0
    address_10min: int = 0
    address_hour: int = 0
    address_3h: int = 0
    address_10h: int = 0
    address_day: int = 0
    ticket_10min: int = 0
    ticket_30min: int = 0
    ticket_hour: int = 0
    ticket_3h: int = 0
    ticket_10h: int = 0
    ours: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """Everybody's mail within ten minutes (database time), and how many of the last hundred automatic mails of the last
    three hours did not arrive: what the breaker looks at. Of people's mail counts what proves who wrote it: of the rest
    a storm is made, and it would justify its own answers."""

    automatic_10min: int = 0
    human_10min: int = 0
    bounced: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A mail of ours with a single-use token, which has now come back. `state` is fresh, used or expired.

    `person` is the key of the address that it was mailed to; `used_by` the delivery that used it.
    """

    serial: str
    desk: str
    purpose: str
    what: Mapping[str, Any]
    person: str
    state: str
    used_by: int | None = None


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A delivery that was held, as the ledger tells of it. `how` and `by`: who has decided on it, "" while it waits.

    `author_key` is the address in its From, "" when that is no single mailbox; `new`: no list has named it yet;
    `excerpt` is how its words begin.
    """

    delivery: int
    desk: str
    author: str
    author_key: str
    subject: str
    why: str
    held_at: datetime
    how: str = ""
    by: str = ""
    new: bool = False
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Mails that came from the writer's address within the ten minutes and the day before this one (database time), it
    among them, and the address's open tickets. None is counted further than its cap asks."""

    ten_minutes: int = 0
    day: int = 0
    open_tickets: int = 0


@dataclass(frozen=True, slots=True)
class Echo:
    """A mail that came on the heels of an automatic one of ours to its writer: `after` is our Message-ID, `mid` its
    own, `words` a sketch of what it says (rules.loops)."""

    mid: str
    after: str
    words: str
    delivery: int = 0
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """`next_number` is what a new ticket would get. `tickets` holds every ticket that the event could mean.

    `sent_to` has the counts of each address outside that could be written to now, by its key; an address that is not
    there, or a `world` that is None, could not be counted, and gets no automatic mail. `after` is the newest mail of
    ours to the writer within the ten minutes before (its Message-ID), where that is automatic; only then `echoes` are
    the day's mails of the same writer that came so, oldest first.

    `sent` is the mail of ours that a report names. `last_notice` is the newest mail of the ticket that told the
    customer the day of closing. `internal_texts` are the ticket's private entries (asked for an agent's mail only).
    `logos` are the digests of pictures in the mail which its writer has sent before.
    `mail_limit` is how large a mail the relay takes, in octets. `unsendable` says why the agent's words that were
    decided to go to the customer could not be made a mail: then it is decided again. `contacts` is what is known of
    outside addresses that may be written to, by their keys. `asked` is the mail whose single-use token came back,
    `held` the deliveries that it is about. `agent_told_today`: the agent in whose name the mail is has heard within a
    day of one that proved nothing. `renamed` are mails of ours under the names that a relay gave them.
    """

    next_number: int
    tickets: Mapping[int, Ticket] = field(default_factory=dict)
    by_message_id: Mapping[str, int] = field(default_factory=dict)
    duplicate_of: int | None = None
    sent: SentMail | None = None
    timers: tuple[PendingTimer, ...] = ()
    sent_to: Mapping[str, SentTo] = field(default_factory=dict)
    world: World | None = None
    inbound: Inbound = Inbound()
    after: str = ""
    echoes: tuple[Echo, ...] = ()
    earlier_tickets: tuple[int, ...] = ()
    last_notice: SentMail | None = None
    internal_texts: tuple[str, ...] = ()
    logos: tuple[str, ...] = ()
    mail_limit: int = 10 * 2**20
    unsendable: str = ""
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    asked: Asked | None = None
    held: tuple[HeldMail, ...] = ()
    agent_told_today: bool = False
    renamed: Mapping[str, SentMail] = field(default_factory=dict)
    held_beside: int = 0
