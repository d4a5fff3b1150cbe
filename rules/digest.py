"""Many mails to one agent as one: whoever is on duty in a storm gets a list instead of hundreds of notifications.

Staff are never capped: nothing is left out, it comes together. Answers to what the agent wrote are never bundled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsing.message import Address
from rules.decision import Notice
from rules.ticket import number_text

BUNDLED = frozenset({"agent_opened", "agent_followed_up", "agent_undelivered", "agent_late", "agent_complained"})
AT_ONCE = 500  # mails of one digest; more make the next one
SHORTEST, LONGEST, ALL = 200, 2000, 200_000  # characters that are shown of one mail, and of all of them


@dataclass(frozen=True, slots=True)
class Bundled:
    """One notification of a digest: its ticket (0: none), what it says above the private line, where to answer."""

    ticket: int
    subject: str
    words: str
    answer_to: str


def digest(to: Address, items: Sequence[Bundled]) -> Notice:
    """The notice for an agent. It belongs to no ticket: each of its tickets has an address of its own for answers."""
    room = min(LONGEST, max(SHORTEST, ALL // max(1, len(items))))
    text = "\n\n".join(_told(item, room) for item in items)
    return Notice("agent_digest", to, "agent", {"count": len(items)}, text=text)


def _told(item: Bundled, room: int) -> str:
    words = item.words.strip()
    cut = words if len(words) <= room else f"{words[:room].rstrip()}\n[… the whole is with the ticket]"
    head = item.subject if number_text(item.ticket) in item.subject else f"{number_text(item.ticket)} {item.subject}"
    indented = "\n".join(f"    {line}".rstrip() for line in cut.splitlines())
    return f"{head}\nanswer to: {item.answer_to}\n\n{indented}"
