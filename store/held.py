"""What is held: kept, nothing done, until a person says a word on it or nobody ever does.

Promises: a delivery that is held is judged once, whoever is quicker; `confirmed` and `released` send it back to the
workers, to be decided again with that person answering for it; `rejected` is its end. What it was held for stays.
A desk's agents get a list when something new is held, and at most one within an hour, whichever node makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, text, update

from rules.customer_mail import writer
from rules.decision import Again, Decision, Outcome
from rules.event import Arrived, How, Listing, Vouch
from rules.facts import Facts, HeldMail
from rules.held import LISTED
from store.columns import NOW, PerEngine, literal
from store.failures import Stale
from store.prepared import Prepared
from store.schema import delivery, held_list

ALONE, NEVER = 0, -1  # for `listed`
SHOWN = 200  # characters of a subject, of a name in From and of the words that the ledger keeps
COLLECTED = timedelta(minutes=5)  # so long a list waits for more of what was held with its first
TOLD_ALONE = timedelta(hours=1)  # so long the person in whose name it is has for an answer before all hear of it
BETWEEN = timedelta(hours=1)  # from one list to the next
_held = delivery.c.outcome == literal(Outcome.HELD.value)
_waits = (_held, delivery.c.state == literal("done"), delivery.c.judged_how.is_(None))
_HOLD = Prepared(
    update(delivery)
    .where(delivery.c.id == bindparam("row"))
    .values(
        author=bindparam("its_author"),
        author_key=bindparam("its_author_key"),
        subject=bindparam("its_subject"),
        excerpt=bindparam("its_excerpt"),
        held_why=bindparam("why"),
        held_at=bindparam("now"),
        listed=bindparam("told"),
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
    delivery.c.author_key,
    delivery.c.subject,
    delivery.c.excerpt,
    delivery.c.held_why,
    delivery.c.held_at,
    delivery.c.judged_how,
    delivery.c.judged_by,
    delivery.c.listed,
)
_THESE = select(*_SHOWN).where(delivery.c.id.in_(bindparam("numbers", expanding=True)), delivery.c.held_at.is_not(None))

_at_desk = (delivery.c.desk == bindparam("its_desk"), *_waits)
# asked with every tick: in these very words it stands in an index of its own, however much was listed before
_new: Any = text("coalesce(delivery.listed, 0) = 0")
_asked_now = and_(delivery.c.listed == 0, delivery.c.held_at > bindparam("alone"))
_listable = or_(delivery.c.listed.is_(None), and_(delivery.c.listed >= 0, ~_asked_now))
_TO_LIST = select(*_SHOWN).where(*_at_desk, _listable)
_NEWS = (
    select(delivery.c.id)
    .where(
        *_at_desk,
        _new,
        or_(
            and_(delivery.c.listed.is_(None), delivery.c.held_at <= bindparam("collected")),
            and_(delivery.c.listed == 0, delivery.c.held_at <= bindparam("alone")),
        ),
    )
    .limit(1)
)
_LAST_LIST = select(held_list.c.number, held_list.c.sent_at).where(held_list.c.desk == bindparam("its_desk"))
_FIRST_LIST = Prepared(PerEngine(lambda insert: insert(held_list).on_conflict_do_nothing()))
_NEXT_LIST = Prepared(
    update(held_list)
    .where(held_list.c.desk == bindparam("its_desk"), held_list.c.number == bindparam("before"))
    .values(number=held_list.c.number + 1, sent_at=bindparam("now"))
)


def hold(conn: Connection, event: Arrived, decision: Decision, *, now: datetime) -> None:
    """Write down of a delivery whose outcome is held what a person needs to judge it."""
    message = event.message
    words = {
        "its_author": writer(message)[:SHOWN],
        "its_author_key": message.sender.key if message.sender else "",
        "its_subject": message.subject[:SHOWN],
        "its_excerpt": " ".join(message.reply_text[: 10 * SHOWN].split())[:SHOWN],
        "told": _listed(event, decision),
    }
    _HOLD.change(conn, {"row": event.delivery, **words, "why": decision.reason, "now": now})


def _listed(event: Arrived, decision: Decision) -> int | None:
    """Older mail that was taken in quietly is for `tkt held` alone: nobody has just sent it."""
    asked = any(notice.once for notice in decision.notices)
    return NEVER if event.quiet else ALONE if asked else None


def judge(conn: Connection, word: Again, *, now: datetime) -> bool:
    """Have it decided again, or end it; False when it is not held, or somebody was quicker."""
    words: dict[str, Any] = {"row": word.delivery, "how": word.how.value, "who": word.by, "now": now}
    if word.how is How.REJECTED:
        return conn.execute(_REJECT, {**words, "words": f"rejected by {word.by}"}).rowcount == 1
    return conn.execute(_DECIDE_AGAIN, words).rowcount == 1


def why_not_held(conn: Connection, number: int) -> str:
    """Why a delivery can not be judged, in words for whoever wanted to."""
    row = conn.execute(select(delivery).where(delivery.c.id == number)).one_or_none()
    if row is None:
        return f"there is no delivery D{number}; tkt held lists what is held"
    if row.judged_how is not None:
        return f"D{number} was {row.judged_how} already by {row.judged_by}"
    return f"D{number} is not held: {row.outcome or 'nothing is decided yet'}"


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
        author_key=row.author_key or "",
        subject=row.subject or "",
        excerpt=row.excerpt or "",
        why=row.held_why or "",
        held_at=row.held_at,
        how=row.judged_how or "",
        by=row.judged_by or "",
        new=not row.listed,
    )


def list_held(conn: Connection, *, desk: str | None = None, limit: int = LISTED) -> tuple[HeldMail, ...]:
    """What waits for somebody's word, the newest first; of a desk, or of all."""
    query = select(*_SHOWN).where(*_waits).order_by(delivery.c.id.desc()).limit(limit)
    return tuple(_mail(row) for row in conn.execute(query if desk is None else query.where(delivery.c.desk == desk)))


