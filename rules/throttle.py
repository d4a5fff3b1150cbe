"""Whether an automatic mail may go to somebody outside (RFC 3834 section 2): when in doubt it is not sent.

The one gate: `decide` passes every decision through `spared`, so no question and no timer can send past it. A count
that is not known counts as too many. An agent's own words are no automatic mail; mail to staff is bundled, not capped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from parsing.message import Address
from rules.caps import Caps
from rules.decision import Decision, EntryKind, NewEntry, Notice
from rules.facts import Facts, World
from rules.policy import Policy

# Mailboxes that no person reads: an answer to them can only start a loop.
NOBODY = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply.*|do-?not-?reply.*|bounces?|.*-bounces?|.*-request|owner-.*|listserv|majordomo)@",
    re.IGNORECASE,
)
INSIDE = ("agent", "operator")
CONFIRMATION = "opened"

# A cap and the count of the same name (rules.facts.SentTo), with the words for how many there were.
CONFIRMATIONS = {
    "opened_hour": "confirmations went there within the hour",
    "opened_day": "confirmations went there within a day",
    "opened_same": "confirmations with this subject went there within three hours",
}
AUTOMATIC = {
    "address_10min": "automatic mails went there within ten minutes",
    "address_hour": "automatic mails went there within the hour",
    "address_3h": "automatic mails went there within three hours",
    "address_10h": "automatic mails went there within ten hours",
    "address_day": "automatic mails went there within a day",
    "ticket_10min": "automatic mails of this ticket went there within ten minutes",
    "ticket_30min": "automatic mails of this ticket went there within half an hour",
    "ticket_hour": "automatic mails of this ticket went there within the hour",
    "ticket_3h": "automatic mails of this ticket went there within three hours",
    "ticket_10h": "automatic mails of this ticket went there within ten hours",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an automatic mail is not sent, in words for a ticket. `passing`: it may be sent later."""

    why: str
    passing: bool


def refusal(notice: Notice, *, facts: Facts, policy: Policy) -> Refusal | None:
    """Why this notice may not go now; None when it may."""
    if not notice.automatic or notice.role in INSIDE:
        return None
    never = why_never(notice.to, facts=facts, policy=policy)
    if never is not None:
        return Refusal(never, passing=False)
    why = _too_many(notice, facts, policy.caps) or why_open(facts.world, policy.caps)
    return Refusal(why, passing=True) if why else None


def why_never(to: Address, *, facts: Facts, policy: Policy) -> str | None:
    """Why no automatic mail ever goes to this address; None when it may."""
    sent = facts.sent_to.get(to.key)
    if any(address.key == to.key for address in policy.addresses):
        return "it is the desk's own address"
    if sent is not None and sent.ours:
        return "it is the address of another desk here"
    if NOBODY.match(to.address):
        return "nobody reads that mailbox"
    if {to.key, to.key[to.key.rfind("@") :]} & policy.never_mail:
        return "the desk's file names it under never_mail"
    return None


def _too_many(notice: Notice, facts: Facts, caps: Caps) -> str:
    sent = facts.sent_to.get(notice.to.key)
    if sent is None:
        return "how much went there lately is not known"
    asked = {**CONFIRMATIONS, **AUTOMATIC} if notice.name == CONFIRMATION else AUTOMATIC
    over = (name for name in asked if getattr(sent, name) >= getattr(caps, name))
    return next((f"{getattr(sent, name)} {asked[name]}" for name in over), "")


def why_open(world: World | None, caps: Caps) -> str:
    """Why the breaker is open, so that no automatic mail leaves at all; "" while it is closed."""
    if world is None:
        return "how much automatic mail went out lately is not known"
    if world.automatic_10min > caps.breaker_10min and world.automatic_10min > caps.breaker_ratio * world.human_10min:
        return (
            f"the breaker is open: {world.automatic_10min} automatic mails within ten minutes,"
            f" for {world.human_10min} mails whose senders are known"
        )
    if world.bounced > caps.breaker_bounced:
        return f"the breaker is open: {world.bounced} of the last hundred automatic mails did not arrive"
    return ""


def spared(decision: Decision, *, facts: Facts, policy: Policy) -> Decision:
    """The decision without the automatic mails that may not go; its ticket says of each why."""
    judged = [(notice, refusal(notice, facts=facts, policy=policy)) for notice in decision.notices]
    refused = [(notice, why) for notice, why in judged if why is not None]
    if not refused:
        return decision
    return replace(
        decision,
        notices=tuple(notice for notice, why in judged if why is None),
        entries=(*decision.entries, *(unsent(notice, why) for notice, why in refused)),
    )


def unsent(notice: Notice, refused: Refusal) -> NewEntry:
    """The line on the ticket for a mail that was not sent."""
    mail = f"the mail {notice.name.replace('_', ' ')} to {notice.to.address} was not sent"
    summary = "no confirmation was sent" if notice.name == CONFIRMATION else mail
    return NewEntry(EntryKind.CHANGE, "tkt", summary, refused.why)
