"""Which ticket a message belongs to, and how surely.

In order: our token in an address or a signed Message-ID, a Message-ID that we know, the number in the subject.
A way that leads to a ticket of somebody else only relates the new ticket to it: a number is not a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.case import Case
from rules.decision import Step
from rules.ticket import Ticket

NUMBER = re.compile(r"\bTKT-(\d{1,9})\b", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Match:
    """`ticket` is the message's own ticket; `related` one that it may be about, without proof."""

    ticket: Ticket | None = None
    related: Ticket | None = None
    how: str = ""
    trace: tuple[Step, ...] = ()


def number_in(subject: str) -> int | None:
    """The first ticket number in a subject line."""
    found = NUMBER.search(subject)
    return int(found[1]) if found else None


def match(case: Case) -> Match:
    """Ask each way in turn; the first that leads to a ticket of the sender's own wins."""
    trace: list[Step] = []
    related: Ticket | None = None
    for question, number in ways(case):
        ticket = case.facts.tickets.get(number) if number is not None else None
        if ticket is None:
            trace.append(Step(question, "no", "" if number is None else f"TKT-{number:05d} is not known"))
            continue
        if (question in PROVES and _may_prove(case, ticket)) or is_participant(case, ticket):
            trace.append(Step(question, "yes", ticket.name))
            return Match(ticket=ticket, how=question, trace=tuple(trace))
        trace.append(Step(question, "not theirs", f"{ticket.name} belongs to somebody else"))
        related = related or ticket
    return Match(related=related, trace=tuple(trace))


# Ways that prove by themselves that this person was written to about this ticket.
PROVES = {"our token, sent to this very address", "the mail of ours that it answers automatically"}


def _may_prove(case: Case, ticket: Ticket) -> bool:
    """A proof counts at the ticket's own desk, and speaks for the customer only if it was given to the customer.

    Desks of one domain can read each other's Message-IDs; and whoever is an agent no more still has an agent's tokens.
    """
    token = case.event.evidence.token
    given_to_customer = token is None or token.role == "customer"
    return ticket.desk == case.policy.desk and (given_to_customer or case.event.message.automatic)


def ways(case: Case) -> list[tuple[str, int | None]]:
    """(question, ticket number or None) in the order of trust."""
    evidence, message, facts = case.event.evidence, case.event.message, case.facts
    newest_first = [*message.in_reply_to, *reversed(message.references)]
    known = next((facts.by_message_id[mid] for mid in newest_first if mid in facts.by_message_id), None)
    return [
        ("our token, sent to this very address", evidence.token.ticket if evidence.token else None),
        (
            "the mail of ours that it answers automatically",
            facts.sent.ticket if facts.sent and message.automatic else None,
        ),
        ("our token, sent to another address", evidence.foreign_token.ticket if evidence.foreign_token else None),
        ("a Message-ID that we know", known),
        ("the number in the subject", number_in(message.subject)),
    ]


def is_participant(case: Case, ticket: Ticket) -> bool:
    """True when the sender stands on the ticket and the ticket is this desk's."""
    sender = case.event.message.sender
    if sender is None or ticket.requester is None or ticket.desk != case.policy.desk:
        return False
    return sender.key == ticket.requester.key
