"""The language of rules.yaml, and of each file below rules/, as pydantic models.

`when` and `then` have readers of their own.

What a rule file may say of the desk (priorities, people, lists of words) travels as the validation's context, so that
one reading finds every mistake.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    SkipValidation,
    ValidationInfo,
    model_validator,
)

from rules.conditions import Known, Read, read_when
from rules.desk_schema import Table, Words, words_to_type
from rules.mistakes import Mistakes, Path, nearest, quoted, shown, unknown
from rules.occasion import EVENTS
from rules.policy import Condition
from rules.then_reader import Done, known_hole, read_then
from rules.values import day
from rules.yaml_nodes import Node

RULES = 5000  # in one file
EXAMPLES = 50  # of one rule
LISTED = 1000  # words of one list


def _when(value: Any, info: ValidationInfo) -> Read:
    if not isinstance(value, Node):
        raise ValueError(f"expected clauses, not {shown(value)}.")
    return read_when(value, _known(info))


def _then(value: Any, info: ValidationInfo) -> Done:
    if not isinstance(value, Node):
        raise ValueError(f"expected what is to be done, not {shown(value)}.")
    return read_then(value, _known(info))


def _known(info: ValidationInfo) -> Known:
    known = (info.context or {}).get("known")
    return known if isinstance(known, Known) else Known()


def _examples(value: Any) -> tuple[Node, ...]:
    if not isinstance(value, Node) or value.kind != "list" or len(value.items) > EXAMPLES:
        raise ValueError(f"expected a list of at most {EXAMPLES} examples, as [{{mail: {{…}}, becomes: {{…}}}}].")
    return tuple(value.items)


def _until(value: Any) -> date:
    return value if isinstance(value, date) else day(value)


def one_or_more(value: Any) -> Any:
    """`opened` is short for `[opened]`."""
    return [value] if isinstance(value, str) else value


def word_list(value: Any) -> Any:
    """A list of words: text, none empty."""
    if not isinstance(value, list) or not 0 < len(value) <= LISTED:
        raise ValueError(f"expected a list of 1 to {LISTED} words.")
    wrong: list[tuple[Path, str]] = [
        ((index,), f"expected words, not {shown(word)}.")
        for index, word in enumerate(value)
        if not isinstance(word, str) or not word.strip()
    ]
    if wrong:
        raise Mistakes(wrong)
    return tuple(value)


def _event(value: str) -> str:
    if value not in EVENTS:
        raise ValueError(unknown(value, EVENTS, "event"))
    return value


EventName = Annotated[str, AfterValidator(_event)]


class WrittenRule(Table):
    """One rule."""

    rule: Words = Field(description="the rule's name, as `tkt show` prints it")
    event: Annotated[tuple[EventName, ...], BeforeValidator(one_or_more), Field(strict=False, min_length=1)] = Field(
        default=("opened",), description="what must happen"
    )
    when: Annotated[Read, PlainValidator(_when)] | None = Field(
        default=None, description="clauses that must all hold; always, when left out"
    )
    then: Annotated[Done, PlainValidator(_then)] = Field(description="what is done")
    until: Annotated[SkipValidation[date], BeforeValidator(_until)] | None = Field(
        default=None, description="the rule's last day, such as 2026-12-05"
    )
    stop: bool | None = Field(default=None, description="no later rule is asked when this one fired")
    examples: Annotated[tuple[Node, ...], PlainValidator(_examples)] = Field(
        default=(), description="mails, and what must become of them"
    )

    @model_validator(mode="after")
    def _holes(self) -> WrittenRule:
        groups = named_groups(self.when.condition if self.when else None)
        wrong = [
            (
                ("then", *path),
                f"there is nothing called {quoted(hole)} here.{nearest(hole, [*groups, 'matched', 'customer'])}",
            )
            for path, hole in self.then.holes
            if hole not in groups and not known_hole(hole)
        ]
        if wrong:
            raise Mistakes(wrong)
        return self


def named_groups(condition: Condition | None) -> tuple[str, ...]:
    """The names that the expressions of a condition catch words under."""
    if condition is None or condition.negated or condition.op == "not":
        return ()
    own = tuple(name for one in condition.patterns for name in one.names)
    return (*own, *(name for part in condition.parts for name in named_groups(part)))


class RuleFile(Table):
    """A whole file of rules."""

    KEPT: ClassVar[frozenset[str]] = frozenset({"when", "then", "examples"})  # read from their nodes

    stop: bool = Field(default=False, description="each rule of this file says stop, unless it says otherwise")
    words: Annotated[
        dict[str, Annotated[SkipValidation[tuple[str, ...]], BeforeValidator(word_list)]], AfterValidator(words_to_type)
    ] = Field(default={}, description="lists of words, which every rule may use as $name")
    rules: Annotated[tuple[WrittenRule, ...], Field(strict=False, max_length=RULES)] = ()
