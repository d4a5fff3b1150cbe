"""What operators may do to a running gateway, each a small act that the control socket offers by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.clock import Clock
from gateway.control import Act
from gateway.journal import Journal
from gateway.pipeline import Road
from gateway.reading import held_back
from gateway.worker import Worker
from parsing.message import Permanent
from rules.decision import Again
from rules.event import OPERATOR, How
from store import ledger, outbox
from store.contacts import mute, unmute
from store.held import judge, why_not_held


class Acts:
    """The acts of one gateway; every one is journaled."""

    def __init__(self, road: Road, journal: Journal, *, worker: Worker, clock: Clock) -> None:
        self._road, self._journal, self._worker, self._clock = road, journal, worker, clock

    def table(self) -> Mapping[str, Act]:
        """Name → act."""
        return {
            "requeue": self.requeue,
            "hold": self.hold,
            "resume": self.resume,
            "release": self.release,
            "cancel": self.cancel,
            "edit": self.edit,
            "judge": self.judge,
            "mute": self.mute,
            "unmute": self.unmute,
            "tick": self.tick,
        }

    async def requeue(self, id: int) -> dict[str, Any]:
        """Read a failed delivery again."""
        if not await self._road.db.write(lambda conn: ledger.requeue(conn, id)):
            raise Permanent(f"delivery {id} has not failed; only failed ones are read again")
        self._journal.acted(act="requeue", detail=str(id))
        self._worker.wake()
        return {"delivery": id}

    async def hold(self) -> dict[str, Any]:
        """Keep every outgoing mail until `resume`."""
        await self._road.db.write(lambda conn: outbox.set_hold_outgoing(conn, True))
        self._journal.acted(act="hold", detail="outgoing")
        return {"holding": True}

    async def resume(self) -> dict[str, Any]:
        """Let outgoing mail leave again."""
        waiting = await self._road.db.read(held_back)
        await self._road.db.write(lambda conn: outbox.set_hold_outgoing(conn, False))
        self._journal.acted(act="resume", detail="outgoing")
        self._road.wake_sender()
        return {"holding": False, "released": waiting}

    async def release(self, id: int) -> dict[str, Any]:
        """Let one held mail leave."""
        if not await self._road.db.write(lambda conn: outbox.release(conn, id)):
            raise Permanent(f"mail {id} is not waiting; `tkt outbox` shows what is")
        self._journal.acted(act="release", detail=str(id))
        self._road.wake_sender()
        return {"mail": id}

    async def cancel(self, id: int) -> dict[str, Any]:
        """Never send one held mail."""
        if not await self._road.db.write(lambda conn: outbox.cancel(conn, id)):
            raise Permanent(f"mail {id} is not waiting; `tkt outbox` shows what is")
        self._journal.acted(act="cancel", detail=str(id))
        return {"mail": id}

    async def edit(self, id: int, text: str) -> dict[str, Any]:
        """Other bytes (as latin-1 text) for a waiting mail, which is held until it is released."""
        if not await self._road.db.write(lambda conn: outbox.edit(conn, id, text.encode("latin-1"))):
            raise Permanent(f"mail {id} is not waiting; `tkt outbox` shows what is")
        self._journal.acted(act="edit", detail=str(id))
        return {"mail": id}

    async def judge(self, id: int, how: str) -> dict[str, Any]:
        """Have a held delivery decided again (released), or end it (rejected)."""
        word, now = Again(id, How(how), OPERATOR), self._road.now()
        if not await self._road.db.write(lambda conn: judge(conn, word, now=now)):
            raise Permanent(await self._road.db.read(lambda conn: why_not_held(conn, id)))
        self._journal.acted(act=how, detail=f"D{id}")
        self._worker.wake()
        return {"delivery": id}

    async def mute(self, address: str, reason: str) -> dict[str, Any]:
        """Send nothing automatic there any more."""
        now = self._road.now()
        await self._road.db.write(lambda conn: mute(conn, address, why=reason, now=now))
        self._journal.acted(act="mute", detail=address)
        return {"address": address}

    async def unmute(self, address: str) -> dict[str, Any]:
        """Write there again."""
        if not await self._road.db.write(lambda conn: unmute(conn, address)):
            raise Permanent(f"{address} is not muted; tkt status lists who is")
        self._journal.acted(act="unmute", detail=address)
        return {"address": address}

    async def tick(self) -> dict[str, Any]:
        """Look for due timers now."""
        return {"fired": await self._clock.tick()}
