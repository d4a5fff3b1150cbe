"""What a delivery report means for the ticket and for the address: proved by our signature, or a hint and no more."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from parsing.message import Evidence, Grade, Kind, Report
from rules.contact import BOUNCES, COMPLAINT, FORGOTTEN, OPERATOR, Contact
from rules.decide import decide
from rules.decision import CameBack, Decision, Outcome
from rules.event import Arrived, Returned
from rules.facts import SentMail
from rules.lifecycle import SOLVED, SPAM
from rules.ticket import Status, Ticket
from tests.rules.worlds import ANNA, KARIM, MARIE, NOW, arrive, desk, facts, mails, message, proof, ticket, timer

SENT = SentMail("0123456789abcdef", 42, ANNA.address, "customer", "reply", NOW)


def report(
    *reports: Report, sent: SentMail = SENT, known: Ticket | None = None, proved: bool = True, **words: Any
) -> Decision:
    """A report about a mail of ours arrives; `words` go into the facts."""
    kind = Kind.MACHINE if reports and reports[0].action == "complained" else Kind.BOUNCE
    subject = words.pop("subject", "Undelivered Mail")
    mail = replace(message(sender=None), kind=kind, reports=reports, subject=subject)
    event = Arrived(7, mail, Evidence(bounced=sent.serial if proved else ""), "", (), words.pop("now", NOW))
    world = facts(known or ticket(), sent=sent if proved else None, **words)
    return decide(event, facts=world, policy=desk(), now=event.received_at)


def failed(address: str = ANNA.address, status: str = "5.1.1", **more: str) -> Report:
    return Report(recipient=address, status=status, action="failed", **more)


def score(decision: Decision) -> Contact | None:
    return next(iter(decision.contacts), None)


# -- what the ticket and its agents see


def test_the_agent_reads_why_and_what_to_do() -> None:
    """In words, with the other server's reply beside them; and the mail is marked as one that came back."""
    decision = report(failed(status="5.2.2", diagnostic="552 5.2.2 full", reason="full"))

    assert decision.outcome is Outcome.REPORT
    assert mails(decision) == [(MARIE.address, "agent_undelivered")]
    values = decision.notices[0].values
    assert values["words"] == "The mailbox is full."
    assert values["advice"].startswith("Only the customer can make room")
    assert values["reply"] == "552 5.2.2 full"
    assert decision.came_back == CameBack(SENT.serial, "5.2.2", "552 5.2.2 full")


@pytest.mark.parametrize(
    "reports",
    [
        (Report(recipient="bea@other.example", action="delivered", status="2.0.0"), failed()),
        (failed("bea@other.example", "5.2.2"), failed(ANNA.address.upper())),
        (failed("bea@other.example", "5.2.2"), failed("anna@forwarded.example", original_recipient=ANNA.address)),
        (Report(recipient="bea@other.example", action="delayed"), failed("anna@forwarded.example")),
    ],
)
def test_of_several_recipients_ours_counts(reports: tuple[Report, ...]) -> None:
    """A report tells of everybody; ours is told by either address, else the worst that happened is believed."""
    decision = report(*reports)

    assert mails(decision) == [(MARIE.address, "agent_undelivered")]
    assert decision.notices[0].values["words"] == "There is no such mailbox."


@pytest.mark.parametrize(
    ("action", "status", "words"),
    [
        ("delayed", "4.2.2", "is delayed: The mailbox is full. This may pass."),
        ("relayed", "2.0.0", "is relayed"),
        ("delivered", "2.0.0", "is delivered"),
        ("expanded", "2.0.0", "is expanded"),
    ],
)
def test_what_is_not_over_is_a_note(action: str, status: str, words: str) -> None:
    """The mail may arrive yet, or has: whoever reads the ticket reads so; nobody is told, nothing else moves."""
    decision = report(Report(recipient=ANNA.address, action=action, status=status))

    assert [entry.summary for entry in decision.entries] == [f"the mail to {ANNA.address} {words}"]
    assert (mails(decision), decision.contacts, decision.came_back, decision.cancel_timers) == ([], (), None, False)


@pytest.mark.parametrize(
    ("status", "notice", "after", "happened"),
    [
        (Status.CLOSED, "closed", Status.IN_PROGRESS, "reopened"),
        (Status.CLOSED, "closed_silence", Status.IN_PROGRESS, "reopened"),
        (Status.CLOSED, "last_reminder", Status.IN_PROGRESS, "reopened"),
        (Status.CLOSED, "reply", Status.IN_PROGRESS, "reopened"),
        (Status.RESOLVED, "resolved", Status.IN_PROGRESS, "resumed"),
        (Status.WAITING, "waiting_customer", Status.IN_PROGRESS, "resumed"),
        (Status.WAITING, "reply", Status.IN_PROGRESS, "resumed"),
        (Status.CLOSED, "opened", Status.CLOSED, ""),
        (Status.CLOSED, "closed_solved", Status.CLOSED, ""),
        (Status.WAITING, "opened", Status.WAITING, ""),
        (Status.IN_PROGRESS, "reply", Status.IN_PROGRESS, "stopped"),
    ],
)
def test_what_rested_on_the_mail_rests_no_more(status: Status, notice: str, after: Status, happened: str) -> None:
    """Who was never told is not waited for, not reminded, not closed away; a confirmation holds nothing."""
    closing = (timer("close", NOW + timedelta(days=7)),)
    known = ticket(status=status)
    decision = report(failed(status="5.2.2"), sent=replace(SENT, notice=notice), known=known, timers=closing)

    assert decision.ticket is not None
    assert (decision.ticket.status, decision.notices[0].values["happened"]) == (after, happened)
    assert decision.cancel_timers == bool(happened)


