"""The desks as they are now: read again when a file of theirs was saved, changed between two mails, never within one.

Files are looked at by their time and size, twice a second, which works on every file system and needs nothing of the
kernel; they are read and tried in a thread of their own. What does not load never takes effect: the last good policies
stay, the alarm `desk files` is raised (one mail), and it is over with the next save that loads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from gateway.config import Config
from gateway.desks import load_policies
from gateway.journal import Journal
from rules.policy import Policy
from store.commit import keep_policy
from store.database import Connection, Database

LOOK_EVERY = 0.4  # seconds
ALARM = "desk files"
Signature = tuple[tuple[str, int, int, int], ...]


class LiveDesks(Mapping[str, Policy]):
    """Every desk's policy by name. A mail keeps the one that it began with; the next mail gets the new one."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self._policies = dict(policies)

    def __getitem__(self, desk: str) -> Policy:
        return self._policies[desk]

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def __len__(self) -> int:
        return len(self._policies)

    def replace(self, policies: Mapping[str, Policy]) -> None:
        """From now on these: in one step, so that nobody ever sees half of them."""
        self._policies = dict(policies)


def signature(config: Config) -> Signature:
    """What changes when somebody saves one of the desks' files, adds one or takes one away; nothing is read."""
    if config.desks is None:
        return ()
    root = config.path(config.desks)
    found = [*root.glob("*/*.y*ml"), *root.glob("*/rules/*.y*ml")]
    return tuple(line for path in sorted(found) if (line := _line(path)) is not None)


def _line(path: Path) -> tuple[str, int, int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return str(path), known.st_mtime_ns, known.st_size, known.st_ino


class DeskWatch:
    """Looks at the files from `start` to `stop`."""

    def __init__(
        self,
        config: Config,
        desks: LiveDesks,
        db: Database,
        journal: Journal,
        *,
        now: Callable[[], datetime],
        begin: Callable[[str, str], None],
        end: Callable[[str], None],
    ) -> None:
        self._config, self._desks, self._db, self._journal, self._now = config, desks, db, journal, now
        self._begin, self._end = begin, end
        self._task: asyncio.Task[None] | None = None
        self._seen: Signature = ()

    async def start(self) -> None:
        """From what stands there now."""
        self._seen = await asyncio.to_thread(signature, self._config)
        self._end(ALARM)  # what was wrong when the last run ended has been read again, and loads
        if self._config.desks is not None:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        waiting: Signature | None = None
        while True:
            await asyncio.sleep(LOOK_EVERY)
            found = await asyncio.to_thread(signature, self._config)
            if found == self._seen:
                waiting = None
            elif found != waiting:
                waiting = found  # perhaps it is being written: it counts when it stays so
            else:
                self._seen, waiting = found, None
                await self._read()

    async def _read(self) -> None:
        known = {policy.digest: policy for policy in self._desks.values()}
        try:
            policies = await asyncio.to_thread(load_policies, self._config, known=known)
        except Exception as error:  # noqa: BLE001 - whatever a file does to its reader, the last good desks stay
            self._journal.desks(event="refused", detail=str(error))
            self._begin(ALARM, f"a saved file does not load, and what was there before stays in force:\n{error}")
            return
        changed = [policy for policy in policies.values() if policy.digest not in known]
        await self._keep(changed)
        self._desks.replace(policies)
        self._end(ALARM)
        words = ", ".join(f"{one.desk} {one.digest[:12]} ({len(one.rules)} rules)" for one in changed)
        self._journal.desks(event="in force", detail=words or "nothing has changed")

    async def _keep(self, policies: list[Policy]) -> None:
        """Every policy that was ever in force is kept; one that can not be now is kept with its first decision."""

        def keep(conn: Connection) -> None:
            for policy in policies:
                keep_policy(conn, policy, now=self._now())

        with contextlib.suppress(Exception):
            await self._db.write(keep)
