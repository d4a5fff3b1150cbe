"""The table of a message's questions, in order: the first answer wins and every question is kept in the trace.

`decide` is the one place where anything that happens becomes a decision. It is pure: the same event, facts,
policy and `now` give the same decision for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from parsing.message import Kind
from rules.agent_brings import open_for_customer
from rules.agent_mail import agent_act
from rules.answers import answered
from rules.case import Case
from rules.contact import Contact, why_muted
from rules.customer_mail import follow_up, held_answer, open_ticket, stray_automatic
from rules.decision import Decision, Notice, Outcome, Step
from rules.digest import answers_digest
from rules.due import due
from rules.event import Arrived, Due, Event, Listing, Returned
from rules.facts import Facts
from rules.held import listing
from rules.inbound import too_many_open, too_much
from rules.loops import goes_round, unconfirmed
from rules.overheard import overheard
from rules.policy import Policy
from rules.reachable import knowing, shown_to_work, written_down
from rules.reactions import react
from rules.replay import replayed
from rules.reports import bounced, complained, returned
from rules.service_level import of_promise
from rules.throttle import Refusal, spared, unsent
from rules.time_up import time_up, with_met, with_time
from rules.unproven import agent_unproven


def own_mail(case: Case) -> Decision | None:
    """A mail that we signed ourselves has come back."""
    if case.event.message.kind is not Kind.OWN:
        return None
    return Decision(Outcome.OWN, "a mail of our own came back")


def duplicate(case: Case) -> Decision | None:
    """The same message (Message-ID, From, body) was read for this desk before."""
    first = case.facts.duplicate_of
    if first is None:
        return None
    return Decision(Outcome.DUPLICATE, f"the same message as delivery {first}")


QUESTIONS: tuple[tuple[str, Callable[[Case], Decision | None]], ...] = (
    ("Is it a mail of our own?", own_mail),
    ("Was it read before?", duplicate),
    ("Is it an agent's mail that acted, sent again?", replayed),
    ("Is it a delivery report?", bounced),
    ("Is it a complaint about a mail of ours?", complained),
    ("Does an agent answer what we asked?", answered),
    ("Does an agent act, proven to be one?", agent_act),
    ("Has an agent written to somebody directly?", overheard),
    ("Does an agent answer a digest, which is about no one ticket?", answers_digest),
    ("Does it only say that it is from an agent?", agent_unproven),
    ("Does an agent bring a customer's mail?", open_for_customer),
    ("Does a machine answer each automatic mail of ours?", goes_round),
    ("Did more come from its sender than an unproved address may send?", too_much),
    ("Does it belong to a ticket of the sender's?", follow_up),
    ("Does it answer what was mailed to somebody else?", held_answer),
    ("Is it an automatic reply to nothing?", stray_automatic),
    ("Has its sender as many open tickets as an unproved address may have?", too_many_open),
    ("Otherwise it opens a ticket.", open_ticket),
)


def decide(event: Event, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """What becomes of `event`. Raises nothing on any message; a bug here is the caller's Temporary.

    Nothing for anybody outside leaves here but through the caps, and past what is known of muted addresses.
    """
    decision = _decided(event, facts=facts, policy=policy, now=now)
    decision = with_met(decision, event, facts=facts, policy=policy, now=now)
    decision = quietly(react(decision, event, facts=facts, policy=policy, now=now), event)
    decision = with_time(decision, event, facts=facts, policy=policy, now=now)
    decision = without_muted(decision, {**facts.contacts, **{one.key: one for one in decision.contacts}})
    return spared(decision, facts=facts, policy=policy)


def _decided(event: Event, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    match event:
        case Arrived():
            return _arrived(Case(event, facts, policy, now))
        case Due():
            step = time_up if of_promise(event.kind) else due
            return step(event, facts=facts, policy=policy, now=now)
        case Returned():
            return returned(event, facts=facts, policy=policy, now=now)
        case Listing():
            return listing(event, facts=facts, policy=policy)


def quietly(decision: Decision, event: Event) -> Decision:
    """Whatever a question or a rule thinks, older mail that is taken in quietly sends nothing."""
    return replace(decision, notices=()) if isinstance(event, Arrived) and event.quiet else decision


def without_muted(decision: Decision, contacts: Mapping[str, Contact]) -> Decision:
    """Whatever was decided, nothing of any kind goes to a muted address; the ticket says so."""
    muted = [(notice, why) for notice in decision.notices if (why := _why_muted(notice, contacts))]
    if not muted:
        return decision
    told = [unsent(notice, Refusal(why, passing=False)) for notice, why in muted]
    kept = tuple(notice for notice in decision.notices if not _why_muted(notice, contacts))
    return replace(decision, notices=kept, entries=(*decision.entries, *told))


def _why_muted(notice: Notice, contacts: Mapping[str, Contact]) -> str | None:
    return why_muted(contacts, notice.to.key) if notice.role == "customer" else None


def _arrived(case: Case) -> Decision:
    trace: list[Step] = []
    working = shown_to_work(case)
    known = knowing(case, working)
    for question, ask in QUESTIONS:
        found = ask(known)
        answer = written_down(unconfirmed(found, known), working, before=case) if found is not None else None
        if answer is not None and answer.outcome is Outcome.HELD and case.event.vouched is not None:
            trace.append(Step(question, "no", f"{case.event.vouched.by} answers for it: {answer.reason}"))
            continue
        if answer is not None:
            trace.append(Step(question, "yes", answer.reason))
            return replace(answer, trace=(*trace, *answer.trace))
        trace.append(Step(question, "no"))
    raise AssertionError("the last question always answers")
