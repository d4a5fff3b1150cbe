"""Many mails to one agent as one: whoever is on duty in a storm gets a list instead of hundreds of notifications.

Staff are never capped: nothing is left out, it comes together. Answers to what the agent wrote are never bundled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsing.message import Address
from rules.case import Case
from rules.decision import Decision, Notice, Outcome
from rules.ticket import number_text

NOTIFICATIONS = "opened followed_up undelivered late complained told target"
BUNDLED = frozenset(f"agent_{name}" for name in NOTIFICATIONS.split())
AT_ONCE = 500  # mails of one digest; more make the next one
RETURNED = 100_000  # characters of an answer that can not be used, as they go back
# what stands before the address for answers, and in the place of what is cut
WORDS = {
    "en": ("answer to:", "[… the whole is with the ticket]"),
    "fr": ("répondre à\u00a0:", "[… le texte entier est dans le ticket]"),
    "pl": ("odpowiedź na adres:", "[… całość jest przy zgłoszeniu]"),
}
SHORTEST, LONGEST, ALL = 200, 2000, 200_000  # characters that are shown of one mail, and of all of them


@dataclass(frozen=True, slots=True)
class Bundled:
    """One notification of a digest: its ticket (0: none), what it says above the private line, where to answer."""

    ticket: int
    subject: str
    words: str
    answer_to: str


def answers_digest(case: Case) -> Decision | None:
    """An agent replies to the digest itself: it is about no one ticket, so nothing can be done with the words."""
    token, message = case.event.evidence.token, case.event.message
    agent = case.policy.agent_by_address(message.sender)
    if agent is None or token is None or token.role != "agent" or token.ticket or message.automatic:
        return None
    why = "it answers a mail about several tickets; send your words to the address below the ticket's name there"
    values = {"why": why, "lines": [why]}
    text = message.reply_text[:RETURNED]
    notice = Notice("agent_not_sent", agent.mail, "agent", values, text=text, in_reply_to=message.message_id)
    return Decision(Outcome.ACT, f"nothing was done: {why}", notices=(notice,))


def digest(to: Address, items: Sequence[Bundled], *, language: str = "en") -> Notice:
    """The notice for an agent. It belongs to no ticket: each of its tickets has an address of its own for answers."""
    room = min(LONGEST, max(SHORTEST, ALL // max(1, len(items))))
    text = "\n\n".join(_told(item, room, *WORDS.get(language, WORDS["en"])) for item in items)
    return Notice("agent_digest", to, "agent", {"count": len(items)}, text=text)


def _told(item: Bundled, room: int, answer_to: str, cut_here: str) -> str:
    words = item.words.strip()
    cut = words if len(words) <= room else f"{words[:room].rstrip()}\n{cut_here}"
    head = item.subject if number_text(item.ticket) in item.subject else f"{number_text(item.ticket)} {item.subject}"
    indented = "\n".join(f"    {line}".rstrip() for line in cut.splitlines())
    return f"{head}\n{answer_to} {item.answer_to}\n\n{indented}"
