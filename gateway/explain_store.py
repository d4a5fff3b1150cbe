"""What only the store can tell `tkt explain`: the tickets that a mail could mean, and a decision that was made before.

A kept decision is repeated (law 12): with the facts, the evidence, the policy and the `now` that were kept, and the
mail as it is read today. What then differs is said, be it the reading or the rules that have changed since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from gateway.arrival import Envelope
from gateway.config import Config
from gateway.explain import Found, Manner, read_all, tell
from gateway.explained import Explained, Judge, Kept, LookUp, decided
from gateway.pipeline import LAST_TRY
from gateway.reading import ask, reading
from gateway.tables import moment
from parsing.message import Address, Kind, Message, Permanent
from parsing.reader import unreadable
from rules.decision import Decision, Notice, Outcome
from rules.event import Arrived
from rules.facts import Facts
from rules.loader import DeskError, load_desk
from rules.policy import Policy
from rules.ticket import number_text
from store.account import plain
from store.kept import KeptDecision, KeptDelivery, kept_delivery
from store.lookup import look_up

KEPT = "kept"


@contextmanager
def facts_of(config: Config) -> Iterator[LookUp]:
    """Looks up the facts of each mail, reading only."""
    with reading(config) as db:

        def facts(event: Arrived, policy: Policy, own: frozenset[str]) -> Facts:
            return db.read_now(lambda conn: look_up(conn, event, policy=policy, next_number=0, own=own))

        yield facts


def explain_delivery(config: Config, number: int, manner: Manner, judge: Judge) -> int:
    """Tells a delivery's kept decision, repeated. Raises `Permanent` when there is no such delivery."""
    found = ask(config, lambda conn: kept_delivery(conn, number))
    if found is None:
        raise Permanent(f"there is no delivery {number}; `tkt ledger` lists those that are there")
    tell(asyncio.run(_explained(found, judge)), manner)
    return 0


async def _explained(found: KeptDelivery, judge: Judge) -> Explained:
    return await of_delivery(found, await _message(found.raw), judge)


async def _message(raw: bytes) -> Message:
    async for _, message in read_all(iter([Found("", raw)])):
        if message is not None:
            return message
    raise Permanent("it can not be read")


async def of_delivery(found: KeptDelivery, message: Message, judge: Judge) -> Explained:
    """The kept decision, repeated; for a delivery that has none yet, what would be decided now."""
    row = found.row
    desk, desk_by = str(row["desk"]), f"as D{row['id']} in the ledger"
    if row["attempts"] >= LAST_TRY:
        message = unreadable(found.raw, why="every earlier attempt failed; only its header was read")
    envelope = Envelope(
        delivery=row["id"],
        channel=row["channel"],
        sender=row["envelope_from"],
        recipients=tuple(row["envelope_to"]),
        received_at=row["received_at"],
        quiet=row["quiet"],
        peer=row["peer"],
        vouched=found.vouched,
    )
    if found.decision is not None:
        told = await _repeated(found.decision, message, envelope, judge, desk=desk, desk_by=desk_by)
        return replace(told, kept=replace(told.kept, history=_history(found)) if told.kept else None)
    if desk not in judge.policies:
        raise Permanent(f"the desk {desk} is not configured any more, and nothing was decided yet")
    state = "it has no outcome yet" if row["outcome"] is None else f"{row['outcome']}: {row['reason']}"
    return await judge.now(
        message, envelope, judge.policies[desk], desk_by=f"{desk_by}; {state}; decided now it would be so"
    )


async def _repeated(
    kept: KeptDecision, message: Message, envelope: Envelope, judge: Judge, *, desk: str, desk_by: str
) -> Explained:
    then = Kept(envelope.delivery, kept.at, kept.policy, kept.ticket, kept.account)
    policy, problem = _policy(kept, desk, judge)
    event = _event(kept, await judge.event(message, envelope, policy))
    told = _as_kept(kept)
    if problem or kept.facts is None:
        then = replace(then, problem=problem or "what was known then was written down by another version of tkt")
    else:
        today = decided(event, facts=kept.facts, policy=policy, now=kept.at)
        then = replace(then, today=today, differences=tuple(_differences(kept, event, today)))
        told = told if then.differences else today
    return Explained(event, policy, desk_by, told, kept.at, KEPT, judge.notes, then)


