"""What is kept of a delivery and the decision upon it: all that it takes to tell it again and to repeat it (law 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from parsing.message import Evidence
from rules.decision import EntryKind, Step
from rules.event import Vouch, delivery_key
from rules.facts import Facts
from store.account import restored
from store.columns import literal
from store.held import vouch_of
from store.raw import read_raw
from store.schema import decision, delivery, entry, outbox
from store.schema import policy as policy_table
from store.tickets import JOINED


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """An account as it was written. `texts` are the files of the desk then in force, None when they are not kept.

    `facts` is None for an account that another version wrote and this one can not read. `kind` is what the mail was
    taken for: kind, confidence, why; None in accounts that did not say so yet. `mails` are those that were made (rows
    of the outbox).
    """

    at: datetime
    outcome: str
    reason: str
    ticket: int | None
    policy: str
    texts: Mapping[str, str] | None
    facts: Facts | None
    evidence: Evidence
    kind: tuple[str, float, str] | None
    trace: tuple[Step, ...]
    account: Mapping[str, Any]
    mails: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class KeptDelivery:
    """A row of the ledger, its bytes, and the last decision upon it when there is one already.

    Of a mail that was held `held` is the decision that was made first, once another has followed.
    """

    row: Mapping[str, Any]
    raw: bytes
    decision: KeptDecision | None
    held: KeptDecision | None = None

    @property
    def vouched(self) -> Vouch | None:
        """Who answers for it, so that it was decided again; None until it was."""
        return vouch_of(self.row["judged_how"], self.row["judged_by"]) if self.held is not None else None


_DELIVERY = select(delivery).where(delivery.c.id == bindparam("number"))
_DECISION = (
    select(decision, policy_table.c.texts)
    .join(policy_table, policy_table.c.digest == decision.c.policy, isouter=True)
    .where(decision.c.event == bindparam("its_event"))
)
_MAILS = (
    select(outbox.c.notice, outbox.c.recipient, outbox.c.role, outbox.c.automatic, outbox.c.state)
    .where(outbox.c.event == bindparam("its_event"))
    .order_by(outbox.c.id)
)
# notes are written once and stay: those that were there then are found again, uncut
_NOTES = (
    select(entry.c.text)
    .where(
        entry.c.ticket.in_(JOINED),
        entry.c.internal,
        entry.c.kind == literal(EntryKind.NOTE.value),
        entry.c.at <= bindparam("then"),
        or_(entry.c.delivery.is_(None), entry.c.delivery != bindparam("number")),
    )
    .order_by(entry.c.id)
)


def kept_delivery(conn: Connection, number: int) -> KeptDelivery | None:
    """Everything of delivery `number`; None when there is none. Raises `Permanent` when its bytes are gone."""
    row = conn.execute(_DELIVERY, {"number": number}).mappings().one_or_none()
    if row is None:
        return None
    first, again = _decision(conn, number), _decision(conn, number, again=True)
    held = first if again is not None else None
    return KeptDelivery(dict(row), read_raw(conn, row["digest"]), again or first, held)


def _decision(conn: Connection, number: int, *, again: bool = False) -> KeptDecision | None:
    event = {"its_event": delivery_key(number, again=again)}
    row = conn.execute(_DECISION, event).mappings().one_or_none()
    if row is None:
        return None
    known = row["facts"]
    evidence, facts = _known(conn, known, number, row["at"], again=again)
    return KeptDecision(
        at=row["at"],
        outcome=row["outcome"],
        reason=row["reason"],
        ticket=row["ticket"],
        policy=row["policy"],
        texts=row["texts"],
        facts=facts,
        evidence=evidence,
        kind=tuple(known["kind"]) if "kind" in known else None,
        trace=tuple(Step(str(step["question"]), str(step["answer"]), step.get("detail", "")) for step in row["trace"]),
        account=known,
        mails=tuple(dict(mail) for mail in conn.execute(_MAILS, event).mappings()),
    )


def _known(
    conn: Connection, account: Mapping[str, Any], number: int, then: datetime, *, again: bool
) -> tuple[Evidence, Facts | None]:
    """Evidence and facts as they were; of private notes the account has only the beginnings."""
    try:
        evidence: Evidence = restored(Evidence, account["evidence"])
        facts: Facts = restored(Facts, account["facts"])
    except (KeyError, TypeError, ValueError):
        return Evidence(), None
    if not facts.internal_texts:
        return evidence, facts
    words = {"tickets": sorted(facts.tickets), "then": then, "number": number}
    notes = (str(text) for text in conn.execute(_NOTES, words).scalars())
    whole = tuple(note for note in notes if note)
    return evidence, replace(facts, internal_texts=whole) if whole else facts
