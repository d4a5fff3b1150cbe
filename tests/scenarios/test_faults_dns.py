"""The DNS is down, slow, broken or wrong while the gateway runs: no evidence now is not an answer for ever."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import BigInteger, select, type_coerce, update

from gateway.config import Dns
from rules.ticket import Status
from store.columns import length
from store.schema import delivery
from tests.dns_server import name_server, txt
from tests.parsing.test_dkim_signatures import record, signed
from tests.running import HOST, free_port
from tests.scenarios.house import House, Mail

KEY = ("one._domainkey.example.org", "TXT")
MARIE, OTHER = "marie@example.org", "karim@example.org"
ANNA = "ann@example.org"
PEOPLE = f"""desk: support
name: Support
address: support@desk.example
people:
  marie: {{name: Marie Dupont, mail: {MARIE}}}
  karim: {{name: Karim Benali, mail: {OTHER}}}
"""
WRONG = txt("v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu")


def by_dkim(mail: EmailMessage) -> bytes:
    """The mail as the server of its domain lets it leave: signed."""
    return signed(mail.as_bytes(policy=SMTP))


async def told(house: House) -> Mail:
    """A customer's mail came, whatever the DNS does; the notification of it."""
    await house.hand_over(by_dkim(house.write("My page is empty.", who=ANNA)))
    await house.until(lambda: done(house, 1))
    await house.settled()
    house.got(OTHER)
    house.one(ANNA)
    return house.one(MARIE)


async def done(house: House, number: int) -> bool:
    return bool(await outcome(house, number))


async def outcome(house: House, number: int) -> str | None:
    return (await house.rows(select(delivery.c.outcome).where(delivery.c.id == number)))[0][0]


async def parked(house: House, number: int) -> bool:
    """It was looked at, and given back to be looked at again."""
    row = (await house.rows(select(delivery).where(delivery.c.id == number)))[0]
    return row.state == "waiting" and "DNS" in (row.reason or "")


async def looked_at_again(house: House, number: int, *, later: timedelta = timedelta()) -> None:
    """The database's clock is not ours to move: the row is made older instead, and is due."""
    came = type_coerce(delivery.c.received_db, BigInteger) - length(later)
    due = update(delivery).where(delivery.c.id == number).values(next_try_db=came, received_db=came)
    await house.gateway.db.write(lambda conn: conn.execute(due))


TROUBLE = {"down": None, "slow": ["SILENCE"], "SERVFAIL": ["SERVFAIL"]}


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_an_agents_mail_waits_for_the_dns(
    build: Callable[..., House], monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """While the DNS does not answer, a customer's mail is taken in at once, an agent's signed answer waits and has no
    effect; when the DNS answers again it is done, once."""
    monkeypatch.setattr("gateway.dns.FAILED_SECONDS", 0.0)
    names = {KEY: TROUBLE[trouble] or ["SILENCE"]}
    house = build()
    house.desks, house.hop = {"support": PEOPLE}, None
    async with name_server(names) as server:
        port = free_port() if trouble == "down" else server.port
        house.dns = Dns(servers=(HOST,), port=port, seconds=0.4)
        await house.open()
        try:
            notice = await told(house)
            await house.hand_over(by_dkim(house.reply(notice, "#close")))
            await house.until(lambda: parked(house, 2))
            assert (await house.ticket()).status is Status.NEW
            assert not house.got()

            if trouble == "down":  # its address is the gateway's to know: it comes back with a start
                await house.close()
                house.dns = Dns(servers=(HOST,), port=server.port, seconds=2.0)
                await house.open()
            names[KEY] = txt(record())
            await looked_at_again(house, 2)
            await house.until(lambda: done(house, 2))
            await house.settled()
            assert (await house.ticket()).status is Status.CLOSED
            assert await house.outcomes() == ["opened", "act"]
            assert "Done: closed" in house.one(MARIE).text
            house.one(ANNA)
            await house.judge()
        finally:
            await house.close()


async def test_after_an_hour_without_the_dns_it_is_held(
    build: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour after it came it is held, the agent is told why, and the decision can be repeated from what was kept."""
    monkeypatch.setattr("gateway.dns.FAILED_SECONDS", 0.0)
    house = build()
    house.desks, house.hop = {"support": PEOPLE}, None
    async with name_server({KEY: ["SERVFAIL"]}) as server:
        house.dns = Dns(servers=(HOST,), port=server.port, seconds=0.4)
        await house.open()
        try:
            notice = await told(house)
            await house.hand_over(by_dkim(house.reply(notice, "#close")))
            await house.until(lambda: parked(house, 2))
            await looked_at_again(house, 2, later=timedelta(minutes=61))
            await house.until(lambda: done(house, 2))
            await house.settled()
            assert await house.outcomes() == ["opened", "held"]
            assert "The DNS did not say" in house.one(MARIE).text
            assert (await house.ticket()).status is Status.NEW
            await house.judge()
        finally:
            await house.close()


@pytest.mark.parametrize("answer", [WRONG, None], ids=["another key", "no key"])
async def test_a_wrong_dns_proves_nothing(build: Callable[..., House], answer: list[str] | None) -> None:
    """Another key, or none at all, is an answer: the agent's mail is held at once."""
    house = build()
    house.desks, house.hop = {"support": PEOPLE}, None
    async with name_server({KEY: answer} if answer else {}) as server:
        house.dns = Dns(servers=(HOST,), port=server.port, seconds=2.0)
        await house.open()
        try:
            notice = await told(house)
            await house.hand_over(by_dkim(house.reply(notice, "#close")))
            await house.settled()
            assert await house.outcomes() == ["opened", "held"]
            house.one(MARIE)
            await house.judge()
        finally:
            await house.close()
