"""An agent brings a customer's mail: a forward from their own mailbox, or `#for ADDRESS` on top of a new one.

It opens a ticket in the customer's name, with the other steering lines obeyed: all or nothing, as everywhere.
"""

from __future__ import annotations

from dataclasses import replace

from parsing.addresses import strict_mailbox
from parsing.commands import Commands, split_commands
from parsing.message import Address, Message
from rules.access import Ask, refused, writing_agent
from rules.actions import plan
from rules.case import Case, agents_to_tell, customer_hears, one_mail_each
from rules.customer_mail import new_ticket, opened_reason
from rules.decision import Decision, EntryKind, NewEntry, Notice, Outcome
from rules.engine import Ruled
from rules.lifecycle import enter
from rules.plan import Plan
from rules.policy import Agent, Policy
from rules.reactions import opening, with_rules
from rules.relay import own_words
from rules.replay import signatures
from rules.ticket import Status, Ticket


def open_for_customer(case: Case) -> Decision | None:
    """An agent's forward of a customer's mail, or `#for ADDRESS` on top of a new one: a ticket in that name."""
    agent, message = writing_agent(case), case.event.message
    if agent is None or case.event.quiet or refused(case, Ask.BRING):
        return None
    commands = _commands(message)
    customer, wrong = _customer_meant(commands, message)
    if customer is None and not wrong:
        return None
    fresh = new_ticket(case, requester=customer, root="")
    ruled = _without_status(opening(case.event, fresh, policy=case.policy, now=case.now), fresh)
    opened = ruled.ticket
    planned = plan(commands, ticket=opened, agent=agent, policy=case.policy)
    if wrong:
        verdicts = tuple((n, text, wrong if text.startswith("#for") else said) for n, text, said in planned.verdicts)
        planned = replace(planned, broken=True, verdicts=verdicts)
    if planned.broken or customer is None:
        return _mistaken_for(case, agent, planned)
    return _opened_for(case, agent, planned, customer, commands, ruled)


def _without_status(ruled: Ruled, fresh: Ticket) -> Ruled:
    """An agent has brought it: no rule holds it back, closes it or calls it spam."""
    return replace(ruled, ticket=replace(ruled.ticket, status=fresh.status), held="", spam=False)


def brought_for(message: Message, policy: Policy) -> Address | None:
    """The customer in whose name an agent's mail would open a ticket: whose mails are to be counted for the caps."""
    if policy.agent_by_address(message.sender) is None:
        return None
    return _customer_meant(_commands(message), message)[0]


def brings(message: Message) -> bool:
    """Whether a mail passes on another one, or says in whose name it would open a ticket."""
    customer, wrong = _customer_meant(_commands(message), message)
    return customer is not None or bool(wrong)


def _commands(message: Message) -> Commands:
    above, _ = own_words(message.spans)
    return split_commands(above)


def _customer_meant(commands: Commands, message: Message) -> tuple[Address | None, str]:
    """(the customer, or None; what is wrong with the `#for` line)."""
    said = next((command.argument for command in commands.commands if command.word.lower() == "for"), None)
    if said is not None:
        address = strict_mailbox(said)
        return address, "" if address else f'"{said}" is not an address; write #for customer@example.com'
    return message.forwarded_from, ""


def _mistaken_for(case: Case, agent: Agent, planned: Plan) -> Decision:
    values = {"lines": list(planned.verdicts), "customer": "the customer"}
    text = case.event.message.reply_text
    answers = case.event.message.message_id
    notice = Notice("agent_mistake", agent.mail, "agent", values, text=text, in_reply_to=answers)
    return Decision(Outcome.ACT, "nothing was opened: a steering line is wrong", notices=(notice,))


def _opened_for(
    case: Case, agent: Agent, planned: Plan, customer: Address, commands: Commands, ruled: Ruled
) -> Decision:
    ticket, reason = planned.ticket, opened_reason(ruled, "")
    if planned.status is not None:
        ticket = enter(ticket, planned.status, policy=case.policy, now=case.now).ticket
    elif ticket.assignee is not None:
        ticket = replace(ticket, status=Status.ACKNOWLEDGED)
    done = (f"opened {ticket.name} for {customer.address}", *planned.done)
    confirmation: list[Notice] = []
    if customer_hears(case.policy, "opened"):
        confirmation = [Notice("opened", customer, "customer")]
    note = commands.rest.strip() if planned.note else ""
    entries = [
        NewEntry(
            EntryKind.MESSAGE, agent.name, f"brought {ticket.subject} for {customer.address}", reason, internal=False
        )
    ]
    if note:
        entries.append(NewEntry(EntryKind.NOTE, agent.name, "noted", internal=True, text=note))
    told = _told_of_opening(case, agent, ticket, customer)
    transcript = Notice("agent_done", agent.mail, "agent", {"done": list(done), "left_out": []})
    decision = Decision(
        outcome=Outcome.OPENED,
        reason=f"{agent.name} opened it for {customer.address}; {reason}",
        ticket=ticket,
        entries=tuple(entries),
        notices=one_mail_each([*confirmation, *told, transcript]),
        known_ids=signatures(case.event.message),
    )
    done_by_rules = replace(ruled, ticket=ticket)
    return with_rules(decision, done_by_rules, policy=case.policy, now=case.now)


def _told_of_opening(case: Case, agent: Agent, ticket: Ticket, customer: Address) -> list[Notice]:
    message = case.event.message
    values = {
        "writer": customer.address,
        "verified": False,
        "words": split_commands(message.text).rest.strip("\r\n"),
        "more": False,
        "attachments": [(part.filename, part.size) for part in message.attachments],
        "rule": "",
        "earlier": [],
        "happened": f"opened by {agent.name}",
        "linked": "",
        "machine": "",
        "assignee": ticket.assignee or "",
    }
    people = agents_to_tell(case.policy, "opened", ticket, actor=agent.mail.key)
    attachments = tuple(part.index for part in message.attachments)  # a mail forwarded as a file is one of them
    return [Notice("agent_opened", person.mail, "agent", values, attachments=attachments) for person in people]
