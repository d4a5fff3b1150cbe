"""How much mail went where lately, and came from where: what the caps are asked with.

Promises: counted by the database's time, so that all nodes count alike; counts of outgoing mail are of automatic mail
to people outside; no count reads a whole table, however full the store is; the world's (for the breaker) may be five
seconds old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, case, func, literal, or_, select, type_coerce

from parsing.headers import clean_subject
from parsing.message import Grade
from rules.decision import Outcome
from rules.event import Arrived, Due
from rules.facts import Echo, Inbound, SentTo, World
from rules.policy import Policy
from rules.recipients import bare, mailbox_of, outside
from rules.ticket import DONE, Status, Ticket
from store.columns import STATEMENT_NOW, Key, length
from store.columns import literal as word
from store.prepared import Prepared
from store.schema import delivery, outbox, ticket

WORLD_SECONDS = 5
TEN_MINUTES, HALF_HOUR, HOUR, THREE_HOURS, TEN_HOURS, DAY = (
    length(timedelta(minutes=minutes)) for minutes in (10, 30, 60, 180, 600, 1440)
)
LAST, AMONG = 100, 1000  # so many of the newest mails are looked at for what did not arrive, among so many of any kind
HUMAN = (Outcome.OPENED, Outcome.FOLLOWED_UP, Outcome.ACT)
ECHOES = 10  # of one writer, the newest
OPEN = [word(status.value) for status in Status if status not in DONE]


@dataclass(frozen=True, slots=True)
class Counted:
    """All that is counted about one mail; as in rules.facts.Facts."""

    duplicate_of: int | None
    sent_to: Mapping[str, SentTo]
    inbound: Inbound
    after: str
    echoes: tuple[Echo, ...]


_created = type_coerce(outbox.c.created_db, BigInteger)
_outside = (outbox.c.automatic, outbox.c.role == "customer")
_OPENED = outbox.c.notice == "opened"
_THIS_TICKET = outbox.c.ticket == bindparam("its_ticket")


def _count_if(name: str, window: int, *conditions: Any) -> Any:
    """How many rows are younger than the window, and what else is asked of them."""
    holds = and_(_created > STATEMENT_NOW - window, *conditions)
    return func.coalesce(func.sum(case((holds, 1), else_=0)), 0).label(name)


def _at_most(most: str, *conditions: Any) -> Any:
    """How many rows there are, counted no further than `most` says: a flood costs no more than a few."""
    some = select(literal(1)).where(*conditions).limit(bindparam(most, type_=BigInteger())).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


# A copy of a mail that is held is no reason not to do it now that somebody answers for it; nor is one that proved
# nothing, from whoever had it in hand first, a reason not to do the one that proves who wrote it.
_undone = [word(one.value) for one in (Outcome.HELD, Outcome.DUPLICATE, Outcome.REJECTED)]
_DUPLICATE = (
    select(func.min(delivery.c.id))
    .where(delivery.c.identity == bindparam("its_identity"), delivery.c.id != bindparam("row"))
    .where(or_(bindparam("vouched", type_=BigInteger()) == 0, delivery.c.outcome.not_in(_undone)))
    .where(or_(bindparam("proven", type_=BigInteger()) == 0, delivery.c.outcome != word(Outcome.HELD.value)))
    .scalar_subquery()
)
_this, _other, _owned, _newer = delivery.alias("this"), delivery.alias("other"), ticket.alias("owned"), outbox.alias()
_ITS_KEY = select(_this.c.sender_key).where(_this.c.id == bindparam("row")).scalar_subquery()
_ITS_TIME = select(type_coerce(_this.c.received_db, BigInteger)).where(_this.c.id == bindparam("row")).scalar_subquery()
# what came after it is no matter: of mails that have waited in the ledger together the first ones are not too many
_SAME_WRITER = and_(_other.c.sender_key == _ITS_KEY, _other.c.id <= bindparam("row"))
_WRITER: Any = bindparam("its_writer", type_=Key())
_came = type_coerce(_other.c.received_db, BigInteger)
# where an agent's words were the last mail, it is these that are answered
_AFTER = (
    select(case((_newer.c.automatic, _newer.c.message_id)))
    .where(
        _newer.c.recipient_key == bindparam("its_mailbox", type_=Key()),
        type_coerce(_newer.c.created_db, BigInteger).between(_ITS_TIME - TEN_MINUTES, _ITS_TIME),
        _newer.c.role == "customer",
    )
    .order_by(_newer.c.created_db.desc())
    .limit(1)
    .scalar_subquery()
)
# One statement for all about a mail, over the day's mails to one address: most of what a small statement costs is the
# statement. Each count of what was sent is called as in rules.facts.SentTo.
_COUNTS = Prepared(
    select(
        _DUPLICATE.label("duplicate_of"),
        _AFTER.label("after"),
        _at_most("most_10min", _SAME_WRITER, _came > _ITS_TIME - TEN_MINUTES).label("ten_minutes"),
        _at_most("most_day", _SAME_WRITER, _came > _ITS_TIME - DAY).label("day"),
        _at_most("most_open", _owned.c.requester_key == _WRITER, _owned.c.status.in_(OPEN)).label("open_tickets"),
        _count_if("opened_hour", HOUR, _OPENED),
        _count_if("opened_day", DAY, _OPENED),
        _count_if("opened_same", THREE_HOURS, _OPENED, ticket.c.subject == bindparam("its_subject")),
        _count_if("address_10min", TEN_MINUTES),
        _count_if("address_hour", HOUR),
        _count_if("address_3h", THREE_HOURS),
        _count_if("address_10h", TEN_HOURS),
        _count_if("address_day", DAY),
        _count_if("ticket_10min", TEN_MINUTES, _THIS_TICKET),
        _count_if("ticket_30min", HALF_HOUR, _THIS_TICKET),
        _count_if("ticket_hour", HOUR, _THIS_TICKET),
        _count_if("ticket_3h", THREE_HOURS, _THIS_TICKET),
        _count_if("ticket_10h", TEN_HOURS, _THIS_TICKET),
    )
    .select_from(outbox.outerjoin(ticket, ticket.c.number == outbox.c.ticket))
    .where(outbox.c.recipient_key == bindparam("its_address"), _created > STATEMENT_NOW - DAY, *_outside)
)
_SENT = tuple(item.name for item in fields(SentTo) if item.name != "ours")
_ECHOES = Prepared(
    select(_other.c.id, _other.c.ticket, _other.c.echo)
    .where(_SAME_WRITER, _other.c.echo.is_not(None), _came > _ITS_TIME - DAY, _other.c.id != bindparam("row"))
    .order_by(_other.c.id.desc())
    .limit(ECHOES)
)
_newest = (
    select(outbox.c.state, outbox.c.bounced_at, outbox.c.automatic, outbox.c.role)
    .where(_created > STATEMENT_NOW - THREE_HOURS)
    .order_by(outbox.c.created_db.desc())
    .limit(AMONG)
    .subquery()
)
_tried = (
    select(_newest.c.state, _newest.c.bounced_at)
    .where(_newest.c.automatic, _newest.c.role == "customer", _newest.c.state.in_(["sent", "failed"]))
    .limit(LAST)
    .subquery()
)
_WORLD = select(
    select(func.count())
    .where(_created > STATEMENT_NOW - TEN_MINUTES, *_outside)
    .scalar_subquery()
    .label("automatic_10min"),
    select(func.count())
    .where(or_(_tried.c.state == "failed", _tried.c.bounced_at.is_not(None)))
    .scalar_subquery()
    .label("bounced"),
    select(func.count())
    .where(
        type_coerce(delivery.c.received_db, BigInteger) > STATEMENT_NOW - TEN_MINUTES,
        delivery.c.outcome.in_([outcome.value for outcome in HUMAN]),
        delivery.c.proven,
    )
    .scalar_subquery()
    .label("human_10min"),
)


def count_for_mail(
    conn: Connection,
    event: Arrived,
    *,
    policy: Policy,
    tickets: Mapping[int, Ticket],
    own: frozenset[str],
    identity: bytes,
) -> Counted:
    """The counts for a mail; `identity` is its key against duplicates, `own` are the keys of all desks' addresses."""
    message, caps = event.message, policy.caps
    words = {
        "its_identity": identity or None,
        "row": event.delivery,
        "vouched": int(event.vouched is not None),
        "proven": int(event.evidence.grade >= Grade.E2),
        "its_writer": message.sender.key if message.sender is not None else "",
        "its_mailbox": mailbox_of(message.sender.key) if message.sender is not None else "",
        "its_subject": clean_subject(message.subject),
        "most_10min": caps.inbound_10min + 1,
        "most_day": caps.inbound_day + 1,
        "most_open": caps.inbound_open + 1,
    }
    # also where nobody could be written to it is asked whether the mail was read before
    found = {
        address: _COUNTS.one(conn, {**words, "its_address": mailbox_of(address), "its_ticket": number})
        for address, number in (outside(event, policy=policy, tickets=tickets) or {"": 0}).items()
    }
    about = next(iter(found.values()))
    after = str(about.after or "")
    return Counted(
        duplicate_of=about.duplicate_of,
        sent_to={address: _sent_to(row, address, own) for address, row in found.items()},
        inbound=Inbound(int(about.ten_minutes), int(about.day), int(about.open_tickets)),
        after=after,
        echoes=_echoes(conn, event.delivery) if after else (),
    )


