"""The order of the measures on one engine, and the aims: fresh nodes, a relay, and rows for the table."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from gateway.imap import KEYWORD
from tests.bench import calibration, explaining, measures, raw, ruling
from tests.bench.fill import fill_postgresql, fill_sqlite
from tests.bench.measures import Subject
from tests.bench.node import Node, wait_until
from tests.bench.raw import Cost
from tests.bench.table import Row
from tests.bench.tools import Relay
from tests.servers import Dovecot, PostgreSQL

USER = "support@imap.example.test"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Plan:
    """How many mails each measure takes, and for how long at most: a slow machine takes fewer mails, not more time."""

    raw: int = 3000
    warm: int = 200
    accept: int = 3000
    loop: int = 1800
    long: int = 20_000
    seconds: float = 20.0  # of a loop
    long_seconds: float = 90.0
    steady_rate: float = 50.0
    steady_seconds: float = 60.0
    imap: int = 5000
    explain: int = 1000
    tickets: int = 200_000


QUICK = Plan(raw=1000, accept=1000, loop=800, long=3000, steady_seconds=5.0, imap=1000, explain=400, tickets=20_000)


@dataclass
class Bench:
    """What all measures share; `rows` grows. Numbers of mails and names of databases are never given twice."""

    folder: Path
    plan: Plan
    only: frozenset[str]
    postgresql: PostgreSQL | None = None
    rows: list[Row] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_000, 1_000_000))
    names: Iterator[int] = field(default_factory=itertools.count)
    limits: dict[str, Cost] = field(default_factory=dict)
    say: Callable[[str], None] = print
    wheres: list[str] = field(default_factory=list)

    def wants(self, name: str) -> bool:
        """Whether a measure was asked for."""
        return not self.only or name in self.only

    def add(self, row: Row) -> None:
        """Keep a figure, and say it at once."""
        self.rows.append(row)
        self.say(f"  {row.engine:10} {row.what}: {' '.join(row.words()[2:5])} {row.beside}")


@contextmanager
def running(bench: Bench, engine: str, **words: object) -> Iterator[Subject]:
    """A fresh node on a fresh store; its figures count only if every mail had what is due to it."""
    with ExitStack() as stack:
        relay = stack.enter_context(Relay())
        node = fresh(bench, engine, relay, **words)
        stack.enter_context(node)
        subject = Subject(node, relay, database=_database(bench, engine), first=next(bench.numbers))
        warm_up(bench, subject)
        yield subject
        measures.check(subject)


def warm_up(bench: Bench, subject: Subject) -> None:
    """The first mails are not counted; they tell the pace."""
    subject.pace = measures.loop(subject, bench.plan.warm).rate


def fitting(count: int, subject: Subject, seconds: float) -> int:
    """So many mails, or as many as the time allows at this node's pace."""
    return min(count, max(100, int(subject.pace * seconds)))


def fresh(bench: Bench, engine: str, relay: Relay, **words: object) -> Node:
    """A node that has not been started."""
    name = f"node{next(bench.names)}"
    url = None
    if engine == POSTGRESQL and bench.postgresql is not None:
        url = bench.postgresql.create_database(name)
    return Node(bench.folder / name, url=url, relay_port=relay.port, **words)  # type: ignore[arg-type]  # passed on


def _database(bench: Bench, engine: str) -> int | None:
    return bench.postgresql.running().pid if engine == POSTGRESQL and bench.postgresql else None


def raw_limits(bench: Bench) -> None:
    """Beside these everything else is seen."""
    count, speed = bench.plan.raw, calibration.cpu_ms()
    found = {"discard": raw.discarding(count), SQLITE: raw.on_sqlite(bench.folder, count)}
    if bench.postgresql is not None:
        found[POSTGRESQL] = raw.on_postgresql(bench.postgresql, count)
    bench.limits.update(found)
    for name, cost in found.items():
        what = "bare aiosmtpd, discards" if name == "discard" else "bare aiosmtpd, commits the bytes"
        store = "-" if name == "discard" else name
        bench.add(Row(store, what, cost.rate, "mails/s", calibration=speed, beside=f"{cost.cpu_ms:.2f} ms CPU a mail"))


def rules(bench: Bench) -> None:
    """A thousand and ten thousand rules of one desk."""
    for count, seconds in ((1000, 1.0), (10_000, 5.0)):
        cost, speed = ruling.measure(count), calibration.cpu_ms()
        beside = f"the dearest of {ruling.MAILS} mails {cost.worst:.2f} ms"
        bench.add(Row("-", f"{count:,} rules, CPU", cost.middle, "ms/mail", 2.0, calibration=speed, beside=beside))
        beside = f"{cost.wall:.2f} s on this machine, as busy as it was"
        bench.add(Row("-", f"{count:,} rules loaded, CPU", cost.load, "s", seconds, calibration=speed, beside=beside))


