"""What operators measure: counters of this process and gauges read from the store when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from parsing.message import Temporary
from store.database import Broken, Database
from store.status import Status, read_status


class Meters:
    """One registry a gateway, so that several in one process do not mix."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.registry = CollectorRegistry()
        self._deliveries = Counter(
            "tkt_deliveries", "Deliveries finished by this process, by outcome", ["outcome"], registry=self.registry
        )
        self._mails = Counter("tkt_mails", "Tries of outgoing mail, by result", ["result"], registry=self.registry)
        self._rows = Gauge(
            "tkt_rows", "Rows of the store, by kind and state", ["kind", "state"], registry=self.registry
        )
        self._age = Gauge("tkt_oldest_seconds", "Age of the oldest that waits", ["queue"], registry=self.registry)
        self._alarms = Gauge("tkt_alarms", "Red lines that are on", registry=self.registry)
        self._breaker = Gauge(
            "tkt_breaker_open", "1 while automatic mail is stopped for having been too much", registry=self.registry
        )
        self._readable = Gauge("tkt_store_readable", "1 when the store answers", registry=self.registry)

    def delivered(self, outcome: str) -> None:
        """One delivery has its outcome."""
        self._deliveries.labels(outcome).inc()

    def breaker(self, *, is_open: bool) -> None:
        """Whether automatic mail is stopped."""
        self._breaker.set(is_open)

    def sent(self, result: str) -> None:
        """One try of an outgoing mail has ended."""
        self._mails.labels(result).inc()

    async def exposition(self) -> bytes:
        """The text of /metrics."""
        try:
            self._show(await self._db.read(read_status))
            self._readable.set(1)
        except (Temporary, Broken):
            self._readable.set(0)
        return generate_latest(self.registry)

    def _show(self, status: Status) -> None:
        self._rows.clear()  # a state that no row has any more is not among the counts
        for kind, figures in (
            ("delivery", status.deliveries),
            ("ticket", status.tickets),
            ("mail", status.mails),
            ("timer", {"pending": status.timers}),
        ):
            for state, count in figures.items():
                self._rows.labels(kind, state).set(count)
        for queue, oldest in (("ledger", status.oldest_delivery), ("outbox", status.oldest_mail)):
            self._age.labels(queue).set((status.now - oldest).total_seconds() if oldest else 0)
        self._alarms.set(len(status.red))

    async def ready(self, red: Iterable[str]) -> dict[str, Any]:
        """{"ready": can work, "alarms": what is red}: readiness is the store's; an alarm alone does not end it."""
        names = sorted(red)
        try:
            await self._db.read(read_status)
        except (Temporary, Broken) as error:
            return {"ready": False, "why": f"the store does not answer: {error}", "alarms": names}
        return {"ready": True, "alarms": names}
