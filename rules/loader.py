"""The texts of a desk's files → its Policy. Nothing is read from disk here: who has the files hands over their texts.

Promises: either a complete, frozen policy, or a `DeskError` with every mistake of every file at once, each with file,
line, column, what was expected and the nearest valid word. No text makes anything else come out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from parsing.message import Address
from rules.caps import Caps
from rules.desk_schema import CATEGORY, PRIORITY, Desk, Person, RuleFile, keyed
from rules.mistakes import KEY, DeskError, Path, Problem, explain, nearest, quoted
from rules.policy import Agent, FollowUp, Policy, Rule
from rules.ticket import Status
from rules.yaml_nodes import Node, YamlError, place, plain, read_yaml

__all__ = ["DeskError", "Problem", "load_desk", "load_desks"]

DESK, RULES = "desk.yaml", "rules.yaml"
FILES = (DESK, RULES)
Model = TypeVar("Model", bound=BaseModel)


def load_desk(texts: Mapping[str, str], *, folder: str) -> Policy:
    """The policy of the desk whose files have these texts (`desk.yaml`, `rules.yaml`); `folder` is how errors call it.

    Raises `DeskError` with every mistake of both files.
    """
    problems: list[Problem] = []
    nodes = {name: _read(folder, name, texts, problems) for name in FILES}
    problems += _strangers(texts, folder)
    names = _names(nodes[DESK])
    desk = _validated(Desk, nodes[DESK], file=f"{folder}/{DESK}", names=names, problems=problems)
    rules = _validated(RuleFile, nodes[RULES], file=f"{folder}/{RULES}", names=names, problems=problems)
    if desk is not None and (node := nodes[DESK]) is not None:
        problems += (_at(f"{folder}/{DESK}", node, path, text) for path, text in _contradictions(desk))
    if problems or desk is None or rules is None:
        raise DeskError(problems)
    return _policy(desk, rules, nodes[RULES], texts)


def load_desks(folders: Mapping[str, Mapping[str, str]]) -> tuple[Policy, ...]:
    """The policies of all desks, by folder; what no two desks may share is checked across them. Raises `DeskError`."""
    problems: list[Problem] = []
    policies: dict[str, Policy] = {}
    for folder, texts in folders.items():
        try:
            policies[folder] = load_desk(texts, folder=folder)
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
    for name in texts:
        if name not in FILES and name.endswith((".yaml", ".yml")):
            yield Problem(f"{folder}/{name}", 1, 1, f"a desk has no file {quoted(name)}.{nearest(name, FILES)}")


def _names(node: Node | None) -> dict[str, tuple[str, ...] | None]:
    """The priorities and categories that the desk knows; None where its file can not be understood so far."""
    data = plain(node) if node is not None and node.kind == "table" else {}
    return {name: _keys(name, data) for name in ("priorities", "categories")} if node is not None else {}


def _keys(name: str, data: Mapping[str, Any]) -> tuple[str, ...] | None:
    value = data.get(name, Desk.model_fields[name].get_default(call_default_factory=True))
    try:
        table = keyed(value)
    except ValueError:
        return None
    return tuple(table) if isinstance(table, dict) else None


def _validated(
    model: type[Model], node: Node | None, *, file: str, names: Mapping[str, object], problems: list[Problem]
) -> Model | None:
    if node is None:
        return None
    try:
        return model.model_validate(plain(node, keep=getattr(model, "KEPT", frozenset())), context=dict(names))
    except ValidationError as error:
        problems += (_at(file, node, path, text) for path, text in explain(error, model))
        return None


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


def _policy(desk: Desk, written: RuleFile, rules: Node | None, texts: Mapping[str, str]) -> Policy:
    return Policy(
        desk=desk.desk,
        name=desk.name,
        addresses=_addresses(desk),
        language=desk.language,
        time_zone=desk.time_zone,
        agents=tuple(_agent(key, person) for key, person in desk.people.items()),
        priorities=desk.priorities,
        categories=desk.categories,
        statuses={Status(name): words for name, words in desk.statuses},
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
        rules=tuple(_rules(written, rules)),
        digest=digest_of(texts),
        texts=dict(texts),
    )


def _agent(key: str, person: Person) -> Agent:
    mail, *also = (replace(address, name=person.name) for address in person.mail)
    return Agent(key, person.name, mail, tuple(also))


def _steps(steps: Iterable[Any]) -> Iterator[FollowUp]:
    return (FollowUp(after=step.after, send=step.send or "", close=step.close or "") for step in steps)


def _rules(written: RuleFile, node: Node | None) -> Iterator[Rule]:
    for index, rule in enumerate(written.rules):
        line = place(node, ("rules", index))[0] if node else 0
        yield Rule(rule.rule, rule.when, rule.then.model_dump(exclude_none=True), line)


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
