"""The short crash run: what `make crash` does at length, on both engines, with a fixed seed."""

import pytest

from tests.crash.run import Plan, crash


@pytest.mark.servers
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_killed_eight_times_under_load_it_keeps_every_promise(engine: str) -> None:
    """Every 250 is one delivery with one outcome; every mail left, and twice only with a line in the journal."""
    report = crash(Plan(engine=engine, mails=100, kills=8, seed=42))

    print(report.text())
    assert report.violations == []
    assert report.disasters.total() >= 8
    assert report.counts["mails with a 250"] == 100
