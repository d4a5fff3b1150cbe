"""What happens when a timer comes due: reminders and the automatic close.

Several steps that are due at once collapse into the latest. A close never comes sooner than two days after the
relay accepted the mail that named its day; if none was accepted, the customer is reminded first. A step whose mail the
caps hold back for now is put off: nothing is closed in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from parsing.message import Address
from rules.case import agents_to_tell, closing_day, customer_hears, one_mail_each
from rules.contact import CONFIRM, why_muted
from rules.decision import Decision, EntryKind, NewEntry, NewTimer, Notice, Outcome
from rules.event import Due
from rules.facts import Facts
from rules.lifecycle import enter
from rules.policy import Policy
from rules.service_level import of_promise
from rules.throttle import Refusal, refusal, unsent, why_never
from rules.ticket import Status, Ticket

FAIR_WARNING = timedelta(days=2)
LOOK_AGAIN = timedelta(hours=1)
CLOSED_NOTICE = {Status.WAITING: "closed_silence", Status.RESOLVED: "closed_resolved"}


def due(event: Due, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """Do the latest step that is due on the ticket; the others of its time are done with it."""
    now = max(now, event.due_at)  # a clock that was put back since the timer was claimed must not make it vanish
    decision = _step(event, facts=facts, policy=policy, now=now)
    for notice in decision.notices:
        refused = refusal(notice, facts=facts, policy=policy)
        if refused is not None and refused.passing:
            return _put_off(notice, refused, event, facts=facts, now=now)
    return decision


def _step(event: Due, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    ticket = facts.tickets.get(event.ticket)
    if ticket is None:
        return Decision(Outcome.ACT, "the ticket is not known")
    steps = [timer for timer in facts.timers if not of_promise(timer.kind)]
    at_hand = [timer for timer in steps if timer.due_at <= now]
    later = tuple(NewTimer(timer.kind, timer.due_at) for timer in steps if timer.due_at > now)
    if not at_hand:
        return Decision(Outcome.ACT, "nothing is due any more")
    latest = max(at_hand, key=lambda timer: timer.due_at)
    muted = why_muted(facts.contacts, ticket.requester.key) if ticket.requester is not None else None
    if muted is not None and ticket.requester is not None:
        return _stopped(ticket, latest.kind, ticket.requester, muted, policy=policy, now=now)
    if latest.kind == "close":
        return _close(ticket, event, facts=facts, policy=policy, now=now)
    return _remind(ticket, latest.kind, later, policy=policy, now=now, why=f"due since {_words(event.due_at)}")


def _stopped(ticket: Ticket, kind: str, to: Address, why: str, *, policy: Policy, now: datetime) -> Decision:
    """Nobody is left to remind: nothing more happens by itself, and the agent hears so once."""
    values = {
        "recipient": to.address,
        "notice_words": kind.replace("_", " "),
        "words": why,
        "advice": CONFIRM,
        "happened": "stopped",
    }
    people = agents_to_tell(policy, "undelivered", ticket)
    return Decision(
        outcome=Outcome.ACT,
        reason=f"{kind}: {why}",
        ticket=replace(ticket, changed_at=now),
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.CHANGE, "tkt", "reminders and the automatic close are stopped", why),),
        cancel_timers=True,
        notices=one_mail_each(Notice("agent_undelivered", agent.mail, "agent", values) for agent in people),
    )


def _put_off(notice: Notice, refused: Refusal, event: Due, *, facts: Facts, now: datetime) -> Decision:
    """The step comes again in an hour; what is due by then is still one step."""
    ticket, again = facts.tickets[event.ticket], now + LOOK_AGAIN
    steps = [timer for timer in facts.timers if not of_promise(timer.kind)]
    later = [NewTimer(timer.kind, timer.due_at) for timer in steps if timer.due_at > again]
    latest = max((timer for timer in steps if timer.due_at <= again), key=lambda timer: timer.due_at)
    return Decision(
        outcome=Outcome.ACT,
        reason=f"put off until {_words(again)}: {refused.why}",
        ticket=replace(ticket, changed_at=now),
        based_on=ticket.version,
        entries=(unsent(notice, refused),),
        cancel_timers=True,
        timers=(NewTimer(latest.kind, again), *later),
    )


def _words(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _remind(
    ticket: Ticket, kind: str, later: Iterable[NewTimer], *, policy: Policy, now: datetime, why: str
) -> Decision:
    timers = tuple(_not_before(timer, now + FAIR_WARNING) for timer in later)
    to = ticket.requester
    notices: tuple[Notice, ...] = ()
    if to is not None and customer_hears(policy, kind):
        values = {
            "asked_by": ticket.asked_by,
            "asked_at": ticket.asked_at or ticket.status_since,
            "question": ticket.question,
            "close_on": closing_day(timers),
        }
        notices = (Notice(kind, to, "customer", values, in_reply_to=ticket.thread[-1] if ticket.thread else ""),)
    summary = f"{kind.replace('_', ' ')} to the customer" if notices else f"{kind} (nobody to remind)"
    return Decision(
        outcome=Outcome.ACT,
        reason=f"{kind}: {why}",
        ticket=replace(ticket, changed_at=now),
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.NOTICE, "tkt", summary, why),),
        cancel_timers=True,
        timers=timers,
        notices=notices,
    )


def _not_before(timer: NewTimer, earliest: datetime) -> NewTimer:
    return replace(timer, due_at=max(timer.due_at, earliest)) if timer.kind == "close" else timer


def _close(ticket: Ticket, event: Due, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    warned, to = facts.last_notice, ticket.requester
    if to is not None and why_never(to, facts=facts, policy=policy) is None and _warnings(policy, ticket.status):
        if warned is None and customer_hears(policy, "last_reminder"):
            timers = (NewTimer("close", now + FAIR_WARNING),)
            return _remind(ticket, "last_reminder", timers, policy=policy, now=now, why="no reminder named the day yet")
        earliest = (warned.accepted_at or now) + FAIR_WARNING if warned else now
        if warned and earliest > now:
            again = earliest if warned.accepted_at else now + LOOK_AGAIN
            return _wait(ticket, again, accepted=warned.accepted_at is not None, now=now)
    reason = _reason(policy, ticket.status)
    move = enter(ticket, Status.CLOSED, policy=policy, now=now, reason=reason)
    return Decision(
        outcome=Outcome.ACT,
        reason=f"closed: {reason}",
        ticket=move.ticket,
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.CHANGE, "tkt", f"status {ticket.status.value} → closed", reason),),
        cancel_timers=True,
        timers=move.timers,
        notices=_closed_notice(ticket, policy=policy, now=now),
    )


def _warnings(policy: Policy, status: Status) -> bool:
    """True when the desk's file has the customer warned of the close: by a reminder, or by "resolved" itself."""
    warnings = [step.send for step in policy.follow_up.get(status, ()) if step.send]
    warnings += [Status.RESOLVED.value] if status is Status.RESOLVED else []
    return status in CLOSED_NOTICE and any(customer_hears(policy, name) for name in warnings)


def _reason(policy: Policy, status: Status) -> str:
    return next((step.close for step in policy.follow_up.get(status, ()) if step.close), "no answer")


def _wait(ticket: Ticket, until: datetime, *, accepted: bool, now: datetime) -> Decision:
    why = "it was accepted by the relay less than two days ago" if accepted else "no relay has accepted it yet"
    return Decision(
        outcome=Outcome.ACT,
        reason=f"the close waits until {_words(until)}: of the mail that named its day, {why}",
        ticket=replace(ticket, changed_at=now),
        based_on=ticket.version,
        cancel_timers=True,
        timers=(NewTimer("close", until),),
    )


def _closed_notice(ticket: Ticket, *, policy: Policy, now: datetime) -> tuple[Notice, ...]:
    name = CLOSED_NOTICE.get(ticket.status)
    if name is None or ticket.requester is None or not customer_hears(policy, name):
        return ()
    values = {"since": ticket.asked_at or ticket.status_since, "reopen_until": now + policy.reopen_within}
    reply_to = ticket.thread[-1] if ticket.thread else ""
    return (Notice(name, ticket.requester, "customer", values, in_reply_to=reply_to),)
