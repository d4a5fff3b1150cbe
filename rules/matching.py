"""Which ticket a message belongs to, and how surely.

In order: our token in an address, our signed Message-ID in what is answered, Message-IDs that we know (of mail from
outside, or the name that a relay gave to a mail of ours), our reference in the quoted text, the number in the subject.
Whose ticket it is decide the people on it: a way that leads to a ticket on which the sender does not stand, or which
proves too little, relates the new ticket to it at most. A number and a Message-ID are not secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from parsing.evidence import QUOTED
from parsing.headers import clean_subject
from parsing.message import Grade, Token
from rules.access import standing
from rules.case import Case
from rules.decision import Step
from rules.facts import Facts
from rules.solved import fold
from rules.ticket import Role, Status, Ticket

NUMBER = re.compile(r"\bTKT-(\d{1,9})\b", re.IGNORECASE | re.ASCII)
TOKEN_LIFE = timedelta(days=90)  # after the closing of its ticket
MERGES = 10  # from one merged ticket to the next, at most
CERTAIN, STRONG, WEAK = "certain", "strong", "weak"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a ticket. `proof`: it carries what was given to the sender (owner) or to another one (somebody)."""

    question: str
    number: int | None
    confidence: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`ticket` is the message's own ticket, found by `how` with that `confidence`; `evidence` says why it is theirs.

    `related` is one that it may be about, `why` it is not taken for it. `held`: it carries a token that was given to
    somebody else on `related`, and a person has to say who wrote it.
    """

    ticket: Ticket | None = None
    related: Ticket | None = None
    how: str = ""
    confidence: str = ""
    evidence: tuple[str, ...] = ()
    why: str = ""
    held: bool = False
    trace: tuple[Step, ...] = ()

    @property
    def told(self) -> str:
        """How it was found, in a line for a timeline."""
        return f"matched by {self.how} ({self.confidence}): {'; '.join(self.evidence)}" if self.how else ""


def number_in(subject: str) -> int | None:
    """The ticket number in a subject line; None where several stand there, for nobody can say which is meant."""
    found = {int(number) for number in NUMBER.findall(subject)}
    return found.pop() if len(found) == 1 else None


def survivor(facts: Facts, number: int | None) -> Ticket | None:
    """The ticket of this number, or the one that it was merged into; None when it is not known."""
    found = facts.tickets.get(number) if number is not None else None
    for _ in range(MERGES):
        if found is None or found.merged_into is None:
            break
        found = facts.tickets.get(found.merged_into)
    return found


def match(case: Case) -> Match:
    """Ask each way in turn; the first that leads to a ticket of the sender's own wins."""
    trace: list[Step] = []
    others: list[tuple[Way, Ticket]] = []
    for way in ways(case):
        ticket = survivor(case.facts, way.number)
        if ticket is None or ticket.desk != case.policy.desk:
            known = "is not known" if ticket is None else "is another desk's"
            trace.append(Step(way.question, "no", "" if way.number is None else f"TKT-{way.number:05d} {known}"))
            continue
        theirs = _theirs(case, ticket, way)
        if theirs:
            trace.append(Step(way.question, "yes", f"{ticket.name}, {way.confidence}: {theirs}"))
            return _judged(case, Match(ticket, None, way.question, way.confidence, (theirs,), trace=tuple(trace)), way)
        trace.append(Step(way.question, "not theirs", f"{ticket.name}: {_missing(case, ticket, way)}"))
        others.append((way, ticket))
    return _unmatched(case, others, tuple(trace))


def ways(case: Case) -> Iterator[Way]:
    """Every way to a ticket, in the order of trust; one that leads nowhere has no number."""
    evidence, message, facts = case.event.evidence, case.event.message, case.facts
    own, foreign = evidence.token, evidence.foreign_token
    # whoever is an agent no more still has an agent's tokens: they speak for no customer
    proof = "owner" if own and (own.role == "customer" or message.automatic) else ""
    proven = Way(f"our token in {evidence.token_where or 'the mail'}", own.ticket if own else None, CERTAIN, proof)
    last = evidence.token_where == QUOTED
    if not last:
        yield proven
    if facts.sent is not None and message.automatic:
        yield Way("the mail of ours that it answers automatically", facts.sent.ticket, CERTAIN, "owner")
    yield from _known_ids(case)
    if last:
        yield proven
    if foreign is not None:
        yield Way("our token that was given to another address", foreign.ticket, STRONG, "somebody")
    yield Way("the number in the subject", number_in(message.subject), WEAK)


def _known_ids(case: Case) -> Iterator[Way]:
    """The Message-IDs that it answers, the newest first; of those that lead to one ticket the first."""
    message, facts, sender = case.event.message, case.facts, case.event.message.sender
    seen: set[int] = set()
    for mid in dict.fromkeys([*message.in_reply_to, *reversed(message.references)]):
        sent, number = facts.renamed.get(mid), facts.by_message_id.get(mid)
        if sent is not None and sent.ticket not in seen:
            owner = sender is not None and sent.recipient.lower() == sender.key and sent.role == "customer"
            proof = "owner" if owner else "somebody"
            yield Way("the name that the relay gave to a mail of ours", sent.ticket, STRONG, proof)
            seen.add(sent.ticket)
        if number is not None and number not in seen:
            yield Way("a Message-ID that we know", number, STRONG)
            seen.add(number)
    if not seen:
        yield Way("a Message-ID that we know", None, STRONG)


