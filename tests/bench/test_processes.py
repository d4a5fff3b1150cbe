"""The accounts of CPU and the copies of rows: without them the figures of the bench would mean nothing."""

import os
import subprocess
import sys
from hashlib import sha256

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table

from tests.bench.fill import _copied
from tests.bench.processes import cpu_seconds, family

BURN = "import time; begun = time.process_time()\nwhile time.process_time() - begun < 0.3: pass"


def test_children_that_have_ended_are_counted() -> None:
    """What a child used is charged to the family once it has been waited for."""
    before = cpu_seconds([os.getpid()])
    subprocess.run([sys.executable, "-c", BURN], check=True)

    assert cpu_seconds([os.getpid()]) - before >= 0.25  # the kernel counts in steps of 10 ms


def test_living_grandchildren_belong_to_the_family() -> None:
    """A child's child is found and charged while both live."""
    outer = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"
    with subprocess.Popen([sys.executable, "-c", outer], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        found = family(os.getpid())
        child.stdin.close()

    assert child.pid in found
    assert len(found) >= 3


def test_copies_of_a_row_are_all_different() -> None:
    """No copy has the key of another or of a row that was there, whatever octets that row begins with."""
    table = Table("raw_chunk", MetaData(), Column("digest", LargeBinary), Column("seq", Integer))
    base = [[number.to_bytes(2, "big") + sha256(bytes([number])).digest()[2:], 0] for number in range(50)]

    made = [row[0] for row in [*base, *_copied(table, base, 40, {})]]

    assert len(set(made)) == 50 * 41
