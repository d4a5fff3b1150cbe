"""`then …`: everything that a rule can do, one table: word → how its value is written, what it does.

Promises: an action only changes the snapshot and says what is to be told; nothing leaves, nothing is written here. An
action that can not be done (a status that can not follow, a word that is none of the desk's) is left out and told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rules.policy import Policy
from rules.ticket import Status, Ticket, may_become

HOLE = re.compile(r"\{\{\s*([A-Za-z_][\w.-]{0,60})\s*\}\}")
TAGS = 50
FIELD_TEXT = 500
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is to hear what: words for people of the desk (`tell`: it happened; `nudge`: do something), by which rule."""

    who: str
    text: str
    rule: str
    nudge: bool = False


@dataclass(slots=True)
class Work:
    """The ticket as the rules have left it so far, and what else they want."""

    ticket: Ticket
    policy: Policy
    values: dict[str, str] = field(default_factory=dict)
    rule: str = ""
    told: list[Telling] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    wording: dict[str, str] = field(default_factory=dict)
    silent: str = ""
    held: str = ""
    spam: bool = False
    reason: str = ""

    def fill(self, text: str) -> str:
        """The text with `{{ name }}` filled: captured groups, and what the ticket and the mail say."""
        return HOLE.sub(lambda hole: self.values.get(hole[1], ""), text)


@dataclass(frozen=True, slots=True)
class Action:
    """One word of `then`. `choices` names the desk's table whose keys it takes; `kind` is how its value is written.

    `do` returns what was done in words, "" for nothing, and raises `Impossible` with why it can not be done.
    """

    name: str
    kind: str  # name, names, words, texts, tell, truth, nothing, fields, notices
    says: str
    do: Callable[[Work, Any], str]
    choices: str = ""


class Impossible(Exception):
    """An action that can not be done now; the text says why."""


def _set(attribute: str, table: str) -> Callable[[Work, Any], str]:
    """Set a field of the ticket to one of the keys of a table."""

    def do(work: Work, value: str) -> str:
        wanted = work.fill(value).strip()
        keys: Mapping[str, Any] = getattr(work.policy, table)
        key = next((key for key, name in keys.items() if wanted.lower() in (key.lower(), str(name).lower())), None)
        if key is None:
            raise Impossible(f'there is no {attribute} "{wanted[:60]}"')
        before = getattr(work.ticket, attribute)
        changes: dict[str, Any] = {attribute: key}
        work.ticket = replace(work.ticket, **changes)
        return f"{attribute} {before or 'none'} → {key}" if before != key else ""

    return do


def _status(work: Work, value: str) -> str:
    status, before = Status(value), work.ticket.status
    if status is before:
        return ""
    if not may_become(before, status):
        raise Impossible(f"a ticket that is {before.value} can not become {value}")
    work.ticket = replace(work.ticket, status=status)
    return f"status {before.value} → {value}"


def _assignee(work: Work, value: str) -> str:
    before = work.ticket.assignee
    if value == NOBODY:
        after = None
    elif value.endswith(".lead"):
        after = work.policy.groups[value.removesuffix(".lead")].lead
    else:
        found = work.policy.agent_by_name(work.fill(value))
        if found is None:
            raise Impossible(f'there is nobody called "{work.fill(value)[:60]}"')
        after = found.key
    work.ticket = replace(work.ticket, assignee=after)
    return f"assignee {before or NOBODY} → {after or NOBODY}" if after != before else ""


def _add_tags(work: Work, values: tuple[str, ...]) -> str:
    wanted = [tag for tag in (work.fill(value).strip()[:60] for value in values) if tag]
    new = [tag for tag in dict.fromkeys(wanted) if tag not in work.ticket.tags]
    if not new:
        return ""
    work.ticket = replace(work.ticket, tags=(*work.ticket.tags, *new)[:TAGS])
    return f"tagged {', '.join(new)}"


def _remove_tags(work: Work, values: tuple[str, ...]) -> str:
    gone = [tag for tag in work.ticket.tags if tag in values]
    work.ticket = replace(work.ticket, tags=tuple(tag for tag in work.ticket.tags if tag not in gone))
    return f"no more tagged {', '.join(gone)}" if gone else ""


def _fields(work: Work, values: Mapping[str, str]) -> str:
    before = dict(work.ticket.fields)
    new = {key: work.fill(value).strip()[:FIELD_TEXT] for key, value in values.items()}
    after = {key: value for key, value in {**before, **new}.items() if value}
    work.ticket = replace(work.ticket, fields=tuple(sorted(after.items())))
    changed = [f"{key} {before.get(key) or 'nothing'} → {text or 'nothing'}" for key, text in new.items()]
    return ", ".join(words for key, words in zip(new, changed, strict=True) if before.get(key, "") != new[key])


