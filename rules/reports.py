"""Delivery reports: what it means for a ticket, and for an address, that a mail of ours did not arrive.

The same answer whether the relay refused it (`Returned`) or a report came back later. Our signed envelope sender or
Message-ID proves that a report is about a mail of ours; without one it is a hint, which mutes nobody and moves nothing.
A mail comes back once: a second report about it is kept and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from parsing.message import Address, Kind, Report
from rules.case import Case, agents_to_tell, one_mail_each
from rules.contact import COMPLAINT, Contact, came_back, muted
from rules.decision import Alarm, CameBack, Decision, EntryKind, NewEntry, NewTimer, Notice, Outcome
from rules.delivery_words import OURS, advice, plain_words, reason_for
from rules.event import Returned
from rules.facts import Facts, SentMail
from rules.lifecycle import SOLVED, SPAM, enter
from rules.matching import number_in, survivor
from rules.policy import Policy
from rules.ticket import Role, Status, Ticket

DELAYED = ("delayed", "delivered", "relayed", "expanded")
# The mails that a ticket rests on while it waits, or is done: if the customer never got them, it is not.
CLOSING = ("resolved", "closed", "closed_silence", "closed_resolved")
RESTS_ON = frozenset(("reply", "waiting_customer", "reminder", "last_reminder", *CLOSING))
AT_REST = (Status.WAITING, Status.RESOLVED, Status.CLOSED)
GIVEN_UP = "5.4.7"  # of what the sender tried for days (gateway/sender.py)
COMES_BACK = "mail comes back from "  # the operator's red line about one of the desk's people
NO_PROOF = "without proof that it is about a mail of ours: a hint only"
PROVED = "a delivery report proved by our own signature"


@dataclass(frozen=True, slots=True)
class Failure:
    """One mail of ours that did not reach somebody. `given_up`: it was we who tried no more; `ours`: we never began."""

    sent: SentMail
    status: str
    reply: str
    reason: str = ""
    given_up: bool = False
    ours: bool = False

    @property
    def words(self) -> str:
        """The reason in plain words."""
        return f"tkt kept it back: {self.reply}." if self.ours else plain_words(self.status, self.reply, self.reason)

    @property
    def advice(self) -> str:
        """What to do about it."""
        return OURS if self.ours else advice(self.status, self.reply, self.reason)

    @property
    def summary(self) -> str:
        """What happened, in a line."""
        return f"{self.sent.notice} never reached {self.sent.recipient}: {self.words}"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a ticket becomes by a failure: `happened` is reopened, resumed, stopped (the close), or nothing."""

    ticket: Ticket
    happened: str = ""
    timers: tuple[NewTimer, ...] = ()


def bounced(case: Case) -> Decision | None:
    """A delivery report that came by mail."""
    message, sent = case.event.message, case.facts.sent
    if message.kind is not Kind.BOUNCE:
        return None
    if sent is None or not case.event.evidence.bounced:
        return _hint(case)
    report = _of(sent, message.reports)
    action = report.action.lower()
    if action in DELAYED:
        words = plain_words(report.status, report.diagnostic, report.reason)
        told = f": {words}" if action == "delayed" else ""
        return _remark(case, sent, f"the mail to {sent.recipient} is {action}{told}")
    failure = Failure(sent, report.status, report.diagnostic, report.reason)
    return failed(failure, facts=case.facts, policy=case.policy, now=case.now)


def complained(case: Case) -> Decision | None:
    """An abuse report (RFC 5965): whoever called a mail of ours spam gets no more of them."""
    message, sent = case.event.message, case.facts.sent
    if all(report.action != "complained" for report in message.reports):
        return None
    if sent is None or not case.event.evidence.bounced:
        return Decision(Outcome.REPORT, f"a complaint {NO_PROOF}")
    why = f"{sent.recipient} called a mail of ours spam ({sent.notice.replace('_', ' ')})"
    if sent.role != "customer":
        return Decision(Outcome.REPORT, why, alarm=Alarm(f"{COMES_BACK}{sent.recipient}", why))
    contact = case.facts.contacts.get(sent.recipient.lower(), Contact(sent.recipient))
    silenced = muted(contact, by=COMPLAINT, why="a mail of ours was called spam there", now=case.now)
    ticket = survivor(case.facts, sent.ticket)
    if ticket is None:
        return Decision(Outcome.REPORT, why, contacts=(silenced,))
    values = {"recipient": sent.recipient}
    entry = NewEntry(EntryKind.REPORT, "tkt", f"{why}; nothing more is sent there", "an abuse report (RFC 5965)")
    people = agents_to_tell(case.policy, "undelivered", ticket)
    return Decision(
        outcome=Outcome.REPORT,
        reason=why,
        ticket=replace(ticket, changed_at=case.now),
        based_on=ticket.version,
        entries=(entry,),
        cancel_timers=_is_requester(sent, ticket),
        notices=one_mail_each(Notice("agent_complained", agent.mail, "agent", values) for agent in people),
        contacts=(silenced,),
    )


