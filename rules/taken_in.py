"""What becomes of a mail that no rule could judge: a ticket made of its envelope and header, told to every agent.

The last resort of the worker, when deciding failed on every attempt: nothing here asks a rule, a table or a pattern.
"""

from __future__ import annotations

from datetime import datetime

from rules.decision import Decision, EntryKind, NewEntry, Notice, Outcome, Step
from rules.event import Arrived
from rules.facts import Facts
from rules.policy import Policy
from rules.ticket import Status, Ticket

SUBJECT = 200


def taken_in(event: Arrived, *, facts: Facts, policy: Policy, now: datetime, why: str) -> Decision:
    """A new ticket without a confirmation; `why` says in a line what went wrong. The raw mail is with the ticket."""
    message = event.message
    who = message.sender.address if message.sender else message.from_text or event.envelope_from or "unknown sender"
    ticket = Ticket(
        number=facts.next_number,
        desk=policy.desk,
        subject=" ".join(message.subject.split())[:SUBJECT],
        status=Status.NEW,
        priority=policy.start_priority,
        category=policy.start_category,
        requester=message.sender,
        assignee=None,
        opened_at=now,
        changed_at=now,
        status_since=now,
        thread=(message.message_id,) if message.message_id else (),
        quiet=event.quiet,
    )
    values = {"writer": who, "words": message.text, "linked": f"our rules failed on it ({why})"}
    told = () if event.quiet else policy.agents
    return Decision(
        outcome=Outcome.OPENED,
        reason=f"our rules failed on it ({why}): taken in by its header alone, without a confirmation",
        ticket=ticket,
        entries=(NewEntry(EntryKind.MESSAGE, who, f"wrote: {ticket.subject}", why, internal=False),),
        notices=tuple(Notice("agent_opened", agent.mail, "agent", values) for agent in told),
        trace=(Step("Could the rules judge it?", "no", why),),
    )
