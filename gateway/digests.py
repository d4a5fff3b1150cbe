"""The clock's part in bundling: what waited ten minutes for an agent leaves as one mail."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import partial

from gateway.journal import Journal
from gateway.pipeline import Road
from parsing.message import Address, Permanent, Temporary
from parsing.tokens import issue_reply
from rules.digest import AT_ONCE, Bundled, digest
from rules.policy import Policy
from store.bundles import Waiting, bundled_mails, ready_bundles, send_alone, send_together
from store.failures import Stale
from templates.clean import MARK
from templates.compose import compose, plus

PRIVATE = re.compile(rf"^[^\n]*{re.escape(MARK)}", re.MULTILINE)  # in whatever language the words before it are


class Digests:
    """Looked for with every tick, one at a time and beside it: to read hundreds of mails takes longer than a tick."""

    def __init__(self, road: Road, journal: Journal) -> None:
        self._road, self._journal = road, journal
        self._task: asyncio.Task[None] | None = None

    def watch(self) -> None:
        """Begin, unless the last one is at it still."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send())

    async def close(self) -> None:
        """Let what was begun come to its end."""
        if self._task is not None:
            await self._task

    async def _send(self) -> None:
        try:
            await send_digests(self._road)
        except Exception as error:  # noqa: BLE001 - what was not sent together waits for the next tick
            self._journal.trouble("digests", error)


async def send_digests(road: Road) -> int:
    """Make the digests that are due; returns how many bundles were sent on. Each in a transaction of its own."""
    sent = 0
    for desk, key in await road.db.read(ready_bundles):
        policy = road.policies.get(desk)
        if policy is None:
            continue  # its mail waits for the desk, as all of its mail does
        mails = await road.db.read(partial(bundled_mails, desk=desk, recipient_key=key, limit=AT_ONCE))
        try:
            await _send(road, policy, mails)
            sent += 1
        except Stale:
            continue  # another node was quicker
    if sent:
        road.wake_sender()
    return sent


async def _send(road: Road, policy: Policy, mails: Sequence[Waiting]) -> None:
    if len(mails) < 2:
        await road.db.write(lambda conn: send_alone(conn, mails))
        return
    agent = policy.agent_by_address(Address(mails[0].recipient))
    to = agent.mail if agent is not None else Address(mails[0].recipient)
    now = road.now()
    try:
        mail = compose(
            digest(to, [await _bundled(road, policy, mail) for mail in mails], language=policy.language),
            policy=policy,
            ticket=None,
            event=f"digest:{mails[0].id}",
            keys=road.keys,
            now=now,
            notices=road.notices,
        )
    except Permanent:  # whatever is wrong with the list, nothing may be lost: each leaves by itself
        await road.db.write(lambda conn: send_alone(conn, mails))
        return
    await road.db.write(lambda conn: send_together(conn, mails, mail, now=now))


async def _bundled(road: Road, policy: Policy, mail: Waiting) -> Bundled:
    token = issue_reply(road.keys, role="agent", ticket=mail.ticket, address=mail.recipient)
    answer_to = plus(policy.address.address, token, policy)
    return Bundled(mail.ticket, mail.subject, await _words(road, mail), answer_to)


async def _words(road: Road, mail: Waiting) -> str:
    """What a notification says above its private line; nothing where the reader fails: the ticket has it all."""
    try:
        message = await road.readers.read(mail.raw)
    except (Permanent, Temporary):
        return ""
    return PRIVATE.split(message.text, maxsplit=1)[0]
