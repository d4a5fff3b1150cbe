"""`python -m tests.bench`: every figure on both engines in at most 15 minutes, and a table of them.

    --quick          fewer mails, about two minutes
    --only NAME      raw, rules, explain, loop, accept, steady, memory, dkim, imap or full; may be repeated (raw limits
                     come with any but rules and explain, which need no store)
    --engine NAME    sqlite or postgresql

The exit code is 0 however the aims were met, a figure being something to read; it is 1 when one could not be had.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.bench import calibration, run, table
from tests.bench.run import POSTGRESQL, QUICK, SQLITE, Bench, Plan
from tests.running import room
from tests.servers import PostgreSQL

NAMES = ("raw", "rules", "explain", "loop", "accept", "steady", "memory", "dkim", "imap", "full")


def main() -> int:
    """Measure and print."""
    words = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    words.add_argument("--quick", action="store_true")
    words.add_argument("--only", action="append", choices=NAMES, default=[])
    words.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    args = words.parse_args()
    begun = time.monotonic()
    folder = room("bench")
    alone = bool(args.only) and set(args.only) <= {"explain", "rules"}
    engines = [] if alone else [name for name in (SQLITE, POSTGRESQL) if args.engine in ("both", name.lower())]
    bench = Bench(folder, QUICK if args.quick else Plan(), frozenset(args.only), say=say)
    failed: list[str] = []
    try:
        with ExitStack() as stack:
            if POSTGRESQL in engines:
                bench.postgresql = stack.enter_context(PostgreSQL(settings={"fsync": "on"}))
            say(f"calibration {calibration.cpu_ms():.1f} ms, fdatasync {calibration.sync_ms(folder):.2f} ms")
            failed += attempted(run.rules, bench) if bench.wants("rules") else []
            failed += attempted(run.explain, bench) if bench.wants("explain") else []
            if not alone:
                run.raw_limits(bench)
            for engine in engines:
                failed += measure(bench, engine)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table.text(bench.rows)}")
    if bench.wheres:
        print("\nWhere the CPU goes, ms a mail", *bench.wheres, sep="\n  ")
    print(f"\n{time.monotonic() - begun:.0f} s in all")
    print("\n".join(failed))
    return 1 if failed else 0


def measure(bench: Bench, engine: str) -> list[str]:
    """All that was asked for, on one engine; what could not be measured, in words."""
    parts = {
        run.life: bool(not bench.only or bench.only & {"loop", "accept", "steady", "memory"}),
        run.dkim: bench.wants("dkim") and engine == SQLITE,
        run.imap: bench.wants("imap"),
        run.full: bench.wants("full"),
    }
    return [words for part, wanted in parts.items() if wanted for words in attempted(part, bench, engine)]


def attempted(part: Callable[..., None], bench: Bench, *engine: str) -> list[str]:
    """Why it could not be measured, in words; nothing where it could."""
    try:
        part(bench, *engine)
    except (RuntimeError, OSError) as error:
        failed = f"FAILED{' on ' if engine else ''}{''.join(engine)}, {part.__name__}: {error}"
        say(failed)
        return [failed]
    return []


def say(words: str) -> None:
    """At once, so that whoever waits sees where it is."""
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
