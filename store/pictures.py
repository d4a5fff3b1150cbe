"""The pictures inside people's mails: one that comes a second time from the same person is the logo of a signature.

Promises: a picture is known by its digest alone; whose it was first is nobody else's matter.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from parsing.message import Message
from store.columns import PerEngine
from store.prepared import Batch, Prepared
from store.schema import picture

PICTURES = 20  # of one mail, the first
OCTETS = 16

_SEEN = select(picture.c.digest).where(
    picture.c.writer_key == bindparam("writer"), picture.c.digest.in_(bindparam("digests", expanding=True))
)
_PUT = Prepared(PerEngine(lambda insert: insert(picture).on_conflict_do_nothing()))


def logos_of(conn: Connection, message: Message) -> tuple[str, ...]:
    """The digests of those of its pictures that an earlier mail of the same person held."""
    digests = _digests(message)
    if not digests or message.sender is None:
        return ()
    rows = conn.execute(_SEEN, {"writer": message.sender.key, "digests": list(digests)})
    return tuple(sorted(digests[bytes(row.digest)] for row in rows))


def add_pictures(changes: Batch, message: Message) -> None:
    """Remember the pictures of a mail; those that are known stay as they are."""
    if message.sender is not None:
        rows = [{"writer_key": message.sender.key, "digest": digest} for digest in sorted(_digests(message))]
        changes.change_many(_PUT, rows)


def _digests(message: Message) -> dict[bytes, str]:
    """What is kept of a digest → the whole of it."""
    shown = [one.digest for one in message.attachments if one.picture and one.digest][:PICTURES]
    return {bytes.fromhex(digest)[:OCTETS]: digest for digest in shown}
