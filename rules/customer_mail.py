"""What becomes of a mail that no agent acts with: it follows up its ticket or opens one."""

from __future__ import annotations

from dataclasses import replace

from parsing.headers import clean_subject
from parsing.message import Address, Grade, Kind, Message
from parsing.tokens import person_hash
from rules.case import Case, agents_to_tell, chosen_parts, customer_hears, one_mail_each, without_logos
from rules.decision import Decision, EntryKind, NewEntry, Notice, Outcome
from rules.engine import Ruled, set_by
from rules.lifecycle import Move, answered, heard, too_late
from rules.matching import Match, match
from rules.people import Copies, let_in, taken_off, wants_to_leave, with_copies
from rules.reactions import opening, with_rules
from rules.ticket import Role, Status, Ticket, number_text
from rules.tongue import heard_in

SURE = 0.8
SORTED = ("priority ", "category ")


def writer(message: Message) -> str:
    """Who wrote, for a timeline: name and address, or the From text as it stood when it is no single mailbox."""
    if message.sender is None:
        return message.from_text or "unknown sender"
    name = message.sender.name
    return f"{name} <{message.sender.address}>" if name else message.sender.address


def follow_up(case: Case) -> Decision | None:
    """A message that belongs to a ticket of its sender's own."""
    found = match(case)
    if found.ticket is None:
        return None
    if case.event.message.automatic:
        return _automatic_answer(case, found, found.ticket)
    sender = case.event.message.sender
    if sender is not None and found.ticket.role_of(sender) is Role.CC and wants_to_leave(case.event.message):
        return _left(case, found, found.ticket, sender)
    if too_late(found.ticket, policy=case.policy, now=case.now):
        return None
    return _answer(case, found, found.ticket)


def message_entry(case: Case, found: Match, summary: str) -> NewEntry:
    """The mail on its ticket."""
    return NewEntry(
        kind=EntryKind.MESSAGE,
        who=writer(case.event.message),
        summary=summary,
        why=found.told,
        internal=False,
    )


def _automatic_answer(case: Case, found: Match, ticket: Ticket) -> Decision:
    message = case.event.message
    reason = f"{message.kind.value.replace('_', ' ')} ({message.why}): kept, nothing changed"
    return Decision(
        outcome=Outcome.AUTOMATIC,
        reason=reason,
        ticket=replace(ticket, changed_at=case.now),
        based_on=ticket.version,
        entries=(message_entry(case, found, f"sent an automatic mail: {message.subject}"),),
        notices=tuple(_heard_by_list(case, ticket)),
        trace=found.trace,
    )


def _heard_by_list(case: Case, ticket: Ticket) -> list[Notice]:
    """Behind a company's list there is a person: its fields stop what is automatic, not that somebody reads it."""
    if case.event.message.kind is not Kind.LIST or case.event.quiet:
        return []
    told = f"it came by a mailing list ({case.event.message.why}), so its status and reminders are as they were"
    heard = agent_notices(case, ticket, "customer_replied", name="agent_followed_up", happened=told)
    return [replace(notice, values={**notice.values, "machine": ""}) for notice in heard]


def _left(case: Case, found: Match, ticket: Ticket, who: Address) -> Decision:
    """Somebody in Cc wants no more of it. Nobody is told: that is what they asked for."""
    return Decision(
        outcome=Outcome.FOLLOWED_UP,
        reason=f"{who.address} has left the ticket",
        ticket=taken_off(replace(ticket, changed_at=case.now), who, now=case.now),
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.CHANGE, who.address, "left the ticket", found.told),),
        trace=found.trace,
    )


def held_answer(case: Case) -> Decision | None:
    """What was mailed to one person comes back from another: a person says who that is (threat model 3 and 20)."""
    found = match(case)
    ticket = found.related
    if not found.held or ticket is None:
        return None
    who = f"{writer(case.event.message)} writes with what was mailed to {_given_to(case, ticket)} about {ticket.name}"
    return Decision(
        outcome=Outcome.HELD,
        reason=f"{who}: it may be the same person, or somebody whom our mail was passed on to",
        ticket=replace(ticket, changed_at=case.now),
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.CHANGE, "tkt", f"a mail is held: {who}", "they do not stand on the ticket"),),
        trace=found.trace,
    )


def _given_to(case: Case, ticket: Ticket) -> str:
    token = case.event.evidence.foreign_token
    people = (*ticket.own_addresses, *ticket.in_copy, *(agent.mail for agent in case.policy.agents))
    owner = (one.address for one in people if token is not None and person_hash(one.key) == token.person)
    return next(owner, "somebody else")


