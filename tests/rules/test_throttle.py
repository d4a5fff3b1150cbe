"""The caps on automatic mail: each number at its border, for every notice that can leave by itself."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from rules.caps import Caps
from rules.decide import decide
from rules.decision import Decision, Outcome
from rules.event import Arrived, Due
from rules.facts import SentMail, World
from rules.throttle import AUTOMATIC, CONFIRMATIONS, why_open
from rules.ticket import Status
from tests.rules.desks import palo
from tests.rules.worlds import (
    ANNA,
    LOGIN,
    MARIE,
    NOW,
    Counted,
    arrive,
    desk,
    facts,
    fire,
    from_agent,
    mails,
    message,
    proof,
    ticket,
    timer,
)

DEFAULT = Caps()
WAITING = ticket(status=Status.WAITING, question="Which browser?", asked_by="Marie Petit", asked_at=NOW)
SOLVED = ticket(status=Status.RESOLVED, status_since=NOW)
WARNED = SentMail("aa", 42, ANNA.address, "customer", "last_reminder", accepted_at=NOW - timedelta(days=3))


def outside(decision: Decision) -> list[str]:
    """The notices that go to the customer."""
    return [notice.name for notice in decision.notices if notice.role == "customer"]


# Every way in which a mail leaves by itself: name of the notice → what happens, with more facts.
def opened(**more: Any) -> Decision:
    return arrive(message(), **more)


def thanked(**more: Any) -> Decision:
    return arrive(message("Thanks, solved!"), SOLVED, evidence=proof("customer", ANNA), **more)


def closed(**more: Any) -> Decision:
    return from_agent("#close\n", quoted="", **more)


def brought(**more: Any) -> Decision:
    return arrive(message("#for anna@example.com\nShe called.", sender=MARIE), evidence=LOGIN, **more)


def reminded(**more: Any) -> Decision:
    return fire(WAITING, timer("reminder", NOW), timer("close", NOW + timedelta(days=4)), **more)


def silent(**more: Any) -> Decision:
    return fire(WAITING, timer("close", NOW), last_notice=WARNED, **more)


WAYS = {
    "opened": opened,
    "closed_solved": thanked,
    "closed": closed,
    "brought": brought,
    "reminder": reminded,
    "closed_silence": silent,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("cap", [*CONFIRMATIONS, *AUTOMATIC])
def test_every_automatic_mail_passes_every_cap(way: str, cap: str) -> None:
    """The last mail below a cap goes; the next is left out and its ticket says why; beyond it is so as well."""
    most = getattr(DEFAULT, cap)
    sent = [outside(WAYS[way](sent_to=Counted(**{cap: count}))) for count in (most - 1, most, most + 1)]
    asked = cap in AUTOMATIC or way in ("opened", "brought")

    assert [len(one) for one in sent] == ([1, 0, 0] if asked else [1, 1, 1])
    if asked:
        refused = WAYS[way](sent_to=Counted(**{cap: most}))
        assert [entry.why for entry in refused.entries if "was" in entry.summary and "sent" in entry.summary] == [
            f"{most} {(CONFIRMATIONS | AUTOMATIC)[cap]}"
        ]


@pytest.mark.parametrize("way", WAYS)
def test_what_can_not_be_counted_is_not_sent(way: str) -> None:
    """Neither an unknown count of the address nor one of the world lets an automatic mail out; the ticket stays."""
    nothing: tuple[dict[str, Any], ...] = ({"sent_to": {}}, {"world": None})
    for unknown in nothing:
        decision = WAYS[way](**unknown)
        assert outside(decision) == []
        assert decision.ticket is not None
        assert any("is not known" in entry.why for entry in decision.entries)


@pytest.mark.parametrize("way", WAYS)
def test_a_desk_does_not_write_to_a_desk(way: str) -> None:
    """An address of any of our desks gets no automatic mail."""
    assert outside(WAYS[way](sent_to=Counted(ours=True))) == []


@pytest.mark.parametrize(
    ("world", "open_"),
    [
        (World(500, 0), False),
        (World(501, 0), True),
        (World(501, 167), False),
        (World(504, 168), False),
        (World(505, 168), True),
        (World(bounced=30), False),
        (World(bounced=31), True),
    ],
)
def test_the_breaker(world: World, open_: bool) -> None:
    """Beyond 500 automatic mails in ten minutes and three for each of a person's, or with 31 lost of 100, none."""
    assert bool(why_open(world, DEFAULT)) is open_
    assert [outside(way(world=world)) == [] for way in WAYS.values()] == [open_] * len(WAYS)


def test_words_of_an_agent_are_never_held_back() -> None:
    """Whatever was counted, an agent's answer goes out, and staff are told."""
    over: dict[str, Any] = {"sent_to": Counted(ours=True, address_day=999), "world": World(9999, 0, 100)}
    assert outside(from_agent("Please try again.", **over)) == ["reply"]
    assert (MARIE.address, "agent_opened") in mails(arrive(message(), **over))


def test_a_capped_step_is_put_off_and_closes_nothing() -> None:
    """A reminder or a close whose mail must wait comes again in an hour; later steps stay where they are."""
    over = {"sent_to": Counted(address_day=40)}
    late, close = reminded(**over), silent(**over)

    assert [(one.kind, one.due_at - NOW) for one in late.timers] == [
        ("reminder", timedelta(hours=1)),
        ("close", timedelta(days=4)),
    ]
    assert [(one.kind, one.due_at - NOW) for one in close.timers] == [("close", timedelta(hours=1))]
    assert close.ticket is not None
    assert close.ticket.status is Status.WAITING


def test_who_never_gets_a_mail_is_closed_without_one() -> None:
    """A ticket of a mailbox that nobody reads waits for no reminder that can never be sent."""
    robot = replace(WAITING, requester=replace(ANNA, address="noreply@example.com"))
    decision = fire(robot, timer("close", NOW))

    assert decision.ticket is not None
    assert (decision.ticket.status, outside(decision)) == (Status.CLOSED, [])


def test_an_agent_hears_that_the_customer_is_not_told() -> None:
    """The transcript of an act says when its notice was held back."""
    done = [notice.values["done"] for notice in closed(sent_to=Counted(ticket_10min=10)).notices]
    assert any("is not told: 10 automatic mails" in line for lines in done for line in lines)


def test_a_desk_says_its_own_numbers() -> None:
    """`limits` takes every number by its name, `never_mail` addresses and domains; both are obeyed."""
    numbers = {cap.name: 7 for cap in fields(Caps)}
    policy = palo(f"limits: {numbers}\nnever_mail: [Robot@Example.com, '@peer.example']\n")
    event = Arrived(7, message(), proof("customer", ANNA), "x@example.com", ("support@palo.example",), NOW)

    def sent(count: int, who: str) -> list[str]:
        mail = message(sender=replace(ANNA, address=who))
        known = facts(sent_to=Counted(opened_hour=count))
        return outside(decide(replace(event, message=mail), facts=known, policy=policy, now=NOW))

    assert policy.caps == Caps(**numbers)
    assert [sent(6, ANNA.address), sent(7, ANNA.address)] == [["opened"], []]
    assert [sent(0, who) for who in ("robot@example.com", "any@peer.example", "any@sub.peer.example")] == [
        [],
        [],
        ["opened"],
    ]
    assert desk().caps == DEFAULT


def test_a_timer_of_a_ticket_that_is_gone_asks_nothing() -> None:
    """No ticket, no mail, no failure."""
    decision = decide(Due(1, "reminder", 1, NOW), facts=facts(), policy=desk(), now=NOW)
    assert (decision.outcome, decision.notices) == (Outcome.ACT, ())
