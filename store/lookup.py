"""Facts: all that a decision may know of the world, in a handful of statements.

Promises: every ticket that the event could mean is there, with the version that was read; counts are of automatic mail
to people outside, by the database's time; the world's counts (for the breaker) may be five seconds old.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, bindparam, case, cast, func, select, type_coerce

from parsing.message import Evidence, Message
from rules.agent_brings import brought_for
from rules.decision import EntryKind, Outcome
from rules.event import Arrived, Due, Event, Returned
from rules.facts import Facts, MailCounts, SentMail
from rules.matching import number_in
from rules.policy import Policy
from rules.ticket import Status, Ticket
from store.columns import STATEMENT_NOW, length, literal
from store.contacts import read_contacts
from store.people import people_of
from store.prepared import Prepared
from store.schema import delivery, entry, message_id, outbox, ticket
from store.tickets import to_ticket
from store.timers import pending

REFERENCES = 20  # Message-IDs of one mail that are looked up, the newest
EARLIER = 5
WORLD_SECONDS = 5
HOUR, DAY, TEN_MINUTES = (length(timedelta(hours=hours)) for hours in (1, 24, 1 / 6))
REMINDERS = ("reminder", "last_reminder")

_created = type_coerce(outbox.c.created_db, BigInteger)
_outside = (outbox.c.automatic, outbox.c.role == "customer")
_in_hour = _created > STATEMENT_NOW - HOUR
_OPENED = outbox.c.notice == "opened"


def _count_if(*conditions: Any) -> Any:
    both = conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]
    return func.coalesce(func.sum(case((both, 1), else_=0)), 0)


_DUPLICATE = (
    select(func.min(delivery.c.id))
    .where(delivery.c.identity == bindparam("its_identity"), delivery.c.id != bindparam("row"))
    .scalar_subquery()
)
# one statement for both: most of what a small statement costs is the statement
_COUNTS = Prepared(
    select(
        _DUPLICATE.label("duplicate_of"),
        _count_if(_in_hour).label("to_address_hour"),
        func.count().label("to_address_day"),
        _count_if(_in_hour, _OPENED).label("opened_to_address_hour"),
        _count_if(_OPENED).label("opened_to_address_day"),
    ).where(outbox.c.recipient_key == bindparam("its_address"), _created > STATEMENT_NOW - DAY, *_outside)
)
_TICKET_HOUR = (
    select(func.count())
    .where(outbox.c.ticket == ticket.c.number, _in_hour, *_outside)
    .correlate(ticket)
    .scalar_subquery()
)
_TICKETS = select(ticket, _TICKET_HOUR.label("mails_hour")).where(
    ticket.c.number.in_(bindparam("numbers", expanding=True))
)
_WORLD = select(
    select(func.count()).where(_created > STATEMENT_NOW - TEN_MINUTES, *_outside).scalar_subquery().label("all_10min"),
    select(func.count())
    .where(
        type_coerce(delivery.c.received_db, BigInteger) > STATEMENT_NOW - TEN_MINUTES,
        delivery.c.outcome.in_([Outcome.OPENED.value, Outcome.FOLLOWED_UP.value, Outcome.ACT.value]),
    )
    .scalar_subquery()
    .label("human"),
)
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
_PRIVATE = select(entry.c.text).where(
    entry.c.ticket == bindparam("its_ticket"),
    entry.c.internal,
    entry.c.kind == literal(EntryKind.NOTE.value),
    func.length(entry.c.text) > 0,
)


def look_up(conn: Connection, event: Event, *, policy: Policy, next_number: int) -> Facts:
    """The facts for an event. `next_number` is what a new ticket would get."""
    match event:
        case Arrived():
            return _for_mail(conn, event, policy=policy, next_number=next_number)
        case Due():
            return _for_timer(conn, event, next_number=next_number)
        case Returned():
            return _for_returned(conn, event, next_number=next_number)


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


def _for_mail(conn: Connection, event: Arrived, *, policy: Policy, next_number: int) -> Facts:
    message, evidence = event.message, event.evidence
    known = _by_message_id(conn, message, policy.desk)
    sent = _sent(conn, _serial(evidence))
    wanted = _wanted(event, known, sent)
    tickets, hours = _tickets(conn, wanted)
    address = message.sender.key if message.sender else ""
    hour = next((hours[number] for number in wanted if number in hours), 0)
    key = identity(message, policy.desk) or None
    # a confirmation goes to whom an agent names, not to who wrote: it is that address's mails that are counted
    customer = brought_for(message, policy)
    written_to = customer.key if customer is not None else address
    duplicate, counts = _counts(conn, written_to, ticket_hour=hour, key=key, delivery_id=event.delivery)
    return Facts(
        next_number=next_number,
        tickets=tickets,
        by_message_id=known,
        duplicate_of=duplicate,
        sent=sent,
        timers=pending(conn, sent.ticket) if sent is not None and evidence.bounced else (),
        counts=counts,
        earlier_tickets=_earlier(conn, address, policy.desk),
        internal_texts=_private(conn, evidence),
        contacts=read_contacts(conn, [written_to, address, *_may_get_mail(tickets, sent)]),
    )


def _for_timer(conn: Connection, event: Due, *, next_number: int) -> Facts:
    tickets, hours = _tickets(conn, [event.ticket])
    found = tickets.get(event.ticket)
    address = found.requester.key if found is not None and found.requester is not None else ""
    return Facts(
        next_number=next_number,
        tickets=tickets,
        timers=pending(conn, event.ticket),
        counts=_counts(conn, address, ticket_hour=hours.get(event.ticket, 0))[1],
        last_notice=_last_notice(conn, found) if found is not None else None,
        contacts=read_contacts(conn, _may_get_mail(tickets)),
    )


def _for_returned(conn: Connection, event: Returned, *, next_number: int) -> Facts:
    tickets, _ = _tickets(conn, [event.ticket])
    sent = _sent(conn, event.serial)
    return Facts(
        next_number=next_number,
        tickets=tickets,
        sent=sent,
        timers=pending(conn, event.ticket),
        contacts=read_contacts(conn, _may_get_mail(tickets, sent)),
    )


def _may_get_mail(tickets: Mapping[int, Ticket], sent: SentMail | None = None) -> Iterator[str]:
    """The keys of all outside addresses to which a decision upon these may send, or whose mail came back."""
    yield from (found.requester.key for found in tickets.values() if found.requester is not None)
    if sent is not None and sent.role == "customer":
        yield sent.recipient.lower()


def _serial(evidence: Evidence) -> str:
    """The mail of ours that a message is about: a report's, else the one whose token it carries."""
    tokens = (evidence.token, evidence.foreign_token)
    return evidence.bounced or next((token.serial for token in tokens if token is not None and token.serial), "")


