"""The outbox: every mail that must leave, handed to one sender at a time, and what became of it.

Promises: a mail is there once for each serial, however often it was made; it is claimed by one node at a time; what a
node whose claim ran out wants to write down is refused. While outgoing mail is held nothing is claimed but what a
person released; a restored backup is held until a person says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import (
    BigInteger,
    Connection,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)

from parsing.relay_reply import reported_id
from rules.digest import BUNDLED
from rules.mail import OutgoingMail
from rules.recipients import mailbox_of
from store.columns import NOW, STATEMENT_NOW, Key, PerEngine, length, literal, span
from store.prepared import Batch, Prepared
from store.raw import digest_of, forget, keep, read_many
from store.schema import attempt, outbox, switch

QUEUED, TAKEN, HELD = literal("queued"), literal("taken"), literal("held")
MANY = 2**31 - 1
OUTGOING, OPEN = "outgoing", "open"
# the last word on a mail whose sender was killed, or lost its claim, before it could write down how the try ended
NO_WORD = "the try before this one ended without a word; the mail may have arrived"


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A mail in a sender's hands. `attempts` are the tries that ended before this one."""

    id: int
    serial: str
    desk: str
    ticket: int | None
    event: str
    notice: str
    role: str
    automatic: bool
    envelope_from: str
    recipient: str
    message_id: str
    digest: bytes
    attempts: int
    created_db: datetime
    fence: int
    raw: bytes
    doubt: bool = False  # an earlier try ended without a word, so it may arrive twice


class Marked(Protocol):
    """What became of a claimed mail. `delay` is in seconds, for `later` and `back` (not tried at all: no attempt)."""

    @property
    def id(self) -> int: ...
    @property
    def fence(self) -> int: ...
    @property
    def state(self) -> Literal["sent", "later", "never", "back"]: ...
    @property
    def reply(self) -> str: ...
    @property
    def relay(self) -> str: ...
    @property
    def ambiguous(self) -> bool: ...
    @property
    def delay(self) -> float: ...


# Whether an agent was sent so many mails within ten minutes that the next one waits for its digest (store.bundles).
_recent = outbox.alias("recent")
_busy = (
    select(_recent.c.id)
    .where(
        _recent.c.recipient_key == bindparam("its_agent", type_=Key()),
        type_coerce(_recent.c.created_db, BigInteger) > STATEMENT_NOW - length(timedelta(minutes=10)),
    )
    .order_by(_recent.c.created_db.desc())
    .limit(1)
    .offset(bindparam("its_most", type_=BigInteger()))
    .exists()
)
_ADD = Prepared(
    PerEngine(
        lambda insert: (
            insert(outbox)
            .values(
                created_db=NOW,
                next_try_db=NOW,
                state=case((_busy, literal("bundled")), else_=bindparam("its_state", type_=String())),
            )
            .on_conflict_do_nothing(index_elements=["serial"])
        )
    )
)
_is_open = exists().where(switch.c.name == literal(OUTGOING), switch.c.value == literal(OPEN))
_due = (
    select(outbox.c.id)
    .where(
        outbox.c.state.in_([QUEUED, TAKEN]),
        type_coerce(outbox.c.next_try_db, BigInteger) <= NOW,
        or_(outbox.c.state == QUEUED, type_coerce(outbox.c.lease_until_db, BigInteger) <= NOW),
        or_(outbox.c.released, _is_open),
    )
    .order_by(outbox.c.next_try_db, outbox.c.id)
    .limit(bindparam("count", type_=BigInteger()))
    .with_for_update(skip_locked=True, of=outbox)
    .cte("due")
)
_CLAIM = Prepared(
    update(outbox)
    .where(outbox.c.id.in_(select(_due.c.id)))
    .values(
        state="taken",
        last_reply=case((outbox.c.state == TAKEN, literal(NO_WORD)), else_=outbox.c.last_reply),
        attempts=outbox.c.attempts + 1,
        fence=func.coalesce(outbox.c.fence, 0) + 1,
        lease_until_db=NOW + span("lease"),
    )
    .returning(
        outbox.c.id,
        outbox.c.serial,
        outbox.c.desk,
        outbox.c.ticket,
        outbox.c.event,
        outbox.c.notice,
        outbox.c.role,
        outbox.c.automatic,
        outbox.c.envelope_from,
        outbox.c.recipient,
        outbox.c.message_id,
        outbox.c.digest,
        outbox.c.attempts,
        outbox.c.created_db,
        outbox.c.fence,
        outbox.c.last_reply,
    )
)
_mine = and_(outbox.c.id == bindparam("row"), outbox.c.fence == bindparam("its_fence"), outbox.c.state == TAKEN)
_MARK = {
    "sent": Prepared(
        update(outbox)
        .where(_mine)
        .values(
            state="sent",
            accepted_at=bindparam("now"),
            sent_db=NOW,
            last_reply=bindparam("words"),
            relay_id=bindparam("its_relay_id"),
            lease_until_db=None,
        )
    ),
    "later": Prepared(
        update(outbox)
        .where(_mine)
        .values(state="queued", next_try_db=NOW + span("delay"), last_reply=bindparam("words"), lease_until_db=None)
    ),
    "never": Prepared(
        update(outbox).where(_mine).values(state="failed", last_reply=bindparam("words"), lease_until_db=None)
    ),
    "back": Prepared(
        update(outbox)
        .where(_mine)
        .values(
            state="queued",
            next_try_db=NOW + span("delay"),
            attempts=outbox.c.attempts - 1,
            last_reply=func.coalesce(func.nullif(bindparam("words"), ""), outbox.c.last_reply),
            lease_until_db=None,
        )
    ),
}
_ATTEMPT = insert(attempt)
_HOLD = (
    update(outbox).where(outbox.c.id == bindparam("row"), outbox.c.state == QUEUED).values(state="held", released=False)
)
_RELEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.state.in_([HELD, QUEUED]))
    .values(state="queued", released=True, next_try_db=NOW)
)
_CANCEL = (
    update(outbox).where(outbox.c.id == bindparam("row"), outbox.c.state.in_([HELD, QUEUED])).values(state="cancelled")
)
_EDIT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.state.in_([HELD, QUEUED]))
    .values(digest=bindparam("its_digest"), size=bindparam("its_size"), state="held", released=False)
)


