"""The examples beside the rules: a mail, or the few fields of one, and what must become of it.

    examples:
      - {mail: {subject: The site is down}, becomes: {priority: P1, rule: Outage}}
      - {ticket: {status: resolved}, mail: {text: still down}, becomes: {tag: again}}

Without `ticket` the mail opens one, by the whole of `decide`; with it the rules are asked what `event` (the rule's own,
when left out) does to such a ticket. Promises: pure, each example with its own clock (`at`, else a Monday at noon, or
the rule's last day); one that fails is a mistake of the file, at the very word that is not so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from parsing.message import Address, Attachment, Evidence, HeaderLine, Kind, Message, Span
from rules.comparing import grade
from rules.decide import decide
from rules.decision import Decision, Outcome, Step
from rules.engine import Ruled, run_rules
from rules.event import Arrived
from rules.facts import Facts, SentTo, World
from rules.mistakes import KEY, Path, quoted, shown, unknown
from rules.occasion import EVENTS, Occasion
from rules.policy import Policy, Rule
from rules.ticket import Status, Ticket
from rules.values import mailbox, size
from rules.yaml_nodes import Node

MONDAY = date(2026, 1, 5)
WRITER = "customer@example.com"
MAIL = "from name to cc subject text kind spam attachments headers evidence".split()
OF_TICKET = "status priority category type tier group assignee".split()
BECOMES = [*OF_TICKET, "tag", "no_tag", "watcher", "rule", "no_rule", "held", "spam", "mails_sent", "told"]
RAW = 256 * 1024  # characters of a mail that stands whole in a file


@dataclass(frozen=True, slots=True)
class Example:
    """One example as it stands in a file; `path` leads to it."""

    rule: Rule
    path: Path
    node: Node


class _Wrong(Exception):
    """Something in an example is not so, or can not be read: the way to it, and the words."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class _Result:
    """What became of an example, in the words of `becomes`."""

    ticket: Ticket | None
    rules: tuple[str, ...]
    held: bool = False
    told: tuple[str, ...] | None = None
    nearest: str = ""


def failures(examples: Iterable[Example], policy: Policy) -> Iterator[tuple[Example, Path, str]]:
    """Each thing that is not so: the example, the way to the word from the file's top, and what became instead."""
    for example in examples:
        try:
            result = _tried(example, policy)
            for key, _, value in _entries(example.node, "becomes"):
                where = (*example.path, "becomes", key)
                text = _judged(key, value, result, where)
                if text:
                    yield example, where, text
        except _Wrong as wrong:
            yield example, (*example.path, *wrong.path), wrong.text


def _entries(node: Node, name: str, *, needed: bool = True) -> list[tuple[str, Node, Node]]:
    """The entries of one of an example's tables."""
    if node.kind != "table" or (needed and name not in node.entries):
        raise _Wrong((), f'an example has "mail" and "becomes", as in {{mail: {{subject: …}}, becomes: {{…}}}}.{""}')
    if name not in node.entries:
        return []
    table = node.entries[name][1]
    if table.kind != "table":
        raise _Wrong((name,), f"expected a table, not {_shown(table)}.")
    return [(key, spot, value) for key, (spot, value) in table.entries.items()]


def _tried(example: Example, policy: Policy) -> _Result:
    node = example.node
    for key in node.entries if node.kind == "table" else ():
        if key not in ("mail", "ticket", "event", "at", "becomes"):
            raise _Wrong((key, KEY), unknown(key, ("mail", "ticket", "event", "at", "becomes")))
    for key, _, _ in _entries(node, "becomes"):
        if key not in BECOMES:
            raise _Wrong(("becomes", key, KEY), unknown(key, BECOMES))
    now = _now(example, policy)
    message, evidence = _mail(example, policy)
    if "ticket" in node.entries or "event" in node.entries:
        return _ruled(_occasion(example, policy, message, evidence, now), policy)
    recipients = tuple(address.address for address in message.to)
    event = Arrived(0, message, evidence, message.sender.address if message.sender else "", recipients, now)
    facts = Facts(next_number=1, sent_to=_Everybody(), world=World())
    return _decided(decide(event, facts=facts, policy=policy, now=now), policy)


class _Everybody(dict[str, SentTo]):
    """Nobody has got any mail lately."""

    def get(self, key: str, default: Any = None) -> Any:
        """No mail at all."""
        return SentTo()


