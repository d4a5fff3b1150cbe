"""Red lines: raised once, cleared once, seen by every node and command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from store.columns import PerEngine
from store.schema import alarm


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong, since when, and until when (None: still)."""

    name: str
    text: str
    since_at: datetime
    over_at: datetime | None


def _raising(statement: Any) -> Any:
    new = {"text": statement.excluded.text, "since_at": statement.excluded.since_at, "over_at": None}
    over = alarm.c.over_at.is_not(None)
    return statement.on_conflict_do_update(index_elements=["name"], set_=new, where=over).returning(alarm.c.name)


_RAISE = PerEngine(lambda insert: _raising(insert(alarm).values(over_at=None)))
_CLEAR = (
    update(alarm)
    .where(alarm.c.name == bindparam("its_name"), alarm.c.over_at.is_(None))
    .values(over_at=bindparam("now"))
)


def raise_alarm(conn: Connection, name: str, text: str, now: datetime) -> bool:
    """True when it is new; False when it was red already, on this node or another."""
    return conn.execute(_RAISE(conn), {"name": name, "text": text, "since_at": now}).first() is not None


def clear_alarm(conn: Connection, name: str, now: datetime) -> bool:
    """True when it was red until now."""
    return conn.execute(_CLEAR, {"its_name": name, "now": now}).rowcount == 1


def list_alarms(conn: Connection, *, red_only: bool = False) -> tuple[Alarm, ...]:
    """All that ever were, the newest first, or those that are red now."""
    query = select(alarm).order_by(alarm.c.since_at.desc())
    if red_only:
        query = query.where(alarm.c.over_at.is_(None))
    return tuple(Alarm(*row) for row in conn.execute(query))
