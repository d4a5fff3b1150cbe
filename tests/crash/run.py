"""One crash run: traffic, disasters, quiet, verdict.

A disaster is a SIGKILL at a moment of chance or at a failpoint of chance; with PostgreSQL also a node frozen past its
lease and woken, and the database killed under load. After each, all is started again and the client goes on trying.
"""

import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from tests.crash.client import Client
from tests.crash.gateway import ROOT, Gateway
from tests.crash.judge import judge
from tests.crash.mails import Seen
from tests.crash.traffic import Traffic
from tests.servers import PostgreSQL
from tests.sink import SmtpSink

CONNECTIONS = 8
LEASE_SECONDS = 3
FATE_SECONDS = 1.0
# what every session of the gateway commits to must be on the disk: the store refuses less
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Plan:
    """How much of what."""

    engine: str
    mails: int
    kills: int
    seed: int
    settle_seconds: float = 120.0


@dataclass
class Report:
    """What came of it."""

    plan: Plan
    disasters: Counter[str] = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def text(self) -> str:
        """For a person."""
        plan = self.plan
        words = [f"{plan.engine}: {plan.mails} mails, seed {plan.seed}, {self.seconds:.0f} s"]
        words += [f"  {name:<32}{count:>7}" for name, count in self.counts.items()]
        words += [f"  disaster: {name:<22}{count:>7}" for name, count in sorted(self.disasters.items())]
        words += [f"  VIOLATION {one}" for one in self.violations[:50]]
        words.append(f"  violations{len(self.violations):>24}")
        return "\n".join(words)


def failpoints() -> list[str]:
    """Every place in the gateway where it can be killed."""
    found: set[str] = set()
    for path in sorted((ROOT / "gateway").glob("*.py")):
        found |= set(re.findall(r'failpoint\("([a-z._]+)"\)', path.read_text()))
    return sorted(
        {*found, "out.mail", "out.rcpt"} - {"worker.stale"} - {name for name in found if name.startswith("imap.")}
    )


def crash(plan: Plan) -> Report:
    """The whole run."""
    with ExitStack() as stack:
        sink = stack.enter_context(SmtpSink())
        database = stack.enter_context(PostgreSQL(settings=DURABLE)) if plan.engine == "postgresql" else None
        nodes = [stack.enter_context(node) for node in _nodes(sink, database)]
        return Run(plan, sink, nodes, database).go()


def _nodes(sink: SmtpSink, database: PostgreSQL | None) -> list[Gateway]:
    extra = {"store": {"lease_seconds": LEASE_SECONDS}}
    if database is None:
        return [Gateway(relay_port=sink.port, extra=extra)]
    first = Gateway(relay_port=sink.port, url=database.create_database("crash"), extra=extra)
    return [first, Gateway(relay_port=sink.port, shared=first, extra=extra)]


