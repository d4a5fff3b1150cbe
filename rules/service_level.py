"""Targets: which promised times run on a ticket, when they stand still, and when one is missed.

Promises: the time in which we wait for the customer, and that in which the ticket was closed, counts for nothing;
a change of priority, category or file changes how much is promised and never how much has gone by; what is said to be
due is due in the calendar that the target names. Where several targets fit, the one that is due first counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.decision import NewTimer
from rules.promise import Level, Promise, Promised, Span, Target
from rules.ticket import Status, Ticket
from rules.working_time import Calendar, after, between

NEAR, MISSED = "near", "missed"  # what a timer's kind begins with: `missed first_response`
ANSWERS = (Promise.FIRST_RESPONSE, Promise.NEXT_RESPONSE)
FROM_THE_START = (Promise.FIRST_RESPONSE, Promise.WORKAROUND, Promise.RESOLUTION)
DONE = (Status.RESOLVED, Status.CLOSED)
SPANS = (
    50  # of one promised: the oldest two are made one, with what lay between them, and that is to a customer's favour
)


@dataclass(frozen=True, slots=True)
class Happened:
    """What an event was, beside what it made of the ticket's fields: who wrote to whom."""

    customer_wrote: bool = False
    agent_answered: bool = False
    workaround_given: bool = False


def level_of(level: Level, *, plan: str) -> Level:
    """The targets for a customer of this plan ("" for none): where the plan has its own of a promise, those alone."""
    own = [one for one in level.targets if plan and plan in one.plans]
    first = {one.promise for one in own}
    rest = [one for one in level.targets if not one.plans and one.promise not in first]
    return replace(level, targets=(*own, *rest))


def kept_time(before: Ticket | None, ticket: Ticket, what: Happened, *, level: Level, now: datetime) -> Ticket:
    """`ticket` with its promises as they are after `what` happened to `before` (None: it was opened)."""
    promises = list(before.promises if before is not None else _begun(FROM_THE_START, ticket, level, now))
    kept = [promise for promise in Promise if _kept(promise, ticket, what)]
    promises = [_ended(promised, now) if promised.promise in kept else promised for promised in promises]
    if ticket.status in DONE:
        promises = [_ended(promised, now, met=ticket.status is Status.RESOLVED) for promised in promises]
    elif ticket.status is Status.WAITING:
        promises = [_stopped(promised, now) for promised in promises]
    else:
        reopened = before is not None and before.status in DONE
        promises = [_gone_on(promised, now, reopened=reopened) for promised in promises]
        if (
            what.customer_wrote
            and before is not None
            and not any(_open(one) for one in promises if one.promise in ANSWERS)
        ):
            promises = [one for one in promises if one.promise is not Promise.NEXT_RESPONSE]
            promises += _begun((Promise.NEXT_RESPONSE,), ticket, level, now)
    return replace(ticket, promises=tuple(_timed(promised, ticket, level, now) for promised in promises))


def timers(ticket: Ticket, *, level: Level) -> tuple[NewTimer, ...]:
    """What comes due because of the ticket's promises."""
    found: list[NewTimer] = []
    for promised in ticket.promises:
        if promised.due_at is None or promised.missed:
            continue
        found.append(NewTimer(f"{MISSED} {promised.promise}", promised.due_at))
        target = target_of(promised, ticket, level)
        near = promised.due_at - target.warn if target is not None else promised.due_at
        if not promised.warned and promised.since is not None and promised.since < near < promised.due_at:
            found.append(NewTimer(f"{NEAR} {promised.promise}", near))
    return tuple(found)


def of_promise(kind: str) -> bool:
    """Whether a timer of this kind was set by `timers`."""
    return kind.startswith((f"{NEAR} ", f"{MISSED} "))


def used(promised: Promised, calendar: Calendar, now: datetime) -> timedelta:
    """How much of its time has gone by, as this calendar counts."""
    spans = promised.ran if promised.since is None else (*promised.ran, Span(promised.since, max(now, promised.since)))
    return sum((between(calendar, span.begin, span.end) for span in spans), timedelta())


def target_of(promised: Promised, ticket: Ticket, level: Level) -> Target | None:
    """The target that fits the ticket as it is now and is due first; None when nothing is promised."""
    fitting = [one for one in level.targets if one.promise is promised.promise and _fits(one, ticket)]
    if len(fitting) < 2 or promised.since is None:
        return fitting[0] if fitting else None
    since = promised.since
    return min(fitting, key=lambda one: _due(promised, one, since, level))


def _fits(target: Target, ticket: Ticket) -> bool:
    return (not target.priorities or ticket.priority in target.priorities) and (
        not target.categories or ticket.category in target.categories
    )


def _begun(promises: Iterable[Promise], ticket: Ticket, level: Level, now: datetime) -> list[Promised]:
    """A promised for each that is promised on any ticket: another priority may yet give it a time."""
    known = {target.promise for target in level.targets}
    return [Promised(promise, since=now) for promise in promises if promise in known and not ticket.quiet]


def _kept(promise: Promise, ticket: Ticket, what: Happened) -> bool:
    if promise in ANSWERS:
        return what.agent_answered
    return promise is Promise.WORKAROUND and what.workaround_given


def _open(promised: Promised) -> bool:
    return promised.over_at is None


def _ended(promised: Promised, now: datetime, *, met: bool = True) -> Promised:
    if not _open(promised):
        return promised
    return replace(_stopped(promised, now), over_at=now, met=met and not promised.missed)


def _stopped(promised: Promised, now: datetime) -> Promised:
    if promised.since is None:
        return promised
    ran = (*promised.ran, Span(promised.since, max(now, promised.since)))
    if len(ran) > SPANS:
        ran = (Span(ran[0].begin, ran[1].end), *ran[2:])
    return replace(promised, since=None, ran=ran)


def _gone_on(promised: Promised, now: datetime, *, reopened: bool) -> Promised:
    """It runs again from where it stopped; of a ticket that is open again only what was to be achieved for good."""
    if reopened and promised.promise is Promise.RESOLUTION and not _open(promised):
        promised = replace(promised, over_at=None, met=False)
    return replace(promised, since=now) if _open(promised) and promised.since is None else promised


def _timed(promised: Promised, ticket: Ticket, level: Level, now: datetime) -> Promised:
    """When it will be missed, by the target that fits now. What was missed stays so."""
    target = target_of(promised, ticket, level)
    if not _open(promised) or promised.since is None or target is None:
        return replace(promised, due_at=None)
    due_at = _due(promised, target, promised.since, level)
    return replace(promised, due_at=due_at, warned=promised.warned and due_at - target.warn <= now)


def _due(promised: Promised, target: Target, since: datetime, level: Level) -> datetime:
    """Since when it would be missed: `since` itself when all its time had gone by before."""
    calendar = level.calendars[target.calendar]
    left = target.within - used(replace(promised, since=None), calendar, since)
    return after(calendar, since, left) if left > timedelta() else since
