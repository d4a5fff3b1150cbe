"""A finished mail on its way from templates.compose to the outbox: the noun that both rooms share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from rules.decision import Once


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of an attachment that travels along."""

    filename: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One envelope recipient with its own bytes. `serial` is the outbox key and stands in the mail's tokens.

    `once`: its Reply-To and its Message-ID prove that this very mail was answered, and that counts once.
    """

    serial: str
    desk: str
    ticket: int | None
    event: str
    notice: str
    role: str
    automatic: bool
    envelope_from: str
    recipient: str
    message_id: str
    subject: str
    raw: bytes
    once: Once | None = None


def mail_serial(*, event: str, recipient: str, notice: str) -> str:
    """The same 16 hex digits for the same mail for ever, so that composing it twice yields one outbox row."""
    return hashlib.sha256(f"{event}\n{recipient.lower()}\n{notice}".encode()).hexdigest()[:16]
