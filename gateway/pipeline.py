"""One event, straight down: look up, decide, compose, commit. The first file to read.

    travel   every event takes this one road, whatever it is
    read     a claimed delivery becomes an Arrived event (bytes → Message → Evidence)

Nothing here knows where bytes came from or how mail leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from gateway.arrival import Envelope, arrived
from gateway.failpoints import Failpoint
from gateway.numbers import Numbers
from gateway.proofs import Proofs
from gateway.reader_pool import ReaderPool
from parsing.dns import Question
from parsing.evidence import Way
from parsing.message import Message, Permanent, Temporary
from parsing.reader import unreadable
from parsing.tokens import Keys
from rules.decide import decide
from rules.decision import Decision, EntryKind, NewEntry, Notice
from rules.event import Arrived, Event, event_key
from rules.facts import Facts
from rules.mail import OutgoingMail, Part
from rules.policy import Policy
from rules.taken_in import taken_in
from rules.unproven import may_yet_prove_itself
from store.commit import Stale, commit
from store.database import Connection, Database
from store.ledger import Claimed, read_raw
from store.lookup import look_up
from templates.compose import compose
from templates.render import Notices

STALE_TRIES = 8
PARKED_FOR = timedelta(hours=1)  # how long the DNS may take to prove an agent's mail, from when it came
LAST_TRY = 8  # from this count of attempts on, a mail that nothing can handle is taken in by its header scan alone


class Parked(Temporary):
    """It is better looked at again in a minute."""


@dataclass(frozen=True, slots=True)
class Road:
    """What every event needs on its way. `now` is the clock of dates; `wake_sender` says that mail is waiting."""

    db: Database
    policies: Mapping[str, Policy]
    keys: Keys
    notices: Notices
    readers: ReaderPool
    numbers: Numbers
    now: Callable[[], datetime]
    wake_sender: Callable[[], None]
    mail_limit: Callable[[], int]
    failpoint: Failpoint
    proofs: Proofs

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """The addresses of every desk, as they are now."""
        return tuple(address.address for policy in self.policies.values() for address in policy.addresses)


@dataclass(frozen=True, slots=True)
class Errand:
    """One event on its way, by which claim, and the number that a ticket would get which it opens."""

    event: Event
    policy: Policy
    number: int
    claimed: Claimed | None = None
    fence: int = 0  # the claim of a timer

    @property
    def last(self) -> bool:
        """A delivery on its last tries: taken in whatever rules and templates do."""
        return self.claimed is not None and self.claimed.attempts >= LAST_TRY


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision made at `now`, with its mails: all that commit writes.

    `unsendable` says why an agent's words to a customer could not be made a mail: such a draft is not committed.
    """

    facts: Facts
    decision: Decision
    now: datetime
    mails: tuple[OutgoingMail, ...] = ()
    unsendable: str = ""
    message_id: str = ""

    def opens(self, number: int) -> bool:
        """Whether it makes a new ticket of this number."""
        ticket = self.decision.ticket
        return ticket is not None and ticket.number == number and self.decision.based_on is None

    @property
    def attachments(self) -> tuple[int, ...]:
        """Those of the incoming mail that its mails are to carry: they have to be read before it can be composed."""
        return tuple(sorted({index for notice in self.decision.notices for index in notice.attachments}))


async def deliver(road: Road, claimed: Claimed) -> Draft:
    """Take one claimed delivery down the road; returns what was committed."""
    policy = road.policies.get(claimed.desk)
    if policy is None:
        raise Temporary(f"the desk {claimed.desk} is not configured any more; its mail waits for it")
    digest = claimed.digest
    raw = claimed.raw if claimed.raw is not None else await road.db.read(lambda conn: read_raw(conn, digest))
    message = await _read(road, raw, claimed)
    road.failpoint("worker.parsed")
    event = await _event(road, message, claimed, policy)
    if claimed.age < PARKED_FOR and may_yet_prove_itself(event, policy):
        raise Parked("the DNS does not say whether this agent's domain vouches for it; it is asked again for an hour")
    draft = await travel(road, event, policy, claimed=claimed, raw=raw)
    return replace(draft, message_id=message.message_id)


async def _read(road: Road, raw: bytes, claimed: Claimed) -> Message:
    if claimed.attempts >= LAST_TRY:
        return unreadable(raw, why="every earlier attempt failed; only its header was read")
    return await road.readers.read(raw)


async def _event(road: Road, message: Message, claimed: Claimed, policy: Policy) -> Arrived:
    """The message with what proves who wrote it; for a proof the DNS may have to be asked."""
    envelope = Envelope(
        delivery=claimed.id,
        channel=claimed.channel,
        sender=claimed.envelope_from,
        recipients=tuple(claimed.envelope_to),
        received_at=claimed.received_at,
        quiet=claimed.quiet,
        peer=claimed.peer,
        vouched=claimed.vouched,
    )

    def as_known(way: Way) -> tuple[Arrived, frozenset[Question]]:
        return arrived(message, envelope, policy, keys=road.keys, own_addresses=road.own_addresses, way=way)

    return await road.proofs.prove(as_known, road.proofs.way(claimed.channel, claimed.peer, claimed.received_at))


