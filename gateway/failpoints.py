"""Places where a test may kill, fail or stall the gateway; an argument, so that a running daemon has none.

`TKT_FAILPOINTS=name:kill9,name:raise` is read only by `tkt run --failpoints`, a flag for tests.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping

Failpoint = Callable[[str], None]


def none(name: str) -> None:
    """No failpoint: what every daemon outside of tests runs with."""


def from_text(text: str) -> Failpoint:
    """`a:kill9,b:raise` → a function that acts when its place is passed; `a:kill9@3` acts at the third passing."""
    actions: dict[str, tuple[str, int]] = {}
    for item in filter(None, text.split(",")):
        name, _, action = item.partition(":")
        verb, _, count = action.partition("@")
        actions[name] = (verb, int(count or 1))
    return _counting(actions, {})


def _counting(actions: Mapping[str, tuple[str, int]], seen: dict[str, int]) -> Failpoint:
    def hit(name: str) -> None:
        if name not in actions:
            return
        verb, at = actions[name]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] != at:
            return
        if verb == "kill9":
            os.kill(os.getpid(), signal.SIGKILL)
        if verb == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        if verb == "raise":
            raise OSError(f"failpoint {name}")

    return hit
