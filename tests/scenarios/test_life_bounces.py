"""Mail that comes back, for a whole life: the address is written to no more, until it is known to work again; and a
storm of it stops what goes out by itself, and nothing else."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest
from sqlalchemy import select

import store.counts
from gateway.whereabouts import whereabouts
from rules.contact import BOUNCES, Contact
from rules.ticket import Status
from store.contacts import read_contacts
from store.schema import entry
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House, Mail
from tests.scenarios.test_life_loops import DSN

REFUSED = "550 5.1.1 no such user"


async def comes_back(house: House, mail: Mail, *, to: str = "", message_id: str = "") -> None:
    """The customer's server reports that there is no such mailbox: to our signed sender, unless told otherwise."""
    report = DSN.format(
        number=abs(hash((mail.id, to))),
        to=to or mail.sender,
        recipient=mail.recipient,
        action="failed",
        status="5.1.1",
        words="550 no such user",
        message_id=message_id or mail.id,
    )
    await house.hand_over(report.replace("\n", "\r\n").encode(), sender="", to=[to or mail.sender])


async def contact(house: House, address: str) -> Contact | None:
    return (await house.gateway.db.read(partial(read_contacts, keys=[address]))).get(address)


async def test_an_address_whose_mail_comes_back_is_written_to_no_more(house: House) -> None:
    """Two mails come back: the ticket is open again and says of each mail where it is; an agent's answer is not sent
    but asks about the address; the agent confirms it, and the words leave."""
    await house.send(house.write("It is broken."))
    confirmation, told = house.one(ANNA), house.one(MARIE)
    house.got(KARIM)
    await house.send(house.reply(told, "#close\nIt is mended."))
    closing = house.one(ANNA)
    house.got()
    assert (await house.ticket()).status is Status.CLOSED

    await comes_back(house, confirmation)
    await comes_back(house, closing)
    await house.settled()

    assert (await house.ticket()).status is Status.IN_PROGRESS
    assert any("nothing more is sent to this address" in mail.text.replace("\n", " ") for mail in house.got(MARIE))
    kept = await contact(house, ANNA)
    assert kept is not None
    assert (kept.score, kept.muted_by) == (4, BOUNCES)
    places = [whereabouts(row) for row in (await house.timeline()).mails if row["recipient"] == ANNA]
    assert len(places) == 2
    assert all("came back" in place and "There is no such mailbox." in place for place in places)

    await house.send(house.reply(told, "Please try again."))
    asked = house.one(MARIE)
    assert "#confirm-address" in asked.text
    assert "Please try again." in asked.text
    assert not house.got(ANNA)

    await house.send(house.reply(told, "#confirm-address\nPlease try again."))
    assert "Please try again." in house.one(ANNA).text
    assert await contact(house, ANNA) == Contact(ANNA, version=3)
    house.got()


async def test_a_muted_customer_is_not_reminded_and_writes_again(house: House) -> None:
    """The reminder finds nobody: everything that goes by itself stops and the agent hears it once. The customer's own
    mail, with the token that was mailed to them, ends it."""
    await house.send(house.write("It is broken."))
    confirmation = house.one(ANNA)
    await house.send(house.write("That, too.", subject="Another thing"))
    second = house.one(ANNA)
    told = house.got(MARIE)[-1]
    house.got()
    await house.send(house.reply(told, "#waiting\nWhich browser?"))
    question = house.one(ANNA)
    await comes_back(house, confirmation)
    await comes_back(house, second)
    await house.settled()
    house.got()

    await house.later(days=3)
    assert await house.timers() == []
    assert "muted" in house.one(MARIE).text
    await house.later(days=10)
    assert not house.got()

    await house.send(house.reply(question, "Firefox, and I moved house."))
    assert await contact(house, ANNA) == Contact(ANNA, version=3)
    assert any(f"mail is sent to {ANNA} again" in line for line in await house.entries(number=2))
    house.got()


async def test_a_bounce_storm_stops_what_goes_out_by_itself(
    build: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail to many comes back, refused at once or by reports, with forged reports between: whoever came back twice is
    muted and nobody else; confirmations stop, tickets are made, and an agent's answer leaves all the same."""
    monkeypatch.setattr(store.counts, "WORLD_SECONDS", 0)  # what the breaker looks at may be seconds old
    house = build()
    house.desks["support"] += "limits: {breaker_bounced: 8}\n"
    await house.open()
    try:
        gone = [f"gone{number}@customer.example" for number in range(5)]
        late, good = ["late1@customer.example", "late2@customer.example"], ["good@customer.example"]
        for address in gone:
            house.sink.always("rcpt", REFUSED, recipient=address)
        told = await come_back(house, [*good, *gone, *late, *late], reported=late, forged=good)

        assert await muted(house, [*gone, *late, *good]) == set(late)
        assert await contact(house, good[0]) is None
        await house.send(house.write("Me, too.", who="new@customer.example"))
        assert (await house.outcomes())[-1] == "opened"
        assert not house.got("new@customer.example")
        whys = select(entry.c.why).where(entry.c.summary == "no confirmation was sent")
        assert any("the breaker is open" in row.why for row in await house.rows(whys))
        house.got()
        await house.send(house.reply(told, "We are on it."))
        assert "We are on it." in house.one(good[0]).text
        house.got()
        await house.judge()
    finally:
        await house.close()


async def come_back(house: House, writers: Sequence[str], *, reported: Sequence[str], forged: Sequence[str]) -> Mail:
    """Everybody writes and is confirmed; of some a report says that it came back, of others a stranger says so: with
    the same words, to the desk's own address, and with a Message-ID that is none of ours. What an agent heard first."""
    for place, address in enumerate(writers):
        await house.hand_over(house.write("It is broken.", who=address, subject=f"Case {place}"))
    await house.settled()
    mails = house.got()
    for mail in (mail for mail in mails if mail.recipient in reported):
        await comes_back(house, mail)
    for mail in (mail for mail in mails if mail.recipient in forged):
        await comes_back(house, mail, to=SUPPORT, message_id="<1@desk.example>")
    await house.settled()
    house.got()
    return next(mail for mail in mails if mail.recipient == MARIE and writers[0] in mail.text)


async def muted(house: House, addresses: Sequence[str]) -> set[str]:
    kept = await house.gateway.db.read(partial(read_contacts, keys=addresses))
    return {one.address for one in kept.values() if one.muted_at is not None}
