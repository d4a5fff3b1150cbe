"""What was read becomes an event: the message, what proves who wrote it, and what only its envelope tells.

Pure, and the same for a claimed delivery as for a mail that `tkt explain` reads from a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from parsing.evidence import evidence, is_own
from parsing.message import Message
from parsing.origin import by_envelope
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
    message = by_envelope(
        message,
        own=is_own(message, keys, tuple(own_addresses)),
        without_sender=envelope.channel == SMTP and not envelope.sender,
    )
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


def _sender(message: Message, envelope: Envelope) -> str:
    """The envelope sender; a mailbox keeps none, there the reader has judged Return-Path and From stands in."""
    if envelope.channel == SMTP:
        return envelope.sender
    return message.sender.address if message.sender else message.from_text