def _decided(decision: Decision, policy: Policy) -> _Result:
    fired = [step.question for step in decision.trace if step.question.startswith('rule "') and step.answer == "yes"]
    people = {address.key: agent.key for agent in policy.agents for address in agent.addresses}
    told = [
        people.get(notice.to.key, "customer" if notice.name != "told_outside" else notice.to.address)
        for notice in decision.notices
    ]
    return _Result(
        ticket=decision.ticket,
        rules=tuple(name.removeprefix('rule "').removesuffix('"') for name in fired),
        held=decision.outcome is Outcome.HELD,
        told=tuple(told),
        nearest=_nearest(decision.trace),
    )


def _ruled(occasion: Occasion, policy: Policy) -> _Result:
    ruled: Ruled = run_rules(policy, occasion)
    return _Result(ruled.ticket, ruled.names, held=bool(ruled.held), nearest=_nearest(ruled.trace))


def _nearest(trace: Iterable[Step]) -> str:
    near = next((step for step in trace if step.question == "the nearest rule"), None)
    return f" The nearest rule is {quoted(near.answer)}: {near.detail}." if near is not None else ""


def _judged(key: str, value: Node, result: _Result, where: Path) -> str:
    """What is not so; "" when it is."""
    wanted = [item.value for item in value.items] if value.kind == "list" else [value.value]
    by = (
        f" Rules that fired: {', '.join(map(quoted, result.rules))}."
        if result.rules
        else f" No rule fired.{result.nearest}"
    )
    found = _found(key, result)
    if found is None:
        return f"this can not be told here: {key}."
    if key in ("no_tag", "no_rule"):
        there = [word for word in wanted if word in found]
        return f"expected it not to be so, and it is: {quoted(there[0])}.{by}" if there else ""
    if key == "mails_sent":
        return "" if [str(len(found))] == [str(word) for word in wanted] else f"{len(found)} mails are sent.{by}"
    missing = [word for word in wanted if word not in found]
    if not missing:
        return ""
    became = ", ".join(quoted(shown_) for shown_ in map(_word, found)) or "nothing"
    return f"expected {key.replace('_', ' ')} {quoted(_word(missing[0]))}, and it became {became}.{by}"


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _found(key: str, result: _Result) -> tuple[Any, ...] | None:
    """What the result says of one word of `becomes`; None where it does not know."""
    ticket = result.ticket
    match key:
        case "rule" | "no_rule":
            return result.rules
        case "held":
            return (result.held,)
        case "mails_sent" | "told":
            return result.told
    if ticket is None:
        return ()
    match key:
        case "tag" | "no_tag":
            return ticket.tags
        case "watcher":
            return ticket.watchers
        case "spam":
            return (ticket.close_reason == "spam",)
        case "status":
            return (ticket.status.value,)
    return (getattr(ticket, key) or "nobody",) if key == "assignee" else (getattr(ticket, key),)


def _now(example: Example, policy: Policy) -> datetime:
    at = example.node.entries.get("at")
    if at is None:
        day = example.rule.until or MONDAY
        return datetime.combine(day, time(12), policy.time_zone).astimezone(UTC)
    try:
        return datetime.fromisoformat(str(at[1].value)).replace(tzinfo=policy.time_zone).astimezone(UTC)
    except ValueError:
        raise _Wrong(("at",), f'expected a time such as "2026-01-31 09:30", not {_shown(at[1])}.') from None


def _occasion(example: Example, policy: Policy, message: Message, evidence: Evidence, now: datetime) -> Occasion:
    spot = example.node.entries.get("event")
    event = str(spot[1].value) if spot is not None else next(iter(sorted(example.rule.events)))
    if event not in EVENTS:
        raise _Wrong(("event",), unknown(event, EVENTS, "event"))
    fields = _entries(example.node, "ticket", needed=False)
    given: dict[str, Any] = {}
    for key, _, value in fields:
        if key not in (*OF_TICKET, "tag"):
            raise _Wrong(("ticket", key, KEY), unknown(key, (*OF_TICKET, "tag")))
        given[key] = _given(key, value)
    tags = given.pop("tag", ())
    fresh = Ticket(
        number=1,
        desk=policy.desk,
        subject=message.subject,
        status=Status.NEW,
        priority=policy.start_priority,
        category=policy.start_category,
        requester=message.sender,
        assignee=None,
        opened_at=now,
        changed_at=now,
        status_since=now,
        tags=tags,
    )
    ticket = replace(fresh, **given)
    return Occasion(frozenset({event}), ticket, now, before=ticket, message=message, evidence=evidence)


