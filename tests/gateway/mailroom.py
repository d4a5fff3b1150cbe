"""A desk's side of a poller for the tests: memory for the position, a ledger that knows its keys, and a way to wait."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from gateway.config import Mailbox
from gateway.imap import MailboxPoller
from gateway.imap_protocol import ImapLimits
from gateway.mailbox import ALARMS, Fetched, Happening, MailboxEvent, Position

QUICK = ImapLimits(backoff_first_seconds=0.01, backoff_last_seconds=0.02, login_retry_seconds=0.02, logout_seconds=0.5)
PATIENCE = 30.0  # seconds; a test that waits so long has failed


class Mailroom:
    """`Positions` in memory, `accept` as a ledger with a key, and every event, in one place."""

    def __init__(self) -> None:
        self.position: Position | None = None
        self.ledger: dict[tuple[int, int], Fetched] = {}
        self.accepted: list[Fetched] = []
        self.accepted_at: list[datetime] = []
        self.troubles: list[Exception] = []  # raised by the next calls of accept, before anything is committed
        self.late_troubles: list[Exception] = []  # the same, after the commit
        self.on_accept: Callable[[], None] = lambda: None
        self.events: list[MailboxEvent] = []
        self.ends: list[datetime] = []
        self.scans: list[int] = []  # the position at each end
        self.lease = True
        self.leases = 0
        self._changed = asyncio.Event()

    async def take_lease(self) -> bool:
        self.leases += 1
        self._changed.set()
        return self.lease

    async def drop_lease(self) -> None:
        pass

    async def get(self) -> Position | None:
        return self.position

    async def start(self, *, uidvalidity: int, last_uid: int, quiet_until_uid: int) -> None:
        self.position = Position(uidvalidity, last_uid, quiet_until_uid)

    async def reset(self, *, uidvalidity: int, quiet_until_uid: int) -> None:
        self.position = Position(uidvalidity, 0, quiet_until_uid)

    async def advance(self, last_uid: int) -> None:
        assert self.position is not None
        self.position = replace(self.position, last_uid=last_uid)

    async def read_to_end(self, at: datetime) -> None:
        self.ends.append(at)
        self.scans.append(self.position.last_uid if self.position else 0)
        self._changed.set()

    async def accept(self, mails: Sequence[Fetched]) -> None:
        self.on_accept()
        if self.troubles:
            raise self.troubles.pop(0)
        self.accepted += mails
        self.accepted_at.append(datetime.now(UTC))
        for mail in mails:
            self.ledger.setdefault((mail.uidvalidity, mail.uid), mail)
        self._changed.set()
        if self.late_troubles:
            raise self.late_troubles.pop(0)

    def report(self, event: MailboxEvent) -> None:
        self.events.append(event)
        self._changed.set()

    def kinds(self) -> list[Happening]:
        return [event.kind for event in self.events]

    def alarms(self) -> list[Happening]:
        return [kind for kind in self.kinds() if kind in ALARMS]

    def uids(self) -> list[int]:
        return [mail.uid for mail in self.ledger.values()]

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def read(self, count: int = 1) -> None:
        """Wait for so many further ends of the folder."""
        wanted = len(self.ends) + count
        await self.until(lambda: len(self.ends) >= wanted)


@asynccontextmanager
async def polling(config: Mailbox, room: Mailroom | None = None, limits: ImapLimits = QUICK) -> AsyncIterator[Mailroom]:
    """A poller at work; it is stopped at the end and must then return by itself."""
    room = room or Mailroom()
    poller = MailboxPoller(
        config,
        accept=room.accept,
        positions=room,
        now=lambda: datetime.now(UTC),
        report=room.report,
        limits=limits,
        chance=random.Random(7).random,
    )
    task = asyncio.create_task(poller.run())
    try:
        yield room
    finally:
        poller.stop()
        async with asyncio.timeout(PATIENCE):
            await task
