"""What becomes of a mail from an agent: an answer, a note, steering lines, or a ticket in a customer's name.

All or nothing: one line that is wrong, or text that can not be relayed safely, changes nothing and sends nothing;
the agent gets a transcript that keeps the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from parsing.commands import split_commands
from rules.access import Ask, acting_agent, refused
from rules.actions import plan
from rules.case import (
    SIGNATURES,
    Case,
    agents_to_tell,
    chosen_parts,
    closing_day,
    customer_hears,
    one_mail_each,
    without_logos,
)
from rules.decision import Decision, EntryKind, NewEntry, NewTimer, Notice, Outcome
from rules.held import asks_to_confirm
from rules.lifecycle import SPAM, enter
from rules.matching import survivor
from rules.merging import merged, survived, with_merge, with_people
from rules.people import answered_in_copy, got_it, to_everybody
from rules.plan import Plan
from rules.policy import Agent
from rules.promise import Promise
from rules.reachable import confirmed, why_unreachable
from rules.recipients import bare
from rules.relay import own_words, relayed
from rules.replay import signatures
from rules.throttle import refusal
from rules.ticket import Status, Ticket
from rules.undo import undo_token, undoable
from rules.unproven import ticket_meant

QUESTION_KEPT = 600
RETURNED = 100_000  # characters of an agent's text that go back with the reason why nothing was done; all are kept
MAILS = ("message/rfc822", "message/global", "application/vnd.ms-outlook")


@dataclass(frozen=True, slots=True)
class Act:
    """An agent's mail, read: what they ask for, and their words to the customer or to colleagues.

    `signed_only`: there are no words but a signature.
    """

    case: Case
    agent: Agent
    ticket: Ticket
    plan: Plan
    text: str
    problems: tuple[str, ...]
    signed_only: bool = False

    @property
    def answers(self) -> bool:
        """True when words go to the customer."""
        words = self.text.strip() and not self.signed_only
        # a picture inside an HTML mail goes with words; alone it may be the logo of a signature
        files = [part for part in self.case.event.message.attachments if part.index in self.parts[0]]
        saved = any(not part.inline for part in files)
        return bool(words or saved) and not (self.plan.note or self.plan.help or self.plan.spam)

    @property
    def parts(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """(indexes of the attachments that travel along, names of those that are too large for the relay)."""
        files = without_logos(self.case.event.message.attachments, self.case.facts.logos)
        sendable = [part for part in files if part.type not in SIGNATURES]
        return chosen_parts(sendable, limit=self.case.facts.mail_limit)


def agent_act(case: Case) -> Decision | None:
    """An agent's mail that proves itself: does all that it says, or nothing."""
    agent = acting_agent(case)
    ticket = ticket_meant(case) if agent is not None else None
    if agent is None or ticket is None:
        return None
    if case.event.quiet:
        return Decision(Outcome.HELD, f"an older mail of {agent.name}'s, taken in quietly: nothing was done")
    act = _read_act(case, agent, ticket)
    if act.plan.help:
        return _help(act)
    if act.plan.broken:
        return _mistake(act)
    if act.plan.risks and (why := refused(case, Ask.RISK)):
        return _not_sent(act, (why,)) if case.event.vouched is not None else _to_be_confirmed(act, why)
    if act.problems and not act.plan.note:
        return _not_sent(act, act.problems)
    if not act.answers and not act.plan.note and not act.plan.done:
        return _not_sent(act, ("there is nothing in it: no words above the quotation and no steering line",))
    unsafe = _unsafe(act) if act.answers or act.plan.confirms else ()
    return _not_sent(act, unsafe) if unsafe else _do(act)


def _unsafe(act: Act) -> tuple[str, ...]:
    """Why the answer can not go out, beside what its text says."""
    problems = [
        f'"{part.filename}" is a mail, and mails of ours hold what is private; attach it in another form'
        for part in act.case.event.message.attachments
        if part.type in MAILS or part.filename.lower().endswith((".eml", ".msg"))
    ]
    if act.plan.ticket.requester is None:
        problems.append("the ticket has no customer's address to answer to")
    if act.case.facts.unsendable:
        problems.append(act.case.facts.unsendable)
    return (*problems, *_for_colleagues(act), *_unreachable(act))


