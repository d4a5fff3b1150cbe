"""One event, straight down: look up, decide, compose, commit. The first file to read.

    travel   every event takes this one road, whatever it is
    read     a claimed delivery becomes an Arrived event (bytes → Message → Evidence)

Nothing here knows where bytes came from or how mail leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.failpoints import Failpoint
from gateway.numbers import Numbers
from gateway.reader_pool import ReaderPool
from parsing.evidence import evidence, is_own
from parsing.message import Kind, Message, Permanent, Temporary
from parsing.reader import unreadable
from parsing.tokens import Keys
from rules.decide import decide
from rules.decision import Decision, EntryKind, NewEntry, Notice
from rules.event import Arrived, Event, event_key
from rules.facts import Facts
from rules.mail import OutgoingMail, Part
from rules.policy import Policy
from store.commit import Stale, commit
from store.database import Connection, Database
from store.ledger import Claimed, read_raw
from store.lookup import look_up
from templates.compose import compose
from templates.render import Notices

STALE_TRIES = 8
LAST_TRY = 8  # from this count of attempts on, a mail that nothing can handle is taken in by its header scan alone


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
    own_addresses: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision with its mails: all that commit writes."""

    facts: Facts
    decision: Decision
    mails: tuple[OutgoingMail, ...] = ()
    message_id: str = ""


async def deliver(road: Road, claimed: Claimed) -> Draft:
    """Take one claimed delivery down the road; returns what was committed."""
    policy = road.policies.get(claimed.desk)
    if policy is None:
        raise Temporary(f"the desk {claimed.desk} is not configured any more; its mail waits for it")
    digest = claimed.digest
    raw = claimed.raw if claimed.raw is not None else await road.db.read(lambda conn: read_raw(conn, digest))
    message = await _read(road, raw, claimed)
    road.failpoint("worker.parsed")
    draft = await travel(road, _arrived(road, message, claimed, policy), policy, claimed=claimed, raw=raw)
    return replace(draft, message_id=message.message_id)


async def _read(road: Road, raw: bytes, claimed: Claimed) -> Message:
    if claimed.attempts >= LAST_TRY:
        return unreadable(raw, why="every earlier attempt failed; only its header was read")
    return await road.readers.read(raw)


def _arrived(road: Road, message: Message, claimed: Claimed, policy: Policy) -> Arrived:
    desk_addresses = tuple(address.address for address in policy.addresses)
    if is_own(message, road.keys, road.own_addresses):
        message = replace(message, kind=Kind.OWN, confidence=1.0, why="its Message-ID carries our signature")
    elif not claimed.envelope_from and message.kind is Kind.HUMAN and claimed.channel == "smtp":
        message = replace(message, kind=Kind.MACHINE, confidence=0.8, why="it came with the null sender")
    return Arrived(
        delivery=claimed.id,
        message=message,
        evidence=evidence(
            message,
            keys=road.keys,
            desk_addresses=desk_addresses,
            envelope_to=tuple(claimed.envelope_to),
            envelope_from=claimed.envelope_from,
        ),
        envelope_from=_envelope_from(claimed, message),
        envelope_to=tuple(claimed.envelope_to),
        received_at=claimed.received_at,
        quiet=claimed.quiet,
    )


def _envelope_from(claimed: Claimed, message: Message) -> str:
    """The envelope sender; a mailbox keeps none, there the reader has judged Return-Path and From stands in."""
    if claimed.channel == "smtp":
        return claimed.envelope_from
    return message.sender.address if message.sender else message.from_text


async def travel(
    road: Road, event: Event, policy: Policy, *, claimed: Claimed | None = None, raw: bytes = b"", fence: int = 0
) -> Draft:
    """The one road: facts → decision → finished mails → one transaction; again when a version has moved.

    `fence` is the claim of a timer. Raises `Temporary` when it stays stale, and whatever the store raises.
    """
    for _ in range(STALE_TRIES):
        number = await road.numbers.take()
        draft = await _draft(road, event, policy, number, raw)
        if not (draft.decision.ticket and draft.decision.ticket.number == number and draft.decision.based_on is None):
            road.numbers.give_back(number)
        try:
            await road.db.write(_commit(road, event, draft, policy, claimed, fence))
        except Stale:
            if claimed is not None:
                road.failpoint("worker.stale")
            continue
        road.failpoint("worker.committed")
        if draft.mails:
            road.wake_sender()
        return draft
    raise Temporary(f"{event_key(event)}: the ticket kept changing under the decision")


def _commit(
    road: Road, event: Event, draft: Draft, policy: Policy, claimed: Claimed | None, fence: int
) -> Callable[[Connection], None]:
    def write(conn: Connection) -> None:
        commit(
            conn,
            event,
            draft.decision,
            draft.mails,
            policy=policy,
            facts=draft.facts,
            now=road.now(),
            claimed=claimed,
            timer_fence=fence,
        )
        road.failpoint("worker.before_commit")

    return write


async def _draft(road: Road, event: Event, policy: Policy, number: int, raw: bytes) -> Draft:
    """Facts, decision and mails; in a thread, and at once with the look-up when no attachment travels along."""

    def think(conn: Connection) -> Draft:
        facts = look_up(conn, event, policy=policy, next_number=number)
        facts = replace(facts, mail_limit=road.mail_limit())
        decision = decide(event, facts=facts, policy=policy, now=road.now())
        if any(notice.attachments for notice in decision.notices):
            return Draft(facts, decision)
        return _composed(road, Draft(facts, decision), event, policy, {})

    draft = await road.db.read(think)
    wanted = sorted({index for notice in draft.decision.notices for index in notice.attachments})
    if not wanted:
        return draft
    parts = {index: await road.readers.attachment(raw, index) for index in wanted}
    return await asyncio.to_thread(_composed, road, draft, event, policy, parts)


def _composed(road: Road, draft: Draft, event: Event, policy: Policy, parts: Mapping[int, Part]) -> Draft:
    """Each notice as a finished mail. One that can not be composed is left out and the ticket says so (law 2)."""
    mails: list[OutgoingMail] = []
    failed: list[NewEntry] = []
    for notice in draft.decision.notices:
        try:
            mails.append(_mail(road, notice, draft.decision, event, policy, parts))
        except Permanent as error:
            summary = f"the mail {notice.name} to {notice.to.address} could not be composed"
            failed.append(NewEntry(EntryKind.CHANGE, "tkt", summary, str(error)))
    decision = replace(draft.decision, entries=(*draft.decision.entries, *failed)) if failed else draft.decision
    return replace(draft, decision=decision, mails=tuple(mails))


def _mail(
    road: Road, notice: Notice, decision: Decision, event: Event, policy: Policy, parts: Mapping[int, Part]
) -> OutgoingMail:
    chosen: Sequence[Part] = _fitting([parts[index] for index in notice.attachments], road.mail_limit())
    return compose(
        notice,
        policy=policy,
        ticket=decision.ticket,
        event=event_key(event),
        keys=road.keys,
        now=road.now(),
        notices=road.notices,
        parts=chosen,
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
