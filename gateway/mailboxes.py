"""The IMAP accounts of tkt.toml, each read by a poller of its own; their positions are rows of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gateway.alarms import Alarms
from gateway.config import Config, Mailbox
from gateway.failpoints import Failpoint, none
from gateway.imap import MailboxPoller
from gateway.imap_protocol import ImapLimits
from gateway.intake import Intake
from gateway.journal import Journal
from gateway.mailbox import ALARMS, Fetched, MailboxEvent, Position
from gateway.pipeline import Road
from parsing.message import Temporary
from store import mailboxes
from store.database import Database

STOP_SECONDS = 30


class StoredPositions:
    """`gateway.mailbox.Positions` for one folder, kept in the store."""

    def __init__(self, db: Database, config: Mailbox, lease: timedelta, failpoint: Failpoint = none) -> None:
        self._failpoint = failpoint
        self._db, self._account, self._folder, self._lease = db, config.name, config.folder, lease
        self._fence: int | None = None

    async def take_lease(self) -> bool:
        """Take or renew the right to read this folder."""
        fence = self._fence
        self._fence = await self._db.write(
            lambda conn: mailboxes.take_lease(conn, self._account, self._folder, lease=self._lease, fence=fence)
        )
        return self._fence is not None

    async def drop_lease(self) -> None:
        """Let another node read at once."""
        fence, self._fence = self._fence, None
        if fence is not None:
            await self._db.write(lambda conn: mailboxes.drop_lease(conn, self._account, self._folder, fence=fence))

    async def get(self) -> Position | None:
        """None before the folder was ever seen."""
        row = await self._db.read(lambda conn: mailboxes.position(conn, self._account, self._folder))
        return None if row is None else Position(row.uidvalidity, row.last_uid, row.quiet_until_uid)

    async def start(self, *, uidvalidity: int, last_uid: int, quiet_until_uid: int) -> None:
        """The folder is seen for the first time."""
        await self._write(mailboxes.start, uidvalidity=uidvalidity, last_uid=last_uid, quiet_until_uid=quiet_until_uid)

    async def reset(self, *, uidvalidity: int, quiet_until_uid: int) -> None:
        """UIDVALIDITY has changed: from UID 0 again."""
        await self._write(mailboxes.reset, uidvalidity=uidvalidity, quiet_until_uid=quiet_until_uid)

    async def advance(self, last_uid: int) -> None:
        """Every mail up to this UID is in the ledger."""
        self._failpoint("imap.flagged")
        await self._write(mailboxes.advance, last_uid=last_uid)

    async def read_to_end(self, at: datetime) -> None:
        """Every mail that had come by `at` is in the ledger."""
        await self._write(mailboxes.was_read_to_end, at=at)

    async def _write(self, change: Callable[..., None], **values: Any) -> None:
        """Make a change that only the holder of the lease may make."""
        if self._fence is None:
            raise Temporary(f"{self._account}: another node reads this mailbox")
        fence = self._fence
        await self._db.write(lambda conn: change(conn, self._account, self._folder, fence=fence, **values))


class Mailboxes:
    """Started with the gateway; each account is its own failure domain."""

    def __init__(self, config: Config, road: Road, journal: Journal, alarms: Alarms, *, lease: timedelta) -> None:
        self._config, self._road, self._journal, self._alarms, self._lease = config, road, journal, alarms, lease
        self._pollers: list[MailboxPoller] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def by_desk(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """(account, folder) of each desk's mailboxes."""
        result: dict[str, tuple[tuple[str, str], ...]] = {}
        for box in self._config.mailboxes:
            result[box.desk] = (*result.get(box.desk, ()), (box.name, box.folder))
        return result

    def start(self, intake: Intake) -> None:
        """Begin to read every account."""
        for box in self._config.mailboxes:
            poller = self._poller(box, intake)
            self._pollers.append(poller)
            self._tasks.append(asyncio.create_task(poller.run()))

    def _poller(self, box: Mailbox, intake: Intake) -> MailboxPoller:
        async def accept(mails: Sequence[Fetched]) -> None:
            await intake.fetched(box, mails)

        return MailboxPoller(
            box,
            accept=accept,
            positions=StoredPositions(self._road.db, box, self._lease, self._road.failpoint),
            now=self._road.now,
            report=self._report,
            limits=ImapLimits(),
            base=self._config.base,
        )

    def _report(self, event: MailboxEvent) -> None:
        self._journal.mailbox(account=event.mailbox, event=event.kind.value, detail=event.text or str(event.count))
        if event.kind in ALARMS:
            self._alarms.begin(f"mailbox {event.mailbox}: {event.kind.value}", event.text)
        for kind in event.over:
            self._alarms.end(f"mailbox {event.mailbox}: {kind.value}")

    async def stop(self) -> None:
        """Finish the batches in hand."""
        for poller in self._pollers:
            poller.stop()
        if not self._tasks:
            return
        _, slow = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in slow:
            task.cancel()
