"""When a mail is tried again, and how many may leave: sums without a clock."""

from collections import deque

import pytest

from gateway.relay import Relay
from gateway.sender import DAY, HOUR, MINUTE, SenderLimits, allowance, retry_delay
from tests.gateway.sender.fake_relay import FakeRelay


def test_the_fake_is_a_relay() -> None:
    """The stand-in has what the sender may ask of a relay."""
    fake: Relay = FakeRelay()

    assert (fake.paused, fake.connections) == ("", 2)


@pytest.mark.parametrize(
    ("attempts", "age", "expected"),
    [
        (0, 0, 1 * MINUTE),
        (1, 0, 5 * MINUTE),
        (2, 0, 10 * MINUTE),
        (3, 0, 20 * MINUTE),
        (4, 0, 40 * MINUTE),
        (5, 0, HOUR),
        (20, 23 * HOUR, HOUR),
        (30, DAY, 4 * HOUR),
        (0, 2 * DAY, 4 * HOUR),
    ],
)
def test_the_ladder(attempts: int, age: float, expected: float) -> None:
    """1, 5, 10, 20, 40, 60 minutes, then hourly, 4-hourly after a day, and up to a minute more by chance."""
    for chance, more in ((0.0, 0.0), (0.5, 30.0), (0.999, 59.94)):
        delay = retry_delay(attempts=attempts, age=age, limits=SenderLimits(), chance=chance)
        assert delay == pytest.approx(expected + more)


def test_the_ladder_tries_some_forty_times_in_five_days() -> None:
    """Followed from rung to rung: hourly for a day, then six times a day, and never a storm."""
    age, tries = 0.0, 0
    while age < SenderLimits().give_up:
        age += retry_delay(attempts=tries, age=age, limits=SenderLimits(), chance=0.5)
        tries += 1

    assert 45 <= tries <= 60


def test_a_lease_outlasts_all_that_a_claim_may_do() -> None:
    """A claim that waits to its last second and a try that takes its longest still end before the lease."""
    limits = SenderLimits(hold=60)

    assert limits.lease(900) > 60 + 900


@pytest.mark.parametrize(
    ("stamps", "minute", "day", "expected"),
    [
        ([], None, None, (None, 0.0)),
        ([], 3, None, (3, 0.0)),
        ([DAY - 10, DAY - 5], 3, None, (1, 0.0)),
        ([DAY - 50, DAY - 10, DAY - 5], 3, None, (0, 10.0)),
        ([10.0, DAY - 61], 1, 2, (0, 10.0)),
        ([-5.0, 10.0], 5, 2, (1, 0.0)),
        ([DAY - 1, DAY - 1], 2, 2, (0, DAY - 1)),
    ],
)
def test_the_allowance(
    stamps: list[float], minute: int | None, day: int | None, expected: tuple[int | None, float]
) -> None:
    """At any moment the last 60 seconds and the last 24 hours hold no more mails than allowed; the wait is exact."""
    limits = SenderLimits(mails_per_minute=minute, mails_per_day=day)

    assert allowance(deque(stamps), now=DAY, limits=limits) == expected