def explain(bench: Bench) -> None:
    """A folder of our own mails in one call, and one of four times as many."""
    few, many, base = (bench.folder / name for name in ("few", "many", "base"))
    explaining.fill(few, bench.plan.explain)
    explaining.fill(many, 4 * bench.plan.explain)
    small, large = explaining.explained(few, base=base), explaining.explained(many, base=base)
    dearest = explaining.slowest(few, base=base)
    what, speed = f"tkt explain --json, {small.mails} mails", calibration.cpu_ms()
    beside = f"{large.cpu_ms:.2f} ms with {large.mails}; the dearest mail {dearest[0][0]:.1f} ms"
    bench.add(Row("-", f"{what}, CPU", small.cpu_ms, "ms/mail", 3.0, calibration=speed, beside=beside))
    growth, beside = (
        large.rss_mib - small.rss_mib,
        f"{small.rss_mib:.0f} MiB, {large.rss_mib:.0f} MiB with {large.mails}",
    )
    bench.add(Row("-", f"{what}, growth of RSS", growth, "MiB", 10, beside=beside))
    for cost, name in dearest:
        bench.say(f"    {cost:8.2f} ms  {name}")


def life(bench: Bench, engine: str) -> None:
    """One long-lived node: loop, memory, accepting, a steady pace, the long loop, memory again; then a full store."""
    plan = bench.plan
    with running(bench, engine) as subject:
        first = measures.loop(subject, fitting(plan.loop, subject, plan.seconds))
        if bench.wants("loop"):
            _loop(bench, engine, first, "whole loop")
        small = measures.memory(subject)
        if bench.wants("accept"):
            _accept(bench, engine, measures.accepting(subject, fitting(plan.accept, subject, plan.seconds)))
        if bench.wants("steady"):
            _steady(bench, engine, measures.steady(subject, rate=plan.steady_rate, seconds=plan.steady_seconds))
        if bench.wants("memory"):
            _memory(bench, engine, subject, small)


def _loop(bench: Bench, engine: str, cost: measures.Loop, what: str, *, dkim: bool = False) -> None:
    aim = (4.0 if dkim else 3.0) if engine == SQLITE else 5.0
    limit = bench.limits.get(engine)
    beside = f"{cost.rate:.0f} mails/s; 250s at {cost.accepting:.0f}/s meanwhile"
    if limit:
        beside += f"; {cost.cpu_ms / limit.cpu_ms:.1f} x bare commit"
    bench.wheres.append(f"{engine}, {what}: {cost.where}")
    bench.add(Row(engine, f"{what}, CPU", cost.cpu_ms, "ms/mail", aim, calibration=calibration.cpu_ms(), beside=beside))


def _accept(bench: Bench, engine: str, cost: measures.Loop) -> None:
    limit, speed = bench.limits.get(engine), calibration.cpu_ms()
    aim = 1.5 * limit.cpu_ms if limit else None
    times = f"{cost.cpu_ms / limit.cpu_ms:.2f} x bare commit" if limit else ""
    share = f"{limit.rate / cost.rate:.2f} x bare commit's time" if limit else ""
    least = limit.rate / 1.5 if limit else None
    bench.add(Row(engine, "accepting, CPU", cost.cpu_ms, "ms/mail", aim, calibration=speed, beside=times))
    bench.add(Row(engine, "accepting", cost.rate, "mails/s", least, "over", calibration=speed, beside=share))


def _steady(bench: Bench, engine: str, delay: measures.Delay) -> None:
    speed, pace = calibration.cpu_ms(), f"at {bench.plan.steady_rate:g} mails/s"
    bench.add(Row(engine, f"dot to confirmation {pace}, p50", delay.median * 1000, "ms", calibration=speed))
    beside = f"worst {delay.worst * 1000:.0f} ms; {delay.cpu_ms:.2f} ms CPU a mail"
    bench.add(Row(engine, f"dot to confirmation {pace}, p99", delay.p99 * 1000, "ms", 1000, beside=beside))


