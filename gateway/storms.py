"""Red lines about too much mail: begun by a decision, or by the breaker, and over by themselves when it is calm again.

A line that a decision raised is over an hour after the last decision that raised it (a day, where mail came back from
one of the desk's people); the breaker's is over as soon as the counts say so. At most so many loops are told apart: who
makes many pairs of addresses does not flood the operator.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.alarms import Alarms
from gateway.meters import Meters
from gateway.pipeline import Road
from rules.decision import Alarm
from rules.inbound import FLOOD
from rules.loops import LOOP
from rules.reports import COMES_BACK
from rules.throttle import why_open
from store.counts import count_world

BREAKER = "automatic mail is stopped"
CALM_SECONDS = 3600.0
DAY = 24 * 3600.0  # for mail that comes back: the relay takes the next one all the same, which says nothing
LOOK_SECONDS = 5.0
MOST_LOOPS = 20


def calm_after(name: str) -> float | None:
    """For how long nothing must have raised a line again until it is over; None for lines that others end."""
    if name == FLOOD or name.startswith(LOOP):
        return CALM_SECONDS
    return DAY if name.startswith(COMES_BACK) else None


class Storms:
    """Those that are red, each with the moment at which it is over unless it is raised again."""

    def __init__(
        self, road: Road, alarms: Alarms, meters: Meters, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._road, self._alarms, self._meters, self._clock = road, alarms, meters, clock
        left = {name: calm_after(name) for name in alarms.red}  # by the last run
        self._over_at = {name: clock() + seconds for name, seconds in left.items() if seconds is not None}
        self._look_at = 0.0

    def begin(self, alarm: Alarm) -> None:
        """A decision has raised this line."""
        loops = sum(name.startswith(LOOP) for name in self._over_at)
        if alarm.name.startswith(LOOP) and alarm.name not in self._over_at and loops >= MOST_LOOPS:
            return
        seconds = calm_after(alarm.name)
        if seconds is not None:
            self._over_at[alarm.name] = self._clock() + seconds
        self._alarms.begin(alarm.name, alarm.text)

    async def watch(self) -> None:
        """Asked with every tick."""
        now = self._clock()
        for name in [name for name, over_at in self._over_at.items() if over_at <= now]:
            del self._over_at[name]
            self._alarms.end(name)
        if now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            await self._look()

    async def _look(self) -> None:
        """Whether the breaker is open for any desk."""
        world = await self._road.db.read(count_world)
        whys = {desk: why_open(world, policy.caps) for desk, policy in self._road.policies.items()}
        stopped = sorted(desk for desk, why in whys.items() if why)
        self._meters.breaker(is_open=bool(stopped))
        if stopped:
            told = f"{whys[stopped[0]]}. Tickets are made and answers of agents leave as ever"
            self._alarms.begin(BREAKER, f"{told} (desks: {', '.join(stopped)})")
        else:
            self._alarms.end(BREAKER)
