"""Whose ticket a mail is, who joins and leaves, who gets an answer, and what a merge makes of two tickets."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parsing.message import Address, Evidence, Grade
from rules.decision import Decision, Outcome
from rules.event import How, Vouch
from rules.facts import SentMail
from rules.matching import quite_different
from rules.ticket import Participant, Role, Status, Ticket
from tests.rules.worlds import ANNA, KARIM, MARIE, NOW, arrive, from_agent, mails, message, proof, ticket, token

BOB, CARL, EVE = Address("bob@example.com", "Bob Lang"), Address("carl@example.net"), Address("eve@evil.example")
VOUCHED = Evidence(grade=Grade.E2)
FIRST = {"<first@example.com>": 42}
CONFIRMED = Vouch("marie@example.org", How.CONFIRMED)


def with_people(*people: tuple[Address, Role], **changes: Any) -> Ticket:
    """TKT-00042 with more people on it."""
    return ticket(participants=tuple(Participant(address, role, NOW) for address, role in people), **changes)


def parts(decision: Decision) -> dict[str, Role | None]:
    """Everybody beside the requester, with their part."""
    assert decision.ticket is not None
    return {one.address.address: decision.ticket.role_of(one.address) for one in decision.ticket.participants}


@pytest.mark.parametrize(
    ("sender", "evidence", "outcome"),
    [
        (ANNA, Evidence(), Outcome.OPENED),
        (ANNA, VOUCHED, Outcome.FOLLOWED_UP),
        (ANNA, proof("customer", ANNA), Outcome.FOLLOWED_UP),
        (BOB, Evidence(), Outcome.OPENED),
        (BOB, VOUCHED, Outcome.FOLLOWED_UP),
        (BOB, proof("customer", BOB), Outcome.FOLLOWED_UP),
        (BOB, Evidence(foreign_token=token("customer", ANNA)), Outcome.FOLLOWED_UP),
        (CARL, VOUCHED, Outcome.OPENED),
        (CARL, proof("customer", CARL), Outcome.OPENED),
        (EVE, VOUCHED, Outcome.OPENED),
        (EVE, replace(VOUCHED, foreign_token=token("customer", ANNA)), Outcome.HELD),
        (EVE, Evidence(foreign_token=token("customer", ANNA)), Outcome.HELD),
        (EVE, Evidence(foreign_token=token("agent", MARIE)), Outcome.HELD),
    ],
)
def test_who_may_add_to_a_ticket(sender: Address, evidence: Evidence, outcome: Outcome) -> None:
    """Threat model 3 and 4: a token of one's own, or standing on the ticket and a domain that vouches; a token of
    somebody else's is held; a Message-ID and a number are nothing. Carl is only named there, Eve is a stranger."""
    known = with_people((BOB, Role.CC), (CARL, Role.NAMED))
    mail = message(sender=sender, subject="Re: [TKT-00042] Cannot place a bet", in_reply_to=("<first@example.com>",))
    decision = arrive(mail, known, evidence=evidence, by_message_id=FIRST)

    assert decision.outcome is outcome
    assert (sender.address, "opened") in mails(decision) or outcome is not Outcome.OPENED
    assert not any(
        address in (ANNA.address, BOB.address) for address, _ in mails(decision) if address != sender.address
    )


def test_a_stranger_reads_the_same_whether_or_not_the_number_exists() -> None:
    """What goes to the stranger is the same notice with the same values."""
    mail = message(sender=EVE, subject="[TKT-00042] hello")
    known, unknown = (
        [notice for notice in arrive(mail, *world).notices if notice.role == "customer"] for world in ([ticket()], [])
    )
    assert known == unknown != []


@pytest.mark.parametrize(("days", "outcome"), [(89, Outcome.OPENED), (91, Outcome.OPENED)])
def test_tokens_end_90_days_after_the_closing(days: int, outcome: Outcome) -> None:
    """Until then the answer opens a ticket that is linked to its own, later one that is only possibly about it."""
    closed = ticket(status=Status.CLOSED, status_since=NOW - timedelta(days=days))
    decision = arrive(message(), closed, evidence=proof("customer", ANNA))

    assert decision.outcome is outcome
    assert ("possibly about" in decision.reason) == (days > 90)


