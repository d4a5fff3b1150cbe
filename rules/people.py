"""The people on a ticket: who joins it by Cc, who leaves, and who gets an agent's answer (threat model 5 and 6).

Only a requester puts others on a ticket, and only with a mail for which their domain vouches: a From line alone would
let anybody have answers sent to an address of their choice. Who is merely named is shown to agents and not written to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from parsing.message import Address, Grade, Message
from rules.access import Ask, refused
from rules.case import Case
from rules.decision import EntryKind, NewEntry, Notice
from rules.ticket import MOST_PARTICIPANTS, Participant, Role, Ticket

WORDS = "reply"  # the notice that holds an agent's words and nothing else
LEAVE = frozenset("#leave leave #unsubscribe unsubscribe stop quitter rezygnuję rezygnuje".split())
QUOTED = " .!\"'«»„”“\u00a0"  # as our mails write it, too


@dataclass(frozen=True, slots=True)
class Copies:
    """A ticket after a mail with others in To and Cc: who has `joined` it, who is only `named`, and why."""

    ticket: Ticket
    joined: tuple[Address, ...] = ()
    named: tuple[Address, ...] = ()
    why: str = ""

    @property
    def entries(self) -> tuple[NewEntry, ...]:
        """What the ticket says of it."""
        told = (("gets the answers from now on", self.joined), ("stands in Cc and is not written to", self.named))
        return tuple(
            NewEntry(EntryKind.CHANGE, "tkt", f"{listed(people)} {what}", self.why) for what, people in told if people
        )


def listed(people: Iterable[Address]) -> str:
    """Their addresses in a row."""
    return ", ".join(one.address for one in people)


def with_copies(case: Case, ticket: Ticket) -> Copies:
    """The ticket with those in To and Cc of its newest mail. Automatic mail changes nobody's part."""
    if case.event.message.automatic:
        return Copies(ticket)
    why = _why_only_named(case, ticket)
    here = {one.address.key: one for one in ticket.participants}
    joined: list[Address] = []
    named: list[Address] = []
    for one in case.event.others:
        known = here.get(one.key)
        if case.policy.agent_by_address(one) is not None or ticket.role_of(one) in (Role.REQUESTER, Role.CC):
            continue
        if known is not None and (known.left_at is not None or why):  # who has left comes back only by an agent
            continue
        if known is None and len(here) >= MOST_PARTICIPANTS:
            break
        role = Role.NAMED if why else Role.CC
        here[one.key] = Participant(one, role, case.now, by=case.event.delivery)
        (named if why else joined).append(one)
    changed = replace(ticket, participants=tuple(here.values()))
    why = why or "the requester put them in Cc, and their domain vouches for that mail"
    return Copies(changed, tuple(joined), tuple(named), why)


def _why_only_named(case: Case, ticket: Ticket) -> str:
    """Why the people in Cc do not join; "" when they do."""
    if not case.policy.copies:
        return "the desk writes to requesters only"
    if ticket.role_of(case.event.message.sender) is not Role.REQUESTER:
        return "only the requester can put others on a ticket"
    # whoever let a held mail go on answers for its writer; nobody showed them who stands in its Cc
    ask = Ask.JOIN if ticket.number in case.facts.tickets else Ask.OPEN_WITH
    unproven = case.event.evidence.grade < Grade.E2 or refused(case, ask, role="customer")
    return "nothing proves that the requester put them there" if unproven else ""


def let_in(case: Case, ticket: Ticket) -> Ticket:
    """The ticket with a writer for whom somebody answers: on it from now on, if their domain vouches for the mail."""
    sender, vouched = case.event.message.sender, case.event.vouched
    if vouched is None or sender is None or ticket.role_of(sender) in (Role.REQUESTER, Role.CC):
        return ticket
    if len(ticket.participants) >= MOST_PARTICIPANTS or case.policy.agent_by_address(sender) is not None:
        return ticket
    role = Role.CC if case.event.evidence.grade >= Grade.E2 and case.policy.copies else Role.NAMED
    return put_on(ticket, sender, role, now=case.now, by=case.event.delivery)


def put_on(ticket: Ticket, address: Address, role: Role, *, now: datetime, by: int) -> Ticket:
    """The ticket with somebody in a part of their own, whatever they were before."""
    others = tuple(one for one in ticket.participants if one.address.key != address.key)
    return replace(ticket, participants=(*others, Participant(address, role, now, by)))


def taken_off(ticket: Ticket, address: Address, *, now: datetime) -> Ticket:
    """The ticket without somebody: their date of leaving stays, and what was mailed to them opens nothing any more."""
    people = tuple(replace(one, left_at=now) if one.address.key == address.key else one for one in ticket.participants)
    return replace(ticket, participants=people)


def wants_to_leave(message: Message) -> bool:
    """True for a mail with one word of its own, which says so."""
    words = "".join(span.text for span in message.spans if span.kind == "new").strip()
    return len(words) <= 20 and words.lower().strip(QUOTED) in LEAVE


def got_it(ticket: Ticket, case: Case) -> bool:
    """Whether the requester got the agent's own mail: it stood in its To or Cc."""
    have_it = {one.key for one in case.event.others}
    return any(one.key in have_it for one in ticket.own_addresses)


def answered_in_copy(ticket: Ticket, case: Case) -> tuple[Address, ...]:
    """Who gets an agent's words beside the requester: nobody who got the agent's own mail."""
    have_it = {one.key for one in case.event.others}
    return tuple(one for one in ticket.in_copy if one.key not in have_it) if case.policy.copies else ()


def to_everybody(mails: Iterable[Notice], ticket: Ticket, case: Case) -> list[Notice]:
    """An agent's mail to the requester, and a copy of its words for each of those in Cc: alike to look at, each with a
    token of its own. Whom the agent's own mail has reached gets the words no second time."""
    made: list[Notice] = []
    for mail in mails:
        shown = replace(mail, shown_to=ticket.requester, shown_cc=ticket.in_copy) if case.policy.copies else mail
        if mail.automatic:
            made.append(mail)
        elif not got_it(ticket, case):
            made.append(shown)
        elif mail.name != WORDS:
            made.append(replace(mail, automatic=True, text="", attachments=()))
        if not mail.automatic:
            made += [replace(shown, name=WORDS, to=one, values={}) for one in answered_in_copy(ticket, case)]
    return made
