"""What was read becomes an event: the message, what proves who wrote it, and what only its envelope tells.

Pure, and the same for a claimed delivery as for a mail that `tkt explain` reads from a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from parsing.evidence import evidence, is_own
from parsing.message import Kind, Message
from parsing.tokens import Keys
from rules.event import Arrived
from rules.policy import Policy

SMTP = "smtp"


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail came. A mailbox or a file keeps no envelope: there `sender` and `recipients` are empty."""

    delivery: int
    channel: str
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime
    quiet: bool = False


def arrived(
    message: Message, envelope: Envelope, policy: Policy, *, keys: Keys, own_addresses: Sequence[str]
) -> Arrived:
    """The event for a message. `own_addresses` are those of every desk: what they sent may come back to any."""
    message = _judged(message, envelope, keys, own_addresses)
    sender = _sender(message, envelope)
    return Arrived(
        delivery=envelope.delivery,
        message=message,
        evidence=evidence(
            message,
            keys=keys,
            desk_addresses=tuple(address.address for address in policy.addresses),
            envelope_to=envelope.recipients,
            envelope_from=sender,
        ),
        envelope_from=sender,
        envelope_to=envelope.recipients,
        received_at=envelope.received_at,
        quiet=envelope.quiet,
    )


def _judged(message: Message, envelope: Envelope, keys: Keys, own_addresses: Sequence[str]) -> Message:
    """What the reader could not know of the kind: our own signature, and SMTP's null sender."""
    if is_own(message, keys, tuple(own_addresses)):
        return replace(message, kind=Kind.OWN, confidence=1.0, why="its Message-ID carries our signature")
    if not envelope.sender and message.kind is Kind.HUMAN and envelope.channel == SMTP:
        return replace(message, kind=Kind.MACHINE, confidence=0.8, why="it came with the null sender")
    return message


def _sender(message: Message, envelope: Envelope) -> str:
    """The envelope sender; a mailbox keeps none, there the reader has judged Return-Path and From stands in."""
    if envelope.channel == SMTP:
        return envelope.sender
    return message.sender.address if message.sender else message.from_text
