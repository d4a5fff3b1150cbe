"""A busy hour of an agent's: what would be too many notifications comes as one, and is answered from there."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import BigInteger, type_coerce, update

from store.columns import length
from store.schema import outbox
from tests.scenarios.house import DESKS, KARIM, MARIE, House


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_an_agent_answers_from_a_digest(build: Callable[..., House], language: str) -> None:
    """Beyond the desk's number the notifications wait and come as one mail; an answer to the address below a ticket's
    name reaches that customer alone, one to the digest itself comes back."""
    house = build()
    house.desks = {"support": DESKS["support"] + f"limits: {{staff_10min: 1}}\nlanguage: {language}\n"}
    house.ticks_alone = True
    await house.open()
    try:
        people = [f"customer{number}@people.example" for number in range(4)]
        for number, person in enumerate(people):
            await house.send(house.write(f"It is broken, says {person}.", who=person, subject=f"Broken {number}"))
        assert len(house.got(MARIE)) == len(house.got(KARIM)) == 1
        earlier = type_coerce(outbox.c.created_db, BigInteger) - length(timedelta(minutes=10))
        await house.gateway.db.write(lambda conn: conn.execute(update(outbox).values(created_db=earlier)))

        async def digested() -> bool:
            return len(await house.rows(outbox.select().where(outbox.c.notice == "agent_digest"))) == 2

        await house.until(digested)
        await house.settled()
        house.got(KARIM)
        digest = house.one(MARIE)
        assert digest.text.count("tkt-private") == 1
        addresses = re.findall(r"^(?:answer to|répondre à\u00a0): (\S+)$", digest.text, re.MULTILINE)
        assert all(f"It is broken, says {person}." in digest.text for person in people[1:])
        for person in people:
            house.got(person)

        await house.send(house.write("#resolve\nIt works again.", who=MARIE, to=addresses[1], subject="Re: Broken 2"))
        assert "It works again." in house.one(people[2]).text
        house.got(MARIE)
        await house.send(house.reply(digest, "It works again, all of you."))
        assert "below the ticket's name" in house.one(MARIE).text
        house.got(KARIM)
        await house.judge()
    finally:
        await house.close()
