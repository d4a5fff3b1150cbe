"""Storms for real: sign-ups in one victim's name, and a thousand strangers at once, against a running gateway.

`python -m tests.storm` sends 10,000 of each and tells what came of them; `make test` plays it with fewer.
"""

import random
import smtplib
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from tests.crash.gateway import AGENTS, DESK, Gateway
from tests.running import HOST
from tests.sink import SmtpSink

VICTIM = "victim@elsewhere.example.test"
CLIENTS, OF_A_SESSION = 8, 80
BREAKER = 20  # automatic mails in ten minutes: so that a small storm opens it too
LIMITS = {"staff_10min": 30, "breaker_10min": BREAKER}
RED, FLOOD = "automatic mail is stopped", "too much mail from one address"


@dataclass(frozen=True)
class Told:
    """What was seen: mails at the sink by recipient, outcomes of the ledger, red lines, and what /metrics says."""

    at_sink: Counter[str]
    outcomes: dict[str, int]
    red: tuple[str, ...]
    breaker_open: bool
    seconds: float


def mail(author: str, number: int, chance: random.Random) -> bytes:
    """A mail in words of its own."""
    words = " ".join("".join(chance.choices(ascii_lowercase, k=7)) for _ in range(12))
    head = f"From: <{author}>\r\nTo: <{DESK}>\r\nSubject: {words[:15]}\r\nMessage-ID: <{number}@storm.example.test>\r\n"
    return f"{head}Date: Fri, 6 Nov 2026 09:00:00 +0000\r\n\r\nWelcome, {words}.\r\n".encode()


def send(port: int, mails: Iterable[tuple[str, bytes]]) -> None:
    """Over a few connections at once, each until its 250."""

    def session(some: list[tuple[str, bytes]]) -> None:
        with smtplib.SMTP(HOST, port, timeout=60) as client:
            for author, raw in some:
                client.sendmail(author, [DESK], raw)

    waiting = list(mails)
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(session, (waiting[at : at + OF_A_SESSION] for at in range(0, len(waiting), OF_A_SESSION))))


def for_one_victim(count: int) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(1)
    return ((VICTIM, mail(VICTIM, number, chance)) for number in range(count))


def of_strangers(count: int) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(2)
    return (
        (author, mail(author, 1_000_000 + number, chance))
        for number, author in ((n, f"stranger{n}@people.example.test") for n in range(count))
    )


def play(node: Gateway, sink: SmtpSink, mails: Iterable[tuple[str, bytes]], *, seconds: float) -> Told:
    """Send them, wait until all is decided and sent, and look."""
    began, before = time.monotonic(), len(sink.received)
    send(node.port, mails)
    node.wait_until(node.settled, "settled", seconds=seconds)
    took = time.monotonic() - began
    status = node.asked("status")
    return Told(
        at_sink=Counter(one.recipients[0] for one in sink.received[before:]),
        outcomes={str(name): int(number) for name, number in status["outcomes"].items()},
        red=tuple(alarm["name"] for alarm in status["alarms"]),
        breaker_open=node.metrics().get("tkt_breaker_open") == 1,
        seconds=took,
    )


def ten_minutes_later(node: Gateway) -> None:
    """All outgoing mail was made ten minutes earlier than it was, by the database's time."""
    with sqlite3.connect(Path(node.url.removeprefix("sqlite:///")), timeout=60) as db:
        db.execute("UPDATE outbox SET created_db = created_db - 600000000")


def main() -> None:
    """The whole storm, told as it goes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with SmtpSink() as sink, Gateway(relay_port=sink.port, limits=LIMITS) as node:
        node.prepare()
        node.start()
        for what, mails in (("one victim", for_one_victim(count)), ("strangers", of_strangers(count))):
            told = play(node, sink, mails, seconds=3600)
            agents = {name: told.at_sink.pop(address, 0) for name, address in AGENTS.items()}
            print(f"{count} mails, {what}: {told.seconds:.0f} s; to agents {agents}")
            print(f"  to others {sum(told.at_sink.values())}, to the victim {told.at_sink[VICTIM]}")
            print(f"  ledger {told.outcomes}; red {told.red}; breaker open {told.breaker_open}", flush=True)
        node.wait_until(lambda: node.metrics().get("tkt_breaker_open") == 1, "the breaker open")
        ten_minutes_later(node)
        node.wait_until(lambda: node.metrics().get("tkt_breaker_open") == 0, "the breaker closed")
        node.wait_until(lambda: node.rows("mail", "bundled") == 0 and node.settled(), "bundled", seconds=300)
        digests = [one for one in sink.received if b"in one" in one.data[:3000]]
        print(f"ten minutes later: breaker closed, {len(digests)} digests of {node.rows('mail', 'digested'):.0f} mails")
        node.stop()


if __name__ == "__main__":
    main()