def _for_colleagues(act: Act) -> Iterator[str]:
    """A mail to a colleague of which the desk has a copy: its words were not written for the customer."""
    message, policy = act.case.event.message, act.case.policy
    desk = {address.key for address in policy.addresses}
    agents = [agent for one in message.to if (agent := policy.agent_by_address(one)) is not None]
    if not act.answers or got_it(act.ticket, act.case) or any(bare(one.key) in desk for one in message.to):
        return
    names = ", ".join(agent.name for agent in agents if agent.key != act.agent.key)
    if names:
        yield f"it is addressed to {names}, the desk has a copy: an answer goes to the desk, a note begins with #note"


def _unreachable(act: Act) -> tuple[str, ...]:
    return why_unreachable(act.plan.ticket.requester, act.case.facts.contacts, confirmed=act.plan.confirms)


def _read_act(case: Case, agent: Agent, ticket: Ticket) -> Act:
    above, below = own_words(case.event.message.spans)
    commands = split_commands(above)
    planned = with_merge(plan(commands, ticket=ticket, agent=agent, policy=case.policy), case)
    if planned.customer:
        wrong = "#for opens a new ticket: write a new mail to the desk instead of a reply"
        lines = ((n, line, wrong if line.lower().startswith("#for") else said) for n, line, said in planned.verdicts)
        planned = replace(planned, broken=True, verdicts=tuple(lines))
    if planned.merge and commands.rest.strip() and not planned.broken:
        wrong = "#merge closes this ticket; write your words to the other one"
        lines = ((n, line, wrong if line.lower().startswith("#merge") else said) for n, line, said in planned.verdicts)
        planned = replace(planned, broken=True, verdicts=tuple(lines))
    judged = relayed(commands.rest, below=below, private=case.facts.internal_texts)
    unsigned, _ = own_words(span for span in case.event.message.spans if span.kind != "signature")
    bare = not split_commands(unsigned).rest.strip()
    return Act(case, agent, ticket, planned, judged.text, judged.problems, signed_only=bare)


def _back(act: Act) -> str:
    """The agent's text as it goes back to them, cut so that it fits into a mail."""
    text = act.case.event.message.reply_text
    return text if len(text) <= RETURNED else f"{text[:RETURNED]}\n[… cut here: the whole is with the ticket]"


def _to_agent(act: Act, name: str, values: dict[str, Any], *, text: str = "") -> Notice:
    answers = act.case.event.message.message_id
    return Notice(name, act.agent.mail, "agent", values, text=text, in_reply_to=answers)


def _customer_name(ticket: Ticket) -> str:
    return (ticket.requester.name or ticket.requester.address) if ticket.requester else "the customer"


def _kept(act: Act, summary: str, why: str) -> NewEntry:
    text = act.case.event.message.reply_text
    # what was meant for the customer is no secret: it may come again, without the mistake
    kind = EntryKind.NOTE if act.plan.note else EntryKind.ANSWER
    return NewEntry(kind, act.agent.name, summary, why, internal=True, text=text)


def _nothing_done(act: Act, notice: Notice, summary: str, why: str) -> Decision:
    return Decision(
        outcome=Outcome.ACT,
        reason=f"{summary}: {why}",
        ticket=replace(act.ticket, changed_at=act.case.now),
        based_on=act.ticket.version,
        entries=(_kept(act, summary, why),),
        notices=(notice,),
    )


def _mistake(act: Act) -> Decision:
    values = {"lines": list(act.plan.verdicts), "customer": _customer_name(act.ticket)}
    wrong = "; ".join(f"line {line}: {verdict}" for line, _, verdict in act.plan.verdicts if verdict != "fine")
    notice = _to_agent(act, "agent_mistake", values, text=_back(act))
    return _nothing_done(act, notice, "nothing was changed, nothing was sent", wrong)


def _not_sent(act: Act, problems: tuple[str, ...]) -> Decision:
    why = "; ".join(problems)
    values = {"why": why, "lines": list(problems), "customer": _customer_name(act.ticket)}
    notice = _to_agent(act, "agent_not_sent", values, text=_back(act))
    return _nothing_done(act, notice, "kept, nothing was sent", why)


def _to_be_confirmed(act: Act, why: str) -> Decision:
    """What may show one customer's matter to another waits for the agent's word."""
    values = {"done": list(act.plan.risks), "lines": list(act.plan.verdicts)}
    notice = replace(_to_agent(act, "agent_confirm", values), once=asks_to_confirm(act.case.event.delivery))
    reason = f"{act.agent.name} wants: {', '.join(act.plan.risks)}: {why}"
    return Decision(Outcome.HELD, reason, notices=(notice,))


