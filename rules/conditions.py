"""`when …`: from what an admin wrote to a tree of tests, with every value read while the file is read.

A condition is `<field> <operator>: <value>`: `subject contains: refund`, `sender is one of: [a@example.com, …]`,
`subject or body matches: "nie (działa|uruchamia)"`. Several in one `when` all hold; `any:`, `all:` and
`not:` nest. `$outage` in the place of a word is a list that the desk's files name under `words:`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from rules.comparing import TESTS
from rules.fields import FIELDS, Field, field_named
from rules.mistakes import KEY, MANY, Mistakes, Path, nearest, quoted, shown, unknown
from rules.operators import OPERATORS, Operator, allowed, split
from rules.patterns import Pattern, hopeless, pattern
from rules.policy import Condition, Test
from rules.yaml_nodes import Node

GROUPS = ("all", "any", "not")
VALUES = 1000
MEASURES = frozenset({"number", "size", "age", "grade", "hours"})
# what the desk's files name, by table; None where that table can not be read
Names = Mapping[str, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Known:
    """What words a rule may use that are not ours: the desk's tables, and its lists of words."""

    names: Names = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """The mistakes and doubts found so far while a `when` is read."""

    known: Known
    found: list[tuple[Path, str]] = field(default_factory=list)
    doubts: list[tuple[Path, str]] = field(default_factory=list)

    def wrong(self, path: Path, text: str) -> None:
        self.found.append((path, text))


@dataclass(frozen=True, slots=True)
class Read:
    """A condition, and what is doubtful in it: each with its way from `when`."""

    condition: Condition
    doubts: tuple[tuple[Path, str], ...] = ()


def read_when(node: Node, known: Known = Known()) -> Read:
    """The condition that a `when` says. Raises `Mistakes` with all of them, each with its way from `when`."""
    reading = _Reading(known)
    condition = _group("all", node, (), reading, listed=False)
    if reading.found:
        raise Mistakes(reading.found)
    return Read(condition, tuple(reading.doubts))


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
    if not fields or operator is None:
        return Condition(op="any")
    values = _values(value, path, reading, operator)
    leaves = tuple(_leaf(operator, one, values, key.line, path, reading) for one in fields)
    if len(leaves) == 1:
        return leaves[0]
    # "subject or body does not contain" is said of both
    return Condition(op="all" if operator.negated else "any", parts=leaves, line=key.line)


def _spelled(name: str, path: Path, reading: _Reading) -> tuple[tuple[Field, ...], Operator | None]:
    """`subject or body contains` → (subject's and body's row of the table, the operator)."""
    words, operator = split(name)
    if operator is None:
        first, _, rest = words.partition(" ")
        of_first = _known_field(first, reading)
        if of_first is not None:
            spellings = allowed(of_first.type, of_ticket=of_first.of_ticket)
            reading.wrong((*path, KEY), unknown(rest, spellings, "operator") if rest else _no_operator(of_first))
        else:
            examples = [*GROUPS, *(f"{f} contains" for f in ("subject", "body", "words")), "sender is", "status is"]
            reading.wrong((*path, KEY), unknown(words, examples, "clause"))
        return (), None
    found: list[Field] = []
    for one in words.split(" or "):
        asked = _known_field(one, reading)
        if asked is None:
            reading.wrong((*path, KEY), unknown(one, _field_names(one, reading), "field"))
        elif operator.spelled not in (spellings := allowed(asked.type, of_ticket=asked.of_ticket)):
            text = f'{quoted(one)} can not be asked with "{operator.spelled}".{nearest("", spellings)}'
            reading.wrong((*path, KEY), text)
        else:
            found.append(asked)
    return tuple(found), operator


def _known_field(name: str, reading: _Reading) -> Field | None:
    return field_named(name, reading.known.names.get("fields", ()))


def _field_names(name: str, reading: _Reading) -> list[str]:
    """The fields to choose from; the desk's own and headers where the word looks like one of them."""
    own = [f"field.{key}" for key in reading.known.names.get("fields", ()) or ()]
    now = [known for known in FIELDS if known.startswith("before.") == name.startswith("before.")]
    return [*now, *own, "header.NAME"]


def _no_operator(asked: Field) -> str:
    spellings = allowed(asked.type, of_ticket=asked.of_ticket)
    return f'{quoted(asked.name)} needs an operator, as in "{asked.name} {spellings[0]}: …".{nearest("", spellings)}'


