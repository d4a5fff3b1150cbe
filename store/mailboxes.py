"""How far each folder of each mailbox has been read, and who may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, bindparam, func, or_, select, type_coerce, update

from store.columns import NOW, PerEngine, length, span
from store.failures import Stale
from store.schema import delivery, mailbox


@dataclass(frozen=True, slots=True)
class Position:
    """UIDs up to `last_uid` are in the ledger or were skipped by policy; up to `quiet_until_uid` nothing is sent."""

    uidvalidity: int
    last_uid: int
    quiet_until_uid: int
    read_to_end_at: datetime | None = None


_its = (mailbox.c.account == bindparam("its_account"), mailbox.c.folder == bindparam("its_folder"))
_mine = (*_its, mailbox.c.fence == bindparam("its_fence"))
_ADD = PerEngine(
    lambda insert: insert(mailbox).values(uidvalidity=0, last_uid=0, quiet_until_uid=0).on_conflict_do_nothing()
)
_LEASE = (
    update(mailbox)
    .where(
        *_its,
        or_(
            mailbox.c.lease_until_db.is_(None),
            type_coerce(mailbox.c.lease_until_db, BigInteger) <= NOW,
        ),
    )
    .values(fence=func.coalesce(mailbox.c.fence, 0) + 1, lease_until_db=NOW + span("lease"))
    .returning(mailbox.c.fence)
)
# renewing keeps the fence, so that work in hand stays valid
_RENEW = update(mailbox).where(*_mine).values(lease_until_db=NOW + span("lease")).returning(mailbox.c.fence)
_DROP = update(mailbox).where(*_mine).values(lease_until_db=None)
_GET = select(mailbox.c.uidvalidity, mailbox.c.last_uid, mailbox.c.quiet_until_uid, mailbox.c.read_to_end_at).where(
    *_its, mailbox.c.uidvalidity != 0
)
_PLACE = (
    update(mailbox)
    .where(*_mine)
    .values(
        uidvalidity=bindparam("validity"),
        last_uid=bindparam("last"),
        quiet_until_uid=bindparam("quiet"),
        read_to_end_at=None,
    )
)
_ADVANCE = update(mailbox).where(*_mine, mailbox.c.last_uid <= bindparam("last")).values(last_uid=bindparam("last"))
_READ = update(mailbox).where(*_mine).values(read_to_end_at=bindparam("at"))


def take_lease(
    conn: Connection, account: str, folder: str, *, lease: timedelta, fence: int | None = None
) -> int | None:
    """Take the right to read a folder for `lease` of database time, or renew the one that `fence` proves.

    Returns the fence that every change must show, or None while another node has the right.
    """
    words = {"its_account": account, "its_folder": folder, "lease": length(lease)}
    if fence is not None:
        return conn.execute(_RENEW, {**words, "its_fence": fence}).scalar()
    conn.execute(_ADD(conn), {"account": account, "folder": folder})
    return conn.execute(_LEASE, words).scalar()


def drop_lease(conn: Connection, account: str, folder: str, *, fence: int) -> None:
    """Another node may read at once; nothing when the lease was lost."""
    conn.execute(_DROP, {"its_account": account, "its_folder": folder, "its_fence": fence})


def position(conn: Connection, account: str, folder: str) -> Position | None:
    """How far the folder was read; None before it was ever seen."""
    row = conn.execute(_GET, {"its_account": account, "its_folder": folder}).one_or_none()
    return Position(*row) if row is not None else None


def start(
    conn: Connection, account: str, folder: str, *, fence: int, uidvalidity: int, last_uid: int, quiet_until_uid: int
) -> None:
    """The folder is seen for the first time."""
    words = {"validity": uidvalidity, "last": last_uid, "quiet": quiet_until_uid}
    _changed(conn.execute(_PLACE, {**words, **_key(account, folder, fence)}).rowcount, account)


def reset(conn: Connection, account: str, folder: str, *, fence: int, uidvalidity: int, quiet_until_uid: int) -> None:
    """UIDVALIDITY has changed (RFC 9051 section 2.3.1.1): from UID 0 again, quietly up to `quiet_until_uid`."""
    start(conn, account, folder, fence=fence, uidvalidity=uidvalidity, last_uid=0, quiet_until_uid=quiet_until_uid)


def advance(conn: Connection, account: str, folder: str, *, fence: int, last_uid: int) -> None:
    """Every mail up to this UID is in the ledger. Raises `Stale` when the lease was lost; never goes back."""
    _changed(conn.execute(_ADVANCE, {"last": last_uid, **_key(account, folder, fence)}).rowcount, account)


def was_read_to_end(conn: Connection, account: str, folder: str, *, fence: int, at: datetime) -> None:
    """Every mail that had come by `at` (the gateway's now) is in the ledger."""
    _changed(conn.execute(_READ, {"at": at, **_key(account, folder, fence)}).rowcount, account)


def read_to_end(conn: Connection, account: str, folder: str) -> datetime | None:
    """Up to when every mail of the folder is in the ledger; None when it was never read to its end."""
    found = position(conn, account, folder)
    return found.read_to_end_at if found is not None else None


def _key(account: str, folder: str, fence: int) -> dict[str, object]:
    return {"its_account": account, "its_folder": folder, "its_fence": fence}


def _changed(rows: int, account: str) -> None:
    if rows != 1:
        raise Stale(f"the mailbox {account} is read by another node")


def uids_in_ledger(conn: Connection, account: str, folder: str, uidvalidity: int) -> set[int]:
    """The UIDs of a folder that have a row in the ledger."""
    prefix = f"imap:{account}/{folder}/{uidvalidity}/"
    rows = conn.execute(
        select(delivery.c.channel_key).where(delivery.c.channel_key.startswith(prefix, autoescape=True))
    )
    return {int(key[len(prefix) :].partition("/")[0]) for (key,) in rows}
