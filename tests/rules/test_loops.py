"""Machines without marks, and floods: what goes round is kept and not answered; what is too much is held."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from parsing.message import Evidence, Grade, Kind
from rules.decision import Outcome
from rules.facts import Echo, Inbound
from rules.inbound import FLOOD
from rules.loops import alike, echo_of, sketch
from rules.ticket import Status
from tests.rules.worlds import ANNA, KARIM, MARIE, arrive, facts, mails, message, proof, ticket, token

ROBOT = "We have received your request, it is registered as number {n} in our system. Please do not send it again."
AFTER = "<ours-2@localhost>"
ROUND = Echo("<theirs-1@example.com>", "<ours-1@localhost>", sketch(ROBOT.format(n=17)), delivery=5, ticket=42)
RE = "Re: Cannot place a bet"
FORM = "Please make an account and a mailbox for {n}, who begins on Monday in the sales department."
SOLVED = ticket(status=Status.RESOLVED)
REST: dict[str, Any] = {"after": AFTER, "echoes": (ROUND,)}


@pytest.mark.parametrize("evidence", [Evidence(), proof("customer", ANNA)])
def test_the_second_round_is_kept_and_not_answered(evidence: Evidence) -> None:
    """Nearly the same words on the heels of our mail again: on the ticket, nothing sent to them, no ticket opened, none
    reopened; the agents hear of it once, and the operator gets all that it takes to end it."""
    mail = message(ROBOT.format(n=18), subject="[Ticket 18] Re: [Ticket 17] Cannot place a bet")
    decision = arrive(mail, SOLVED, evidence=evidence, **REST)

    assert decision.outcome is Outcome.AUTOMATIC
    assert decision.ticket == replace(SOLVED, changed_at=decision.ticket.changed_at) if decision.ticket else False
    assert mails(decision) == [(MARIE.address, "agent_followed_up")]
    assert "answers automatic mails of ours by itself" in decision.notices[0].values["machine"]
    assert decision.alarm is not None
    assert decision.alarm.name == f"loop with {ANNA.address}"
    for words in (
        "support@localhost",
        "<theirs-1@example.com> answered <ours-1@localhost>",
        f"<mail@example.com> answered {AFTER}",
        "Auto-Submitted",
        f"never_mail: [{ANNA.address}]",
    ):
        assert words in decision.alarm.text


def test_later_rounds_tell_nobody_again() -> None:
    """From the third round on the agents have their peace."""
    more: dict[str, Any] = {"after": AFTER, "echoes": (ROUND, replace(ROUND, delivery=6, after="<ours-0@localhost>"))}
    assert mails(arrive(message(ROBOT.format(n=19), subject=RE), SOLVED, **more)) == []


@pytest.mark.parametrize(
    ("mail", "rest"),
    [
        (message("Thank you, and here is the picture of the page that you wanted to see from me yesterday."), REST),
        (message(ROBOT.format(n=18), subject=RE), {"after": AFTER}),
        (
            message(ROBOT.format(n=18), subject=RE),
            {"after": ROUND.after, "echoes": (ROUND, replace(ROUND, delivery=6))},
        ),
        (message(ROBOT.format(n=18), subject=RE), {"echoes": (ROUND,)}),
    ],
)
def test_a_person_is_no_loop(mail: Any, rest: dict[str, Any]) -> None:
    """Other words, a first quick answer, or the same words at another time take the usual way."""
    assert arrive(mail, SOLVED, evidence=proof("customer", ANNA), **rest).outcome is Outcome.FOLLOWED_UP
    assert (ANNA.address, "opened") in mails(arrive(mail, **rest))


def test_a_form_that_is_sent_for_each_of_five_opens_each_time() -> None:
    """New mails in the words of one form, each after the confirmation of the last: a ticket for each, of which the
    agents hear; only its confirmation is spared, and the operator is told."""
    echoes = (replace(ROUND, words=sketch(FORM.format(n="Bob"))),)
    decision = arrive(message(FORM.format(n="Ann"), subject="New colleague"), SOLVED, after=AFTER, echoes=echoes)
    assert (decision.outcome, decision.alarm is not None) == (Outcome.OPENED, True)
    assert mails(decision) == [(MARIE.address, "agent_opened"), (KARIM.address, "agent_opened")]
    assert "round 2" in next(one.why for one in decision.entries if one.summary == "no confirmation was sent")


def test_a_round_without_a_ticket_is_held() -> None:
    """Where no ticket of this desk's is left to keep it on, it is held; no ticket is made for it."""
    decision = arrive(message(ROBOT.format(n=18), subject=RE), **REST)
    assert (decision.outcome, decision.ticket, mails(decision)) == (Outcome.HELD, None, [])


