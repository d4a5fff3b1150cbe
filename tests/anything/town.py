"""A gateway without its sockets: bytes and an envelope go in, what stands in the store and in the outbox is looked at.

From the ledger on it is the real road, on SQLite, with one clock for dates and for the database. Mail is worked on one
by one, so that each change has one cause; whatever the road cannot do raises.
"""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, cast

from sqlalchemy import select

from gateway.clock import Clock
from gateway.config import Hop
from gateway.desks import packaged_desk, packaged_notices
from gateway.digests import send_digests
from gateway.failpoints import none
from gateway.intake import Intake
from gateway.journal import Journal
from gateway.numbers import Numbers
from gateway.pipeline import Road, deliver
from gateway.proofs import Proofs
from gateway.reader_pool import ReaderPool
from gateway.sender import Marked
from gateway.smtp import Submission
from parsing.message import Message
from parsing.reader import attachment_bytes, read
from parsing.tokens import Keys
from rules.loader import load_desks
from rules.mail import Part
from store.database import open_database
from store.ledger import MANY, Claimed, claim
from store.outbox import claim_mails, mark
from store.schema import delivery, outbox, participant, ticket
from tests.running import HOST, room

SUPPORT, MX = "support@desk.example", "mx.desk.example"
MARIE, KARIM = "marie@desk.example", "karim@desk.example"
AGENTS = {MARIE: "Marie Dupont", KARIM: "Karim Benali"}
BEGIN = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)
KEYS = Keys(current=b"k" * 32)
LEASE = timedelta(minutes=1)
# low enough that a run of some dozen steps meets them
CAPS = {
    "opened_hour": 3,
    "opened_day": 6,
    "address_10min": 6,
    "address_day": 14,
    "ticket_10min": 4,
    "ticket_hour": 5,
    "inbound_10min": 8,
    "inbound_open": 5,
    "breaker_10min": 3,
    "breaker_ratio": 1,
}
PEOPLE = "".join(f"  {mail.partition('@')[0]}: {{name: {name}, mail: {mail}}}\n" for mail, name in AGENTS.items())
DESK = f"desk: support\nname: Support\naddress: {SUPPORT}\npeople:\n{PEOPLE}limits:\n" + "".join(
    f"  {name}: {most}\n" for name, most in CAPS.items()
)
NOTICES = packaged_notices()
(POLICY,) = load_desks({"support": {**packaged_desk(), "desk.yaml": DESK}})


@dataclass(frozen=True)
class Snapshot:
    """Every ticket's row, and who stands on it: (role, since) by address."""

    tickets: dict[int, Any]
    people: dict[int, dict[str, tuple[str, datetime]]]

    def stands(self, number: int, key: str) -> datetime | None:
        """Since when somebody is written to on a ticket; None for whoever is not."""
        row = self.tickets[number]
        if row.requester_key == key:
            return cast(datetime, row.opened_at)
        role, since = self.people.get(number, {}).get(key, ("", BEGIN))
        return since if role in ("requester", "cc") else None


class Readers:
    """Reads in this very process: that a mail may kill its reader is for other tests."""

    async def read(self, raw: bytes) -> Message:
        return read(raw)

    async def attachment(self, raw: bytes, index: int) -> Part:
        found, data = attachment_bytes(raw, index)
        return Part(found.filename, found.type, data)


def fails(what: str, error: Any = "") -> NoReturn:
    """For all that a gateway survives and writes down."""
    raise AssertionError(f"{what}: {error!r}") from (error if isinstance(error, Exception) else None)


