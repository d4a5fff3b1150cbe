"""The table of who may do what upon which evidence, and what becomes of an agent's mail that does not prove itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from parsing.message import Address, DkimSignature, Evidence, Grade, Kind, Message
from rules.access import TABLE, Ask, refused
from rules.case import Case
from rules.decision import Decision, Outcome
from rules.event import Arrived, How, Vouch
from tests.rules.worlds import ANNA, MARIE, NOW, arrive, desk, facts, mails, message, proof, ticket, token

E0, E1, E2, E3, E4, E5 = Grade
NEEDS = {
    Ask.OPEN: {E0, E1, E2, E3, E4, E5},
    Ask.OPEN_AS_STAFF: {E2, E3, E4, E5},
    Ask.APPEND: {E1, E2, E3, E4, E5},
    Ask.OPEN_WITH: {E2, E3, E4, E5},
    Ask.JOIN: {E3, E4, E5},
    Ask.ANSWER: {E3, E4, E5},
    Ask.STEER: {E3, E4, E5},
    Ask.BRING: {E3, E4, E5},
    Ask.RISK: set(),  # each of them only with a token of one use
    Ask.MANAGE: set(),
}


def case(
    mail: Message, grade: Grade, *, role: str = "agent", owner: Address = MARIE, vouched: How | None = None
) -> Case:
    """Marie's mail with evidence of this grade; the grades with a token in them carry one of that role."""
    own = token(role, owner) if grade in (E1, E3) else None
    event = Arrived(
        delivery=7,
        message=mail,
        evidence=Evidence(grade, own),
        envelope_from=MARIE.address,
        envelope_to=("support@localhost",),
        received_at=NOW,
        vouched=Vouch(MARIE.name, vouched) if vouched else None,
    )
    return Case(event, facts(ticket()), desk(), NOW)


def test_the_table_is_the_threat_models() -> None:
    """For everything that can be asked, exactly the evidence that the threat model names suffices."""
    mail = message("#close", sender=MARIE)
    found = {ask: {grade for grade in Grade if not refused(case(mail, grade), ask)} for ask in Ask}

    assert found == NEEDS
    assert set(TABLE) == set(Ask)


def test_a_machine_acts_for_nobody() -> None:
    """Automatic mail may open a ticket or add to one, and do nothing else, whatever proves who sent it."""
    mail = message("#close", sender=MARIE, kind=Kind.AUTO_REPLY, why="Auto-Submitted")

    assert {ask for ask in Ask if not refused(case(mail, E4), ask)} == {Ask.OPEN, Ask.OPEN_AS_STAFF, Ask.APPEND}


def test_an_agent_is_who_stands_in_the_desks_file() -> None:
    """However well a stranger is proven, what is for the desk's people is not for them."""
    allowed = {ask for ask in Ask if not refused(case(message("#close", sender=ANNA), E4), ask)}

    assert allowed == {Ask.OPEN, Ask.OPEN_WITH, Ask.APPEND, Ask.JOIN}


def test_a_token_counts_in_its_role_only() -> None:
    """The token that an agent was given as a customer of their own proves nothing for an act."""
    mail = message("#close", sender=MARIE)

    assert refused(case(mail, E3, role="customer"), Ask.STEER)
    assert not refused(case(mail, E3, role="customer"), Ask.OPEN_AS_STAFF)


def test_a_confirmed_mail_counts_as_proven() -> None:
    """What somebody answers for may act as if it had proved itself; what is of high risk, only by its sender's word."""
    mail = message("#close", sender=MARIE)

    assert not refused(case(mail, E0, vouched=How.CONFIRMED), Ask.STEER)
    assert not refused(case(mail, E0, vouched=How.RELEASED), Ask.STEER)
    assert not refused(case(mail, E0, vouched=How.CONFIRMED), Ask.RISK)
    assert refused(case(mail, E0, vouched=How.RELEASED), Ask.RISK)


def from_marie(text: str, grade: Grade, **changes: Any) -> Decision:
    """What becomes of a mail with Marie's From about Anna's ticket."""
    own = token("agent", MARIE) if grade in (E1, E3) else None
    mail = message(text, sender=MARIE, in_reply_to=("<first@example.com>",), **changes)
    return arrive(mail, ticket(), evidence=Evidence(grade, own), by_message_id={"<first@example.com>": 42})


@pytest.mark.parametrize("text", ["#close", "Press F5.", "#note\nshe is rude", "#for bob@example.com\nHe rang."])
@pytest.mark.parametrize("grade", [E0, E1, E2])
def test_without_evidence_an_agents_mail_has_no_effect(text: str, grade: Grade) -> None:
    """It is held, no ticket is touched, and only the agent hears of it, in words that say what would have proven it."""
    decision = from_marie(text, grade)

    assert (decision.outcome, decision.ticket, decision.entries) == (Outcome.HELD, None, ())
    assert mails(decision) == [(MARIE.address, "agent_unverified")]
    assert "What would have proven it: a login over TLS as marie@example.org" in decision.reason