@pytest.mark.parametrize("reason", [SPAM, SOLVED])
def test_what_nobody_waits_for_stays_closed(reason: str) -> None:
    """Spam, and what the customer called solved."""
    decision = report(failed(), known=ticket(status=Status.CLOSED, close_reason=reason))

    assert decision.ticket is not None
    assert decision.ticket.status is Status.CLOSED


def test_a_merged_tickets_mail_concerns_the_one_that_it_became() -> None:
    """The merged one is over and stays so; the other one's agents hear of it, and what it rests on rests no more."""
    gone, other = ticket(status=Status.CLOSED, merged_into=43), ticket(number=43, status=Status.WAITING)
    decision = report(failed(), known=gone, tickets={42: gone, 43: other})

    assert decision.ticket is not None
    assert (decision.ticket.number, decision.ticket.status) == (43, Status.IN_PROGRESS)


def test_a_mail_to_somebody_else_on_the_ticket_moves_nothing() -> None:
    """The customer was told; that a colleague of theirs was not is written down and told."""
    decision = report(
        failed("bea@example.com"), sent=replace(SENT, recipient="bea@example.com"), known=ticket(status=Status.CLOSED)
    )

    assert decision.ticket is not None
    assert decision.ticket.status is Status.CLOSED
    assert mails(decision) == [(MARIE.address, "agent_undelivered")]


def test_a_mail_to_an_agent_is_the_operators_business() -> None:
    """A red line; neither the ticket nor a colleague hears of it, and no address is counted."""
    decision = report(failed(KARIM.address), sent=replace(SENT, recipient=KARIM.address, role="agent"))

    assert decision.alarm
    assert (decision.ticket, decision.entries, decision.contacts, mails(decision)) == (None, (), (), [])


# -- what counts against an address