async def travel(
    road: Road, event: Event, policy: Policy, *, claimed: Claimed | None = None, raw: bytes = b"", fence: int = 0
) -> Draft:
    """The one road: facts → decision → finished mails → one transaction; again when a version has moved.

    `fence` is the claim of a timer. A delivery on its last tries is taken in whatever rules and templates do. Raises
    `Temporary` when it stays stale, and whatever the store raises.
    """
    for _ in range(STALE_TRIES):
        errand = Errand(event, policy, await road.numbers.take(), claimed, fence)
        try:
            draft = await _settled(road, errand, raw)
        except Stale:
            if claimed is not None:
                road.failpoint("worker.stale")
            continue
        if not draft.opens(errand.number):
            road.numbers.give_back(errand.number)
        road.failpoint("worker.committed")
        if draft.mails:
            road.wake_sender()
        return draft
    raise Temporary(f"{event_key(event)}: the ticket kept changing under the decision")


async def _settled(road: Road, errand: Errand, raw: bytes) -> Draft:
    """Thought through and committed in one go; only a mail with attachments has to wait outside until they are read."""
    unsendable = ""
    while True:
        draft = await road.db.write(partial(_settle, road, errand, unsendable))
        if not draft.attachments:
            return draft
        draft = await _with_attachments(road, errand, draft, raw)
        if unsendable or not draft.unsendable:
            await road.db.write(partial(_commit, road, errand, draft))
            return draft
        unsendable = draft.unsendable


def _settle(road: Road, errand: Errand, unsendable: str, conn: Connection) -> Draft:
    """When an agent's words can not be made a mail it is decided again, knowing that."""
    draft = _thought(road, errand, conn, unsendable)
    if draft.unsendable and not unsendable:
        draft = _thought(road, errand, conn, draft.unsendable)
    if not draft.attachments:
        _commit(road, errand, draft, conn)
    return draft


def _thought(road: Road, errand: Errand, conn: Connection, unsendable: str) -> Draft:
    """Facts and decision, and the mails unless some have to carry attachments."""
    own = frozenset(address.lower() for address in road.own_addresses)
    facts = look_up(conn, errand.event, policy=errand.policy, next_number=errand.number, own=own)
    facts = replace(facts, mail_limit=road.mail_limit(), unsendable=unsendable)
    draft = _decided(errand, facts, road.now())
    return draft if draft.attachments else _composed(road, errand, draft, {})


def _commit(road: Road, errand: Errand, draft: Draft, conn: Connection) -> None:
    commit(
        conn,
        errand.event,
        draft.decision,
        draft.mails,
        policy=errand.policy,
        facts=draft.facts,
        now=draft.now,
        claimed=errand.claimed,
        timer_fence=errand.fence,
    )
    road.failpoint("worker.before_commit")


async def _with_attachments(road: Road, errand: Errand, draft: Draft, raw: bytes) -> Draft:
    """The draft with its mails, composed in a thread of its own: they may be many megabytes."""
    parts = {index: await _part(road, raw, index) for index in draft.attachments}
    return await asyncio.to_thread(_composed, road, errand, draft, parts)


def _decided(errand: Errand, facts: Facts, now: datetime) -> Draft:
    event, policy = errand.event, errand.policy
    try:
        return Draft(facts, decide(event, facts=facts, policy=policy, now=now), now)
    except Exception as error:
        if not (errand.last and isinstance(event, Arrived)):
            raise
        why = f"{type(error).__name__}: {error}"[:200]
        return Draft(facts, taken_in(event, facts=facts, policy=policy, now=now, why=why), now)


async def _part(road: Road, raw: bytes, index: int) -> Part | str:
    """The attachment, or why it can not be read: then the mail goes on without it."""
    try:
        return await road.readers.attachment(raw, index)
    except Permanent as error:
        return str(error)


def _composed(road: Road, errand: Errand, draft: Draft, parts: Mapping[int, Part | str]) -> Draft:
    """Each notice as a finished mail. One that can not be composed is left out and the ticket says so (law 2)."""
    lost = {index: part for index, part in parts.items() if isinstance(part, str)}
    found = {index: part for index, part in parts.items() if isinstance(part, Part)}
    mails: list[OutgoingMail] = []
    entries = [NewEntry(EntryKind.CHANGE, "tkt", f"an attachment could not be read: {why}") for why in lost.values()]
    unsendable = ""
    for notice in draft.decision.notices:
        words = notice.role == "customer" and not notice.automatic
        try:
            if words and lost.keys() & set(notice.attachments):
                raise Permanent("; ".join(lost.values()))
            mails.append(_mail(road, errand, notice, draft, found))
        except Exception as error:
            if not (errand.last or isinstance(error, Permanent)):
                raise
            unsendable = unsendable or (str(error) if words else "")
            summary = f"the mail {notice.name} to {notice.to.address} could not be composed"
            entries.append(NewEntry(EntryKind.CHANGE, "tkt", summary, str(error)))
    decision = replace(draft.decision, entries=(*draft.decision.entries, *entries)) if entries else draft.decision
    return replace(draft, decision=decision, mails=tuple(mails), unsendable=unsendable)


def _mail(road: Road, errand: Errand, notice: Notice, draft: Draft, parts: Mapping[int, Part]) -> OutgoingMail:
    carried = [parts[index] for index in notice.attachments if index in parts]
    return compose(
        notice,
        policy=errand.policy,
        ticket=draft.decision.ticket,
        event=event_key(errand.event),
        keys=road.keys,
        now=draft.now,
        notices=road.notices,
        parts=_fitting(carried, road.mail_limit()),
    )


def _fitting(parts: Sequence[Part], limit: int) -> list[Part]:
    """The parts that fit into a mail of `limit` octets, in order (base64 makes 1.37 of one; words need room)."""
    room = limit - 256 * 1024
    chosen = []
    for part in parts:
        cost = int(len(part.data) * 1.37)
        if cost <= room:
            chosen.append(part)
            room -= cost
    return chosen
