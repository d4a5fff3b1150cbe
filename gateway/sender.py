"""The loop from the outbox to the relay: claim, check, sign, hand over, mark. It knows nothing of tickets.

Promises: a mail leaves at least once, and more than once only where nobody could know whether it had arrived (`doubted`
hears of it); every try of a mail has the same bytes; a mail is not begun when its claim may have run out; one mail that
fails in whatever way never stops the others; what is over is marked in batches, and nothing new is claimed while marks
can not be written. A mail that may not leave (`allowed`), or whose bytes are not sound, never reaches the relay.

Failpoints, with those of the conversation, in order: out.claimed, out.connected, out.mail, out.rcpt, out.data, out.dot,
out.accepted, out.marked.

`now` is the clock of the database's kind (real time), never the one that demo and scenarios move: it is held against
`created_db`. `clock` is monotonic.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from gateway.failpoints import Failpoint, none
from gateway.last_look import flaw
from gateway.relay import Letter, Relay, Result
from parsing.message import Permanent, Temporary

BIG = 256 * 1024  # octets; what is larger is signed in a thread, lest it stop the loop
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class OutboxMail(Protocol):
    """A claimed row of the outbox. `attempts` are the tries that ended before this one; `fence` proves the claim."""

    @property
    def id(self) -> int: ...
    @property
    def serial(self) -> str: ...
    @property
    def desk(self) -> str: ...
    @property
    def ticket(self) -> int | None: ...
    @property
    def notice(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def envelope_from(self) -> str: ...
    @property
    def recipient(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def attempts(self) -> int: ...
    @property
    def created_db(self) -> datetime: ...
    @property
    def fence(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Marked:
    """What is to be written down of a claimed mail. `delay` is seconds until the next try, for `later` and `back`.

    `back`: it was not tried at all; that is no attempt, and nothing to tell anybody. `reply` may say what was
    in the way.
    """

    id: int
    fence: int
    state: Literal["sent", "later", "never", "back"]
    reply: str = ""
    status: str = ""
    relay: str = ""
    ambiguous: bool = False
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class SenderLimits:
    """Seconds, but for the counts. The ladder is that of reliability.md section 5."""

    batch: int = 50
    ladder: tuple[float, ...] = (1 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 60 * MINUTE)
    rung_after_a_day: float = 4 * HOUR
    jitter: float = 60
    late: float = 4 * HOUR
    give_up: float = 5 * DAY
    hold: float = 60  # a claimed mail that waited longer for its turn goes back
    poll: float = 5
    again: float = 1  # after the store said "not now"
    linger: float = 0.01  # marks wait so long for company while other mails are on their way
    stop: float = 30
    mails_per_minute: int | None = None
    mails_per_day: int | None = None

    def lease(self, longest_try: float) -> float:
        """For how long a claim must hold, so that no second node takes a mail which is still on its way."""
        return self.hold + longest_try + MINUTE


def retry_delay(*, attempts: int, age: float, limits: SenderLimits, chance: float) -> float:
    """Seconds to the next try after `attempts` earlier tries and this one, `age` seconds old; `chance` is in [0, 1)."""
    rung = limits.ladder[min(attempts, len(limits.ladder) - 1)]
    return (max(rung, limits.rung_after_a_day) if age >= DAY else rung) + chance * min(limits.jitter, rung)


def allowance(stamps: deque[float], *, now: float, limits: SenderLimits) -> tuple[int | None, float]:
    """How many mails may leave now (None: no limit), and in how many seconds that changes. Forgets stamps of past days.

    The day's count begins anew with the process: a relay that counts, too, answers 4xx, and that is waited for.
    """
    while stamps and stamps[0] <= now - DAY:
        stamps.popleft()
    rest: list[tuple[int, float]] = []
    for most, window in ((limits.mails_per_minute, MINUTE), (limits.mails_per_day, DAY)):
        if most is not None:
            recent = [stamp for stamp in stamps if stamp > now - window]
            rest.append((max(0, most - len(recent)), recent[0] + window - now if recent else 0.0))
    if not rest:
        return None, 0.0
    count = min(left for left, _ in rest)
    return count, max((wait for left, wait in rest if left == 0), default=0.0)


async def nothing(mail: OutboxMail, result: Result) -> None:
    """For whoever does not want to hear."""


def always(mail: OutboxMail) -> bool:
    """For claims that nobody can take over: there is one daemon."""
    return True


class Sender:
    """`run` until `stop`. A function it was given may raise `Temporary`: then the mail is tried again later.

    `claim(count)` takes at most so many mails that are due; `mark` writes down what became of them. `returned` is told
    before the mark that a mail will never arrive, `late` at the first failing try after four hours: both may be told
    twice of one mail (a restart, a store that was busy) and go by its serial. `doubted` hears of a mail that may arrive
    twice, `tried` of every try. `mine` says, by a monotonic clock, whether a claim still holds; whoever was frozen
    is asked so before a mail is begun and before its bytes are handed over. `wake` is set by who puts a mail into the
    outbox.
    """

    def __init__(
        self,
        *,
        relay: Relay,
        claim: Callable[[int], Awaitable[Sequence[OutboxMail]]],
        mark: Callable[[Sequence[Marked]], Awaitable[None]],
        allowed: Callable[[OutboxMail], str | None],
        sign: Callable[[bytes], bytes] | None,
        now: Callable[[], datetime],
        chance: Callable[[], float],
        limits: SenderLimits,
        returned: Callable[[OutboxMail, Result], Awaitable[None]],
        wake: asyncio.Event,
        late: Callable[[OutboxMail, Result], Awaitable[None]] = nothing,
        doubted: Callable[[OutboxMail, Result], Awaitable[None]] = nothing,
        tried: Callable[[OutboxMail, Result], Awaitable[None]] = nothing,
        clock: Callable[[], float] = time.monotonic,
        failpoint: Failpoint = none,
        mine: Callable[[OutboxMail], bool] = always,
    ) -> None:
        self._relay = relay
        self._claim = claim
        self._mark = mark
        self._allowed = allowed
        self._sign = sign
        self._now = now
        self._chance = chance
        self._limits = limits
        self._returned = returned
        self._wake = wake
        self._late = late
        self._doubted = doubted
        self._tried = tried
        self._clock = clock
        self._failpoint = failpoint
        self._mine = mine
        self._capacity = max(limits.batch, 2 * relay.connections)
        self._queue: asyncio.Queue[tuple[OutboxMail, float] | None] = asyncio.Queue()
        self._in_hand = 0
        self._over: list[Marked] = []
        self._marking = asyncio.Event()
        self._stamps: deque[float] = deque()
        self._told: set[int] = set()
        self._stopping = False
        self._all_over = False
        self._ended = asyncio.Event()
        self._ended.set()

    async def run(self) -> None:
        """Until `stop`. A store that is busy is asked again; only its unknown failures come out here."""
        self._ended.clear()
        workers = [asyncio.create_task(self._work()) for _ in range(self._relay.connections)]
        marker = asyncio.create_task(self._write_marks())
        try:
            await self._feed(marker)
        finally:
            self._stopping = True
            try:
                await self._settle(workers, marker)
            finally:
                self._ended.set()

    async def stop(self) -> None:
        """Begin nothing new, finish what is on its way (at most `limits.stop` seconds), write it down, end `run`."""
        self._stopping = True
        self._wake.set()
        await self._ended.wait()

    async def _settle(self, workers: Sequence[asyncio.Task[None]], marker: asyncio.Task[None]) -> None:
        """The workers end, then the marks; whoever takes too long is cut off, and what he held is claimed again."""
        for _ in workers:
            self._queue.put_nowait(None)
        _, slow = await asyncio.wait(workers, timeout=self._limits.stop)
        for task in slow:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._all_over = True
        self._marking.set()
        await asyncio.wait([marker], timeout=self._limits.stop)
        marker.cancel()
        with suppress(asyncio.CancelledError):
            await marker

    # -- claiming

    async def _feed(self, marker: asyncio.Task[None]) -> None:
        while not self._stopping:
            if marker.done():
                return  # it failed in an unknown way, which `_settle` lets out
            self._wake.clear()
            room, wait = self._room()
            mails = await self._take(room) if room else []
            for mail in mails:
                self._queue.put_nowait((mail, self._clock()))
            if not room or len(mails) < room:
                await self._rest(wait)

    def _room(self) -> tuple[int, float]:
        """How many mails to claim, and how long to rest if none came. For a paused relay nothing is claimed."""
        wait = self._limits.poll
        if self._relay.paused or self._in_hand > self._capacity // 2:
            return 0, wait
        room = min(self._capacity - self._in_hand, self._limits.batch)
        most, again = allowance(self._stamps, now=self._clock(), limits=self._limits)
        if most is None:
            return room, wait
        return min(room, most), min(again, wait) if most == 0 else wait

    async def _take(self, room: int) -> Sequence[OutboxMail]:
        try:
            mails = await self._claim(room)
        except Temporary:
            return []
        self._in_hand += len(mails)
        if self._limits.mails_per_minute is not None or self._limits.mails_per_day is not None:
            self._stamps.extend([self._clock()] * len(mails))
        if mails:
            self._failpoint("out.claimed")
        return mails

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    # -- sending

    async def _work(self) -> None:
        """One of as many as the relay has connections."""
        while (item := await self._queue.get()) is not None:
            mail, since = item
            waited = self._clock() - since
            if self._stopping or self._relay.paused or waited > self._limits.hold or not self._mine(mail):
                result = Result("back", "")
            else:
                result = await self._try(mail)
            # found before the list is named: while it is judged, a batch may be taken over and another list begun
            marked = self._untried(mail, result) if result.state == "back" else await self._judge(mail, result)
            self._over.append(marked)
            self._marking.set()

    async def _try(self, mail: OutboxMail) -> Result:
        try:
            reason = self._allowed(mail)
            if reason is not None:
                return Result("never", reason, "5.7.1")
            raw = await self._signed(mail.raw)
            wrong = flaw(raw)
            if wrong:
                return Result("never", wrong, "5.6.0")
            letter = Letter(serial=mail.serial, envelope_from=mail.envelope_from, recipient=mail.recipient, raw=raw)
            return await self._relay.send(letter, good=lambda: self._mine(mail))
        except Permanent as error:
            return Result("never", str(error), "5.6.0")
        except Exception as error:  # noqa: BLE001 - unknown is temporary, and one mail must not stop the others
            return Result("later", f"our own trouble: {type(error).__name__}")

    async def _signed(self, raw: bytes) -> bytes:
        if self._sign is None:
            return raw
        return self._sign(raw) if len(raw) <= BIG else await asyncio.to_thread(self._sign, raw)

    async def _judge(self, mail: OutboxMail, result: Result) -> Marked:
        """What follows from a try; whoever is to hear of it has heard before it is marked."""
        if result.state == "sent":
            self._failpoint("out.accepted")
        age = (self._now() - mail.created_db).total_seconds()
        had_its_turns = mail.attempts >= len(self._limits.ladder)  # it may have waited for us all that time
        if result.state == "later" and age >= self._limits.give_up and had_its_turns:
            words = f"given up after {self._limits.give_up / DAY:g} days: {result.reply}"
            result = replace(result, state="never", reply=words, status="5.4.7")
        try:
            await self._tell(mail, result, age)
        except Exception as error:  # noqa: BLE001 - as in `_try`; a mail that has left stays sent whoever fails to hear it
            if result.state != "sent":
                result = replace(result, state="later", reply=f"{result.reply} (untold: {type(error).__name__})")
        if result.state == "later":
            return self._postponed(mail, result, age)
        self._told.discard(mail.id)
        return self._marked(mail, result)

    def _untried(self, mail: OutboxMail, result: Result) -> Marked:
        """Whatever kept it from being tried counts against nobody: neither the mail, nor what may leave in a day."""
        if self._stamps:
            self._stamps.pop()
        return self._marked(mail, result)

    async def _tell(self, mail: OutboxMail, result: Result, age: float) -> None:
        await self._tried(mail, result)
        if result.ambiguous:
            await self._doubted(mail, result)
        if result.state == "never":
            await self._returned(mail, result)
        if result.state == "later" and age >= self._limits.late and mail.id not in self._told:
            await self._late(mail, result)
            self._told.add(mail.id)

    def _postponed(self, mail: OutboxMail, result: Result, age: float) -> Marked:
        delay = retry_delay(attempts=mail.attempts, age=age, limits=self._limits, chance=self._chance())
        return self._marked(mail, result, delay=delay)

    def _marked(self, mail: OutboxMail, result: Result, *, delay: float = 0.0) -> Marked:
        return Marked(
            id=mail.id,
            fence=mail.fence,
            state=result.state,
            reply=result.reply,
            status=result.status,
            relay=result.relay,
            ambiguous=result.ambiguous,
            delay=delay,
        )

    # -- marking

    async def _write_marks(self) -> None:
        """Whatever is over while one batch is written makes the next. Ends when the workers have and all is written."""
        while self._over or not self._all_over:
            await self._marking.wait()
            if len(self._over) < min(self._in_hand, self._limits.batch // 2) and not self._all_over:
                await asyncio.sleep(self._limits.linger)
            self._marking.clear()
            batch, self._over = self._over, []
            if batch:
                await self._write(batch)
                self._marking.set()

    async def _write(self, batch: Sequence[Marked]) -> None:
        while True:
            try:
                await self._mark(batch)
            except Temporary:
                await asyncio.sleep(self._limits.again)
            else:
                break
        self._failpoint("out.marked")
        self._in_hand -= len(batch)
        if self._in_hand <= self._capacity // 2:
            self._wake.set()
