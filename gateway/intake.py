"""From a channel into the ledger: bytes and envelope become one delivery for each desk, before anybody is told.

No parser runs here; a bounded scan of the header finds whose mail it is and what it refers to, so that one sender's
mails and a thread's mails are read in order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.arrival import SMTP
from gateway.config import Mailbox
from gateway.desks import desk_of
from gateway.failpoints import Failpoint
from gateway.journal import Journal
from gateway.mailbox import Fetched
from gateway.smtp import Submission
from parsing.headers import scan
from rules.policy import Policy
from store.database import Connection, Database
from store.ledger import Accepted, Arrival, accept, accept_many


@dataclass(frozen=True, slots=True)
class Intake:
    """What the channels hand mail to. `wake` says that the ledger has work."""

    db: Database
    policies: Mapping[str, Policy]
    journal: Journal
    now: Callable[[], datetime]
    wake: Callable[[], None]
    failpoint: Failpoint

    def knows(self, address: str) -> bool:
        """True when the address, in any case and with any +part, is a desk's."""
        return desk_of(self.policies, address) is not None

    async def submission(self, submission: Submission, *, channel: str = SMTP) -> str:
        """Commit a transaction: one delivery for each desk among its recipients. Returns its queue id."""
        self.failpoint("smtp.data")
        arrivals = self._arrivals(submission, channel)

        def write(conn: Connection) -> list[Accepted]:
            return [accept(conn, arrival) for arrival in arrivals]

        accepted = await self.db.write(write)
        self.failpoint("smtp.committed")
        self.wake()
        for arrival, row in zip(arrivals, accepted, strict=True):
            self._line(arrival, row)
        return "+".join(f"D{row.delivery}" for row in accepted)

    def by_desk(self, submission: Submission) -> list[Submission]:
        """The same mail once for each desk among its recipients, with that desk's alone: what can fail on its own."""
        desks = self._desks(submission.envelope_to)
        return [replace(submission, envelope_to=tuple(to)) for to in desks.values()]

    def _desks(self, recipients: Sequence[str]) -> dict[str, list[str]]:
        desks: dict[str, list[str]] = {}
        for address in recipients:
            desk = desk_of(self.policies, address)
            if desk is not None:
                desks.setdefault(desk, []).append(address)
        return desks

    def _arrivals(self, submission: Submission, channel: str) -> list[Arrival]:
        digest = hashlib.sha256(submission.raw).hexdigest()
        found = scan(submission.raw)
        return [
            Arrival(
                desk=desk,
                channel=channel,
                channel_key=smtp_key(digest, submission.envelope_from, desk, to),
                raw=submission.raw,
                envelope_from=submission.envelope_from,
                envelope_to=tuple(to),
                peer=submission.peer,
                received_at=self.now(),
                sender_key=found.sender_key,
                message_key=found.message_key,
                reference_keys=found.reference_keys,
            )
            for desk, to in self._desks(submission.envelope_to).items()
        ]

    async def fetched(self, mailbox: Mailbox, mails: Sequence[Fetched]) -> None:
        """Commit a batch read from a mailbox; what the ledger has already is counted, not stored again."""
        arrivals = [self._from_mailbox(mailbox, mail) for mail in mails]
        self.failpoint("imap.fetched")
        accepted = await self.db.write(lambda conn: accept_many(conn, arrivals))
        self.failpoint("imap.committed")
        self.wake()
        for arrival, row in zip(arrivals, accepted, strict=True):
            self._line(arrival, row)

    def _from_mailbox(self, mailbox: Mailbox, mail: Fetched) -> Arrival:
        found = scan(mail.raw)
        peer: dict[str, Any] = {"account": mailbox.name, "folder": mailbox.folder, "uid": mail.uid}
        if mail.oversized:
            peer["oversized"] = mail.oversized
        if mail.unreadable:
            peer["unreadable"] = mail.unreadable
        return Arrival(
            desk=mailbox.desk,
            channel=f"imap:{mailbox.name}",
            channel_key=imap_key(mailbox, mail),
            raw=mail.raw,
            envelope_from="",
            envelope_to=(),
            peer=peer,
            received_at=self.now(),
            quiet=mail.quiet,
            sender_key=found.sender_key,
            message_key=found.message_key,
            reference_keys=found.reference_keys,
        )

    def _line(self, arrival: Arrival, row: Accepted) -> None:
        peer = {key: str(value) for key, value in arrival.peer.items() if value}
        self.journal.accepted(
            delivery=row.delivery, again=row.again, channel=arrival.channel, size=len(arrival.raw), peer=peer
        )


def imap_key(mailbox: Mailbox, mail: Fetched) -> str:
    """IMAP's key against duplicates. A server restored from a backup gives a UID twice: the digest tells them apart."""
    digest = hashlib.sha256(mail.raw).hexdigest()[:16]
    return f"imap:{mailbox.name}/{mailbox.folder}/{mail.uidvalidity}/{mail.uid}/{digest}"


def smtp_key(digest: str, envelope_from: str, desk: str, to: Sequence[str]) -> str:
    """SMTP's key against duplicates: the same bytes with the same envelope are the same mail (for five days)."""
    envelope = "\n".join((digest, envelope_from.lower(), desk, *sorted(address.lower() for address in to)))
    return "smtp:" + hashlib.sha256(envelope.encode()).hexdigest()
