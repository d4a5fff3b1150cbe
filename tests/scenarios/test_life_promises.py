"""What a desk promises: the customer reads it, the clock keeps it, and the desk hears of it at the minute."""

from collections.abc import Callable

from rules.ticket import Status
from tests.scenarios.house import ANNA, KARIM, MARIE, PEOPLE, SUPPORT, House

DESK = f"""desk: support
name: Support
address: {SUPPORT}
time_zone: Europe/Paris
calendars: {{office: {{mon-fri: ["09:00-12:30", "13:30-18:00"], holidays: [2026-11-11]}}}}
targets:
  - {{first_response: 4h, next_response: 4h, resolution: 3 days, in: always, warn_before: 1h}}
  - {{first_response: 2h, in: office, priority: [P2, P3]}}
{PEOPLE}"""


async def test_a_promise_is_told_watched_and_kept(build: Callable[..., House]) -> None:
    """A Friday at ten: two hours of the office are told in the confirmation; nobody answers, and at noon everybody
    hears of it once. The answer stops that clock, a question back starts the next, and waiting holds what is left."""
    house = build()
    house.desks = {"support": DESK}
    await house.open()
    try:
        await walk(house)
        await house.judge()
    finally:
        await house.close()


async def walk(house: House) -> None:
    """From the first mail to the second clock."""
    await house.send(house.write("It is broken."))
    assert "answer you by today, 12:00 (Paris time)" in house.one(ANNA).text
    opened = house.one(MARIE)
    house.one(KARIM)

    await house.later(hours=1)
    assert house.got() == []
    await house.later(hours=1)
    late = {mail.recipient: mail.text for mail in house.got()}
    assert set(late) == {MARIE, KARIM}
    assert "The promised first response to Anna was due today, 12:00 (Paris time), and is late." in late[MARIE]
    await house.later(minutes=30)
    assert house.got() == []

    await house.send(house.reply(opened, "#waiting\nWhich browser do you use?"))
    house.one(MARIE)
    question = house.one(ANNA)
    await house.later(days=2, hours=23)
    assert house.got() == []  # a clock that stands still warns nobody

    await house.send(house.reply(question, "It is Firefox."))
    house.one(MARIE)
    await house.later(hours=3)
    assert "The promised next response to Anna is due" in house.one(MARIE).text
    assert [kind for kind, _ in await house.timers()] == [
        "missed next_response",
        "near resolution",
        "missed resolution",
    ]
    assert (await house.ticket()).status is Status.IN_PROGRESS
