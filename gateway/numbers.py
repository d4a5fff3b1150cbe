"""Ticket numbers, reserved in blocks so that deciding needs no write of its own; gaps are allowed."""

from __future__ import annotations

import asyncio
import heapq

from store.database import Database
from store.numbers import reserve_numbers, return_numbers

BLOCK = 50


class Numbers:
    """Hands out the lowest free number of this process's block; unused ones go back at the end of a clean run."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._free: list[int] = []
        self._end = 0
        self._lock = asyncio.Lock()

    async def take(self) -> int:
        """A number that nobody else has."""
        async with self._lock:
            if not self._free:
                block = await self._db.write(lambda conn: reserve_numbers(conn, BLOCK))
                self._free, self._end = list(block), block.stop
            return heapq.heappop(self._free)

    def give_back(self, number: int) -> None:
        """The decision needed none."""
        heapq.heappush(self._free, number)

    async def close(self) -> None:
        """Return the unused tail of the block, so that a restart leaves no gap."""
        tail = self._end
        while self._free and max(self._free) == tail - 1:
            tail -= 1
            self._free.remove(tail)
        if tail < self._end:
            first, end = tail, self._end
            await self._db.write(lambda conn: return_numbers(conn, first, end))
