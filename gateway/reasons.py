"""The reasons of a decision as people read them, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

NOT_DONE = ("done", "no")


def told_trace(steps: Iterable[Mapping[str, Any]], *, every_step: bool) -> Iterator[str]:
    """In short the rule that won with the clause that held; `every_step`: each question, its answer, what it saw."""
    for step in steps:
        detail = str(step.get("detail", ""))
        colon = "" if step["question"].endswith(("?", ".")) else ":"
        line = f"{step['question']}{colon} {step['answer']}" + (f" ({detail})" if detail else "")
        rule, clause = step["question"].startswith("rule "), detail.startswith("found: ")
        if every_step:
            yield line
        elif step["answer"] == "yes" and (rule or clause):
            yield line.replace(": yes (", " (", 1)
        elif (
            step["question"].startswith(("overrode ", "the nearest rule"))
            or (step["question"], step["answer"]) == NOT_DONE
        ):
            yield line
