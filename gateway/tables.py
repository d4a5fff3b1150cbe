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

from gateway.journal import printable

WIDE = 200  # columns, where the output is no terminal and has no width of its own


def console() -> Console:
    """Colour on a terminal only; never an escape sequence into a pipe."""
    terminal = sys.stdout.isatty()
    return Console(no_color=not terminal, width=None if terminal else WIDE, highlight=False, emoji=False, markup=False)


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


def moment(value: datetime | None) -> str:
    """A time as people read it, in their own zone."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M:%S") if value else ""


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """A table of plain text; `empty` is said when there is no row."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold", show_edge=False)
    count = 0
    for row in rows:
        count += 1
        table.add_row(*[cell(value) for value in row])
    if count:
        console().print(table)
    else:
        print(empty)


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
