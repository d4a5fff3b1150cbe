"""Which language a customer is written to in: what the desk's file says of them, else the one that they write.

Only a requester's own words tell, and only where there are notices in that language; where nothing tells, the ticket
keeps what it knows, and else the desk's language is taken.
"""

from __future__ import annotations

from dataclasses import replace

from parsing.message import Address, Message
from parsing.tongue import language_of, small_words_of
from rules.policy import Policy
from rules.ticket import Role, Ticket

LANGUAGES = frozenset({"en", "fr", "pl"})
ENOUGH = 4  # different small words: "i", "on" and "we" are Polish and English


def heard_in(ticket: Ticket, message: Message, policy: Policy) -> Ticket:
    """The ticket with its requester's language, after a mail on it. Automatic mail tells nothing of a person.

    Who has some words of the language that they wrote before, or of the desk's, reads it, however much of another one
    stands in the mail: error messages are English everywhere.
    """
    if message.automatic or ticket.role_of(message.sender) is not Role.REQUESTER:
        return ticket
    at_home = (code for code in (ticket.language, policy.language) if code)
    known = next((code for code in at_home if small_words_of(message, code) >= ENOUGH), None)
    spoken = known or language_of(message)
    return replace(ticket, language=spoken) if spoken in LANGUAGES else ticket


def language_for(who: Address, ticket: Ticket | None, policy: Policy) -> str:
    """The language in which somebody outside is written to about a ticket."""
    customer = policy.customer_of(who)
    said = customer.language if customer is not None else ""
    return said or (ticket.language if ticket is not None else "") or policy.language
