"""One ticket joined into another: what becomes of both, and who must say so.

What the gateway itself proposed ("possibly about TKT-00042") is done at once; any other merge, like a change of whose
ticket it is, may show one customer's matter to another, so it is done only when the agent answers a token of one use.
Nobody gets what was written before they joined: only what is answered from now on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from parsing.message import Address
from rules.case import Case
from rules.decision import Also, EntryKind, NewEntry
from rules.lifecycle import enter
from rules.matching import survivor
from rules.people import put_on, taken_off
from rules.plan import Plan
from rules.policy import Policy
from rules.ticket import DONE, MOST_PARTICIPANTS, Participant, Role, Status, Ticket


def with_merge(planned: Plan, case: Case) -> Plan:
    """The plan with its `#merge` line judged by what is known of the other ticket."""
    if not planned.merge or planned.broken:
        return planned
    other = survivor(case.facts, planned.merge)
    wrong = _wrong(planned, other, case.policy)
    if wrong or other is None:
        verdicts = ((n, text, wrong if text.lower().startswith("#merge") else v) for n, text, v in planned.verdicts)
        return replace(planned, broken=True, verdicts=tuple(verdicts))
    proposed = planned.ticket.linked_to in (planned.merge, other.number)
    risk = () if proposed else (f"{planned.ticket.name} joined into {other.name}, {_about(other)}",)
    people = [one for one in _people(planned.ticket, case.policy) if one.role is Role.CC]
    new = [one.address.address for one in people if not _gets(other, one)]
    gets = (f"{', '.join(new)} gets what is answered on {other.name} from now on; #uncc takes somebody off",)
    return replace(planned, risks=(*planned.risks, *risk), done=(*planned.done, *(gets if new else ())))


def _gets(ticket: Ticket, person: Participant) -> bool:
    return ticket.role_of(person.address) in (Role.REQUESTER, Role.CC)


def _wrong(planned: Plan, other: Ticket | None, policy: Policy) -> str:
    if other is None or other.desk != policy.desk:
        return "there is no such ticket at this desk"
    if other.number == planned.ticket.number:
        return "it is this very ticket"
    if planned.status is not None or planned.note:
        return "#merge closes this ticket; it goes with no other status and no note"
    return ""


def _about(ticket: Ticket) -> str:
    who = ticket.requester.address if ticket.requester is not None else "somebody"
    return f'"{ticket.subject}" of {who}'


def merged(ticket: Ticket, into: Ticket, *, policy: Policy, now: datetime) -> Ticket:
    """The ticket that is no more: closed without a word, and leading to the other one."""
    closed = enter(ticket, Status.CLOSED, policy=policy, now=now, reason=f"joined into {into.name}").ticket
    return replace(closed, merged_into=into.number)


def survived(ticket: Ticket, into: Ticket, *, case: Case, who: str) -> Also:
    """The other one: the people of both, and open again, for somebody has written."""
    policy, now = case.policy, case.now
    joined = into
    for person in _people(ticket, policy):
        if _gets(joined, person):
            continue
        if len(joined.participants) < MOST_PARTICIPANTS:
            joined = put_on(joined, person.address, person.role, now=now, by=case.event.delivery)
    new = [one for one in joined.participants if one not in into.participants]
    gets = [one.address.address for one in new if one.role is Role.CC]
    entries = [NewEntry(EntryKind.CHANGE, who, f"{ticket.name}, {_about(ticket)}, was joined into this ticket")]
    if gets:
        why = "they stood on the ticket that was joined"
        entries.append(NewEntry(EntryKind.CHANGE, "tkt", f"{', '.join(gets)} gets the answers from now on", why))
    wakes = into.status is Status.WAITING or into.status in DONE
    if wakes:
        joined = enter(joined, Status.IN_PROGRESS, policy=policy, now=now).ticket
        summary = f"status {into.status.value} → {joined.status.value}"
        entries.append(NewEntry(EntryKind.CHANGE, "tkt", summary, f"{ticket.name} was joined into it"))
    return Also(replace(joined, changed_at=now), tuple(entries), cancel_timers=wakes)


def _people(ticket: Ticket, policy: Policy) -> list[Participant]:
    """Those of the joined ticket, in the parts that they may have on the other one."""
    role = Role.CC if policy.copies else Role.NAMED
    own = [Participant(address, role, ticket.opened_at) for address in ticket.own_addresses]
    others = [one for one in ticket.participants if one.left_at is None and one.role is not Role.REQUESTER]
    return [*own, *(replace(one, role=role) if one.role is Role.CC else one for one in others)]


def with_people(planned: Plan, *, now: datetime, by: int) -> Ticket:
    """The plan's ticket with its people as the lines want them."""
    ticket = replace(planned.ticket, changed_at=now)
    for address, role in planned.people:
        ticket = put_on(ticket, address, role, now=now, by=by) if role else taken_off(ticket, address, now=now)
    return ticket if planned.requester is None else with_requester(ticket, planned.requester, now=now, by=by)


def with_requester(ticket: Ticket, address: Address, *, now: datetime, by: int) -> Ticket:
    """Whose ticket it is from now on; the one before is off it, with all of their addresses, and what they were asked
    is repeated to nobody else by a reminder."""
    before = ticket.requester
    others = tuple(
        replace(one, left_at=one.left_at or now) if one.role is Role.REQUESTER else one
        for one in ticket.participants
        if one.address.key != address.key
    )
    if before is not None:
        others = (*others, Participant(before, Role.CC, ticket.opened_at, by, left_at=now))
    asked = replace(ticket, question="", asked_by="", asked_at=None, language="")
    return replace(asked, requester=address, participants=others)