def _help(act: Act) -> Decision:
    policy = act.case.policy
    values = {
        "statuses": {status.value: name for status, name in policy.statuses.items()},
        "priorities": dict(policy.priorities),
        "categories": dict(policy.categories),
        "people": {agent.key: agent.name for agent in policy.agents},
    }
    notice = _to_agent(act, "agent_help", values)
    return Decision(
        Outcome.ACT,
        "asked for help",
        ticket=replace(act.ticket, changed_at=act.case.now),
        based_on=act.ticket.version,
        notices=(notice,),
    )


def _do(act: Act) -> Decision:
    now, policy = act.case.now, act.case.policy
    ticket = with_people(act.plan, now=now, by=act.case.event.delivery)
    other = survivor(act.case.facts, act.plan.merge) if act.plan.merge else None
    if act.answers:
        ticket = replace(ticket, assignee=_new_assignee(act), question=act.text.strip()[:QUESTION_KEPT])
        ticket = replace(ticket, asked_by=act.agent.name, asked_at=now)
    status = _new_status(act, ticket)
    timers: tuple[NewTimer, ...] = ()
    if status is not None:
        reason = SPAM if act.plan.spam else f"closed by {act.agent.name}"
        move = enter(ticket, status, policy=policy, now=now, reason=reason)
        ticket, timers = move.ticket, move.timers
    if other is not None:
        ticket = merged(ticket, other, policy=policy, now=now)
    mails = to_everybody(_customer_mail(act, ticket, status, timers), ticket, act.case)
    notices = [*mails, *_colleagues(act, ticket), *_transcript(act, status, ticket)]
    return Decision(
        outcome=Outcome.ACT,
        reason=", ".join((*act.plan.done, *(("answered",) if act.answers else ()))) or "noted",
        ticket=ticket,
        based_on=act.ticket.version,
        entries=tuple(_entries(act, ticket)),
        cancel_timers=status is not None or other is not None,
        timers=timers,
        notices=one_mail_each(notices),
        known_ids=signatures(act.case.event.message),
        contacts=confirmed(act.case.facts.contacts, act.plan.confirms),
        events=("agent_replied",) if act.answers else (),
        also=(survived(ticket, other, case=act.case, who=act.agent.name),) if other is not None else (),
        met=(Promise.WORKAROUND,) if act.plan.workaround else (),
    )


def _new_assignee(act: Act) -> str | None:
    """An answer makes the ticket the agent's own, unless a line says whose it is."""
    chosen = act.plan.ticket.assignee
    return chosen if chosen != act.ticket.assignee else act.agent.key


def _new_status(act: Act, ticket: Ticket) -> Status | None:
    """The status to enter, or None when nothing is said and nothing follows."""
    if act.plan.status is not None:
        return act.plan.status
    unasked = act.plan.requester is not None and ticket.asked_at is None and act.ticket.status is Status.WAITING
    if act.answers or unasked:  # nobody is reminded of, or closed upon, a question that they never got
        return Status.IN_PROGRESS
    taken = ticket.assignee is not None and ticket.assignee != act.ticket.assignee
    return Status.ACKNOWLEDGED if taken and act.ticket.status is Status.NEW else None


# The notice that a customer gets with (or without) an agent's words, by the status that the mail ends in.
STATUS_NOTICE = {Status.WAITING: "waiting_customer", Status.RESOLVED: "resolved", Status.CLOSED: "closed"}


def _customer_mail(act: Act, ticket: Ticket, status: Status | None, timers: tuple[NewTimer, ...]) -> list[Notice]:
    """One mail to the customer at most: the agent's words and the status notice's words below them."""
    to, policy, now = ticket.requester, act.case.policy, act.case.now
    if to is None or act.plan.spam:
        return []
    name = STATUS_NOTICE.get(status) if status is not None else None
    if name is not None and not customer_hears(policy, name):
        name = None
    if name is None and not act.answers:
        return []
    thread = act.ticket.thread[-1] if act.ticket.thread else ""
    return [
        Notice(
            name=name or "reply",
            to=to,
            role="customer",
            values={"close_on": closing_day(timers), "reopen_until": now + policy.reopen_within},
            automatic=not act.answers,
            text=act.text if act.answers else "",
            attachments=act.parts[0] if act.answers else (),
            in_reply_to=thread,
            sender_name=act.agent.name.split(" ")[0],
        )
    ]