def _watch(work: Work, values: tuple[str, ...]) -> str:
    keys = [agent for value in values for agent in people(value, work.policy, work.ticket)]
    new = [key for key in dict.fromkeys(keys) if key not in work.ticket.watchers]
    work.ticket = replace(work.ticket, watchers=(*work.ticket.watchers, *new))
    return f"watched by {', '.join(new)}" if new else ""


def _tell(*, nudge: bool) -> Callable[[Work, Any], str]:
    def do(work: Work, values: tuple[tuple[str, str], ...]) -> str:
        work.told += [Telling(who, work.fill(text), work.rule, nudge) for who, text in values]
        return f"{'nudged' if nudge else 'told'} {', '.join(dict.fromkeys(who for who, _ in values))}"

    return do


def _note(work: Work, value: str) -> str:
    work.notes.append((work.rule, work.fill(value)))
    return "noted"


def _hold(work: Work, value: str) -> str:
    work.held = work.held or work.fill(value)
    return f"held: {work.fill(value)}"


def _spam(work: Work, value: bool) -> str:
    if not value or work.spam:
        return ""
    done = _status(work, Status.CLOSED.value)
    work.spam, work.reason = True, "spam"
    return done or "spam"


def _reason(work: Work, value: str) -> str:
    work.reason = work.fill(value)
    return ""


def _silent(work: Work, value: str) -> str:
    work.silent = work.rule
    return "the customer is told nothing"


def _wording(work: Work, values: Mapping[str, str]) -> str:
    work.wording.update(values)
    return f"other words for {', '.join(values)}"


ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        Action("category", "name", "what the ticket is about", _set("category", "categories"), "categories"),
        Action("priority", "name", "how urgent it is", _set("priority", "priorities"), "priorities"),
        Action("type", "name", "which type it is of", _set("type", "types"), "types"),
        Action("tier", "name", "which tier has it", _set("tier", "tiers"), "tiers"),
        Action("group", "name", "which group has it", _set("group", "group_names"), "groups"),
        Action("assignee", "name", "whose it is: a person, GROUP.lead or nobody", _assignee, "assignees"),
        Action("status", "name", "where it is in its life", _status, "statuses"),
        Action("reason", "words", "why it is closed", _reason),
        Action("add_tag", "texts", "one tag or several", _add_tags),
        Action("remove_tag", "texts", "tags that are taken off", _remove_tags),
        Action("set", "fields", "fields of the desk's own: {order: text}", _fields, "fields"),
        Action("watch", "names", "who hears of everything until it is closed", _watch, "audience"),
        Action("tell", "tell", "who is told at once", _tell(nudge=False), "audience"),
        Action("nudge", "tell", "who is asked to do something", _tell(nudge=True), "audience"),
        Action("note", "words", "an internal note on the ticket", _note),
        Action("hold", "words", "the mail waits for a person, who reads why", _hold),
        Action("spam", "truth", "true: closed without a word to the sender", _spam),
        Action("tell_customer", "nothing", "nothing: no notice of this goes to the customer", _silent),
        Action("wording", "notices", "other words for a notice: {opened: name of a wording}", _wording, "wording"),
    )
}
# those that must come first, whatever the order in the file: the rest is done upon what they set
FIRST = ("category", "priority", "type", "tier", "group", "assignee", "status")


def people(word: str, policy: Policy, ticket: Ticket) -> tuple[str, ...]:
    """The keys of the agents meant by a word of `tell` and `watch`."""
    group, dot, lead = word.partition(".")
    if dot and lead == "lead" and group in policy.groups:
        return (policy.groups[group].lead,)
    match word:
        case "all":
            return tuple(agent.key for agent in policy.agents)
        case "assignee":
            return (ticket.assignee,) if ticket.assignee else ()
        case "group":
            return policy.groups[ticket.group].members if ticket.group in policy.groups else ()
        case "watchers":
            return ticket.watchers
    if word in policy.groups:
        return policy.groups[word].members
    return (word,) if policy.agent_by_key(word) else ()


def outsiders(word: str, policy: Policy) -> tuple[str, ...]:
    """The keys of the addresses outside that are meant by a word of `tell`."""
    if word in policy.groups:
        return policy.groups[word].also_tell
    return (word,) if word in policy.outside else ()


def perform(work: Work, then: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Do all of a rule's `then`; (what was done, what could not be done and why)."""
    done: list[str] = []
    failed: list[str] = []
    for name in sorted(then, key=lambda name: name not in FIRST):
        try:
            done += filter(None, [ACTIONS[name].do(work, then[name])])
        except Impossible as why:
            failed.append(f"{name}: {why}")
    return done, failed
