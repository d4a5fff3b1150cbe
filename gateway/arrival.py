"""What was read becomes an event: the message, what proves who wrote it, and what only its envelope tells.

Pure, and the same for a claimed delivery as for a mail that `tkt explain` reads from a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from parsing.dns import Question
from parsing.envelope import by_envelope
from parsing.evidence import Way, evidence, is_own
from parsing.message import Address, Message
from parsing.tokens import Keys
from rules.event import Arrived, Vouch
from rules.policy import Policy

SMTP = "smtp"
LMTP = "lmtp"
WITH_ENVELOPE = frozenset({SMTP, LMTP})
FILE = "file"  # of a mail that came by no channel


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail came. A mailbox or a file keeps no envelope: there `sender` and `recipients` are empty.

    `peer` is what the ledger keeps of the other side; `vouched` that somebody answers for a mail that was held.
    """

    delivery: int
    channel: str
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime
    quiet: bool = False
    peer: Mapping[str, Any] = field(default_factory=dict)
    vouched: Vouch | None = None


def arrived(
    message: Message, envelope: Envelope, policy: Policy, *, keys: Keys, own_addresses: Sequence[str], way: Way
) -> tuple[Arrived, frozenset[Question]]:
    """The event for a message, and what the DNS should still be asked about its sender.

    `own_addresses` are those of every desk: what they sent may come back to any.
    """
    message = by_envelope(
        message,
        own=is_own(message, keys, tuple(own_addresses)),
        without_sender=envelope.channel in WITH_ENVELOPE and not envelope.sender,
    )
    sender = _sender(message, envelope)
    agent = policy.agent_by_address(message.sender)
    proofs, wanted = evidence(
        message,
        keys=keys,
        desk_addresses=tuple(address.address for address in policy.addresses),
        envelope_to=envelope.recipients,
        envelope_from=sender,
        way=way,
        same_person=tuple(address.key for address in agent.addresses) if agent is not None else (),
    )
    event = Arrived(
        delivery=envelope.delivery,
        message=message,
        evidence=proofs,
        envelope_from=sender,
        envelope_to=envelope.recipients,
        received_at=envelope.received_at,
        others=_others(message, own_addresses),
        quiet=envelope.quiet and envelope.vouched is None,  # who lets an old mail go on wants it done
        vouched=envelope.vouched,
    )
    return event, wanted


def _others(message: Message, own_addresses: Sequence[str]) -> tuple[Address, ...]:
    """Who else got the mail by its To and Cc: no desk of ours, under whatever plus-address, and not who wrote it."""
    ours = {address.lower() for address in own_addresses}
    found: dict[str, Address] = {}
    for one in (*message.to, *message.cc):
        local, _, domain = one.key.rpartition("@")
        bare = f"{local.partition('+')[0]}@{domain}"
        if not {one.key, bare} & ours and (message.sender is None or one.key != message.sender.key):
            found.setdefault(one.key, one)
    return tuple(found.values())


def _sender(message: Message, envelope: Envelope) -> str:
    """The envelope sender; a mailbox keeps none, there the reader has judged Return-Path and From stands in."""
    if envelope.channel in WITH_ENVELOPE:
        return envelope.sender
    return message.sender.address if message.sender else message.from_text
