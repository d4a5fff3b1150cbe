"""The texts of a desk's files → its Policy. Nothing is read from disk here: who has the files hands over their texts.

Promises: either a complete, frozen policy, or a `DeskError` with every mistake of every file at once, each with file,
line, column, what was expected and the nearest valid word. No text makes anything else come out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from parsing.message import Address
from rules import default_names
from rules.book import make_book
from rules.caps import Caps
from rules.conditions import Known
from rules.desk_schema import CATEGORY, PRIORITY, Desk, Person, TargetOf, keyed
from rules.doubts import doubts
from rules.examples import Example, failures
from rules.mistakes import KEY, DeskError, Path, Problem, explain, nearest, quoted
from rules.policy import Agent, Customer, FollowUp, Group, Policy, Rule, Wording
from rules.promise import Level, Promise, Target
from rules.rule_schema import RuleFile
from rules.ticket import Status
from rules.working_time import ALWAYS, always
from rules.yaml_nodes import Node, YamlError, place, plain, read_yaml

__all__ = ["DeskError", "Problem", "load_desk", "load_desks"]

DESK, RULES = "desk.yaml", "rules.yaml"
Model = TypeVar("Model", bound=BaseModel)
TABLES = "priorities categories people groups outside tiers types fields calendars wording".split()
AUDIENCE = ("assignee", "group", "watchers", "all")


@dataclass(slots=True)
class _Desk:
    """The files of one desk while they are read."""

    folder: str
    texts: Mapping[str, str]
    nodes: dict[str, Node | None]
    problems: list[Problem]
    warnings: list[Problem] = field(default_factory=list)

    def at(self, name: str, path: Path, text: str) -> Problem:
        """A problem at the place that a path leads to."""
        node = self.nodes[name]
        return _at(f"{self.folder}/{name}", node if node is not None else Node("table", 1, 1), path, text)


def load_desk(texts: Mapping[str, str], *, folder: str, today: date | None = None) -> Policy:
    """The policy of the desk whose files have these texts: `desk.yaml`, `rules.yaml`, and `rules/*.yaml` in order.

    `folder` is how errors call it. Raises `DeskError` with every mistake of all files; an example that fails is one.
    With `today` a rule that is over is a warning.
    """
    read = _Desk(folder, texts, {}, [])
    read.nodes = {name: _read(folder, name, texts, read.problems) for name in (DESK, *rule_files(texts))}
    read.problems += _strangers(texts, folder)
    names = _names(read.nodes[DESK])
    context = {**names, "known": Known(names, _words(read))}
    desk = _validated(Desk, read, DESK, context)
    files = {name: _validated(RuleFile, read, name, context) for name in rule_files(texts)}
    if desk is not None:
        read.problems += (read.at(DESK, path, text) for path, text in _contradictions(desk))
    rules = tuple(rule for name, file in files.items() if file is not None for rule in _rules(file, name, read))
    read.problems += _named_twice(files, read)
    if read.problems or desk is None:
        raise DeskError(read.problems)
    policy = _policy(desk, rules, texts)
    examples = tuple(_examples(files, policy))
    read.problems += (read.at(one.rule.file, path, text) for one, path, text in failures(examples, policy))
    if read.problems:
        raise DeskError(read.problems)
    spots = [(name, index) for name, file in files.items() if file is not None for index in range(len(file.rules))]
    for place_, path, text in doubts(rules, today=today):
        name, index = spots[place_]
        read.warnings.append(read.at(name, ("rules", index, *path), text))
    tried = frozenset(one.rule.name for one in examples)
    return replace(
        policy, examples=len(examples), with_examples=tried, warnings=tuple(sorted(read.warnings, key=_order))
    )


def _examples(files: Mapping[str, RuleFile | None], policy: Policy) -> Iterator[Example]:
    """Every example with its rule, in the order of the files."""
    rules = iter(policy.rules)
    for file in files.values():
        for index, written in enumerate(file.rules if file is not None else ()):
            rule = next(rules)
            for number, node in enumerate(written.examples):
                yield Example(rule, ("rules", index, "examples", number), node)


def _order(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column


def rule_files(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the rule files in the order in which their rules are asked."""
    return (RULES, *sorted(name for name in texts if name.startswith("rules/") and name.endswith(".yaml")))