def count_held(conn: Connection) -> int:
    """How many deliveries wait for somebody's word."""
    return int(conn.execute(select(func.count()).where(*_waits)).scalar_one())


def next_list(conn: Connection, desk: str, *, now: datetime) -> int | None:
    """The number of the list that the desk's agents are due; None while nothing new is held, or it is too soon."""
    words = {"its_desk": desk, "collected": now - COLLECTED, "alone": now - TOLD_ALONE}
    if conn.execute(_NEWS, words).first() is None:
        return None
    last = conn.execute(_LAST_LIST, {"its_desk": desk}).one_or_none()
    if last is None:
        return 1
    return last.number + 1 if last.sent_at <= now - BETWEEN else None


def to_be_listed(conn: Connection, desk: str, *, now: datetime) -> tuple[tuple[HeldMail, ...], int]:
    """(what a list names: the new ones first, oldest of them in front; how many more wait)."""
    words = {"its_desk": desk, "alone": now - TOLD_ALONE}
    new_first = func.coalesce(delivery.c.listed, ALONE) > ALONE
    rows = conn.execute(_TO_LIST.order_by(new_first, delivery.c.id).limit(LISTED), words).all()
    waiting = conn.execute(select(func.count()).select_from(_TO_LIST.subquery()), words).scalar_one()
    return tuple(_mail(row) for row in rows), int(waiting) - len(rows)


def write_list(conn: Connection, event: Listing, facts: Facts, *, now: datetime) -> None:
    """The list of this number was made; raises `Stale` when another was meanwhile.

    What it only counts is listed, too: a flood is told once, and not by a list with each hour that it takes.
    """
    desk, number = event.desk, event.number
    words = {"desk": desk, "number": number, "sent_at": now}
    made = _FIRST_LIST.change(conn, words) if number == 1 else _NEXT_LIST.change(conn, _renamed(words))
    if made != 1:
        raise Stale(f"list {number} of what is held at {desk} was made already")
    named = delivery.c.id.in_([mail.delivery for mail in facts.held if mail.new])
    counted = and_(*_at_desk, _new, delivery.c.held_at <= bindparam("due_at"))
    told = or_(named, counted) if facts.held_beside else named
    change = update(delivery).where(told).values(listed=number)
    conn.execute(change, {"its_desk": desk, "due_at": event.due_at} if facts.held_beside else {})


def _renamed(words: Mapping[str, Any]) -> dict[str, Any]:
    return {"its_desk": words["desk"], "before": words["number"] - 1, "now": words["sent_at"]}
