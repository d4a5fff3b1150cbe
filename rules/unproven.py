"""What an agent's mail is about and asks for, and what becomes of it when nothing proves that the agent wrote it.

Unproven mail in an agent's name has no effect: it is held, and nobody but the agent hears of it, once a day at most.
"""

from __future__ import annotations

from parsing.commands import split_commands
from parsing.headers import clean_subject
from rules.access import Ask, refused, writing_agent
from rules.agent_brings import brings
from rules.case import Case
from rules.decision import Decision, Notice, Outcome
from rules.event import Arrived
from rules.held import asks_to_confirm
from rules.matching import match, new_matter, survivor
from rules.policy import Agent, Policy
from rules.relay import own_words
from rules.ticket import Ticket


def ticket_meant(case: Case) -> Ticket | None:
    """The ticket that an agent's mail would act on: the one of their token, else the one that it answers.

    None for a mail about no ticket, and for one that they wrote as a customer of their own.
    """
    evidence, agent = case.event.evidence, writing_agent(case)
    found = _of_token(case) if evidence.token is not None else _answered(case)
    if found is None or found.desk != case.policy.desk:
        return None
    customer = found.requester.key if found.requester is not None else ""
    own = agent is not None and any(address.key == customer for address in agent.addresses)
    return None if own and evidence.token is None else found


def _of_token(case: Case) -> Ticket | None:
    """The ticket of an agent's own token.

    Mail programs keep addresses: words in a new mail to one with a token in it may be meant for anybody.
    """
    token = case.event.evidence.token
    found = survivor(case.facts, token.ticket) if token is not None and token.role == "agent" else None
    return found if found is None or _steers(case) or not new_matter(case, found) else None


def _steers(case: Case) -> bool:
    return bool(split_commands(own_words(case.event.message.spans)[0]).commands)


def _answered(case: Case) -> Ticket | None:
    """Without a token: the ticket of a Message-ID that we know, or of the number in the subject of an answer.

    A new mail with a number in its subject acts only by `#` lines, and what is passed on is no answer.
    """
    message = case.event.message
    answers = bool(message.in_reply_to or message.references)
    if brings(message) or not (answers or _steers(case)):
        return None
    found = match(case)
    return found.ticket or found.related


def asked_for(case: Case) -> Ask:
    """What an agent's mail asks for."""
    if ticket_meant(case) is not None or case.event.evidence.token is not None:
        return Ask.STEER
    return Ask.BRING if brings(case.event.message) else Ask.OPEN_AS_STAFF


def may_yet_prove_itself(event: Arrived, policy: Policy) -> bool:
    """Whether an agent's mail had better wait, for the DNS did not say who vouches for it."""
    agent = policy.agent_by_address(event.message.sender)
    waits = event.evidence.unanswered and event.vouched is None and not event.quiet
    return waits and agent is not None and not event.message.automatic


def agent_unproven(case: Case) -> Decision | None:
    """A mail in an agent's name whose evidence is not enough for what it asks: held, with no effect at all."""
    agent, token = writing_agent(case), case.event.evidence.token
    as_customer = token is not None and token.role != "agent"
    if agent is None or as_customer or case.event.message.automatic:
        return None
    why = refused(case, asked_for(case))
    if not why:
        return None
    reason = f"{agent.name} may have written it, but that is not proven, and nothing was done: {why}"
    return Decision(Outcome.HELD, reason, notices=_told(case, agent, why))


def _told(case: Case, agent: Agent, why: str) -> tuple[Notice, ...]:
    """The real agent is asked about the first one of a day, and sees what it says: a yes has all of it done."""
    if case.event.quiet or case.facts.agent_told_today:
        return ()
    message = case.event.message
    words = message.reply_text.strip("\r\n") or message.text
    files = [(part.filename, part.size) for part in message.attachments]
    values = {"subject": clean_subject(message.subject), "why": why, "words": words, "attachments": files}
    once = asks_to_confirm(case.event.delivery)
    return (Notice("agent_unverified", agent.mail, "agent", values, once=once),)