def _replacing(statement: Any) -> Any:
    return statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})


_SWITCH = PerEngine(lambda insert: _replacing(insert(switch)))


def enqueue(conn: Connection, mails: Iterable[OutgoingMail], *, now: datetime, held: bool = False) -> None:
    """Put finished mails in; one whose serial is there already is the same mail and changes nothing."""
    with Batch(conn) as changes:
        add_mails(changes, mails, now=now, held=held)


def add_mails(
    changes: Batch, mails: Iterable[OutgoingMail], *, now: datetime, held: bool = False, most: int = MANY
) -> None:
    """`enqueue` as a part of something larger; beyond `most` mails in ten minutes an agent's wait to be bundled."""
    batch = [(digest_of(mail.raw), mail) for mail in mails]
    keep(changes, [(digest, mail.raw) for digest, mail in batch])
    changes.change_many(_ADD, [_row(mail, digest, now=now, held=held, most=most) for digest, mail in batch])


def _row(mail: OutgoingMail, digest: bytes, *, now: datetime, held: bool, most: int) -> dict[str, Any]:
    bundles = mail.role == "agent" and mail.notice in BUNDLED and not held
    return {
        "serial": mail.serial,
        "desk": mail.desk,
        "ticket": mail.ticket,
        "event": mail.event,
        "notice": mail.notice,
        "role": mail.role,
        "automatic": mail.automatic,
        "envelope_from": mail.envelope_from,
        "recipient": mail.recipient,
        "recipient_key": mailbox_of(mail.recipient) if mail.role == "customer" else mail.recipient.lower(),
        "message_id": mail.message_id,
        "subject": mail.subject,
        "digest": digest,
        "size": len(mail.raw),
        "created_at": now,
        "its_state": "held" if held else "queued",
        "its_agent": mail.recipient.lower() if bundles else "",
        "its_most": max(0, most - 1),
    }


def claim_mails(conn: Connection, *, limit: int, lease: timedelta) -> tuple[OutboxMail, ...]:
    """Take up to `limit` mails that are due, the longest due first, for `lease` of database time, bytes included."""
    rows = sorted(_CLAIM.rows(conn, {"count": limit, "lease": length(lease)}), key=lambda row: row.id)
    raws = read_many(conn, list({bytes(row.digest) for row in rows}))
    # a mail whose bytes are gone stays taken until its lease ends, again and again; `reconcile_rows` names it
    return tuple(_claimed(row, raws[bytes(row.digest)]) for row in rows if bytes(row.digest) in raws)


def _claimed(row: Any, raw: bytes) -> OutboxMail:
    words = row._asdict()
    doubt = words.pop("last_reply") == NO_WORD
    return OutboxMail(**{**words, "digest": bytes(row.digest), "attempts": row.attempts - 1}, raw=raw, doubt=doubt)


