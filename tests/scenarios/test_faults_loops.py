"""Fault 47: machines wired to each other through a real mail server. It ends, and people are served meanwhile."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from store.schema import delivery, outbox
from tests.running import HOST, room
from tests.scenarios.house import ANNA, SUPPORT, House
from tests.servers import Postfix
from tests.sink import SmtpSink

PEER, ALIAS = "help@peer.example", "anna@alias.example"
PEER_DESK = f"""desk: help
name: Peer Help Desk
address: {PEER}
people:
  paul: {{name: Paul Peer, mail: paul@peers-agents.example}}
"""
# what a mail server between the two may do to their mails
WIRES = {
    "as they are": "",
    "without the marks": "header_checks = regexp:{{/^(Auto-Submitted|Precedence|X-Auto-Response-Suppress):/ IGNORE}}",
    "without marks, thread and tokens": "header_checks = regexp:{"
    "{/^(Auto-Submitted|Precedence|X-Auto-Response-Suppress|In-Reply-To|References|Message-ID|Reply-To):/ IGNORE}"
    " {/^Subject: .*TKT-([0-9]+)/ REPLACE Subject: request no. $1}}",
}


@dataclass
class Town:
    """Two gateways that know nothing of each other, and the mail server that carries all mail; others' to the sink."""

    ours: House
    theirs: House
    postfix: Postfix
    sink: SmtpSink

    async def settled(self) -> None:
        """Until nothing waits anywhere: in neither ledger, in neither outbox, not in the mail server's queue."""
        quiet = 0
        async with asyncio.timeout(60):
            while quiet < 3:
                before = await self._counts()
                await self.ours.settled()
                await self.theirs.settled()
                quiet = quiet + 1 if not self._queued() and before == await self._counts() else 0
                await asyncio.sleep(0.05)  # the mail server wakes nobody

    def _queued(self) -> bool:
        queue = self.postfix.root / "queue"
        files = (path for name in ("maildrop", "incoming", "active", "deferred") for path in (queue / name).rglob("*"))
        return any(path.is_file() for path in files)

    async def _counts(self) -> list[int]:
        query = select(func.count()).select_from(delivery)
        return [(await house.rows(query))[0][0] for house in (self.ours, self.theirs)]

    async def automatic(self) -> dict[str, int]:
        """How many automatic mails each gateway has sent to the other."""
        found = {}
        for house, to in ((self.ours, PEER), (self.theirs, SUPPORT)):
            query = select(func.count()).where(outbox.c.automatic, outbox.c.recipient == to)
            found[to] = (await house.rows(query))[0][0]
        return found


@pytest.fixture
def wire(request: pytest.FixtureRequest) -> str:
    return WIRES[request.param]


@pytest_asyncio.fixture
async def town(blank: Path, sink: SmtpSink, wire: str) -> AsyncIterator[Town]:
    """Both gateways and the mail server between them."""
    folders = [room("ours"), room("theirs")]
    houses = []
    for folder in folders:
        shutil.copy(blank, folder / "tkt.db")
        houses.append(House(folder, f"sqlite:///{folder / 'tkt.db'}", sink))
    ours, theirs = houses
    theirs.desks = {"help": PEER_DESK}
    postfix = Postfix(relay_port=sink.port)
    try:
        for house in houses:
            house.relay_port = postfix.port
            await house.open()
        maps = f"{{{SUPPORT}=smtp:[{HOST}]:{ours.port}}} {{{PEER}=smtp:[{HOST}]:{theirs.port}}}"
        with (postfix.root / "main.cf").open("a") as main:
            main.write(f"recipient_delimiter = +\ntransport_maps = inline:{{{maps}}}\n{wire}\n")
            main.write(f"virtual_alias_maps = inline:{{{{{ALIAS}={SUPPORT}}}}}\n")
        with postfix:
            yield Town(ours, theirs, postfix, sink)
    finally:
        for house, folder in zip(houses, folders, strict=True):
            await house.close()
            shutil.rmtree(folder)


@pytest.mark.servers
@pytest.mark.parametrize("wire", WIRES, indirect=True)
async def test_two_gateways_end_what_they_began(town: Town, wire: str) -> None:
    """Somebody writes to one desk in the other's name: at most two automatic mails each way whatever is stripped on the
    way, three tickets, and a red line where nothing else could tell; a customer is confirmed as ever."""
    await town.ours.hand_over(town.ours.write("Could you have a look at invoice 4711?", who=PEER, subject="Invoice"))
    await town.settled()

    sent = await town.automatic()
    opened = select(func.count()).where(delivery.c.outcome == "opened")
    tickets = [(await house.rows(opened))[0][0] for house in (town.ours, town.theirs)]
    assert all(count <= 2 for count in sent.values()), sent
    assert all(count <= 3 for count in tickets), tickets
    if wire == WIRES["without marks, thread and tokens"]:
        assert [*await town.ours.red(), *await town.theirs.red()] in ([f"loop with {PEER}"], [f"loop with {SUPPORT}"])
    town.ours.got()
    await town.ours.hand_over(town.ours.write("It is broken.", who=ANNA))
    await town.settled()
    assert [mail.subject for mail in town.ours.got(ANNA)]


@pytest.mark.servers
@pytest.mark.parametrize("wire", ["as they are"], indirect=True)
async def test_what_comes_back_to_the_desk_goes_no_further(town: Town) -> None:
    """A ticket in the desk's own name, and one of an address that is forwarded to the desk: no mail, or one that comes
    back and is known."""
    await town.ours.hand_over(town.ours.write("I am you.", who=SUPPORT))
    await town.ours.hand_over(town.ours.write("It is broken.", who=ALIAS, subject="Forwarded"))
    await town.settled()

    outcomes = await town.ours.outcomes()
    assert sorted(outcomes) in (["opened", "opened", "own"], ["held", "opened", "own"])
    query = select(outbox.c.recipient).where(outbox.c.role == "customer")
    assert [row.recipient for row in await town.ours.rows(query)] == [ALIAS]
