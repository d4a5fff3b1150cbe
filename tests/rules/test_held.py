"""What the desk's people say on held mail: a yes, a no, lines on top of a list; and the list itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parsing.message import Address, Evidence, Kind
from rules.decide import decide
from rules.decision import Decision, Outcome
from rules.event import How, Listing
from rules.facts import Asked, Facts, HeldMail
from rules.held import CONFIRM, JUDGE, LISTED
from tests.rules.worlds import ANNA, KARIM, MARIE, NOW, arrive, desk, mails, message

SERIAL = "0123456789abcdef"


def held(number: int, author: Address = ANNA, **changes: object) -> HeldMail:
    plain = HeldMail(number, "support", author.address, author.key, f"matter {number}", "no proof", NOW)
    return replace(plain, **changes)  # type: ignore[arg-type]


MAILS = (held(17), held(18), held(19, MARIE), held(20, how="released", by="karim@example.org"))


def asked(purpose: str = JUDGE, **changes: str | int) -> Asked:
    plain = Asked(SERIAL, "support", purpose, {"deliveries": [17, 18, 19, 20]}, MARIE.key, "fresh")
    return replace(plain, **changes)  # type: ignore[arg-type]


def answer(
    text: str, *about: HeldMail, asking: Asked | None = None, who: Address = MARIE, kind: Kind = Kind.HUMAN
) -> Decision:
    """Who answers the mail that `asking` was, with these words on top."""
    mail = message(text, sender=who, subject="Re: Held at Support", kind=kind, quoted="\n> #reject 17\n")
    return arrive(mail, evidence=Evidence(once=SERIAL), asked=asking or asked(), held=about or MAILS)


def words(decision: Decision) -> dict[int, How]:
    """What was said of which delivery."""
    return {one.delivery: one.how for one in decision.again}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#release 17\n", {17: How.RELEASED}),
        ("#release 17, D18\n#reject 19\n", {17: How.RELEASED, 18: How.RELEASED, 19: How.REJECTED}),
        ("#Reject ALL\n", {17: How.REJECTED, 18: How.REJECTED, 19: How.REJECTED}),
        ("#release all\n", {17: How.RELEASED, 18: How.RELEASED, 19: How.RELEASED}),
        ("#confirm 19\nI wrote that.\n", {19: How.RELEASED}),
        ("#release 20\n", {}),  # a colleague was quicker: said, and harmless
    ],
)
def test_lines_on_top_of_an_answer_judge_the_mails_of_a_list(text: str, said: dict[int, How]) -> None:
    """Each named mail gets its word, by the agent's own address; none is confirmed by a token that is good for a week.
    The token is used up, and the answer lists what is left with a fresh one."""
    decision = answer(text)

    assert decision.outcome is Outcome.ACT
    assert words(decision) == said
    assert {one.by for one in decision.again} <= {MARIE.key}
    assert decision.spends == SERIAL
    (notice,) = decision.notices
    left = [number for number in (17, 18, 19) if number not in said]
    assert [row["number"] for row in notice.values["held"]] == left
    assert notice.once is None if not left else notice.once is not None and notice.once.what == {"deliveries": left}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#release 17\n#release 99\n", "D99 is not in the list"),
        ("#release 17\n#reject all\n", "contradict"),
        ("#release\n", "names no mail"),
        ("#release seventeen\n", "names no mail"),
        ("#release 17\n#close\n", "not #close"),
        ("Please release 17.\n", "no line in it"),
        ("", "no line in it"),
    ],
)
def test_lines_that_are_not_understood_do_nothing(text: str, why: str) -> None:
    """All or nothing: the token stays good, and the agent hears what was wrong, with the list once more."""
    decision = answer(text)

    assert (words(decision), decision.spends) == ({}, "")
    (notice,) = decision.notices
    assert why in notice.values["why"]
    assert [row["number"] for row in notice.values["held"]] == [17, 18, 19]


@pytest.mark.parametrize("state", ["used", "expired"])
@pytest.mark.parametrize("purpose", [JUDGE, CONFIRM])
def test_a_token_that_is_good_no_more_does_nothing_and_says_so(state: str, purpose: str) -> None:
    """Used before or too late: nothing is done, and a fresh token for what still waits goes to the same mailbox."""
    decision = answer(
        "yes\n" if purpose == CONFIRM else "#release all\n", asking=asked(purpose, state=state, used_by=5)
    )

    assert (words(decision), decision.spends) == ({}, "")
    (notice,) = decision.notices
    assert ("used already" if state == "used" else "time is over") in notice.values["why"]
    assert notice.once is not None
    assert notice.once.purpose == purpose


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yes\n", How.CONFIRMED),
        ("Yes, that was me.\n", How.CONFIRMED),
        ("#confirm\n", How.CONFIRMED),
        ("no\n", How.REJECTED),
        ("Not me!\n", How.REJECTED),
        ("#reject\n", How.REJECTED),
        ("What is this?\n", None),
        ("OK, somebody else must have sent that.\n", None),
        ("Yes, I saw it, but that was not me!\n", None),
        ("Yes\n\nNo. 12, Market Street\n", How.CONFIRMED),
        ("", None),
    ],
)
def test_an_agent_says_whether_a_mail_is_theirs(text: str, said: How | None) -> None:
    """The first word of the answer counts; what says neither is asked again and does nothing."""
    mine = held(19, MARIE)
    decision = answer(text, mine, asking=asked(CONFIRM))

    assert words(decision) == ({19: said} if said else {})
    assert decision.spends == (SERIAL if said else "")
    assert mails(decision) == [(MARIE.address, "agent_held")]
    assert (decision.notices[0].once is None) == (said is not None)


def test_a_machine_without_marks_is_not_talked_with_for_long() -> None:
    """Each answer that is not understood is asked again, the fifth in a row is not; one that is understood ends it."""
    asking, mails_sent = asked(), 0
    for _ in range(9):
        decision = answer("Your mail is important to us.\n", asking=asking)
        if not decision.notices:
            break
        mails_sent += 1
        (notice,) = decision.notices
        assert notice.once is not None
        asking = replace(asking, what=notice.once.what)

    assert mails_sent == 4
    understood = answer("#reject 17\n", asking=asking)
    assert understood.notices[0].once is not None
    assert understood.notices[0].once.what == {"deliveries": [18, 19]}


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.BOUNCE, Kind.LIST])
def test_no_machine_answers_for_anybody(kind: Kind) -> None:
    """An absence note that comes back to the single-use address says nothing."""
    assert words(answer("yes\n", asking=asked(CONFIRM), kind=kind)) == {}


@pytest.mark.parametrize(
    ("who", "changes"),
    [(KARIM, {}), (ANNA, {}), (MARIE, {"desk": "sales"}), (MARIE, {"person": "former@example.org"})],
)
def test_a_token_is_for_the_person_whom_it_was_mailed_to(who: Address, changes: dict[str, str]) -> None:
    """Not for a colleague, not for a customer, not at another desk, and not for an address that is no agent's more."""
    decision = answer("#release all\n", asking=asked(**changes), who=who)

    assert (words(decision), decision.spends) == ({}, "")


