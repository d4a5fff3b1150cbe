"""What each question of a decision gets to see, and the small steps that many answers share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from parsing.message import Attachment
from rules.decision import NewTimer, Notice
from rules.event import Arrived
from rules.facts import Facts
from rules.policy import Agent, Policy
from rules.ticket import Status, Ticket

# A customer's notice → the line of `customer_hears_of` that allows it.
TOPICS = {"closed_silence": "closed", "closed_solved": "closed", "closed_resolved": "closed"}

ENCODED = 1.37  # how much base64 makes of one octet, with its line ends (RFC 2045 section 6.8)
ROOM_FOR_WORDS = 256 * 1024
# What is no file of anybody's: a signature of the mail itself (RFC 3156, RFC 8551).
SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")


@dataclass(frozen=True, slots=True)
class Case:
    """One arrived message with everything that may be known about it."""

    event: Arrived
    facts: Facts
    policy: Policy
    now: datetime


def customer_hears(policy: Policy, notice: str) -> bool:
    """True when the desk's file allows this notice to reach a customer."""
    return TOPICS.get(notice, notice) in policy.customer_hears_of


def agents_to_tell(policy: Policy, topic: str, ticket: Ticket, *, actor: str = "") -> tuple[Agent, ...]:
    """The agents who hear of `topic` by the desk's table; never the one whose own act it was (`actor`: an address)."""
    group = policy.groups.get(ticket.group)
    everyone = policy.agents if group is None else tuple(one for one in policy.agents if one.key in group.members)
    assigned = tuple(agent for agent in policy.agents if agent.key == ticket.assignee)
    watching = tuple(agent for agent in policy.agents if agent.key in ticket.watchers)
    audience = {
        "all": everyone,
        "assignee": assigned,
        "assignee_or_all": assigned or everyone,
        "nobody": (),
    }[policy.tell.get(topic, "nobody")]
    audience = audience if ticket.status is Status.CLOSED else tuple(dict.fromkeys((*audience, *watching)))
    return tuple(agent for agent in audience if all(address.key != actor for address in agent.addresses))


def one_mail_each(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """One event sends each person at most one mail (law 9): the first notice for an address wins."""
    chosen: dict[str, Notice] = {}
    for notice in notices:
        chosen.setdefault(notice.to.key, notice)
    return tuple(chosen.values())


def closing_day(timers: Iterable[NewTimer]) -> datetime | None:
    """When these timers close the ticket."""
    return next((timer.due_at for timer in timers if timer.kind == "close"), None)


def without_logos(attachments: Iterable[Attachment], logos: Collection[str]) -> tuple[Attachment, ...]:
    """The files that a person would want: a picture which each mail of theirs holds is their signature's."""
    return tuple(part for part in attachments if not (part.picture and part.digest in logos))


def chosen_parts(attachments: Iterable[Attachment], *, limit: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """(indexes of the attachments taken in order while the finished mail stays under `limit` octets, other names)."""
    room = limit - ROOM_FOR_WORDS
    taken: list[int] = []
    left: list[str] = []
    for part in attachments:
        cost = int(part.size * ENCODED)
        if cost <= room:
            taken.append(part.index)
            room -= cost
        else:
            left.append(part.filename)
    return tuple(taken), tuple(left)
