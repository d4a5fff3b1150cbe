"""`tkt demo`: the story, what it keeps, and that it needs nothing of the checkout."""

import os
import subprocess
import sys
import time
from email import message_from_bytes, policy
from pathlib import Path

from tests.crash.gateway import ROOT
from tests.scenarios.people import run_tkt

SECONDS = 20.0
STORY = (
    "I can not log in",
    "TKT-00001 is new",
    "TKT-00001 is waiting for the customer",
    "day 3",
    "day 5",
    "day 7",
    "TKT-00001 is closed",
    "Sorry, I was away",
    "TKT-00001 is in progress",
    "TKT-00001 is resolved",
    "Thanks, solved!",
    "TKT-00001 is closed",
)


def in_order(story: tuple[str, ...], told: str) -> bool:
    """Whether each piece comes after the one before it."""
    at = 0
    for piece in story:
        found = told.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def test_the_demo_tells_one_tickets_life_and_keeps_it(tmp_path: Path) -> None:
    """Under 20 seconds, in order; the mails and the store lie in --keep DIR, and `tkt show` there tells the same."""
    before = time.monotonic()
    done = run_tkt("demo", "--keep", "kept", folder=tmp_path)
    took = time.monotonic() - before
    kept = tmp_path / "kept"
    told = run_tkt("show", "TKT-00001", folder=kept)
    again = run_tkt("demo", "--keep", "kept", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert took < SECONDS
    assert in_order(STORY, done.stdout)
    for words in ("#waiting", "last reminder", "waiting_customer → closed", "closed → in_progress", "Thanks, solved!"):
        assert words in told.stdout
    mails = sorted((kept / "mails").iterdir())
    assert len(mails) == 11
    assert {str(message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"]) for mail in mails} == {
        "Re: [TKT-00001] Your request",  # nothing proves who wrote first
        "Re: [TKT-00001] I can not log in",
    }
    assert run_tkt("reconcile", folder=kept).returncode == 0
    assert (again.returncode, "earlier demo" in again.stderr) == (1, True)


def test_the_demo_runs_from_the_built_wheel_outside_the_checkout(tmp_path: Path) -> None:
    """The wheel has all that it needs: desks, notices, migrations; nothing is read from the checkout."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    subprocess.run(
        [*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    (wheel,) = tmp_path.glob("tkt-*.whl")
    target = tmp_path / "installed"
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    outside = (
        "import sys; "
        f"sys.path[:] = [{str(target)!r}] + [p for p in sys.path if p not in ('', {str(ROOT)!r})]; "
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]; "
        "import gateway, parsing, rules, store, templates; "
        f"assert all(m.__file__.startswith({str(target)!r}) for m in (gateway, parsing, rules, store, templates)); "
        "from gateway.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", outside, "demo"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert in_order(STORY, done.stdout)