def _history(found: KeptDelivery) -> tuple[str, ...]:
    """That it was held, and what a person made of that."""
    row = found.row
    if row["held_at"] is None:
        return ()
    judged = f"{row['judged_how']} at {moment(row['judged_at'])} by {row['judged_by']}" if row["judged_how"] else ""
    return (f"held at {moment(row['held_at'])}: {row['held_why']}", judged or f"it waits: tkt release D{row['id']}")


def _policy(kept: KeptDecision, desk: str, judge: Judge) -> tuple[Policy, str]:
    """The desk as it then was; else the desk of today, and why it is not that of then."""
    today = judge.policies.get(desk) or next(iter(judge.policies.values()))
    if today.digest == kept.policy:
        return today, ""
    if kept.texts is None:
        return today, f"the desk's files of that day ({kept.policy[:12]}) are not kept"
    try:
        return load_desk(kept.texts, folder=f"desks/{desk}"), ""
    except DeskError as error:
        return today, f"the desk's files of that day are not valid any more: {error}"


def _event(kept: KeptDecision, event: Arrived) -> Arrived:
    """With the evidence as it was; that a mail is our own was evidence, too."""
    message = event.message
    if kept.kind is not None and kept.kind[0] == Kind.OWN.value:
        message = replace(message, kind=Kind.OWN, confidence=kept.kind[1], why=kept.kind[2])
    return replace(event, message=message, evidence=kept.evidence)


def _as_kept(kept: KeptDecision) -> Decision:
    """What the account and the outbox still say of it."""
    mails = tuple(
        Notice(mail["notice"], Address(mail["recipient"]), mail["role"], automatic=mail["automatic"])
        for mail in kept.mails
    )
    return Decision(Outcome(kept.outcome), kept.reason, notices=mails, trace=kept.trace)


def _differences(kept: KeptDecision, event: Arrived, today: Decision) -> Iterator[str]:
    """What would be otherwise today, the causes first."""
    message = event.message
    if kept.kind is not None and kept.kind[0] != message.kind.value:
        yield f"it was taken for {kept.kind[0]} ({kept.kind[2]}), today for {message.kind.value} ({message.why})"
    if kept.outcome != today.outcome.value:
        yield f"the outcome was {kept.outcome}, today {today.outcome.value}"
    number = today.ticket.number if today.ticket else None
    if kept.ticket != number:
        yield f"the ticket was {_named(kept.ticket)}, today {_named(number)}"
    if plain(kept.reason) != plain(today.reason):
        yield f'the reason was "{kept.reason}", today "{today.reason}"'
    yield from _other_answers(plain(kept.trace), [plain(step) for step in today.trace])
    then = {(mail["notice"], mail["recipient"].lower()) for mail in kept.mails}
    now = {(notice.name, notice.to.key) for notice in today.notices}
    yield from (f"the mail {name} to {to} was made, and would not be today" for name, to in sorted(then - now))
    yield from (f"the mail {name} to {to} was not made, and would be today" for name, to in sorted(now - then))


def _other_answers(then: Sequence[object], now: Sequence[object]) -> Iterator[str]:
    """The first question that was answered otherwise."""
    for before, after in zip(then, now, strict=False):
        if before != after:
            yield f"a question was answered {_step(before)}, today {_step(after)}"
            return
    if len(then) != len(now):
        yield f"{len(then)} questions were asked, today {len(now)}"


def _step(step: object) -> str:
    words = dict(step) if isinstance(step, dict) else {}
    return f'"{words.get("question")}: {words.get("answer")} ({words.get("detail", "")})"'


def _named(number: int | None) -> str:
    return number_text(number) if number is not None else "none"
