"""Work that waits to be committed, and the answer to each who handed some in.

Promises: who hands in work is answered once, in their own event loop or thread, whether or not they still wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection


@dataclass(slots=True)
class Job:
    """One caller's work and where the answer goes: an asyncio future of `loop`, or a thread's."""

    work: Callable[[Connection], Any]
    answer: Future[Any] | asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop | None = None
    result: Any = None
    error: BaseException | None = None


Waiting = queue.SimpleQueue[Job | None]  # None is the end


def next_group(waiting: Waiting, *, most: int) -> list[Job] | None:
    """Wait for work; whoever else is in the queue by then comes along, up to `most`. None at the end."""
    first = waiting.get()
    if first is None:
        return None
    group = [first]
    with contextlib.suppress(queue.Empty):
        while len(group) < most:
            job = waiting.get_nowait()
            if job is None:
                waiting.put(None)
                break
            group.append(job)
    return group


def fail(group: Sequence[Job], error: BaseException) -> None:
    """Nothing of it was kept: each hears of their own mistake, or of this error."""
    for job in group:
        job.result, job.error = None, job.error or error


def deliver(group: Sequence[Job]) -> None:
    """Answer everybody; each event loop is woken once."""
    loops: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in group:
        if job.loop is None:
            _answer([job])
        else:
            loops.setdefault(job.loop, []).append(job)
    for loop, jobs in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits
            loop.call_soon_threadsafe(_answer, jobs)


def _answer(jobs: list[Job]) -> None:
    for job in jobs:
        if job.answer.done():
            continue  # whoever waited was cancelled; the work is done all the same
        if job.error is not None:
            job.answer.set_exception(job.error)
        else:
            job.answer.set_result(job.result)
