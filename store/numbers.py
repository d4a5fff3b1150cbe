"""Ticket numbers, handed out in blocks: each number to one node, gaps allowed."""

from __future__ import annotations

from sqlalchemy import Connection, Integer, String, bindparam, cast, update

from store.columns import PerEngine
from store.schema import setting

NAME = "next_ticket"

_RESERVE = PerEngine(
    lambda insert: (
        insert(setting)
        .values(name=NAME, value=cast(1 + bindparam("count", type_=Integer()), String))
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"value": cast(cast(setting.c.value, Integer) + bindparam("count", type_=Integer()), String)},
        )
        .returning(setting.c.value)
    )
)
_RETURN = (
    update(setting).where(setting.c.name == NAME, setting.c.value == bindparam("end")).values(value=bindparam("first"))
)


def reserve_numbers(conn: Connection, count: int) -> range:
    """The next `count` numbers, from 1; nobody else gets them."""
    end = int(conn.execute(_RESERVE(conn), {"count": count}).scalar_one())
    return range(end - count, end)


def return_numbers(conn: Connection, first: int, end: int) -> bool:
    """Give an unused tail back; False when somebody has reserved after it, and it becomes a gap."""
    return conn.execute(_RETURN, {"first": str(first), "end": str(end)}).rowcount == 1
