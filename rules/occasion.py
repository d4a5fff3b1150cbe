"""What rules are asked about: one thing that happened to one ticket, with the ticket before and as it stands.

`EVENTS` is every word that may stand behind `event:`. Times of day, targets and `every … while …` are occasions too:
they come with a timer and need no other noun than this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from parsing.message import Evidence, Message
from rules.promise import Promise
from rules.ticket import DONE, Status, Ticket

EVENTS: Mapping[str, str] = {
    "opened": "a mail opened the ticket (also: what a rule without an event waits for)",
    "customer_replied": "a mail from a customer came to the ticket",
    "agent_replied": "an agent's words went to the customer",
    "status_changed": "the status is another one than before, whoever changed it",
    "priority_changed": "the priority is another one than before",
    "assigned": "the ticket has another agent than before",
    "reopened": "a resolved or closed ticket is open again",
    "bounced": "a mail of ours did not reach somebody",
    "closed": "the ticket was closed, by whomever",
    **{f"near {one}": f"the promised {one.words} is due soon" for one in Promise},
    **{f"missed {one}": f"the promised {one.words} is late" for one in Promise},
    **{f"met {one}": f"the promised {one.words} was kept in time" for one in Promise},
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """`before` is None for a new ticket. `message` is the mail that it came with, None where there was none.

    `recipients` are those of the envelope. `ticket` has in it what earlier rules set.
    """

    events: frozenset[str]
    ticket: Ticket
    now: datetime
    before: Ticket | None = None
    message: Message | None = None
    evidence: Evidence = field(default_factory=Evidence)
    recipients: tuple[str, ...] = ()


def events_between(before: Ticket, after: Ticket) -> frozenset[str]:
    """What a change of a ticket is called."""
    was_done, is_done = before.status in DONE, after.status in DONE
    closed = Status.CLOSED
    found = {
        "status_changed": before.status is not after.status,
        "priority_changed": before.priority != after.priority,
        "assigned": before.assignee != after.assignee and after.assignee is not None,
        "reopened": was_done and not is_done,
        "closed": after.status is closed and before.status is not closed,
    }
    return frozenset(name for name, true in found.items() if true)