def _given(key: str, value: Node) -> Any:
    if key == "tag":
        return tuple(str(item.value) for item in (value.items or [value]))
    if key == "status":
        if value.value not in list(Status):
            raise _Wrong(("ticket", key), unknown(str(value.value), [status.value for status in Status], "status"))
        return Status(str(value.value))
    return str(value.value) if value.value is not None else None


def _mail(example: Example, policy: Policy) -> tuple[Message, Evidence]:
    """The example's mail: a whole one as text, or a few fields of one."""
    spot = example.node.entries.get("mail")
    if spot is not None and isinstance(spot[1].value, str):
        if len(spot[1].value) > RAW or "\n" not in spot[1].value:
            raise _Wrong(
                ("mail",), "expected a whole mail (fields, an empty line, the text), or a table of its fields."
            )
        from parsing.reader import read  # a fifth of a second at each start, and few examples are whole mails

        return read(spot[1].value.encode("utf-8", "replace")), Evidence()
    made = Message(sender=Address(WRITER), from_text=WRITER, to=(policy.address,), message_id="<example@example.com>")
    evidence = Evidence()
    for key, _, value in _entries(example.node, "mail", needed="ticket" not in example.node.entries):
        if key not in MAIL:
            raise _Wrong(("mail", key, KEY), unknown(key, MAIL))
        try:
            if key == "evidence":
                evidence = Evidence(grade=grade(str(value.value)))
            else:
                made = _PARTS[key](made, value)
        except ValueError as error:
            raise _Wrong(("mail", key), str(error)) from None
    return made, evidence


def _text(value: Node) -> str:
    if not isinstance(value.value, str):
        raise ValueError(f"expected words, not {_shown(value)}.")
    return value.value


def _kind(message: Message, value: Node) -> Message:
    if value.value not in list(Kind):
        raise ValueError(unknown(str(value.value), [kind.value for kind in Kind], "kind"))
    return replace(message, kind=Kind(str(value.value)), confidence=1.0, why="the example says so")


def _files(message: Message, value: Node) -> Message:
    """`[screen.png]`, or `{screen.png: 2 MB}`."""
    if value.kind == "table":
        named = [(name, size(item.value)) for name, (_, item) in value.entries.items()]
    else:
        named = [(_text(item), 1000) for item in (value.items if value.kind == "list" else [value])]
    files = tuple(Attachment(n, name, octets, _type(name)) for n, (name, octets) in enumerate(named, 1))
    return replace(message, attachments=files, size=sum(one.size for one in files))


def _type(name: str) -> str:
    known = {"png": "image/png", "jpg": "image/jpeg", "pdf": "application/pdf", "txt": "text/plain"}
    return known.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _headers(message: Message, value: Node) -> Message:
    if value.kind != "table":
        raise ValueError(f"expected a table of names and texts, not {_shown(value)}.")
    lines = tuple(HeaderLine(name.lower(), _text(item)) for name, (_, item) in value.entries.items())
    return replace(message, header=lines)


def _from(message: Message, value: Node) -> Message:
    address = replace(mailbox(value.value), name=message.sender.name if message.sender else "")
    return replace(message, sender=address, from_text=address.address)


def _named(message: Message, value: Node) -> Message:
    address = message.sender.address if message.sender else WRITER
    return replace(message, sender=Address(address, _text(value)))


def _words(message: Message, value: Node) -> Message:
    text = _text(value)
    return replace(message, text=text, spans=(Span("new", text),))


def _addresses(value: Node) -> tuple[Address, ...]:
    return tuple(mailbox(item.value) for item in (value.items if value.kind == "list" else [value]))


_PARTS: Mapping[str, Callable[[Message, Node], Message]] = {
    "from": _from,
    "name": _named,
    "to": lambda message, value: replace(message, to=_addresses(value)),
    "cc": lambda message, value: replace(message, cc=_addresses(value)),
    "subject": lambda message, value: replace(message, subject=_text(value)),
    "text": _words,
    "kind": _kind,
    "spam": lambda message, value: replace(message, kind=Kind.SPAM, confidence=1.0, why="the example says so"),
    "attachments": _files,
    "headers": _headers,
}


def _shown(node: Node) -> str:
    return f"a {node.kind}" if node.kind != "scalar" else shown(node.value)
