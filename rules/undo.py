"""`#undo`: within the hour an agent takes back what their lines changed, by answering the mail that says what was done.

What somebody else has changed since stays as they left it, and mail that has left can not be called back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rules.case import agents_to_tell, one_mail_each
from rules.decision import Decision, EntryKind, NewEntry, NewTimer, Notice, Once, Outcome
from rules.lifecycle import enter
from rules.once import HOUR, Answer
from rules.ticket import Status, Ticket

UNDO = "undo"  # the line, and the purpose of the token
FIELDS = ("status", "priority", "category", "assignee")


def undoable(before: Ticket, after: Ticket) -> str:
    """What differs between two snapshots and can be put back, in a line: `status new → resolved, priority P3 → P1`."""
    if after.merged_into is not None:
        return ""
    pairs = [(field, getattr(before, field) or "nobody", getattr(after, field) or "nobody") for field in FIELDS]
    return ", ".join(f"{field} {old} → {new}" for field, old, new in pairs if old != new)


def undo_token(before: Ticket, after: Ticket, *, mailed: str) -> Once | None:
    """What goes out with the mail that tells of an act; None where there is nothing to take back.

    `mailed` is the customer, by name, when a mail to them left with it.
    """
    if not undoable(before, after):
        return None
    was = {**_values(before), "close_reason": before.close_reason}
    return Once(UNDO, {"ticket": before.number, "was": was, "is": _values(after), "mailed": mailed}, HOUR)


def _values(ticket: Ticket) -> dict[str, str | None]:
    return {
        "status": ticket.status.value,
        "priority": ticket.priority,
        "category": ticket.category,
        "assignee": ticket.assignee,
    }


def undo(answer: Answer) -> Decision | None:
    """All is put back that is still as the act left it. An answer without the line is judged like any other."""
    commands = answer.commands
    line = next((one for one in commands.commands if one.word.lower() == UNDO), None)
    ticket = answer.case.facts.tickets.get(answer.asked.what["ticket"])
    if line is None or ticket is None or ticket.desk != answer.case.policy.desk:
        return None
    why_not = answer.why_not or ("it was merged since; nothing was undone" if ticket.merged_into is not None else "")
    if why_not:
        return _refused(answer, ticket, line.line, line.text, why_not)
    if len(commands.commands) > 1 or commands.rest.strip() or commands.problem:
        return _refused(answer, ticket, line.line, line.text, "it stands alone: no other line, no words below it")
    back = _put_back(answer, ticket)
    if not undoable(ticket, back.ticket):
        return _refused(answer, ticket, line.line, line.text, "somebody has changed all of it since; nothing was done")
    return _undone(answer, ticket, back)


@dataclass(frozen=True, slots=True)
class _Back:
    """The ticket as it is put back, its timers, and the fields that stay as somebody has left them since."""

    ticket: Ticket
    timers: tuple[NewTimer, ...]
    stays: tuple[str, ...]


def _put_back(answer: Answer, ticket: Ticket) -> _Back:
    """Each value that is still the act's own goes back; the timers of an old status are set anew."""
    was: Mapping[str, Any] = answer.asked.what["was"]
    now_is, after = _values(ticket), answer.asked.what["is"]
    made = {name: value for name, value in after.items() if value != was[name]}
    mine = [name for name in FIELDS if name in made and now_is[name] == made[name]]
    stays = tuple(name for name in FIELDS if name in made and name not in mine)
    back = replace(ticket, **{name: was[name] for name in mine if name != "status"}, changed_at=answer.case.now)
    if "status" not in mine:
        return _Back(back, (), stays)
    status = Status(was["status"])
    reason = was["close_reason"] if status is Status.CLOSED else ""
    move = enter(back, status, policy=answer.case.policy, now=answer.case.now, reason=reason)
    return _Back(move.ticket, move.timers, stays)


def _undone(answer: Answer, ticket: Ticket, back: _Back) -> Decision:
    agent, mailed, changed = answer.agent, answer.asked.what["mailed"], undoable(ticket, back.ticket)
    done = [f"undone: {changed}", *(f"the {name} stays as somebody has left it since" for name in back.stays)]
    done += [f"the mail that {mailed} got can not be called back"] if mailed else []
    transcript = _to_agent(answer, "agent_done", {"done": done, "left_out": []})
    return Decision(
        outcome=Outcome.ACT,
        reason=f"undone: {changed}",
        ticket=back.ticket,
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.CHANGE, agent.name, changed, f"#{UNDO}"),),
        cancel_timers=back.ticket.status is not ticket.status,
        timers=back.timers,
        notices=one_mail_each([transcript, *_told(answer, ticket, back)]),
        spends=answer.asked.serial,
    )


def _to_agent(answer: Answer, name: str, values: dict[str, Any]) -> Notice:
    return Notice(name, answer.agent.mail, "agent", values, in_reply_to=answer.case.event.message.message_id)


def _told(answer: Answer, ticket: Ticket, back: _Back) -> list[Notice]:
    """Colleagues hear of it as of any act, and so does whoever had the ticket until now."""
    policy, actor = answer.case.policy, answer.agent.mail.key
    people = {one.key: one for one in agents_to_tell(policy, "agent_acted", back.ticket, actor=actor)}
    people |= {one.key: one for one in policy.agents if one.key == ticket.assignee and one.mail.key != actor}
    values = {
        "writer": answer.agent.name,
        "words": "",
        "attachments": [],
        "happened": f"{answer.agent.name} took it back: {undoable(ticket, back.ticket)}",
        "assignee": back.ticket.assignee or "",
    }
    return [Notice("agent_followed_up", one.mail, "agent", values) for one in people.values()]


def _refused(answer: Answer, ticket: Ticket, number: int, line: str, why: str) -> Decision:
    notice = _to_agent(answer, "agent_mistake", {"lines": [(number, line, why)], "customer": ""})
    return Decision(
        Outcome.ACT,
        f"nothing was undone: {why}",
        ticket=replace(ticket, changed_at=answer.case.now),
        based_on=ticket.version,
        notices=(notice,),
    )
