"""A mail and its decision for people."""

from __future__ import annotations

from gateway.explained import Explained
from gateway.printable import printable
from gateway.tables import print_below


def print_explained(found: Explained, *, name: str, why: bool, full: bool) -> None:
    """The whole answer of `tkt explain`; `name` stands in front where there are several."""
    message = found.message
    print_below("mail", printable(name))
    print_below("subject", printable(message.subject))
    print_below("kind", printable(f"{message.kind.value} ({message.confidence:.0%}): {message.why}"))
    for line in message.reply_text.splitlines():
        print_below("", printable(f"│ {line}"))
    print_below("decision", printable(f"{found.decision.outcome.value}: {found.decision.reason}"))
