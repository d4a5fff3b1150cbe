"""Small worlds for deciding in: a desk, a ticket, a message, all with plain defaults that a test changes by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.desks import packaged_desk
from parsing.message import Address, Evidence, Grade, Kind, Message, Span, Token
from parsing.tokens import person_hash
from rules.decide import decide
from rules.decision import Decision
from rules.event import Arrived, Due, Vouch
from rules.facts import Facts, PendingTimer, SentTo, World
from rules.loader import load_desk
from rules.policy import Policy
from rules.ticket import Status, Ticket

NOW = datetime(2026, 11, 6, 14, 2, tzinfo=UTC)
ANNA = Address("anna@example.com", "Anna Nowak")
MARIE = Address("marie@example.org", "Marie Petit")
KARIM = Address("karim@example.org", "Karim Benali")


def desk() -> Policy:
    """The default desk with two agents."""
    texts = packaged_desk()
    people = (
        "people:\n"
        "  marie: {name: Marie Petit, mail: marie@example.org}\n"
        "  karim: {name: Karim Benali, mail: karim@example.org}\n"
    )
    lines = texts["desk.yaml"].splitlines(keepends=True)
    at = next(index for index, line in enumerate(lines) if line.startswith("people:"))
    return load_desk({**texts, "desk.yaml": "".join([*lines[:at], people, *lines[at + 2 :]])}, folder="desks/test")


def ticket(**changes: Any) -> Ticket:
    """TKT-00042 of Anna's, in progress with Marie."""
    plain = Ticket(
        number=42,
        desk="support",
        subject="Cannot place a bet",
        status=Status.IN_PROGRESS,
        priority="P3",
        category="general",
        requester=ANNA,
        assignee="marie",
        opened_at=NOW - timedelta(days=1),
        changed_at=NOW - timedelta(hours=1),
        status_since=NOW - timedelta(hours=1),
        version=3,
        thread=("<first@example.com>",),
    )
    return replace(plain, **changes)


def message(
    text: str = "It does not work.", *, sender: Address | None = ANNA, quoted: str = "", **changes: Any
) -> Message:
    """A person's mail whose new words are `text`, above `quoted`."""
    spans = tuple(span for span in (Span("new", text), Span("quote", quoted)) if span.text)
    plain = Message(
        subject="Cannot place a bet",
        sender=sender,
        from_text=sender.address if sender else "",
        message_id="<mail@example.com>",
        text=text + quoted,
        spans=spans,
        kind=Kind.HUMAN,
    )
    return replace(plain, **changes)


def token(role: str, owner: Address, number: int = 42) -> Token:
    """The token that was mailed to `owner` about a ticket."""
    return Token(role=role, ticket=number, person=person_hash(owner.address))


def proof(role: str, owner: Address) -> Evidence:
    """What a reply with the owner's own token has; an agent's domain vouches for it, too."""
    return Evidence(grade=Grade.E3 if role == "agent" else Grade.E1, token=token(role, owner))


LOGIN = Evidence(grade=Grade.E4)  # their very address logged in


class Counted(dict[str, SentTo]):
    """Everybody was written to as often as this, whoever is asked for."""

    def __init__(self, **counts: Any) -> None:
        super().__init__()
        self._counts = SentTo(**counts)

    def get(self, key: str, default: Any = None) -> Any:
        """The same for each address."""
        return self._counts


def facts(*tickets: Ticket, **changes: Any) -> Facts:
    """A store that knows `tickets`, and from which nobody has had a mail lately."""
    known = {ticket.number: ticket for ticket in tickets}
    return replace(Facts(next_number=100, tickets=known, sent_to=Counted(), world=World()), **changes)


def arrive(
    mail: Message,
    *known: Ticket,
    evidence: Evidence | None = None,
    envelope_from: str = "x@example.com",
    vouched: Vouch | None = None,
    others: tuple[Address, ...] = (),
    policy: Policy | None = None,
    **changes: Any,
) -> Decision:
    """Decide on `mail` in a world of `known` tickets; `changes` go into the facts."""
    event = Arrived(
        delivery=7,
        message=mail,
        evidence=evidence or Evidence(),
        envelope_from=envelope_from,
        envelope_to=("support@localhost",),
        received_at=NOW,
        vouched=vouched,
        others=others,
    )
    return decide(event, facts=facts(*known, **changes), policy=policy or desk(), now=NOW)


def from_agent(
    text: str,
    known: Ticket | None = None,
    *,
    quoted: str = "\n> old\n",
    more: tuple[Ticket, ...] = (),
    **changes: Any,
) -> Decision:
    """Marie replies to her notification of `known`, in a world with `more` tickets."""
    mail, evidence = message(text, sender=MARIE, quoted=quoted), proof("agent", MARIE)
    return arrive(mail, known or ticket(), *more, evidence=evidence, envelope_from=MARIE.address, **changes)


def timer(kind: str, due_at: datetime, number: int = 1) -> PendingTimer:
    """A pending timer."""
    return PendingTimer(timer=number, kind=kind, due_at=due_at)


def fire(
    known: Ticket, *timers: PendingTimer, now: datetime = NOW, policy: Policy | None = None, **changes: Any
) -> Decision:
    """The first of `timers` comes due on `known`."""
    event = Due(timer=timers[0].timer, kind=timers[0].kind, ticket=known.number, due_at=timers[0].due_at)
    return decide(event, facts=facts(known, timers=timers, **changes), policy=policy or desk(), now=now)


def mails(decision: Decision) -> list[tuple[str, str]]:
    """(recipient, notice) of all that goes out."""
    return [(notice.to.address, notice.name) for notice in decision.notices]
