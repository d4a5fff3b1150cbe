"""The ledger: accepting a mail, handing it to a worker, and writing down that it could not be read.

Promises: what `accept` returned for and was committed is kept, once for each channel key, however often it arrives; a
delivery is claimed by one worker at a time, oldest first, and never before an older unfinished one that it could depend
on (same sender, or one that it answers); attempts are counted before the work starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, exists, func, or_, select, type_coerce, update

from rules.decision import Outcome
from rules.event import Vouch
from store.columns import EPOCH, NOW, PerEngine, length, literal, span
from store.failures import Stale
from store.held import vouch_of
from store.prepared import Batch, Prepared
from store.raw import digest_of, keep, read_many, read_raw
from store.schema import delivery, delivery_reference, mailbox, outbox, timer

__all__ = [
    "Accepted",
    "Arrival",
    "Claimed",
    "accept",
    "accept_many",
    "claim",
    "fail",
    "give_back",
    "read_raw",
    "release_channel_keys",
    "release_leases",
    "requeue",
    "unfinished",
]
SMTP_KEY_LIFE = timedelta(days=5)
SMALL = 256 * 1024  # octets; larger mails are read one by one
BY_DIGEST = ("smtp", "lmtp")  # the channels whose key is the digest of bytes and envelope
MANY = 2**31 - 1
DONE, TAKEN = literal("done"), literal("taken")
_RECEIVED = type_coerce(delivery.c.received_db, BigInteger)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail for one desk as a channel hands it over; `channel_key` is the channel's key against duplicates.

    `sender_key` and `message_key` (8 octets each) are hashes of the From address and the Message-ID, `reference_keys`
    those of what it refers to.
    """

    desk: str
    channel: str
    channel_key: str
    raw: bytes
    envelope_from: str
    envelope_to: tuple[str, ...]
    peer: Mapping[str, Any]
    received_at: datetime
    quiet: bool = False
    sender_key: bytes | None = None
    message_key: bytes | None = None
    reference_keys: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The row of the ledger; `again` when the channel had handed over the same mail before."""

    delivery: int
    again: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in a worker's hands until its lease ends. `raw` is None for mails above 256 KiB: `read_raw`.

    `vouched`: it was held, and is to be decided again. `age`: how long ago it came, by the database's time.
    """

    id: int
    fence: int
    attempts: int
    desk: str
    channel: str
    digest: bytes
    size: int
    raw: bytes | None
    envelope_from: str
    envelope_to: tuple[str, ...]
    peer: Mapping[str, Any]
    received_at: datetime
    quiet: bool
    vouched: Vouch | None = None
    age: timedelta = timedelta()


_INSERT = Prepared(
    PerEngine(
        lambda insert: (
            insert(delivery)
            .values(received_db=NOW, next_try_db=NOW)
            .on_conflict_do_update(index_elements=["channel_key"], set_={"arrivals": delivery.c.arrivals + 1})
            .returning(delivery.c.id, delivery.c.arrivals, (NOW - length(SMTP_KEY_LIFE) > _RECEIVED).label("outdated"))
        )
    )
)
_INSERT_MANY = PerEngine(
    lambda insert: (
        insert(delivery)
        .values(received_db=NOW, next_try_db=NOW)
        .on_conflict_do_nothing(index_elements=["channel_key"])
        .returning(delivery.c.id, delivery.c.channel_key)
    )
)
_REFER = Prepared(PerEngine(lambda insert: insert(delivery_reference).on_conflict_do_nothing()))
_RELEASE_KEY = (
    update(delivery).where(delivery.c.id == bindparam("row")).values(channel_key=None, arrivals=delivery.c.arrivals - 1)
)
_RELEASE_KEYS = (
    update(delivery)
    .where(delivery.c.channel.in_(BY_DIGEST), delivery.c.channel_key.is_not(None))
    .where(NOW - length(SMTP_KEY_LIFE) > _RECEIVED)
    .values(channel_key=None)
)
_KNOWN = select(delivery.c.channel_key, delivery.c.id).where(
    delivery.c.channel_key.in_(bindparam("keys", expanding=True))
)
_COUNT_AGAIN = (
    update(delivery)
    .where(delivery.c.id.in_(bindparam("rows", expanding=True)))
    .values(arrivals=delivery.c.arrivals + 1)
)


def _row(arrival: Arrival, digest: bytes) -> dict[str, Any]:
    return {
        "desk": arrival.desk,
        "channel": arrival.channel,
        "channel_key": arrival.channel_key,
        "digest": digest,
        "size": len(arrival.raw),
        "envelope_from": arrival.envelope_from,
        "envelope_to": list(arrival.envelope_to),
        "peer": dict(arrival.peer),
        "received_at": arrival.received_at,
        "quiet": arrival.quiet,
        "sender_key": arrival.sender_key,
        "message_key": arrival.message_key,
    }


