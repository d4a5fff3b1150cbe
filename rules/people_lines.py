"""Steering lines about whose ticket it is: `#cc`, `#uncc`, `#same-person`, `#requester`, `#merge`."""

from __future__ import annotations

import re
from dataclasses import replace

from parsing.addresses import strict_mailbox
from parsing.commands import split_commands
from parsing.message import Address, Message
from rules.plan import Mistake, Plan
from rules.policy import Policy
from rules.relay import own_words
from rules.ticket import MOST_PARTICIPANTS, Role, number_text

NUMBER = re.compile(r"(?:TKT-)?(\d{1,9})", re.IGNORECASE | re.ASCII)


def put_in_copy(plan: Plan, argument: str, policy: Policy) -> Plan:
    """`#cc ADDRESS`: gets the answers from now on."""
    address = _outside(argument, policy, "#cc bob@example.com")
    if not policy.copies:
        raise Mistake("this desk writes to requesters only (participants: requester_only)")
    if plan.ticket.role_of(address) in (Role.REQUESTER, Role.CC):
        raise Mistake(f"{address.address} gets the answers already")
    if len(plan.ticket.participants) + len(plan.people) >= MOST_PARTICIPANTS:
        raise Mistake(f"there are {MOST_PARTICIPANTS} people on this ticket, and no more fit")
    return _with(plan, address, Role.CC, f"{address.address} gets the answers from now on")


def take_out(plan: Plan, argument: str, policy: Policy) -> Plan:
    """`#uncc ADDRESS`: gets no more of it."""
    address = _on_ticket(plan, argument, "#uncc bob@example.com")
    if plan.ticket.requester is not None and address.key == plan.ticket.requester.key:
        raise Mistake(f"{address.address} is the requester; #requester says who is instead")
    return _with(plan, address, None, f"{address.address} gets no more of it")


def same_person(plan: Plan, argument: str, policy: Policy) -> Plan:
    """`#same-person ADDRESS`: another address of the requester's own."""
    address = _on_ticket(plan, argument, "#same-person anna@example.com")
    return _with(plan, address, Role.REQUESTER, f"{address.address} is the requester's own, too")


def change_requester(plan: Plan, argument: str, policy: Policy) -> Plan:
    """`#requester ADDRESS`: whose ticket it is. What was mailed to the one before opens nothing any more."""
    address = _outside(argument, policy, "#requester bob@example.com")
    before = plan.ticket.requester
    if before is not None and before.key == address.key:
        raise Mistake(f"{address.address} is the requester already")
    done = f"{address.address} is the requester" + (f" instead of {before.address}" if before else "")
    return replace(plan, requester=address, risks=(*plan.risks, done), done=(*plan.done, done))


def merge(plan: Plan, argument: str, policy: Policy) -> Plan:
    """`#merge TKT-00042`: this ticket is joined into that one."""
    found = NUMBER.fullmatch(argument)
    if found is None:
        raise Mistake(f'"{argument}" is no ticket; write #merge TKT-00042')
    if plan.merge:
        raise Mistake("a ticket is joined into one other, not into two")
    number = int(found[1])
    return replace(plan, merge=number, done=(*plan.done, f"joined into {number_text(number)}"))


def _with(plan: Plan, address: Address, role: Role | None, done: str) -> Plan:
    return replace(plan, people=(*plan.people, (address, role)), done=(*plan.done, done))


def _outside(argument: str, policy: Policy, example: str) -> Address:
    address = strict_mailbox(argument)
    if address is None:
        raise Mistake(f'"{argument}" is not an address; write {example}')
    if policy.agent_by_address(address) is not None:
        raise Mistake(f"{address.address} is one of the desk's people; #assign gives them the ticket")
    if any(own.key == address.key for own in policy.addresses):
        raise Mistake(f"{address.address} is the desk itself")
    return address


def _on_ticket(plan: Plan, argument: str, example: str) -> Address:
    address = strict_mailbox(argument)
    if address is None:
        raise Mistake(f'"{argument}" is not an address; write {example}')
    people = (*plan.ticket.own_addresses, *(one.address for one in plan.ticket.participants if one.left_at is None))
    found = next((one for one in people if one.key == address.key), None)
    if found is None:
        raise Mistake(f"{address.address} does not stand on this ticket")
    return found


def merges_named(message: Message) -> tuple[int, ...]:
    """The tickets that the `#merge` lines of an agent's mail name: what is known of them is needed to judge it."""
    above, _ = own_words(message.spans)
    words = (one.argument.strip() for one in split_commands(above).commands if one.word.lower() == "merge")
    return tuple(int(found[1]) for word in words if (found := NUMBER.fullmatch(word)))
