"""`tkt show`: a ticket's whole timeline, with the words of each message and the reason for each step.

The words of what was received are read from the raw mails again; nothing of them is kept a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich.text import Text

from gateway.config import Config
from gateway.printable import printable
from gateway.raw_mails import Words, raw_of, read_words
from gateway.reading import reading, ticket_number
from gateway.reasons import told_trace
from gateway.tables import STYLES, console, moment, picked, print_below, print_json
from gateway.views import MAIL_KEYS, who
from gateway.views import ticket_words as words_of_ticket
from gateway.whereabouts import whereabouts
from parsing.message import Permanent
from rules.event import delivery_key
from rules.ticket import Role, number_text
from store.tickets import Timeline, timeline

LINES = 6  # of a message, unless --full
LONGEST_LINE = 2000
PARTS = {Role.REQUESTER: "also the customer's", Role.CC: "in Cc", Role.NAMED: "in Cc, not written to"}
ENTRY_KEYS = ("id", "at", "kind", "who", "summary", "why", "internal", "text", "delivery")
DECISION_KEYS = ("event", "at", "outcome", "reason", "policy", "trace", "facts")
DELIVERY_KEYS = ("id", "received_at", "channel", "envelope_from", "envelope_to", "outcome", "reason", "digest", "size")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story: when, what, the reason for it, the words, and the trace of the decision."""

    at: datetime
    what: str
    why: str = ""
    words: tuple[str, ...] = ()
    trace: tuple[str, ...] = field(default=())


def show(config: Config, text: str, *, json: bool, why: bool, full: bool) -> None:
    """What happened, who did it, why, which mails left and what became of them. Raises `Permanent`: no such ticket."""
    number = ticket_number(text)
    with reading(config) as db:
        found = db.read_now(lambda conn: timeline(conn, number))
        if found is None:
            raise Permanent(f"there is no {number_text(number)}; `tkt tickets` lists those that are there")
        written = {row["delivery"] for row in found.entries if row["kind"] == "message"}
        mails = [row for row in found.deliveries if row["id"] in written]
        raws = db.read_now(lambda conn: raw_of(conn, mails))
    words = read_words(raws)
    if json:
        print_json(_json(found, words))
        return
    _print_head(found)
    for step in sorted(_story(found, words, every_step=why), key=lambda step: step.at):
        _print_step(step, lines=None if full else LINES)
    _print_timers(found)


def _json(found: Timeline, words: Mapping[int, Words]) -> dict[str, Any]:
    def entry(row: Mapping[str, Any]) -> dict[str, Any]:
        said = words.get(row["delivery"]) if row["kind"] == "message" else None
        text = said.text if said else row["text"]
        return {**picked(row, ENTRY_KEYS), "text": text, "attachments": list(said.attachments) if said else []}

    return {
        **words_of_ticket(found.ticket),
        "entries": [entry(row) for row in found.entries],
        "mails": [picked(row, MAIL_KEYS) for row in found.mails],
        "attempts": [picked(row, ("outbox", "at", "recipient", "relay", "result", "reply")) for row in found.attempts],
        "decisions": [picked(row, DECISION_KEYS) for row in found.decisions],
        "timers": [picked(row, ("id", "kind", "due_at", "state")) for row in found.timers],
        "deliveries": [picked(row, DELIVERY_KEYS) for row in found.deliveries],
    }


def _print_head(found: Timeline) -> None:
    ticket = found.ticket
    state = Text(ticket.status.value, style=STYLES.get(ticket.status.value, ""))
    agent = ticket.assignee or "nobody yet"
    console().print(Text(f"{ticket.name}  {printable(ticket.subject)}", style="bold"))
    console().print(state + Text(printable(f"  {ticket.priority}  {ticket.category}")))
    console().print(Text(printable(f"customer {who(ticket.requester)}, agent {agent}, desk {ticket.desk}")))
    if marks := [*ticket.tags, *(f"{key}: {text}" for key, text in ticket.fields)]:
        console().print(Text(printable(f"tags {', '.join(marks)}", LONGEST_LINE)))
    if found.decisions:
        policy = found.decisions[-1]["policy"]
        console().print(Text(f"by the desk's files {policy[:12]}, when it was last decided upon", style="dim"))
    for role, words in PARTS.items():
        people = [who(one.address) for one in ticket.participants if one.role is role and one.left_at is None]
        if people:
            console().print(Text(printable(f"{words} {', '.join(people)}", LONGEST_LINE)))
    if ticket.merged_into:
        console().print(Text(f"joined into {number_text(ticket.merged_into)}"))
    if ticket.linked_to:
        console().print(Text(f"goes on from {number_text(ticket.linked_to)}"))
    console().print()


def _story(found: Timeline, words: Mapping[int, Words], *, every_step: bool) -> Iterator[Step]:
    """Every entry, every mail and every try that failed."""
    decisions = {row["event"]: row for row in found.decisions}
    told: set[str] = set()
    for row in found.entries:
        event = delivery_key(row["delivery"], again=True)  # the last decision: it may have been held before
        if event not in decisions:
            event = delivery_key(row["delivery"])
        decision = None if event in told else decisions.get(event)
        told.add(event)
        trace = tuple(told_trace(decision["trace"], every_step=every_step)) if decision else ()
        private = " (internal)" if row["internal"] and row["kind"] == "note" else ""
        why = row["why"] or (decision["reason"] if decision else "")
        yield Step(row["at"], f"{row['who']}: {row['summary']}{private}", why, tuple(_said(row, words)), trace)
    for row in found.mails:
        place = whereabouts(row, holding=found.holds_outgoing)
        yield Step(row["created_at"], f"→ {row['recipient']}: {row['notice'].replace('_', ' ')}, {place}")
    for row in found.attempts:
        yield Step(row["at"], f"→ {row['recipient']}: tried, {row['result']}: {row['reply']}")


def _said(row: Mapping[str, Any], words: Mapping[int, Words]) -> Iterator[str]:
    """The words of an entry: a message's own, else what an agent wrote."""
    if row["kind"] != "message":
        yield from row["text"].strip().splitlines()
    elif row["delivery"] in words:
        yield from words[row["delivery"]].text.splitlines()
        if names := words[row["delivery"]].attachments:
            yield f"[attached: {', '.join(names)}]"


def _print_step(step: Step, *, lines: int | None) -> None:
    print_below(moment(step.at), printable(step.what, LONGEST_LINE))
    if step.why:
        print_below("", printable(f"because: {step.why}", LONGEST_LINE), style="dim")
    for line in step.trace:
        print_below("", printable(f"  {line}", LONGEST_LINE), style="dim")
    said = [line for line in step.words if line.strip()] if lines else list(step.words)
    for line in said[:lines]:
        print_below("", printable(f"│ {line}", LONGEST_LINE))
    if lines and len(said) > lines:
        print_below("", f"│ … {len(said) - lines} more lines: --full", style="dim")


def _print_timers(found: Timeline) -> None:
    pending = sorted((row for row in found.timers if row["state"] == "pending"), key=lambda row: row["due_at"])
    if pending:
        console().print()
    for row in pending:
        print_below(moment(row["due_at"]), f"{row['kind'].replace('_', ' ')} comes due", style="yellow")
