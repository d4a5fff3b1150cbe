"""The IMAP poller: one mailbox read for one desk, as long as the daemon lives.

Promises: the position is UIDVALIDITY and UID, never \\Seen; nothing changes on the server before `accept` has returned,
that is before the bytes are committed; a mail is skipped only when the server says that it is gone; each mailbox is
its own failure domain: whatever goes wrong is reported, waited out and tried again, and reaches no other mailbox.

What was taken in is marked with the keyword `$tkt_done` (or moved): \\Seen stays what people have read. Marking comes
before the position moves on, so that a crash in between marks again instead of never; a server that refuses to mark
raises an alarm, but does not stop the reading. After a change of UIDVALIDITY the whole folder is read again, quietly:
the ledger knows what it has already got.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from gateway.config import Mailbox
from gateway.imap_client import ImapSession, tls_context
from gateway.imap_protocol import Failing, ImapFailure, ImapLimits
from gateway.imap_words import Folder, Row, uid_set
from gateway.mailbox import AT_ONCE, Fetched, Happening, MailboxEvent, Position, Positions
from gateway.secrets import reveal
from parsing.message import Permanent, Temporary

KEYWORD = "$tkt_done"


Accept = Callable[[Sequence[Fetched]], Awaitable[None]]


class MailboxPoller:
    """Reads one mailbox from `run()` until `stop()` or cancellation.

    `accept` returns when the mails are durably committed, and raises `Temporary` when they are not. `base` is the
    folder of tkt.toml. `chance` gives the jitter of the back-off, 0 to 1.
    """

    def __init__(
        self,
        config: Mailbox,
        *,
        accept: Accept,
        positions: Positions,
        now: Callable[[], datetime],
        report: Callable[[MailboxEvent], None],
        limits: ImapLimits,
        base: Path = Path(),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._config, self._limits, self._base, self._chance = config, limits, base, chance
        self._accept, self._positions, self._now, self._tell = accept, positions, now, report
        self._stop = asyncio.Event()
        self._failures = 0
        self._refusals = 0
        self._alarms: set[Happening] = set()
        self._leased_at = 0.0
        self._suspects: dict[int, float | None] = {}  # asked for alone, as their batch failed; since when, alone too

    def stop(self) -> None:
        """Finish the batch in hand, then let `run` return."""
        self._stop.set()

    async def run(self) -> None:
        """Read until stopped; no failure ends it."""
        try:
            while not self._stop.is_set():
                await self._rest(await self._turn())
        finally:
            with suppress(Temporary):
                await self._positions.drop_lease()

    async def _turn(self) -> float:
        """One connection from its beginning to its end; seconds to wait before the next."""
        try:
            if not await self._lease():
                return self._config.poll_seconds
            await self._converse()
        except ImapFailure as failure:
            return self._failed(failure)
        except Permanent as failure:
            return self._failed(ImapFailure(Failing.LOGIN, str(failure)))
        except Temporary as failure:
            return self._failed(ImapFailure(Failing.UNAVAILABLE, str(failure)))
        except Exception as failure:  # noqa: BLE001 - the unknown is temporary; a mailbox that is read no more is the worst
            return self._failed(ImapFailure(Failing.UNAVAILABLE, f"unexpected {type(failure).__name__}"))
        return 0.0

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    async def _lease(self) -> bool:
        self._leased_at = asyncio.get_running_loop().time()
        return await self._positions.take_lease()

    async def _still_ours(self) -> bool:
        """Renew the lease during a long drain; the store refuses an old one anyway."""
        fresh = asyncio.get_running_loop().time() - self._leased_at < self._limits.lease_seconds
        return fresh or await self._lease()

    async def _converse(self) -> None:
        config = self._config
        context = (
            await tls_context(self._base / config.ca_file if config.ca_file else None) if config.tls == "tls" else None
        )
        session = ImapSession(config.host, config.port, context=context, limits=self._limits)
        try:
            await session.connect()
            await self._log_in(session)
            self._report(Happening.CONNECTED)
            while not self._stop.is_set() and await self._lease():
                if await self._scan(session):
                    self._recovered()
                    await self._wait_for_mail(session)
        finally:
            await session.close()

    async def _log_in(self, session: ImapSession) -> None:
        config, seconds = self._config, self._limits.secret_seconds
        if config.token is not None:
            token = await reveal(config.token, base=self._base, seconds=seconds)
            await session.login_with_token(config.user, token)
        elif config.password is not None:
            password = await reveal(config.password, base=self._base, seconds=seconds)
            await session.login(config.user, password)
        else:
            raise Permanent("the mailbox has neither password nor token")
        self._refusals = 0

    async def _wait_for_mail(self, session: ImapSession) -> None:
        if self._config.idle and session.can("IDLE"):
            await session.idle(self._limits.idle_seconds, self._stop)
        else:
            await session.pause(self._config.poll_seconds, self._stop)

    async def _scan(self, session: ImapSession) -> bool:
        """Take in all that has come; True when the end was reached."""
        at = self._now()
        folder = await session.select(self._config.folder)
        newest = await _newest(session, folder)
        position = await self._place(session, folder, newest)
        last = position.last_uid
        while last < newest:
            window = await self._window(session, last, newest)
            for batch in _batches(window, self._suspects, self._limits):
                if self._stop.is_set() or not await self._still_ours():
                    return False
                await self._take(session, folder, position, batch)
            last = max(window, default=newest)
        await self._positions.read_to_end(at)
        return True

    async def _window(self, session: ImapSession, last: int, newest: int) -> dict[int, int]:
        """UIDs and sizes of the next mails after `last`; empty when there are none."""
        first = last + 1
        while first <= newest:
            until = min(newest, first + self._limits.window - 1)
            sizes = await session.sizes(f"{first}:{until}")
            found = {uid: sizes[uid] for uid in sorted(sizes) if first <= uid <= until}
            if found:
                return found
            first = await session.next_uid(until + 1, newest) or newest + 1
        return {}

    async def _place(self, session: ImapSession, folder: Folder, newest: int) -> Position:
        """Where to read on from, settled for a folder seen for the first time, or with other UIDs than before."""
        position = await self._positions.get()
        if position is None:
            position = Position(folder.uidvalidity, await self._first(session, newest), newest)
            await self._positions.start(
                uidvalidity=position.uidvalidity, last_uid=position.last_uid, quiet_until_uid=newest
            )
            self._report(Happening.STARTED, f"seen for the first time, read from UID {position.last_uid + 1}")
        elif (
            position.uidvalidity != folder.uidvalidity or (folder.uidnext or position.last_uid + 1) <= position.last_uid
        ):
            await self._positions.reset(uidvalidity=folder.uidvalidity, quiet_until_uid=newest)
            change = f"UIDVALIDITY {position.uidvalidity} became {folder.uidvalidity}"
            self._report(Happening.UIDVALIDITY, f"{change}: up to UID {newest} everything is read again, quietly")
            position = Position(folder.uidvalidity, 0, newest)
        return position

    async def _first(self, session: ImapSession, newest: int) -> int:
        """The last UID that is *not* taken in at first sight."""
        start = self._config.start
        if start == "newest":
            return newest
        if isinstance(start, date):
            return (await session.next_uid(1, newest, since=start) or newest + 1) - 1
        return 0

    async def _take(self, session: ImapSession, folder: Folder, position: Position, batch: dict[int, int]) -> None:
        """Fetch, commit, mark, move on: in this order."""
        try:
            mails = await self._fetch(session, folder, position, batch)
        except ImapFailure as failure:
            if failure.kind in (Failing.REFUSED, Failing.PROTOCOL):
                since = asyncio.get_running_loop().time() if len(batch) == 1 else None
                self._suspects = {uid: self._suspects.get(uid) or since for uid in batch}
            raise
        if mails:
            await self._accept(mails)
            self._failures = 0
            self._report_taken(mails)
            await self._mark(session, folder, [mail.uid for mail in mails])
        await self._positions.advance(max(batch))
        self._suspects = {uid: since for uid, since in self._suspects.items() if uid > max(batch)}

    async def _fetch(
        self, session: ImapSession, folder: Folder, position: Position, batch: dict[int, int]
    ) -> list[Fetched]:
        whole = {uid: size for uid, size in batch.items() if size <= self._limits.message and not self._hopeless(uid)}
        rows: dict[int, Row] = await session.bodies(whole) if whole else {}
        for uid in batch.keys() - whole.keys():
            rows |= await session.header(uid)
        await _check_gone(session, batch.keys() - rows.keys())
        return [self._fetched(folder, position, rows[uid], batch[uid], uid in whole) for uid in sorted(rows)]

    def _hopeless(self, uid: int) -> bool:
        since = self._suspects.get(uid)
        return since is not None and asyncio.get_running_loop().time() - since >= self._limits.unreadable_seconds

    def _fetched(self, folder: Folder, position: Position, row: Row, size: int, whole: bool) -> Fetched:
        uid, oversized = row.uid or 0, size if size > self._limits.message else 0
        return Fetched(
            uid=uid,
            uidvalidity=folder.uidvalidity,
            raw=row.body or b"",
            internal_date=row.internal_date,
            quiet=uid <= position.quiet_until_uid,
            oversized=oversized,
            unreadable="" if whole or oversized else "the IMAP server does not give the body",
        )

    async def _mark(self, session: ImapSession, folder: Folder, uids: list[int]) -> None:
        if self._config.after == "keep":
            return
        try:
            if folder.read_only or (self._config.after == "flag" and not folder.keywords):
                raise ImapFailure(Failing.REFUSED, "the folder takes no keywords, or no changes at all")
            if self._config.after == "flag":
                await session.flag(uids, KEYWORD)
            else:
                await session.move(uids, self._config.move_to)
            self._over({Happening.MARKING})
        except ImapFailure as failure:
            if failure.kind is not Failing.REFUSED:
                raise
            self._alarm(Happening.MARKING, f"what was taken in can not be marked: {failure}")

    def _failed(self, failure: ImapFailure) -> float:
        """Report it; seconds until the next try."""
        self._failures += 1
        self._report(Happening.TROUBLE, str(failure))
        if failure.kind in AT_ONCE:
            self._alarm(AT_ONCE[failure.kind], str(failure))
        elif self._failures >= self._limits.alarm_after:
            self._alarm(Happening.UNREACHABLE, str(failure))
        if failure.kind is Failing.LOGIN:
            self._refusals += 1
            fresh_token = self._config.token is not None and self._refusals == 1
            return 0.0 if fresh_token else self._limits.login_retry_seconds
        longest = min(
            self._limits.backoff_last_seconds, self._limits.backoff_first_seconds * 2.0 ** min(self._failures - 1, 30)
        )
        return longest * (0.5 + self._chance() / 2)

    def _recovered(self) -> None:
        self._failures = 0
        self._over(self._alarms - {Happening.MARKING})

    def _over(self, kinds: set[Happening]) -> None:
        if ended := kinds & self._alarms:
            self._alarms -= ended
            self._tell(MailboxEvent(self._config.name, Happening.WELL, over=tuple(sorted(ended))))

    def _alarm(self, kind: Happening, text: str) -> None:
        """Once, until it is over."""
        if kind not in self._alarms:
            self._alarms.add(kind)
            self._report(kind, text)

    def _report_taken(self, mails: Sequence[Fetched]) -> None:
        self._report(Happening.ACCEPTED, count=len(mails))
        oversized = [mail.uid for mail in mails if mail.oversized]
        unreadable = [mail.uid for mail in mails if mail.unreadable]
        if oversized:
            self._report(Happening.OVERSIZED, f"UID {uid_set(oversized)}", len(oversized))
        if unreadable:
            self._report(Happening.UNREADABLE, f"UID {uid_set(unreadable)}: header only", len(unreadable))

    def _report(self, kind: Happening, text: str = "", count: int = 0) -> None:
        self._tell(MailboxEvent(self._config.name, kind, text, count))


async def _newest(session: ImapSession, folder: Folder) -> int:
    """The highest UID that a mail can have now."""
    if folder.uidnext is not None:
        return folder.uidnext - 1
    return await session.newest() if folder.exists else 0


async def _check_gone(session: ImapSession, missing: set[int]) -> None:
    """A mail that was not given must be gone; one that is still there was withheld."""
    if missing and (withheld := missing & (await session.sizes(uid_set(missing))).keys()):
        raise ImapFailure(Failing.REFUSED, f"the server does not give UID {uid_set(withheld)}")


def _batches(sizes: dict[int, int], suspects: dict[int, float | None], limits: ImapLimits) -> Iterator[dict[int, int]]:
    """Few enough mails and octets to hold in memory; a suspect alone."""
    batch: dict[int, int] = {}
    octets = 0
    for uid, size in sizes.items():
        taken = min(size, limits.message)
        full = len(batch) == limits.batch or octets + taken > limits.batch_octets
        if batch and (full or uid in suspects or suspects.keys() & batch.keys()):
            yield batch
            batch, octets = {}, 0
        batch[uid] = size
        octets += taken
    if batch:
        yield batch
