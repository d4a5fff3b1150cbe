"""An agent's genuine mail, sent again by somebody else under another Message-ID, is done once.

Whoever has a signed mail can hand it in again, and where its Message-ID is not signed, under a new one; what they can
not make is a new signature. So the signatures of what has acted are remembered, as further names of that mail.
"""

from __future__ import annotations

import hashlib

from parsing.message import Message
from rules.access import writing_agent
from rules.case import Case
from rules.decision import Decision, Outcome
from rules.ticket import number_text


def signatures(message: Message) -> tuple[str, ...]:
    """A name for each DKIM signature of a mail: the same for the same signed words, and no Message-ID."""
    signed = (one for one in message.dkim_signatures if one.value)
    return tuple(f"dkim {hashlib.sha256(one.value.encode()).hexdigest()[:32]}" for one in signed)


def replayed(case: Case) -> Decision | None:
    """A mail in an agent's name whose signature was read before, on one that acted."""
    known = case.facts.by_message_id
    ticket = next((known[name] for name in signatures(case.event.message) if name in known), None)
    if ticket is None or writing_agent(case) is None:
        return None
    words = f"the same signed words as a mail that acted on {number_text(ticket)}, under another Message-ID"
    return Decision(Outcome.DUPLICATE, words)
