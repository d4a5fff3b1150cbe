"""`tkt explain LEDGER-ID`: a kept decision is told as it was made, made again, and what would differ is named."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from gateway.explain_json import as_json
from gateway.explain_store import of_delivery
from gateway.explained import Explained, make_judge
from parsing.message import Kind, Permanent
from parsing.reader import read
from store.kept import kept_delivery
from store.schema import decision, delivery, policy
from tests.gateway.road import AGENT, Street, street

LONG = "".join(f"What colleagues should know, number {number}.\n" for number in range(100))


async def again(road: Street, number: int, *, keys: bool = True) -> Explained:
    """What `tkt explain` tells of a delivery."""
    kept = await road.gateway.db.read(lambda conn: kept_delivery(conn, number))
    assert kept is not None
    config = road.gateway.config
    judge = make_judge(config if keys else config.model_copy(update={"keys": Path("none")}))
    return await of_delivery(kept, read(kept.raw), judge)


async def opened(road: Street) -> None:
    """Anna's ticket, and the agent's notification."""
    await road.customer("It does not work.")
    assert await road.outcome() == "opened"


async def test_a_decision_is_repeated_whatever_the_desk_says_today(tmp_path: Path) -> None:
    """The rules then in force decide, from their kept texts; the clock stands where it stood."""
    async with street(tmp_path) as road:
        await opened(road)
        rules = tmp_path / "desks" / "support" / "rules.yaml"
        rules.write_text(rules.read_text().replace("Cannot get in", "Locked out").replace("P2", "P1"))
        explained = await again(road, 1)

    assert explained.kept is not None
    assert (explained.kept.differences, explained.kept.problem) == ((), "")
    assert explained.now == road.clock.moment
    assert explained.decision.reason == 'a new ticket, by rule "Cannot get in"'
    assert explained.desk_by == "as D1 in the ledger"
    assert as_json(explained)["kept"]["same"] is True


async def test_private_notes_are_found_again_whole(tmp_path: Path) -> None:
    """An answer that holds the end of a long note was kept back, and is so again, though the account cuts texts."""
    async with street(tmp_path) as road:
        await opened(road)
        told = await road.sink.next(AGENT)
        await road.send(road.reply(told, f"#note\n{LONG}"), sender=AGENT)
        assert await road.outcome(2) == "act"
        await road.send(road.reply(told, f"Dear Anna,\n{LONG[-300:]}"), sender=AGENT)
        assert await road.outcome(3) == "act"
        explained = await again(road, 3)

    assert "nothing was sent" in explained.decision.reason
    assert explained.kept is not None
    assert explained.kept.differences == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"outcome": "held"}, "the outcome was held, today opened"),
        ({"reason": "so it was"}, 'the reason was "so it was", today "a new ticket, by rule "Cannot get in""'),
        ({"ticket": 9}, "the ticket was TKT-00009, today TKT-00001"),
        ({"trace": []}, "0 questions were asked, today"),
        ({"trace": [{"question": "Why?", "answer": "no"}]}, 'a question was answered "Why?: no ()", today "Is it'),
    ],
)
async def test_what_would_differ_is_named(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    """Where rules or reader have changed since, each thing that comes out otherwise is told, and what was stays."""
    async with street(tmp_path) as road:
        await opened(road)
        await road.gateway.db.write(lambda conn: conn.execute(update(decision).values(change)))
        explained = await again(road, 1)

    assert explained.kept is not None
    assert [line for line in explained.kept.differences if line.startswith(told)]
    assert explained.decision.outcome.value == change.get("outcome", "opened")
    assert explained.decision.reason == change.get("reason", explained.decision.reason)
    assert as_json(explained)["kept"]["same"] is False
    assert as_json(explained)["kept"]["today"]["outcome"] == "opened"


async def test_a_policy_that_is_gone_is_said(tmp_path: Path) -> None:
    """Without the desk's files of that day the decision is told as it was kept, and why it can not be repeated."""
    async with street(tmp_path) as road:
        await opened(road)
        await road.gateway.db.write(lambda conn: conn.execute(delete(policy)))
        await road.gateway.db.write(lambda conn: conn.execute(update(decision).values(policy="0123456789abcdef")))
        explained = await again(road, 1)

    assert explained.kept is not None
    assert explained.kept.problem == "the desk's files of that day (0123456789ab) are not kept"
    assert explained.decision.outcome.value == "opened"
    assert [notice.name for notice in explained.decision.notices] == ["opened", "agent_opened"]


@pytest.mark.parametrize("account", [{}, {"facts": {"weather": "fine"}, "evidence": {}}, {"facts": 5, "evidence": 5}])
async def test_an_account_of_another_version_is_said(tmp_path: Path, account: dict[str, Any]) -> None:
    """What this version can not read of an account is no traceback: the decision is told, and not repeated."""
    async with street(tmp_path) as road:
        await opened(road)
        await road.gateway.db.write(lambda conn: conn.execute(update(decision).values(facts=account)))
        explained = await again(road, 1)

    assert explained.kept is not None
    assert explained.kept.problem == "what was known then was written down by another version of tkt"
    assert explained.decision.reason == 'a new ticket, by rule "Cannot get in"'
    assert as_json(explained)["kept"]["same"] is None


async def test_a_mail_of_our_own_stays_one_without_the_keys(tmp_path: Path) -> None:
    """What a signature proved was kept as evidence: keys that are gone since change nothing."""
    async with street(tmp_path) as road:
        await opened(road)
        told = await road.sink.next(AGENT)
        told.mail.replace_header("To", "support@localhost")
        await road.send(told.mail, sender="somebody@example.com")
        assert await road.outcome(2) == "own"
        explained = await again(road, 2, keys=False)

    assert explained.message.kind is Kind.OWN
    assert explained.kept is not None
    assert explained.kept.differences == ()


async def test_what_has_no_decision_yet_is_decided_now(tmp_path: Path) -> None:
    """A delivery that waits or has failed is told as it would be decided now; a desk that is gone is said."""
    async with street(tmp_path) as road:
        await opened(road)
        await road.gateway.db.write(lambda conn: conn.execute(delete(decision)))
        await road.gateway.db.write(lambda conn: conn.execute(update(delivery).values(outcome=None, state="waiting")))
        explained = await again(road, 1)
        await road.gateway.db.write(lambda conn: conn.execute(update(delivery).values(desk="gone")))
        with pytest.raises(Permanent, match="desk gone is not configured any more"):
            await again(road, 1)

    assert explained.kept is None
    assert explained.desk_by == "as D1 in the ledger; it has no outcome yet; decided now it would be so"
    assert explained.decision.outcome.value == "opened"