def _memory(bench: Bench, engine: str, subject: Subject, small: float) -> None:
    """RSS again after many mails more."""
    plan, done = bench.plan, subject.next - subject.first
    rest = fitting(max(1, plan.long - done), subject, plan.long_seconds)
    cost = measures.loop(subject, rest)
    large = measures.memory(subject)
    _loop(bench, engine, cost, f"whole loop, {rest} mails more")
    beside = f"{small:.0f} MiB after {plan.warm} and a loop, {large:.0f} MiB after {done + rest} mails"
    bench.add(Row(engine, "growth of RSS", large - small, "MiB", 10, beside=beside))


def dkim(bench: Bench, engine: str) -> None:
    """The loop with signatures."""
    with running(bench, engine, dkim=True) as subject:
        count = fitting(bench.plan.loop, subject, bench.plan.seconds)
        _loop(bench, engine, measures.loop(subject, count), "whole loop with DKIM", dkim=True)


def full(bench: Bench, engine: str) -> None:
    """The loop on a nearly empty store, and at once again with 200,000 tickets in it."""
    plan = bench.plan
    with ExitStack() as stack:
        relay = stack.enter_context(Relay())
        node = fresh(bench, engine, relay)
        with node:
            subject = Subject(node, relay, database=_database(bench, engine), first=next(bench.numbers))
            warm_up(bench, subject)
            empty = measures.loop(subject, fitting(plan.loop, subject, plan.seconds))
        tickets = _fill(bench, node, plan.tickets)
        with node:
            again = Subject(node, relay, database=_database(bench, engine), first=next(bench.numbers))
            warm_up(bench, again)
            cost = measures.loop(again, fitting(plan.loop, again, plan.seconds))
            measures.check(again)
    beside = f"{cost.cpu_ms:.2f} against {empty.cpu_ms:.2f} ms/mail, {cost.rate:.0f} against {empty.rate:.0f} mails/s"
    what = f"whole loop, {tickets:,} tickets against few"
    times, speed = cost.cpu_ms / empty.cpu_ms, calibration.cpu_ms()
    bench.add(Row(engine, what, times, "x CPU", 1.2, beside=beside, calibration=speed))


def _fill(bench: Bench, node: Node, tickets: int) -> int:
    if node.url.startswith("sqlite"):
        return fill_sqlite(Path(node.url.removeprefix("sqlite:///")), tickets)
    if bench.postgresql is None:
        raise RuntimeError("no PostgreSQL")
    return fill_postgresql(bench.postgresql.conninfo(node.folder.name), tickets)


def imap(bench: Bench, engine: str) -> None:
    """A mailbox that fills while the gateway is away for a moment."""
    with ExitStack() as stack:
        dovecot, relay = stack.enter_context(Dovecot()), stack.enter_context(Relay())
        mailbox = {
            "name": "support",
            "desk": "support",
            "host": "127.0.0.1",
            "port": dovecot.port,
            "tls": "none",
            "user": USER,
            "password": {"env": "BENCH_PASSWORD"},
            "start": "all",
            "after": "flag",
        }
        dovecot.deliver(USER, b"From: a@b.example\r\nSubject: the first\r\n\r\nHello\r\n")
        node = fresh(bench, engine, relay, mailbox=mailbox, environment={"BENCH_PASSWORD": Dovecot.password})
        with node:
            subject = Subject(node, relay, database=_database(bench, engine), first=next(bench.numbers))
            rows = counter(bench, node)
            wait_until(lambda: rows() > 0, "read to its end", seconds=60)
            cost = measures.drain(subject, dovecot, USER, bench.plan.imap, rows=rows, keyword=KEYWORD)
            node.kill()
    beside = f"{cost.flagged_rate:.0f}/s until flagged; {cost.cpu_ms:.2f} ms CPU a mail, Dovecot {cost.dovecot_ms:.2f}"
    what = f"IMAP drain of {bench.plan.imap} mails"
    bench.add(Row(engine, what, cost.rate, "mails/s", 2000, "over", beside, calibration.cpu_ms()))


def counter(bench: Bench, node: Node) -> Callable[[], int]:
    """Asks the ledger itself how many rows it has."""
    if node.url.startswith("sqlite"):
        path = node.url.removeprefix("sqlite:///")
        return lambda: _count_sqlite(path)
    if bench.postgresql is None:
        raise RuntimeError("no PostgreSQL")
    conninfo = bench.postgresql.conninfo(node.folder.name)
    return lambda: _count_postgresql(conninfo)


def _count_sqlite(path: str) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        return int(conn.execute("SELECT coalesce(max(id), 0) FROM delivery").fetchone()[0])


def _count_postgresql(conninfo: str) -> int:
    with psycopg.connect(conninfo) as conn:
        found = conn.execute("SELECT count(*) FROM delivery").fetchone()
        return int(found[0]) if found else 0
