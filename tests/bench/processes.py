"""What a family of processes has used: CPU of all who live and of all who have ended, and resident memory.

Seconds of user and system time from /proc/PID/stat, whose steps are 10 ms: a measure must last seconds. Children that
ended are counted once their parent has waited for them.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK = 0.1


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for one in found:
        for listing in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in listing.read_text().split()]
            except OSError:  # gone meanwhile
                continue
    return found


def cpu_seconds(roots: Sequence[int]) -> float:
    """User and system seconds of these processes, their descendants, and those of them that have ended."""
    return sum(_ticks(pid) for root in roots for pid in family(root)) / TICKS


def _ticks(pid: int) -> int:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(word) for word in words[11:15])


def rss_mib(root: int) -> float:
    """Resident MiB of a process and its descendants."""
    return sum(_resident(pid) for pid in family(root)) * PAGE / 2**20


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0


def wait_idle(roots: Sequence[int], *, looks: int = 4, seconds: float = 60.0) -> None:
    """Until the family has used hardly anything (under 5 % of a core) for so many tenths of a second."""
    quiet, before, deadline = 0, cpu_seconds(roots), time.monotonic() + seconds
    while quiet < looks and time.monotonic() < deadline:
        time.sleep(LOOK)  # nobody announces that nothing is to be done
        now = cpu_seconds(roots)
        quiet = quiet + 1 if now - before <= 0.05 * LOOK + 1 / TICKS else 0
        before = now
