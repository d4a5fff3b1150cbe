"""What the road promises when something on it fails: nothing is lost, and nobody is told what did not happen."""

from pathlib import Path
from typing import Any

import pytest

import gateway.pipeline
import gateway.worker
from gateway.demo_sink import write
from gateway.reader_pool import ReaderPool
from parsing.message import Permanent
from rules.mail import Part
from store.schema import delivery
from tests.gateway.road import AGENT, ANNA, street


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again at once."""
    monkeypatch.setattr(gateway.worker, "BACK_OFF", (0,))


def failing(*words: Any, **named: Any) -> Any:
    """A mistake of ours."""
    raise KeyError("no such rule")


async def test_a_mail_that_no_rule_can_judge_becomes_a_ticket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    """A mistake in our rules that shows on every attempt costs the confirmation, neither the mail nor the ticket."""
    monkeypatch.setattr(gateway.pipeline, "decide", failing)
    async with street(tmp_path) as road:
        await road.customer("It does not work.", subject="Cannot place a bet")
        assert await road.outcome() == "opened"
        (ticket,) = await road.tickets()
        assert (ticket["subject"], ticket["requester"]) == ("Cannot place a bet", ANNA)
        assert await road.mails() == [(AGENT, "agent_opened")]


async def test_a_mail_whose_notices_can_not_be_written_becomes_a_ticket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    """A mistake in our templates that shows on every attempt costs the mails that it spoils, and the ticket says so."""
    monkeypatch.setattr(gateway.pipeline, "compose", failing)
    async with street(tmp_path) as road:
        await road.customer("It does not work.")
        assert await road.outcome() == "opened"
        assert len(await road.tickets()) == 1
        assert any("could not be composed" in summary for summary in await road.entries())


async def test_an_attachment_that_can_not_be_read_does_not_stop_the_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail is told without it, and the ticket says what is missing."""

    async def unreadable(self: Any, raw: bytes, index: int) -> Part:
        raise Permanent(f"attachment {index}: reading it took longer than 60 s")

    monkeypatch.setattr(ReaderPool, "attachment", unreadable)
    async with street(tmp_path) as road:
        mail = write(
            sender=ANNA, name="Anna", to="support@localhost", subject="Log", text="Here.", now=road.clock.moment
        )
        mail.add_attachment(b"x" * 100, maintype="application", subtype="pdf", filename="log.pdf")
        await road.send(mail, sender=ANNA)
        assert await road.outcome() == "opened"
        assert (await road.rows(delivery))[0]["attempts"] == 1
        assert sorted(await road.mails()) == [(AGENT, "agent_opened"), (ANNA, "opened")]
        assert any("attachment could not be read" in summary for summary in await road.entries())


async def test_a_saved_notification_is_not_passed_on_to_a_customer(tmp_path: Path) -> None:
    """An agent who attaches our notification as a file is told that nothing was sent; the ticket claims no answer."""
    async with street(tmp_path) as road:
        await road.customer("It does not work.")
        told = await road.sink.next(AGENT)
        mail = road.reply(told, "Please look at this.")
        mail.add_attachment(told.text.encode(), maintype="application", subtype="octet-stream", filename="mail.txt")
        await road.send(mail, sender=AGENT)
        assert await road.outcome(2) == "act"
        assert (ANNA, "reply") not in await road.mails()
        assert (AGENT, "agent_not_sent") in await road.mails()
        assert not any(summary.startswith("answer: answered") for summary in await road.entries())


async def test_an_answer_that_is_too_long_for_a_mail_is_not_lost(tmp_path: Path) -> None:
    """An agent's words that no mail may carry are kept with the ticket, and the agent hears that they were not sent."""
    async with street(tmp_path) as road:
        await road.customer("It does not work.")
        told = await road.sink.next(AGENT)
        await road.send(road.reply(told, "All of it: " + "word " * 120_000), sender=AGENT)
        assert await road.outcome(2) == "act"
        assert (AGENT, "agent_not_sent") in await road.mails()
        assert (await road.tickets())[0]["status"] == "new"


async def test_confirmations_to_whom_an_agent_names_are_capped_by_that_address(tmp_path: Path) -> None:
    """Whoever writes an agent's address into From can not flood somebody with confirmations of `#for` tickets."""
    async with street(tmp_path) as road:
        for count in range(1, 6):
            text = f"#for {ANNA}\nShe called, {count}."
            mail = write(
                sender=AGENT, name="", to="support@localhost", subject=f"Call {count}", text=text, now=road.clock.moment
            )
            await road.send(mail, sender=AGENT)
            assert await road.outcome(count) == "opened"
        assert (await road.mails()).count((ANNA, "opened")) == 3
