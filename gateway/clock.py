"""The ticker: looks every second for timers that are due, and now and then keeps house.

APScheduler ticks in real time and knows nothing durable; what is due stands in the store and is measured by the
gateway's `now`. Timers never outrun the mail: one fires only when every mailbox of its desk was read to its end
since it came due, no delivery of the desk is unfinished, and, when it came due while the gateway was down, an hour
after the start has passed, so that an answer waiting on a sending server has had its chance.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from gateway.journal import Journal
from gateway.pipeline import Draft, Road, travel
from parsing.message import Temporary
from rules.event import Due, Event, Listing, event_key
from rules.held import hears_of_held
from rules.ticket import number_text
from store.held import next_list
from store.ledger import release_channel_keys, unfinished
from store.mailboxes import read_to_end
from store.once import forget_old
from store.timers import DueTimer, anything_due, claim_due, postpone

GRACE = timedelta(hours=1)
PUT_OFF = timedelta(hours=1)
BATCH = 50
TICK_SECONDS = 1
HOUSEKEEPING_SECONDS = 3600


class Clock:
    """Opened at start. `mailboxes` names the IMAP accounts of each desk."""

    def __init__(
        self,
        road: Road,
        journal: Journal,
        *,
        mailboxes: Mapping[str, tuple[tuple[str, str], ...]],
        lease: timedelta,
        watch: Callable[[], Awaitable[None]],
        alarm: Callable[[str, str], None],
        over: Callable[[str], None],
    ) -> None:
        self._road = road
        self._journal = journal
        self._mailboxes = mailboxes
        self._lease = lease
        self._watch = watch
        self._alarm = alarm
        self._over = over
        self._started_at = road.now()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._busy = False

    def start(self) -> None:
        """Begin to tick."""
        # a tick that comes late is not dropped, and several missed ones are one (the library's default drops them)
        late = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler.add_job(self._tick_quietly, "interval", seconds=TICK_SECONDS, **late)
        self._scheduler.add_job(self._keep_house, "interval", seconds=HOUSEKEEPING_SECONDS, **late)
        self._scheduler.start()

    def stop(self) -> None:
        """No tick begins any more; one that runs is left to its end by its transaction."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def tick(self) -> int:
        """Fire what may fire now; returns how many timers did."""
        if self._busy:
            return 0
        self._busy = True
        try:
            return sum([await self._desk_quietly(desk) for desk in self._road.policies])
        finally:
            self._busy = False

    async def _tick_quietly(self) -> None:
        try:
            await self.tick()
            await self._watch()
        except Exception as error:  # noqa: BLE001 - a tick that fails is followed by the next one
            self._journal.trouble("clock.tick", error)

    async def _keep_house(self) -> None:
        try:
            await self._road.db.write(release_channel_keys)
            await self._road.db.write(forget_old)
        except Exception as error:  # noqa: BLE001 - housekeeping has all the time of the world
            self._journal.trouble("clock.keep_house", error)

    async def _desk_quietly(self, desk: str) -> int:
        try:
            return await self._desk(desk) + await self._list_held(desk)
        except Exception as error:  # noqa: BLE001 - one desk's trouble is not the others'
            self._journal.trouble(f"clock.{desk}", error)
            return 0

    async def _desk(self, desk: str) -> int:
        since, until = await self._window(desk)
        if until is None:
            return 0
        last = until
        timers = await self._road.db.write(
            lambda conn: claim_due(conn, desk, since=since, until=last, limit=BATCH, lease=self._lease)
        )
        for timer in timers:
            await self._fire(timer, desk)
        return len(timers)

    async def _window(self, desk: str) -> tuple[datetime | None, datetime | None]:
        """(since, until): timers that came due in between may fire now; (None, None) when none may."""
        now = self._road.now()
        if not await self._road.db.read(lambda conn: anything_due(conn, desk, now)):
            return None, None
        until = now
        for account, folder in self._mailboxes.get(desk, ()):
            seen = await self._road.db.read(partial(read_to_end, account=account, folder=folder))
            if seen is None:
                return None, None
            until = min(until, seen)
        if await self._road.db.read(lambda conn: unfinished(conn, desk)):
            return None, None
        since = self._started_at if now < self._started_at + GRACE else None
        return since, until

    async def _fire(self, timer: DueTimer, desk: str) -> None:
        event = Due(timer=timer.id, kind=timer.kind, ticket=timer.ticket, due_at=timer.due_at)
        try:
            draft = await travel(self._road, event, self._road.policies[desk], fence=timer.fence)
        except Temporary as error:
            self._journal.trouble(event_key(event), error)
            return
        except Exception as error:  # noqa: BLE001 - a mistake of ours in one ticket's timer does not stop the others
            await self._put_off(timer, error)
            return
        self._over(f"timer {timer.id} of {number_text(timer.ticket)} fails")
        self._happened(event, draft)

    def _happened(self, event: Event, draft: Draft) -> None:
        ticket = draft.decision.ticket
        self._journal.happened(
            event_key(event),
            outcome=draft.decision.outcome.value,
            ticket=ticket.name if ticket else "",
            reason=draft.decision.reason,
            mails=len(draft.mails),
        )

    async def _list_held(self, desk: str) -> int:
        """Tell the desk's agents what is held, when something new is; returns how many lists were made."""
        policy, now = self._road.policies[desk], self._road.now()
        if not hears_of_held(policy):
            return 0
        number = await self._road.db.read(lambda conn: next_list(conn, desk, now=now))
        if number is None:
            return 0
        event = Listing(desk, number, now)
        self._happened(event, await travel(self._road, event, policy))
        return 1

    async def _put_off(self, timer: DueTimer, error: Exception) -> None:
        """Tried again in an hour, behind all that is due by then; the red line says which ticket waits."""
        key = f"timer {timer.id} of {number_text(timer.ticket)}"
        self._journal.trouble(key, error)
        self._alarm(f"{key} fails", f"{timer.kind}: {type(error).__name__}: {error}")
        await self._road.db.write(lambda conn: postpone(conn, timer, after=PUT_OFF))