def test_only_what_comes_on_the_heels_of_our_mail_is_remembered() -> None:
    """A sketch is kept of an unmarked mail that followed an automatic one of ours within minutes, of no other."""
    known = facts(after=AFTER)
    kept = echo_of(message("Hello there."), known)
    assert kept is not None
    assert (kept.after, kept.mid) == (AFTER, "<mail@example.com>")
    assert echo_of(message(kind=Kind.AUTO_REPLY), known) is None
    assert echo_of(message(), facts()) is None


def test_sketches() -> None:
    """Numbers, order and a few more words change little; other words do; no text is too strange or too long."""
    text = ROBOT.format(n=1)
    assert alike(sketch(text), sketch("Re: " + ROBOT.format(n=987) + " Your Support Team"))
    assert not alike(sketch(text), sketch("I can not log in since this morning, and the page only shows an error."))
    assert not alike(sketch(text), sketch(""))
    assert not alike(sketch("Thanks, solved!"), sketch("Thanks, solved!"))
    assert not alike(sketch(""), sketch("123 \ud800 --"))
    chinese = "您好我们已经收到您的来信我们的同事会尽快处理您的请求并且在一个工作日之内给您答复谢谢您的耐心等待祝您愉快"
    assert alike(sketch(chinese + "17"), sketch("18" + chinese))
    assert (
        len(sketch("a\ud800b \0 " + "".join(f"word{chr(97 + n % 26)}{chr(98 + n % 25)} " for n in range(9999)))) <= 128
    )


@pytest.mark.parametrize(
    ("inbound", "outcome"),
    [
        (Inbound(30, 30), Outcome.OPENED),
        (Inbound(31, 31), Outcome.HELD),
        (Inbound(1, 200), Outcome.OPENED),
        (Inbound(1, 201), Outcome.HELD),
        (Inbound(1, 1, 19), Outcome.OPENED),
        (Inbound(1, 1, 20), Outcome.HELD),
    ],
)
def test_too_much_of_an_unproved_address_is_held(inbound: Inbound, outcome: Outcome) -> None:
    """30 mails in ten minutes, 200 a day, 20 open tickets: the next is held, with a red line, nobody is mailed."""
    decision = arrive(message(), inbound=inbound)
    assert decision.outcome is outcome
    if outcome is Outcome.HELD:
        assert (decision.ticket, mails(decision)) == (None, [])
        assert decision.alarm is not None
        assert decision.alarm.name == FLOOD


def test_who_is_vouched_for_is_not_held() -> None:
    """Evidence E2 and better, an acting agent, what is automatic, and mail without one sender are not counted so."""
    flood = Inbound(500, 500, 500)
    for grade in (Grade.E2, Grade.E3, Grade.E4):
        assert arrive(message(), evidence=Evidence(grade=grade), inbound=flood).outcome is Outcome.OPENED
    agent = arrive(message("Please try again.", sender=KARIM), ticket(), evidence=proof("agent", KARIM), inbound=flood)
    away = arrive(message(kind=Kind.AUTO_REPLY), inbound=flood)
    assert (agent.outcome, away.outcome) == (Outcome.ACT, Outcome.AUTOMATIC)


def test_an_answer_to_a_digest_comes_back() -> None:
    """It is about no one ticket: nothing is done, none is opened, and the agent gets the words back with the way."""
    mail = message("Please try again.", sender=MARIE)
    decision = arrive(mail, evidence=Evidence(grade=Grade.E3, token=token("agent", MARIE, 0)))
    assert (decision.outcome, decision.ticket) == (Outcome.ACT, None)
    assert mails(decision) == [(MARIE.address, "agent_not_sent")]
    assert decision.notices[0].text == "Please try again."


def test_an_answer_does_not_open_a_ticket_too_many() -> None:
    """Whoever has twenty open tickets still answers on them, however many mails a stranger sent in their name."""
    decision = arrive(message(), ticket(), evidence=proof("customer", ANNA), inbound=Inbound(500, 500, 500))
    assert decision.outcome is Outcome.FOLLOWED_UP
