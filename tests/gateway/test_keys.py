"""The keys of our tokens: a new one signs, an old one is good until its day."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.keys import KEY_FILE, create_keys, load_keys, rotate_keys
from parsing.message import Permanent
from parsing.tokens import issue_reply, read_token
from tests.scenarios.people import run_tkt

DAY = date(2026, 11, 25)
ANNA = "anna@example.com"


def test_a_token_is_good_through_the_overlap_and_not_after(tmp_path: Path) -> None:
    """What the key before signed verifies until its last day; the fresh key signs at once; a line whose day has passed
    goes with the next change, and the file stays its owner's alone."""
    create_keys(tmp_path)
    old = issue_reply(load_keys(tmp_path), role="customer", ticket=7, address=ANNA)
    last = rotate_keys(tmp_path, overlap=90, today=DAY)
    assert last == DAY + timedelta(days=90)

    fresh = load_keys(tmp_path, today=DAY)
    new = issue_reply(fresh, role="customer", ticket=7, address=ANNA)
    assert new != old
    for today, known in ((DAY, True), (last, True), (last + timedelta(days=1), False)):
        keys = load_keys(tmp_path, today=today)
        assert (read_token(keys, old) is not None) == known
        assert read_token(keys, new) is not None

    rotate_keys(tmp_path, overlap=90, today=last + timedelta(days=1))
    assert len((tmp_path / KEY_FILE).read_text().splitlines()) == 2
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_the_command_says_until_when(tmp_path: Path) -> None:
    """`tkt rotate-keys` names the last day of what was signed before, and what to do next."""
    create_keys(tmp_path / "var" / "keys")
    done = run_tkt("rotate-keys", "--days", "30", folder=tmp_path)

    assert done.returncode == 0
    assert "is good until" in done.stdout
    assert "started again" in done.stdout
    assert len(load_keys(tmp_path / "var" / "keys").older) == 1


@pytest.mark.parametrize("text", ["", "abc\n", "ab" * 31 + "\n", "ab" * 32 + " until soon\n", "é\n"])
def test_a_file_that_is_no_key_file_is_refused(tmp_path: Path, text: str) -> None:
    """With its name and what it should hold."""
    create_keys(tmp_path)
    (tmp_path / KEY_FILE).write_text(text)
    for act in (load_keys, rotate_keys):
        with pytest.raises(Permanent, match=KEY_FILE):
            act(tmp_path)