class Run:
    """The state of one run."""

    def __init__(self, plan: Plan, sink: SmtpSink, nodes: Sequence[Gateway], database: PostgreSQL | None) -> None:
        self.plan, self.sink, self.nodes, self.database = plan, sink, nodes, database
        self.chance = random.Random(plan.seed)
        self.report = Report(plan)
        self.traffic = Traffic(sink, count=plan.mails, chance=random.Random(plan.seed + 1))
        self.client = Client(
            [node.port for node in nodes],
            self.traffic.next_mail,
            connections=CONNECTIONS,
            chance=random.Random(plan.seed + 2),
        )

    def go(self) -> Report:
        """From the first start to the verdict."""
        started = time.monotonic()
        self.nodes[0].prepare()
        for node in self.nodes:
            self._start(node)
        self.client.start()
        for number in range(self.plan.kills):
            self._disaster(number)
        self._end_in_quiet()
        self.report.seconds = time.monotonic() - started
        return self.report

    def _fate(self) -> str:
        """How the next life ends, if not before: at a failpoint, or (half of them) at a moment of chance."""
        if self.chance.random() < 0.4:
            return ""
        # never at the first passing: what is worked on first after a start was in hand when the last life ended, and a
        # mail that ends eight lives is rightly taken for poison
        return f"{self.chance.choice(failpoints())}:kill9@{self.chance.randint(2, 6)}"

    def _disaster(self, number: int) -> None:
        """When so many mails are in, or earlier where a failpoint says so."""
        target = self.plan.mails * (number + 1) // (self.plan.kills + 1)
        said = self.client.said
        while all(node.alive() for node in self.nodes) and not said.wait_for(target, 0.05):
            pass
        for node in self.nodes:
            if node.fate:
                # its turn comes when work passes the place; where none does, the moment of chance comes instead
                with suppress(subprocess.TimeoutExpired):
                    node.running().wait(FATE_SECONDS)
        if not self._revive():
            self._strike(number)

    def _start(self, node: Gateway) -> None:
        """Until it is ready, or its failpoint has ended it already."""
        node.start(failpoints=self._fate(), wait=False)
        node.wait_until(lambda: node.ready() or not node.alive(), "ready", seconds=60, dead=True)

    def _revive(self) -> bool:
        """Whether a failpoint has ended anybody; whom it did lives again."""
        dead = [node for node in self.nodes if not node.alive()]
        for node in dead:
            name = node.fate.partition(":")[0]
            code = node.reap()
            self.report.disasters[f"at {name}"] += 1
            if code != -signal.SIGKILL:
                self.report.violations.append(f"it ended by itself, exit {code}:\n{node.tail()}")
            self._start(node)
        return bool(dead)

    def _strike(self, number: int) -> None:
        victim = self.chance.choice(self.nodes)
        if self.database is not None and number % 5 == 2:
            self.report.disasters["database killed"] += 1
            self.database.stop("immediate")
            self.database.start()
        elif self.database is not None and number % 5 == 4:
            self.report.disasters["frozen past its lease"] += 1
            victim.signal(signal.SIGSTOP)
            # the only event of a lease's end is the time
            self.client.said.wait_for(self.plan.mails + 1, LEASE_SECONDS * 1.5)
            victim.signal(signal.SIGCONT)
        else:
            self.client.said.wait_for(self.plan.mails + 1, self.chance.random() * 0.3)
            self.report.disasters["SIGKILL"] += 1
            victim.kill()
            self._start(victim)

    def _end_in_quiet(self) -> None:
        """Everything runs unharmed until nothing is left to do; then it is stopped, and judged."""
        for node in self.nodes:
            if node.alive() and node.fate:
                node.kill()
            if not node.alive():
                node.start()
        if not self.client.join(self.plan.settle_seconds):
            self.client.stop()
            self.report.violations.append("the client could not get rid of its mails")
        self._settle()
        lines = [line for node in self.nodes for line in node.lines]
        self._count(lines)
        self.report.violations += judge(self.client.said, self.sink.received, self.nodes[0], lines)
        for node in self.nodes:
            node.keep = bool(self.report.violations)
            if (code := node.stop()) != 0:
                self.report.violations.append(f"SIGTERM: exit {code}")
            if orphans := node.orphans():
                self.report.violations.append(f"outlived the gateway: {orphans}")

    def _settle(self) -> None:
        """Until no delivery and no mail waits, by the gateway's own count; what that is worth, the judge sees."""
        try:
            self.nodes[0].wait_until(self.nodes[0].settled, "settled", seconds=self.plan.settle_seconds)
        except RuntimeError as error:
            self.report.violations.append(str(error))

    def _count(self, lines: Sequence[str]) -> None:
        said, taken = self.client.said, [Seen(one) for one in self.sink.received]
        kinds = Counter(mail.kind for mail in said.accepted.values())
        self.report.counts = {
            "mails with a 250": len(said.accepted),
            "of them new": kinds["new"],
            "customers' answers": kinds["answer"],
            "agents' answers and notes": kinds["reply"] + kinds["note"],
            "tries without a 250": said.retries,
            "taken in again (no second one)": sum("event=accepted" in line and " again " in line for line in lines),
            "mails at the sink": len(self.sink.received),
            "of them a second time": len(taken) - len({(seen.id, seen.recipient) for seen in taken}),
            "ambiguous, says the journal": sum("ambiguous" in line for line in lines),
            "kills and crashes": self.report.disasters.total(),
        }
