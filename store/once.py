"""Single-use tokens: which of our mails asked for an answer, of whom, about what, until when, and whether it came.

Promises: a token is used once, whoever is quicker, and not after its time; times are the database's, so that all nodes
agree. The proof stands in the mail alone (parsing.tokens); a row is found by the serial that the proof opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import BigInteger, Connection, bindparam, case, delete, select, type_coerce, update

from rules.facts import Asked
from rules.mail import OutgoingMail
from store.columns import NOW, PerEngine, length, literal, span
from store.prepared import Prepared
from store.schema import once

KEPT = timedelta(days=90)  # behind its time, so that a late answer is still told what it was
_expires = type_coerce(once.c.expires_db, BigInteger)
_ISSUE = Prepared(
    PerEngine(
        lambda insert: (
            insert(once)
            .values(created_db=NOW, expires_db=NOW + span("lasts"))
            .on_conflict_do_nothing(index_elements=["serial"])
        )
    )
)
_SPEND = (
    update(once)
    .where(once.c.serial == bindparam("its_serial"), once.c.used_db.is_(None), _expires > NOW)
    .values(used_db=NOW, used_by=bindparam("delivery"))
)
_state = case(
    (once.c.used_db.is_not(None), literal("used")), (_expires > NOW, literal("fresh")), else_=literal("expired")
)
_ASKED = select(
    once.c.serial, once.c.desk, once.c.purpose, once.c.what, once.c.person, _state.label("state"), once.c.used_by
).where(once.c.serial == bindparam("its_serial"))
_FORGET = delete(once).where(_expires + length(KEPT) < NOW)


def issue(conn: Connection, mails: Iterable[OutgoingMail]) -> None:
    """Remember what the mails ask for; one that is remembered already is the same mail and changes nothing."""
    rows = [
        {
            "serial": mail.serial,
            "desk": mail.desk,
            "purpose": mail.once.purpose,
            "what": dict(mail.once.what),
            "person": mail.recipient.lower(),
            "lasts": length(mail.once.lasts),
        }
        for mail in mails
        if mail.once is not None
    ]
    if rows:
        _ISSUE.change_many(conn, rows)


def asked_by(conn: Connection, serial: str) -> Asked | None:
    """What the mail of this serial asked for; None when it asked for nothing."""
    row = conn.execute(_ASKED, {"its_serial": serial}).one_or_none()
    return Asked(*row) if row is not None else None


def spend(conn: Connection, serial: str, delivery: int) -> bool:
    """Use the token up for a delivery; False when it was used before, or its time is over."""
    return conn.execute(_SPEND, {"its_serial": serial, "delivery": delivery}).rowcount == 1


def forget_old(conn: Connection) -> int:
    """Housekeeping: rows that nobody will ask for any more; returns how many."""
    return conn.execute(_FORGET).rowcount
