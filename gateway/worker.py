"""The loop from the ledger to the road, and the one catch-all: whatever fails here is tried again, then set aside.

Attempts are counted before the work starts, so a mail that kills the process is counted too. One that was begun twice
and never finished is a suspect and is worked on alone: whatever it does then, it does to itself. After seven deaths, or
four failures that we know of (each counts twice: it is certainly the mail's), only its header is read; where even that
fails the delivery has failed: it alarms, its bytes stay, and `tkt requeue` tries it once more. The store's and the
machine's passing troubles are never held against a mail.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

from gateway.journal import Journal
from gateway.pipeline import Draft, Parked, Road, deliver
from parsing.message import Temporary
from rules.decision import Outcome
from store.commit import Stale
from store.database import Broken
from store.ledger import MANY, Claimed, claim, fail, give_back

BATCH = 32
PARALLEL = 8
ATTEMPTS = 9
SUSPECT = 2  # attempts counted and no outcome yet
BACK_OFF = (1, 2, 5, 15)  # seconds after the first, second … attempt
PASSING = 2  # seconds after a trouble that was not the mail's
PARKED = 60  # seconds until the DNS is asked again about an agent's mail
NO_DESK = 60  # seconds until a mail whose desk is configured no more is looked at again: it must not starve the others
LOOK_EVERY = 1.0  # seconds; other nodes' and postponed deliveries are found by looking


class Worker:
    """Runs until stopped; what is in flight is finished first."""

    def __init__(
        self,
        road: Road,
        journal: Journal,
        *,
        lease: timedelta,
        alarm: Callable[[str, str], None],
        done: Callable[[Claimed, Draft], None],
    ) -> None:
        self._road = road
        self._journal = journal
        self._lease = lease
        self._alarm = alarm
        self._done = done
        self._wake = asyncio.Event()
        self._stopping = False
        self._room = asyncio.Semaphore(PARALLEL)
        self._tasks: set[asyncio.Task[None]] = set()
        self._look_for_suspects_at = 0.0

    def wake(self) -> None:
        """Something was accepted."""
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when the work in hand is done."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Claim, work, look again."""
        while not self._stopping:
            if not await self._step():
                await self._rest()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _step(self) -> bool:
        """Claim a batch and start on it; False when there was nothing to do."""
        self._wake.clear()
        try:
            if await self._suspect():
                return True
            claimed = await self._claim(BATCH, attempts=(0, SUSPECT - 1))
        except Broken:
            raise
        except Exception as error:  # noqa: BLE001 - the one catch-all: the store's trouble passes, the loop goes on
            self._journal.trouble("worker.claim", error)
            return False
        for item in claimed:
            await self._room.acquire()
            task = asyncio.create_task(self._work(item))
            self._tasks.add(task)
            task.add_done_callback(self._finished)
        return bool(claimed)

    async def _claim(self, limit: int, *, attempts: tuple[int, int]) -> tuple[Claimed, ...]:
        lease = self._lease
        claimed = await self._road.db.write(lambda conn: claim(conn, limit=limit, lease=lease, attempts=attempts))
        if claimed:
            self._road.failpoint("worker.claimed")
        return claimed

    async def _suspect(self) -> bool:
        """Work on one suspect while nothing else is in hand; False when there is none, or it was asked a moment ago."""
        clock = asyncio.get_running_loop().time
        if clock() < self._look_for_suspects_at:
            return False
        if self._tasks:
            await asyncio.wait(self._tasks)
        claimed = await self._claim(1, attempts=(SUSPECT, MANY))
        for item in claimed:
            await self._work(item)
        if not claimed:
            self._look_for_suspects_at = clock() + LOOK_EVERY
        return bool(claimed)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room.release()
        self._wake.set()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), LOOK_EVERY)

    async def _work(self, claimed: Claimed) -> None:
        try:
            if claimed.attempts > ATTEMPTS:
                await self._set_aside(claimed, f"it was begun {ATTEMPTS} times and never finished")
                return
            draft = await deliver(self._road, claimed)
        except Stale:
            return  # another node has it now: what it decides counts
        except Exception as error:  # noqa: BLE001 - the one catch-all: nothing about one mail stops the others
            await self._failed(claimed, error)
            return
        self._journal_line(claimed, draft)
        self._done(claimed, draft)

    def _journal_line(self, claimed: Claimed, draft: Draft) -> None:
        ticket = draft.decision.ticket
        self._journal.decided(
            delivery=claimed.id,
            outcome=draft.decision.outcome.value,
            ticket=ticket.name if ticket else "",
            reason=draft.decision.reason,
            message_id=draft.message_id,
            mails=len(draft.mails),
        )

    async def _failed(self, claimed: Claimed, error: Exception) -> None:
        self._journal.tried_again(
            delivery=claimed.id, attempt=claimed.attempts, error=f"{type(error).__name__}: {error}"
        )
        try:
            if claimed.attempts >= ATTEMPTS and not isinstance(error, Temporary):
                await self._set_aside(claimed, f"{type(error).__name__}: {error}")
                return
            await self._give_back(claimed, error)
        except Exception as second:  # noqa: BLE001 - the store is away: the lease runs out and the mail is claimed again
            self._journal.trouble("worker.give_back", second)

    async def _give_back(self, claimed: Claimed, error: Exception) -> None:
        passing = isinstance(error, Temporary)
        seconds = PASSING if claimed.desk in self._road.policies else NO_DESK
        seconds = PARKED if isinstance(error, Parked) else seconds
        pause = timedelta(seconds=seconds if passing else BACK_OFF[min(claimed.attempts, len(BACK_OFF)) - 1])
        await self._road.db.write(
            lambda conn: give_back(conn, claimed, after=pause, reason=str(error), guilt=-1 if passing else 1)
        )

    async def _set_aside(self, claimed: Claimed, reason: str) -> None:
        now = self._road.now()
        await self._road.db.write(lambda conn: fail(conn, claimed, reason=reason, now=now))
        self._alarm(f"delivery {claimed.id} failed", f"{reason}; its bytes are kept: tkt requeue {claimed.id}")
        self._journal.decided(
            delivery=claimed.id, outcome=Outcome.FAILED.value, ticket="", reason=reason, message_id="", mails=0
        )
