"""What was decided and why: the closed set of outcomes and all that store.commit has to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from parsing.message import Address
from rules.contact import Contact
from rules.event import How
from rules.promise import Promise
from rules.ticket import Ticket


class Outcome(StrEnum):
    """The one end of every delivery."""

    OPENED = "opened"
    FOLLOWED_UP = "followed up"
    ACT = "act"
    DUPLICATE = "duplicate"
    REPORT = "report"
    AUTOMATIC = "automatic"
    OWN = "own"
    HELD = "held"
    REJECTED = "rejected"
    FAILED = "failed"


class EntryKind(StrEnum):
    """One thing on a ticket."""

    MESSAGE = "message"
    ANSWER = "answer"
    NOTE = "note"
    CHANGE = "change"
    NOTICE = "notice"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a trace: which question was asked, what it saw, what it answered."""

    question: str
    answer: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written. `internal` entries never reach a customer. `text` is our own or an agent's words;
    what was received stands in the raw message of the delivery."""

    kind: EntryKind
    who: str
    summary: str
    why: str = ""
    internal: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class NewTimer:
    """A timer to be set; all pending ones of the ticket are cancelled first when `Decision.cancel_timers` says so."""

    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Again:
    """A person's word on a delivery that is held: decided again with `by` answering for it, or rejected."""

    delivery: int
    how: How
    by: str


@dataclass(frozen=True, slots=True)
class Once:
    """A single-use token that goes out with a mail: what an answer to it does, to what, and how long it is good.

    `purpose` is a row of rules.once.ANSWERS, `what` plain data for it. Only the person whom the mail is for can use it.
    """

    purpose: str
    what: Mapping[str, Any]
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class CameBack:
    """A mail of ours that never arrived (its serial), by which status, and what the other side said."""

    serial: str
    status: str
    reply: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to be composed: one person, one notice, its values. `role` is `customer`, `agent` or `operator`.

    `shown_to` and `shown_cc` stand in its To and Cc, alike in each copy of one answer; without them the person alone.

    `automatic` mail carries the marks of RFC 3834; an agent's own words do not. `attachments` are the indexes of
    parts of the delivery's raw message that travel along. `text` is an agent's words, put in front of the notice's.
    With `once` the mail carries a single-use token.
    `wording` names another text of the desk's own for it.
    """

    name: str
    to: Address
    role: str
    values: Mapping[str, Any] = field(default_factory=dict)
    automatic: bool = True
    text: str = ""
    attachments: tuple[int, ...] = ()
    in_reply_to: str = ""
    sender_name: str = ""
    once: Once | None = None
    shown_to: Address | None = None
    shown_cc: tuple[Address, ...] = ()
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the operator must hear of: the red line's name, and all that can be told of it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Also:
    """Another ticket that a decision changes, made upon its `version`."""

    ticket: Ticket
    entries: tuple[NewEntry, ...]
    cancel_timers: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`ticket` is the snapshot after the change (None when no ticket is touched); `based_on` the version it was
    made upon (None for a new ticket). Everything here commits in one transaction or not at all. `alarm` is what the
    operator must hear of it besides. `contacts` are outside addresses after the change, each made upon its `version`.
    `again` are deliveries that were held and on which somebody has now decided, `spends` the single-use token (the
    serial of its mail) that was used for it, `came_back` a mail of which it is known
    now that it never arrived. `also` are other tickets that change with it.
    `events` is what rules may wait for, beside what the ticket itself tells: keys of rules.occasion.EVENTS.
    With `retime` the timers of promised times are cancelled, for `timers` holds them anew;
    `met` are promises that an act kept by itself.
    """

    outcome: Outcome
    reason: str
    ticket: Ticket | None = None
    based_on: int | None = None
    entries: tuple[NewEntry, ...] = ()
    cancel_timers: bool = False
    timers: tuple[NewTimer, ...] = ()
    notices: tuple[Notice, ...] = ()
    known_ids: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()
    alarm: Alarm | None = None
    contacts: tuple[Contact, ...] = ()
    again: tuple[Again, ...] = ()
    spends: str = ""
    came_back: CameBack | None = None
    events: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    retime: bool = False
    met: tuple[Promise, ...] = ()