def load_desks(
    folders: Mapping[str, Mapping[str, str]], *, today: date | None = None, known: Mapping[str, Policy] | None = None
) -> tuple[Policy, ...]:
    """The policies of all desks, by folder; what no two desks may share is checked across them. Raises `DeskError`.

    `known` are policies by digest: texts that have not changed are not read again.
    """
    problems: list[Problem] = []
    policies: dict[str, Policy] = {}
    for folder, texts in folders.items():
        try:
            kept = (known or {}).get(digest_of(texts))
            policies[folder] = kept or load_desk(texts, folder=folder, today=today)
        except DeskError as error:
            problems += error.problems
    problems += _clashes(policies)
    if problems:
        raise DeskError(problems)
    return tuple(policies.values())


def _read(folder: str, name: str, texts: Mapping[str, str], problems: list[Problem]) -> Node | None:
    if name not in texts:
        if name == DESK:
            problems.append(Problem(f"{folder}/{name}", 1, 1, "there is no such file, and every desk has one."))
        return Node("table", 1, 1) if name == RULES else None
    try:
        return read_yaml(texts[name])
    except YamlError as error:
        problems += (Problem(f"{folder}/{name}", line, column, text) for line, column, text in error.found)
        return error.node


def _strangers(texts: Mapping[str, str], folder: str) -> Iterator[Problem]:
    """A file that looks like ours and is not read is a misspelt one."""
    ours = (DESK, *rule_files(texts))
    for name in texts:
        if name not in ours and name.endswith((".yaml", ".yml")):
            known = (DESK, RULES, "rules/NAME.yaml")
            yield Problem(f"{folder}/{name}", 1, 1, f"a desk has no file {quoted(name)}.{nearest(name, known)}")


def _names(node: Node | None) -> dict[str, tuple[str, ...] | None]:
    """The words that the desk's tables name; None where its file can not be understood so far."""
    if node is None:
        return dict.fromkeys([*TABLES, "audience", "assignees"])
    data = plain(node) if node.kind == "table" else {}
    names = {name: _keys(name, data) for name in TABLES}
    people, groups = names["people"], names["groups"]
    led = tuple(key for key in groups or () if _leads(data, key))
    known = people is not None and groups is not None and names["outside"] is not None
    leads = tuple(f"{key}.lead" for key in led)
    audience = (*AUDIENCE, *(people or ()), *(groups or ()), *leads, *(names["outside"] or ()))
    calendars = names["calendars"]
    return {
        **names,
        "calendars": (ALWAYS, *calendars) if calendars is not None else None,
        "audience": audience if known else None,
        "assignees": ("nobody", *(people or ()), *leads) if known else None,
    }


def _leads(data: Mapping[str, Any], group: str) -> bool:
    table = data.get("groups", {}).get(group)
    return isinstance(table, dict) and "lead" in table


def _keys(name: str, data: Mapping[str, Any]) -> tuple[str, ...] | None:
    if name in data:
        value = data[name]
    elif Desk.model_fields[name].is_required():
        return None
    else:
        value = Desk.model_fields[name].get_default(call_default_factory=True)
    try:
        table = keyed(value)
    except ValueError:
        return None
    return tuple(table) if isinstance(table, dict) else None


def _words(read: _Desk) -> dict[str, tuple[str, ...]]:
    """The lists of words of all files; a name that two files have is a mistake of the second."""
    lists: dict[str, tuple[str, ...]] = {}
    for name in rule_files(read.texts):
        node = read.nodes[name]
        table = node.entries.get("words") if node is not None and node.kind == "table" else None
        for key, (_, value) in table[1].entries.items() if table is not None else ():
            if key in lists:
                read.problems.append(
                    read.at(name, ("words", key, KEY), f"{quoted(key)} is a list of another file too.")
                )
            lists.setdefault(key, tuple(item.value for item in value.items if isinstance(item.value, str)))
    return lists


def _validated(model: type[Model], read: _Desk, name: str, context: Mapping[str, object]) -> Model | None:
    node = read.nodes[name]
    if node is None:
        return None
    try:
        return model.model_validate(plain(node, keep=getattr(model, "KEPT", frozenset())), context=dict(context))
    except ValidationError as error:
        read.problems += (read.at(name, path, text) for path, text in explain(error, model))
        return None