def _hint(case: Case) -> Decision:
    """Said by nobody knows whom: written down where it belongs to, if it names the customer of a ticket."""
    message = case.event.message
    number = number_in(message.subject)
    numbers = [*([number] if number is not None else []), *case.facts.by_message_id.values()]
    named = {name.lower() for one in message.reports for name in (one.recipient, one.original_recipient)}
    tickets = [case.facts.tickets[one] for one in numbers if one in case.facts.tickets]
    theirs = [one for one in tickets if one.requester and one.requester.key in named and one.desk == case.policy.desk]
    if not theirs:
        return Decision(Outcome.REPORT, f"a delivery report {NO_PROOF}")
    to = theirs[0].requester.address if theirs[0].requester else ""
    summary = f"unproven report that mail to {to} did not arrive"
    return _noted(theirs[0], summary, f"a delivery report {NO_PROOF}; nothing was changed", now=case.now)


def _of(sent: SentMail, reports: tuple[Report, ...]) -> Report:
    """What a report says of the one whom our mail was sent to; else of the first whom it failed, or of the first."""
    key = sent.recipient.lower()
    named = [one for one in reports if key in (one.recipient.lower(), one.original_recipient.lower())]
    undelivered = [one for one in reports if one.action.lower() not in DELAYED]
    return next(iter([*named, *undelivered, *reports]), Report(action="failed"))


def _remark(case: Case, sent: SentMail, summary: str) -> Decision:
    """A line on the ticket; of mails to staff the ledger knows enough."""
    ticket = survivor(case.facts, sent.ticket)
    if ticket is None or sent.role != "customer":
        return Decision(Outcome.REPORT, summary)
    return _noted(ticket, summary, PROVED, now=case.now)


def _noted(ticket: Ticket, summary: str, why: str, *, now: datetime) -> Decision:
    return Decision(
        outcome=Outcome.REPORT,
        reason=summary,
        ticket=replace(ticket, changed_at=now),
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.REPORT, "tkt", summary, why),),
    )