@pytest.mark.parametrize(
    ("changes", "evidence", "opens"),
    [
        ({"subject": "A new question"}, proof("customer", ANNA), True),
        ({"subject": "Re: Cannot place a bet"}, proof("customer", ANNA), False),
        ({"subject": "about TKT-00042"}, proof("customer", ANNA), False),
        ({"subject": ""}, proof("customer", ANNA), False),
        ({"subject": "A new question"}, replace(proof("customer", ANNA), answered=True), False),
        ({"subject": "A new question", "references": ("<x@example.com>",)}, proof("customer", ANNA), False),
        ({"subject": "Lunch on Friday", "in_reply_to": ("<first@example.com>",)}, VOUCHED, True),
        ({"subject": "AW: Cannot place it", "in_reply_to": ("<first@example.com>",)}, VOUCHED, False),
        ({"subject": "TKT-00007 and more", "in_reply_to": ("<first@example.com>",)}, VOUCHED, True),
        ({"subject": "TKT-00042 TKT-00007"}, VOUCHED, True),
    ],
)
def test_a_new_matter_gets_a_ticket_of_its_own(changes: dict[str, Any], evidence: Evidence, opens: bool) -> None:
    """A token in an address that a mail program kept, and a recycled mail with quite another subject, do not drag a new
    matter into an old ticket; two numbers that disagree lead nowhere."""
    seven = ticket(number=7, subject="Another")
    decision = arrive(message(**changes), ticket(), seven, evidence=evidence, by_message_id=FIRST)

    assert (decision.outcome is Outcome.OPENED) == opens
    assert not opens or "TKT-00042 TKT" in changes["subject"] or "possibly about TKT-00042" in decision.reason


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [
        ("Cannot place a bet", "Re: cannot place a bet", False),
        ("Rechnung 4711", "Invoice 4711", False),
        ("Urlaub", "Invoice 4711", True),
        ("", "Invoice", False),
    ],
)
def test_how_different_a_subject_must_be(one: str, other: str, different: bool) -> None:
    """Less than a third of the shorter one's words in common."""
    assert quite_different(one, other) == different


@pytest.mark.parametrize(
    ("recipient", "outcome"), [(ANNA, Outcome.FOLLOWED_UP), (BOB, Outcome.HELD)], ids=["own", "somebody else's"]
)
def test_the_name_that_a_relay_gave_to_our_mail_is_as_good_as_ours(recipient: Address, outcome: Outcome) -> None:
    """An answer to the renamed mail comes from whom that mail was sent to; from anybody else it is held."""
    sent = SentMail("0" * 16, 42, recipient.address, "customer", "reply", NOW)
    mail = message(in_reply_to=("<0102@eu-west-1.amazonses.com>",), subject="quite another subject")
    known = ticket() if recipient is ANNA else ticket(requester=BOB)
    decision = arrive(mail, known, renamed={"<0102@eu-west-1.amazonses.com>": sent})

    assert decision.outcome is outcome


def test_a_match_says_how_surely_and_why() -> None:
    """The entry and the trace hold the way, the confidence, and the evidence."""
    decision = arrive(message(), ticket(), evidence=replace(proof("customer", ANNA), token_where="To or Cc"))

    (entry,) = decision.entries
    assert entry.why == "matched by our token in To or Cc (certain): it answers what was mailed to anna@example.com"
    assert any(step.answer == "yes" and "certain" in step.detail for step in decision.trace)


@pytest.mark.parametrize(
    ("evidence", "role"),
    [
        (VOUCHED, Role.NAMED),
        (replace(proof("customer", ANNA), grade=Grade.E3), Role.CC),
        (proof("customer", ANNA), Role.NAMED),
    ],
)
def test_a_requester_who_answers_and_is_proven_puts_people_in_cc_on_the_ticket(evidence: Evidence, role: Role) -> None:
    """It takes the token of what they answer and their domain's word: one alone names them to the agents, and nothing
    is sent to them."""
    mail = message(subject="[TKT-00042] Cannot place a bet")
    decision = arrive(mail, ticket(), evidence=evidence, others=(BOB, KARIM))

    assert parts(decision) == {BOB.address: role}
    told = next(notice for notice in decision.notices if notice.to.key == MARIE.key)
    assert told.values["joined" if role is Role.CC else "named"] == [BOB.address]


def test_on_a_new_unproven_ticket_cc_is_recorded_and_nobody_there_is_written_to() -> None:
    """A forged mail with somebody in Cc: the confirmation goes to the one in From, and to nobody else outside."""
    decision = arrive(message(), others=(EVE,))

    assert parts(decision) == {EVE.address: Role.NAMED}
    assert EVE.address not in dict(mails(decision))


def test_somebody_in_cc_adds_nobody_and_closes_nothing() -> None:
    """Their words are taken in and wake the ticket; "solved" is the requester's to say."""
    known = with_people((BOB, Role.CC), status=Status.RESOLVED)
    decision = arrive(message("Thanks, solved!", sender=BOB), known, evidence=proof("customer", BOB), others=(CARL,))

    assert decision.ticket is not None
    assert decision.ticket.status is Status.IN_PROGRESS
    assert parts(decision) == {BOB.address: Role.CC, CARL.address: Role.NAMED}


