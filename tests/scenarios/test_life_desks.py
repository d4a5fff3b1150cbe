"""A desk's files while the gateway runs: saved, broken, mended; and what its rules send."""

import asyncio
from functools import partial

from sqlalchemy import select

from store.schema import policy
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House

ROADMAP = "roadmap@partner.example"
FIRST = "rules:\n  - {rule: First, when: {subject contains: bet}, then: {priority: P1}}\n"
SECOND = FIRST.replace("First", "Second").replace("P1", "P2")


async def saved(house: House, name: str, text: str) -> None:
    """Save a file of the support desk as an editor does, and wait until it counts or is refused."""
    path = house.folder / "desks" / "support" / name
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(text)
    before, red = house.gateway.policies["support"].digest, await house.red()
    begun = asyncio.get_running_loop().time()
    beside.replace(path)

    async def noticed() -> bool:
        return house.gateway.policies["support"].digest != before or await house.red() != red

    await house.until(noticed)
    assert asyncio.get_running_loop().time() - begun < 5  # a second on a machine that does nothing else


async def over(house: House) -> bool:
    return await house.red() == ()


async def test_a_saved_file_counts_with_the_next_mail(house: House) -> None:
    """No restart: the next mail is sorted by the new rules, and each version that was in force is kept."""
    await saved(house, "rules.yaml", FIRST)
    await house.send(house.write("Hello.", subject="A bet"))
    await saved(house, "rules.yaml", SECOND)
    await house.send(house.write("And the odds?", subject="Another bet"))
    await saved(house, "rules/more.yaml", "rules:\n  - {rule: More, then: {priority: P4}}\n")
    await house.send(house.write("Where is my money?", subject="The third bet"))

    assert [(await house.ticket(number)).priority for number in (1, 2, 3)] == ["P1", "P2", "P4"]
    kept = await house.rows(select(policy.c.digest).where(policy.c.desk == "support"))
    assert len(kept) == 4
    house.got()


async def test_a_broken_file_never_counts(house: House) -> None:
    """The last good rules stay in force and a red line says why; the next good save ends it."""
    await saved(house, "rules.yaml", FIRST)
    await saved(house, "rules.yaml", FIRST.replace("priority", "prority"))
    assert await house.red() == ("desk files",)
    await house.send(house.write("Hello.", subject="A bet"))
    assert (await house.ticket()).priority == "P1"

    await saved(house, "rules.yaml", SECOND)
    await house.until(partial(over, house))
    await house.send(house.write("Hello.", subject="Another bet"))
    assert (await house.ticket(2)).priority == "P2"
    house.got()


async def test_what_a_rule_sends_arrives(house: House) -> None:
    """Other words for the customer, a word for an agent inside the notification, and a mail for somebody outside."""
    desk = house.desks["support"] + (
        f"outside: {{roadmap: {{name: Roadmap, mail: {ROADMAP}}}}}\n"
        'wording: {noted: {title: "An idea!", text: "Hello {{ first_name }},\\n\\nit is {{ ticket }} now."}}\n'
    )
    rules = (
        "rules:\n  - rule: Idea\n    when: {words contain: suggestion}\n    then:\n"
        "      assignee: marie\n      wording: {opened: noted}\n"
        '      tell: {to: [marie, roadmap], text: "An idea of {{ customer }}"}\n'
    )
    await saved(house, "desk.yaml", desk)
    await saved(house, "rules.yaml", rules)
    await house.send(house.write("A suggestion: dark mode."))

    confirmed, told, outside = house.one(ANNA), house.one(MARIE), house.one(ROADMAP)
    assert confirmed.text.startswith("An idea!\n\nHello Anna,\n\nit is TKT-00001 now.\n")
    assert 'Rule: "Idea". An idea of Anna Nowak.' in told.text
    assert outside.text.startswith("An idea of Anna Nowak\n")
    assert outside.mail["Auto-Submitted"] == "auto-generated"
    assert not house.got(KARIM)
    assert (await house.ticket()).assignee == "marie"
    assert SUPPORT in str(outside.mail["From"])
