"""`when …`: from what an admin wrote to a tree of tests, and from a mail to yes or no with every clause accounted for.

A condition is `<field> <operator>: <value>`: `subject contains: refund`, `sender is: [a@example.com, "@example.org"]`,
`subject or body matches: "nie (działa|uruchamia)"`. Several in one `when` all hold; `any:`, `all:` and `not:` nest.
Promises: values are tested and compiled while the file is read, never while mail waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from rules.decision import Step
from rules.mistakes import KEY, MANY, Mistakes, Path, nearest, quoted, shown, unknown
from rules.policy import Condition
from rules.words import MAILBOX, SEEN, FieldText, Test, contains, equals, field_text, is_address, matches
from rules.yaml_nodes import Node

FIELDS = ("subject", "body", "sender", "recipient")
ADDRESSES = frozenset({"sender", "recipient"})
GROUPS = ("all", "any", "not")
# As written → (the test, whether a list may follow). The longer spelling comes first.
OPERATORS: Mapping[str, tuple[str, bool]] = {
    "is one of": ("is", True),
    "contains one of": ("contains", True),
    "matches one of": ("matches", True),
    "is": ("is", False),
    "contains": ("contains", False),
    "matches": ("matches", False),
}
VALUES = 1000


@dataclass(slots=True)
class _Reading:
    """The mistakes found so far while a `when` is read."""

    found: list[tuple[Path, str]] = field(default_factory=list)

    def wrong(self, path: Path, text: str) -> None:
        self.found.append((path, text))


def read_when(node: Node) -> Condition:
    """The condition that a `when` says. Raises `Mistakes` with all of them, each with its way from `when`."""
    reading = _Reading()
    condition = _group("all", node, (), reading, listed=False)
    if reading.found:
        raise Mistakes(reading.found)
    return condition


def _group(op: str, node: Node, path: Path, reading: _Reading, *, listed: bool = True) -> Condition:
    """The clauses of a table, or of each table of a list where that is `listed`: `any: [{…}, {…}]`."""
    parts = tuple(_parts(node, path, reading, listed=listed))
    if not parts and not reading.found:
        reading.wrong(path, 'expected at least one clause, such as "subject contains: refund".')
    return parts[0] if len(parts) == 1 else Condition(op=op, parts=parts, line=node.line)


def _parts(node: Node, path: Path, reading: _Reading, *, listed: bool) -> Iterable[Condition]:
    if node.kind == "table":
        for name, (key, value) in node.entries.items():
            if len(reading.found) >= MANY:
                return
            yield _clause(name, key, value, (*path, name), reading)
    elif node.kind == "list" and listed:
        for index, item in enumerate(node.items):
            yield _group("all", item, (*path, index), reading, listed=False)
    else:
        reading.wrong(path, f'expected clauses, such as "subject contains: refund", not {_shown(node)}.')


def _clause(name: str, key: Node, value: Node, path: Path, reading: _Reading) -> Condition:
    if name in GROUPS:
        group = _group("all" if name == "not" else name, value, path, reading)
        return Condition(op="not", parts=(group,), line=key.line) if name == "not" else group
    fields, operator = _spelled(name, path, reading)
    if not fields or not operator:
        return Condition(op="any")
    op, several = OPERATORS[operator]
    values = _values(value, path, reading, several=several, operator=operator)
    leaves = tuple(_leaf(op, one, values, key.line, path, reading) for one in fields)
    return leaves[0] if len(leaves) == 1 else Condition(op="any", parts=leaves, line=key.line)


def _spelled(name: str, path: Path, reading: _Reading) -> tuple[tuple[str, ...], str]:
    """`subject or body contains` → (("subject", "body"), "contains")."""
    words = " ".join(name.split())
    operator = next((o for o in OPERATORS if words.endswith(" " + o)), "")
    if not operator:
        first, _, rest = words.partition(" ")
        if first in FIELDS:
            reading.wrong((*path, KEY), unknown(rest, OPERATORS, "operator") if rest else _no_operator(first))
        else:
            reading.wrong((*path, KEY), unknown(words, [*GROUPS, *(f"{f} contains" for f in FIELDS)], "clause"))
        return (), ""
    fields = tuple(words.removesuffix(" " + operator).split(" or "))
    for one in fields:
        if one not in FIELDS:
            reading.wrong((*path, KEY), unknown(one, FIELDS, "field"))
    return tuple(one for one in fields if one in FIELDS), operator


def _no_operator(name: str) -> str:
    return f'{quoted(name)} needs an operator, as in "{name} contains: …".{nearest("", OPERATORS)}'


def _values(node: Node, path: Path, reading: _Reading, *, several: bool, operator: str) -> tuple[str, ...]:
    """The words after the colon: one, or a list of them after an operator that ends in "one of"."""
    if node.kind == "list" and several and 0 < len(node.items) <= VALUES:
        pairs = [(item, (*path, index)) for index, item in enumerate(node.items)]
    elif node.kind == "list":
        hint = f"expected 1 to {VALUES} values" if several else f'several values need "{operator} one of"'
        reading.wrong(path, f"{hint}.")
        return ()
    else:
        pairs = [(node, path)]
    values = []
    for item, where in pairs:
        if isinstance(item.value, str) and item.value.strip():
            values.append(item.value)
        else:
            quotes = " Put it in quotes if you mean the word." if isinstance(item.value, bool) else ""
            reading.wrong(where, f"expected words, not {_shown(item)}.{quotes}")
    return tuple(values)


def _leaf(op: str, name: str, values: tuple[str, ...], line: int, path: Path, reading: _Reading) -> Condition:
    leaf = Condition(op=op, field=name, values=values, line=line)
    for index, value in enumerate(values):
        try:
            _check_address(op, name, value)
            test_for(replace(leaf, values=(value,)))
        except ValueError as error:
            reading.wrong((*path, index), str(error))
            return leaf
    return replace(leaf, test=test_for(leaf), question=question_of(leaf))


def _check_address(op: str, name: str, value: str) -> None:
    if op == "is" and name in ADDRESSES and not MAILBOX.fullmatch("x" + value if value.startswith("@") else value):
        raise ValueError(f"expected an address (anna@example.com) or a domain (@example.com), not {quoted(value)}.")


def _shown(node: Node) -> str:
    if node.kind != "scalar":
        return f"a {node.kind}"
    return shown(node.value)


TESTS: Mapping[str, Callable[[Iterable[str]], Test]] = {"is": equals, "contains": contains, "matches": matches}


def test_for(leaf: Condition) -> Test:
    """The test that a leaf asks for; ValueError when a value can not be used."""
    if leaf.op == "is" and leaf.field in ADDRESSES:
        return is_address(leaf.values)
    return TESTS[leaf.op](leaf.values)


def question_of(leaf: Condition) -> str:
    """A leaf as it is written: `subject contains one of: refund, money back`."""
    many = " one of" if len(leaf.values) > 1 else ""
    return f"{leaf.field} {leaf.op}{many}: {', '.join(leaf.values)}"


def prepare(fields: Mapping[str, str]) -> Mapping[str, FieldText]:
    """Fold every field once for all the conditions that will be asked of it."""
    return {name: field_text(text) for name, text in fields.items()}


def holds(condition: Condition, fields: Mapping[str, str]) -> tuple[bool, tuple[Step, ...]]:
    """Whether `condition` holds for the fields of a mail, and every clause with what it saw."""
    steps: list[Step] = []
    return check(condition, prepare(fields), steps), tuple(steps)


def check(condition: Condition, texts: Mapping[str, FieldText], steps: list[Step]) -> bool:
    """`holds` for prepared fields; the clauses are appended to `steps`, all of them: a trace shows what nearly held."""
    if condition.test is not None:
        return _ask(condition, condition.test, texts.get(condition.field), steps)
    if condition.op not in GROUPS:
        return _ask(condition, test_for(condition), texts.get(condition.field), steps)
    answers = [
        check(part, texts, steps) if part.test is None else _ask(part, part.test, texts.get(part.field), steps)
        for part in condition.parts
    ]
    if condition.op == "not":
        steps.append(Step("not", "no" if all(answers) else "yes"))
        return not all(answers)
    return any(answers) if condition.op == "any" else all(answers)


def _ask(leaf: Condition, test: Test, text: FieldText | None, steps: list[Step]) -> bool:
    question = leaf.question or question_of(leaf)
    found = test(text) if text is not None else None
    if text is None or found is None:
        steps.append(Step(question, "no", text.miss if text is not None else "saw: "))
        return False
    steps.append(Step(question, "yes", f"found: {found[:SEEN]} in: {text.seen}"))
    return True
