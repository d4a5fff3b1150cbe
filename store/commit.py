"""What was decided becomes true: ONE transaction, or nothing.

Promises: ticket, timers, outgoing mail, the ledger's outcome and the account of the decision are written together; a
decision made upon a ticket that has moved since, or by somebody whose claim ran out, is refused as `Stale`; committing
the same event twice leaves what the first one left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from parsing.message import Grade
from rules.decision import Decision, Outcome
from rules.event import Arrived, Due, Event, Listing, Returned, event_key
from rules.facts import Facts
from rules.loops import echo_of
from rules.mail import OutgoingMail
from rules.policy import Policy
from rules.service_level import MISSED, NEAR
from store.account import plain
from store.columns import PerEngine, literal
from store.contacts import keep_contacts
from store.counts import HUMAN, note
from store.failures import Stale
from store.held import hold, judge, write_list
from store.ledger import Claimed
from store.lookup import id_key, identity
from store.once import issue, spend
from store.outbox import add_mails
from store.people import put_people
from store.pictures import add_pictures
from store.prepared import Batch, Prepared
from store.schema import decision as decision_table
from store.schema import delivery, entry, message_id, outbox, timer
from store.schema import policy as policy_table
from store.schema import ticket as ticket_table
from store.tickets import to_row

__all__ = ["Stale", "commit", "keep_policy"]
READ = (Outcome.OPENED, Outcome.FOLLOWED_UP, Outcome.ACT)
PENDING, TAKEN = literal("pending"), literal("taken")


def _replacing(statement: Any) -> Any:
    """An event that is decided anew (a requeued delivery) has the account of the last time."""
    columns = [column.name for column in decision_table.c if column.name not in ("id", "event")]
    return statement.on_conflict_do_update(
        index_elements=["event"], set_={name: statement.excluded[name] for name in columns}
    )


_NEW_TICKET = Prepared(PerEngine(lambda insert: insert(ticket_table).on_conflict_do_nothing()))
_CHANGE = Prepared(
    update(ticket_table)
    .where(ticket_table.c.number == bindparam("its_number"), ticket_table.c.version == bindparam("based_on"))
    .values(
        {
            column: bindparam(column.name)
            for column in ticket_table.c
            if column.name not in ("number", "desk", "opened_at")
        }
    )
)
_ENTRY = Prepared(insert(entry))
_CANCEL_TIMERS = Prepared(
    update(timer).where(timer.c.ticket == bindparam("its_ticket"), timer.c.state == PENDING).values(state="cancelled")
)
_CANCEL_PROMISES = Prepared(
    update(timer)
    .where(
        timer.c.ticket == bindparam("its_ticket"),
        timer.c.state == PENDING,
        or_(*(timer.c.kind.startswith(f"{word} ", autoescape=True) for word in (NEAR, MISSED))),
    )
    .values(state="cancelled")
)
_TIMER = Prepared(insert(timer))
_TIMER_DONE = Prepared(
    update(timer)
    .where(timer.c.id == bindparam("row"), timer.c.state == PENDING, timer.c.fence == bindparam("its_fence"))
    .values(state="done", lease_until_db=None)
)
_KNOWN_ID = Prepared(PerEngine(lambda insert: insert(message_id).on_conflict_do_nothing()))
_OUTCOME = Prepared(
    update(delivery)
    .where(delivery.c.id == bindparam("row"), delivery.c.fence == bindparam("its_fence"), delivery.c.state == TAKEN)
    .values(
        state="done",
        outcome=bindparam("its_outcome"),
        reason=bindparam("words"),
        ticket=bindparam("its_ticket"),
        identity=bindparam("its_identity"),
        echo=bindparam("its_echo"),
        proven=bindparam("is_proven"),
        finished_at=bindparam("now"),
        lease_until_db=None,
    )
)
_CAME_BACK = (
    update(outbox)
    .where(outbox.c.serial == bindparam("its_serial"))
    .values(bounced_at=bindparam("now"), bounced_status=bindparam("its_status"), bounced_reply=bindparam("words"))
)
_ACCOUNT = Prepared(PerEngine(lambda insert: _replacing(insert(decision_table))))
_TOLD = select(decision_table.c.id).where(decision_table.c.event == bindparam("its_event"))
_POLICY = PerEngine(lambda insert: insert(policy_table).on_conflict_do_nothing())
_POLICY_KEPT = select(policy_table.c.digest).where(policy_table.c.digest == bindparam("its_digest"))


def commit(
    conn: Connection,
    event: Event,
    decision: Decision,
    mails: Sequence[OutgoingMail],
    *,
    policy: Policy,
    facts: Facts,
    now: datetime,
    claimed: Claimed | None = None,
    timer_fence: int = 0,
    held: bool = False,
) -> None:
    """Write everything that follows from an event; raises `Stale` when something it was made upon has moved.

    `claimed` proves the claim of a delivery, `timer_fence` that of a timer; `held` keeps the mails back. A `Returned`
    that was committed before changes nothing: the sender may tell it twice. Nor does a `Listing`: so may two nodes.
    """
    twice = isinstance(event, Returned | Listing)
    if twice and conn.execute(_TOLD, {"its_event": event_key(event)}).first() is not None:
        return
    keep_policy(conn, policy, now=now)
    with Batch(conn) as changes:
        _finish(changes, event, decision, policy, facts, now=now, claimed=claimed, timer_fence=timer_fence)
        if decision.ticket is not None:
            _write_ticket(changes, decision)
            _write_entries(changes, event, decision, now)
            _write_timers(changes, decision)
            _write_ids(changes, event, decision)
        for other in _others(decision):
            _write_ticket(changes, other)
            _write_entries(changes, event, other, now)
            _write_timers(changes, other)
        if isinstance(event, Arrived) and decision.outcome in READ:
            add_pictures(changes, event.message)
        add_mails(changes, mails, now=now, held=held, most=policy.caps.staff_10min)
        changes.change(_ACCOUNT, _account(event, decision, policy, facts, now))
    _write_seldom(conn, event, decision, mails, facts=facts, now=now)
    sent = sum(mail.automatic and mail.role == "customer" for mail in mails)
    note(conn, sent=sent, human=_of_a_person(event, decision))


def _of_a_person(event: Event, decision: Decision) -> bool:
    """Whether it weighs against automatic mail: what proves nothing may be made by the thousand in anybody's name."""
    return isinstance(event, Arrived) and decision.outcome in HUMAN and event.evidence.grade >= Grade.E1


