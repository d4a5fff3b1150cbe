"""The wiring, in one readable place: configuration and clock in, services started in order and stopped in reverse.

lock ─ schema ─ desks ─ readers ─ sender ─ worker ─ clock ─ SMTP, LMTP ─ mailboxes ─ HTTP ─ control
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway import failpoints
from gateway.acts import Acts
from gateway.alarms import Alarms
from gateway.clock import Clock
from gateway.config import Config
from gateway.control import SOCKET, Control
from gateway.desks import load_policies, packaged_notices
from gateway.digests import Digests
from gateway.doors import STOP_SECONDS, open_lmtp, open_smtp
from gateway.failpoints import Failpoint
from gateway.http import HttpListener, application
from gateway.intake import Intake
from gateway.journal import Journal
from gateway.keys import load_keys
from gateway.live import DeskWatch, LiveDesks
from gateway.mailboxes import Mailboxes
from gateway.meters import Meters
from gateway.numbers import Numbers
from gateway.outgoing import Outgoing, open_relay
from gateway.pipeline import Draft, Road
from gateway.proofs import make_proofs
from gateway.reader_pool import ReaderPool
from gateway.relay import Relay
from gateway.smtp import SmtpListener
from gateway.space import has_space
from gateway.storms import Storms
from gateway.worker import Worker
from parsing.message import Permanent
from rules.policy import Policy
from store.commit import keep_policy
from store.database import Connection, Database, check_promises, migrate, open_database
from store.ledger import Claimed, release_leases

MAILBOX_LEASE = timedelta(minutes=3)  # longer than one IDLE: the poller renews between them


def real_now() -> datetime:
    """The clock of dates when nobody moves it."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Gateway:
    """A running gateway; made by `open_gateway`, closed by its stack."""

    config: Config
    db: Database
    policies: Mapping[str, Policy]
    clock: Clock
    smtp: SmtpListener | None
    lmtp: SmtpListener | None
    http: HttpListener | None
    broken: asyncio.Event

    @property
    def smtp_ports(self) -> tuple[int, ...]:
        """Where SMTP listens."""
        return tuple(self.smtp.ports) if self.smtp else ()


async def open_gateway(
    config: Config,
    stack: AsyncExitStack,
    *,
    now: Callable[[], datetime] = real_now,
    journal: Journal,
    failpoint: Failpoint = failpoints.none,
) -> Gateway:
    """Start everything; `stack` stops it in reverse. Raises `Permanent` or `ConfigError` with what to do."""
    desks = LiveDesks(load_policies(config))
    relay = open_relay(config, failpoint)
    stack.push_async_callback(relay.close)
    wake = asyncio.Event()
    road = await _open_road(config, stack, relay, desks, now=now, wake_sender=wake.set, failpoint=failpoint)
    alarms = Alarms(road, journal, mail=config.alarm.mail, command=config.alarm.command)
    await alarms.open()
    stack.push_async_callback(alarms.close)
    meters = Meters(road.db)
    lease = timedelta(seconds=config.store.lease_seconds)
    outgoing = Outgoing(config, road, relay, journal, alarms, meters, wake=wake, lease=lease)
    await outgoing.start()
    stack.push_async_callback(outgoing.stop)
    storms = Storms(road, alarms, meters)
    worker = _start_worker(stack, road, journal, alarms, storms, meters, lease)
    mailboxes = Mailboxes(config, road, journal, alarms, lease=max(lease, MAILBOX_LEASE))
    digests = Digests(road, journal)
    stack.push_async_callback(digests.close)
    watch = _watch(relay, outgoing, alarms, storms, digests, config)
    clock = Clock(
        road, journal, mailboxes=mailboxes.by_desk, lease=lease, watch=watch, alarm=alarms.begin, over=alarms.end
    )
    clock.start()
    stack.callback(clock.stop)
    await _watch_desks(config, stack, desks, road, journal, alarms)
    intake = Intake(road.db, road.policies, journal, now, wake=worker.wake, failpoint=failpoint)
    smtp, lmtp = await open_smtp(config, stack, intake), await open_lmtp(config, stack, intake)
    mailboxes.start(intake)
    stack.push_async_callback(mailboxes.stop)
    http = await _start_http(config, stack, meters, alarms)
    await _start_control(config, stack, Acts(road, journal, worker=worker, clock=clock))
    broken = asyncio.Event()

    def end() -> None:
        words = "nothing is promised any more and tkt stops; look at the disk, then start it again"
        alarms.begin("store", f"{road.db.broken}: {words}")
        broken.set()

    road.db.when_broken(_threadsafe(end))
    return Gateway(config, road.db, road.policies, clock, smtp, lmtp, http, broken)


async def _watch_desks(
    config: Config, stack: AsyncExitStack, desks: LiveDesks, road: Road, journal: Journal, alarms: Alarms
) -> None:
    watch = DeskWatch(config, desks, road.db, journal, now=road.now, begin=alarms.begin, end=alarms.end)
    await watch.start()
    stack.push_async_callback(watch.stop)


