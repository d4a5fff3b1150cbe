"""How fast this machine is at this minute: without it two runs can not be compared.

cpu    a fixed job of pure Python, in milliseconds of the wall (15.5 on the quiet machine of the first measurements)
disk   one fdatasync of 4 KiB, in milliseconds
"""

import os
import statistics
import time
from pathlib import Path


def cpu_ms(rounds: int = 5) -> float:
    """The median of a few rounds."""
    return statistics.median(_round() for _ in range(rounds))


def _round() -> float:
    begun = time.perf_counter()
    total = 0
    words: dict[int, str] = {}
    for number in range(60_000):
        total = (total * 31 + number) % 1_000_003
        words[total & 1023] = str(number)
    return (time.perf_counter() - begun) * 1000


def sync_ms(folder: Path, rounds: int = 50) -> float:
    """The median of appending a page and making it durable."""
    path = folder / "calibration"
    times = []
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        for _ in range(rounds):
            begun = time.perf_counter()
            os.write(descriptor, b"\0" * 4096)
            os.fdatasync(descriptor)
            times.append((time.perf_counter() - begun) * 1000)
    finally:
        os.close(descriptor)
        path.unlink()
    return statistics.median(times)