def accept(conn: Connection, arrival: Arrival) -> Accepted:
    """Keep one mail. An SMTP key older than five days of database time is free again: the same mail is a new one."""
    digest = digest_of(arrival.raw)
    row = _row(arrival, digest)
    found = _INSERT.one(conn, row)
    if found.arrivals > 1 and arrival.channel in BY_DIGEST and found.outdated:
        conn.execute(_RELEASE_KEY, {"row": found.id})
        found = _INSERT.one(conn, row)
    if found.arrivals > 1:
        return Accepted(found.id, again=True)
    with Batch(conn) as changes:
        keep(changes, [(digest, arrival.raw)])
        _refer(changes, [(found.id, arrival)])
    return Accepted(found.id, again=False)


def accept_many(conn: Connection, arrivals: Sequence[Arrival]) -> list[Accepted]:
    """Keep a batch in a handful of statements; the answers are in the order of `arrivals`."""
    if not arrivals:
        return []
    known = _known(conn, [arrival.channel_key for arrival in arrivals])
    fresh = {arrival.channel_key: arrival for arrival in arrivals if arrival.channel_key not in known}
    digests = {key: digest_of(arrival.raw) for key, arrival in fresh.items()}
    made: dict[str, int] = {}
    if fresh:
        rows = [_row(arrival, digests[key]) for key, arrival in fresh.items()]
        made = {row.channel_key: row.id for row in conn.execute(_INSERT_MANY(conn), rows)}
        with Batch(conn) as changes:
            keep(changes, [(digests[key], fresh[key].raw) for key in made])
            _refer(changes, [(number, fresh[key]) for key, number in made.items()])
    if len(made) < len(fresh):  # another node was quicker
        known |= _known(conn, [key for key in fresh if key not in made])
    if known:
        conn.execute(_COUNT_AGAIN, {"rows": list(known.values())})
    return _answers(arrivals, made, known)


def _answers(arrivals: Sequence[Arrival], made: Mapping[str, int], known: Mapping[str, int]) -> list[Accepted]:
    seen: set[str] = set()
    answers = []
    for arrival in arrivals:
        key = arrival.channel_key
        again = key not in made or key in seen
        seen.add(key)
        answers.append(Accepted(made[key] if key in made else known[key], again))
    return answers


def _known(conn: Connection, keys: Sequence[str]) -> dict[str, int]:
    return {row.channel_key: row.id for row in conn.execute(_KNOWN, {"keys": list(keys)})}


def _refer(changes: Batch, made: Sequence[tuple[int, Arrival]]) -> None:
    rows = [{"delivery": number, "message_key": key} for number, arrival in made for key in arrival.reference_keys]
    changes.change_many(_REFER, rows)


def release_channel_keys(conn: Connection) -> int:
    """Housekeeping: free the SMTP keys older than five days; returns how many."""
    return conn.execute(_RELEASE_KEYS).rowcount


# Claiming. An older delivery of the desk stands in the way while it is unfinished: one of the same sender, or one
# referred to.
_older, _answered = delivery.alias("older"), delivery.alias("answered")
_same_sender = exists().where(
    _older.c.sender_key == delivery.c.sender_key,
    _older.c.desk == delivery.c.desk,
    _older.c.id < delivery.c.id,
    _older.c.state != DONE,
)
_refers_to_unfinished = exists().where(
    delivery_reference.c.delivery == delivery.c.id,
    _answered.c.message_key == delivery_reference.c.message_key,
    _answered.c.desk == delivery.c.desk,
    _answered.c.id < delivery.c.id,
    _answered.c.state != DONE,
)
_due = (
    select(delivery.c.id)
    .where(
        delivery.c.state != DONE,
        type_coerce(delivery.c.next_try_db, BigInteger) <= NOW,
        or_(delivery.c.state == literal("waiting"), type_coerce(delivery.c.lease_until_db, BigInteger) <= NOW),
        delivery.c.attempts.between(bindparam("least"), bindparam("most")),
        ~_same_sender,
        ~_refers_to_unfinished,
    )
    .order_by(delivery.c.id)
    .limit(bindparam("count", type_=BigInteger()))
    .with_for_update(skip_locked=True, of=delivery)
    .cte("due")
)
_CLAIM = Prepared(
    update(delivery)
    .where(delivery.c.id.in_(select(_due.c.id)))
    .values(
        state="taken",
        attempts=delivery.c.attempts + 1,
        fence=func.coalesce(delivery.c.fence, 0) + 1,
        lease_until_db=NOW + span("lease"),
    )
    .returning(
        delivery.c.id,
        delivery.c.fence,
        delivery.c.attempts,
        delivery.c.desk,
        delivery.c.channel,
        delivery.c.digest,
        delivery.c.size,
        delivery.c.envelope_from,
        delivery.c.envelope_to,
        delivery.c.peer,
        delivery.c.received_at,
        delivery.c.quiet,
        delivery.c.judged_how,
        delivery.c.judged_by,
        (NOW - _RECEIVED).label("age"),
    )
)
_mine = and_(delivery.c.id == bindparam("row"), delivery.c.fence == bindparam("its_fence"), delivery.c.state == TAKEN)
_GIVE_BACK = (
    update(delivery)
    .where(_mine)
    .values(
        state="waiting",
        attempts=delivery.c.attempts + bindparam("guilt"),
        next_try_db=NOW + span("after"),
        lease_until_db=None,
        reason=bindparam("words"),
    )
)
_FAIL = (
    update(delivery)
    .where(_mine)
    .values(
        state="done",
        outcome=Outcome.FAILED.value,
        reason=bindparam("words"),
        finished_at=bindparam("now"),
        lease_until_db=None,
    )
)
_REQUEUE = (
    update(delivery)
    .where(delivery.c.id == bindparam("row"), delivery.c.state == DONE, delivery.c.outcome == Outcome.FAILED.value)
    .values(state="waiting", outcome=None, attempts=0, next_try_db=NOW, finished_at=None)
)
_UNFINISHED = select(func.count()).where(delivery.c.state != DONE, delivery.c.desk == bindparam("its_desk"))


