"""Delivery reports: what it means for a ticket that a mail of ours did not arrive.

The same answer whether the relay refused it (`Returned`) or a report came back later (a bounce that our signed
envelope sender or Message-ID proves). A bounced notice that named a day of closing stops the close.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from parsing.message import Report
from rules.case import Case, agents_to_tell, one_mail_each
from rules.decision import Decision, EntryKind, NewEntry, Notice, Outcome
from rules.delivery_words import advice, plain_words
from rules.event import Returned
from rules.facts import Facts, SentMail
from rules.policy import Policy
from rules.ticket import Ticket

# Notices that tell the customer when the ticket closes: unread, they must not close it.
NAMES_A_DAY = ("reminder", "last_reminder", "waiting_customer", "resolved")
DELAYED = ("delayed", "delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Failure:
    """One mail of ours that did not reach somebody."""

    sent: SentMail
    status: str
    reply: str
    reason: str = ""

    @property
    def words(self) -> str:
        """The reason in plain words."""
        return plain_words(self.status, self.reply, self.reason)

    @property
    def advice(self) -> str:
        """What to do about it."""
        return advice(self.status, self.reply, self.reason)


def bounced(case: Case) -> Decision | None:
    """A delivery report that came by mail. Unproven ones are kept and change nothing."""
    message, sent = case.event.message, case.facts.sent
    if message.kind.value != "bounce":
        return None
    if sent is None or not case.event.evidence.bounced:
        return Decision(Outcome.REPORT, "a delivery report without proof that it is about a mail of ours: a hint only")
    report = _of(sent, message.reports)
    action = report.action.lower()
    if action in DELAYED:
        words = plain_words(report.status, report.diagnostic, report.reason)
        told = f": {words}" if action == "delayed" else ""
        return _remark(case, sent, f"the mail to {sent.recipient} is {action}{told}")
    failure = Failure(sent, report.status, report.diagnostic, report.reason)
    return failed(failure, facts=case.facts, policy=case.policy, now=case.now)


def _of(sent: SentMail, reports: tuple[Report, ...]) -> Report:
    """What a report says of the one whom our mail was sent to; else of the first whom it failed, or of the first."""
    key = sent.recipient.lower()
    named = [one for one in reports if key in (one.recipient.lower(), one.original_recipient.lower())]
    undelivered = [one for one in reports if one.action.lower() not in DELAYED]
    return next(iter([*named, *undelivered, *reports]), Report(action="failed"))


def _remark(case: Case, sent: SentMail, summary: str) -> Decision:
    ticket = case.facts.tickets.get(sent.ticket)
    if ticket is None:
        return Decision(Outcome.REPORT, f"{summary}; its ticket is gone")
    return Decision(
        outcome=Outcome.REPORT,
        reason=summary,
        ticket=replace(ticket, changed_at=case.now),
        based_on=ticket.version,
        entries=(NewEntry(EntryKind.REPORT, "tkt", summary, "a delivery report proved by our own signature"),),
    )


def returned(event: Returned, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The relay refused a mail for good, or we gave up."""
    sent = SentMail(event.serial, event.ticket, event.recipient, event.role, event.notice, accepted_at=None)
    return failed(Failure(sent, event.status, event.reply), facts=facts, policy=policy, now=now)


def failed(failure: Failure, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The ticket shows it, the agent is told in plain words, a close that was announced by this mail is stopped."""
    ticket = facts.tickets.get(failure.sent.ticket)
    if ticket is None:
        return Decision(Outcome.REPORT, f"{failure.words}; its ticket is not known")
    stops = failure.sent.role == "customer" and failure.sent.notice in NAMES_A_DAY
    stopped = stops and any(timer.kind == "close" for timer in facts.timers)
    summary = f"{failure.sent.notice} never reached {failure.sent.recipient}: {failure.words}"
    entries = [NewEntry(EntryKind.REPORT, "tkt", summary, failure.reply)]
    if stopped:
        why = "the mail that named the day of closing did not arrive"
        entries.append(NewEntry(EntryKind.CHANGE, "tkt", "the automatic close is stopped", why))
    return Decision(
        outcome=Outcome.REPORT,
        reason=summary,
        ticket=replace(ticket, changed_at=now),
        based_on=ticket.version,
        entries=tuple(entries),
        cancel_timers=stopped,
        notices=_tell(failure, ticket, policy, stopped=stopped),
        alarm="" if failure.sent.role == "customer" else f"it can not be delivered: {failure.reply or failure.words}",
    )


def _tell(failure: Failure, ticket: Ticket, policy: Policy, *, stopped: bool) -> tuple[Notice, ...]:
    """Agents hear of a customer's mail that failed; one to an agent is the operator's business (an alarm)."""
    if failure.sent.role != "customer":
        return ()
    values = {
        "recipient": failure.sent.recipient,
        "words": failure.words,
        "advice": failure.advice,
        "reply": failure.reply,
        "notice_words": failure.sent.notice.replace("_", " "),
        "stopped": stopped,
    }
    people = agents_to_tell(policy, "undelivered", ticket)
    return one_mail_each(Notice("agent_undelivered", agent.mail, "agent", values) for agent in people)