def test_the_list_names_what_is_new_first_and_what_still_waits() -> None:
    """Each agent gets one mail with a token of their own for all that it names; what is in their own name is marked."""
    waiting = (held(21, new=True), held(22, MARIE, new=True), held(17))
    facts = Facts(next_number=1, held=waiting, held_beside=3)
    decision = decide(Listing("support", 4, NOW), facts=facts, policy=desk(), now=NOW)

    assert mails(decision) == [(MARIE.address, "agent_held"), (KARIM.address, "agent_held")]
    for notice in decision.notices:
        assert [row["number"] for row in notice.values["held"]] == [21, 22]
        assert [row["number"] for row in notice.values["earlier_held"]] == [17]
        assert notice.values["more"] == 3
        assert notice.once is not None
        assert (notice.once.what, notice.once.lasts) == ({"deliveries": [21, 22, 17]}, timedelta(days=7))
    assert [row["own"] for row in decision.notices[0].values["held"]] == [False, True]


def test_without_anything_new_or_anybody_to_tell_no_list_is_sent() -> None:
    """Nothing new: silence. A desk that says `held: nobody`: silence."""
    nothing_new = Facts(next_number=1, held=(held(17),) * LISTED)
    news = Facts(next_number=1, held=(held(17, new=True),))
    silent = replace(desk(), tell={**desk().tell, "held": "nobody"})

    assert mails(decide(Listing("support", 4, NOW), facts=nothing_new, policy=desk(), now=NOW)) == []
    assert mails(decide(Listing("support", 4, NOW), facts=news, policy=silent, now=NOW)) == []
