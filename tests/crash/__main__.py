"""`python -m tests.crash`: the long crash run; prints the counts, and exits with 1 when a promise was broken."""

import argparse
import random
import sys

from tests.crash.run import Plan, crash


def main() -> int:
    """Both engines one after the other, unless one is named."""
    words = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    words.add_argument("--mails", type=int, default=1000)
    words.add_argument("--kills", type=int, default=30)
    words.add_argument("--seed", type=int, default=None, help="repeats a run's choices (not its moments)")
    words.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    args = words.parse_args()
    seed = random.SystemRandom().randrange(10**6) if args.seed is None else args.seed
    engines = ["sqlite", "postgresql"] if args.engine == "both" else [args.engine]
    broken = 0
    for engine in engines:
        report = crash(Plan(engine=engine, mails=args.mails, kills=args.kills, seed=seed))
        print(report.text(), flush=True)
        broken += len(report.violations)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
