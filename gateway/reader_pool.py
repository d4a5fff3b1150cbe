"""Lasting children that read mail: `python -m parsing`, spoken to in frames, killed and replaced when a mail is their
end.

A mail can make its child slow, large or dead, and nothing else: then it is told by its header alone. Waiting mails are
served in the order in which they came.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import parsing
from parsing.codec import LARGEST_FRAME, dump, frame, load, message_from_json
from parsing.limits import Limits
from parsing.message import Message, Permanent, Temporary
from rules.mail import Part

_READ = frame(dump({"op": "read"}))
_BUFFER = 2**20
_HOME = str(Path(parsing.__file__).resolve().parent.parent)  # a checkout or site-packages
_FAREWELL = 5.0  # seconds for a child to end by itself once its input is closed


class ReaderPool:
    """`size` children. `read` and `attachment` may be called from any number of tasks between `open` and `close`."""

    def __init__(self, size: int = 2, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._size = size
        self._limits = limits
        self._idle: asyncio.Queue[Process | None] = asyncio.Queue()  # None: a child that has to be started first
        self._closed = True

    async def open(self) -> None:
        """Starts the children. Raises Temporary when a process can not be started."""
        self._closed = False
        for _ in range(self._size):
            self._idle.put_nowait(await _start())

    async def close(self) -> None:
        """Ends the children after what is in flight and what waits before it; nothing is read afterwards."""
        if self._closed:
            return
        self._closed = True
        for _ in range(self._size):
            child = await self._idle.get()
            if child is not None:
                await _end(child)

    async def read(self, raw: bytes) -> Message:
        """The message in `raw`, at worst that of its header. Raises Temporary when no child can be started."""
        try:
            (answer,) = await self._ask(_READ, raw, answers=1)
            return message_from_json(load(answer))
        except (ChildLost, ValueError, KeyError, TypeError) as error:
            why = str(error) if isinstance(error, ChildLost) else "the reader's answer made no sense"
            return header_alone(raw, why=why)

    async def attachment(self, raw: bytes, index: int) -> Part:
        """The attachment with this index of Message.attachments. Raises Permanent when it can not be read."""
        request = frame(dump({"op": "attachment", "index": index}))
        try:
            told, data = await self._ask(request, raw, answers=2)
            found = load(told)
        except (ChildLost, ValueError) as error:
            raise Permanent(f"attachment {index}: {error}") from error
        if found["problem"]:
            raise Permanent(str(found["problem"]))
        return Part(str(found["filename"]), str(found["type"]), data)

    async def _ask(self, request: bytes, raw: bytes, *, answers: int) -> list[bytes]:
        """One exchange with the next free child; a child that did not end it in peace is replaced."""
        if self._closed:
            raise Temporary("the readers are closed")
        child = await self._idle.get()
        whole = False
        try:
            child = child or await _start()
            found = await _exchange(child, request, raw, answers=answers, seconds=self._limits.wall)
            whole = True
            return found
        finally:
            if not whole and child is not None:
                _kill(child)
            self._idle.put_nowait(child if whole else None)


def header_alone(raw: bytes, *, why: str) -> Message:
    """The message of a mail that no child can read."""
    from parsing.reader import unreadable  # a fifth of a second, and only the children need a reader otherwise

    return unreadable(raw, why=why)


class ChildLost(Exception):
    """The child died or had to be killed; the text says of what."""


async def _start() -> Process:
    """A child in a clean environment that finds this very package; in a group of its own: Ctrl-C is the parent's."""
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "parsing"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": _HOME, "PYTHONUTF8": "1"},
            limit=_BUFFER,
            process_group=0,
        )
    except OSError as error:
        raise Temporary(f"no process for reading mail can be started: {error.strerror}") from error


async def _exchange(child: Process, request: bytes, raw: bytes, *, answers: int, seconds: float) -> list[bytes]:
    if child.stdin is None or child.stdout is None:  # both are PIPE, and mypy can not know
        raise ChildLost("the reader has no pipes")
    try:
        async with asyncio.timeout(seconds):
            child.stdin.write(b"".join((request, len(raw).to_bytes(4, "big"), raw)))
            await child.stdin.drain()
            return [await _frame(child.stdout) for _ in range(answers)]
    except TimeoutError:
        raise ChildLost(f"reading it took longer than {seconds:g} s") from None
    except (asyncio.IncompleteReadError, ConnectionError, BrokenPipeError):
        _kill(child)
        raise ChildLost(f"reading it ended the reader ({_cause(await child.wait())})") from None


async def _frame(stream: asyncio.StreamReader) -> bytes:
    size = int.from_bytes(await stream.readexactly(4), "big")
    if size > LARGEST_FRAME:
        raise ChildLost("the reader's answer has an impossible length")
    return await stream.readexactly(size)


def _cause(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"


def _kill(child: Process) -> None:
    """Not `child.kill()`, which may take the exit code away from the watcher that `wait` asks."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)


async def _end(child: Process) -> None:
    """Closes the child's input, which ends it; after a while it is killed."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        await asyncio.wait_for(child.wait(), _FAREWELL)
    except TimeoutError:
        _kill(child)
        await child.wait()
