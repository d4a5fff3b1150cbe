"""Promised times on the one road: every decision keeps a ticket's promises, and a target that comes near or is missed
is an event of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.case import agents_to_tell, one_mail_each
from rules.decision import Decision, EntryKind, NewEntry, Notice, Outcome
from rules.event import Arrived, Due, Event
from rules.facts import Facts
from rules.policy import Policy
from rules.promise import Level, Promise, Promised
from rules.service_level import MISSED, Happened, kept_time, level_of, timers
from rules.ticket import Ticket

TOPIC = {True: "target_missed", False: "target_near"}


def with_time(decision: Decision, event: Event, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision, its ticket's promises kept; a confirmation says until when somebody answers."""
    ticket = decision.ticket
    before = facts.tickets.get(ticket.number) if ticket is not None and decision.based_on is not None else None
    if ticket is None or not (policy.level.targets or ticket.promises):
        return decision
    kept = _kept(before, ticket, _happened(decision, event), policy=policy, now=now)
    if before is not None and kept.promises == before.promises and not decision.cancel_timers:
        return decision
    return replace(
        decision,
        ticket=kept,
        retime=True,
        timers=(*decision.timers, *timers(kept, level=_level(ticket, policy))),
        notices=tuple(_dated(notice, kept) for notice in decision.notices),
    )


def with_met(decision: Decision, event: Event, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision, with the promises that it keeps among its events: rules may wait for them."""
    ticket = decision.ticket
    before = facts.tickets.get(ticket.number) if ticket is not None and decision.based_on is not None else None
    if ticket is None or before is None or not before.promises:
        return decision
    kept = _kept(before, ticket, _happened(decision, event), policy=policy, now=now).promises
    met = [one.promise for one in kept if one.met and one.over_at == now]
    return replace(decision, events=(*decision.events, *(f"met {promise}" for promise in met))) if met else decision


def _level(ticket: Ticket, policy: Policy) -> Level:
    """What is promised to this customer."""
    known = policy.customer_of(ticket.requester)
    return level_of(policy.level, plan=known.plan if known is not None else "")


def _kept(before: Ticket | None, ticket: Ticket, what: Happened, *, policy: Policy, now: datetime) -> Ticket:
    return kept_time(before, ticket, what, level=_level(ticket, policy), now=now)


def _happened(decision: Decision, event: Event) -> Happened:
    entries = [entry.kind for entry in decision.entries if not entry.internal]
    return Happened(
        customer_wrote=isinstance(event, Arrived) and decision.outcome is Outcome.FOLLOWED_UP,
        agent_answered=EntryKind.ANSWER in entries,
        workaround_given=Promise.WORKAROUND in decision.met,
    )


def _dated(notice: Notice, ticket: Ticket) -> Notice:
    if notice.name != "opened" or notice.role != "customer":
        return notice
    due = next((one.due_at for one in ticket.promises if one.promise is Promise.FIRST_RESPONSE), None)
    return replace(notice, values={**notice.values, "answer_by": due}) if due is not None else notice


def time_up(event: Due, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """A target is near, or missed: it stands on the ticket, and whom the desk's table names hears of it."""
    now = max(now, event.due_at)
    ticket = facts.tickets.get(event.ticket)
    what, _, name = event.kind.partition(" ")
    promised = next((one for one in ticket.promises if one.promise == name), None) if ticket is not None else None
    if ticket is None or promised is None or promised.due_at is None or promised.missed:
        return Decision(Outcome.ACT, f"{name}: nothing is due any more")
    missed = what == MISSED
    if missed and promised.due_at > now:
        return Decision(Outcome.ACT, f"{name}: it has more time now")
    seen = replace(promised, missed=missed, warned=True)
    promises = tuple(seen if one is promised else one for one in ticket.promises)
    words = f"{promised.promise.words} {'missed' if missed else 'due soon'}"
    return Decision(
        outcome=Outcome.ACT,
        reason=words,
        ticket=replace(ticket, promises=promises, changed_at=now),
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.CHANGE, "tkt", words, f"due {promised.due_at:%Y-%m-%d %H:%M} UTC"),),
        notices=_told(ticket, promised, missed=missed, policy=policy),
        events=(event.kind,),
    )


def _told(ticket: Ticket, promised: Promised, *, missed: bool, policy: Policy) -> tuple[Notice, ...]:
    values = {"promise": promised.promise.words, "answer_by": promised.due_at, "happened": "missed" if missed else ""}
    people = agents_to_tell(policy, TOPIC[missed], ticket)
    return one_mail_each(Notice("agent_target", agent.mail, "agent", values) for agent in people)
