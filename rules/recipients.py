"""Whom a decision may come to write to outside the house: whose counts must be known before it is made."""

from __future__ import annotations

from collections.abc import Mapping

from rules.agent_brings import brought_for
from rules.event import Arrived, Event
from rules.policy import Policy
from rules.ticket import Ticket

NO_TICKET = 0


def bare(address: str) -> str:
    """The key of an address without its +part (RFC 5233)."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def mailbox_of(address: str) -> str:
    """What an address is counted by: however many spellings lead to one mailbox, a victim has only the one.

    Without its +part, and at Google, where dots mean nothing, without those.
    """
    local, _, domain = bare(address).rpartition("@")
    return f"{local.replace('.', '')}@gmail.com" if domain in ("gmail.com", "googlemail.com") else f"{local}@{domain}"


def outside(event: Event, *, policy: Policy, tickets: Mapping[int, Ticket]) -> dict[str, int]:
    """Address (its key) → the ticket that a mail to it would belong to, 0 for a new one.

    A confirmation goes to whom an agent names, else to who wrote (an agent may be a customer, too); a notice of a
    ticket to its requester; and a rule may tell those outside whom the desk's file names.
    """
    found = {who.requester.key: number for number, who in reversed(list(tickets.items())) if who.requester is not None}
    if isinstance(event, Arrived):
        customer = brought_for(event.message, policy) or event.message.sender
        if customer is not None:
            found.setdefault(customer.key, NO_TICKET)
    about = next(iter(tickets), NO_TICKET)
    return {**{address.key: about for address in policy.outside.values()}, **found}