def _write_seldom(
    conn: Connection,
    event: Event,
    decision: Decision,
    mails: Sequence[OutgoingMail],
    *,
    facts: Facts,
    now: datetime,
) -> None:
    """What few events change."""
    if isinstance(event, Arrived) and decision.outcome is Outcome.HELD:
        hold(conn, event, decision, now=now)
    for one in (decision, *_others(decision)):
        if one.ticket is not None:
            before = facts.tickets.get(one.ticket.number)
            put_people(conn, one.ticket, known=before.participants if before is not None else ())
    keep_contacts(conn, decision.contacts)
    _write_words(conn, event, decision, now)
    if isinstance(event, Listing):
        write_list(conn, event, facts, now=now)
    if (back := decision.came_back) is not None:
        words = {"its_serial": back.serial, "its_status": back.status, "words": back.reply, "now": now}
        conn.execute(_CAME_BACK, words)
    issue(conn, mails)


def keep_policy(conn: Connection, policy: Policy, *, now: datetime) -> None:
    """Keep every policy that was ever in force, once."""
    seen: set[str] = conn.info.setdefault("memo", {}).setdefault("policies", set())
    if policy.digest in seen:
        return
    # remembered only when it was found committed: an insert of ours may yet be rolled back
    if conn.execute(_POLICY_KEPT, {"its_digest": policy.digest}).first() is not None:
        seen.add(policy.digest)
        return
    texts = dict(policy.texts)
    conn.execute(_POLICY(conn), {"digest": policy.digest, "desk": policy.desk, "texts": texts, "since_at": now})


def _finish(
    changes: Batch,
    event: Event,
    decision: Decision,
    policy: Policy,
    facts: Facts,
    *,
    now: datetime,
    claimed: Claimed | None,
    timer_fence: int,
) -> None:
    """The event is over. Done first, for it is here that a lost claim shows."""
    if isinstance(event, Arrived) and claimed is not None:
        echo = echo_of(event.message, facts)
        words = {
            "row": claimed.id,
            "its_fence": claimed.fence,
            "its_outcome": decision.outcome.value,
            "words": decision.reason,
            "its_ticket": decision.ticket.number if decision.ticket else None,
            "its_identity": identity(event.message, policy.desk) or None,
            "its_echo": plain(echo) if echo is not None else None,
            "is_proven": event.evidence.grade >= Grade.E1,
            "now": now,
        }
        changes.change(_OUTCOME, words, otherwise=f"delivery {claimed.id} is in other hands")
    if isinstance(event, Due):
        claim = {"row": event.timer, "its_fence": timer_fence}
        changes.change(_TIMER_DONE, claim, otherwise=f"timer {event.timer} is over, or in other hands")


