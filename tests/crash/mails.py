"""The mails of a crash run: new ones, customers' answers to our confirmations, agents' answers to our notifications.

Each has a word that stands in no other mail, by which it is found again at the sink, and an envelope sender of its own.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Literal

from tests.crash.gateway import AGENTS, DESK
from tests.sink import Received

Kind = Literal["new", "answer", "reply", "note"]


@dataclass(frozen=True)
class Mail:
    """One mail of the sending client. `customer` is whom the ticket belongs to."""

    number: int
    kind: Kind
    envelope_from: str
    envelope_to: str
    customer: str
    message_id: str
    word: str
    raw: bytes


class Seen:
    """One mail at the sink, read by the standard library."""

    def __init__(self, received: Received) -> None:
        self.recipient = received.recipients[0].lower()
        self.data = received.data
        self.message: EmailMessage = message_from_bytes(received.data, policy=policy.default)
        self.id = str(self.message["Message-ID"] or "").strip()
        self.answers = str(self.message["In-Reply-To"] or "").strip()
        self.subject = str(self.message["Subject"] or "")
        self.reply_to = _address(self.message, "Reply-To") or _address(self.message, "From")

    @cached_property
    def text(self) -> str:
        """The plain part."""
        part = self.message.get_body(("plain",))
        return part.get_content() if part is not None else ""


def _address(message: EmailMessage, field: str) -> str:
    value = message[field]
    return str(value.addresses[0].addr_spec) if value is not None and value.addresses else ""


def new(number: int, chance: random.Random) -> Mail:
    """A customer whom nobody knows asks something."""
    customer = f"customer{number}@people.example.test"
    return _mail(number, "new", customer, DESK, customer, f"Question about order {number}", {}, chance)


def longer(mail: Mail, octets: int) -> Mail:
    """The same mail with so many more octets of text."""
    return replace(mail, raw=mail.raw + b"and so on\r\n" * (octets // 11))


def answer(number: int, confirmation: Seen, chance: random.Random) -> Mail:
    """The customer adds something by answering a mail of ours."""
    customer = confirmation.recipient
    return _mail(
        number, "answer", customer, confirmation.reply_to, customer, confirmation.subject, _thread(confirmation), chance
    )


def reply(number: int, notification: Seen, customer: str, chance: random.Random) -> Mail:
    """An agent answers the customer, or now and then only colleagues."""
    kind: Kind = "note" if chance.random() < 0.15 else "reply"
    agent, thread = notification.recipient, _thread(notification)
    return _mail(number, kind, agent, notification.reply_to, customer, f"Re: {notification.subject}", thread, chance)


def _thread(seen: Seen) -> dict[str, str]:
    return {"In-Reply-To": seen.id, "References": seen.id}


def _mail(
    number: int,
    kind: Kind,
    author: str,
    to: str,
    customer: str,
    subject: str,
    more: dict[str, str],
    chance: random.Random,
) -> Mail:
    word = f"zq{number}x{chance.getrandbits(32):08x}"
    message_id = f"<{word}@people.example.test>"
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = author, to, " ".join(subject.split())
    message["Message-ID"], message["Date"] = message_id, "Mon, 05 Jan 2026 09:00:00 +0000"
    for name, value in more.items():
        message[name] = value
    lines = ["#note", ""] if kind == "note" else []
    lines += [f"Something was said about {word}.", "", *_padding(word, chance)]
    message.set_content("\n".join(lines) + "\n")
    local, _, domain = author.partition("@")
    # an agent's envelope sender is the plain address: some mail systems rewrite nothing
    sender = author if author in AGENTS.values() else f"{local}+m{number}@{domain}"
    return Mail(number, kind, sender, to, customer, message_id, word, message.as_bytes())


def _padding(word: str, chance: random.Random) -> Sequence[str]:
    """Mostly short, now and then as long as a log file, so that a kill falls into the middle of one.

    No line is in two mails: an agent's answer that repeats a note's words would rightly be kept back.
    """
    count = chance.choice([1, 2, 5, 10, 2000]) if chance.random() < 0.3 else 2
    return [f"line {n} of what happened to {word}" for n in range(count)]
