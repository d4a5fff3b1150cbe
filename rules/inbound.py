"""How much one address may send that nothing proves: beyond it mail is held, never refused, and no ticket is made.

Whoever's domain vouches for them (evidence E2 or better) is not held by it; neither is what only reports or says by
itself that somebody is away, for that opens no ticket. Nor does a flood in somebody's name keep back their own answers,
which carry what was mailed to them (E1).
"""

from __future__ import annotations

from parsing.message import Grade, Kind
from rules.case import Case
from rules.decision import Alarm, Decision, Outcome

FLOOD = "too much mail from one address"
QUIET_KINDS = (Kind.AUTO_REPLY, Kind.BOUNCE, Kind.OWN)


def too_much(case: Case) -> Decision | None:
    """More mails within ten minutes or a day than an unproved address may send."""
    caps, inbound = case.policy.caps, case.facts.inbound
    if not _limited(case, proven=Grade.E1):
        return None
    if inbound.ten_minutes > caps.inbound_10min:
        return _held(case, f"more than {caps.inbound_10min} mails within ten minutes")
    if inbound.day > caps.inbound_day:
        return _held(case, f"more than {caps.inbound_day} mails within a day")
    return None


def too_many_open(case: Case) -> Decision | None:
    """One more ticket for an unproved address that has as many open ones as it may have."""
    caps = case.policy.caps
    if not _limited(case, proven=Grade.E2) or case.facts.inbound.open_tickets < caps.inbound_open:
        return None
    return _held(case, f"{caps.inbound_open} open tickets")


def _limited(case: Case, *, proven: Grade) -> bool:
    event = case.event
    known = event.evidence.grade >= proven or event.quiet
    return event.message.sender is not None and not known and event.message.kind not in QUIET_KINDS


def _held(case: Case, what: str) -> Decision:
    sender = case.event.message.sender
    address = sender.address if sender is not None else "an unreadable address"
    why = f"{what} from {address}, and nothing proves who wrote them"
    text = (
        f"the first of them: {why}. What comes beyond that is held: no ticket is made, and nobody is told of each one;"
        f" `tkt held` lists them. Whoever's domain vouches for their mail is not held."
    )
    return Decision(Outcome.HELD, why, alarm=Alarm(FLOOD, text))
