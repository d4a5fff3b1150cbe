"""What time does to a ticket: reminders, the close, and everything that must hold it up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from rules.ticket import Status
from store.schema import delivery, outbox
from tests.scenarios.house import ANNA, BEGIN, KARIM, MARIE, SUPPORT, House, Mail
from tests.servers import Postfix

QUESTION = "Which browser do you use?"


async def asked(house: House, words: str = f"#waiting\n{QUESTION}") -> Mail:
    """A ticket of Anna's on which Marie has asked something and waits; the question as Anna has it."""
    await house.send(house.write("It is broken."))
    house.one(ANNA)
    house.one(KARIM)
    await house.send(house.reply(house.one(MARIE), words))
    house.one(MARIE)
    return house.one(ANNA)


async def status(house: House) -> Status:
    return (await house.ticket()).status


async def test_seven_silent_days(house: House) -> None:
    """Reminders on day 3 and day 5, each with the question and the day of closing by its weekday, the close on day 7
    with its reason, all in the customer's thread and marked automatic; agents are not told; afterwards it is quiet."""
    question = await asked(house)
    assert "Friday 13 November" in question.text
    await house.later(days=2, hours=23)
    assert not house.got(ANNA)
    await house.later(hours=1)
    first = house.one(ANNA)
    await house.later(days=2)
    last = house.one(ANNA)
    for reminder in (first, last):
        assert QUESTION in reminder.text
        assert "Friday" in reminder.text
        assert "13 November" in reminder.text
        assert "7 days" not in reminder.text
    assert await status(house) is Status.WAITING
    await house.later(days=2)
    closed = house.one(ANNA)
    assert await status(house) is Status.CLOSED
    assert "no answer" in closed.text
    assert "until" in closed.text
    assert (await house.ticket()).close_reason == "no answer"
    for mail in (first, last, closed):
        assert mail.mail["Auto-Submitted"] == "auto-generated"
        assert mail.references[0] == question.references[0]
    await house.later(days=60)


async def test_an_answer_cancels_and_a_vacation_reply_does_not(house: House) -> None:
    """After the first reminder a vacation reply changes nothing; a person's answer cancels all that was to come."""
    await asked(house)
    await house.later(days=3)
    reminder = house.one(ANNA)
    await house.send(house.reply(reminder, "I am away.", Auto_Submitted="auto-replied"))
    await house.later(days=2)
    last = house.one(ANNA)
    await house.send(house.reply(last, "Firefox."))
    assert await house.timers() == []
    assert "Firefox." in house.one(MARIE).text
    await house.later(days=30)
    assert await status(house) is Status.IN_PROGRESS


async def test_resolved_closes_after_seven_days(house: House) -> None:
    """The customer is told once, with the day; then silence closes it, with a last word."""
    solution = await asked(house, "#resolve\nPress F5.")
    assert "Friday 13 November" in solution.text
    await house.later(days=6, hours=23)
    assert await status(house) is Status.RESOLVED
    await house.later(hours=1)
    assert await status(house) is Status.CLOSED
    assert "TKT-00001" in house.one(ANNA).text


async def test_spam_is_closed_without_a_word(house: House) -> None:
    """Neither on closing nor ever after does the sender hear anything."""
    await house.send(house.write("Buy this."))
    house.one(ANNA)
    house.one(KARIM)
    await house.send(house.reply(house.one(MARIE), "#spam"))
    assert "spam" in house.one(MARIE).text
    await house.later(days=90)
    assert (await house.ticket()).close_reason == "spam"


async def test_a_close_waits_for_the_relay(house: House) -> None:
    """The relay puts the last reminder off for four days: the close comes two days after it was accepted, no sooner."""
    await asked(house)
    await house.later(days=3)
    house.one(ANNA)
    house.sink.always("rcpt", "450 4.2.0 later", recipient=ANNA)
    await house.later(days=2, mail=False)
    await house.later(days=4, mail=False)
    assert await status(house) is Status.WAITING
    house.sink.always("rcpt", None, recipient=ANNA)
    await house.settled()
    house.one(ANNA)
    await house.later(days=1, hours=23)
    assert await status(house) is Status.WAITING
    await house.later(hours=2)
    assert await status(house) is Status.CLOSED
    house.one(ANNA)


REFUSED = "550 5.1.1 <anna@customer.example>: user unknown"


async def test_a_reminder_that_the_relay_refuses_stops_the_close(house: House) -> None:
    """5xx for the reminder: the ticket shows it, the agent hears it in plain words with the server's own beside them,
    and silence does not close the ticket any more."""
    await asked(house)
    house.sink.always("rcpt", REFUSED, recipient=ANNA)
    await house.later(days=3)

    async def shown() -> bool:
        return bool(await house.entries("report"))

    await house.until(shown)
    await house.settled()
    told = house.one(MARIE)
    assert "There is no such mailbox." in told.text
    assert REFUSED[4:] in told.text
    assert "in progress again and does not close by itself" in told.text.lower()
    assert not house.got(KARIM)
    await house.later(days=30)
    assert await status(house) is Status.IN_PROGRESS
    assert await house.timers() == []


