"""Red lines about too much mail end by themselves, and who makes many loops does not flood the operator."""

from types import SimpleNamespace
from typing import Any

from gateway.storms import BREAKER, CALM_SECONDS, LOOK_SECONDS, MOST_LOOPS, Storms
from rules.caps import Caps
from rules.decision import Alarm
from rules.facts import World
from rules.inbound import FLOOD
from rules.loops import LOOP


class Lines:
    """What stands red, in the place of the alarms."""

    def __init__(self, *names: str) -> None:
        self.red = set(names)

    def begin(self, name: str, text: str) -> None:
        self.red.add(name)

    def end(self, name: str) -> None:
        self.red.discard(name)


class Scene:
    """Storms with a clock and a world that are moved by hand."""

    def __init__(self, *red: str) -> None:
        self.lines, self.now, self.world, self.gauge = Lines(*red), 0.0, World(), False
        policies = {"support": SimpleNamespace(caps=Caps())}
        road: Any = SimpleNamespace(db=SimpleNamespace(read=self._read), policies=policies)
        meters: Any = SimpleNamespace(breaker=self._breaker)
        alarms: Any = self.lines
        self.storms = Storms(road, alarms, meters, clock=lambda: self.now)

    async def _read(self, count: object) -> World:
        return self.world

    def _breaker(self, *, is_open: bool) -> None:
        self.gauge = is_open

    async def later(self, seconds: float) -> set[str]:
        """What is red then."""
        self.now += seconds
        await self.storms.watch()
        return self.lines.red


async def test_a_line_is_over_an_hour_after_it_was_raised_last() -> None:
    """A flood that goes on stays red; one that has ended does not, nor one that the last run left behind."""
    scene = Scene(f"{LOOP}old@peer.example", "disk")
    scene.storms.begin(Alarm(FLOOD, "words"))
    assert await scene.later(CALM_SECONDS - 1) == {FLOOD, f"{LOOP}old@peer.example", "disk"}
    scene.storms.begin(Alarm(FLOOD, "words"))
    assert await scene.later(2) == {FLOOD, "disk"}
    assert await scene.later(CALM_SECONDS) == {"disk"}


async def test_the_breaker_is_red_while_it_is_open() -> None:
    """It begins and ends with the counts, in the red lines and in the meter."""
    scene = Scene()
    scene.world = World(automatic_10min=501)
    assert (await scene.later(0), scene.gauge) == ({BREAKER}, True)
    scene.world = World(automatic_10min=500)
    assert (await scene.later(LOOK_SECONDS), scene.gauge) == (set(), False)


async def test_so_many_loops_are_told_apart() -> None:
    """Beyond twenty pairs at once there is no new line; each of the others is still there."""
    scene = Scene()
    for number in range(MOST_LOOPS + 5):
        scene.storms.begin(Alarm(f"{LOOP}n{number}@peer.example", "words"))
    scene.storms.begin(Alarm("mail to marie@desk.example", "words"))
    assert len(scene.lines.red) == MOST_LOOPS + 1