def _theirs(case: Case, ticket: Ticket, way: Way) -> str:
    """Why the sender may add to the ticket that this way leads to; "" when not (threat model 3)."""
    sender, evidence = case.event.message.sender, case.event.evidence
    if case.event.message.automatic and way.proof == "owner":
        return "a machine's answer to a mail of ours"
    if sender is None:
        return ""
    role = ticket.role_of(sender)
    if role not in (Role.REQUESTER, Role.CC):
        return ""
    proof = "" if token_expired(case, ticket) else way.proof
    if proof == "owner":
        return f"it answers what was mailed to {sender.address}"
    if standing(case, role="customer") >= Grade.E2:
        return f"{sender.address} stands on it as {role.value}, and its domain vouches for the mail"
    if proof and _of_customer(evidence.foreign_token):
        # the token alone would let its holder write as the one whom it was given to
        return f"{sender.address} stands on it as {role.value}, and it carries a token of another one there"
    # older mail, taken in quietly, sends nothing and steers nothing
    return f"{sender.address} stands on it as {role.value}" if case.event.quiet else ""


def _of_customer(token: Token | None) -> bool:
    return token is None or token.role == "customer"


def _missing(case: Case, ticket: Ticket, way: Way) -> str:
    if ticket.role_of(case.event.message.sender) not in (Role.REQUESTER, Role.CC):
        return "the sender does not stand on it"
    if way.proof and token_expired(case, ticket):
        return "its tokens have expired, and nothing else proves who wrote"
    return "nothing proves that the one in From wrote it"


def token_expired(case: Case, ticket: Ticket) -> bool:
    """Tokens end 90 days after their ticket was closed."""
    return ticket.status is Status.CLOSED and case.now > ticket.status_since + TOKEN_LIFE


def _unmatched(case: Case, others: list[tuple[Way, Ticket]], trace: tuple[Step, ...]) -> Match:
    """No ticket of the sender's own: at most one that it may be about."""
    if not others:
        return Match(trace=trace)
    way, related = others[0]
    found = Match(related=related, how=way.question, why=_missing(case, related, way), trace=trace)
    tokens = (one for by, one in others if by.proof == "somebody" and not token_expired(case, one))
    given = next(tokens, None)
    if given is None or case.event.message.automatic or new_matter(case, given):
        return found
    vouched = case.event.vouched
    if vouched is not None:
        evidence = (f"{vouched.by} answers for who wrote",)
        return Match(given, None, "our token that was given to another address", STRONG, evidence, trace=trace)
    return replace(found, related=given, held=True)


def _judged(case: Case, found: Match, way: Way) -> Match:
    """A match that is a new matter, or that contradicts itself, only relates the new ticket."""
    ticket, message = found.ticket, case.event.message
    if ticket is None or message.automatic:
        return found
    why = ""
    if way.proof and new_matter(case, ticket):
        why = "it came to an address that a mail program had kept, with a subject of its own"
    elif not way.proof and _otherwise_named(case, ticket):
        why = "its subject names another ticket"
    elif not way.proof and all(quite_different(message.subject, one.subject) for one in _joined(case, ticket)):
        why = "its subject is quite another one"
    return replace(found, ticket=None, related=ticket, why=why) if why else found


def new_matter(case: Case, ticket: Ticket) -> bool:
    """A token that stands in an address alone, on a mail that answers nothing and has a subject of its own.

    Mail programs keep addresses: the next letter to the desk goes to the one with a token in it.
    """
    message, evidence = case.event.message, case.event.evidence
    if evidence.answered or message.in_reply_to or message.references:
        return False
    subject = clean_subject(message.subject)
    same = any(fold(subject) == fold(clean_subject(one.subject)) for one in _joined(case, ticket))
    return (
        bool(subject) and not same and number_in(message.subject) not in {one.number for one in _joined(case, ticket)}
    )


def _joined(case: Case, ticket: Ticket) -> list[Ticket]:
    """The ticket, and those known ones that were merged into it."""
    return [one for one in case.facts.tickets.values() if survivor(case.facts, one.number) == ticket]


def _otherwise_named(case: Case, ticket: Ticket) -> bool:
    numbers = {int(number) for number in NUMBER.findall(case.event.message.subject)}
    tickets = {found.number for number in numbers if (found := survivor(case.facts, number)) is not None}
    return bool(tickets - {ticket.number})


def quite_different(subject: str, other: str) -> bool:
    """Two subjects with less than a third of the shorter one's words in common.

    An empty one says nothing, and one with a ticket's number says enough.
    """
    words, others = set(fold(clean_subject(subject))), set(fold(clean_subject(other)))
    if not words or not others or NUMBER.search(subject):
        return False
    return 3 * len(words & others) < min(len(words), len(others))
