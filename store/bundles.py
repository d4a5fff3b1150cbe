"""Mails to an agent that wait to be sent as one: beyond so many in ten minutes they are kept together.

Promises: a mail is in one digest or leaves by itself, never both and never neither, whichever node is quicker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, bindparam, func, select, type_coerce, update

from rules.mail import OutgoingMail
from store.columns import NOW, STATEMENT_NOW, length, literal
from store.failures import Stale
from store.outbox import enqueue
from store.raw import read_many
from store.schema import outbox

WINDOW = timedelta(minutes=10)
BUNDLED = literal("bundled")
_READY = (
    select(outbox.c.desk, outbox.c.recipient_key)
    .where(outbox.c.state == BUNDLED)
    .group_by(outbox.c.desk, outbox.c.recipient_key)
    .having(func.min(type_coerce(outbox.c.created_db, BigInteger)) <= STATEMENT_NOW - length(WINDOW))
)
_MAILS = (
    select(outbox.c.id, outbox.c.ticket, outbox.c.subject, outbox.c.recipient, outbox.c.digest)
    .where(
        outbox.c.state == BUNDLED,
        outbox.c.desk == bindparam("its_desk"),
        outbox.c.recipient_key == bindparam("its_recipient"),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("count", type_=BigInteger()))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits in a bundle; `ticket` is 0 for one without."""

    id: int
    ticket: int
    subject: str
    recipient: str
    raw: bytes


def ready_bundles(conn: Connection) -> tuple[tuple[str, str], ...]:
    """(desk, key of the agent's address) of those whose first mail has waited for ten minutes of database time."""
    return tuple((row.desk, row.recipient_key) for row in conn.execute(_READY))


def bundled_mails(conn: Connection, desk: str, recipient_key: str, *, limit: int) -> tuple[Waiting, ...]:
    """What waits for an agent, the oldest first. A mail whose bytes are gone waits on; `reconcile` names it."""
    rows = conn.execute(_MAILS, {"its_desk": desk, "its_recipient": recipient_key, "count": limit}).all()
    raws = read_many(conn, list({bytes(row.digest) for row in rows}))
    return tuple(
        Waiting(row.id, row.ticket or 0, row.subject, row.recipient, raws[bytes(row.digest)])
        for row in rows
        if bytes(row.digest) in raws
    )


def send_together(conn: Connection, mails: Sequence[Waiting], digest: OutgoingMail, *, now: datetime) -> None:
    """The digest takes the place of these mails. Raises `Stale` when another node was quicker with one of them."""
    _become(conn, mails, {"state": "digested", "last_reply": f"it is in the digest {digest.serial}"})
    enqueue(conn, [digest], now=now)


def send_alone(conn: Connection, mails: Sequence[Waiting]) -> None:
    """They leave as they are. Raises `Stale` as above."""
    _become(conn, mails, {"state": "queued", "next_try_db": NOW})


def _become(conn: Connection, mails: Sequence[Waiting], values: dict[str, object]) -> None:
    change = update(outbox).where(outbox.c.id.in_([mail.id for mail in mails]), outbox.c.state == BUNDLED)
    if conn.execute(change.values(values)).rowcount != len(mails):
        raise Stale("another node has bundled these mails meanwhile")
