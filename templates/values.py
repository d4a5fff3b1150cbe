"""What a notice may say: the decision's values, and what ticket and policy say of themselves, under fixed names.

Every name that a notice of ours uses stands here or is given by the decision; one that is optional is empty here, so
that a notice reads well without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from parsing.message import Permanent
from rules.decision import Notice
from rules.policy import Policy
from rules.ticket import Role, Ticket
from templates import clean, dates
from templates.languages import Words
from templates.limits import Limits
from templates.phrases import told
from templates.render import block, plain_data

OPTIONAL: Mapping[str, Any] = dict.fromkeys(
    "answer_by close_on asked_by asked_at question since reopen_until writer verified words page more rule happened "
    "linked machine assignee customer subject recipient notice_words reply advice muted hours why name count "
    "confirm changed mailed promise unproven".split(),
    "",
) | dict.fromkeys("attachments earlier done left_out lines joined named in_cc held earlier_held".split(), ())
BLOCKS = frozenset({"words", "page", "question", "text"})
HELP = "agent_help"
FINE = "fine"
LINE_SHOWN = 44


def values_for(
    notice: Notice, *, policy: Policy, ticket: Ticket | None, now: datetime, language: str, limits: Limits
) -> dict[str, Any]:
    """Every value of a notice, as plain data; the decision's win over our own."""
    book = dates.almanac(now=now, zone=policy.time_zone, language=language)
    values = {
        **OPTIONAL,
        **of_desk(notice, policy, book),
        **of_ticket(ticket, policy, limits, book.words),
        "text": own_words(notice.text, limits),
        **{key: given(key, value, limits, book.words) for key, value in notice.values.items()},
    }
    for who in ("asked_by", "assignee"):
        values[who] = known_person(str(values[who] or ""), policy, first=notice.role == "customer")
    values["in_copy"] = notice.role == "customer" and ticket is not None and ticket.role_of(notice.to) is Role.CC
    values["colleague"] = notice.role == "agent" and policy.agent_by_name(str(values["writer"])) is not None
    lines = [line if isinstance(line, list) and len(line) == 3 else [0, "", str(line)] for line in values["lines"]]
    return {**values, "transcript": transcript(lines, book.words), "wrong": wrong_lines(lines)}


def given(key: str, value: Any, limits: Limits, words: Words) -> Any:
    """One of the decision's values: only words that people wrote have many lines; names of things become a list."""
    if isinstance(value, Mapping):
        shown = {str(name): str(label) for name, label in value.items()}
        value = list(shown.values()) if key == "statuses" else names(shown)
    return block(value, limits, words) if key in BLOCKS and isinstance(value, str) else plain_data(value, limits)


def own_words(text: str, limits: Limits) -> str:
    """An agent's words, never cut: what is too long for one mail raises `Permanent`."""
    if len(text) > limits.words:
        raise Permanent(f"a text of {len(text)} characters is too long for a mail")
    return clean.body(text).strip("\n").rstrip()


def of_desk(notice: Notice, policy: Policy, book: dates.Almanac) -> dict[str, Any]:
    """The desk, the person written to, and examples for the steering lines."""
    agent = policy.agent_by_address(notice.to)
    others = [one.key for one in policy.agents if agent is None or one.key != agent.key]
    return {
        "desk": clean.line(policy.name),
        "zone": dates.zone_name(book),
        "at": book.now,
        "first_name": clean.given_name(notice.to.name),
        "you": first_name(agent.name) if agent else clean.given_name(notice.to.name),
        "someone": next(iter(others), "NAME"),
        "some_priority": next(iter(policy.priorities), "NAME"),
        **(of_help(policy) if notice.name == HELP else {}),
    }


def of_help(policy: Policy) -> dict[str, Any]:
    """Everything that can be named in a steering line."""
    return {
        "statuses": list(policy.statuses.values()),
        "priorities": names(policy.priorities),
        "categories": names(policy.categories),
        "people": names({one.key: one.name for one in policy.agents}),
    }


def of_ticket(ticket: Ticket | None, policy: Policy, limits: Limits, words: Words) -> dict[str, Any]:
    """The ticket as people call things; empty words when there is none."""
    if ticket is None:
        return {"ticket": "", "status": "", "priority": "", "category": "", "some_category": "NAME"}
    who = ticket.requester
    return {
        "ticket": ticket.name,
        "status": policy.statuses.get(ticket.status, ticket.status.value),
        "priority": policy.priorities.get(ticket.priority, ticket.priority),
        "category": policy.categories.get(ticket.category, ticket.category),
        "some_category": next((key for key in policy.categories if key != ticket.category), "NAME"),
        "customer": (clean.given_name(who.name) or clean.line(who.name) or clean.line(who.address)) if who else "",
        "in_cc": [clean.line(one.address) for one in ticket.in_copy] if policy.copies else [],
        "assignee": ticket.assignee or "",
        "asked_by": ticket.asked_by,
        "asked_at": ticket.asked_at,
        "question": block(ticket.question, limits, words),
    }


def names(labels: Mapping[str, str]) -> list[str]:
    """What can be written behind a steering word: the key, and what people call it when that is another word."""
    return [
        key if label.lower() in (key.lower(), key.replace("_", " ")) else f"{key} ({label})"
        for key, label in labels.items()
    ]


def first_name(name: str) -> str:
    """How colleagues and customers call an agent: the first word of the name in the desk's file."""
    return clean.line(name).split(" ")[0]


def known_person(text: str, policy: Policy, *, first: bool) -> str:
    """The name of the agent whose key, name or address `text` is; any other text as it is."""
    agent = policy.agent_by_name(text) if text else None
    if agent is None:
        return clean.line(text)
    return first_name(agent.name) if first else agent.name


def transcript(lines: Sequence[Sequence[Any]], words: Words) -> str:
    """The lines that were read, each with its verdict in a second column."""
    width = min(LINE_SHOWN, max((len(text) for _, text, _ in lines), default=0))
    said = [(number, text, told(verdict, words=words)) for number, text, verdict in lines]
    rows = [f"{number}  {text:<{width}}  {verdict}" if number else verdict for number, text, verdict in said]
    return "\n".join(rows)


def wrong_lines(lines: Sequence[Sequence[Any]]) -> list[int]:
    """The numbers of the lines that were not fine."""
    return [number for number, _, verdict in lines if number and verdict != FINE]