async def test_a_confirmation_that_is_refused_is_told_to_all(house: House) -> None:
    """Nobody has the ticket: everybody hears that its customer can not be reached."""
    house.sink.always("rcpt", REFUSED, recipient=ANNA)
    await house.send(house.write("It is broken."))

    async def shown() -> bool:
        return bool(await house.entries("report"))

    await house.until(shown)
    await house.settled()
    assert [len(house.got(agent)) for agent in (MARIE, KARIM)] == [2, 2]


@pytest.mark.servers
async def test_a_reminder_that_bounces_stops_the_close(build: Callable[..., House], postfix: Postfix) -> None:
    """A real Postfix takes the reminder and can not deliver it: its report comes to the signed envelope sender, stops
    the close and tells the agent; a forged report about another mail changes nothing."""
    house = build()
    house.relay_port = postfix.port
    await house.open()
    try:
        await house.send(house.write("It is broken."))
        await house.sink.arrived(3)
        house.one(ANNA)
        house.one(KARIM)
        await house.send(house.reply(house.one(MARIE), f"#waiting\n{QUESTION}"))
        await house.sink.arrived(5)
        house.got()
        house.sink.always("rcpt", REFUSED, recipient=ANNA)
        await house.later(days=3)
        await house.sink.arrived(6)
        report = house.got()[0]
        assert report.sender == ""
        assert report.recipient.startswith("support+")
        forged = report.raw.replace(report.recipient.encode(), SUPPORT.encode())
        forged = b"".join(line for line in forged.splitlines(keepends=True) if b"message-id" not in line.lower())
        await house.send(forged, sender="", to=[SUPPORT])
        assert len(await house.timers()) == 2
        await house.send(report.raw, sender="", to=[report.recipient])
        await house.sink.arrived(7)
        told = house.one(MARIE)
        assert "There is no such mailbox." in told.text
        assert "in progress again and does not close by itself" in told.text.lower()
        assert await house.timers() == []
        assert (await house.outcomes())[2:] == ["report", "report"]
        await house.later(days=30)
        assert await status(house) is Status.IN_PROGRESS
        await house.judge()
    finally:
        await house.close()


async def test_a_week_of_downtime_is_one_reminder(house: House) -> None:
    """Down from day 0 to day 8: for an hour nothing fires, so that answers waiting elsewhere come in; then one last
    reminder instead of three steps, and the close two days after it."""
    await asked(house)
    await house.close()
    house.clock.moment += timedelta(days=8)
    await house.open()
    await house.later(minutes=59)
    assert not house.got()
    await house.later(minutes=2)
    reminder = house.one(ANNA)
    assert "Monday" in reminder.text
    await house.later(days=1, hours=23)
    assert await status(house) is Status.WAITING
    await house.later(hours=2)
    assert await status(house) is Status.CLOSED
    house.one(ANNA)


async def test_an_answer_that_came_first_wins_over_the_clock(house: House) -> None:
    """Days 3 to 7 have passed while the customer's answer lies unread in the ledger: no timer fires before it is read,
    and then none does."""
    question = await asked(house)
    house.trouble = "worker.parsed"
    await house.hand_over(house.reply(question, "Firefox."))

    async def tried() -> bool:
        return (await house.rows(select(delivery.c.attempts).order_by(delivery.c.id.desc())))[0][0] > 0

    await house.until(tried)
    house.clock.moment = BEGIN + timedelta(days=8)
    assert await house.gateway.clock.tick() == 0
    house.trouble = ""
    await house.settled()
    assert await status(house) is Status.IN_PROGRESS
    await house.later(days=1)
    house.one(MARIE)
    notices = await house.rows(select(outbox.c.notice).where(outbox.c.recipient == ANNA).order_by(outbox.c.id))
    assert [row.notice for row in notices] == ["opened", "waiting_customer"]


async def test_the_clock_ticks_by_itself(build: Callable[..., House]) -> None:
    """Nobody asks it to: within moments of its day the reminder has left."""
    house = build()
    house.ticks_alone = True
    await house.open()
    try:
        await asked(house)
        house.clock.moment += timedelta(days=3)
        await house.sink.arrived(6)
        assert QUESTION in house.one(ANNA).text
        await house.settled()
        await house.judge()
    finally:
        await house.close()


OTHER_DESKS = {
    "no reminders": "customer_hears_of: [opened, reply, waiting_customer, closed]\n"
    "follow_up: {waiting_customer: [{after: 4 days, close: no answer}]}\n",
    "no last reminder": "customer_hears_of: [opened, reply, reminder, closed]\n"
    "follow_up: {waiting_customer: [{after: 1 day, send: reminder}, {after: 4 days, close: silence}]}\n",
}


@pytest.mark.parametrize("desk", OTHER_DESKS)
async def test_another_desks_follow_up(build: Callable[..., House], desk: str) -> None:
    """A desk that sends no reminders, or another one: the close comes on its day, with what the desk's file sends."""
    house = build()
    house.desks["support"] += OTHER_DESKS[desk]
    await house.open()
    try:
        await asked(house)
        await house.later(days=1)
        await house.later(days=2)
        assert len(house.got(ANNA)) == (desk != "no reminders")
        assert await status(house) is Status.WAITING
        await house.later(days=1)
        assert await status(house) is Status.CLOSED
        house.one(ANNA)
        await house.judge()
    finally:
        await house.close()
