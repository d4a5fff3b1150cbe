"""What an agent's steering lines ask for, gathered line by line."""

from __future__ import annotations

from dataclasses import dataclass

from parsing.message import Address
from rules.policy import Agent
from rules.ticket import Role, Status, Ticket


@dataclass(frozen=True, slots=True)
class Plan:
    """What the lines ask for. `verdicts` are (line number, its text, "fine" or what is wrong).

    `people` are addresses with the part that they are to have, None to take them off; `requester` whose ticket it is to
    be, `merge` the number of the one that it is to be joined into. `risks` are those words of `done` that are done only
    when the agent confirms them.
    """

    ticket: Ticket
    agent: Agent
    status: Status | None = None
    note: bool = False
    help: bool = False
    spam: bool = False
    confirms: str = ""  # the key of an address that works after all
    workaround: bool = False
    customer: str = ""
    people: tuple[tuple[Address, Role | None], ...] = ()
    requester: Address | None = None
    merge: int = 0
    risks: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    verdicts: tuple[tuple[int, str, str], ...] = ()
    broken: bool = False


class Mistake(Exception):
    """A line that can not be done; the text tells the agent why and what would."""