@pytest.mark.parametrize(
    ("status", "points"),
    [
        *((status, 2) for status in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")),
        *((status, 1) for status in ("5.4.1", "5.4.4", "4.4.7", "4.1.1", "5.2.0", "5.3.2", "")),
        *((status, 0) for status in ("5.2.2", "5.2.3", "5.3.4", "5.7.1", "5.7.26", "5.6.0", "5.5.0", "4.2.2")),
    ],
)
def test_points_by_what_the_refusal_says(status: str, points: int) -> None:
    """Hard where there is no such address, soft where that may be, none where it is full, too large or about us."""
    found = score(report(failed(status=status)))

    assert (found.score if found else 0) == points


@pytest.mark.parametrize(
    ("before", "status", "now", "muted"),
    [
        (2, "5.1.1", NOW, True),
        (3, "4.4.7", NOW, True),
        (2, "4.4.7", NOW, False),
        (2, "5.1.1", NOW + FORGOTTEN, False),
        (0, "5.1.1", NOW, False),
    ],
)
def test_an_address_is_muted_by_four_points(before: int, status: str, now: datetime, muted: bool) -> None:
    """Two mails to a mailbox that is not there, four that could not get through, thirty days apart at most."""
    contacts = {ANNA.key: Contact(ANNA.address, before, NOW, version=1)}
    decision = report(failed(status=status), now=now, contacts=contacts)

    found = score(decision)
    assert found is not None
    assert (found.muted_by == BOUNCES, found.version) == (muted, 1)
    assert decision.notices[0].values["muted"] is muted
    assert (f"nothing more is sent to {ANNA.address}" in [entry.summary for entry in decision.entries]) is muted


def test_a_mail_comes_back_once() -> None:
    """A second report about it, or a replayed one, is kept; no point, no word, no change."""
    decision = report(failed(), sent=replace(SENT, bounced_at=NOW))

    assert decision.outcome is Outcome.REPORT
    assert (decision.contacts, decision.entries, mails(decision), decision.came_back) == ((), (), [], None)


@pytest.mark.parametrize(
    ("status", "reply", "points"),
    [("5.1.1", "550 5.1.1 unknown", 2), ("5.7.1", "554 5.7.1 relay access denied", 0), ("5.4.7", "given up", 0)],
)
def test_what_the_relay_refuses_counts_as_well(status: str, reply: str, points: int) -> None:
    """We heard it ourselves. That we gave up may be our own relay's doing, and says nothing."""
    event = Returned("aa", 42, ANNA.address, "customer", "reply", status, reply)
    decision = decide(event, facts=facts(ticket()), policy=desk(), now=NOW)

    assert decision.came_back == CameBack("aa", status, reply)
    found = score(decision)
    assert (found.score if found else 0) == points


def test_what_we_kept_back_ourselves_is_no_other_servers_refusal() -> None:
    """The agent reads that it was tkt, and why; nothing counts against the address."""
    event = Returned(
        "aa", 42, ANNA.address, "customer", "reply", "5.7.1", "it holds what is not for a customer", ours=True
    )
    decision = decide(event, facts=facts(ticket()), policy=desk(), now=NOW)

    values = decision.notices[0].values
    assert values["words"] == "tkt kept it back: it holds what is not for a customer."
    assert "whoever runs our mail server" in values["advice"]
    assert (values["reply"], decision.contacts) == ("", ())


@pytest.mark.parametrize(
    ("notice", "role", "told"), [("reply", "customer", True), ("opened", "customer", False), ("reply", "agent", False)]
)
def test_the_agent_hears_of_an_answer_that_is_late(notice: str, role: str, told: bool) -> None:
    """Somebody waits for it, and may be reached in another way meanwhile; nothing of the ticket moves."""
    event = Returned("aa", 42, ANNA.address, role, notice, "4.2.2", "452 4.2.2 mailbox full", late_hours=4)
    decision = decide(event, facts=facts(ticket()), policy=desk(), now=NOW)

    assert mails(decision) == ([(MARIE.address, "agent_late")] if told else [])
    assert [entry.summary for entry in decision.entries] == (
        [f"reply to {ANNA.address} has been waiting for 4 hours: The mailbox is full. This may pass."] if told else []
    )
    assert (decision.contacts, decision.came_back, decision.cancel_timers) == ((), None, False)


# -- complaints


def test_whoever_calls_our_mail_spam_gets_no_more_of_it() -> None:
    """At the first complaint; the agent hears how to go on, nothing closes by itself."""
    decision = report(Report(action="complained", diagnostic="abuse"))

    assert decision.outcome is Outcome.REPORT
    assert mails(decision) == [(MARIE.address, "agent_complained")]
    assert decision.cancel_timers
    found = score(decision)
    assert found is not None
    assert (found.muted_at, found.muted_by) == (NOW, COMPLAINT)


# -- without a proof


@pytest.mark.parametrize("about", [failed(), Report(ANNA.address, action="complained")])
@pytest.mark.parametrize("subject", ["Undelivered Mail", "Undelivered: [TKT-00042] Cannot place a bet"])
def test_an_unproven_report_is_a_hint(about: Report, subject: str) -> None:
    """Anybody can write one: no mail, no mute, no change of status or timers; at most a line where it belongs."""
    known = ticket(status=Status.CLOSED)
    decision = report(about, proved=False, subject=subject, known=known)

    assert decision.outcome is Outcome.REPORT
    assert "hint" in decision.reason or "unproven" in decision.reason
    assert (mails(decision), decision.contacts, decision.came_back, decision.cancel_timers) == ([], (), None, False)
    assert decision.ticket in (None, replace(known, changed_at=NOW))
    noted = about.action == "failed" and "TKT" in subject
    assert [entry.summary for entry in decision.entries] == (
        [f"unproven report that mail to {ANNA.address} did not arrive"] if noted else []
    )


def test_an_unproven_report_about_somebody_else_is_not_on_the_ticket() -> None:
    """Who knows a number can not write on the ticket by it."""
    decision = report(failed("mallory@evil.example"), proved=False, subject="Undelivered: [TKT-00042]")

    assert (decision.ticket, decision.entries) == (None, ())


# -- an address that writes again


@pytest.mark.parametrize("grade", list(Grade))
@pytest.mark.parametrize("by", [BOUNCES, COMPLAINT, OPERATOR])
def test_a_good_mail_clears_the_address(grade: Grade, by: str) -> None:
    """With a proof of its sender; a forged From does nothing, and an operator's word stands."""
    contact = Contact(ANNA.address, 4, NOW, NOW, by, "they came back", version=3)
    decision = arrive(message(), evidence=replace(Evidence(), grade=grade), contacts={ANNA.key: contact})

    good = grade >= Grade.E1 and by != OPERATOR
    assert decision.outcome is Outcome.OPENED
    assert decision.contacts == ((Contact(ANNA.address, version=3),) if good else ())
    assert ((ANNA.address, "opened") in mails(decision)) is good
    assert (f"mail is sent to {ANNA.address} again" in [entry.summary for entry in decision.entries]) is good


def test_a_machine_clears_nothing() -> None:
    """A holiday's answer from a mailbox that came back says only that something answers there."""
    contact = Contact(ANNA.address, 2, NOW, version=3)
    away = message(kind=Kind.AUTO_REPLY, why="a mark")

    assert arrive(away, ticket(), evidence=proof("customer", ANNA), contacts={ANNA.key: contact}).contacts == ()
