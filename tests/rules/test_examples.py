"""Examples beside the rules: what must become of which mail, and in which words it is said that it does not."""

from typing import Any

import pytest

from rules.loader import DeskError, load_desk
from rules.policy import Policy
from tests.rules.test_language import DESK

RULES = """\
words: {outage: [is down, plant*]}
rules:
  - rule: Spam
    when: {kind is: spam}
    then: {spam: true}
    stop: true
  - rule: Outage
    event: [opened, customer_replied]
    when: {words contain one of: $outage}
    then: {priority: P1, group: dev, add_tag: outage, watch: marie, tell: {to: roadmap, text: Look}}
"""


def desk(*examples: str, rule: str = RULES) -> Policy:
    """The desk with these examples beside its last rule."""
    lines = "".join(f"      - {example}\n" for example in examples)
    return load_desk({"desk.yaml": DESK, "rules.yaml": f"{rule}    examples:\n{lines}"}, folder="d")


@pytest.mark.parametrize(
    "example",
    [
        "{mail: {subject: Site planté}, becomes: {priority: P1, group: dev, tag: outage, rule: Outage}}",
        "{mail: {subject: Bonjour}, becomes: {priority: P3, no_rule: Outage, no_tag: outage, status: new}}",
        "{mail: {text: is down}, becomes: {watcher: marie, told: [customer, karim, lea, roadmap@partner.example]}}",
        "{mail: {subject: x, spam: true}, becomes: {status: closed, spam: true, mails_sent: 0}}",
        "{ticket: {status: resolved}, mail: {text: is down}, event: customer_replied, becomes: {priority: P1}}",
        "{ticket: {tag: [outage, old]}, event: customer_replied, becomes: {tag: old, no_rule: Outage}}",
        "{mail: {from: bob@big.example, cc: [x@y.example], evidence: E2, headers: {x-a: b}}, becomes: {priority: P3}}",
        '{mail: {attachments: {a.png: 2 MB}}, at: "2026-03-29 02:30", becomes: {assignee: nobody}}',
        '{mail: "From: a@b.example\\nSubject: Le site\\n\\nest PLANTE\\n", becomes: {priority: P1}}',
    ],
)
def test_an_example_that_is_so_loads(example: str) -> None:
    """A few fields of a mail, a whole one, or a ticket before; every word of `becomes`."""
    assert desk(example).examples == 1


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ("{mail: {subject: x}, becomes: {priority: P1}}", 'expected priority "P1", and it became "P3". No rule fired.'),
        ("{mail: {subject: planté}, becomes: {tag: other}}", 'expected tag "other", and it became "outage".'),
        ("{mail: {subject: planté}, becomes: {no_rule: Outage}}", 'expected it not to be so, and it is: "Outage".'),
        ("{mail: {subject: planté}, becomes: {mails_sent: 0}}", "5 mails are sent."),
        ("{mail: {subject: planté}, becomes: {held: true}}", 'expected held "true", and it became "false".'),
    ],
)
def test_one_that_is_not_so_is_a_mistake_of_the_file(example: str, words: str) -> None:
    """The desk is refused as if it did not parse: the place, what was expected, what became of it, and which rules."""
    with pytest.raises(DeskError) as caught:
        desk(example)

    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("d/rules.yaml", 12)
    assert problem.text.startswith(words)


def test_a_rule_that_is_over_is_tried_on_its_last_day() -> None:
    """An example does not rot: it has the clock of its rule."""
    rules: Any = "rules:\n  - rule: On\n    until: 2025-12-05\n    then: {add_tag: on}\n"

    assert desk("{mail: {}, becomes: {tag: on}}", rule=rules).examples == 1
