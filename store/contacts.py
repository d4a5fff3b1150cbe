"""What is kept of outside addresses: whose mail comes back, and who is written to no more.

Promises: an address has one row in whatever case it is written; a change made upon a row that has moved since is
refused as `Stale`; what an operator says holds whatever stood there before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from rules.contact import OPERATOR, Contact
from store.columns import Key, PerEngine
from store.failures import Stale
from store.prepared import Prepared
from store.schema import contact

AT_ONCE = 4  # keys of one statement: most mails concern one or two addresses

_COLUMNS = [column for column in contact.c if column.name != "key"]  # in the order of a Contact
_names = [f"key{number}" for number in range(AT_ONCE)]
_SOME = Prepared(select(*_COLUMNS).where(contact.c.key.in_([bindparam(name, type_=Key()) for name in _names])))
_NEW = Prepared(PerEngine(lambda insert: insert(contact).on_conflict_do_nothing()))
_CHANGE = Prepared(
    update(contact)
    .where(contact.c.key == bindparam("its_key"), contact.c.version == bindparam("based_on"))
    .values({column: bindparam(column.name) for column in contact.c if column.name != "key"})
)
_MUTED = select(*_COLUMNS).where(contact.c.muted_at.is_not(None)).order_by(contact.c.muted_at.desc(), contact.c.key)


def read_contacts(conn: Connection, keys: Iterable[str]) -> dict[str, Contact]:
    """Those of the addresses (by `Address.key`) of which something is kept."""
    wanted = sorted({key for key in keys if key})
    found: dict[str, Contact] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        words = dict(zip(_names, some + some[:1] * (AT_ONCE - len(some)), strict=True))
        found.update((one.key, one) for one in map(_contact, _SOME.rows(conn, words)))
    return found


def _contact(row: Row[Any]) -> Contact:
    return Contact(*row)


def keep_contacts(conn: Connection, changed: Iterable[Contact]) -> None:
    """Write snapshots made upon `version`; raises `Stale` when one has moved since."""
    for one in sorted(changed, key=lambda contact: contact.key):  # in one order: two nodes do not lock each other out
        row = {
            "key": one.key,
            "address": one.address,
            "score": one.score,
            "scored_at": one.scored_at,
            "muted_at": one.muted_at,
            "muted_by": one.muted_by,
            "mute_why": one.mute_why,
            "version": one.version + 1,
        }
        if one.version:
            row["its_key"], row["based_on"] = row.pop("key"), one.version
        if (_CHANGE if one.version else _NEW).change(conn, row) != 1:
            raise Stale(f"what is known of {one.address} has changed meanwhile")


def mute(conn: Connection, address: str, *, why: str, now: datetime) -> None:
    """An operator's word: nothing automatic goes to the address until an operator unmutes it."""
    kept = read_contacts(conn, [address.lower()]).get(address.lower(), Contact(address))
    muted = Contact(kept.address, muted_at=now, muted_by=OPERATOR, mute_why=why, version=kept.version)
    keep_contacts(conn, [muted])


def unmute(conn: Connection, address: str) -> bool:
    """Whatever muted it, it is written to again and its score begins anew; False when it was not muted."""
    kept = read_contacts(conn, [address.lower()]).get(address.lower())
    if kept is None or kept.muted_at is None:
        return False
    keep_contacts(conn, [Contact(kept.address, version=kept.version)])
    return True


def list_muted(conn: Connection, *, limit: int = 200) -> tuple[Contact, ...]:
    """The muted addresses, the newest first."""
    return tuple(_contact(row) for row in conn.execute(_MUTED.limit(limit)))
