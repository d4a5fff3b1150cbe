"""The reading children: real processes, killed by real signals."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.reader_pool import ReaderPool
from parsing.limits import Limits
from parsing.message import Permanent, Temporary
from parsing.reader import read
from tests.parsing import golden

RAW = golden.REPLIES["gmail"].raw
ATTACHED = golden.FORWARDS["as an attachment"]


@pytest.fixture
async def pool() -> AsyncIterator[ReaderPool]:
    pool = ReaderPool(1)
    await pool.open()
    yield pool
    await pool.close()


async def child_of(pool: ReaderPool) -> int:
    """The pid of the one child, taken out of the pool and put back."""
    child = await pool._idle.get()
    pool._idle.put_nowait(child)
    assert child is not None
    return child.pid


async def test_a_child_reads_what_we_would_read(pool: ReaderPool) -> None:
    """The message of the child is the message of `read`; mails of many tasks are all answered."""
    mails = [RAW, ATTACHED, b"", RAW.replace(b"\n", b"\r\n"), *golden.FORWARDS.values()]

    assert await asyncio.gather(*map(pool.read, mails)) == [read(raw) for raw in mails]


async def test_attachments_travel(pool: ReaderPool) -> None:
    """The bytes of an attachment come with its name and type; one that is not there is a permanent failure."""
    index = read(ATTACHED).attachments[0].index
    part = await pool.attachment(ATTACHED, index)

    assert (part.filename, part.type) == ("Help_me.eml", "message/rfc822")
    assert part.data.startswith(b"From: Carl")
    with pytest.raises(Permanent):
        await pool.attachment(ATTACHED, 77)


async def test_a_killed_child_is_replaced(pool: ReaderPool) -> None:
    """A mail whose child dies is told by its header, and the next mail finds another child."""
    pid = await child_of(pool)
    os.kill(pid, signal.SIGSTOP)  # it shall die with the mail in its hands
    reading = asyncio.create_task(pool.read(RAW))
    await asyncio.sleep(0)  # one turn of the loop: the mail is with the child
    assert pool._idle.empty()
    os.kill(pid, signal.SIGKILL)
    message = await reading

    assert (message.message_id, message.text) == ("<one@example.org>", "")
    assert message.defects[0].what == "reading it ended the reader (signal 9)"
    assert await pool.read(RAW) == read(RAW)
    assert await child_of(pool) != pid


async def test_a_slow_child_is_killed() -> None:
    """After the wall time the child is ended and its mail told by its header."""
    pool = ReaderPool(1, Limits(wall=1))
    await pool.open()
    pid = await child_of(pool)
    os.kill(pid, signal.SIGSTOP)
    message = await pool.read(RAW)

    assert message.defects[0].what == "reading it took longer than 1 s"
    pool._limits = Limits()  # a new child may take a second to be there
    assert (await pool.read(RAW)).text
    await pool.close()


async def test_a_cancelled_read_leaves_no_answer_behind(pool: ReaderPool) -> None:
    """Who gives up on a mail does not leave its answer to the next one."""
    os.kill(await child_of(pool), signal.SIGSTOP)
    reading = asyncio.create_task(pool.read(RAW))
    await asyncio.sleep(0)
    assert pool._idle.empty()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert await pool.read(ATTACHED) == read(ATTACHED)


async def test_closing_waits_for_what_is_in_flight() -> None:
    """Every mail that was handed in before closing is read; afterwards none is, and no child is left."""
    pool = ReaderPool(2)
    await pool.open()
    pids = [await child_of(pool), await child_of(pool)]
    reading = [asyncio.create_task(pool.read(RAW)) for _ in range(20)]
    await asyncio.sleep(0)
    await pool.close()

    assert [(await task).text for task in reading] == [read(RAW).text] * 20
    with pytest.raises(Temporary):
        await pool.read(RAW)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


async def test_a_child_limits_itself(pool: ReaderPool) -> None:
    """Half a GiB of memory and ten more seconds of CPU: the kernel ends what goes beyond."""
    await pool.read(RAW)
    limits = Path(f"/proc/{await child_of(pool)}/limits").read_text()
    rows = {line[:26].strip(): line[26:].split() for line in limits.splitlines()}

    assert rows["Max address space"][0] == str(512 * 2**20)
    assert 10 <= int(rows["Max cpu time"][0]) <= 20
    assert rows["Max core file size"][0] == "0"


async def test_the_largest_mail_fits(pool: ReaderPool) -> None:
    """25 MiB, as text or as an attachment, are read within the limits of the child."""
    head = b"From: a@b.example\n"
    attached = head + b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * (6 * 2**20)

    assert (await pool.read(head + b"\n" + b"words and words\n" * (3 * 2**19))).text.startswith("words")
    assert (await pool.read(attached)).attachments[0].size == 18 * 2**20
