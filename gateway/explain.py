"""`tkt explain`: what the gateway sees in a mail and would do with it, without a running gateway.

A mail is read in a killable child, as the gateway reads it, and one that is the child's end is told by its header
alone. Mails of a folder are read and told one after the other, so memory does not grow with their number.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.explain_json import as_json, encoded
from gateway.explain_words import print_explained
from gateway.explained import Explained
from gateway.reader_pool import ReaderPool, header_alone
from parsing.limits import Limits
from parsing.message import Message

STDIN = "-"
DELIVERY = re.compile(r"D?(\d{1,15})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Manner:
    """How to tell it: as JSON, or for people with every question (`why`), with all the words (`full`)."""

    json: bool = False
    why: bool = False
    full: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A mail's name, and its bytes or why there are none."""

    name: str
    raw: bytes = b""
    error: str = ""


def delivery_number(what: str) -> int | None:
    """`17` or `D17`, as `tkt ledger` and `tkt trace` name a delivery; None for anything else, and for a file's name."""
    found = DELIVERY.fullmatch(what)
    return int(found[1]) if found is not None and not Path(what).exists() else None


def explain_files(what: str, judge: Callable[[Message], Awaitable[Explained]], manner: Manner) -> int:
    """Explains a file, `-`, or each file of a folder; the exit code is 1 when one could not be read.

    Raises `Temporary` when no child can be started, and whatever `judge` raises.
    """
    folder = what != STDIN and Path(what).is_dir()
    return asyncio.run(_explain_all(what, judge, manner, folder=folder))


async def _explain_all(
    what: str, judge: Callable[[Message], Awaitable[Explained]], manner: Manner, *, folder: bool
) -> int:
    failed, none = False, True
    async for found, message in read_all(_mails(what)):
        none = False
        if message is None:
            failed = True
            _say_error(found, manner, folder=folder)
        else:
            tell(await judge(message), manner, name=found.name if folder else "")
    if none:
        print(f"tkt: {what}: there is no file in it; folders in a folder are left alone", file=sys.stderr)
    return int(failed)


def tell(explained: Explained, manner: Manner, *, name: str = "") -> None:
    """Prints it; `name` is the file's where there are several."""
    if manner.json:
        _print_json({"file": name, **as_json(explained)} if name else as_json(explained), line=bool(name))
    else:
        print_explained(explained, name=name, why=manner.why, full=manner.full)


def _say_error(found: Found, manner: Manner, *, folder: bool) -> None:
    if manner.json:
        _print_json({"file": found.name, "error": found.error}, line=folder)
    else:
        print(f"tkt: {found.name}: {found.error}", file=sys.stderr)


def _print_json(answer: dict[str, object], *, line: bool) -> None:
    """A folder's are a line each. Octets, for no locale may change what is written."""
    sys.stdout.buffer.write(encoded(answer, indent=None if line else 2) + b"\n")
    sys.stdout.buffer.flush()


async def read_all(mails: Iterator[Found]) -> AsyncIterator[tuple[Found, Message | None]]:
    """Each mail with its message, read in one lasting child; None for one that could not be had."""
    limits = Limits()
    pool = ReaderPool(1, limits)
    await pool.open()
    try:
        for found in mails:
            if found.error:
                yield found, None
            elif len(found.raw) > limits.size:
                why = f"larger than {limits.size} octets: SMTP refuses it, a mailbox gives its header alone"
                yield found, header_alone(found.raw, why=why)
            else:
                yield found, await pool.read(found.raw)
    finally:
        await pool.close()


def _mails(what: str) -> Iterator[Found]:
    """The mail or mails meant by `what`, in the order of their names, one in memory at a time."""
    if what == STDIN:
        yield Found(STDIN, sys.stdin.buffer.read(Limits().size + 1))
        return
    path = Path(what)
    if not path.is_dir():
        yield _from_file(path, what)
        return
    with os.scandir(path) as listing:
        names = sorted(entry.name for entry in listing if not entry.is_dir())
    for name in names:
        yield _from_file(path / name, name)


def _from_file(path: Path, name: str) -> Found:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return Found(name, error="not a regular file")  # a pipe would be waited for
        with path.open("rb") as file:
            return Found(name, file.read(Limits().size + 1))
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        return Found(name, error=getattr(error, "strerror", None) or str(error))
