"""What is derived again from the raw mails of a ticket: the words that a person wrote, the attachments."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.reader_pool import ReaderPool
from parsing.message import Permanent
from rules.mail import Part
from store.database import Connection
from store.raw import read_many

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says: its new words, and the names of its attachments."""

    text: str
    attachments: tuple[str, ...] = ()


def raw_of(conn: Connection, deliveries: Sequence[Mapping[str, Any]]) -> dict[int, bytes]:
    """Delivery → its raw mail, where the bytes are still there."""
    raws = read_many(conn, list({bytes(row["digest"]) for row in deliveries}))
    return {row["id"]: raws[bytes(row["digest"])] for row in deliveries if bytes(row["digest"]) in raws}


def read_words(raws: Mapping[int, bytes]) -> dict[int, Words]:
    """Delivery → what it says, read in a killable child as the gateway reads it."""
    return _with_reader(lambda pool: _words(pool, raws)) if raws else {}


def read_attachments(raws: Iterable[bytes]) -> list[Part]:
    """Every attachment, in order; raises `Permanent` when one can not be read."""
    return _with_reader(lambda pool: _parts(pool, raws))


def _with_reader(work: Callable[[ReaderPool], Awaitable[T]]) -> T:
    async def run() -> T:
        pool = ReaderPool(1)
        await pool.open()
        try:
            return await work(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


async def _words(pool: ReaderPool, raws: Mapping[int, bytes]) -> dict[int, Words]:
    found = {}
    for delivery, raw in raws.items():
        message = await pool.read(raw)
        text = message.reply_text.strip() or message.text.strip()
        found[delivery] = Words(text, tuple(part.filename or part.type for part in message.attachments))
    return found


async def _parts(pool: ReaderPool, raws: Iterable[bytes]) -> list[Part]:
    found = []
    for raw in raws:
        message = await pool.read(raw)
        for part in message.attachments:
            try:
                found.append(await pool.attachment(raw, part.index))
            except Permanent as error:
                raise Permanent(f"{part.filename or 'an attachment'} can not be read: {error}") from None
    return found
