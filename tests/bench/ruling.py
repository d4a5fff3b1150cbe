"""What many rules cost: reading them, and asking them about a mail.

The desk is made here, of a made-up vocabulary: words and phrases, expressions, addresses, headers, the ticket, in the
shares in which a large desk would have them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.desks import policies_of
from parsing.message import Address, Message, Span
from rules.engine import run_rules
from rules.occasion import Occasion
from rules.policy import Policy
from tests.rules.worlds import NOW, ticket

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DESK = """\
desk: many
name: Many rules
address: support@many.example
people:
  marie: {name: Marie Petit, mail: marie@many.example}
"""
IN_ONE_FILE = 2500
MAILS = 200


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU to load the rules, and how long it took; milliseconds of CPU a mail, the middle and the worst."""

    load: float
    wall: float
    middle: float
    worst: float


def vocabulary(chance: random.Random, words: int = 20_000) -> list[str]:
    """Made-up words."""
    return ["".join(chance.choices(LETTERS, k=chance.randint(4, 10))) for _ in range(words)]


def rules(count: int, words: list[str], chance: random.Random) -> Iterator[str]:
    """So many rules, each in a line of YAML."""
    for number in range(count):
        a, b, c, d = chance.sample(words, 4)
        when = (
            f"words contain one of: [{a} {b}, {c}*]",
            f"subject contains: {a}, not: {{body contains: {b}}}",
            f"body contains one of: [{a}, {b}, {c}], sender is: '@{d}.example'",
            f"subject matches: '\\b{a}[- ]?[0-9]{{4}}\\b'",
            f"body matches: '{a} ({b}|{c})'",
            f"sender is one of: [{a}@{b}.example, '@{c}.example']",
            f"header.x-{a} contains: {b}",
            f"any: [{{subject contains: {a} {b}}}, {{attachment ends with: .{c}}}]",
            f"words contain: {a} {b} {c}",
            f"category is: billing, body contains: {d}",
        )[number % 10]
        then = f"priority: P{number % 4 + 1}, add_tag: t{number}"
        yield f"  - {{rule: Rule {number}, when: {{{when}}}, then: {{{then}}}}}"


def texts(count: int, words: list[str], chance: random.Random) -> dict[str, str]:
    """The files of a desk with so many rules."""
    lines = list(rules(count, words, chance))
    files = {"desk.yaml": DESK}
    for start in range(0, count, IN_ONE_FILE):
        files[f"rules/{start:05d}.yaml"] = "rules:\n" + "\n".join(lines[start : start + IN_ONE_FILE]) + "\n"
    return files


def mails(words: list[str], chance: random.Random) -> Iterator[Message]:
    """Mails of the usual length."""
    for _ in range(MAILS):
        body = " ".join(chance.choices(words, k=chance.randint(20, 300)))
        subject = " ".join(chance.choices(words, k=6))
        sender = Address(f"{chance.choice(words)}@{chance.choice(words)}.example")
        yield Message(subject=subject, sender=sender, text=body, spans=(Span("new", body),))


def measure(count: int) -> Cost:
    """Load a desk of so many rules and ask them about each mail."""
    chance = random.Random(5)
    words = vocabulary(chance)
    files = texts(count, words, chance)
    begun, cpu = time.perf_counter(), time.process_time()
    (policy,) = policies_of({"desks/many": files}).values()
    load, wall = time.process_time() - cpu, time.perf_counter() - begun
    costs = sorted(_asked(policy, mail) for mail in mails(words, chance))
    return Cost(load, wall, costs[len(costs) // 2], costs[-1])


def _asked(policy: Policy, mail: Message) -> float:
    """Milliseconds of CPU."""
    fresh = ticket(priority="P3", category="general", assignee=None)
    begun = time.process_time()
    run_rules(policy, Occasion(frozenset({"opened"}), fresh, NOW, message=mail, recipients=("support@many.example",)))
    return 1000 * (time.process_time() - begun)
