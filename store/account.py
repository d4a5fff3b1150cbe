"""Plain values for the decision's account: what was known and why it was decided so, small enough to keep for ever."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from functools import cache
from typing import Any

TEXT = 2000  # characters of one text that are kept
ITEMS = 100


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((item.name, item.default) for item in dataclasses.fields(kind))


def plain(value: Any) -> Any:
    """Frozen records as mappings without what stands at its default, times as ISO 8601, bytes as hex, texts cut."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= TEXT else f"{value[:TEXT]}… ({len(value)} characters)"
    if isinstance(value, bytes):
        return value[:TEXT].hex()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if dataclasses.is_dataclass(value):
        kind: Any = type(value)
        pairs = ((name, default, getattr(value, name)) for name, default in _fields(kind))
        return {name: plain(found) for name, default, found in pairs if found != default and found not in ((), {})}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in list(value.items())[:ITEMS]}
    return [plain(item) for item in list(value)[:ITEMS]]
