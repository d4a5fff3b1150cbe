"""`then …`: from what an admin wrote to the values that rules.then works with; every mistake with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.conditions import Known
from rules.fields import FIELDS, HEADER
from rules.mistakes import KEY, Mistakes, Path, shown, unknown
from rules.then import ACTIONS, HOLE, Action
from rules.ticket import Status
from rules.yaml_nodes import Node

WORDS = 4000  # characters of one text
SEVERAL = 50
NOTICES = ("opened", "reply", "waiting_customer", "reminder", "last_reminder", "resolved", "closed")
OURS = ("matched", "ticket", "customer")


@dataclass(frozen=True, slots=True)
class Done:
    """What a rule does; `holes` are the names in `{{ … }}`, each with its way from `then`."""

    then: Mapping[str, Any]
    holes: tuple[tuple[Path, str], ...] = ()


@dataclass(slots=True)
class _Reading:
    known: Known
    found: list[tuple[Path, str]] = field(default_factory=list)
    holes: list[tuple[Path, str]] = field(default_factory=list)

    def wrong(self, path: Path, text: str) -> None:
        self.found.append((path, text))


def known_hole(name: str) -> bool:
    """Whether `{{ name }}` is filled whatever the rule's expressions catch."""
    return name in OURS or name in FIELDS or name.startswith("field.") or HEADER.fullmatch(name.lower()) is not None


def read_then(node: Node, known: Known) -> Done:
    """What stands in `then`. Raises `Mistakes` with all of them, each with its way from `then`."""
    reading = _Reading(known)
    then: dict[str, Any] = {}
    if node.kind != "table":
        reading.wrong((), f"expected what is to be done, such as {{category: billing}}, not {_shown(node)}.")
    elif not node.entries:
        reading.wrong((), f"expected at least one of {', '.join(ACTIONS)}.")
    for name, (_, value) in node.entries.items():
        if name not in ACTIONS:
            reading.wrong((name, KEY), unknown(name, ACTIONS))
        else:
            then[name] = _READERS[ACTIONS[name].kind](ACTIONS[name], value, (name,), reading)
    if reading.found:
        raise Mistakes(reading.found)
    return Done(then, tuple(reading.holes))


def _text(node: Node, path: Path, reading: _Reading) -> str:
    """Words, with the names in their holes remembered."""
    if not isinstance(node.value, str) or not node.value.strip():
        quotes = " Put it in quotes if you mean the word." if isinstance(node.value, bool) else ""
        reading.wrong(path, f"expected words, not {_shown(node)}.{quotes}")
        return ""
    if len(node.value) > WORDS:
        reading.wrong(path, f"this is longer than {WORDS} characters.")
    reading.holes += [(path, hole[1]) for hole in HOLE.finditer(node.value)]
    if "{{" in HOLE.sub("", node.value):
        reading.wrong(path, "a name in {{ }} is one word, as in {{ matched }}.")
    return node.value.strip()


def _name(action: Action, node: Node, path: Path, reading: _Reading) -> str:
    text = _text(node, path, reading)
    if action.name == "status":
        choices: tuple[str, ...] | None = tuple(status.value for status in Status)
    else:
        choices = reading.known.names.get(action.choices)
    if text and choices is not None and text not in choices and (action.name == "status" or not HOLE.search(text)):
        missing = f'this desk has no "{action.choices}", so "{action.name}" can not be set.'
        what = "person or group" if action.choices == "audience" else action.name
        reading.wrong(path, unknown(text, choices, what) if choices else missing)
    return text


def _several(node: Node, path: Path, reading: _Reading) -> list[tuple[Node, Path]]:
    if node.kind == "list" and 0 < len(node.items) <= SEVERAL:
        return [(item, (*path, index)) for index, item in enumerate(node.items)]
    if node.kind == "list":
        reading.wrong(path, f"expected 1 to {SEVERAL} values.")
        return []
    return [(node, path)]


def _names(action: Action, node: Node, path: Path, reading: _Reading) -> tuple[str, ...]:
    return tuple(_name(action, item, where, reading) for item, where in _several(node, path, reading))


def _words(action: Action, node: Node, path: Path, reading: _Reading) -> str:
    return _text(node, path, reading)


def _texts(action: Action, node: Node, path: Path, reading: _Reading) -> tuple[str, ...]:
    return tuple(_text(item, where, reading) for item, where in _several(node, path, reading))


def _tell(action: Action, node: Node, path: Path, reading: _Reading) -> tuple[tuple[str, str], ...]:
    """`marie`, `[marie, cm]`, or `{to: marie, text: …}`: pairs of who and what."""
    if node.kind != "table":
        return tuple((who, "") for who in _names(action, node, path, reading))
    for name in node.entries:
        if name not in ("to", "text"):
            reading.wrong((*path, name, KEY), unknown(name, ("to", "text")))
    if "to" not in node.entries:
        reading.wrong(path, f'"to" is missing: who is to be told. Known: {", ".join(_audience(reading))}.')
        return ()
    text = _text(node.entries["text"][1], (*path, "text"), reading) if "text" in node.entries else ""
    return tuple((who, text) for who in _names(action, node.entries["to"][1], (*path, "to"), reading))


def _audience(reading: _Reading) -> tuple[str, ...]:
    return reading.known.names.get("audience") or ()


def _truth(action: Action, node: Node, path: Path, reading: _Reading) -> bool:
    if node.value is not True:
        reading.wrong(path, f"expected true, not {_shown(node)}; leave it out for the opposite.")
    return True


def _nothing(action: Action, node: Node, path: Path, reading: _Reading) -> str:
    if node.value != "nothing":
        reading.wrong(path, f"expected nothing, not {_shown(node)}; leave it out and they are told as always.")
    return "nothing"


def _pairs(action: Action, node: Node, path: Path, reading: _Reading) -> dict[str, str]:
    """A table of names of ours or of the desk, and a text or a name for each."""
    if node.kind != "table" or not node.entries:
        reading.wrong(path, f"expected a table of names and values, not {_shown(node)}.")
        return {}
    keys = NOTICES if action.kind == "notices" else reading.known.names.get(action.choices)
    pairs = {}
    for name, (_, value) in node.entries.items():
        if keys is not None and name not in keys:
            reading.wrong((*path, name, KEY), unknown(name, keys, "notice" if action.kind == "notices" else "field"))
        pairs[name] = _text(value, (*path, name), reading)
        wordings = reading.known.names.get("wording")
        if action.kind == "notices" and wordings is not None and pairs[name] and pairs[name] not in wordings:
            reading.wrong((*path, name), unknown(pairs[name], wordings, "wording"))
    return pairs


def _shown(node: Node) -> str:
    return f"a {node.kind}" if node.kind != "scalar" else shown(node.value)


_READERS = {
    "name": _name,
    "names": _names,
    "words": _words,
    "texts": _texts,
    "tell": _tell,
    "truth": _truth,
    "nothing": _nothing,
    "fields": _pairs,
    "notices": _pairs,
}