def _values(node: Node, path: Path, reading: _Reading, operator: Operator) -> tuple[tuple[Path, str | bool], ...]:
    """The words behind the colon, lists of words put in; each with its way."""
    if node.kind == "list" and operator.many and 0 < len(node.items) <= VALUES:
        items = [(item, (*path, index)) for index, item in enumerate(node.items)]
    elif node.kind == "list":
        plural = next((o.spelled for o in OPERATORS.values() if o.many and _same(o, operator)), "")
        hint = f'several values need "{plural}"' if plural and not operator.many else f"expected 1 to {VALUES} values"
        reading.wrong(path, f"{hint}.")
        return ()
    else:
        items = [(node, path)]
    return tuple(pair for item, where in items for pair in _words(item, where, reading, operator))


def _same(one: Operator, other: Operator) -> bool:
    return one.test == other.test and one.negated == other.negated


def _words(item: Node, where: Path, reading: _Reading, operator: Operator) -> Iterable[tuple[Path, str | bool]]:
    """One value; `$name` is a whole list, which only an operator with "of" may be given."""
    if operator.test in ("exists", "changed") or isinstance(item.value, bool):
        if operator.test in ("exists", "changed", "is") and isinstance(item.value, bool):
            yield where, item.value
        else:
            quotes = " Put it in quotes if you mean the word." if isinstance(item.value, bool) else ""
            expected = "true or false" if operator.test in ("exists", "changed") else "words"
            reading.wrong(where, f"expected {expected}, not {_shown(item)}.{quotes}")
    elif not isinstance(item.value, str) or not item.value.strip():
        reading.wrong(where, f"expected words, not {_shown(item)}.")
    elif item.value.startswith("$"):
        name = item.value[1:]
        if name not in reading.known.words:
            reading.wrong(where, unknown(item.value, [f"${key}" for key in reading.known.words], "list of words"))
        elif not operator.many:
            reading.wrong(where, f'{quoted(item.value)} is a list of words: it needs "one of" before the colon.')
        else:
            yield from ((where, word) for word in reading.known.words[name])
    else:
        yield where, item.value.removeprefix("\\") if item.value.startswith("\\$") else item.value


def _leaf(
    operator: Operator,
    asked: Field,
    written: tuple[tuple[Path, str | bool], ...],
    line: int,
    path: Path,
    reading: _Reading,
) -> Condition:
    values = tuple((where, value if isinstance(value, str) else str(value).lower()) for where, value in written)
    leaf = Condition(
        op=operator.test,
        field=asked.name,
        values=tuple(value for _, value in values),
        line=line,
        negated=operator.negated,
        question=_question(asked.name, operator, [value for _, value in values]),
    )
    patterns: list[Pattern] = []
    try:
        for (where, value), (_, as_written) in zip(values, written, strict=True):
            path = where
            if isinstance(as_written, bool) and operator.test == "is" and asked.type != "truth":
                raise ValueError(f"expected words, not {value}. Put it in quotes if you mean the word.")
            _check_name(asked, operator, value, reading.known.names)
            if operator.test.startswith("matches"):
                patterns.append(pattern(value, exact=operator.test == "matches exactly"))
                doubt = hopeless(patterns[-1])
                reading.doubts += [(where, f"this can never match: {doubt}.")] if doubt else []
            elif operator.test != "within":
                _test(leaf.op, asked.type, (value,))
        return replace(leaf, test=_test(leaf.op, asked.type, leaf.values), patterns=tuple(patterns)) if values else leaf
    except ValueError as error:
        reading.wrong(path, str(error))
        return leaf


def _test(op: str, type_: str, values: tuple[str, ...]) -> Test | None:
    """None for what looks at a field as such: rules.book asks that."""
    if op in ("exists", "changed"):
        return None
    if op in ("changed to", "changed from"):
        op = "is"
    return TESTS[type_][op](values)


def _check_name(asked: Field, operator: Operator, value: str, names: Names) -> None:
    """A name must be one of those that there are."""
    if asked.type not in ("name", "names") or operator.test in ("exists", "changed"):
        return
    choices = names.get(asked.choices) if isinstance(asked.choices, str) else asked.choices
    if choices and value not in choices:
        raise ValueError(unknown(value, choices, asked.name.removeprefix("before.")))
    if choices == () and isinstance(asked.choices, str) and asked.choices in names:
        raise ValueError(f'this desk has no "{asked.choices}", so {quoted(asked.name)} can not be asked.')


def _question(name: str, operator: Operator, values: list[str]) -> str:
    """A leaf as it is written: `subject contains one of: refund, money back`."""
    return f"{name} {operator.spelled}: {', '.join(values[:20])}{', …' if len(values) > 20 else ''}"


def _shown(node: Node) -> str:
    if node.kind != "scalar":
        return f"a {node.kind}"
    return shown(node.value)