@pytest.mark.parametrize("words", ["leave", "#leave\n", "Unsubscribe.", "STOP"])
def test_somebody_in_cc_can_leave(words: str) -> None:
    """One word and they get no more; their token opens nothing any more; the requester can not leave."""
    known = with_people((BOB, Role.CC))
    decision = arrive(message(words, sender=BOB), known, evidence=proof("customer", BOB))

    assert (decision.outcome, parts(decision)) == (Outcome.FOLLOWED_UP, {BOB.address: None})
    assert decision.notices == ()
    assert decision.ticket is not None
    again = arrive(message(sender=BOB), decision.ticket, evidence=proof("customer", BOB))
    assert again.outcome is Outcome.OPENED
    asks = arrive(message(words), known, evidence=proof("customer", ANNA))
    assert asks.ticket is not None
    assert asks.ticket.requester == ANNA


def test_a_released_mail_of_somebody_else_joins_the_ticket_and_its_writer_with_it() -> None:
    """An agent lets in what came with another one's token: on the ticket, and its writer gets answers if their domain
    vouches for the mail."""
    for grade, role in ((Grade.E2, Role.CC), (Grade.E0, Role.NAMED)):
        evidence = Evidence(grade=grade, foreign_token=token("customer", ANNA))
        released = Vouch("marie@example.org", How.RELEASED)
        decision = arrive(message(sender=BOB), ticket(), evidence=evidence, vouched=released)

        assert (decision.outcome, parts(decision)) == (Outcome.FOLLOWED_UP, {BOB.address: role})


@pytest.mark.parametrize("known", [(), (ticket(),)])
def test_who_releases_a_mail_puts_nobody_in_its_cc_on_the_ticket(known: tuple[Ticket, ...]) -> None:
    """They answer for its writer, by a list that does not show the Cc: a forger in it reads nothing (B20)."""
    released = Vouch("marie@example.org", How.RELEASED)
    mail = message(subject="[TKT-00042] Cannot place a bet")
    for evidence in (Evidence(), proof("customer", ANNA)):
        decision = arrive(mail, *known, evidence=evidence, vouched=released, others=(EVE,))
        assert (decision.outcome, parts(decision)) == (
            Outcome.FOLLOWED_UP if known else Outcome.OPENED,
            {EVE.address: Role.NAMED},
        )


def test_an_answer_goes_to_all_who_stand_there_and_to_nobody_twice() -> None:
    """One mail each with the same To and Cc; who stood in To or Cc of the agent's own mail has it already."""
    known = with_people((BOB, Role.CC), (CARL, Role.CC), (EVE, Role.NAMED))
    decision = from_agent("Hello.", known)
    outside = [notice for notice in decision.notices if notice.role == "customer"]
    assert [notice.to for notice in outside] == [ANNA, BOB, CARL]
    assert {(notice.shown_to, notice.shown_cc, notice.text) for notice in outside} == {(ANNA, (BOB, CARL), "Hello.")}

    assert mails(from_agent("Hello.", known, others=(BOB,))) == [(ANNA.address, "reply"), (CARL.address, "reply")]
    assert mails(from_agent("Hello.", known, others=(ANNA, BOB))) == [(CARL.address, "reply")]
    closing = mails(from_agent("#close\nBye.", known, others=(ANNA,)))
    assert closing[:3] == [(ANNA.address, "closed"), (BOB.address, "reply"), (CARL.address, "reply")]
    assert (BOB.address, "reply") not in mails(from_agent("#note\nHm.", known))


LINES = [
    ("#cc dora@example.com", "dora@example.com", Role.CC),
    ("#cc carl@example.net", CARL.address, Role.CC),
    ("#uncc bob@example.com", BOB.address, None),
    ("#same-person bob@example.com", BOB.address, Role.REQUESTER),
]


@pytest.mark.parametrize(("line", "address", "role"), LINES)
def test_lines_about_people(line: str, address: str, role: Role | None) -> None:
    """An agent puts people on the ticket, takes them off, and says that an address is the requester's own."""
    decision = from_agent(line, with_people((BOB, Role.CC), (CARL, Role.NAMED)))

    assert (decision.outcome, parts(decision)[address]) == (Outcome.ACT, role)
    assert any(address in entry.summary for entry in decision.entries)


@pytest.mark.parametrize(
    "line",
    ["#cc", "#cc bob", "#cc karim@example.org", "#cc bob@example.com", "#uncc anna@example.com", "#uncc x@example.com",
     "#same-person x@example.com", "#requester anna@example.com", "#merge", "#merge TKT-1 TKT-2", "#merge TKT-00099",
     "#merge TKT-00042", "#merge TKT-00007\n#close", "#merge TKT-00007\nWords."],
)  # fmt: skip
def test_lines_about_people_that_can_not_be_done(line: str) -> None:
    """Each names what is wrong, and nothing is done."""
    known = with_people((BOB, Role.CC))
    decision = from_agent(line, known, more=(ticket(number=7),))

    assert mails(decision) == [(MARIE.address, "agent_mistake")]
    assert decision.ticket == replace(known, changed_at=NOW)


