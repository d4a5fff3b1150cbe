"""How a ticket moves: entering a status, a customer's answer, reopening; and the timers that go with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from rules.decision import NewTimer
from rules.policy import Policy
from rules.solved import says_solved
from rules.ticket import DONE, Status, Ticket

THREAD_KEPT = 11
SOLVED, SPAM = "the customer says that it is solved", "spam"  # reasons for closing


@dataclass(frozen=True, slots=True)
class Move:
    """A ticket after a change of status, with the timers of its new status; `happened` in a word for people."""

    ticket: Ticket
    timers: tuple[NewTimer, ...]
    happened: str


def enter(ticket: Ticket, status: Status, *, policy: Policy, now: datetime, reason: str = "") -> Move:
    """Put `ticket` into `status` now: its clocks start anew even if it was there already."""
    timers = tuple(
        NewTimer(kind=step.kind, due_at=now + step.after)
        for step in policy.follow_up.get(status, ())
        if ticket.requester is not None or step.close
    )
    moved = replace(
        ticket,
        status=status,
        status_since=now,
        changed_at=now,
        close_reason=reason if status is Status.CLOSED else "",
    )
    return Move(ticket=moved, timers=timers, happened=policy.statuses[status])


def heard(ticket: Ticket, message_id: str, now: datetime) -> Ticket:
    """`ticket` after a mail from outside: the thread grows by its Message-ID (root and the newest are kept)."""
    thread = ticket.thread
    if message_id and message_id not in thread:
        thread = (*thread[:1], *thread[1:][-(THREAD_KEPT - 2) :], message_id)
    return replace(ticket, thread=thread, changed_at=now)


def too_late(ticket: Ticket, *, policy: Policy, now: datetime) -> bool:
    """True when an answer comes after the time in which it would reopen its ticket."""
    return ticket.status in DONE and now > ticket.status_since + policy.reopen_within


def answered(ticket: Ticket, text: str, *, policy: Policy, now: datetime, closes: bool = True) -> Move | None:
    """What a customer's own answer does to the status: closes ("solved"), reopens, goes on; None = nothing.

    `closes`: whether a "solved" counts. That of somebody in Cc does not.
    """
    requester = ticket.requester
    names = f"{requester.name} {requester.address.split('@')[0]} {ticket.asked_by}" if requester else ""
    solved = says_solved(text, asked=ticket.status is Status.RESOLVED, names=names)
    if solved and closes and ticket.status in (Status.RESOLVED, Status.WAITING):
        return enter(ticket, Status.CLOSED, policy=policy, now=now, reason=SOLVED)
    if solved and ticket.status is Status.CLOSED:
        return None
    if ticket.status in DONE:
        move = enter(ticket, Status.IN_PROGRESS, policy=policy, now=now)
        return replace(move, happened="reopened")
    if ticket.status is Status.WAITING:
        return enter(ticket, Status.IN_PROGRESS, policy=policy, now=now)
    return None
