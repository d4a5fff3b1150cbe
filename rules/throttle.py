"""Caps on automatic mail to people outside (RFC 3834 section 2): when in doubt it is not sent."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsing.message import Address
from rules.contact import why_muted
from rules.facts import Facts
from rules.policy import Policy

# Mailboxes that no person reads: an answer to them can only start a loop.
NOBODY = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply.*|do-?not-?reply.*|bounces?|.*-bounces?|.*-request|owner-.*|listserv|majordomo)@",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many automatic mails an outside address, a ticket and the world get."""

    opened_hour: int = 3
    opened_day: int = 10
    address_hour: int = 60
    address_day: int = 40
    ticket_hour: int = 25
    breaker_10min: int = 500
    breaker_ratio: int = 3


def why_not(to: Address, *, facts: Facts, policy: Policy, caps: Caps, opened: bool) -> str | None:
    """Why no automatic mail may go to this address now; None when it may."""
    counts = facts.counts
    if muted := why_muted(facts.contacts, to.key):
        return muted
    if any(address.key == to.key for address in policy.addresses):
        return "it is the desk's own address"
    if NOBODY.match(to.address):
        return "nobody reads that mailbox"
    if opened and counts.opened_to_address_hour >= caps.opened_hour:
        return f"{counts.opened_to_address_hour} confirmations went there within the hour"
    if opened and counts.opened_to_address_day >= caps.opened_day:
        return f"{counts.opened_to_address_day} confirmations went there within a day"
    if counts.to_address_hour >= caps.address_hour or counts.to_address_day >= caps.address_day:
        return f"{counts.to_address_day} automatic mails went there within a day"
    if counts.ticket_hour >= caps.ticket_hour:
        return f"{counts.ticket_hour} automatic mails of this ticket went out within the hour"
    if counts.all_10min > caps.breaker_10min and counts.all_10min > caps.breaker_ratio * counts.human_in_10min:
        return "the breaker is open: far more automatic mail than people's mail in the last ten minutes"
    return None
