"""Where a loop's CPU goes: by thread of the gateway, by stage within its threads, its children, its database server."""

import json
import os
import signal
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.node import Node, wait_until
from tests.bench.processes import family

LEAST = 0.005  # milliseconds a mail that are worth a word
# Beginnings of threads' names, and what they do.
THREADS = {
    "MainThread": "event loop",
    "tkt-writer": "writer",
    "tkt-store": "store threads",
    "journal": "journal",
    "asyncio": "helpers",
}


def spent(node: Node, servers: Sequence[int]) -> dict[str, float]:
    """CPU seconds so far: `thread …`, `stage …`, `readers` and `database`."""
    node.told.unlink(missing_ok=True)
    os.kill(node.pid, signal.SIGUSR2)
    wait_until(node.told.exists, "told what its stages cost", seconds=10)
    told = json.loads(node.told.read_text())
    found: dict[str, float] = defaultdict(float)
    for task in Path(f"/proc/{node.pid}/task").iterdir():
        name = told["threads"].get(task.name, "helpers")
        known = next((word for start, word in THREADS.items() if name.startswith(start)), "helpers")
        found[f"thread {known}"] += _seconds(task)
    for stage, seconds in told["stages"].items():
        found[f"stage {stage}"] = seconds
    found["readers"] = sum(_seconds(Path(f"/proc/{pid}")) for pid in family(node.pid)[1:])
    found["database"] = sum(_seconds(Path(f"/proc/{pid}")) for server in servers for pid in family(server))
    return dict(found)


def _seconds(task: Path) -> float:
    """Time on a processor, in steps of a nanosecond; 0 for what has ended."""
    try:
        return int((task / "schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def words(before: Mapping[str, float], after: Mapping[str, float], count: int) -> str:
    """`event loop 0.83, writer 1.42 (compose 0.40, …), readers 1.32`: milliseconds a mail, the largest first."""
    cost = {name: (after[name] - before.get(name, 0.0)) * 1000 / count for name in after}
    ranked = sorted(((ms, name) for name, ms in cost.items() if ms >= LEAST), reverse=True)
    stages = ", ".join(f"{name.removeprefix('stage ')} {ms:.2f}" for ms, name in ranked if name.startswith("stage "))
    busiest = next((name for _, name in ranked if name in ("thread writer", "thread store threads")), "")
    parts = [
        f"{name.removeprefix('thread ')} {ms:.2f}" + (f" ({stages})" if name == busiest and stages else "")
        for ms, name in ranked
        if not name.startswith("stage ")
    ]
    return ", ".join(parts)
