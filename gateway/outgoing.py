"""Outgoing mail: the outbox on one side, the relay on the other, the sender between them.

Here stands the last check of law 9: what is private to staff can not reach a customer, whatever was decided before.
A claim is renewed while its mail is on the way, so that a lease can be short and a dead node's mail goes out soon.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from gateway.alarms import Alarms
from gateway.config import Config
from gateway.dkim_signer import make_signer
from gateway.failpoints import Failpoint
from gateway.journal import Journal
from gateway.meters import Meters
from gateway.pipeline import Road, travel
from gateway.relay import MaildirRelay, Relay, Result, SmtpRelay
from gateway.relay_talk import RelayLimits
from gateway.secrets import reveal
from gateway.sender import HOUR, Marked, OutboxMail, Sender, SenderLimits
from parsing.message import Permanent, Temporary
from rules.event import Returned, event_key
from rules.recipients import bare
from store import outbox

MARKER = b"[tkt-private"
LATE = "mail is late"


def open_relay(config: Config, failpoint: Failpoint) -> Relay:
    """The relay of tkt.toml, or the Maildir when there is none."""
    if config.relay is None:
        return MaildirRelay(config.path(config.outgoing.maildir))
    secret = config.relay.token or config.relay.password
    relay = config.relay
    if relay.ca_file is not None:
        relay = relay.model_copy(update={"ca_file": config.path(relay.ca_file)})
    hostname = config.smtp.hostname if config.smtp else "localhost"
    soonest, usual = relay.retry_seconds[0], RelayLimits()
    limits = replace(usual, pause=min(usual.pause, soonest), pause_lasting=min(usual.pause_lasting, 5 * soonest))
    ask = None if secret is None else lambda: reveal(secret, base=config.base)
    return SmtpRelay(relay, secret=ask, hostname=hostname, limits=limits, failpoint=failpoint)


def signer(config: Config) -> Callable[[bytes], bytes] | None:
    """What signs every outgoing mail, or None; raises `Permanent` when a key can not be used."""
    dkim = config.outgoing.dkim
    if dkim is None:
        return None
    files = (("key", dkim.key), ("ed25519_key", dkim.ed25519_key))
    return make_signer(dkim, *(_read(config.path(file), name) for name, file in files if file is not None))


def _read(file: Path, name: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Permanent(f"outgoing.dkim.{name}: {file}: {error.strerror}") from None


class Outgoing:
    """Runs the sender from `start` to `stop`."""

    def __init__(
        self,
        config: Config,
        road: Road,
        relay: Relay,
        journal: Journal,
        alarms: Alarms,
        meters: Meters,
        *,
        wake: asyncio.Event,
        lease: timedelta,
    ) -> None:
        self._road, self._journal, self._alarms, self._meters, self._lease = road, journal, alarms, meters, lease
        self._operator = config.alarm.mail
        self._own = frozenset(address.lower() for address in road.own_addresses)
        self._in_hand: dict[int, int] = {}
        self._good_until: dict[int, float] = {}
        self._tasks: list[asyncio.Task[None]] = []
        # what waited for its turn as long as a claim lasts may be in other hands: it goes back untried
        limits = SenderLimits(hold=min(SenderLimits().hold, lease.total_seconds()))
        if config.relay is not None:
            limits = replace(
                limits,
                ladder=config.relay.retry_seconds,
                poll=min(limits.poll, config.relay.retry_seconds[0]),
                mails_per_minute=config.relay.mails_per_minute,
                mails_per_day=config.relay.mails_per_day,
            )
        self._sender = Sender(
            relay=relay,
            claim=self._claim,
            mark=self._mark,
            allowed=self._why_not,
            sign=signer(config),
            now=lambda: datetime.now(UTC),
            chance=random.random,
            limits=limits,
            returned=self._returned,
            wake=wake,
            late=self._late,
            doubted=self._doubted,
            tried=self._tried,
            failpoint=road.failpoint,
            mine=self._mine,
        )

    async def start(self) -> None:
        """Begin to send."""
        self._tasks = [asyncio.create_task(self._sender.run()), asyncio.create_task(self._renew())]

    async def stop(self) -> None:
        """Finish what is on its way."""
        await self._sender.stop()
        self._tasks[1].cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._tasks[1]

    async def _claim(self, count: int) -> Sequence[outbox.OutboxMail]:
        lease, asked = self._lease, time.monotonic()
        try:
            mails = await self._road.db.write(lambda conn: outbox.claim_mails(conn, limit=count, lease=lease))
        except Temporary:
            raise
        except Exception as error:  # unknown is temporary: a sender that ended here would end without a word
            self._journal.trouble("outgoing.claim", error)
            raise Temporary(str(error)) from error
        for mail in mails:
            self._in_hand[mail.id] = mail.fence
            self._good_until[mail.id] = asked + lease.total_seconds()
            if mail.doubt:
                words = "an earlier try ended without a word: it may arrive twice"
                self._journal.ambiguous(serial=mail.serial, message_id=mail.message_id, reply=words)
        return mails

    def _mine(self, mail: OutboxMail) -> bool:
        """False when the claim may have run out: a process that was frozen hands over nothing any more."""
        return time.monotonic() < self._good_until.get(mail.id, 0.0)

    async def _mark(self, batch: Sequence[Marked]) -> None:
        now = self._road.now()
        try:
            await self._road.db.write(lambda conn: outbox.mark(conn, batch, now=now))
        except Temporary:
            raise
        except Exception as error:  # as in `_claim`
            self._journal.trouble("outgoing.mark", error)
            raise Temporary(str(error)) from error
        for marked in batch:
            self._in_hand.pop(marked.id, None)
            self._good_until.pop(marked.id, None)
            self._meters.sent(marked.state)

    async def _renew(self) -> None:
        """Keep the claims of what is on its way; a node that was frozen past its lease finds them gone."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                await self._renew_held(dict(self._in_hand), self._lease)
            except Exception as error:  # noqa: BLE001 - what is not renewed is claimed again; the next one may succeed
                self._journal.trouble("outgoing.renew", error)

    async def _renew_held(self, held: dict[int, int], lease: timedelta) -> None:
        if not held:
            return
        asked = time.monotonic()
        still = await self._road.db.write(lambda conn: outbox.renew(conn, held, lease=lease))
        for number in still & self._good_until.keys():
            self._good_until[number] = asked + lease.total_seconds()

    def _why_not(self, mail: OutboxMail) -> str | None:
        """Why a mail must not leave; None when it may. Raises `Temporary` for a desk that is gone: its mail waits."""
        policy = self._road.policies.get(mail.desk)
        if policy is None and mail.role != "operator":
            raise Temporary(f"the desk {mail.desk} is not configured any more")
        to = mail.recipient.lower()
        if mail.role == "agent" and policy and all(agent.mail.key != to for agent in policy.agents):
            return "it is for the desk's agents only, and this address is none of theirs any more"
        if mail.role == "operator" and to != (self._operator or "").lower():
            return "it is for the operator only"
        if mail.role == "customer" and bare(to) in self._own:
            return "it is an address of a desk of ours: mail would go in circles"
        if mail.role == "customer" and MARKER in mail.raw:
            return "it holds lines that are not for a customer"
        return None

    async def _returned(self, mail: OutboxMail, result: Result) -> None:
        policy = self._road.policies.get(mail.desk)
        if policy is None:
            self._alarms.begin(
                f"mail of the desk {mail.desk}", "the desk is configured no more, and its mail was given up"
            )
        elif mail.role != "customer":
            self._alarms.begin(f"mail to {mail.recipient}", f"it can not be delivered: {result.reply}")
        await self._tell_ticket(mail, result)

    async def _tell_ticket(self, mail: OutboxMail, result: Result, *, late_hours: int = 0) -> None:
        """What happened to a mail takes the one road, once for each serial however often it is told."""
        policy = self._road.policies.get(mail.desk)
        if policy is None or mail.ticket is None:
            return
        event = Returned(
            serial=mail.serial,
            ticket=mail.ticket,
            recipient=mail.recipient,
            role=mail.role,
            notice=mail.notice,
            status=result.status,
            reply=result.reply,
            late_hours=late_hours,
            ours=not result.relay,
        )
        draft = await travel(self._road, event, policy)
        self._journal.happened(
            event_key(event),
            outcome=draft.decision.outcome.value,
            ticket=f"TKT-{mail.ticket:05d}",
            reason=draft.decision.reason,
            mails=len(draft.mails),
        )

    async def _late(self, mail: OutboxMail, result: Result) -> None:
        # one red line for all of them: a relay that is away for hours makes thousands
        self._alarms.begin(LATE, f"the first of them: {mail.serial} to {mail.recipient}, four hours: {result.reply}")
        await self._tell_ticket(mail, result, late_hours=max(1, int(SenderLimits().late // HOUR)))

    async def watch(self) -> None:
        """Asked with every tick: the red line about late mail is over when none is, whoever sent or cancelled it."""
        late = timedelta(seconds=SenderLimits().late)
        if LATE in self._alarms.red and not await self._road.db.read(partial(outbox.any_late, age=late)):
            self._alarms.end(LATE)

    async def _doubted(self, mail: OutboxMail, result: Result) -> None:
        self._journal.ambiguous(serial=mail.serial, message_id=mail.message_id, reply=result.reply)

    async def _tried(self, mail: OutboxMail, result: Result) -> None:
        if result.state == "sent":
            self._alarms.end(f"mail to {mail.recipient}")
        self._journal.left(
            serial=mail.serial, recipient=mail.recipient, state=result.state, reply=result.reply, relay=result.relay
        )
