"""Each measure once: what is done to a running gateway, and what it cost. Nothing here knows an aim.

CPU is user and system time of the gateway, its children and its database server. The worker's part is kept out of
accepting by freezing (SIGSTOP) the children that read mail: everything up to the 250 is done, nothing after it.
"""

import os
import signal
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import where
from tests.bench.mails import AGENT, mail, number_of
from tests.bench.node import Node, wait_until
from tests.bench.processes import cpu_seconds, rss_mib, wait_idle
from tests.bench.tools import Relay, send
from tests.servers import Dovecot

MAILS_OUT = 2  # for each mail in: the confirmation and the agent's notification
LONGEST = 600.0
LOOK = 5.0


@dataclass(frozen=True)
class Loop:
    """Whole loop: mails a second until the last one was at the relay, CPU a mail; `accepting` is the rate of 250s.

    `where` says where the CPU went.
    """

    rate: float
    cpu_ms: float
    accepting: float
    where: str = ""


@dataclass(frozen=True)
class Delay:
    """Seconds from the dot to the confirmation at the relay, and what a mail cost at that pace."""

    median: float
    p99: float
    worst: float
    cpu_ms: float


@dataclass(frozen=True)
class Drain:
    """Mails a second into the ledger, and until all carried their flag on the server; the gateway's CPU a mail."""

    rate: float
    flagged_rate: float
    cpu_ms: float
    dovecot_ms: float


class Subject:
    """A running node with its relay and the processes that are charged; hands out numbers of mails."""

    def __init__(self, node: Node, relay: Relay, *, database: int | None, first: int) -> None:
        self.node, self.relay = node, relay
        self.servers = [] if database is None else [database]
        self.pids = [node.pid, *self.servers]
        self.first = self.next = first
        self.pace = 0.0  # mails a second of its first loop

    def numbers(self, count: int) -> int:
        """The first of so many numbers nobody has had."""
        first, self.next = self.next, self.next + count
        return first

    def wait(self, count: int) -> None:
        """Until the relay has so many mails; raises when the gateway has ended, or after ten minutes."""
        deadline = time.monotonic() + LONGEST
        while (found := self.relay.wait(count, seconds=LOOK)) < count:
            self.node.check_alive()
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {found} of {count} mails reached the relay in {LONGEST:g} s")


def loop(subject: Subject, count: int) -> Loop:
    """Mail in as fast as it is taken, until both mails of each are at the relay."""
    wait_idle(subject.pids)
    parts = where.spent(subject.node, subject.servers)
    present, before, begun = subject.relay.count(), cpu_seconds(subject.pids), time.monotonic()
    sent = send(subject.node.port, first=subject.numbers(count), count=count)
    subject.wait(present + MAILS_OUT * count)
    seconds = time.monotonic() - begun
    wait_idle(subject.pids)
    cpu = cpu_seconds(subject.pids) - before
    told = where.words(parts, where.spent(subject.node, subject.servers), count)
    return Loop(count / seconds, cpu * 1000 / count, count / sent.seconds, told)


def accepting(subject: Subject, count: int) -> Loop:
    """Mail in, and nothing else; afterwards the rest is let go and waited for, uncounted."""
    wait_idle(subject.pids)
    subject.node.hold_readers()
    present, before = subject.relay.count(), cpu_seconds(subject.pids)
    sent = send(subject.node.port, first=subject.numbers(count), count=count)
    cpu = cpu_seconds(subject.pids) - before
    subject.node.hold_readers(signal.SIGCONT)
    subject.wait(present + MAILS_OUT * count)
    return Loop(count / sent.seconds, cpu * 1000 / count, count / sent.seconds)


def steady(subject: Subject, *, rate: float, seconds: float) -> Delay:
    """A mail every 1/rate seconds; how long each confirmation took."""
    count = int(rate * seconds)
    wait_idle(subject.pids)
    present, before = subject.relay.count(), cpu_seconds(subject.pids)
    sent = send(subject.node.port, first=subject.numbers(count), count=count, sessions=8, rate=rate)
    subject.wait(present + MAILS_OUT * count)
    cpu = cpu_seconds(subject.pids) - before
    seen = {number_of(to): at for at, to, _ in subject.relay.taken()}
    delays = sorted(seen[number] - dot for number, dot in sent.dots.items())
    return Delay(statistics.median(delays), delays[int(len(delays) * 0.99)], delays[-1], cpu * 1000 / count)


def memory(subject: Subject) -> float:
    """Resident MiB of the gateway and its children, once idle."""
    wait_idle(subject.pids)
    return rss_mib(subject.node.pid)


def check(subject: Subject) -> None:
    """Every mail had its one confirmation and its one notification; raises where the figures would mean nothing."""
    taken = subject.relay.taken()
    customers = Counter(number for _, to, _ in taken if (number := number_of(to)) is not None)
    mine = {number: count for number, count in customers.items() if subject.first <= number < subject.next}
    wrong = [number for number in range(subject.first, subject.next) if mine.get(number) != 1]
    if wrong:
        raise RuntimeError(f"{len(wrong)} mails without their one confirmation, such as {wrong[:5]}")
    if len({name for _, _, name in taken}) != len(taken):
        raise RuntimeError("a mail reached the relay twice")
    if sum(1 for _, to, _ in taken if to == AGENT) < len(mine):
        raise RuntimeError("an agent was not notified")


def fill_mailbox(dovecot: Dovecot, user: str, *, first: int, count: int) -> None:
    """Put mails into a Maildir as a delivery agent does, and let Dovecot take note of them."""
    folder = dovecot.root / "mail" / user
    owner = folder.stat()
    for number in range(first, first + count):
        path = folder / "tmp" / f"1700000000.M{number}P1.bench"
        path.write_bytes(mail(number).replace(b"\r\n", b"\n"))
        os.chown(path, owner.st_uid, owner.st_gid)
        path.rename(folder / "new" / path.name)
    dovecot.doveadm("search", "-u", user, "mailbox", "INBOX", "all")


def drain(subject: Subject, dovecot: Dovecot, user: str, count: int, *, rows: Callable[[], int], keyword: str) -> Drain:
    """From the moment at which the gateway may look until the ledger has every mail, and every mail its flag.

    The gateway is frozen while the mailbox is filled. The rest of the loop is kept out as in `accepting`.
    """
    wait_idle(subject.pids)
    subject.node.hold_readers()
    subject.node.freeze()
    present = rows()
    fill_mailbox(dovecot, user, first=subject.numbers(count), count=count)
    before, theirs = cpu_seconds(subject.pids), cpu_seconds([dovecot.running().pid])
    begun = time.monotonic()
    subject.node.freeze(signal.SIGCONT)
    wait_until(lambda: rows() >= present + count, "in the ledger", seconds=120)
    seconds = time.monotonic() - begun
    wait_until(
        lambda: len(dovecot.doveadm("search", "-u", user, "mailbox", "INBOX", "keyword", keyword).split("\n")) > count,
        "flagged",
        seconds=120,
    )
    flagged = time.monotonic() - begun
    cpu = cpu_seconds(subject.pids) - before
    dovecot_cpu = cpu_seconds([dovecot.running().pid]) - theirs
    return Drain(count / seconds, count / flagged, cpu * 1000 / count, dovecot_cpu * 1000 / count)
