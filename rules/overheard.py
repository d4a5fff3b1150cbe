"""An agent writes to a customer from their own mail program, with the desk in To or Cc: recorded as what it is.

Their words went already; nothing goes out from here a second time. On a ticket of that customer's it is written down;
where there is none it opens one in the customer's name. It takes a domain that vouches for the agent's mail, and steers
nothing: what an agent with more proof writes on a known ticket is an act (see agent_mail).
"""

from __future__ import annotations

from dataclasses import replace

from parsing.message import Address
from rules.access import Ask, refused, writing_agent
from rules.agent_brings import brings
from rules.case import Case
from rules.customer_mail import agent_notices, new_ticket, opened_reason
from rules.decision import Decision, EntryKind, NewEntry, Outcome
from rules.engine import set_by
from rules.lifecycle import heard
from rules.matching import match
from rules.people import listed, put_on
from rules.policy import Agent
from rules.reactions import opening
from rules.ticket import MOST_PARTICIPANTS, Role, Ticket


def overheard(case: Case) -> Decision | None:
    """An agent's own mail to somebody outside, of which the desk has a copy."""
    agent, message = writing_agent(case), case.event.message
    token = case.event.evidence.token
    if agent is None or message.automatic or (token is not None and token.role != "agent") or brings(message):
        return None
    outside = tuple(one for one in case.event.others if case.policy.agent_by_address(one) is None)
    if not outside or outside[0] not in message.to or refused(case, Ask.OPEN_AS_STAFF):
        return None
    found = match(case)
    ticket = found.ticket or found.related
    if ticket is not None:
        return _recorded(case, agent, ticket, outside) if any(map(ticket.role_of, outside)) else None
    return _opened(case, agent, outside) if not (message.in_reply_to or message.references) else None


def _entry(agent: Agent, outside: tuple[Address, ...]) -> NewEntry:
    why = "the desk stood in To or Cc; nothing went out from here"
    return NewEntry(EntryKind.MESSAGE, agent.name, f"wrote to {listed(outside)} directly", why, internal=False)


def _recorded(case: Case, agent: Agent, ticket: Ticket, outside: tuple[Address, ...]) -> Decision:
    return Decision(
        outcome=Outcome.FOLLOWED_UP,
        reason=f"{agent.name} wrote to {listed(outside)} directly, with the desk in copy",
        ticket=heard(ticket, case.event.message.message_id, case.now),
        based_on=ticket.version,
        entries=(_entry(agent, outside),),
    )


def _opened(case: Case, agent: Agent, outside: tuple[Address, ...]) -> Decision:
    """A ticket in the name of the first of them; the agent's colleagues hear of it, the customer has the mail."""
    fresh = new_ticket(case, requester=outside[0], root=case.event.message.message_id)
    ruled = opening(case.event, fresh, policy=case.policy, now=case.now)
    ticket = replace(ruled.ticket, status=fresh.status, assignee=agent.key)
    for one in outside[1:MOST_PARTICIPANTS]:
        role = Role.CC if case.policy.copies else Role.NAMED
        ticket = put_on(ticket, one, role, now=case.now, by=case.event.delivery)
    happened = f"{agent.name} wrote to {listed(outside)} directly"
    told = agent_notices(case, ticket, "opened", name="agent_opened", rule=", ".join(ruled.names), happened=happened)
    return Decision(
        outcome=Outcome.OPENED,
        reason=f"{happened}, with the desk in copy; {opened_reason(ruled, '')}",
        ticket=ticket,
        entries=(_entry(agent, outside),),
        notices=tuple(told),
        trace=set_by(ruled),
    )
