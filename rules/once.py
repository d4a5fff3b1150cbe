"""What every answer to a single-use token has in common: who gave it, to what, in which words, and whether in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from parsing.commands import Commands, split_commands
from rules.case import Case
from rules.facts import Asked
from rules.policy import Agent
from rules.relay import own_words

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answer:
    """An agent's mail that answers `asked`, with a proof that was mailed to them."""

    case: Case
    agent: Agent
    asked: Asked

    @property
    def commands(self) -> Commands:
        """Their steering lines, and the words below them."""
        above, _ = own_words(span for span in self.case.event.message.spans if span.kind != "signature")
        return split_commands(above)

    @property
    def why_not(self) -> str:
        """Why the token does nothing any more; "" while it is fresh."""
        if self.asked.state == "used":
            return f"it was used already, by your mail D{self.asked.used_by}; nothing is done twice"
        return "its time is over; nothing was done" if self.asked.state == "expired" else ""
