"""What agents' `#word` lines mean: the vocabulary, and a plan of what they would do, all or nothing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace

from parsing.addresses import strict_mailbox
from parsing.commands import Command, Commands
from rules import people_lines
from rules.plan import Mistake, Plan
from rules.policy import Agent, Policy
from rules.solved import fold
from rules.ticket import Status, Ticket, may_become


def plan(commands: Commands, *, ticket: Ticket, agent: Agent, policy: Policy) -> Plan:
    """Read every line in turn; one that is wrong breaks the whole plan but all lines get their verdict."""
    result = Plan(ticket=ticket, agent=agent)
    for command in commands.commands:
        try:
            after, verdict, broken = WORDS_OF[_known(command)](result, command.argument.strip(), policy), "fine", False
        except Mistake as mistake:
            after, verdict, broken = result, str(mistake), True
        verdicts = (*result.verdicts, (command.line, command.text, verdict))
        result = replace(after, verdicts=verdicts, broken=result.broken or broken)
    if commands.problem:
        result = replace(result, broken=True, verdicts=(*result.verdicts, (0, "", commands.problem)))
    return result


def _known(command: Command) -> str:
    word = command.word.lower()
    if word in WORDS_OF:
        return word
    near = difflib.get_close_matches(word, WORDS_OF, n=1, cutoff=0.5)
    hint = f" Did you mean #{near[0]}?" if near else ""
    raise Mistake(f"there is no #{command.word}.{hint} Known: {', '.join('#' + name for name in WORDS_OF)}")


def _status(plan: Plan, status: Status, done: str) -> Plan:
    if plan.status is not None and plan.status is not status:
        raise Mistake(f"it contradicts an earlier line ({plan.status.value}); one status a mail")
    if not may_become(plan.ticket.status, status):
        raise Mistake(f"a ticket that is {plan.ticket.status.value} can not become {status.value}; #reopen it first")
    return replace(plan, status=status, done=(*plan.done, done))


def _note(plan: Plan, argument: str, policy: Policy) -> Plan:
    return replace(plan, note=True)


def _ack(plan: Plan, argument: str, policy: Policy) -> Plan:
    assigned = _assigned(plan, plan.agent) if plan.ticket.assignee is None else plan
    return _status(assigned, Status.ACKNOWLEDGED, "acknowledged")


def _waiting(plan: Plan, argument: str, policy: Policy) -> Plan:
    return _status(plan, Status.WAITING, "waiting for the customer")


def _resolve(plan: Plan, argument: str, policy: Policy) -> Plan:
    return _status(plan, Status.RESOLVED, "resolved")


def _close(plan: Plan, argument: str, policy: Policy) -> Plan:
    return _status(plan, Status.CLOSED, "closed")


def _reopen(plan: Plan, argument: str, policy: Policy) -> Plan:
    return _status(plan, Status.IN_PROGRESS, "in progress")


def _spam(plan: Plan, argument: str, policy: Policy) -> Plan:
    return replace(_status(plan, Status.CLOSED, "closed as spam, without a word to the sender"), spam=True)


def _priority(plan: Plan, argument: str, policy: Policy) -> Plan:
    key = named(argument, policy.priorities, "priority")
    ticket = replace(plan.ticket, priority=key)
    return replace(plan, ticket=ticket, done=(*plan.done, f"priority {policy.priorities[key]}"))


def _category(plan: Plan, argument: str, policy: Policy) -> Plan:
    key = named(argument, policy.categories, "category")
    ticket = replace(plan.ticket, category=key)
    return replace(plan, ticket=ticket, done=(*plan.done, f"category {policy.categories[key]}"))


def _assigned(plan: Plan, agent: Agent) -> Plan:
    ticket = replace(plan.ticket, assignee=agent.key)
    return replace(plan, ticket=ticket, done=(*plan.done, f"assigned to {agent.name}"))


def _take(plan: Plan, argument: str, policy: Policy) -> Plan:
    return _assigned(plan, plan.agent)


def _assign(plan: Plan, argument: str, policy: Policy) -> Plan:
    agent = policy.agent_by_name(argument)
    if agent is None:
        raise Mistake(_nearest(argument, {person.key: person.name for person in policy.agents}, "person"))
    return _assigned(plan, agent)


def _confirm_address(plan: Plan, argument: str, policy: Policy) -> Plan:
    to = strict_mailbox(argument) if argument else plan.ticket.requester
    if to is None or plan.ticket.role_of(to) is None:
        raise Mistake("it confirms the customer's address, or one that stands on the ticket: #confirm-address ADDRESS")
    return replace(plan, confirms=to.key, done=(*plan.done, f"mail is sent to {to.address} again"))


def _workaround(plan: Plan, argument: str, policy: Policy) -> Plan:
    return replace(plan, workaround=True, done=(*plan.done, "a workaround is given"))


def _help(plan: Plan, argument: str, policy: Policy) -> Plan:
    return replace(plan, help=True)


def _undo(plan: Plan, argument: str, policy: Policy) -> Plan:
    raise Mistake("it takes back, within the hour, what the mail that it answers tells of; this answers no such mail")


def _for(plan: Plan, argument: str, policy: Policy) -> Plan:
    if not argument:
        raise Mistake("say for whom: #for customer@example.com")
    return replace(plan, customer=argument)


WORDS_OF: Mapping[str, Callable[[Plan, str, Policy], Plan]] = {
    "note": _note,
    "ack": _ack,
    "waiting": _waiting,
    "resolve": _resolve,
    "close": _close,
    "reopen": _reopen,
    "spam": _spam,
    "priority": _priority,
    "category": _category,
    "take": _take,
    "assign": _assign,
    "cc": people_lines.put_in_copy,
    "uncc": people_lines.take_out,
    "same-person": people_lines.same_person,
    "requester": people_lines.change_requester,
    "merge": people_lines.merge,
    "confirm-address": _confirm_address,
    "undo": _undo,
    "workaround": _workaround,
    "help": _help,
    "for": _for,
}


def named(argument: str, names: Mapping[str, str], what: str) -> str:
    """The key meant by a key or a display name, in any case and without accents; raises `Mistake` with the nearest."""
    wanted = fold(argument)
    for key, name in names.items():
        if wanted and wanted in (fold(key), fold(name), fold(key.replace("_", " "))):
            return key
    raise Mistake(_nearest(argument, names, what))


def _nearest(argument: str, names: Mapping[str, str], what: str) -> str:
    spellings = {spelling.lower(): spelling for key, name in names.items() for spelling in (key, name)}
    near = difflib.get_close_matches(argument.lower(), spellings, n=1, cutoff=0.5)
    hint = f' Did you mean "{spellings[near[0]]}"?' if near else ""
    return f'there is no {what} "{argument}".{hint} Known: {", ".join(names)}'