async def _open_road(
    config: Config,
    stack: AsyncExitStack,
    relay: Relay,
    policies: Mapping[str, Policy],
    *,
    now: Callable[[], datetime],
    wake_sender: Callable[[], None],
    failpoint: Failpoint,
) -> Road:
    """All that an event needs on its way, opened."""
    keys, notices = load_keys(config.path(config.keys)), packaged_notices()
    db = await _open_store(config, stack, policies, now)
    readers = ReaderPool(config.readers)
    await readers.open()
    stack.push_async_callback(readers.close)
    numbers = Numbers(db)
    stack.push_async_callback(numbers.close)
    return Road(
        db=db,
        policies=policies,
        keys=keys,
        notices=notices,
        readers=readers,
        numbers=numbers,
        now=now,
        wake_sender=wake_sender,
        mail_limit=lambda: relay.max_size or config.outgoing.max_size,
        failpoint=failpoint,
        proofs=make_proofs(config),
    )


def _threadsafe(act: Callable[[], None]) -> Callable[[], None]:
    loop = asyncio.get_running_loop()

    def later() -> None:
        loop.call_soon_threadsafe(act)

    return later


async def _open_store(
    config: Config, stack: AsyncExitStack, policies: Mapping[str, Policy], now: Callable[[], datetime]
) -> Database:
    """Open, lock, bring up to date (SQLite) or check (PostgreSQL), and keep the policies now in force."""
    config.path(config.var).mkdir(parents=True, exist_ok=True)
    db = await asyncio.to_thread(open_database, config.store_url, pool=config.store.pool)
    stack.callback(db.close)
    await asyncio.to_thread(db.lock)
    if db.embedded:
        await asyncio.to_thread(migrate, db)
    await asyncio.to_thread(check_promises, db)
    if db.embedded:
        await db.write(release_leases)  # no other daemon can hold any: the lock is ours

    def keep(conn: Connection) -> None:
        for policy in policies.values():
            keep_policy(conn, policy, now=now())

    await db.write(keep)
    return db


def _start_worker(
    stack: AsyncExitStack,
    road: Road,
    journal: Journal,
    alarms: Alarms,
    storms: Storms,
    meters: Meters,
    lease: timedelta,
) -> Worker:
    def done(claimed: Claimed, draft: Draft) -> None:
        meters.delivered(draft.decision.outcome.value)
        if draft.decision.alarm is not None:
            storms.begin(draft.decision.alarm)
        alarms.end(f"delivery {claimed.id} failed")  # it was read again, and now it is done

    worker = Worker(road, journal, lease=lease, alarm=alarms.begin, done=done)
    task = asyncio.create_task(worker.run())

    async def stop() -> None:
        worker.stop()
        await asyncio.wait([task], timeout=STOP_SECONDS)

    stack.push_async_callback(stop)
    return worker


async def _start_http(config: Config, stack: AsyncExitStack, meters: Meters, alarms: Alarms) -> HttpListener | None:
    if config.http is None:
        return None

    async def ready() -> dict[str, Any]:
        return await meters.ready(alarms.red)

    listener = HttpListener(config.http.listen, application(lambda: alarms.red, ready, meters.exposition))
    try:
        await listener.start()
    except OSError as error:
        raise Permanent(f"http: cannot listen on {config.http.listen}: {error.strerror or error}") from error
    stack.push_async_callback(listener.stop)
    return listener


async def _start_control(config: Config, stack: AsyncExitStack, acts: Acts) -> None:
    control = Control(config.path(config.var) / SOCKET, acts.table())
    await control.start()
    stack.push_async_callback(control.stop)


def _watch(
    relay: Relay, outgoing: Outgoing, alarms: Alarms, storms: Storms, digests: Digests, config: Config
) -> Callable[[], Awaitable[None]]:
    """What is looked at with every tick: the relay's trouble, late mail, the room on the disk, whether it is calm."""
    space = has_space(config.path(config.var), config.smtp.max_size if config.smtp else 0)

    async def watch() -> None:
        if relay.trouble:
            alarms.begin("relay", f"outgoing mail waits: {relay.trouble}")
        else:
            alarms.end("relay")
        if space():
            alarms.end("disk")
        else:
            alarms.begin("disk", "the disk is nearly full: mail is answered with 452 until there is room")
        await outgoing.watch()
        await storms.watch()
        digests.watch()

    return watch


async def run_until(gateway: Gateway, stopping: asyncio.Event) -> str:
    """Wait for a signal, or for the store to break (then nothing may be promised any more). Says which."""
    waiting = [asyncio.create_task(stopping.wait()), asyncio.create_task(gateway.broken.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return "the store is broken" if gateway.broken.is_set() else "asked to stop"
