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
from rules.promise import Level, Promise, Span, Target, Watch
from rules.ticket import Status, Ticket
from rules.working_time import Calendar, after, between

NEAR, MISSED = "near", "missed"  # what a timer's kind begins with: `missed first_response`
ANSWERS = (Promise.FIRST_RESPONSE, Promise.NEXT_RESPONSE)
FROM_THE_START = (Promise.FIRST_RESPONSE, Promise.WORKAROUND, Promise.RESOLUTION)
DONE = (Status.RESOLVED, Status.CLOSED)
SPANS = 50  # of one watch: the oldest two are made one, with what lay between them, and that is to a customer's favour


@dataclass(frozen=True, slots=True)
class Happened:
    """What an event was, beside what it made of the ticket's fields: who wrote to whom."""

    customer_wrote: bool = False
    agent_answered: bool = False
    workaround_given: bool = False


def kept_time(before: Ticket | None, ticket: Ticket, what: Happened, *, level: Level, now: datetime) -> Ticket:
    """`ticket` with its watches as they are after `what` happened to `before` (None: it was opened)."""
    watches = list(before.watches if before is not None else _begun(FROM_THE_START, ticket, level, now))
    kept = [promise for promise in Promise if _kept(promise, ticket, what)]
    watches = [_ended(watch, now) if watch.promise in kept else watch for watch in watches]
    if ticket.status in DONE:
        watches = [_ended(watch, now, met=ticket.status is Status.RESOLVED) for watch in watches]
    elif ticket.status is Status.WAITING:
        watches = [_stopped(watch, now) for watch in watches]
    else:
        reopened = before is not None and before.status in DONE
        watches = [_gone_on(watch, now, reopened=reopened) for watch in watches]
        if (
            what.customer_wrote
            and before is not None
            and not any(_open(one) for one in watches if one.promise in ANSWERS)
        ):
            watches = [one for one in watches if one.promise is not Promise.NEXT_RESPONSE]
            watches += _begun((Promise.NEXT_RESPONSE,), ticket, level, now)
    return replace(ticket, watches=tuple(_timed(watch, ticket, level, now) for watch in watches))


def timers(ticket: Ticket, *, level: Level) -> tuple[NewTimer, ...]:
    """What comes due because of the ticket's watches."""
    found: list[NewTimer] = []
    for watch in ticket.watches:
        if watch.due_at is None or watch.missed:
            continue
        found.append(NewTimer(f"{MISSED} {watch.promise}", watch.due_at))
        target = target_of(watch, ticket, level)
        near = watch.due_at - target.warn if target is not None else watch.due_at
        if not watch.warned and watch.since is not None and watch.since < near < watch.due_at:
            found.append(NewTimer(f"{NEAR} {watch.promise}", near))
    return tuple(found)


def used(watch: Watch, calendar: Calendar, now: datetime) -> timedelta:
    """How much of its time has gone by, as this calendar counts."""
    spans = watch.ran if watch.since is None else (*watch.ran, Span(watch.since, max(now, watch.since)))
    return sum((between(calendar, span.begin, span.end) for span in spans), timedelta())


def target_of(watch: Watch, ticket: Ticket, level: Level) -> Target | None:
    """The target that fits the ticket as it is now and is due first; None when nothing is promised."""
    fitting = [one for one in level.targets if one.promise is watch.promise and _fits(one, ticket)]
    if len(fitting) < 2 or watch.since is None:
        return fitting[0] if fitting else None
    since = watch.since
    return min(fitting, key=lambda one: _due(watch, one, since, level))


def _fits(target: Target, ticket: Ticket) -> bool:
    return (not target.priorities or ticket.priority in target.priorities) and (
        not target.categories or ticket.category in target.categories
    )


def _begun(promises: Iterable[Promise], ticket: Ticket, level: Level, now: datetime) -> list[Watch]:
    """A watch for each that is promised on any ticket: another priority may yet give it a time."""
    promised = {target.promise for target in level.targets}
    return [Watch(promise, since=now) for promise in promises if promise in promised and not ticket.quiet]


def _kept(promise: Promise, ticket: Ticket, what: Happened) -> bool:
    if promise in ANSWERS:
        return what.agent_answered
    return promise is Promise.WORKAROUND and what.workaround_given


def _open(watch: Watch) -> bool:
    return watch.over_at is None


def _ended(watch: Watch, now: datetime, *, met: bool = True) -> Watch:
    if not _open(watch):
        return watch
    return replace(_stopped(watch, now), over_at=now, met=met and not watch.missed)


def _stopped(watch: Watch, now: datetime) -> Watch:
    if watch.since is None:
        return watch
    ran = (*watch.ran, Span(watch.since, max(now, watch.since)))
    if len(ran) > SPANS:
        ran = (Span(ran[0].begin, ran[1].end), *ran[2:])
    return replace(watch, since=None, ran=ran)


def _gone_on(watch: Watch, now: datetime, *, reopened: bool) -> Watch:
    """It runs again from where it stopped; of a ticket that is open again only what was to be achieved for good."""
    if reopened and watch.promise is Promise.RESOLUTION and not _open(watch):
        watch = replace(watch, over_at=None, met=False)
    return replace(watch, since=now) if _open(watch) and watch.since is None else watch


def _timed(watch: Watch, ticket: Ticket, level: Level, now: datetime) -> Watch:
    """When it will be missed, by the target that fits now. What was missed stays so."""
    target = target_of(watch, ticket, level)
    if not _open(watch) or watch.since is None or target is None:
        return replace(watch, due_at=None)
    due_at = _due(watch, target, watch.since, level)
    return replace(watch, due_at=due_at, warned=watch.warned and due_at - target.warn <= now)


def _due(watch: Watch, target: Target, since: datetime, level: Level) -> datetime:
    """Since when it would be missed: `since` itself when all its time had gone by before."""
    calendar = level.calendars[target.calendar]
    left = target.within - used(replace(watch, since=None), calendar, since)
    return after(calendar, since, left) if left > timedelta() else since