def _answer(case: Case, found: Match, ticket: Ticket) -> Decision:
    event, now = case.event, case.now
    spoken = heard_in(heard(ticket, event.message.message_id, now), event.message, case.policy)
    copies = with_copies(case, let_in(case, spoken))
    closes = ticket.role_of(event.message.sender) is Role.REQUESTER
    words = event.message.reply_text
    move = None if event.quiet else answered(copies.ticket, words, policy=case.policy, now=now, closes=closes)
    after = move.ticket if move else copies.ticket
    human = replace(after, question="", asked_by="", asked_at=None)
    mails = [*_thanks(case, human, move), *_tell_agents(case, human, move, copies)]
    written = message_entry(case, found, f"wrote: {event.message.subject}")
    return Decision(
        outcome=Outcome.FOLLOWED_UP,
        reason=found.told + (f"; {move.happened}" if move else ""),
        ticket=human,
        based_on=ticket.version,
        entries=(written, *copies.entries, *_move_entry(ticket, move)),
        cancel_timers=move is not None,
        timers=move.timers if move else (),
        notices=() if event.quiet else one_mail_each(mails),
        trace=found.trace,
        events=("customer_replied",),
    )


def _move_entry(before: Ticket, move: Move | None) -> tuple[NewEntry, ...]:
    if move is None:
        return ()
    why = move.ticket.close_reason or "a person answered"
    summary = f"status {before.status.value} → {move.ticket.status.value}"
    return (NewEntry(kind=EntryKind.CHANGE, who="tkt", summary=summary, why=why),)


def _thanks(case: Case, ticket: Ticket, move: Move | None) -> list[Notice]:
    """The one line that says it is closed, to a customer who said that it is solved."""
    if move is None or ticket.status is not Status.CLOSED or not customer_hears(case.policy, "closed_solved"):
        return []
    to = case.event.message.sender
    if to is None:
        return []
    until = case.now + case.policy.reopen_within
    answers = case.event.message.message_id
    return [Notice("closed_solved", to, "customer", {"reopen_until": until}, in_reply_to=answers)]


def _tell_agents(case: Case, ticket: Ticket, move: Move | None, copies: Copies) -> list[Notice]:
    happened = move.happened if move else ""
    topic = "reopened" if happened == "reopened" else "customer_replied"
    if ticket.status is Status.CLOSED:
        topic = "closed" if move else "customer_replied"
    return agent_notices(case, ticket, topic, name="agent_followed_up", happened=happened, copies=copies)


def agent_notices(
    case: Case,
    ticket: Ticket,
    topic: str,
    *,
    name: str,
    happened: str = "",
    rule: str = "",
    linked: str = "",
    actor: str = "",
    copies: Copies | None = None,
) -> list[Notice]:
    """The customer's mail as notifications to the agents whom the desk's table names."""
    message = case.event.message
    files = without_logos(message.attachments, case.facts.logos)
    attachments, left_out = chosen_parts(files, limit=case.facts.mail_limit)
    values = {
        "writer": writer(message),
        "from_name": (message.sender.name or message.sender.address) if message.sender is not None else "",
        "verified": case.event.evidence.grade > Grade.E0,
        "words": message.reply_text.strip("\r\n") or message.text,
        "page": message.html_text.strip("\r\n"),
        "more": bool(message.cut_text.strip()),
        "attachments": [(part.filename, part.size) for part in files],
        "rule": rule,
        "earlier": [number_text(number) for number in case.facts.earlier_tickets if number != ticket.number],
        "happened": happened,
        "linked": linked,
        "machine": "" if not message.automatic else f"{message.kind.value}: {message.why}",
        "assignee": ticket.assignee or "",
        "left_out": list(left_out),
        "joined": [one.address for one in copies.joined] if copies else [],
        "named": [one.address for one in copies.named] if copies else [],
    }
    sender = message.sender.key if message.sender else ""
    people = agents_to_tell(case.policy, topic, ticket, actor=actor or sender)
    return [Notice(name, agent.mail, "agent", values, attachments=attachments) for agent in people]


def stray_automatic(case: Case) -> Decision | None:
    """A vacation reply that answers nothing we know: kept in the ledger, no ticket, no answer."""
    message = case.event.message
    if message.kind is not Kind.AUTO_REPLY or message.confidence < SURE:
        return None
    return Decision(Outcome.AUTOMATIC, reason=f"an automatic reply ({message.why}) to nothing that is known here")