def _one(rows: int, words: str) -> None:
    if rows != 1:
        raise Stale(words)


def _others(decision: Decision) -> list[Decision]:
    """What is to be written of the other tickets that change with the decision's own."""
    return [
        Decision(
            decision.outcome,
            decision.reason,
            ticket=one.ticket,
            based_on=one.ticket.version,
            entries=one.entries,
            cancel_timers=one.cancel_timers,
        )
        for one in decision.also
    ]


def _write_ticket(changes: Batch, decision: Decision) -> None:
    snapshot = decision.ticket
    if snapshot is None:
        return
    if decision.based_on is None:
        changes.change(_NEW_TICKET, to_row(snapshot, version=1), otherwise=f"{snapshot.name} exists already")
        return
    row = to_row(snapshot, version=decision.based_on + 1)
    row["its_number"], row["based_on"] = row.pop("number"), decision.based_on
    changes.change(_CHANGE, row, otherwise=f"{snapshot.name} has changed meanwhile")


def _write_entries(changes: Batch, event: Event, decision: Decision, now: datetime) -> None:
    if decision.ticket is None or not decision.entries:
        return
    source = event.delivery if isinstance(event, Arrived) else None
    rows = [
        {
            "ticket": decision.ticket.number,
            "at": now,
            "kind": item.kind.value,
            "who": item.who,
            "summary": item.summary,
            "why": item.why,
            "internal": item.internal,
            "text": item.text,
            "delivery": source,
        }
        for item in decision.entries
    ]
    changes.change_many(_ENTRY, rows)


def _write_timers(changes: Batch, decision: Decision) -> None:
    if decision.ticket is None:
        return
    number = decision.ticket.number
    if decision.cancel_timers:
        changes.change(_CANCEL_TIMERS, {"its_ticket": number})
    elif decision.retime and decision.based_on is not None:
        changes.change(_CANCEL_PROMISES, {"its_ticket": number})
    rows = [{"ticket": number, "kind": item.kind, "due_at": item.due_at} for item in decision.timers]
    changes.change_many(_TIMER, rows)


def _write_ids(changes: Batch, event: Event, decision: Decision) -> None:
    """Message-IDs from outside that lead here from now on; the first ticket of an id keeps it."""
    if decision.ticket is None:
        return
    own = (event.message.message_id,) if isinstance(event, Arrived) else ()
    keys = {id_key(decision.ticket.desk, mid) for mid in (*own, *decision.known_ids) if mid}
    changes.change_many(_KNOWN_ID, [{"key": key, "ticket": decision.ticket.number} for key in sorted(keys)])


def _write_words(conn: Connection, event: Event, decision: Decision, now: datetime) -> None:
    """What somebody has decided on deliveries that were held, and that this used up their token."""
    for word in sorted(decision.again, key=lambda word: word.delivery):
        decided = judge(conn, word, now=now)
        _one(int(decided), f"delivery {word.delivery} is held no more")
    if decision.spends and isinstance(event, Arrived):
        _one(int(spend(conn, decision.spends, event.delivery)), "the token was used meanwhile, or its time is over")


def _account(event: Event, decision: Decision, policy: Policy, facts: Facts, now: datetime) -> dict[str, Any]:
    """Why, and upon what. A mail's words are not kept twice: they stand in its raw bytes."""
    known = {"facts": plain(facts)}
    if isinstance(event, Arrived):
        known["evidence"] = plain(event.evidence)
        known["kind"] = [event.message.kind.value, event.message.confidence, event.message.why]
    else:
        known["event"] = plain(event)
    return {
        "event": event_key(event),
        "ticket": decision.ticket.number if decision.ticket else None,
        "at": now,
        "policy": policy.digest,
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "facts": known,
        "trace": [plain(step) for step in decision.trace],  # all of it: the rule that won stands at its end
    }
