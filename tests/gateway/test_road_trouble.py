"""One ticket's, one desk's, one run's trouble is its own: the others go on, and what is over is over."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

import gateway.outgoing
import gateway.pipeline
from gateway.control import SOCKET, ask_daemon
from gateway.demo_sink import Sink, write
from gateway.sender import SenderLimits
from parsing.headers import scan
from rules.decide import decide
from rules.event import Due
from store.alarms import list_alarms, raise_alarm
from store.ledger import Arrival, accept
from store.outbox import set_hold_outgoing
from store.schema import outbox
from tests.gateway.road import AGENT, ANNA, BEGIN, Street, street

BEN = "ben@example.com"


def sent_notice(recipient: str, notice: str) -> Callable[[Connection], Any]:
    """True once such a mail is in the outbox."""
    return lambda conn: conn.scalar(
        select(outbox.c.id).where(outbox.c.recipient == recipient, outbox.c.notice == notice)
    )


def red(conn: Connection) -> list[str]:
    return [alarm.name for alarm in list_alarms(conn, red_only=True)]


async def waiting_for(road: Street, customer: str, first: int) -> None:
    """A ticket of this customer's that waits for an answer; `first` is its delivery."""
    mail = write(sender=customer, name="", to="support@localhost", subject="Help", text="Help.", now=road.clock.moment)
    await road.send(mail, sender=customer)
    told = await road.sink.next(AGENT)
    await road.send(road.reply(told, "#waiting\nWhich browser?"), sender=AGENT)
    assert await road.outcome(first + 1) == "act"
    await road.sink.next(AGENT)


async def test_a_timer_that_can_not_be_decided_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours in one ticket's reminder raises an alarm; the next ticket's reminder goes out all the same."""

    def poisoned(event: Any, **known: Any) -> Any:
        if isinstance(event, Due) and event.ticket == 1:
            raise KeyError("no such step")
        return decide(event, **known)

    monkeypatch.setattr(gateway.pipeline, "decide", poisoned)
    async with street(tmp_path) as road:
        await waiting_for(road, ANNA, 1)
        await waiting_for(road, BEN, 3)
        road.clock.moment += timedelta(days=3, minutes=1)
        await road.gateway.clock.tick()
        await road.until(sent_notice(BEN, "reminder"))
        assert any("TKT-00001" in name for name in await road.until(red))
        assert (ANNA, "reminder") not in await road.mails()


async def test_a_desk_that_is_configured_no_more_keeps_its_mail(tmp_path: Path) -> None:
    """Mail of a desk whose folder was taken away waits: none of it is called undeliverable, or sent in its name."""
    async with street(tmp_path, desks=("support", "sales")) as road:
        await road.gateway.db.write(lambda conn: set_hold_outgoing(conn, True))
        await road.customer("How much?", to="sales@localhost")
        assert await road.outcome() == "opened"
    (tmp_path / "desks" / "sales" / "desk.yaml").rename(tmp_path / "sales.yaml")
    (tmp_path / "desks" / "sales" / "rules.yaml").unlink()
    (tmp_path / "desks" / "sales").rmdir()
    async with street(tmp_path) as road:
        await road.gateway.db.write(lambda conn: set_hold_outgoing(conn, False))
        tried = select(outbox.c.id).where(outbox.c.last_reply != "")
        await road.until(lambda conn: len(conn.execute(tried).all()) == 2)
        rows = await road.rows(outbox)
        assert {row["state"] for row in rows} <= {"queued", "taken"}
        assert road.sink.unread == []


async def test_a_sender_waits_at_one_desk_only(tmp_path: Path) -> None:
    """A mail that waits for a desk which is configured no more does not hold up its sender's mails to other desks."""
    async with street(tmp_path) as road:
        mail = write(sender=ANNA, name="", to="sales@localhost", subject="Old", text="Old.", now=road.clock.moment)
        stuck = Arrival(
            desk="sales",
            channel="smtp",
            channel_key="smtp:stuck",
            raw=mail.as_bytes(),
            envelope_from=ANNA,
            envelope_to=("sales@localhost",),
            peer={},
            received_at=BEGIN,
            sender_key=scan_key(mail.as_bytes()),
        )
        await road.gateway.db.write(lambda conn: accept(conn, stuck))
        await road.customer("It does not work.")
        assert await road.outcome(2) == "opened"


def scan_key(raw: bytes) -> bytes | None:
    """By what the ledger knows this mail's sender."""
    return scan(raw).sender_key


async def test_an_alarm_of_an_earlier_run_is_over_when_its_reason_is(tmp_path: Path) -> None:
    """A relay that was in trouble when the gateway was killed, and is well now, is red no more."""
    async with street(tmp_path) as road:
        await road.gateway.db.write(lambda conn: raise_alarm(conn, "relay", "it was away", BEGIN))
    async with street(tmp_path) as road:
        await road.until(lambda conn: "relay" not in red(conn))


async def test_a_gateway_in_a_deep_folder_can_be_steered(tmp_path: Path) -> None:
    """The control socket works where its path is longer than a Unix socket's address may be."""
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    async with street(deep):
        answer = await asyncio.to_thread(ask_daemon, deep / "var" / SOCKET, "tick")
    assert answer == {"ok": True, "fired": 0}
    assert ask_daemon(deep / "var" / SOCKET, "tick") is None


async def test_a_thousand_late_mails_are_one_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relay that refuses for hours is told once, however many mails wait, and is over when the last of them left."""
    taken, refused, well = Sink.handle_DATA, [], asyncio.Event()

    async def refusing(self: Sink, *words: Any) -> str:
        if well.is_set():
            return await taken(self, *words)
        refused.append(words)
        return "451 4.3.0 not now"

    monkeypatch.setattr(gateway.outgoing, "SenderLimits", partial(SenderLimits, late=0.0))
    monkeypatch.setattr(Sink, "handle_DATA", refusing)
    async with street(tmp_path) as road:
        await road.customer("It does not work.")
        async with asyncio.timeout(20):
            while len({mail[2].rcpt_tos[0] for mail in refused}) < 2:  # noqa: ASYNC110 - the relay has no event of ours
                await asyncio.sleep(0.02)
        assert [name for name in await road.until(red) if "late" in name] == ["mail is late"]
        well.set()
        await road.sink.next(ANNA)
        await road.sink.next(AGENT)
        await road.until(lambda conn: "mail is late" not in red(conn))