def _named_twice(files: Mapping[str, RuleFile | None], read: _Desk) -> Iterator[Problem]:
    """No two rules have one name: a trace must say which it was."""
    seen: set[str] = set()
    for name, file in files.items():
        for index, rule in enumerate(file.rules if file is not None else ()):
            if rule.rule in seen:
                text = f"{quoted(rule.rule)} is the name of an earlier rule too."
                yield read.at(name, ("rules", index, "rule"), text)
            seen.add(rule.rule)


def _at(file: str, node: Node, path: Path, text: str) -> Problem:
    if path[:1] == ("addresses",) and "addresses" not in node.entries:
        path = ("address",)
    line, column = place(node, path, key=path[-1:] == (KEY,))
    return Problem(file, line, column, text)


def _contradictions(desk: Desk) -> Iterator[tuple[Path, str]]:
    """What is fine line by line and does not go together."""
    if (desk.address is None) == (not desk.addresses):
        yield ("address",) if desk.address else (), 'expected one of "address" (one) and "addresses" (a list).'
    seen: dict[str, str] = {}
    where: list[tuple[Path, Address, str]] = [(("addresses", i), a, "the desk") for i, a in enumerate(_addresses(desk))]
    where += [
        (_place(key, person, i), a, key) for key, person in desk.people.items() for i, a in enumerate(person.mail)
    ]
    where += [(("outside", key, "mail"), one.mail, key) for key, one in desk.outside.items()]
    for path, address, owner in where:
        if address.key in seen:
            yield path, f"{quoted(address.address)} is the address of {seen[address.key]} already."
        seen.setdefault(address.key, owner)
    for status, steps in desk.follow_up:
        for step in steps:
            if step.send and step.send not in desk.customer_hears_of:
                text = f'"follow_up" sends {quoted(step.send)} in {status}, and "customer_hears_of" does not name it.'
                yield ("customer_hears_of",), text
    for what, default, names in (("priority", PRIORITY, desk.priorities), ("category", CATEGORY, desk.categories)):
        if getattr(desk.start_with, what) is None and default not in names:
            yield ("start_with",), f'"start_with" must say which {what} a new ticket has.{nearest("", names)}'


def _place(key: str, person: Person, index: int) -> Path:
    return ("people", key, "mail", index) if len(person.mail) > 1 else ("people", key, "mail")


def _addresses(desk: Desk) -> tuple[Address, ...]:
    return tuple(replace(a, name=desk.name) for a in ((desk.address,) if desk.address else desk.addresses))


def _policy(desk: Desk, rules: tuple[Rule, ...], texts: Mapping[str, str]) -> Policy:
    return Policy(
        desk=desk.desk,
        name=desk.name,
        addresses=_addresses(desk),
        language=desk.language,
        time_zone=desk.time_zone,
        agents=tuple(_agent(key, person) for key, person in desk.people.items()),
        **_called(desk),
        start_priority=desk.start_with.priority or PRIORITY,
        start_category=desk.start_with.category or CATEGORY,
        follow_up={Status(name): tuple(_steps(steps)) for name, steps in desk.follow_up if steps},
        reopen_within=desk.reopen_within,
        tell=dict(desk.tell),
        customer_hears_of=frozenset(desk.customer_hears_of),
        plus_addresses=desk.plus_addresses,
        copies=desk.participants != "requester_only",
        caps=Caps(**desk.limits.model_dump()),
        never_mail=frozenset(desk.never_mail),
        rules=rules,
        digest=digest_of(texts),
        texts=dict(texts),
        book=make_book(rules),
        **_own_tables(desk),
    )


def _called(desk: Desk) -> dict[str, Any]:
    """What people call statuses, priorities and categories: as the file says, else in the desk's language."""
    said, named = desk.model_fields_set, desk.statuses.model_fields_set
    statuses = default_names.STATUSES.get(desk.language, {})
    return {
        "statuses": {Status(key): words if key in named else statuses.get(key, words) for key, words in desk.statuses},
        "priorities": desk.priorities
        if "priorities" in said
        else default_names.PRIORITIES.get(desk.language, desk.priorities),
        "categories": desk.categories
        if "categories" in said
        else default_names.CATEGORIES.get(desk.language, desk.categories),
    }


