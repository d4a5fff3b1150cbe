"""The measure of `tkt explain` measures."""

from pathlib import Path

from tests.bench.explaining import explained, fill, slowest


def test_a_folder_is_explained_and_the_dearest_mails_are_named(tmp_path: Path) -> None:
    """Every kind of mail of ours can be explained; cost and memory are those of the call, the dearest comes first."""
    fill(tmp_path / "mails", 60)

    cost = explained(tmp_path / "mails", base=tmp_path / "base")
    dearest = slowest(tmp_path / "mails", base=tmp_path / "base")

    assert cost.mails == 60
    assert cost.cpu_ms > 0
    assert cost.rss_mib > 10
    assert dearest == sorted(dearest, reverse=True)
    assert len({kind for _, kind in dearest}) == len(dearest) == 10
