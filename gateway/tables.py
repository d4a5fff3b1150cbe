"""How commands print: tables and colours for people at a terminal, JSON for programs; text from outside is data."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gateway.printable import printable

WIDE = 200  # columns, where the output is no terminal and has no width of its own
# columns whose words are never broken: they are short, and they are what one copies
WHOLE = frozenset("id ticket status priority state tries received since made changed when way count outcome".split())


def console() -> Console:
    """Colour on a terminal only, and not with NO_COLOR; never an escape sequence into a pipe, whatever FORCE_COLOR."""
    terminal = sys.stdout.isatty()
    width = None if terminal else WIDE
    return Console(force_terminal=terminal, width=width, highlight=False, emoji=False, markup=False, soft_wrap=False)


def print_json(value: Any) -> None:
    """`value` as one JSON document."""
    print(json.dumps(value, default=plain, ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """What JSON has no word for: times in ISO 8601, octets in hex."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def picked(row: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The keys of a row that programs may rely on, in this order; what is not there is None."""
    return {key: row.get(key) for key in keys}


def moment(value: datetime | None) -> str:
    """A time as people read it, in their own zone."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M") if value else ""


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """A table of plain text; `empty` is said when there is no row. Nothing is cut.

    Where a terminal is too narrow, ids, times and states stand on one line and the rest below it. In a pipe a row is
    one line, however long.
    """
    cells = [[cell(value) for value in row] for row in rows]
    if not cells:
        print(empty)
        return
    widths = [max(len(name), *(row[at].cell_len for row in cells)) for at, name in enumerate(columns)]
    screen = console()
    if sum(widths) + 2 * (len(widths) - 1) <= screen.width or not screen.is_terminal:
        _print_lines(screen, columns, cells, widths)
    else:
        _print_narrow(screen, columns, cells, widths)


def _print_lines(screen: Console, columns: Sequence[str], rows: list[list[Text]], widths: Sequence[int]) -> None:
    _print_line(screen, [Text(name, style="bold") for name in columns], widths)
    for row in rows:
        _print_line(screen, row, widths)


def _print_line(screen: Console, row: Sequence[Text], widths: Sequence[int]) -> None:
    line = Text("  ").join(_padded(text, width) for text, width in zip(row, widths, strict=True))
    line.rstrip()
    screen.print(line, soft_wrap=True)


def _padded(text: Text, width: int) -> Text:
    padded = text.copy()
    padded.pad_right(max(0, width - text.cell_len))
    return padded


def _print_narrow(screen: Console, columns: Sequence[str], rows: list[list[Text]], widths: Sequence[int]) -> None:
    whole = [at for at, name in enumerate(columns) if name in WHOLE]
    rest = [at for at in range(len(columns)) if at not in whole]
    its_widths = [widths[at] for at in whole]
    _print_line(screen, [Text(columns[at], style="bold") for at in whole], its_widths)
    for row in rows:
        _print_line(screen, [row[at] for at in whole], its_widths)
        below = ", ".join(f"{columns[at]}: {row[at].plain}" for at in rest if row[at].plain)
        if below:
            screen.print(Padding(Text(below, overflow="fold"), (0, 0, 0, 4)))


def print_below(lead: str, text: Text | str, *, style: str = "") -> None:
    """`lead`, and `text` beside it: where it is longer than the line it goes on below itself, not below the lead."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, min_width=len(moment(datetime.now().astimezone())))
    grid.add_column(overflow="fold")
    grid.add_row(Text(lead, style="dim"), text if isinstance(text, Text) else Text(text, style=style))
    console().print(grid)


STYLES: Mapping[str, str] = {
    "sent": "green",
    "failed": "bold red",
    "came back": "bold red",
    "held": "yellow",
    "closed": "dim",
    "new": "bold",
    "waiting_customer": "yellow",
    "resolved": "green",
}


def cell(value: Any) -> Text:
    """A cell: control characters escaped, a few states coloured."""
    text = moment(value) if isinstance(value, datetime) else "" if value is None else printable(str(value))
    return Text(text, style=STYLES.get(text, ""))