def renew(conn: Connection, held: Mapping[int, int], *, lease: timedelta) -> set[int]:
    """Keep the claims of mails on their way (id → fence); returns those that still held: a lost one stays lost."""
    if not held:
        return set()
    pairs = tuple_(outbox.c.id, outbox.c.fence).in_(list(held.items()))
    change = update(outbox).where(pairs, outbox.c.state == TAKEN).values(lease_until_db=NOW + length(lease))
    return set(conn.execute(change.returning(outbox.c.id)).scalars())


def mark(conn: Connection, results: Sequence[Marked], *, now: datetime) -> int:
    """Write down what became of claimed mails; returns how many claims were still good. `now` is the gateway's."""
    good = 0
    for state, statement in _MARK.items():
        rows = [_marking(result, now) for result in results if result.state == state]
        if rows:
            good += statement.change_many(conn, rows)
    tried = [
        {
            "outbox": result.id,
            "at": now,
            "relay": result.relay,
            "result": "ambiguous" if result.ambiguous else result.state,
            "reply": result.reply,
        }
        for result in results
        if result.state in ("later", "never") or result.ambiguous
    ]
    if tried:
        conn.execute(_ATTEMPT, tried)
    return good


def _marking(result: Marked, now: datetime) -> dict[str, Any]:
    words: dict[str, Any] = {"row": result.id, "its_fence": result.fence, "words": result.reply}
    if result.state == "sent":
        words["now"] = now
        words["its_relay_id"] = reported_id(result.reply) or None
    if result.state in ("later", "back"):
        words["delay"] = length(timedelta(seconds=result.delay))
    return words


def hold(conn: Connection, number: int) -> bool:
    """Keep one waiting mail back until it is released; False when it is not waiting."""
    return conn.execute(_HOLD, {"row": number}).rowcount == 1


def release(conn: Connection, number: int) -> bool:
    """Let one waiting mail leave at once, even while outgoing mail is held; False when it is not waiting."""
    return conn.execute(_RELEASE, {"row": number}).rowcount == 1


def cancel(conn: Connection, number: int) -> bool:
    """A waiting mail that will never leave; False when it is not waiting."""
    return conn.execute(_CANCEL, {"row": number}).rowcount == 1


def edit(conn: Connection, number: int, raw: bytes) -> bool:
    """Other bytes for a waiting mail, which is held until it is released; False when it is not waiting."""
    digest = digest_of(raw)
    before = conn.execute(select(outbox.c.digest).where(outbox.c.id == number)).scalar()
    changed = conn.execute(_EDIT, {"row": number, "its_digest": digest, "its_size": len(raw)}).rowcount == 1
    if changed:
        with Batch(conn) as changes:
            keep(changes, [(digest, raw)])
        if before is not None and bytes(before) != digest:
            forget(conn, bytes(before))
    return changed


def set_hold_outgoing(conn: Connection, on: bool) -> None:
    """The switch for all outgoing mail. What was held one by one stays so when it is turned off."""
    conn.execute(_SWITCH(conn), {"name": OUTGOING, "value": "held" if on else OPEN})


def hold_outgoing(conn: Connection) -> bool:
    """True while outgoing mail is held: by a person, or because this is a restored backup."""
    return conn.execute(select(switch.c.value).where(switch.c.name == OUTGOING)).scalar() != OPEN


def sent_in_window(conn: Connection, window: timedelta) -> int:
    """How many mails a relay accepted within so much database time."""
    lately = type_coerce(outbox.c.sent_db, BigInteger) > STATEMENT_NOW - length(window)
    return int(conn.execute(select(func.count()).where(lately)).scalar_one())


def any_late(conn: Connection, *, age: timedelta) -> bool:
    """Whether a mail that was tried in vain is still waiting after so much database time."""
    late = outbox.c.state.in_([QUEUED, TAKEN]) & (type_coerce(outbox.c.created_db, BigInteger) <= NOW - length(age))
    return conn.execute(select(outbox.c.id).where(late, outbox.c.attempts > 0).limit(1)).first() is not None


def list_mails(
    conn: Connection,
    *,
    number: int | None = None,
    state: str | None = None,
    waiting_only: bool = False,
    limit: int = 200,
) -> tuple[Mapping[str, Any], ...]:
    """Rows of the outbox, the newest first, without bytes; `state` is shown as `held` while the switch holds it."""
    query = select(outbox).order_by(outbox.c.id.desc()).limit(limit)
    if number is not None:
        query = query.where(outbox.c.id == number)
    if state is not None:
        query = query.where(outbox.c.state == state)
    if waiting_only:
        query = query.where(outbox.c.state.in_([QUEUED, TAKEN, HELD]))
    held = hold_outgoing(conn)
    rows = [dict(row) for row in conn.execute(query).mappings()]
    return tuple(
        {**row, "state": "held"} if held and row["state"] == "queued" and not row["released"] else row for row in rows
    )
