"""A mail that was held and that somebody answers for: it is done as if it had proved itself, and not held again."""

import pytest

from parsing.message import Evidence, Kind
from rules.decision import Outcome
from rules.event import How, Vouch
from rules.ticket import Status
from tests.rules.worlds import KARIM, MARIE, arrive, mails, message, ticket, token

SUBJECT = "Re: [TKT-00042] Cannot place a bet"
VOUCHES = [Vouch("Marie Petit", How.CONFIRMED), Vouch("the operator", How.RELEASED)]


@pytest.mark.parametrize("vouched", VOUCHES, ids=["confirmed", "released"])
@pytest.mark.parametrize("way", ["the subject", "a Message-ID", "a colleague's token"])
def test_an_agents_mail_is_done_when_somebody_answers_for_it(vouched: Vouch, way: str) -> None:
    """The ticket is the one that it is about, however it says so; what is done is told to the agent."""
    mail = message(
        "#close\n",
        sender=MARIE,
        subject=SUBJECT if way == "the subject" else "so",
        in_reply_to=("<first@example.com>",) if way == "a Message-ID" else (),
    )
    evidence = Evidence(foreign_token=token("agent", KARIM) if way == "a colleague's token" else None)
    known = {"<first@example.com>": 42} if way == "a Message-ID" else {}
    assert arrive(mail, ticket(), evidence=evidence, by_message_id=known).outcome is Outcome.HELD

    decision = arrive(mail, ticket(), evidence=evidence, by_message_id=known, vouched=vouched)

    assert decision.outcome is Outcome.ACT
    assert decision.ticket is not None
    assert decision.ticket.status is Status.CLOSED
    assert (MARIE.address, "agent_done") in mails(decision)


def test_nobody_can_answer_for_an_automatic_mail() -> None:
    """A vacation reply that was held for whatever reason still changes nothing."""
    mail = message("#close\n", sender=MARIE, subject=SUBJECT, kind=Kind.AUTO_REPLY, why="a mark")
    decision = arrive(mail, ticket(), vouched=VOUCHES[1])

    assert decision.outcome is not Outcome.ACT
    assert decision.ticket is None or decision.ticket.status is Status.IN_PROGRESS


def test_a_ticket_of_another_desk_stays_out_of_reach() -> None:
    """Whoever answers for a mail does so at their own desk."""
    elsewhere = ticket(desk="sales")
    decision = arrive(message("#close\n", sender=MARIE, subject=SUBJECT), elsewhere, vouched=VOUCHES[0])

    assert decision.ticket is None or decision.ticket.number != elsewhere.number


def test_a_vouched_mail_is_not_held_a_second_time() -> None:
    """A question that would hold it is passed over, and the trace says who answers for it."""
    mail = message("#close\n", sender=MARIE, subject=SUBJECT)
    decision = arrive(mail, vouched=VOUCHES[0])  # the ticket is gone: nothing to act on

    assert decision.outcome is not Outcome.HELD
