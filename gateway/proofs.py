"""Which way a mail came, and the rounds of questions to the DNS until all is known that can be known.

What the DNS does not say within the rounds is no evidence now: a mail waits a bounded time for it, and is taken in.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from publicsuffixlist import PublicSuffixList

from gateway.arrival import FILE, LMTP, SMTP
from gateway.config import Config
from gateway.config import Hop as HopTable
from gateway.dns import Resolver
from parsing.authentication import Hop, Peer
from parsing.dns import Question
from parsing.evidence import Way

T = TypeVar("T")

ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Proofs:
    """All that is the same for every mail; without a `resolver` the DNS is never asked."""

    resolver: Resolver | None
    smtp: HopTable | None
    mailboxes: Mapping[str, HopTable]
    lmtp: HopTable | None = None
    sealers: frozenset[str] = frozenset()
    seconds: float = 5.0  # for all that the DNS is asked about one mail: its owner may be the sender's, and slow

    def way(self, channel: str, peer: Mapping[str, Any], now: datetime) -> Way:
        """How a mail came by `channel`, with what the ledger keeps of its peer."""
        who, hop = self._who(channel, peer)
        return Way(who, now, organization, _hop(hop), sealers=self.sealers, asks=self.resolver is not None)

    def _who(self, channel: str, peer: Mapping[str, Any]) -> tuple[Peer | None, HopTable | None]:
        if channel == SMTP:
            who = Peer(str(peer.get("address") or ""), str(peer.get("helo") or ""), str(peer.get("user") or ""))
            return who, self.smtp if self.smtp is not None and self.smtp.connects_from(who.address) else None
        if channel == LMTP:
            return Peer(helo=str(peer.get("helo") or "")), self.lmtp or HopTable()
        if channel == FILE:
            return Peer(), next(iter(self.mailboxes.values()), self.lmtp or self.smtp)
        return None, self.mailboxes.get(str(peer.get("account", "")))

    async def prove(self, ask: Callable[[Way], tuple[T, frozenset[Question]]], way: Way) -> T:
        """What `ask` says once the DNS has answered, or will not."""
        found, wanted = ask(way)
        if self.resolver is None:
            return found
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                for _ in range(ROUNDS):
                    if not wanted:
                        break
                    way = replace(way, answers={**way.answers, **await self.resolver.resolve(wanted)})
                    found, wanted = ask(way)
        return found


def make_proofs(config: Config, *, ask: bool = True) -> Proofs:
    """As tkt.toml says; with `ask` false the DNS is left alone."""
    dns = config.dns
    return Proofs(
        resolver=_resolver(config) if ask and dns.ask else None,
        smtp=config.smtp.hop if config.smtp is not None else None,
        lmtp=config.lmtp.hop if config.lmtp is not None else None,
        mailboxes={mailbox.name: mailbox.hop for mailbox in config.mailboxes if mailbox.hop is not None},
        sealers=frozenset(domain.lower() for domain in config.arc.trusted_sealers),
        seconds=dns.seconds,
    )


def _resolver(config: Config) -> Resolver:
    """Each question has half of the time, so that one that stays without an answer leaves room for that to be said."""
    return Resolver(servers=config.dns.servers, port=config.dns.port, seconds=config.dns.seconds / 2)


def organization(domain: str) -> str:
    """The registered domain above a name (RFC 7489 section 3.2), "" for a public suffix, as the packaged list says."""
    return str(_suffixes().privatesuffix(domain) or "")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _hop(table: HopTable | None) -> Hop | None:
    if table is None:
        return None
    hosts = tuple(host.lower() for host in table.received_by)
    return Hop(table.authserv_id.lower(), hosts, exchange=table.exchange, peers=table.peers)