class Town:
    """`judge` is called after each event: what it was (the claimed delivery, or None for the clock), before, after."""

    def __init__(self, blank: bytes, judge: Callable[[Claimed | None, Snapshot, Snapshot], None]) -> None:
        self.folder = room("town")
        (self.folder / "tkt.db").write_bytes(blank)
        self.moment, self.judge, self.runner = BEGIN, judge, asyncio.Runner()
        self.db = open_database(f"sqlite:///{self.folder / 'tkt.db'}", clock=lambda: self.moment)
        self.journal = Journal(quiet=True)
        self.journal.trouble = fails  # type: ignore[method-assign,assignment]
        policies = {POLICY.desk: POLICY}
        hop = Hop(authserv_id=MX, peers=(HOST,))
        self.road = Road(
            db=self.db,
            policies=policies,
            keys=KEYS,
            notices=NOTICES,
            readers=cast(ReaderPool, Readers()),
            numbers=Numbers(self.db),
            now=lambda: self.moment,
            wake_sender=lambda: None,
            mail_limit=lambda: 10**7,
            failpoint=none,
            proofs=Proofs(None, hop, {}),
        )
        self.intake = Intake(self.db, policies, self.journal, self.road.now, wake=lambda: None, failpoint=none)
        self.clock = self.runner.run(self._clock())
        self.now_is = self.snapshot()

    async def _clock(self) -> Clock:
        async def watch() -> None:
            """Nothing else is looked at."""

        return Clock(
            self.road, self.journal, mailboxes={}, lease=LEASE, watch=watch, alarm=fails, over=lambda name: None
        )

    def close(self) -> None:
        """Nothing of it is left."""
        self.db.close()
        self.runner.close()
        shutil.rmtree(self.folder)

    # -- what happens

    def hand_in(self, raw: bytes, *, sender: str, to: tuple[str, ...], user: str = "") -> None:
        """One mail by way of the server in front, and all that follows from it."""
        self.moment += timedelta(seconds=2)
        peer = {"address": HOST, "helo": MX, "tls": True, "user": user or None}
        self.runner.run(self.intake.submission(Submission(raw, sender, to, peer)))
        self.settle()

    def settle(self) -> None:
        """Until every delivery has its outcome and all mail has left."""
        while claimed := self.db.write_now(lambda conn: claim(conn, limit=1, lease=LEASE, attempts=(0, MANY))):
            self.runner.run(deliver(self.road, claimed[0]))
            self._judged(claimed[0])
        self._sent()

    def later(self, wait: timedelta) -> None:
        """Time passes; whatever comes due by then is done."""
        self.moment += wait
        self.db.write_now(lambda conn: conn.info.setdefault("memo", {}).pop("world", None))  # counted for seconds
        while self.runner.run(self.clock.tick()):
            self._judged(None)
            self._sent()
        self.runner.run(send_digests(self.road))
        self._judged(None)
        self._sent()

    def _judged(self, claimed: Claimed | None) -> None:
        before, self.now_is = self.now_is, self.snapshot()
        self.judge(claimed, before, self.now_is)

    def _sent(self) -> None:
        """The relay takes all."""
        while mails := self.db.write_now(lambda conn: claim_mails(conn, limit=100, lease=LEASE)):
            marks = [Marked(mail.id, mail.fence, "sent", reply="250 2.0.0 taken") for mail in mails]
            self.db.write_now(lambda conn, marks=marks: mark(conn, marks, now=self.moment))  # type: ignore[misc]

    # -- what is to be seen

    def rows(self, query: Any) -> list[Any]:
        return self.db.read_now(lambda conn: list(conn.execute(query).all()))

    def snapshot(self) -> Snapshot:
        people: dict[int, dict[str, tuple[str, datetime]]] = {}
        for row in self.rows(select(participant)):
            role = row.role if row.left_at is None else "left"
            people.setdefault(row.ticket, {})[row.address_key] = (role, row.since)
        return Snapshot({row.number: row for row in self.rows(select(ticket))}, people)

    def mails(self, after: int) -> list[Any]:
        """The rows of the outbox behind this one."""
        return self.rows(select(outbox).where(outbox.c.id > after).order_by(outbox.c.id))

    def delivered(self, number: int) -> Any:
        (row,) = self.rows(select(delivery).where(delivery.c.id == number))
        return row