def _wanted(event: Arrived, known: Mapping[str, int], sent: SentMail | None) -> list[int]:
    """Numbers of the tickets that the mail could mean, the surest way first."""
    evidence = event.evidence
    tokens = [token.ticket for token in (evidence.token, evidence.foreign_token) if token is not None]
    subject = number_in(event.message.subject)
    numbers = [*tokens, *([sent.ticket] if sent else []), *known.values(), *([subject] if subject else [])]
    return [number for number in dict.fromkeys(numbers) if 0 < number < 2**31]


def _by_message_id(conn: Connection, message: Message, desk: str) -> dict[str, int]:
    newest_first = [*message.in_reply_to, *reversed(message.references)]
    ids = list(dict.fromkeys(newest_first))[:REFERENCES]
    if not ids:
        return {}
    keys = {id_key(desk, mid): mid for mid in ids}
    return {keys[bytes(row.key)]: row.ticket for row in conn.execute(_BY_ID, {"keys": list(keys)})}


def _tickets(conn: Connection, numbers: Iterable[int]) -> tuple[dict[int, Ticket], dict[int, int]]:
    """Snapshots by number, and how many automatic mails each sent outside within the hour."""
    wanted = list(numbers)
    if not wanted:
        return {}, {}
    rows = conn.execute(_TICKETS, {"numbers": wanted}).all()
    people = people_of(conn, [row.number for row in rows])
    found = {row.number: to_ticket(row, people.get(row.number, ())) for row in rows}
    return found, {row.number: row.mails_hour for row in rows}


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


def _private(conn: Connection, evidence: Evidence) -> tuple[str, ...]:
    """What only staff may read, for an agent's mail that might quote it."""
    token = evidence.token
    if token is None or token.role != "agent":
        return ()
    return tuple(conn.execute(_PRIVATE, {"its_ticket": token.ticket}).scalars())


def _counts(
    conn: Connection, address: str, *, ticket_hour: int, key: bytes | None = None, delivery_id: int = 0
) -> tuple[int | None, MailCounts]:
    """The delivery that brought the message of this identity before, and what was sent lately."""
    every, human = _world(conn)
    words = {"its_address": address, "its_identity": key, "row": delivery_id}
    mine = _COUNTS.one(conn, words)
    return mine.duplicate_of, MailCounts(
        to_address_hour=int(mine.to_address_hour),
        to_address_day=int(mine.to_address_day),
        opened_to_address_hour=int(mine.opened_to_address_hour),
        opened_to_address_day=int(mine.opened_to_address_day),
        ticket_hour=ticket_hour,
        all_10min=every,
        human_in_10min=human,
    )


def _world(conn: Connection) -> tuple[int, int]:
    """Everybody's counts: seconds old at most, for counting tens of thousands of rows with each mail costs too much."""
    memo: dict[str, Any] = conn.info.setdefault("memo", {})
    clock = conn.info.get("monotonic")
    kept = memo.get("world")
    if kept is not None and clock is not None and clock() < kept[0]:
        return kept[1], kept[2]
    if kept is not None and clock is not None:  # one counts, the others go on with what was known
        memo["world"] = (clock() + WORLD_SECONDS, kept[1], kept[2])
    row = conn.execute(_WORLD).one()
    if clock is not None:
        memo["world"] = (clock() + WORLD_SECONDS, row.all_10min, row.human)
    return row.all_10min, row.human
