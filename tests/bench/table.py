"""The figures and how they are printed: what was found, what was aimed at, whether it was met, and beside what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Row:
    """One figure. `aim` is the most (`under`) or the least that is asked for, in the same unit; None asks nothing.

    `beside` says in words what else was seen, such as the raw limit; `calibration` is that of the minute.
    """

    engine: str
    what: str
    value: float
    unit: str
    aim: float | None = None
    sense: Literal["under", "over"] = "under"
    beside: str = ""
    calibration: float = 0.0

    @property
    def met(self) -> bool | None:
        """None where nothing was aimed at."""
        if self.aim is None:
            return None
        return self.value <= self.aim if self.sense == "under" else self.value >= self.aim

    def words(self) -> tuple[str, ...]:
        """The cells."""
        sign = "<=" if self.sense == "under" else ">="
        aim = "" if self.aim is None else f"{sign} {figure(self.aim)}"
        met = {None: "", True: "met", False: "MISSED"}[self.met]
        speed = f"{self.calibration:.1f}" if self.calibration else ""
        return self.engine, self.what, f"{figure(self.value)} {self.unit}", aim, met, speed, self.beside


HEADS = ("store", "what", "figure", "aim", "", "calib ms", "beside")


def figure(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def text(rows: Sequence[Row]) -> str:
    """The whole table."""
    lines = [HEADS, *(row.words() for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADS))]
    printed = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    return "\n".join([printed[0], "-" * len(printed[0]), *printed[1:]])