def count_for_timer(
    conn: Connection, event: Due, *, policy: Policy, tickets: Mapping[int, Ticket], own: frozenset[str]
) -> dict[str, SentTo]:
    """What was sent lately to each address that the timer of a ticket may write to."""
    nothing = {"its_identity": None, **dict.fromkeys(("its_writer", "its_mailbox", "its_subject"), "")}
    words = {**nothing, **dict.fromkeys(("row", "vouched", "proven", "most_10min", "most_day", "most_open"), 0)}

    def counts(address: str, number: int) -> Any:
        return _COUNTS.one(conn, {**words, "its_address": mailbox_of(address), "its_ticket": number})

    return {
        address: _sent_to(counts(address, number), address, own)
        for address, number in outside(event, policy=policy, tickets=tickets).items()
    }


def _sent_to(row: Any, address: str, own: frozenset[str]) -> SentTo:
    return SentTo(**{name: int(getattr(row, name)) for name in _SENT}, ours=bare(address) in own)


def _echoes(conn: Connection, row: int) -> tuple[Echo, ...]:
    newest = _ECHOES.rows(conn, {"row": row})
    return tuple(Echo(**found.echo, delivery=found.id, ticket=found.ticket or 0) for found in reversed(newest))


def note(conn: Connection, *, sent: int, human: bool) -> None:
    """What this process has just committed, until everybody is counted again: a storm of its own is seen at once."""
    memo: dict[str, Any] = conn.info.setdefault("memo", {})
    if "world" in memo:
        until, world = memo["world"]
        more = {"automatic_10min": world.automatic_10min + sent, "human_10min": world.human_10min + human}
        memo["world"] = (until, replace(world, **more))


def count_world(conn: Connection) -> World:
    """Everybody's counts. Other nodes' are seconds old: to count ten minutes' rows with each mail costs too much."""
    memo: dict[str, Any] = conn.info.setdefault("memo", {})
    clock = conn.info.get("monotonic")
    kept: tuple[float, World] | None = memo.get("world")
    if kept is not None and clock is not None:
        if clock() < kept[0]:
            return kept[1]
        memo["world"] = (clock() + WORLD_SECONDS, kept[1])  # one counts, the others go on with what was known
    world = World(**conn.execute(_WORLD).one()._mapping)
    if clock is not None:
        memo["world"] = (clock() + WORLD_SECONDS, world)
    return world