def claim(
    conn: Connection, *, limit: int, lease: timedelta, attempts: tuple[int, int] = (0, MANY)
) -> tuple[Claimed, ...]:
    """Take up to `limit` deliveries, oldest first, for `lease` of database time; attempts and fence move with it.

    `attempts`: only those begun so often before, from and to.
    """
    words = {"count": limit, "lease": length(lease), "least": attempts[0], "most": attempts[1]}
    rows = _CLAIM.rows(conn, words)
    raws = read_many(conn, [row.digest for row in rows if row.size <= SMALL])
    return tuple(
        Claimed(
            id=row.id,
            fence=row.fence,
            attempts=row.attempts,
            desk=row.desk,
            channel=row.channel,
            digest=bytes(row.digest),
            size=row.size,
            raw=raws.get(bytes(row.digest)),
            envelope_from=row.envelope_from,
            envelope_to=tuple(row.envelope_to),
            peer=row.peer,
            received_at=row.received_at,
            quiet=row.quiet,
            vouched=vouch_of(row.judged_how, row.judged_by),
            age=timedelta(microseconds=row.age),
        )
        for row in sorted(rows, key=lambda row: row.id)
    )


def give_back(conn: Connection, claimed: Claimed, *, after: timedelta, reason: str, guilt: int = 0) -> bool:
    """To be tried again after so much database time; False when the claim was lost meanwhile.

    `guilt`: how much more, or less, than one attempt is held against the mail.
    """
    words = {"row": claimed.id, "its_fence": claimed.fence, "after": length(after), "words": reason}
    return conn.execute(_GIVE_BACK, {**words, "guilt": guilt}).rowcount == 1


def fail(conn: Connection, claimed: Claimed, reason: str, now: datetime) -> None:
    """Set a delivery aside: it has failed, its bytes stay. Raises `Stale` when the claim was lost."""
    words = {"row": claimed.id, "its_fence": claimed.fence, "words": reason, "now": now}
    if conn.execute(_FAIL, words).rowcount != 1:
        raise Stale(f"delivery {claimed.id} is in other hands")


def requeue(conn: Connection, number: int) -> bool:
    """Try a failed delivery anew; False when there is no failed one of that number."""
    return conn.execute(_REQUEUE, {"row": number}).rowcount == 1


def unfinished(conn: Connection, desk: str) -> int:
    """How many deliveries of a desk have no outcome yet."""
    return int(conn.execute(_UNFINISHED, {"its_desk": desk}).scalar_one())


def release_leases(conn: Connection) -> None:
    """Forget every claim. Only for whoever is certainly alone: SQLite's daemon at its start, holding the lock."""
    conn.execute(update(delivery).where(delivery.c.state == TAKEN).values(state="waiting", lease_until_db=None))
    # a mail stays taken, its claim run out: whoever claims it next sees that nobody knows how the last try ended
    conn.execute(update(outbox).where(outbox.c.state == TAKEN).values(lease_until_db=EPOCH))
    for table in (timer, mailbox):
        conn.execute(update(table).where(table.c.lease_until_db.is_not(None)).values(lease_until_db=None))
