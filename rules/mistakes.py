"""Says what is wrong in a file that a person wrote: where, what was expected, and the nearest word that would do.

Promises: every mistake at once (the first hundred), in the words of the trade and never in pydantic's; a text from the
file is shown cut and without control characters. Used for the desks' files here and for tkt.toml by the gateway.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

SHOWN = 60  # characters of a wrong word
LISTED = 40  # known words shown
MANY = 100  # mistakes after which nobody reads on

Path = tuple[str | int, ...]
KEY = "[key]"  # the last step of a way to a name rather than to its value, as pydantic has it


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one file; lines and columns count from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class DeskError(Exception):
    """A desk's files can not be used; printed, it is one line for each problem, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        ordered = sorted(set(problems), key=lambda p: (p.file, p.line, p.column, p.text))
        self.problems = tuple(ordered[:MANY])
        self.more = len(ordered) - len(self.problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        return "\n".join([*lines, f"… and {self.more} more"] if self.more else lines)


class Mistakes(ValueError):
    """What a check found, each with the way to it from the value that was checked."""

    def __init__(self, found: Iterable[tuple[Path, str]]) -> None:
        self.found = tuple(found)
        super().__init__("; ".join(text for _, text in self.found))


def quoted(word: object) -> str:
    """A word from the file in quotes, fit for one line of a terminal."""
    return f'"{harmless(word)}"'


def harmless(word: object) -> str:
    """A word from the file, cut and without control characters."""
    text = str(word)
    cut = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else "�" for c in cut)


def nearest(word: str, known: Iterable[str]) -> str:
    """` Did you mean "…"? Known: ….` for a word that is not among `known`."""
    words = list(known)
    spellings = {spelling.lower(): spelling for spelling in words}
    near = difflib.get_close_matches(word[:SHOWN].lower(), spellings, n=1, cutoff=0.5)
    near = near or [known for known in spellings if word.lower().startswith(known)][:1]
    hint = f" Did you mean {quoted(spellings[near[0]])}?" if near else ""
    listed = ", ".join(map(harmless, words[:LISTED])) + (", …" if len(words) > LISTED else "")
    return f"{hint} Known: {listed}." if words else ""


def unknown(word: str, known: Iterable[str], what: str = "") -> str:
    """The sentence about a word that is not among `known`; `what` it should have been, if that is not plain."""
    return f"there is no {what + ' ' if what else ''}{quoted(word)} here.{nearest(word, known)}"


def explain(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    """Each mistake of a validation with the way to it, in our words (the first hundred)."""
    for item in error.errors(include_url=False)[:MANY]:
        where: Path = tuple(item["loc"])
        kind, value, context = item["type"], item["input"], item.get("ctx", {})
        reason = context.get("error")
        if isinstance(reason, Mistakes):
            yield from ((where + path, text) for path, text in reason.found)
        elif isinstance(reason, ValueError):
            yield where, str(reason)
        else:
            end: Path = (KEY,) if kind == "extra_forbidden" else ()
            yield where + end, _words_for(kind, value, context, where=where, model=model)


def _words_for(kind: str, value: Any, context: Mapping[str, Any], *, where: Path, model: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        return unknown(str(where[-1]), known_keys(model, where[:-1]))
    if kind == "missing":
        what = _description(model, where)
        return f"{quoted(where[-1])} is missing{': ' + what if what else ''}."
    if kind in ("enum", "literal_error"):
        allowed = _choices(context.get("expected", ""))
        return unknown(value, allowed) if isinstance(value, str) else f"expected one of {', '.join(allowed)}."
    if kind.endswith("too_long"):
        return f"this is too long: expected at most {context['max_length']}."
    if kind.endswith("too_short"):
        return f"expected at least {context['min_length']}."
    if kind in LIMITS:
        return f"{LIMITS[kind]} {context[LIMIT_OF[kind]]}, not {shown(value)}."
    for start, expected in EXPECTED.items():
        if kind.startswith(start):
            quotes = (
                " Put it in quotes if you mean the word." if kind == "string_type" and isinstance(value, bool) else ""
            )
            return f"expected {expected}, not {shown(value)}.{quotes}"
    return f"this can not be used: {shown(value)}."


LIMIT_OF = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt", "less_than": "lt"}
LIMITS = {
    "greater_than_equal": "expected at least",
    "less_than_equal": "expected at most",
    "greater_than": "expected more than",
    "less_than": "expected less than",
}
EXPECTED = {
    "string": "words",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "path": "a path",
    "date": "a date such as 2026-01-31",
    "model": "a table of settings",
    "dict": "a table of names and values",
    "list": "a list",
    "tuple": "a list",
    "frozen_set": "a list",
}


def _choices(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]


def shown(value: object) -> str:
    """What stands there, for `expected …, not …`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case Mapping():
            return "a table"
        case str():
            return quoted(value)
        case int() | float():
            return str(value)
        case Sequence():
            return "a list"
    return quoted(value)


def known_keys(model: type[BaseModel], where: Path) -> list[str]:
    """The keys that may stand in the table that `where` leads to."""
    found = _model_at(model, where)
    hidden: frozenset[str] = getattr(found, "HIDDEN", frozenset())
    return [field.alias or name for name, field in found.model_fields.items() if name not in hidden] if found else []


def _description(model: type[BaseModel], where: Path) -> str:
    found = _model_at(model, where[:-1])
    fields = found.model_fields if found else {}
    return next((f.description or "" for name, f in fields.items() if where[-1] in (name, f.alias)), "")


def _model_at(model: type[BaseModel], where: Path) -> type[BaseModel] | None:
    """The model of the value that `where` leads to, through fields, lists and tables with free keys."""
    here: Any = model
    for step in where:
        here = _core(here)
        inner = get_args(here)
        if _is_model(here):
            fields = here.model_fields.items()
            here = next((field.annotation for name, field in fields if step == (field.alias or name)), None)
        elif inner:
            here = inner[1] if get_origin(here) is dict else inner[0]
        else:
            return None
    here = _core(here)
    return here if _is_model(here) else None


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)


def _core(annotation: Any) -> Any:
    """The annotation without Annotated, and without the None of an optional one."""
    while get_origin(annotation) in (Annotated, types.UnionType, Union):
        annotation = next(inner for inner in get_args(annotation) if inner is not type(None))
    return annotation
