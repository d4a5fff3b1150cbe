"""The judge of the crash run finds what it is there to find: each broken promise is planted once."""

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import pytest

from tests.crash import mails
from tests.crash.client import Said
from tests.crash.gateway import AGENTS
from tests.crash.judge import judge
from tests.sink import Received

MAIL = mails.new(1, random.Random(1))


def arrived(to: str, serial: str, *, word: str = MAIL.word, answers: str = "") -> Received:
    """A mail at the sink."""
    message = EmailMessage()
    message["Message-ID"], message["In-Reply-To"] = f"<{serial}@desk>", answers
    message.set_content(f"about {word}\n")
    return Received("us@desk", (to,), message.as_bytes())


@dataclass
class World:
    """A run in which everything went well, until a test changes it; it stands in for the node, too."""

    said: Said = field(default_factory=Said)
    lines: list[str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    reconcile: int = 0

    def __post_init__(self) -> None:
        self.said.note(MAIL)
        self.received = [arrived(MAIL.customer, "c", word="", answers=MAIL.message_id)]
        self.received += [arrived(agent, name) for name, agent in AGENTS.items()]
        self.ledger = [{"digest": sha256(MAIL.raw).hexdigest(), "outcome": "opened"}]
        people = {"c": MAIL.customer, **AGENTS}
        self.outbox = [
            {"message_id": f"<{serial}@desk>", "recipient": to, "state": "sent"} for serial, to in people.items()
        ]

    def asked(self, *words: str) -> list[dict[str, Any]]:
        return self.ledger if words[0] == "ledger" else self.outbox

    def tkt(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(words, self.reconcile, "", "")

    def verdict(self) -> list[str]:
        return judge(self.said, self.received, self, self.lines)


def test_nothing_is_found_where_all_went_well() -> None:
    """One mail, one delivery, one confirmation, everybody told."""
    assert World().verdict() == []


def test_a_mail_that_came_twice_is_forgiven_where_a_line_says_so() -> None:
    """Twice the same bytes, and the journal had its doubt."""
    world = World(lines=["level=warning event=ambiguous message_id=<c@desk>"])
    world.received.append(world.received[0])

    assert world.verdict() == []


PLANTED: dict[str, tuple[Callable[[World], object], str]] = {
    "lost delivery": (lambda w: w.ledger.clear(), "the ledger has nothing"),
    "doubled delivery": (lambda w: w.ledger.append(dict(w.ledger[0])), "the ledger has"),
    "no outcome": (lambda w: w.ledger[0].update(outcome=None), "the ledger has"),
    "stranger in the ledger": (lambda w: w.ledger.append({"digest": "00", "outcome": "opened"}), "nobody was told"),
    "no confirmation": (lambda w: w.received.pop(0), "0 confirmations"),
    "two tickets": (
        lambda w: w.received.append(arrived(MAIL.customer, "d", word="", answers=MAIL.message_id)),
        "2 conf",
    ),
    "agent not told": (lambda w: w.received.pop(), "told only"),
    "wrong person": (lambda w: w.received.append(arrived("eve@people.test", "e")), "reached"),
    "twice without a line": (lambda w: w.received.append(w.received[0]), "no line says"),
    "row that never left": (lambda w: w.outbox.append({**w.outbox[0], "message_id": "<x@desk>"}), "never arrived"),
    "row still waiting": (lambda w: w.outbox[0].update(state="queued"), "still queued"),
    "mail without a row": (lambda w: w.outbox.pop(), "without a row"),
    "refused": (lambda w: w.said.refused.append("550"), "refused with 5xx"),
    "reconcile": (lambda w: setattr(w, "reconcile", 1), "tkt reconcile"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_each_planted_violation_is_found(what: str) -> None:
    """What is wrong is named."""
    plant, words = PLANTED[what]
    world = World()
    plant(world)

    assert any(words in found for found in world.verdict())
