"""Asks the desk's rules in their order about a new mail: the first whose `when` holds names category and priority.

Pure and cheap: the texts of the mail are folded once, the rules' values were compiled when their file was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from parsing.message import Message
from rules.conditions import check, prepare
from rules.decision import Step
from rules.policy import Policy, Rule


@dataclass(frozen=True, slots=True)
class Classification:
    """What a new ticket starts as; `rule` is the name of the rule that said so, None when no rule held."""

    category: str
    priority: str
    rule: str | None
    trace: tuple[Step, ...]


def classify(policy: Policy, message: Message, envelope_to: Iterable[str]) -> Classification:
    """The category and priority of a new ticket; what the winning rule does not say comes from `start_with`."""
    texts = prepare(fields_of(message, envelope_to))
    steps: list[Step] = []
    for rule in policy.rules:
        mark = len(steps)
        won = check(rule.when, texts, steps)
        where = f"rules.yaml line {rule.line}" if rule.line else ""
        steps.insert(mark, Step(f'rule "{rule.name}"', "yes" if won else "no", where))
        if won:
            return _classified(policy, rule, steps)
    return _classified(policy, None, steps)


def fields_of(message: Message, envelope_to: Iterable[str]) -> Mapping[str, str]:
    """The four things that a rule may ask about.

    `body` is what the writer added: neither quotation nor signature, unless there is nothing else. `recipient` is
    everybody the mail was sent to by envelope, To, Cc and Delivered-To, one address a line.
    """
    headers = (address.address for address in (*message.to, *message.cc))
    return {
        "subject": message.subject,
        "body": message.reply_text.strip() or message.text,
        "sender": message.sender.address if message.sender else "",
        "recipient": "\n".join(dict.fromkeys((*envelope_to, *headers, *message.delivered_to))),
    }


def _classified(policy: Policy, rule: Rule | None, steps: list[Step]) -> Classification:
    then: Mapping[str, str] = rule.then if rule else {}
    category = then.get("category", policy.start_category)
    priority = then.get("priority", policy.start_priority)
    for name, value in (("category", category), ("priority", priority)):
        by = f'rule "{rule.name}"' if rule and name in then else "start_with"
        steps.append(Step(name, value, by))
    return Classification(category, priority, rule.name if rule else None, tuple(steps))
