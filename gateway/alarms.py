"""Red lines: one thing everywhere. An alarm is a row in the store, a journal line, a metric, one mail to the operator
and one command that needs no relay; when it is over, one line says so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any

from gateway.journal import Journal
from gateway.pipeline import Road
from parsing.message import Address, Permanent, Temporary
from rules.decision import Notice
from store.alarms import clear_alarm, list_alarms, raise_alarm
from store.outbox import enqueue
from templates.compose import compose

COMMAND_SECONDS = 60


class Alarms:
    """Raises and clears; telling people happens in the background and never stops the mail."""

    def __init__(self, road: Road, journal: Journal, *, mail: str | None, command: Sequence[str]) -> None:
        self._road, self._journal = road, journal
        self._mail, self._command = mail, tuple(command)
        self._tasks: set[asyncio.Task[None]] = set()
        self._red: set[str] = set()

    async def open(self) -> None:
        """Take over what was red when the last run ended, so that it can be over in this one."""
        kept = await self._road.db.read(lambda conn: list_alarms(conn, red_only=True))
        self._red |= {alarm.name for alarm in kept}

    def begin(self, name: str, text: str) -> None:
        """Raise the alarm `name` unless it is red already."""
        if name not in self._red:
            self._red.add(name)
            self._journal.alarm(name, text)
            self._later(self._begin(name, text))

    def end(self, name: str) -> None:
        """The alarm `name` is over."""
        if name in self._red:
            self._red.discard(name)
            self._journal.alarm_over(name)
            self._later(self._end(name))

    @property
    def red(self) -> frozenset[str]:
        """The names of what is red in this process."""
        return frozenset(self._red)

    async def close(self) -> None:
        """Let what was begun come to its end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=COMMAND_SECONDS)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin(self, name: str, text: str) -> None:
        now = self._road.now()
        new = True
        with contextlib.suppress(Temporary, OSError):
            new = await self._road.db.write(lambda conn: raise_alarm(conn, name, text, now))
        if not new:
            return
        await asyncio.gather(self._tell_by_command(name, text), self._tell_by_mail(name, text, now))

    async def _end(self, name: str) -> None:
        now = self._road.now()
        with contextlib.suppress(Temporary, OSError):
            await self._road.db.write(lambda conn: clear_alarm(conn, name, now))

    async def _tell_by_command(self, name: str, text: str) -> None:
        if not self._command:
            return
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            await asyncio.wait_for(process.communicate(f"tkt alarm: {name}\n{text}\n".encode()), COMMAND_SECONDS)
        except (OSError, TimeoutError) as error:
            self._journal.trouble("alarm_command", error)

    async def _tell_by_mail(self, name: str, text: str, now: datetime) -> None:
        if self._mail is None:
            return
        notice = Notice("alarm", Address(self._mail), "operator", {"name": name, "text": text, "since": now})
        try:
            mail = compose(
                notice,
                policy=next(iter(self._road.policies.values())),
                ticket=None,
                event=f"alarm:{name}:{now.isoformat()}",
                keys=self._road.keys,
                now=now,
                notices=self._road.notices,
            )
            await self._road.db.write(lambda conn: enqueue(conn, [mail], now=now))
            self._road.wake_sender()
        except (Temporary, Permanent, OSError) as error:
            self._journal.trouble("alarm_mail", error)
