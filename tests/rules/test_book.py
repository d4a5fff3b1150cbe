"""However many rules a desk has, none is passed over that would have held, and few are asked that do not."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from parsing.message import Address, Attachment, HeaderLine, Message, Span
from rules.book import Seen, thorough
from rules.engine import TOLD, run_rules
from rules.occasion import Occasion
from rules.policy import Policy
from tests.rules.desks import palo
from tests.rules.worlds import NOW, ticket

WORDS = ("refund", "plant", "planté", "log", "in", "érr-7", "x")
CLAUSES = (
    "words contain one of: [{a} {b}, {c}*]",
    "subject contains: {a}",
    "subject or body contains all of: [{a}, {b}]",
    "body does not contain: {a}",
    "subject is: {a}",
    "subject is exactly: {a}",
    "subject starts with: {a}",
    "subject ends with: {a}",
    "attachment ends with one of: [.{a}, {b}]",
    "attachment starts with: {a}",
    "body matches one of: ['{a} ?({b}|{c})', '^{c}']",
    "subject matches exactly: '{a}'",
    "body contains exactly: {a}",
    "sender is one of: ['{b}@{a}.example', '@{c}.example']",
    "domain ends with: .example",
    "header.x-{b} contains: {a}",
    "category is: billing",
    "not: {{subject contains: {a}}}",
    "any: [{{subject contains: {a}}}, {{body contains: {b}, sender exists: true}}]",
)
ASCII = ("refund", "plant", "log", "in", "x")


def many(count: int) -> Policy:
    """More rules than are told one by one, every clause with different words."""
    lines = []
    for number in range(count):
        a, b, c = (WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 5))
        first = CLAUSES[number % len(CLAUSES)]
        second = CLAUSES[(number * 7 + 3) % len(CLAUSES)]
        safe = {"a": a, "b": b, "c": c}
        if any(mark in first + second for mark in ("header", "sender is", "starts with", "'")):
            safe = {key: ASCII[WORDS.index(word) % len(ASCII)] for key, word in safe.items()}
        when = first.format(**safe)
        if number % 3 == 0 and second.split(":")[0] != first.split(":")[0]:
            when += ", " + second.format(**safe)
        lines.append(f"  - {{rule: R{number}, when: {{{when}}}, then: {{add_tag: t{number}}}}}")
    return palo(rules="rules:\n" + "\n".join(lines) + "\n")


DESK = many(4 * TOLD)
spoken = (*WORDS, "PLANTÉ", "planter", "Log-in", ".refund", "érr-70", "\n")
texts = st.lists(st.sampled_from(spoken), max_size=8).map(" ".join)


@given(
    subject=texts,
    body=texts,
    name=st.sampled_from(["log.refund", "x.plant", "in", ""]),
    sender=st.sampled_from(["log@in.example", "x@refund.example", "plant@x.example"]),
    header=st.sampled_from(["x-log", "x-in", "x-refund"]),
    value=texts,
)
@settings(max_examples=150, deadline=None)
def test_the_index_changes_nothing(subject: str, body: str, name: str, sender: str, header: str, value: str) -> None:
    """Rules asked by the index do what they do when every one of them is asked."""
    mail = Message(
        subject=subject,
        text=body,
        spans=(Span("new", body),),
        sender=Address(sender),
        header=(HeaderLine(header, value),),
        attachments=(Attachment(1, name, 10, "text/plain"),) if name else (),
    )
    occasion = Occasion(frozenset({"opened"}), ticket(), NOW, message=mail)
    quick, slow = run_rules(DESK, occasion), run_rules(replace(DESK, book=thorough(DESK.book)), occasion)

    assert quick.names == slow.names
    assert quick.ticket == slow.ticket


def test_few_rules_are_asked() -> None:
    """A mail without any of the words asks the rules alone of which nothing can be known before."""
    mail = Message(subject="zzz", text="of all that", sender=Address("a@b.test"))
    seen = Seen(Occasion(frozenset({"opened"}), ticket(), NOW, message=mail), DESK)

    assert len(DESK.book.candidates(seen)) <= len(DESK.book.always) + 2 < len(DESK.rules) / 2
