"""What ends a mute: an address that writes to us can be written to, and so can one that an agent confirms.

A person's mail counts only with a proof of its sender (E1 or more): whoever merely says so in From could have a
stranger's mail sent again to an address that does not exist. What an operator muted stays so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from parsing.message import Address, Grade
from rules.case import Case
from rules.contact import CONFIRM, OPERATOR, Contact, why_muted
from rules.decision import Decision, EntryKind, NewEntry, Outcome

BY_A_PERSON = (Outcome.OPENED, Outcome.FOLLOWED_UP, Outcome.ACT)


def why_unreachable(to: Address | None, contacts: Mapping[str, Contact], *, confirmed: str) -> tuple[str, ...]:
    """That nothing is sent to this address, and what an agent can do about it; `confirmed` is an address's key."""
    why = why_muted(contacts, to.key) if to is not None else None
    if why is None or to is None:
        return ()
    if contacts[to.key].muted_by == OPERATOR:
        return (f"{why}; only whoever runs tkt can change that",)
    return () if to.key == confirmed else (f"{why}. {CONFIRM}",)


def confirmed(contacts: Mapping[str, Contact], key: str) -> tuple[Contact, ...]:
    """The address of this key after an agent has said that it works; what an operator muted stays so."""
    contact = contacts.get(key)
    return (contact.cleared,) if contact is not None and contact.muted_by != OPERATOR else ()


def shown_to_work(case: Case) -> Contact | None:
    """The sender's address with nothing against it any more; None when this mail shows nothing new."""
    message = case.event.message
    contact = case.facts.contacts.get(message.sender.key) if message.sender is not None else None
    if contact is None or message.automatic or case.event.evidence.grade < Grade.E1 or case.event.quiet:
        return None
    counted = contact.score > 0 or contact.muted_at is not None
    return contact.cleared if counted and contact.muted_by != OPERATOR else None


def knowing(case: Case, contact: Contact | None) -> Case:
    """The case as it is decided upon once the address is known to work: its own mail may be answered."""
    if contact is None:
        return case
    return replace(case, facts=replace(case.facts, contacts={**case.facts.contacts, contact.key: contact}))


def written_down(decision: Decision, contact: Contact | None, *, before: Case) -> Decision:
    """The decision that also clears the address; one that was muted is told of on the ticket."""
    if contact is None or decision.outcome not in BY_A_PERSON:
        return decision
    cleared = replace(decision, contacts=(*decision.contacts, contact))
    if decision.ticket is None or before.facts.contacts[contact.key].muted_at is None:
        return cleared
    summary = f"mail is sent to {contact.address} again"
    told = NewEntry(EntryKind.CHANGE, "tkt", summary, "a mail came from there, with a proof of its sender")
    return replace(cleared, entries=(*decision.entries, told))
