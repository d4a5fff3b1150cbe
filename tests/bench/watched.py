"""`tkt` as the bench starts it: the same program, which also tells what each step of the road cost.

    python -m tests.bench.watched FILE run --config tkt.toml

On SIGUSR2 it writes FILE: the names of its threads by their number, and for each stage the CPU seconds that were spent
in it and not in a stage within it. Two looks at a thread's clock for each stage make the loop dearer by less than a
hundredth, so that what is measured and what explains it come from one run.
"""

import importlib
import json
import signal
import sys
import threading
import time
from collections import defaultdict
from functools import wraps
from pathlib import Path
from typing import Any

# Where a function is looked up when it is called, and the step that it is.
STAGES = {
    "gateway.intake:accept": "accept",
    "gateway.worker:claim": "claim",
    "gateway.pipeline:look_up": "look up",
    "gateway.pipeline:decide": "decide",
    "gateway.pipeline:compose": "compose",
    "gateway.pipeline:commit": "write",
    "store.outbox:claim_mails": "take mails",
    "store.outbox:mark": "mark mails",
    "store.writer:Writer._commit_group": "transaction",
    "store.postgres:transaction": "transaction",
}


class Watch(threading.local):
    """What the stage that runs in this thread has spent in stages within it."""

    inner = 0.0


spent: dict[str, float] = defaultdict(float)
watch = Watch()


def watched(function: Any, stage: str) -> Any:
    """The function, its CPU time written down."""

    @wraps(function)
    def timed(*args: Any, **words: Any) -> Any:
        outer, watch.inner, begun = watch.inner, 0.0, time.thread_time()
        try:
            return function(*args, **words)
        finally:
            whole = time.thread_time() - begun
            spent[stage] += whole - watch.inner
            watch.inner = outer + whole

    return timed


def tell(file: Path) -> None:
    """Whole or not at all: somebody waits for it."""
    names = {str(thread.native_id): thread.name for thread in threading.enumerate()}
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps({"threads": names, "stages": spent}))
    aside.rename(file)


def main() -> None:
    """Watch, then be `tkt`."""
    file = Path(sys.argv.pop(1)).absolute()
    for place, stage in STAGES.items():
        module, _, path = place.partition(":")
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for one in outer:
            owner = getattr(owner, one)
        setattr(owner, name, watched(getattr(owner, name), stage))
    signal.signal(signal.SIGUSR2, lambda *_: tell(file))
    importlib.import_module("gateway.cli").main()


if __name__ == "__main__":
    main()