def _agent(key: str, person: Person) -> Agent:
    mail, *also = (replace(address, name=person.name) for address in person.mail)
    return Agent(key, person.name, mail, tuple(also))


def _own_tables(desk: Desk) -> dict[str, Any]:
    """What a desk has beyond what every desk has."""
    named = {name: one.calendar(name, desk.time_zone) for name, one in desk.calendars.items()}
    calendars = {ALWAYS: always(ALWAYS, desk.time_zone), **named}
    return {
        "groups": {
            key: Group(key, one.name or key, one.members, one.lead or "", one.also_tell)
            for key, one in desk.groups.items()
        },
        "outside": {key: replace(one.mail, name=one.name) for key, one in desk.outside.items()},
        "tiers": desk.tiers,
        "types": desk.types,
        "own_fields": desk.fields,
        "calendars": calendars,
        "level": Level(tuple(_targets(desk.targets)), calendars),
        "customers": {
            key: Customer(one.organisation or "", one.plan or "", one.licence or "", one.language or "")
            for key, one in desk.customers.items()
        },
        "wording": {key: Wording(one.title or "", one.text or "") for key, one in desk.wording.items()},
    }


def _targets(rows: Iterable[TargetOf]) -> Iterator[Target]:
    for row in rows:
        for name, span in row.promised.items():
            warn = row.warn_before or timedelta()
            yield Target(Promise(name), span, row.in_, row.priority, row.category, row.plan, warn)


def _steps(steps: Iterable[Any]) -> Iterator[FollowUp]:
    return (FollowUp(after=step.after, send=step.send or "", close=step.close or "") for step in steps)


def _rules(file: RuleFile, name: str, read: _Desk) -> Iterator[Rule]:
    node = read.nodes[name]
    for index, rule in enumerate(file.rules):
        line = place(node, ("rules", index))[0] if node else 0
        if rule.when is not None:
            path: Path = ("rules", index, "when")
            read.warnings += (read.at(name, (*path, *where), text) for where, text in rule.when.doubts)
        yield Rule(
            name=rule.rule,
            when=rule.when.condition if rule.when is not None else None,
            then=rule.then.then,
            line=line,
            file=name,
            events=frozenset(rule.event),
            until=rule.until,
            stop=file.stop if rule.stop is None else rule.stop,
        )


def digest_of(texts: Mapping[str, str]) -> str:
    """The name of this very version of the files: hex SHA-256 over names, lengths and texts."""
    total = hashlib.sha256()
    for name, text in sorted(texts.items()):
        octets = text.encode("utf-8", "surrogatepass")
        total.update(f"{name}\n{len(octets)}\n".encode("utf-8", "surrogatepass") + octets)
    return total.hexdigest()


def _clashes(policies: Mapping[str, Policy]) -> Iterator[Problem]:
    """What two desks can not both have: a name, an address, and an agent whose mailbox is a desk (a loop)."""
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    for folder, policy in policies.items():
        if policy.desk in names:
            yield _in_desk(folder, policy, ("desk",), f"{quoted(policy.desk)} is the desk in {names[policy.desk]} too.")
        names.setdefault(policy.desk, folder)
        for index, address in enumerate(policy.addresses):
            if address.key in owners:
                text = f"{quoted(address.address)} is an address of the desk in {owners[address.key]} too."
                yield _in_desk(folder, policy, ("addresses", index), text)
            owners.setdefault(address.key, folder)
    for folder, policy in policies.items():
        for agent, address in ((one, address) for one in policy.agents for address in one.addresses):
            owner = owners.get(address.key, folder)
            if owner != folder:
                text = f"{quoted(address.address)} is an address of the desk in {owner}: mail would go in circles."
                yield _in_desk(folder, policy, ("people", agent.key, "mail"), text)


def _in_desk(folder: str, policy: Policy, path: Path, text: str) -> Problem:
    return _at(f"{folder}/{DESK}", read_yaml(policy.texts[DESK]), path, text)
