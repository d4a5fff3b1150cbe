"""The bytes of mails, received and made: once for each digest, in rows of at most 1 MiB."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, exists, func, select

from parsing.message import Permanent
from store.columns import PerEngine
from store.prepared import Batch, Prepared
from store.schema import delivery, outbox, raw_chunk

CHUNK = 2**20

_KEEP = Prepared(PerEngine(lambda insert: insert(raw_chunk).on_conflict_do_nothing()))
_READ = select(raw_chunk.c.bytes).where(raw_chunk.c.digest == bindparam("digest")).order_by(raw_chunk.c.seq)
_READ_MANY = (
    select(raw_chunk.c.digest, raw_chunk.c.bytes)
    .where(raw_chunk.c.digest.in_(bindparam("digests", expanding=True)))
    .order_by(raw_chunk.c.digest, raw_chunk.c.seq)
)
HEAD = 2**18
_READ_HEADS = select(raw_chunk.c.digest, func.substr(raw_chunk.c.bytes, 1, HEAD)).where(
    raw_chunk.c.digest.in_(bindparam("digests", expanding=True)), raw_chunk.c.seq == 0
)

_FORGET = delete(raw_chunk).where(
    raw_chunk.c.digest == bindparam("its_digest"),
    ~exists().where(delivery.c.digest == raw_chunk.c.digest),
    ~exists().where(outbox.c.digest == raw_chunk.c.digest),
)


def digest_of(raw: bytes) -> bytes:
    """SHA-256: what the bytes of a mail are known by."""
    return hashlib.sha256(raw).digest()


def keep(batch: Batch, mails: Iterable[tuple[bytes, bytes]]) -> None:
    """Store (digest, bytes) pairs that are not there yet; one statement for all."""
    # in the order of their digests, so that two transactions never wait for each other in a circle
    rows = [
        {"digest": digest, "seq": start // CHUNK, "bytes": raw[start : start + CHUNK]}
        for digest, raw in sorted(dict(mails).items())
        for start in range(0, max(len(raw), 1), CHUNK)
    ]
    batch.change_many(_KEEP, rows)


def forget(conn: Connection, digest: bytes) -> None:
    """Remove bytes that no delivery and no mail names any more."""
    conn.execute(_FORGET, {"its_digest": digest})


def read_raw(conn: Connection, digest: bytes) -> bytes:
    """All the bytes of a mail; raises `Permanent` when they are gone."""
    chunks = conn.execute(_READ, {"digest": digest}).scalars().all()
    if not chunks:
        raise Permanent(f"the bytes {digest.hex()} are not in the database any more")
    return b"".join(chunks)


def read_many(conn: Connection, digests: Sequence[bytes]) -> dict[bytes, bytes]:
    """Digest → bytes of those that are there; one statement for all."""
    if not digests:
        return {}
    chunks: dict[bytes, list[bytes]] = {}
    for digest, part in conn.execute(_READ_MANY, {"digests": list(digests)}):
        chunks.setdefault(bytes(digest), []).append(part)
    return {digest: b"".join(parts) for digest, parts in chunks.items()}


def read_heads(conn: Connection, digests: Sequence[bytes]) -> dict[bytes, bytes]:
    """Digest → the first 256 KiB, where a header lies, of those that are there."""
    if not digests:
        return {}
    return {bytes(digest): bytes(head) for digest, head in conn.execute(_READ_HEADS, {"digests": list(digests)})}
