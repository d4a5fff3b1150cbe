"""Which language a customer is written to in: what the desk's file says of them, else the one that they write.

Only a requester's own words tell, and only where there are notices in that language; where nothing tells, the ticket
keeps what it knows, and else the desk's language is taken.
"""

from __future__ import annotations

from dataclasses import replace

from parsing.message import Message
from parsing.tongue import language_of
from rules.policy import Policy
from rules.ticket import Role, Ticket

LANGUAGES = frozenset({"en", "fr", "pl"})


def heard_in(ticket: Ticket, message: Message, policy: Policy) -> Ticket:
    """The ticket with its requester's language, after a mail on it. Automatic mail tells nothing of a person."""
    own = not message.automatic and ticket.role_of(message.sender) is Role.REQUESTER
    spoken = language_of(message) if own else None
    customer = policy.customer_of(ticket.requester)
    said = customer.language if customer is not None else ""
    return replace(ticket, language=said or (spoken if spoken in LANGUAGES else "") or ticket.language)
