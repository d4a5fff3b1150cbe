"""Which language a customer is written to in: what the desk's file says of them, else the one that they write.

Only a requester's own words tell, and only where there are notices in that language; where nothing tells, the ticket
keeps what it knows, and else the desk's language is taken.
"""

from __future__ import annotations

from dataclasses import replace

from parsing.message import Address, Message
from parsing.tongue import language_of
from rules.policy import Policy
from rules.ticket import Role, Ticket

LANGUAGES = frozenset({"en", "fr", "pl"})


def heard_in(ticket: Ticket, message: Message) -> Ticket:
    """The ticket with its requester's language, after a mail on it. Automatic mail tells nothing of a person."""
    own = not message.automatic and ticket.role_of(message.sender) is Role.REQUESTER
    spoken = language_of(message) if own else None
    return replace(ticket, language=spoken) if spoken in LANGUAGES else ticket


def language_for(who: Address, ticket: Ticket | None, policy: Policy) -> str:
    """The language in which somebody outside is written to about a ticket."""
    customer = policy.customer_of(who)
    said = customer.language if customer is not None else ""
    return said or (ticket.language if ticket is not None else "") or policy.language
