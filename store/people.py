"""The people on tickets beside the requesters: rows of `participant` to the nouns of the rules, and back.

Promises: whoever stood on a ticket is found for ever; a change of somebody's part overwrites the row that they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from parsing.message import Address
from rules.ticket import Participant, Role, Ticket
from store.columns import PerEngine
from store.prepared import Prepared
from store.schema import participant

_OF = (
    select(participant)
    .where(participant.c.ticket.in_(bindparam("numbers", expanding=True)))
    .order_by(participant.c.ticket, participant.c.since, participant.c.address_key)
)


def _replacing(statement: Any) -> Any:
    names = [column.name for column in participant.c if column.name not in ("ticket", "address_key")]
    return statement.on_conflict_do_update(
        index_elements=["ticket", "address_key"], set_={name: statement.excluded[name] for name in names}
    )


_PUT = Prepared(PerEngine(lambda insert: _replacing(insert(participant))))


def people_of(conn: Connection, numbers: Sequence[int]) -> dict[int, tuple[Participant, ...]]:
    """The participants of each ticket that has some, the longest there first."""
    found: dict[int, tuple[Participant, ...]] = {}
    for row in conn.execute(_OF, {"numbers": list(numbers)}) if numbers else ():
        found[row.ticket] = (*found.get(row.ticket, ()), _participant(row))
    return found


def put_people(conn: Connection, ticket: Ticket, *, known: Iterable[Participant]) -> None:
    """Write down those of a ticket's people who are not `known` to stand there just so."""
    before = set(known)
    rows = [_row(ticket.number, one) for one in ticket.participants if one not in before]
    if rows:
        _PUT.change_many(conn, rows)


def _participant(row: Row[Any]) -> Participant:
    return Participant(
        address=Address(row.address, row.name),
        role=Role(row.role),
        since=row.since,
        by=row.added_by,
        left_at=row.left_at,
    )


def _row(number: int, one: Participant) -> Mapping[str, Any]:
    return {
        "ticket": number,
        "address_key": one.address.key,
        "address": one.address.address,
        "name": one.address.name,
        "role": one.role.value,
        "since": one.since,
        "added_by": one.by,
        "left_at": one.left_at,
    }
