"""Plain values for the decision's account: what was known and why it was decided so, small enough to keep for ever.

`plain` makes them, `restored` makes the records again, so that a decision can be repeated.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

TEXT = 2000  # characters of one text that are kept
ITEMS = 100


EMPTY: tuple[Any, ...] = ((), {})
AS_IT_IS = frozenset({type(None), bool, int, float})


@cache
def _fields(kind: Any) -> tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], Any]] | None:
    """A record's names, their defaults, and what takes its values out; None for what is no record."""
    if not dataclasses.is_dataclass(kind):
        return None
    names = tuple(item.name for item in dataclasses.fields(kind))
    take = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)
    return names, tuple(item.default for item in dataclasses.fields(kind)), take


def plain(value: Any) -> Any:
    """Frozen records as mappings without what stands at its default, times as ISO 8601, bytes as hex, texts cut.

    It is asked some hundred times for each mail: what is most frequent comes first.
    """
    kind: Any = type(value)
    if kind is str:
        return value if len(value) <= TEXT else f"{value[:TEXT]}… ({len(value)} characters)"
    if kind in AS_IT_IS:
        return value
    fields = _fields(kind)
    if fields is not None:
        names, defaults, take = fields
        pairs = zip(names, defaults, take(value), strict=True)
        return {name: plain(found) for name, default, found in pairs if found != default and found not in EMPTY}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return plain(str(value))
    if isinstance(value, bytes):
        return value[:TEXT].hex()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in list(value.items())[:ITEMS]}
    return [plain(item) for item in list(value)[:ITEMS]]


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def restored(kind: Any, value: Any) -> Any:
    """What `plain` made of a value of type `kind`, made that again; a text that was cut stays cut.

    KeyError, TypeError or ValueError when it is no such thing: an account that another version wrote.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if value is None or kind is Any:
        return value
    if origin is UnionType:
        return restored(next(one for one in inner if one is not type(None)), value)
    if origin is tuple:
        return tuple(restored(inner[0], item) for item in value)
    if origin is not None and issubclass(origin, Mapping):
        return {inner[0](key): restored(inner[1], item) for key, item in dict(value).items()}
    if dataclasses.is_dataclass(kind):
        record: Any = kind
        return record(**{name: restored(_hints(record)[name], item) for name, item in dict(value).items()})
    return _plain_type(kind, value)


def _plain_type(kind: Any, value: Any) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(value)
    return bytes.fromhex(value) if kind is bytes else kind(value)