def open_ticket(case: Case) -> Decision:
    """A new ticket for the sender; one that answers too late, or that only names another's ticket, is linked to it."""
    found = match(case)
    linked = found.ticket or found.related
    root = case.event.message.message_id
    fresh = new_ticket(case, requester=case.event.message.sender, linked=linked, root=root)
    ruled = opening(case.event, fresh, policy=case.policy, now=case.now)
    ticket = replace(ruled.ticket, status=fresh.status)
    confirmation, silent = _confirmation(case, ticket)
    copies = with_copies(case, ticket)
    ticket = copies.ticket
    note = _link_words(found)
    rule = '", "'.join(ruled.names)
    tell = agent_notices(case, ticket, "opened", name="agent_opened", rule=rule, linked=note, copies=copies)
    notices = () if case.event.quiet else one_mail_each([*confirmation, *tell])
    decision = Decision(
        outcome=Outcome.OPENED,
        reason=opened_reason(ruled, note),
        ticket=ticket,
        entries=(
            NewEntry(EntryKind.MESSAGE, writer(case.event.message), f"wrote: {ticket.subject}", note, internal=False),
            _sorted_entry(ruled),
            *copies.entries,
            *silent,
        ),
        notices=notices,
        known_ids=case.event.message.in_reply_to,
        trace=found.trace,
    )
    # what the rules say of priority and category stands in an entry already, and so does a reason for silence
    done = replace(ruled, ticket=replace(copies.ticket, status=ruled.ticket.status))
    told = with_rules(decision, done, policy=case.policy, now=case.now, said=SORTED)
    return replace(told, trace=(*told.trace, *set_by(ruled)))


def opened_reason(ruled: Ruled, note: str) -> str:
    """Why a ticket was opened as it was, in a line."""
    rule = f"by rule {_names(ruled)}" if ruled.fired else "no rule matched"
    return f"a new ticket, {rule}" + (f"; {note}" if note else "")


def _names(ruled: Ruled) -> str:
    return ", ".join(f'"{name}"' for name in ruled.names)


def _sorted_entry(ruled: Ruled) -> NewEntry:
    setters = dict.fromkeys(ruled.setters[name] for name in ("priority", "category") if name in ruled.setters)
    why = ", ".join(f'rule "{name}"' for name in setters) or "no rule matched: the desk's start values"
    summary = f"priority {ruled.ticket.priority}, category {ruled.ticket.category}"
    return NewEntry(EntryKind.CHANGE, "tkt", summary, why)


def _link_words(found: Match) -> str:
    if found.ticket is not None:
        return f"linked to {found.ticket.name}, which was closed too long ago to reopen"
    if found.related is None:
        return ""
    return f"possibly about {found.related.name}, by {found.how}: {found.why}"


def new_ticket(case: Case, *, requester: Address | None, root: str, linked: Ticket | None = None) -> Ticket:
    """The snapshot of a ticket opened now for `requester`, as no rule has seen it yet.

    `root` is the Message-ID of the customer's first mail. Without one (an agent brought
    the ticket, or the mail had none) the thread gets a root of our own.
    """
    message, policy, now = case.event.message, case.policy, case.now
    number = case.facts.next_number
    domain = policy.address.address.split("@")[1]
    fresh = Ticket(
        number=number,
        desk=policy.desk,
        subject=clean_subject(message.subject),
        status=Status.NEW,
        priority=policy.start_priority,
        category=policy.start_category,
        requester=requester,
        assignee=None,
        opened_at=now,
        changed_at=now,
        status_since=now,
        thread=(root or f"<tkt-{number:05d}.opened@{domain}>",),
        linked_to=linked.number if linked else None,
        quiet=case.event.quiet,
    )
    return heard_in(fresh, message, policy)


def _confirmation(case: Case, ticket: Ticket) -> tuple[list[Notice], tuple[NewEntry, ...]]:
    """The confirmation, or the entry that says why there is none."""
    why = _why_no_confirmation(case, ticket)
    if why is not None or ticket.requester is None:
        summary = "no confirmation was sent"
        return [], (NewEntry(EntryKind.CHANGE, "tkt", summary, why or "the sender is not one plain mailbox"),)
    answers = case.event.message.message_id
    # nothing proves who wrote though it could: a subject of somebody else's is not carried to whom it may not concern
    evidence = case.event.evidence
    values = {"unproven": True} if evidence.grade is Grade.E0 and not evidence.blind else {}
    return [Notice("opened", ticket.requester, "customer", values, in_reply_to=answers)], ()


def _why_no_confirmation(case: Case, ticket: Ticket) -> str | None:
    message = case.event.message
    if case.event.quiet:
        return "older mail is taken in quietly"
    if ticket.requester is None:
        return "the sender is not one plain mailbox"
    if message.automatic:
        return f"it is not a person's mail: {message.kind.value} ({message.why})"
    if not case.event.envelope_from:
        return "it came with the null sender (RFC 3834 section 2)"
    return None if customer_hears(case.policy, "opened") else "the desk's file sends none"
