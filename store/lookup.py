"""Facts: all that a decision may know of the world, in a handful of statements.

Promises: every ticket that the event could mean is there, with the version that was read; what was sent and came in
lately is counted (store.counts).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, bindparam, cast, func, select, type_coerce

from parsing.message import Evidence, Grade, Message
from parsing.relay_reply import local_part
from rules.decision import EntryKind
from rules.event import Arrived, Due, Event, Listing, Returned
from rules.facts import Facts, PendingTimer, SentMail
from rules.matching import MERGES, NUMBER, survivor
from rules.people_lines import merges_named
from rules.policy import Policy
from rules.replay import signatures
from rules.ticket import Status, Ticket
from store.columns import STATEMENT_NOW, literal
from store.contacts import read_contacts
from store.counts import DAY, count_for_mail, count_for_timer, count_world
from store.held import held_mails, to_be_listed
from store.once import asked_by
from store.people import people_of
from store.pictures import logos_of
from store.prepared import Prepared
from store.schema import entry, message_id, outbox, ticket
from store.tickets import JOINED, to_ticket
from store.timers import pending

REFERENCES = 20  # Message-IDs of one mail that are looked up, the newest
RELAY_ID = 8  # characters of the shortest name that a relay gives to a mail
SUBJECT, NUMBERS = 8192, 5  # characters of a subject, and ticket numbers in it, that are looked at
EARLIER = 5
REMINDERS = ("reminder", "last_reminder")
UNVERIFIED = "agent_unverified"

_TICKETS = select(ticket).where(ticket.c.number.in_(bindparam("numbers", expanding=True)))
_EARLIER = Prepared(
    select(ticket.c.number)
    .where(ticket.c.requester_key == bindparam("its_address"), ticket.c.desk == bindparam("its_desk"))
    .order_by(ticket.c.number.desc())
    .limit(EARLIER)
)
_BY_ID = select(message_id.c.key, message_id.c.ticket).where(message_id.c.key.in_(bindparam("keys", expanding=True)))
_SENT_COLUMNS = (
    outbox.c.serial,
    func.coalesce(outbox.c.ticket, cast(0, Integer)),
    outbox.c.recipient,
    outbox.c.role,
    outbox.c.notice,
    outbox.c.accepted_at,
    outbox.c.bounced_at,
)
_RENAMED = select(*_SENT_COLUMNS, outbox.c.relay_id).where(
    outbox.c.relay_id.in_(bindparam("ids", expanding=True)), outbox.c.desk == bindparam("its_desk")
)
_SENT = select(*_SENT_COLUMNS).where(outbox.c.serial == bindparam("its_serial"))
_LAST_NOTICE = (
    select(*_SENT_COLUMNS)
    .where(
        outbox.c.ticket == bindparam("its_ticket"),
        outbox.c.role == "customer",
        outbox.c.notice.in_(bindparam("notices", expanding=True)),
        outbox.c.created_at >= bindparam("since"),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_PRIVATE = (
    select(entry.c.text)
    .where(
        entry.c.ticket.in_(JOINED),
        entry.c.internal,
        entry.c.kind == literal(EntryKind.NOTE.value),
        func.length(entry.c.text) > 0,
    )
    .order_by(entry.c.id)
)
_TOLD_TODAY = (
    select(outbox.c.id)
    .where(
        outbox.c.recipient_key == bindparam("its_address"),
        type_coerce(outbox.c.created_db, BigInteger) > STATEMENT_NOW - DAY,
        outbox.c.notice == UNVERIFIED,
    )
    .limit(1)
)


def look_up(
    conn: Connection, event: Event, *, policy: Policy, next_number: int, own: frozenset[str] = frozenset()
) -> Facts:
    """The facts for an event. `next_number` is what a new ticket would get; `own` are all desks' addresses."""
    match event:
        case Arrived():
            return _for_mail(conn, event, policy=policy, next_number=next_number, own=own)
        case Due():
            return _for_timer(conn, event, policy=policy, next_number=next_number, own=own)
        case Returned():
            return _for_returned(conn, event, next_number=next_number)
        case Listing():
            held, beside = to_be_listed(conn, event.desk, now=event.due_at)
            return Facts(next_number=next_number, held=held, held_beside=beside)


