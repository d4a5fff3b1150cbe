"""Who gets a mail at all, and how the copies of one answer look."""

from dataclasses import replace

import pytest

from parsing.message import Address, Permanent
from rules.decision import Notice
from rules.ticket import Participant, Role
from tests.templates.desk import ANNA, ANSWER, ASKED, NOW, POLICY, TICKET, mail, read, text_of, to_agent, to_customer


@pytest.mark.parametrize(
    "notice",
    [
        replace(to_customer("opened"), to=Address("eve@example.com")),
        replace(to_customer("reply", ANSWER), to=Address("named@example.com")),
        replace(to_customer("reply", ANSWER), to=Address("left@example.com")),
        replace(to_customer("opened"), to=POLICY.address),
        replace(to_agent("agent_help"), to=ANNA),
    ],
)
def test_only_the_people_of_a_ticket_are_written_to(notice: Notice) -> None:
    """Whatever was decided, no mail comes into being for a stranger, for who has left, for a desk itself; and none that
    is for agents for anybody else."""
    people = [
        ("cc@example.com", Role.CC, None),
        ("named@example.com", Role.NAMED, None),
        ("left@example.com", Role.CC, NOW),
    ]
    there = tuple(Participant(Address(address), role, NOW, left_at=left) for address, role, left in people)
    ticket = replace(TICKET, participants=there)
    assert (
        mail(replace(to_customer("reply", ANSWER), to=Address("cc@example.com")), ticket).recipient == "cc@example.com"
    )

    with pytest.raises(Permanent):
        mail(notice, ticket)


def test_the_copies_of_one_answer_look_alike_and_prove_apart() -> None:
    """Requester and Cc see the same To and Cc; each copy has its own recipient, token and Message-ID, and the one in Cc
    reads how to get no more of it."""
    bob = Address("bob@example.com", "Böb, Jr.")
    ticket = replace(ASKED, participants=(Participant(bob, Role.CC, NOW),))
    both = [
        mail(
            replace(to_customer("reply", ANSWER), to=to, shown_to=ANNA, shown_cc=(bob, Address("c@example.com"))),
            ticket,
        )
        for to in (ANNA, bob)
    ]

    to_anna, to_bob = (read(one.raw) for one in both)
    assert [one.recipient for one in both] == [ANNA.address, bob.address]
    assert to_anna["To"] == to_bob["To"]
    assert [one.addr_spec for one in to_bob["Cc"].addresses] == ["bob@example.com", "c@example.com"]
    assert to_bob["Cc"].addresses[0].display_name == bob.name
    assert to_anna["Cc"] == to_bob["Cc"]
    assert to_anna["Reply-To"] != to_bob["Reply-To"]
    assert text_of(to_anna).rpartition("[tkt-ref")[2] != text_of(to_bob).rpartition("[tkt-ref")[2]
    assert ("leave" in text_of(to_bob), "leave" in text_of(to_anna)) == (True, False)