@pytest.mark.parametrize("grade", [E3, E4])
def test_with_evidence_it_acts(grade: Grade) -> None:
    """A token whose domain is vouched for acts, and so does a login, without a token."""
    decision = from_marie("#priority P1", grade)

    assert decision.outcome is Outcome.ACT
    assert decision.ticket is not None
    assert decision.ticket.priority == "P1"


def test_an_agent_hears_once_a_day() -> None:
    """The first held mail of a day is told, the others are held without a word."""
    mail = message("#close", sender=MARIE)

    assert mails(arrive(mail, ticket())) == [(MARIE.address, "agent_unverified")]
    assert mails(arrive(mail, ticket(), agent_told_today=True)) == []


def test_a_new_mail_of_an_agents_needs_its_domain() -> None:
    """To open a ticket as anybody does an agent's mail needs E2; from the From line alone it is held (A33)."""
    mail = message("My screen is broken.", sender=MARIE, subject="Screen")

    assert arrive(mail, evidence=Evidence(E0)).outcome is Outcome.HELD
    assert arrive(mail, evidence=Evidence(E2)).outcome is Outcome.OPENED


def test_a_login_alone_sends_nobody_words_that_may_not_be_meant_for_them() -> None:
    """Without a token, a new mail that names a ticket acts by # lines only, and what is passed on is no answer."""
    asks = message("Who takes this?", sender=MARIE, subject="about TKT-00042")
    steers = replace(asks, subject="TKT-00042", spans=message("#close").spans)
    passes_on = message("fyi", sender=MARIE, in_reply_to=("<first@example.com>",), forwarded_from=ANNA)
    known = {"<first@example.com>": 42}

    assert arrive(asks, ticket(), evidence=Evidence(E4)).outcome is Outcome.OPENED
    assert arrive(steers, ticket(), evidence=Evidence(E4)).outcome is Outcome.ACT
    assert arrive(passes_on, ticket(), evidence=Evidence(E4), by_message_id=known).outcome is Outcome.OPENED


def test_an_agent_is_the_customer_of_their_own_ticket() -> None:
    """An agent who wrote to the desk as a customer does follows up as one, login or not."""
    own = ticket(requester=MARIE, assignee="karim")
    mail = message("Still broken.", sender=MARIE, in_reply_to=("<first@example.com>",))
    decision = arrive(mail, own, evidence=Evidence(E4), by_message_id={"<first@example.com>": 42})

    assert decision.outcome is Outcome.FOLLOWED_UP


def test_the_words_tell_why_a_channel_proves_nothing() -> None:
    """A mailbox without a declared hop, and a DNS that did not answer, are named."""
    mail = message("#close", sender=MARIE)

    assert "No hop is declared" in arrive(mail, ticket(), evidence=Evidence(blind=True)).reason
    assert "The DNS did not say" in arrive(mail, ticket(), evidence=Evidence(unanswered=True)).reason


def test_a_genuine_mail_that_is_sent_again_is_done_once() -> None:
    """The signature of an agent's mail that acted is known: under whatever Message-ID it comes again, nothing is done;
    a customer may send the same signed words twice."""
    signed = DkimSignature("example.org", value="c2lnbmF0dXJl")
    mail = replace(message("#close", sender=MARIE), dkim_signatures=(signed,))
    first = arrive(mail, ticket(), evidence=proof("agent", MARIE))
    again = replace(mail, message_id="<another@example.org>")
    known = dict.fromkeys(first.known_ids, 42)
    decision = arrive(again, ticket(), evidence=proof("agent", MARIE), by_message_id=known)

    assert (first.outcome, decision.outcome, decision.ticket) == (Outcome.ACT, Outcome.DUPLICATE, None)
    assert decision.reason == "the same signed words as a mail that acted on TKT-00042, under another Message-ID"
    customers = replace(again, sender=ANNA)
    assert arrive(customers, ticket(), by_message_id=known).outcome is not Outcome.DUPLICATE


def test_an_address_that_a_mail_program_kept_is_no_answer() -> None:
    """An agent's new mail, with a subject of its own, to an address with their token in it goes to no customer."""
    new = message("Who has the key of the cellar?", sender=MARIE, subject="Keys")
    answer = replace(new, subject="Re: [TKT-00042] Cannot place a bet")

    assert arrive(new, ticket(), evidence=proof("agent", MARIE)).outcome is Outcome.OPENED
    assert arrive(answer, ticket(), evidence=proof("agent", MARIE)).outcome is Outcome.ACT
