"""Mail that is held, from the question to the agent to what becomes of it: yes, no, a list with lines, an operator."""

from typing import Any

from sqlalchemy import select

from rules.ticket import Status
from store.schema import delivery
from tests.scenarios.house import ANNA, KARIM, MARIE, PLAIN, SUPPORT, House, Mail


async def unproven(
    house: House, words: str = "#close", *, who: str = MARIE, to: str = SUPPORT, number: int = 1
) -> None:
    """A mail in an agent's name about a ticket, with nothing that proves who wrote it."""
    mail = house.write(words, who=who, to=to, subject=f"Re: [TKT-{number:05d}] I can not log in")
    await house.send(mail, forged=True)


async def answer(house: House, old: Mail, words: str, **more: Any) -> None:
    """A reply that nothing proves but the token in the mail that it answers."""
    await house.send(house.reply(old, words, **more), forged=True)


async def outcome(house: House, number: int) -> tuple[str, str | None]:
    row = (await house.rows(select(delivery.c.outcome, delivery.c.judged_how).where(delivery.c.id == number)))[0]
    return row.outcome, row.judged_how


async def test_one_yes_has_a_held_mail_done_and_a_second_one_does_nothing(house: House) -> None:
    """At a desk with plus-addresses the Reply-To proves the answer, at one without the Message-ID; the mail is done
    once, as its agent wrote it, and its transcript comes as for any other."""
    for at, (to, who) in enumerate(((SUPPORT, MARIE), (PLAIN, KARIM))):
        await house.send(house.write("Help.", to=to))
        house.got()
        held, number = 5 * at + 2, 2 * at + 1  # Eve opens a ticket of her own
        await unproven(house, who=who, to=to, number=number)
        asking = house.one(who)
        assert "#close" in asking.text
        assert ("+" in str(asking.mail["Reply-To"])) == (to == SUPPORT)
        assert (await house.ticket(number)).status is Status.NEW
        assert await outcome(house, held) == ("held", None)

        await answer(house, asking, "Yes, that was me.")
        assert (await house.ticket(number)).status is Status.CLOSED
        assert await outcome(house, held) == ("act", "confirmed")
        first, second = house.got(who)
        assert "is done as you wrote it" in first.text
        assert "Done: closed" in second.text
        assert "closed" in house.one(ANNA).text

        await answer(house, asking, "yes")
        assert "used already" in house.one(who).text
        await answer(house, asking, "yes", who="eve@elsewhere.example")
        house.got()
        assert await outcome(house, held) == ("act", "confirmed")


async def test_the_first_of_a_day_is_asked_about_and_the_others_are_listed(house: House) -> None:
    """A no ends a mail; what comes in the same name on the same day stands in the hourly list to all, and lines on top
    of one reply judge it. Without news no list comes."""
    await house.send(house.write("Help."))
    house.got()
    await unproven(house, "#close")
    asking = house.one(MARIE)
    await unproven(house, "#spam")
    await unproven(house, "#waiting\nWhich browser?")
    assert not house.got(MARIE)

    await answer(house, asking, "No, I did not write this.")
    assert await outcome(house, 2) == ("rejected", "rejected")
    house.one(MARIE)
    await house.later(minutes=6)
    mine, other = house.one(MARIE), house.one(KARIM)
    for mail in (mine, other):
        assert "D3" in mail.text
        assert "D4" in mail.text
        assert "D2" not in mail.text
    assert "#waiting Which browser?" in mine.text
    assert "in your name" in mine.text
    assert "in your name" not in other.text

    await answer(house, other, "#reject 3\n")
    assert "set aside for good" in house.one(KARIM).text
    await answer(house, mine, "#release 3 4\n")
    told = " ".join(mail.text for mail in house.got(MARIE))
    assert f'D3 "Re: [TKT-00001] I can not log in" was rejected already by {KARIM}' in told
    assert "Which browser?" in house.one(ANNA).text
    assert (await outcome(house, 3), await outcome(house, 4)) == (("rejected", "rejected"), ("act", "released"))
    await house.later(hours=3)
    assert not house.got(KARIM)


async def test_an_answer_from_another_address_reaches_the_ticket_when_an_agent_says_so(house: House) -> None:
    """What was mailed to Anna comes back from Bob: held, shown on the ticket, listed within minutes; released by a
    reply it is Bob's words on Anna's ticket, once. An absence note to the list does nothing."""
    bob = "bob@customer.example"
    await house.send(house.write("Help."))
    confirmation = house.one(ANNA)
    house.got()
    await answer(house, confirmation, "It is Firefox.", who=bob)
    assert await outcome(house, 2) == ("held", None)
    assert not house.got()

    await house.later(minutes=6)
    listed = house.one(KARIM)
    house.one(MARIE)
    assert bob in listed.text
    assert "[TKT-00001]" in listed.text
    await answer(house, listed, "#release all", Auto_Submitted="auto-replied")
    assert await outcome(house, 2) == ("held", None)

    for _ in range(2):
        await answer(house, listed, "#release 2")
    assert await outcome(house, 2) == ("followed up", "released")
    assert "It is Firefox." in house.one(MARIE).text
    texts = [mail.text for mail in house.got(KARIM)]
    assert sum("It is Firefox." in text for text in texts) == 1
    assert "used already" in texts[-1]
    house.got()
    assert sum(bob in entry for entry in await house.entries("change")) >= 1