def identity(message: Message, desk: str) -> bytes:
    """The message's key against duplicates (16 octets): Message-ID, From, body, desk. Empty without a Message-ID.

    Without one, two mails with the same words may well be two mails.
    """
    if not message.message_id:
        return b""
    sender = message.sender.key if message.sender else message.from_text
    return _hash(message.message_id, sender, message.body_digest, desk)


def id_key(desk: str, mid: str) -> bytes:
    """What a Message-ID from outside is known by at a desk (16 octets)."""
    return _hash(desk, mid)


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).digest()[:16]


def _for_mail(conn: Connection, event: Arrived, *, policy: Policy, next_number: int, own: frozenset[str]) -> Facts:
    message, evidence = event.message, event.evidence
    known = _by_message_id(conn, message, policy.desk)
    sent = _sent(conn, _serial(evidence))
    renamed = _renamed(conn, message, known, policy)
    agent = policy.agent_by_address(message.sender)
    tickets = _tickets(conn, _wanted(event, known, renamed, sent, agent=agent is not None))
    address = message.sender.key if message.sender else ""
    key = identity(message, policy.desk)
    counted = count_for_mail(conn, event, policy=policy, tickets=tickets, own=own, identity=key)
    tickets = {**_tickets(conn, [echo.ticket for echo in counted.echoes if echo.ticket]), **tickets}
    asked = asked_by(conn, evidence.once) if evidence.once else None
    return Facts(
        next_number=next_number,
        tickets=tickets,
        by_message_id=known,
        duplicate_of=counted.duplicate_of,
        sent_to=counted.sent_to,
        world=count_world(conn),
        inbound=counted.inbound,
        after=counted.after,
        echoes=counted.echoes,
        sent=sent,
        timers=_timers(conn, tickets, sent.ticket) if sent is not None and evidence.bounced else (),
        earlier_tickets=_earlier(conn, address, policy.desk),
        internal_texts=_private(conn, tickets) if agent is not None else (),
        logos=logos_of(conn, message),
        contacts=read_contacts(conn, [*counted.sent_to, address, *_may_get_mail(tickets, sent)]),
        agent_told_today=agent is not None and evidence.grade < Grade.E3 and _told_today(conn, agent.mail.key),
        asked=asked,
        held=held_mails(conn, asked.what.get("deliveries", ())) if asked is not None else (),
        renamed=renamed,
    )


def _for_timer(conn: Connection, event: Due, *, policy: Policy, next_number: int, own: frozenset[str]) -> Facts:
    tickets = _tickets(conn, [event.ticket])
    found = tickets.get(event.ticket)
    return Facts(
        next_number=next_number,
        tickets=tickets,
        timers=pending(conn, event.ticket),
        sent_to=count_for_timer(conn, event, policy=policy, tickets=tickets, own=own),
        world=count_world(conn),
        last_notice=_last_notice(conn, found) if found is not None else None,
        contacts=read_contacts(conn, _may_get_mail(tickets)),
    )


def _for_returned(conn: Connection, event: Returned, *, next_number: int) -> Facts:
    tickets = _tickets(conn, [event.ticket])
    sent = _sent(conn, event.serial)
    return Facts(
        next_number=next_number,
        tickets=tickets,
        sent=sent,
        timers=_timers(conn, tickets, event.ticket),
        contacts=read_contacts(conn, _may_get_mail(tickets, sent)),
    )


def _timers(conn: Connection, tickets: Mapping[int, Ticket], number: int) -> tuple[PendingTimer, ...]:
    """Those of the ticket, or of the one that it was merged into."""
    found = survivor(Facts(next_number=0, tickets=tickets), number)
    return pending(conn, found.number if found is not None else number)


def _may_get_mail(tickets: Mapping[int, Ticket], sent: SentMail | None = None) -> Iterator[str]:
    """The keys of all outside addresses to which a decision upon these may send, or whose mail came back."""
    for found in tickets.values():
        yield from (address.key for address in (*found.own_addresses, *found.in_copy))
    if sent is not None and sent.role == "customer":
        yield sent.recipient.lower()


def _serial(evidence: Evidence) -> str:
    """The mail of ours that a message is about: a report's, else the one whose token it carries."""
    tokens = (evidence.token, evidence.foreign_token)
    return evidence.bounced or next((token.serial for token in tokens if token is not None and token.serial), "")


