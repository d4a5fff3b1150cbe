"""What is held: kept, nothing done, until a person says a word on it or nobody ever does.

Promises: a delivery that is held is judged once, whoever is quicker; `confirmed` and `released` send it back to the
workers, to be decided again with that person answering for it; `rejected` is its end. What it was held for stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from rules.customer_mail import writer
from rules.decision import Again, Decision, Outcome
from rules.event import Arrived, How, Vouch
from rules.facts import HeldMail
from store.columns import NOW, literal
from store.prepared import Prepared
from store.schema import delivery

SHOWN = 200  # characters of a subject, or of a name in From, that the ledger keeps
_held = delivery.c.outcome == literal(Outcome.HELD.value)
_waits = (_held, delivery.c.state == literal("done"), delivery.c.judged_how.is_(None))
_HOLD = Prepared(
    update(delivery)
    .where(delivery.c.id == bindparam("row"))
    .values(
        author=bindparam("its_author"),
        subject=bindparam("its_subject"),
        held_why=bindparam("why"),
        held_at=bindparam("now"),
    )
)
_its_judge: Any = {"judged_how": bindparam("how"), "judged_by": bindparam("who"), "judged_at": bindparam("now")}
_DECIDE_AGAIN = (
    update(delivery)
    .where(delivery.c.id == bindparam("row"), *_waits)
    .values(_its_judge)
    .values(state="waiting", outcome=None, attempts=0, next_try_db=NOW, finished_at=None)
)
_REJECT = (
    update(delivery)
    .where(delivery.c.id == bindparam("row"), *_waits)
    .values(_its_judge)
    .values(outcome=Outcome.REJECTED.value, reason=bindparam("words"), finished_at=bindparam("now"))
)
_SHOWN = (
    delivery.c.id,
    delivery.c.desk,
    delivery.c.author,
    delivery.c.subject,
    delivery.c.held_why,
    delivery.c.held_at,
    delivery.c.judged_how,
    delivery.c.judged_by,
)
_THESE = select(*_SHOWN).where(delivery.c.id.in_(bindparam("numbers", expanding=True)), delivery.c.held_at.is_not(None))


def hold(conn: Connection, event: Arrived, decision: Decision, *, now: datetime) -> None:
    """Write down of a delivery whose outcome is held what a person needs to judge it."""
    message = event.message
    words = {"its_author": writer(message)[:SHOWN], "its_subject": message.subject[:SHOWN]}
    _HOLD.change(conn, {"row": event.delivery, **words, "why": decision.reason, "now": now})


def judge(conn: Connection, word: Again, *, now: datetime) -> bool:
    """Have it decided again, or end it; False when it is not held, or somebody was quicker."""
    words: dict[str, Any] = {"row": word.delivery, "how": word.how.value, "who": word.by, "now": now}
    if word.how is How.REJECTED:
        return conn.execute(_REJECT, {**words, "words": f"rejected by {word.by}"}).rowcount == 1
    return conn.execute(_DECIDE_AGAIN, words).rowcount == 1


def vouch_of(how: str | None, by: str | None) -> Vouch | None:
    """Who answers for a delivery, as its row says it."""
    return Vouch(by or "", How(how)) if how in (How.CONFIRMED.value, How.RELEASED.value) else None


def held_mails(conn: Connection, numbers: Iterable[int]) -> tuple[HeldMail, ...]:
    """Those of the deliveries that are or were held, oldest first."""
    wanted = list(numbers)
    rows = conn.execute(_THESE.order_by(delivery.c.id), {"numbers": wanted}).all() if wanted else []
    return tuple(_mail(row) for row in rows)


def _mail(row: Any) -> HeldMail:
    return HeldMail(
        delivery=row.id,
        desk=row.desk,
        author=row.author or "",
        subject=row.subject or "",
        why=row.held_why or "",
        held_at=row.held_at,
        how=row.judged_how or "",
        by=row.judged_by or "",
    )