def test_a_change_of_requester_is_confirmed_first() -> None:
    """It is held, the agent is asked by a mail with a token of one use; confirmed, the one before is off the ticket."""
    known = with_people((BOB, Role.CC), (CARL, Role.REQUESTER))
    asked = from_agent("#requester bob@example.com", known)
    assert (asked.outcome, mails(asked)) == (Outcome.HELD, [(MARIE.address, "agent_confirm")])
    assert (asked.ticket, asked.notices[0].once is None) == (None, False)

    known = replace(known, question="What is your bank account?", asked_by="Marie Petit", asked_at=NOW)
    done = from_agent("#requester bob@example.com", known, vouched=CONFIRMED)
    assert done.ticket is not None
    assert done.ticket.requester == Address("bob@example.com")
    assert (done.ticket.role_of(ANNA), done.ticket.role_of(CARL), done.ticket.in_copy) == (None, None, ())
    assert (done.ticket.question, done.ticket.asked_by, done.ticket.asked_at) == ("", "", None)


def test_nobody_is_reminded_of_what_another_requester_was_asked() -> None:
    """A ticket that waits for an answer waits for it no more once it is somebody else's."""
    asked: dict[str, Any] = {"question": "Is it your card?", "asked_by": "Marie", "asked_at": NOW}
    known = ticket(status=Status.WAITING, **asked)
    done = from_agent("#requester bob@example.com", known, vouched=CONFIRMED)

    assert done.ticket is not None
    assert (done.ticket.question, done.ticket.status, done.cancel_timers) == ("", Status.IN_PROGRESS, True)


@pytest.mark.parametrize("proposed", [True, False])
def test_a_merge_that_the_gateway_proposed_is_done_at_once_any_other_is_confirmed(proposed: bool) -> None:
    """The merged ticket closes without a word and leads to the other one, whose people are those of both; the agent is
    told who reads its answers from now on."""
    other = ticket(number=7, requester=BOB, status=Status.WAITING, subject="Invoice", version=9)
    known = with_people((CARL, Role.CC), (EVE, Role.NAMED), linked_to=7 if proposed else None)
    decision = from_agent("#merge TKT-00007", known, more=(other,))
    if not proposed:
        assert (decision.outcome, mails(decision)) == (Outcome.HELD, [(MARIE.address, "agent_confirm")])
        decision = from_agent("#merge 7", known, more=(other,), vouched=CONFIRMED)

    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.merged_into) == (Status.CLOSED, 7)
    assert [address for address, _ in mails(decision)] == [MARIE.address]
    assert f"{ANNA.address}, {CARL.address} gets what is answered on TKT-00007" in str(
        decision.notices[0].values["done"]
    )
    (also,) = decision.also
    assert also.ticket.version == 9
    assert (also.ticket.requester, also.ticket.in_copy) == (BOB, (ANNA, CARL))
    assert also.ticket.role_of(EVE) is Role.NAMED
    assert (also.ticket.status, also.cancel_timers) == (Status.IN_PROGRESS, True)

    answer = arrive(message(), decision.ticket, also.ticket, evidence=proof("customer", ANNA))
    assert answer.ticket is not None
    assert (answer.outcome, answer.ticket.number) == (Outcome.FOLLOWED_UP, 7)


def test_an_agents_mail_to_a_customer_with_the_desk_in_cc_is_written_down() -> None:
    """On a known ticket as a mail that went already; with nothing known it opens the customer's ticket; never is the
    customer written to, and without a vouching domain it is held."""
    mail = message("Hello Anna.", sender=MARIE, to=(ANNA,), in_reply_to=("<first@example.com>",))
    decision = arrive(mail, ticket(), evidence=VOUCHED, by_message_id=FIRST, others=(ANNA,))
    assert (decision.outcome, mails(decision)) == (Outcome.FOLLOWED_UP, [])
    assert "wrote to anna@example.com directly" in decision.entries[0].summary

    mail = message("Hello Anna.", sender=MARIE, to=(ANNA,))
    decision = arrive(mail, evidence=VOUCHED, others=(ANNA,))
    assert decision.ticket is not None
    assert (decision.outcome, decision.ticket.requester) == (Outcome.OPENED, ANNA)
    assert ANNA.address not in dict(mails(decision))

    assert arrive(mail, others=(ANNA,)).outcome is Outcome.HELD
