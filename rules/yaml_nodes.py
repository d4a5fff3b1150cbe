"""Text of a YAML file → a tree of nodes that each know their line and column.

Promises: no surprise and no crash. A plain `true`, `false`, `null` or nothing is what YAML 1.2's core schema says
(section 10.3.2); everything else is text as it was written: `no`, `off`, `010`, `1:30` and `1.10` stay those letters,
because a desk has no setting that is a bare number. A key that stands twice, anchors, aliases, tags, a second document
and whatever is larger or deeper than `YamlLimits` are mistakes with a place. The tree is built from libyaml's events:
its own composer recurses in C and kills the interpreter on deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from rules.mistakes import Path, quoted

LITERALS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # YAML 1.2 section 5.1


@dataclass(frozen=True, slots=True)
class YamlLimits:
    """`octets` of UTF-8, `depth` of nesting, `nodes` in one file."""

    octets: int = 2**20
    depth: int = 50
    nodes: int = 200_000


@dataclass(slots=True)
class Node:
    """A scalar (`value`), a list (`items`) or a table (`entries`: key → key's node, value's node)."""

    kind: str
    line: int
    column: int
    value: str | bool | None = None
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Node, Node]] = field(default_factory=dict)


class YamlError(Exception):
    """The text is not YAML as we take it: (line, column, what) for each mistake found.

    `node` is the tree all the same where keys standing twice are all that is wrong: the first one counts.
    """

    def __init__(self, found: list[tuple[int, int, str]], node: Node | None = None) -> None:
        self.found = found
        self.node = node
        super().__init__(str(found))


def read_yaml(text: str, limits: YamlLimits = YamlLimits()) -> Node:
    """The tree for `text`; an empty file is an empty table. Raises `YamlError`."""
    text = text.removeprefix("\ufeff")
    _refuse_strange(text, limits)
    try:
        return _build(_events(text, limits))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlError([(line, column, _not_yaml(error, text, line, column))]) from None
    except yaml.YAMLError as error:
        raise YamlError([(1, 1, f"this is not YAML: {quoted(error)}.")]) from None


def _not_yaml(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> str:
    lines = text.split("\n")
    if line <= len(lines) and lines[line - 1][column - 1 : column] == "\t":
        return "a tab can not indent YAML; use blanks."
    return f"this is not YAML: {error.problem or error.context}."


def _refuse_strange(text: str, limits: YamlLimits) -> None:
    if len(text) > limits.octets or len(text.encode("utf-8", "replace")) > limits.octets:
        raise YamlError([(1, 1, f"this file is larger than {limits.octets // 1024} KiB.")])
    if found := NOT_YAML.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise YamlError([(line, column, f"the character U+{ord(found[0]):04X} may not stand in YAML.")])


def _events(text: str, limits: YamlLimits) -> Iterator[yaml.Event]:
    """The events of one document, refused as soon as one of them is too deep, too many or of a kind that we ban."""
    depth = documents = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        reason = _banned(event, documents)
        if depth > limits.depth:
            reason = f"this is nested deeper than {limits.depth} levels."
        if nodes > limits.nodes:
            reason = f"this file has more than {limits.nodes} parts."
        if reason:
            raise YamlError([(*_mark(event), reason)])
        yield event


def _mark(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _banned(event: yaml.Event, documents: int) -> str:
    match event:
        case yaml.AliasEvent(anchor=name):
            return f"*{name} is an alias, and desk files have none. Put a text that starts with * in quotes."
        case yaml.NodeEvent(anchor=str() as name):
            return f"&{name} is an anchor, and desk files have none. Put a text that starts with & in quotes."
        case yaml.ScalarEvent(tag=str() as tag) | yaml.CollectionStartEvent(tag=str() as tag):
            short = quoted(tag.replace("tag:yaml.org,2002:", "!!"))
            return f"{short} is a tag, and desk files have none. Put a text that starts with ! in quotes."
        case yaml.DocumentStartEvent() if documents > 1:
            return "a second document starts here; one file holds one."
    return ""


def _build(events: Iterator[yaml.Event]) -> Node:
    """The tree, by a stack of open collections and of keys that wait for their value; doubled keys are collected."""
    root: Node | None = None
    open_nodes: list[Node] = []
    keys: list[Node | None] = []
    faults: list[tuple[int, int, str]] = []
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            open_nodes.pop()
            keys.pop()
            continue
        node = _node(event)
        if node is None:
            continue
        if not open_nodes:
            root = node
        elif open_nodes[-1].kind == "list":
            open_nodes[-1].items.append(node)
        elif (key := keys[-1]) is None:
            keys[-1] = _checked_key(node, open_nodes[-1], faults)
        else:
            open_nodes[-1].entries.setdefault(_key_text(key), (key, node))
            keys[-1] = None
        if node.kind != "scalar":
            open_nodes.append(node)
            keys.append(None)
    if root is None or (root.kind == "scalar" and root.value is None):
        root = Node("table", 1, 1)
    if faults:
        raise YamlError(faults, root)
    return root


def _node(event: yaml.Event) -> Node | None:
    line, column = _mark(event)
    match event:
        case yaml.ScalarEvent(value=text, style=style):
            plain = style in (None, "") and text in LITERALS
            return Node("scalar", line, column, value=LITERALS[text] if plain else text)
        case yaml.SequenceStartEvent():
            return Node("list", line, column)
        case yaml.MappingStartEvent():
            return Node("table", line, column)
    return None


def _key_text(key: Node) -> str:
    """A key is always text: `true:` is the word true, `~:` the word null."""
    return key.value if isinstance(key.value, str) else "null" if key.value is None else str(key.value).lower()


def _checked_key(key: Node, table: Node, faults: list[tuple[int, int, str]]) -> Node:
    if key.kind != "scalar":
        raise YamlError([(key.line, key.column, f"a {key.kind} can not be a key; expected a word and a colon.")])
    name = _key_text(key)
    if name in table.entries:
        first = table.entries[name][0].line
        text = f"{quoted(name)} stands here for the second time; the first is line {first}."
        faults.append((key.line, key.column, text))
    return key


def plain(node: Node, *, keep: frozenset[str] = frozenset()) -> Any:
    """The tree as dicts, lists and scalars. Values under a key of `keep` stay nodes: they have their own reader."""
    if node.kind == "list":
        return [plain(item, keep=keep) for item in node.items]
    if node.kind == "table":
        return {name: value if name in keep else plain(value, keep=keep) for name, (_, value) in node.entries.items()}
    return node.value


def place(node: Node, path: Path, *, key: bool = False) -> tuple[int, int]:
    """Line and column of what `path` leads to, or of the last thing on the way; `key`: of its name, not its value."""
    spot = node
    for step in path:
        if node.kind == "table" and str(step) in node.entries:
            name, node = node.entries[str(step)]
            spot = name if key or _lies_below(name, node) else node
        elif node.kind == "list" and isinstance(step, int) and step < len(node.items):
            node = spot = node.items[step]
    return spot.line, spot.column


def _lies_below(name: Node, value: Node) -> bool:
    """True when the value is best shown by its name: it is empty, or a block that starts on a later line."""
    return value.line > name.line or (value.kind == "scalar" and value.value is None)
