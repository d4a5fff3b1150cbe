"""Every number of this room that stands against running away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`calendar_days`: how far ahead working time is looked for."""

    calendar_days: int = 3660