def _wanted(
    event: Arrived, known: Mapping[str, int], renamed: Mapping[str, SentMail], sent: SentMail | None, *, agent: bool
) -> list[int]:
    """Numbers of the tickets that the mail could mean, the surest way first."""
    evidence = event.evidence
    tokens = [token.ticket for token in (evidence.token, evidence.foreign_token) if token is not None]
    subject = [int(number) for number in NUMBER.findall(event.message.subject[:SUBJECT])[:NUMBERS]]
    merges = merges_named(event.message) if agent else ()
    sents = [one.ticket for one in (*((sent,) if sent else ()), *renamed.values())]
    numbers = [*tokens, *sents, *known.values(), *subject, *merges]
    return [number for number in dict.fromkeys(numbers) if 0 < number < 2**31]


def _by_message_id(conn: Connection, message: Message, desk: str) -> dict[str, int]:
    ids = [*_answered(message), *signatures(message)]
    if not ids:
        return {}
    keys = {id_key(desk, mid): mid for mid in ids}
    return {keys[bytes(row.key)]: row.ticket for row in conn.execute(_BY_ID, {"keys": list(keys)})}


def _answered(message: Message) -> list[str]:
    """The Message-IDs that a mail answers, the newest first."""
    return list(dict.fromkeys([*message.in_reply_to, *reversed(message.references)]))[:REFERENCES]


def _renamed(conn: Connection, message: Message, known: Mapping[str, int], policy: Policy) -> dict[str, SentMail]:
    """Those that are names which a relay gave to mails of ours: told by what stands before the @."""
    ours = tuple(f"@{address.key.rpartition('@')[2]}>" for address in policy.addresses)  # signed, they need no row
    ids = [mid for mid in _answered(message) if mid not in known and not mid.lower().endswith(ours)]
    by_local = {local: mid for mid in ids if len(local := local_part(mid)) >= RELAY_ID}
    if not by_local:
        return {}
    rows = conn.execute(_RENAMED, {"ids": list(by_local), "its_desk": policy.desk})
    return {by_local[row.relay_id]: SentMail(*row[:-1]) for row in rows if row.relay_id in by_local}


def _tickets(conn: Connection, numbers: Iterable[int]) -> dict[int, Ticket]:
    """Snapshots by number, in the order that was asked for; behind them those which merged ones lead to."""
    rows: dict[int, Any] = {}
    asked = wanted = list(numbers)
    for _ in range(MERGES):
        if not wanted:
            break
        rows |= {row.number: row for row in conn.execute(_TICKETS, {"numbers": wanted})}
        wanted = [row.merged_into for row in rows.values() if row.merged_into and row.merged_into not in rows]
    people = people_of(conn, list(rows))
    order = dict.fromkeys([*(number for number in asked if number in rows), *rows])
    return {number: to_ticket(rows[number], people.get(number, ())) for number in order}


def _sent(conn: Connection, serial: str) -> SentMail | None:
    row = conn.execute(_SENT, {"its_serial": serial}).one_or_none() if serial else None
    return SentMail(*row) if row is not None else None


def _last_notice(conn: Connection, found: Ticket) -> SentMail | None:
    """The mail of this status that named the day of closing: a reminder, or the word that it is resolved."""
    names = [*REMINDERS, "resolved"] if found.status is Status.RESOLVED else list(REMINDERS)
    words = {"its_ticket": found.number, "notices": names, "since": found.status_since}
    row = conn.execute(_LAST_NOTICE, words).one_or_none()
    return SentMail(*row) if row is not None else None


def _earlier(conn: Connection, address: str, desk: str) -> tuple[int, ...]:
    if not address:
        return ()
    return tuple(row.number for row in _EARLIER.rows(conn, {"its_address": address, "its_desk": desk}))


def _private(conn: Connection, tickets: Iterable[int]) -> tuple[str, ...]:
    """What only staff may read, for an agent's mail that might quote it."""
    numbers = sorted(tickets)
    return tuple(conn.execute(_PRIVATE, {"tickets": numbers}).scalars()) if numbers else ()


def _told_today(conn: Connection, address: str) -> bool:
    """Whether an agent heard within a day of mail in their name that proves nothing."""
    return conn.execute(_TOLD_TODAY, {"its_address": address}).first() is not None