def returned(event: Returned, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The relay refused a mail for good, or we gave up; or it is late and tried on."""
    sent = SentMail(event.serial, event.ticket, event.recipient, event.role, event.notice, accepted_at=None)
    if event.late_hours:
        return _late(event, sent, facts=facts, policy=policy, now=now)
    failure = Failure(sent, event.status, event.reply, given_up=event.status == GIVEN_UP, ours=event.ours)
    return failed(failure, facts=facts, policy=policy, now=now)


def _late(event: Returned, sent: SentMail, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """Told once, of what somebody is waiting for: not of a confirmation, and never of a mail to staff."""
    words = plain_words(event.status, event.reply)
    summary = f"{sent.notice} to {sent.recipient} has been waiting for {event.late_hours} hours: {words}"
    ticket = survivor(facts, sent.ticket)
    if ticket is None or sent.role != "customer" or sent.notice not in RESTS_ON:
        return Decision(Outcome.REPORT, summary)
    values = {"recipient": sent.recipient, "hours": event.late_hours, "words": words}
    people = agents_to_tell(policy, "undelivered", ticket)
    notices = one_mail_each(Notice("agent_late", agent.mail, "agent", values) for agent in people)
    return replace(_noted(ticket, summary, event.reply, now=now), notices=notices)


def failed(failure: Failure, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The ticket shows it, the agent is told in plain words, what rested on this mail does not rest any more.

    A mail to staff is the operator's business (an alarm), not the ticket's.
    """
    sent, summary = failure.sent, failure.summary
    if sent.bounced_at is not None:
        return Decision(Outcome.REPORT, f"{summary}; it is known already, for a mail comes back once")
    back = CameBack(sent.serial, failure.status, failure.reply)
    if sent.role != "customer":
        alarm = Alarm(f"{COMES_BACK}{sent.recipient}", f"it can not be delivered: {failure.reply or failure.words}")
        return Decision(Outcome.REPORT, summary, came_back=back, alarm=alarm)
    contact = _counted(failure, facts, now)
    contacts = (contact,) if contact is not None else ()
    ticket = survivor(facts, sent.ticket)
    if ticket is None:
        return Decision(Outcome.REPORT, f"{summary}; its ticket is not known", contacts=contacts, came_back=back)
    after = _consequence(failure, ticket, facts=facts, policy=policy, now=now)
    return Decision(
        outcome=Outcome.REPORT,
        reason=summary,
        ticket=after.ticket,
        based_on=ticket.version,
        entries=tuple(_entries(failure, ticket, after, contact)),
        cancel_timers=bool(after.happened),
        timers=after.timers,
        notices=_tell(failure, after, contact, policy),
        contacts=contacts,
        came_back=back,
        events=("bounced",),
    )


def _counted(failure: Failure, facts: Facts, now: datetime) -> Contact | None:
    """The address with the points of this mail; None when the failure says nothing against it."""
    if failure.given_up or failure.ours:
        return None
    contact = facts.contacts.get(failure.sent.recipient.lower(), Contact(failure.sent.recipient))
    reason = reason_for(failure.status, failure.reply, failure.reason)
    why = f"our mails to it came back, the last one because: {failure.words}"
    counted = came_back(contact, reason=reason, passing=failure.status.startswith("4"), why=why, now=now)
    return None if counted == contact else counted


def _is_requester(sent: SentMail, ticket: Ticket) -> bool:
    return ticket.role_of(Address(sent.recipient)) is Role.REQUESTER


def _consequence(failure: Failure, ticket: Ticket, *, facts: Facts, policy: Policy, now: datetime) -> Consequence:
    """A ticket that rests on what the customer never read is work again; a close that it announced does not come."""
    heard = replace(ticket, changed_at=now)
    rests = failure.sent.notice in RESTS_ON and _is_requester(failure.sent, ticket)
    if not rests or ticket.close_reason in (SOLVED, SPAM):
        return Consequence(heard)
    if ticket.status in AT_REST:
        move = enter(ticket, Status.IN_PROGRESS, policy=policy, now=now)
        happened = "reopened" if ticket.status is Status.CLOSED else "resumed"
        return Consequence(move.ticket, happened, move.timers)
    closes = any(timer.kind == "close" for timer in facts.timers)
    return Consequence(heard, "stopped" if closes else "")


def _entries(failure: Failure, before: Ticket, after: Consequence, contact: Contact | None) -> list[NewEntry]:
    entries = [NewEntry(EntryKind.REPORT, "tkt", failure.summary, failure.reply)]
    if after.happened:
        moved = before.status is not after.ticket.status
        status = f"status {before.status.value} → {after.ticket.status.value}"
        summary = status if moved else "the automatic close is stopped"
        why = f"the customer never got the mail: {failure.sent.notice.replace('_', ' ')}"
        entries.append(NewEntry(EntryKind.CHANGE, "tkt", summary, why))
    if contact is not None and contact.muted_at is not None:
        summary = f"nothing more is sent to {contact.address}"
        entries.append(NewEntry(EntryKind.CHANGE, "tkt", summary, contact.mute_why))
    return entries


def _tell(failure: Failure, after: Consequence, contact: Contact | None, policy: Policy) -> tuple[Notice, ...]:
    values = {
        "recipient": failure.sent.recipient,
        "words": failure.words,
        "advice": failure.advice,
        "reply": "" if failure.ours else failure.reply,
        "notice_words": failure.sent.notice.replace("_", " "),
        "happened": after.happened,
        "muted": contact is not None and contact.muted_at is not None,
    }
    people = agents_to_tell(policy, "undelivered", after.ticket)
    return one_mail_each(Notice("agent_undelivered", agent.mail, "agent", values) for agent in people)
