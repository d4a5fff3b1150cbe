"""A new ticket gets the category and priority of the first rule that holds, and the trace says why."""

import pytest

from parsing.message import Address, Message, Span
from rules.decision import Step
from rules.engine import Ruled, run_rules, set_by
from rules.loader import load_desk
from rules.occasion import Occasion
from rules.policy import Policy
from rules.ticket import Status
from tests.rules.desks import DESK, default_texts
from tests.rules.worlds import NOW, ticket

DEFAULT = load_desk(default_texts(), folder="rules/desks/default")
TWO = """\
stop: true
rules:
  - rule: First
    when: {subject contains: one}
    then: {priority: P1}
  - rule: Second
    when: {subject contains one of: [one, two]}
    then: {category: billing, priority: P4}
"""


def asked(subject: str = "", text: str = "", rules: str = TWO) -> tuple[str, str, str | None]:
    desk = load_desk({"desk.yaml": DESK, "rules.yaml": rules}, folder="d")
    found = classify(desk, Message(subject=subject, text=text), ("support@palo.example",))
    return found.ticket.category, found.ticket.priority, next(iter(found.names), None)


def classify(desk: Policy, mail: Message, recipients: tuple[str, ...]) -> Ruled:
    """What the rules make of a new ticket."""
    fresh = ticket(priority=desk.start_priority, category=desk.start_category, status=Status.NEW, assignee=None)
    return run_rules(desk, Occasion(frozenset({"opened"}), fresh, NOW, message=mail, recipients=recipients))


def test_the_first_rule_that_holds_wins() -> None:
    """Later rules are not asked; what the rule does not say is what the desk starts with."""
    assert asked("one") == ("general", "P1", "First")
    assert asked("two") == ("billing", "P4", "Second")
    assert asked("three") == ("general", "P3", None)


def test_the_trace_tells_the_whole_way() -> None:
    """Each rule asked, with its line, its clauses, and where both values come from."""
    desk = load_desk({"desk.yaml": DESK, "rules.yaml": TWO}, folder="d")

    found = classify(desk, Message(subject="Two!"), ())

    assert (*found.trace, *set_by(found)) == (
        Step('rule "First"', "no", "rules.yaml line 3"),
        Step("subject contains: one", "no", "saw: Two!"),
        Step('rule "Second"', "yes", "rules.yaml line 6"),
        Step("subject contains one of: one, two", "yes", "found: two in: Two!"),
        Step("done", "yes", "category general → billing"),
        Step("done", "yes", "priority P3 → P4"),
        Step("category", "billing", 'rule "Second"'),
        Step("priority", "P4", 'rule "Second"'),
    )


def test_a_quotation_does_not_classify() -> None:
    """`body` is what the writer added; a mail that is nothing but quotation is read whole."""
    rules = "rules:\n  - {rule: R, when: {body contains: refund}, then: {category: billing}}\n"
    desk = load_desk({"desk.yaml": DESK, "rules.yaml": rules}, folder="d")
    quotation = Span("quote", "> refund\n")
    answer = Message(text="Hello\n> refund\n", spans=(Span("new", "Hello\n"), quotation))
    forward = Message(text="> refund\n", spans=(quotation,))

    assert classify(desk, answer, ()).names == ()
    assert classify(desk, forward, ()).names == ("R",)


def test_the_sender_and_every_recipient_can_be_asked() -> None:
    """Envelope, To and Cc count as recipients; a mail without a readable From has no sender."""
    when = '{sender is: "@x.example", recipient is: sales@palo.example}'
    rules = f"rules:\n  - {{rule: R, when: {when}, then: {{priority: P2}}}}\n"
    desk = load_desk({"desk.yaml": DESK, "rules.yaml": rules}, folder="d")
    sales = Address("Sales@palo.example")

    assert classify(desk, Message(sender=Address("a@x.example"), cc=(sales,)), ()).names == ("R",)
    assert classify(desk, Message(sender=Address("a@x.example")), ("sales@palo.example",)).names == ("R",)
    assert classify(desk, Message(sender=Address("a@x.example")), ("support@palo.example",)).names == ()
    assert classify(desk, Message(to=(sales,)), ()).names == ()


@pytest.mark.parametrize(
    ("subject", "text", "category", "priority"),
    [
        ("Help", "The site is down since 9:00.", "technical", "P1"),
        ("I was charged twice", "", "billing", "P2"),
        ("Refund", "I would like my money back.", "billing", "P2"),
        ("Question", "Where do I find the invoice for May?", "billing", "P3"),
        ("Can't log in", "", "account", "P2"),
        ("Login", "I can’t sign in any more", "account", "P2"),
        ("Password", "How do I change my password?", "account", "P3"),
        ("Please close my account", "", "account", "P3"),
        ("App crashes on start", "", "bug_report", "P2"),
        ("Search", "The search doesn't work with umlauts", "bug_report", "P3"),
        ("An idea", "It would be nice to have a dark mode.", "suggestion", "P4"),
        ("An idea", "It would be nice if it did not crash.", "bug_report", "P2"),
        ("Setup", "How do I install the agent?", "technical", "P3"),
        ("URGENT", "Please call me.", "general", "P2"),
        ("Hello", "Do you deliver to Poland?", "general", "P3"),
        ("Cannot place a bet", "Nothing happens when I press the button.", "general", "P3"),
    ],
)
def test_the_default_rules_are_sensible(subject: str, text: str, category: str, priority: str) -> None:
    """Ordinary mails land where a person would put them."""
    found = classify(DEFAULT, Message(subject=subject, text=text), ("support@localhost",)).ticket

    assert (found.category, found.priority) == (category, priority)
