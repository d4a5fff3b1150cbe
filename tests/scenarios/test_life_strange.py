"""Mails that nobody hopes for: nothing is lost, nothing goes round, nobody is told twice."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import select

from store.schema import delivery, outbox
from tests.scenarios.house import ANNA, KARIM, MARIE, SALES, SUPPORT, House


async def test_one_mail_to_two_desks_is_two_tickets(house: House) -> None:
    """Each desk has its delivery, its ticket and its confirmation; a retry of the same mail is only counted."""
    mail = house.write("Both of you, please.", to=f"{SUPPORT}, {SALES}")
    await house.send(mail)
    await house.send(mail)

    rows = await house.rows(select(delivery.c.desk, delivery.c.outcome, delivery.c.arrivals, delivery.c.ticket))
    assert sorted(rows) == [("sales", "opened", 2, 2), ("support", "opened", 2, 1)] or sorted(rows) == [
        ("sales", "opened", 2, 1),
        ("support", "opened", 2, 2),
    ]
    assert sorted(str(mail.mail["From"]).split("<")[1] for mail in house.got(ANNA)) == [f"{SALES}>", f"{SUPPORT}>"]
    assert len(house.got(MARIE)) == len(house.got(KARIM)) == 2


async def test_the_same_message_by_another_way_is_a_duplicate(house: House) -> None:
    """Another envelope or another Received line does not make another mail; the ledger shows the second."""
    mail = house.write("Only once.")
    await house.send(mail)
    again = b"Received: from elsewhere by here; Fri, 6 Nov 2026 09:00:00 +0000\r\n" + mail.as_bytes()
    await house.send(again, sender="list@elsewhere.example")

    assert await house.outcomes() == ["opened", "duplicate"]
    assert len(house.got()) == 3


async def test_our_own_mail_comes_back(house: House) -> None:
    """A confirmation that is sent back to the desk unchanged, or forwarded by a rule, ends in the ledger as our own."""
    await house.send(house.write("Hello."))
    confirmation, told = house.one(ANNA), house.one(MARIE)
    house.one(KARIM)
    await house.send(confirmation.raw, sender=ANNA, to=[SUPPORT])
    await house.send(
        b"Received: from a by b; Fri, 6 Nov 2026 09:00:00 +0000\r\n" + told.raw, sender=MARIE, to=[SUPPORT]
    )

    assert await house.outcomes() == ["opened", "own", "own"]


async def test_headers_that_are_not_there_or_far_too_long(house: House) -> None:
    """No Message-ID, no From, a From of 20 KB, no body, no header: each is a ticket that the agents can read."""
    long = b"From: " + b", ".join(b'"' + b"x" * 60 + b'" <a%d@b.example>' % n for n in range(250)) + b"\r\n"
    mails = [
        b"From: Anna <anna@customer.example>\r\nTo: support@desk.example\r\nSubject: no id\r\n\r\nfirst\r\n",
        b"To: support@desk.example\r\nSubject: no from\r\nMessage-ID: <n1@b.example>\r\n\r\nsecond\r\n",
        long + b"To: support@desk.example\r\nSubject: long\r\nMessage-ID: <n2@b.example>\r\n\r\nthird\r\n",
        b"From: anna@customer.example\r\nMessage-ID: <n3@b.example>\r\n\r\n",
        b"\r\nfifth, without a header\r\n",
    ]
    for raw in mails:
        await house.send(raw, sender="someone@b.example", to=[SUPPORT])

    assert await house.outcomes() == ["opened"] * 5
    assert sorted({mail.recipient for mail in house.got()}) == [ANNA, KARIM, MARIE]
    assert [(await house.ticket(number)).requester is not None for number in range(1, 6)] == [
        True,
        False,
        False,
        True,
        False,
    ]


async def test_confirmation_is_answered_to_the_very_mail_without_an_id(house: House) -> None:
    """A customer's mail without Message-ID has a thread all the same: our mails hang together, their answer joins."""
    raw = b"From: Anna <anna@customer.example>\r\nTo: support@desk.example\r\nSubject: no id\r\n\r\nfirst\r\n"
    await house.send(raw, sender=ANNA, to=[SUPPORT])
    confirmation, told = house.one(ANNA), house.one(MARIE)
    house.one(KARIM)
    assert confirmation.references
    assert confirmation.references == told.references
    await house.send(house.reply(confirmation, "More.", to=SUPPORT))

    assert await house.outcomes() == ["opened", "followed up"]
    assert len(house.got()) == 2


@pytest.mark.parametrize("threads", [True, False])
async def test_a_responder_that_marks_nothing_ends_within_the_caps(house: House, threads: bool) -> None:
    """A vacation responder that answers each of our mails, unmarked, gets few of them: with or without our thread."""
    await house.send(house.write("I need help."))
    for _ in range(30):
        mails = house.got(ANNA)
        if not mails:
            break
        for mail in mails:
            answer = house.reply(mail, "I am away until Monday and read no mail.", quote=False)
            if not threads:
                answer = house.write("I am away until Monday and read no mail.", subject="Away")
            await house.send(answer)
    else:
        pytest.fail("it goes round for ever")
    assert len(await house.rows(select(outbox.c.id).where(outbox.c.role == "customer"))) <= 3
    house.got()


async def test_mailing_lists_and_nobodys_mailboxes_get_no_confirmation(house: House) -> None:
    """Bulk mail, mailing lists, no-reply addresses and the null sender are taken in, told to agents, not answered."""
    await house.send(house.write("News of the week.", List_Id="<news.b.example>", Precedence="list"))
    await house.send(house.write("Your parcel.", who="no-reply@shop.example"))
    await house.send(house.write("Strange."), sender="")

    told = house.got()
    assert not [mail for mail in told if mail.recipient not in (MARIE, KARIM)]
    assert await house.outcomes() == ["opened"] * 3
    assert "no confirmation was sent" in await house.entries("change", 2)


async def test_a_reply_right_behind_its_parent(house: House) -> None:
    """Ten people's mails, each with two more sent right behind it: every one joins its parent's ticket, in order, as
    their domain vouches for them."""

    async def conversation(number: int) -> None:
        who = f"person{number}@customer.example"
        first = house.write("First.", who=who, subject=f"Question {number}")
        first_id = await house.hand_over(first)
        answer = partial(house.write, who=who, subject=f"Re: Question {number}", vouched=True)
        second_id = await house.hand_over(answer("Second.", In_Reply_To=first_id))
        await house.hand_over(answer("Third.", References=f"{first_id} {second_id}"))

    await asyncio.gather(*(conversation(number) for number in range(10)))
    await house.settled()

    rows = await house.rows(
        select(delivery.c.ticket, delivery.c.outcome, delivery.c.envelope_from).order_by(delivery.c.id)
    )
    stories: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        stories.setdefault(row.envelope_from, []).append((row.ticket, row.outcome))
    assert len(stories) == 10
    for story in stories.values():
        assert [outcome for _, outcome in story] == ["opened", "followed up", "followed up"]
        assert len({ticket for ticket, _ in story}) == 1
    house.got()
