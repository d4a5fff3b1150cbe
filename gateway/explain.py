"""`tkt explain`: what the gateway sees in a mail and would do with it, without a running gateway.

A mail is read in a killable child, as the gateway reads it, and one that is the child's end is told by its header
alone. Mails of a folder are read and told one after the other, so memory does not grow with their number.
"""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.config import Config
from gateway.explain_json import as_json, encoded
from gateway.explain_words import print_explained
from gateway.explained import Explained, judge
from gateway.reader_pool import ReaderPool
from parsing.limits import Limits
from parsing.message import Message, Permanent
from parsing.reader import unreadable

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Found:
    """A mail's name, and its bytes or why there are none."""

    name: str
    raw: bytes = b""
    error: str = ""


def explain(config: Config, what: str, *, json: bool, desk: str | None, why: bool, full: bool) -> int:
    """Explains a file, `-`, or each file of a folder; the exit code is 1 when one could not be read.

    Raises `ConfigError` or `Permanent` where nothing can be explained.
    """
    ask = judge(config, desk=desk)
    folder = what != STDIN and Path(what).is_dir()
    if not folder and what != STDIN and not Path(what).exists() and not json:
        raise Permanent(f"{what}: there is no such file")

    async def run() -> int:
        failed = False
        async for found, message in _read_all(_mails(what)):
            failed = failed or message is None
            explained = ask(message) if message is not None else None
            if json:
                _print_json(found, explained, folder=folder)
            elif explained is None:
                print(f"tkt: {found.name}: {found.error}", file=sys.stderr)
            else:
                print_explained(explained, name=found.name if folder else "", why=why, full=full)
        return int(failed)

    return asyncio.run(run())


def _print_json(found: Found, explained: Explained | None, *, folder: bool) -> None:
    """A line of the folder, or the one object; octets, for no locale may change what is written."""
    answer = {"error": found.error} if explained is None else as_json(explained)
    out = sys.stdout.buffer
    out.write(encoded({"file": found.name, **answer} if folder else answer, indent=None if folder else 2) + b"\n")
    out.flush()


async def _read_all(mails: Iterator[Found]) -> AsyncIterator[tuple[Found, Message | None]]:
    """Each mail with its message; None for one that could not be had."""
    limits = Limits()
    pool = ReaderPool(1, limits)
    await pool.open()
    try:
        for found in mails:
            if found.error:
                yield found, None
            elif len(found.raw) > limits.size:
                why = (
                    f"larger than {limits.size} octets: refused over SMTP, and of a mailbox's only the header is taken"
                )
                yield found, unreadable(found.raw, why=why)
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
    for file in sorted(path.iterdir()):
        if not file.is_dir():
            yield _from_file(file, file.name)


def _from_file(path: Path, name: str) -> Found:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return Found(name, error="not a regular file")
        with path.open("rb") as file:
            return Found(name, file.read(Limits().size + 1))
    except (OSError, ValueError) as error:
        return Found(name, error=getattr(error, "strerror", None) or str(error))
