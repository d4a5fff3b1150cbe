"""python -m tests.anything [MINUTES] [SEED] [STEPS]: runs that no other time has seen, until the time is over.

The first story in which a property breaks is printed, event by event, and ends it with exit code 1.
"""

from __future__ import annotations

import secrets
import sys
import time

from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.anything.test_anything import Anything, runs

EXAMPLES = 20  # of one seed


def main() -> int:
    words = [int(word) for word in sys.argv[1:]]
    minutes, first, steps = (*words, *(5, secrets.randbelow(10**6), 60)[len(words) :])
    end, done = time.monotonic() + 60 * minutes, 0
    while time.monotonic() < end:
        print(f"seed {first + done}", flush=True)
        wanted = settings(runs(EXAMPLES, steps), derandomize=False)
        try:
            run_state_machine_as_test(seed(first + done)(Anything), settings=wanted)
        except AssertionError as error:
            print(error)
            return 1
        done += 1
    print(f"{done * EXAMPLES} runs of {steps} steps, seeds {first} to {first + done - 1}: every property held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