def _topic(act: Act, ticket: Ticket) -> tuple[str, str]:
    """(line of the desk's table, what happened in words) for colleagues."""
    if ticket.assignee not in (None, act.agent.key, act.ticket.assignee):
        return "assigned", f"{act.agent.name} gave it to {ticket.assignee}"
    if act.plan.note:
        return "note", f"{act.agent.name} wrote a note"
    return "agent_acted", f"{act.agent.name}: {', '.join(act.plan.done) or 'answered'}"


def _colleagues(act: Act, ticket: Ticket) -> list[Notice]:
    topic, happened = _topic(act, ticket)
    values = {
        "writer": act.agent.name,
        "verified": True,
        "words": act.text,
        "more": False,
        "attachments": [],
        "rule": "",
        "earlier": [],
        "happened": happened,
        "linked": "",
        "machine": "",
        "assignee": ticket.assignee or "",
    }
    people = agents_to_tell(act.case.policy, topic, ticket, actor=act.agent.mail.key)
    return [Notice("agent_followed_up", agent.mail, "agent", values, attachments=act.parts[0]) for agent in people]


def _transcript(act: Act, status: Status | None, after: Ticket) -> list[Notice]:
    """What was done and how it is taken back, to the agent who steered; a plain answer that went out needs none."""
    left = act.parts[1] if act.answers else ()
    if not act.plan.verdicts and not left:
        return []
    done = list(act.plan.done)
    if act.answers:
        done.append(f"your words went to {_customer_name(act.ticket)}")
    elif act.plan.note:
        done.append("your note is kept for colleagues; the customer does not see it")
    mailed = _customer_name(act.ticket) if act.answers else ""
    for told in [] if act.answers else _customer_mail(act, act.ticket, status, ()):
        refused = refusal(told, facts=act.case.facts, policy=act.case.policy)
        why = refused.why if refused else next(iter(_unreachable(act)), "")
        done.append(f"{_customer_name(act.ticket)} is {f'not told: {why}' if why else 'told'}")
        mailed = "" if why else _customer_name(act.ticket)
    once = undo_token(act.ticket, after, mailed=mailed)
    values = {"done": done, "changed": undoable(act.ticket, after), "left_out": list(left), "mailed": mailed}
    return [replace(_to_agent(act, "agent_done", values), once=once)]


def _entries(act: Act, ticket: Ticket) -> list[NewEntry]:
    entries = []
    if act.answers:
        to = ", ".join([_customer_name(ticket), *(one.address for one in answered_in_copy(ticket, act.case))])
        went = "their own mail went there, and nothing from here" if got_it(ticket, act.case) else ""
        answer = NewEntry(EntryKind.ANSWER, act.agent.name, f"answered {to}", went, internal=False, text=act.text)
        entries.append(answer)
        left = act.parts[1]
        if left:
            summary = f"left out, too large for the relay: {', '.join(left)}"
            entries.append(NewEntry(EntryKind.CHANGE, "tkt", summary))
    elif act.plan.note:
        entries.append(NewEntry(EntryKind.NOTE, act.agent.name, "noted", internal=True, text=act.text))
    changed = changes(act.ticket, ticket)
    if changed:
        why = "; ".join(text for _, text, _ in act.plan.verdicts) or "an answer makes the ticket theirs"
        entries.append(NewEntry(EntryKind.CHANGE, act.agent.name, changed, why))
    return entries


def changes(before: Ticket, after: Ticket) -> str:
    """What differs between two snapshots, in a line: `status new → resolved, priority P3 → P1`."""
    fields = ("status", "priority", "category", "assignee")
    pairs = [(field, getattr(before, field) or "nobody", getattr(after, field) or "nobody") for field in fields]
    was, now = (one.requester.address if one.requester else "nobody" for one in (before, after))
    told = [f"{field} {old} → {new}" for field, old, new in [*pairs, ("requester", was, now)] if old != new]
    moved = [one for one in after.participants if one not in before.participants]
    told += [f"{one.address.address} is {'off it' if one.left_at else one.role.value}" for one in moved]
    return ", ".join(told)
