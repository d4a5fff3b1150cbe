"""Who may do what by mail, and upon which evidence: the threat model as one table. Everything that allows asks it.

Evidence is graded as parsing.evidence finds it: E0 the From text alone, E1 a reply token of ours that was mailed to
that very address, E2 the domain in From vouches for it, E3 both, E4 a login. A mail that somebody answers for
afterwards (its sender by a token of one use, or whoever releases it) counts as E3. Whoever is refused loses nothing:
the mail is kept, and what was asked is not done (fail open for acceptance, closed for acts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from parsing.message import Grade
from rules.case import Case
from rules.event import How
from rules.policy import Agent

E0, E1, E2, E3, E4, E5 = Grade


class Ask(StrEnum):
    """What a mail can ask for."""

    OPEN = "open a ticket"
    OPEN_AS_STAFF = "open a ticket as one of the desk's people"
    APPEND = "add to a ticket, or reopen it"
    OPEN_WITH = "open a ticket for others, too, who stand in Cc"
    JOIN = "bring others into a ticket by Cc"
    ANSWER = "answer a customer in the desk's name"
    STEER = "steer a ticket by # lines"
    BRING = "open a ticket in a customer's name"
    RISK = "merge others' tickets, change whose a ticket is, delete, act on many"
    MANAGE = "change rules, templates or settings"


class Who(StrEnum):
    """Whose mail may ask for it at all; that nobody else's may is for the rule that asks to see."""

    ANYBODY = "anybody"
    PARTICIPANT = "who stands on the ticket, or was given its token"
    REQUESTER = "the requester, from any of their addresses"
    AGENT = "a person of the desk, from the address in its file"
    NOBODY = "nobody by mail"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: any one of these `grades` will do. `automatic` says whether a machine's mail may, too.

    `once` wants a token of one use besides, mailed to the listed address and answered within the hour.
    """

    rule: str
    who: Who
    grades: frozenset[Grade]
    automatic: bool = False
    once: bool = False


def _any_of(*grades: Grade) -> frozenset[Grade]:
    return frozenset(grades)


# rule: the number in the threat model. To open a ticket, E2 is enough for an agent, too: nothing is done in their name.
TABLE: Mapping[Ask, Row] = {
    # asked for         rule     who              any one of                      by a machine    a token of one use
    Ask.OPEN: Row("1", Who.ANYBODY, _any_of(E0, E1, E2, E3, E4, E5), automatic=True),
    Ask.OPEN_AS_STAFF: Row("12", Who.AGENT, _any_of(E2, E3, E4, E5), automatic=True),
    Ask.APPEND: Row("3, 7, 15", Who.PARTICIPANT, _any_of(E1, E2, E3, E4, E5), automatic=True),
    Ask.OPEN_WITH: Row("6", Who.ANYBODY, _any_of(E2, E3, E4, E5)),
    Ask.JOIN: Row("5, 6", Who.REQUESTER, _any_of(E3, E4, E5)),
    Ask.ANSWER: Row("8", Who.AGENT, _any_of(E3, E4, E5)),
    Ask.STEER: Row("9", Who.AGENT, _any_of(E3, E4, E5)),
    Ask.BRING: Row("8, 12", Who.AGENT, _any_of(E3, E4, E5)),
    Ask.RISK: Row("10", Who.AGENT, _any_of(E3, E4, E5), once=True),
    Ask.MANAGE: Row("11", Who.NOBODY, _any_of()),
}

# What stands against a grade, and what would have been enough, in words for whoever asks why nothing happened.
HAS = {
    E0: "it carries no reply token that was mailed to {address}, and nothing but its From line says who sent it",
    E1: "it carries a reply token that was mailed to {address}, but nothing but its From line says that it was sent by "
    "them: whoever was shown that mail has the token, too",
    E2: "the domain of {address} vouches for it, but it carries no reply token that was mailed to {address}",
}
LOGIN = "a login over TLS as {address}, on tkt's own listener or on a mail server that tkt.toml declares as a hop"
REPLY = "a reply to one of the desk's mails to {address}, with DKIM or SPF of its domain"
DOMAIN = "DKIM or SPF of its domain"
BLIND = "No hop is declared for the mailbox that it came by, so nobody vouches for any sender there"
DNS_SILENT = "The DNS did not say whether its domain vouches for it"


def standing(case: Case, *, role: str = "agent") -> Grade:
    """How well the sender is known; a token counts only in the role in which it was given."""
    grade, token = case.event.evidence.grade, case.event.evidence.token
    if token is not None and token.role != role:
        grade = {E1: E0, E3: E2}.get(grade, grade)
    return max(grade, E3) if case.event.vouched is not None else grade


def refused(case: Case, ask: Ask, *, role: str = "agent") -> str:
    """Why the evidence is not enough for what is asked, "" when it is. Whose ticket it is, is for others to say."""
    row, message = TABLE[ask], case.event.message
    if message.automatic and not row.automatic:
        return f"it is no person's mail: {message.kind.value.replace('_', ' ')} ({message.why})"
    if row.who is Who.AGENT and writing_agent(case) is None:
        return "its From is not an address of the desk's people"
    if standing(case, role=role) not in row.grades:
        return _missing(case, row, role)
    confirmed = case.event.vouched is not None and case.event.vouched.how is How.CONFIRMED
    return "" if confirmed or not row.once else "it is done only upon a token of one use, mailed and answered"


def _missing(case: Case, row: Row, role: str) -> str:
    sender, evidence = case.event.message.sender, case.event.evidence
    address = sender.address if sender is not None else "anybody"
    parts = [HAS.get(standing(case, role=role), "nothing by mail may do that")]
    parts += [BLIND] if evidence.blind else []
    parts += [DNS_SILENT] if evidence.unanswered else []
    parts += [f"What would have proven it: {LOGIN}, or {DOMAIN if E2 in row.grades else REPLY}"] if row.grades else []
    return ". ".join(part.replace("{address}", address) for part in parts)


def acting_agent(case: Case) -> Agent | None:
    """The agent whose act this mail is: listed, proven, and a person. None for everybody else."""
    return writing_agent(case) if not refused(case, Ask.STEER) else None


def writing_agent(case: Case) -> Agent | None:
    """The agent whose address stands in From, whatever the evidence."""
    return case.policy.agent_by_address(case.event.message.sender)
