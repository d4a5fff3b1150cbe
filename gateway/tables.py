"""How commands print: tables and colours for people at a terminal, JSON for programs; text from outside is data."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.printable import printable

WIDE = 200  # columns, where the output is no terminal and has no width of its own
# columns whose words are never broken: they are short, and they are what one copies
WHOLE = frozenset("id ticket status priority state tries received made changed when way count outcome".split())
NARROW = 12  # columns that a broken cell keeps at least


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
    """A table of plain text; `empty` is said when there is no row. Long cells are wrapped, nothing is left out."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in columns:
        whole = name in WHOLE
        table.add_column(name, no_wrap=whole, overflow="fold", min_width=None if whole else min(NARROW, len(name) + 4))
    count = 0
    for row in rows:
        count += 1
        table.add_row(*[cell(value) for value in row])
    if count:
        console().print(table)
    else:
        print(empty)


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
