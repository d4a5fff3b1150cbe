"""What the desk's rules make of a decision: they are asked about what it says has happened, and their answer is put in.

Promises: the decision's own mail and entries stay, unless a rule wants silence or calls it spam; each person still gets
at most one mail; what rules send to people outside goes through the caps of `decide` like everything automatic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from rules.case import closing_day, customer_hears, one_mail_each
from rules.decision import Decision, EntryKind, NewEntry, Notice, Outcome
from rules.engine import Ruled, run_rules
from rules.event import Arrived, Event
from rules.facts import Facts
from rules.lifecycle import enter
from rules.occasion import Occasion, events_between
from rules.policy import Policy
from rules.then import Telling, outsiders, people
from rules.ticket import Status, Ticket

# what a customer hears when a rule changes the status
STATUS_NOTICE = {Status.WAITING: "waiting_customer", Status.RESOLVED: "resolved", Status.CLOSED: "closed"}
LOUD = ("agent_opened", "agent_followed_up")  # notices with room for a word of a rule


def react(decision: Decision, event: Event, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision with what the rules add to it; the same one where nothing happened that a rule may wait for."""
    ticket = decision.ticket
    before = facts.tickets.get(ticket.number) if ticket is not None and decision.based_on is not None else None
    if ticket is None or before is None or not policy.rules:
        return decision
    events = frozenset(decision.events) | events_between(before, ticket)
    if not events:
        return decision
    occasion = Occasion(events, ticket, now, before=before)
    if isinstance(event, Arrived):
        occasion = with_mail(occasion, event)
    ruled = run_rules(policy, occasion)
    if not _may_hold(event) or decision.outcome is not Outcome.FOLLOWED_UP:
        ruled = replace(ruled, held="")  # only a customer's mail can wait for a person
    if not ruled.fired:
        return replace(decision, trace=(*decision.trace, *ruled.trace))
    return with_rules(decision, ruled, policy=policy, now=now)


def with_mail(occasion: Occasion, event: Arrived) -> Occasion:
    """The occasion with the mail that it came with."""
    return replace(occasion, message=event.message, evidence=event.evidence, recipients=tuple(event.envelope_to))


def opening(event: Arrived, ticket: Ticket, *, policy: Policy, now: datetime) -> Ruled:
    """What the rules make of a ticket that is being opened."""
    ruled = run_rules(policy, with_mail(Occasion(frozenset({"opened"}), ticket, now), event))
    return ruled if _may_hold(event) else replace(ruled, held="")


def _may_hold(event: Event) -> bool:
    """A mail for which a person has answered is not held again."""
    return isinstance(event, Arrived) and event.vouched is None


def with_rules(
    decision: Decision, ruled: Ruled, *, policy: Policy, now: datetime, said: tuple[str, ...] = ()
) -> Decision:
    """Put in what rules did; `said` are the beginnings of what the decision's own entries tell already."""
    if decision.ticket is None:
        return decision
    if ruled.held:
        return Decision(Outcome.HELD, ruled.held, trace=(*decision.trace, *ruled.trace))
    ticket, moved = ruled.ticket, ruled.ticket.status is not decision.ticket.status
    timers, notices = decision.timers, decision.notices
    if moved:
        move = enter(ticket, ticket.status, policy=policy, now=now, reason=ruled.reason or "a rule closed it")
        ticket, timers = move.ticket, move.timers
        notices = (*notices, *_status_notice(ticket, closing_day(timers), policy=policy, now=now))
    return replace(
        decision,
        ticket=ticket,
        entries=(*decision.entries, *_entries(ruled, said)),
        cancel_timers=decision.cancel_timers or moved,
        timers=timers,
        notices=() if ruled.spam or ticket.quiet else _notices(notices, ruled, ticket, policy),
        trace=(*decision.trace, *ruled.trace),
    )


def _status_notice(ticket: Ticket, close_on: datetime | None, *, policy: Policy, now: datetime) -> Iterator[Notice]:
    name, to = STATUS_NOTICE.get(ticket.status), ticket.requester
    if name is None or to is None or not customer_hears(policy, name):
        return
    values = {"close_on": close_on, "reopen_until": now + policy.reopen_within}
    yield Notice(name, to, "customer", values, in_reply_to=ticket.thread[-1] if ticket.thread else "")


def _entries(ruled: Ruled, said: tuple[str, ...]) -> Iterator[NewEntry]:
    for fired in ruled.fired:
        why = f'rule "{fired.rule}"' + (f" ({fired.place})" if fired.place else "")
        done = [words for words in fired.done if not words.startswith(said)] if said else list(fired.done)
        if done:
            yield NewEntry(EntryKind.CHANGE, "tkt", ", ".join(done), why)
        if fired.failed:
            yield NewEntry(EntryKind.CHANGE, "tkt", f"not done: {'; '.join(fired.failed)}", why)
    for rule, text in ruled.notes:
        yield NewEntry(EntryKind.NOTE, f'rule "{rule}"', "noted", internal=True, text=text)


def _notices(notices: Iterable[Notice], ruled: Ruled, ticket: Ticket, policy: Policy) -> tuple[Notice, ...]:
    kept = [
        replace(notice, wording=ruled.wording.get(notice.name, ""))
        for notice in notices
        if not (ruled.silent and notice.role == "customer" and notice.automatic)
    ]
    told = [_put_in(notice, ruled.told, policy, ticket) for notice in kept]
    return one_mail_each([*told, *_told(ruled.told, ticket, policy)])


def _put_in(notice: Notice, told: Iterable[Telling], policy: Policy, ticket: Ticket) -> Notice:
    """A notice that somebody gets anyway, with what a rule wants them to hear."""
    if notice.name not in LOUD or notice.role != "agent":
        return notice
    agent = policy.agent_by_address(notice.to)
    texts = [
        one.text for one in told if one.text and agent is not None and agent.key in people(one.who, policy, ticket)
    ]
    if not texts:
        return notice
    happened = "; ".join(filter(None, [str(notice.values.get("happened", "")), *dict.fromkeys(texts)]))
    return replace(notice, values={**notice.values, "happened": happened})


def _told(told: Iterable[Telling], ticket: Ticket, policy: Policy) -> Iterator[Notice]:
    for one in told:
        for key in people(one.who, policy, ticket):
            agent = policy.agent_by_key(key)
            if agent is not None:
                values = {"words": one.text, "rule": one.rule, "why": "nudge" if one.nudge else "tell"}
                yield Notice("agent_told", agent.mail, "agent", values)
        for key in outsiders(one.who, policy):
            yield Notice("told_outside", policy.outside[key], "customer", {"words": one.text})
