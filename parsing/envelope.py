"""What only the envelope of a mail, or a key of ours, tells of its kind: its bytes are judged in origin.py.

A file of its own, for who has a Message already needs none of the tables that made it.
"""

from __future__ import annotations

from dataclasses import replace

from parsing.message import Kind, Message


def by_envelope(message: Message, *, own: bool, without_sender: bool) -> Message:
    """The message with what its bytes can not tell: that we signed it ourselves, that its envelope sender is null."""
    if own:
        return replace(message, kind=Kind.OWN, confidence=1.0, why="its Message-ID carries our signature")
    if without_sender and message.kind is Kind.HUMAN:
        replies = bool(message.in_reply_to or message.references)
        kind, confidence, why = null_sender(replies=replies, why="MAIL FROM:<>")
        return replace(message, kind=kind, confidence=confidence, why=why)
    return message


def null_sender(*, replies: bool, why: str) -> tuple[Kind, float, str]:
    """RFC 3834 section 2: never answered. Only what answers something is an automatic reply."""
    if replies:
        return Kind.AUTO_REPLY, 0.9, f"an answer with the null sender ({why})"
    return Kind.MACHINE, 0.8, f"the null sender ({why})"
