"""What the gateway would do with one mail: the desk that takes it, what proves its sender, the decision.

Nothing is written, nobody is asked but the configuration and, where facts are looked up, the store.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from gateway.arrival import FILE, Envelope, arrived
from gateway.config import Config
from gateway.desks import desk_of, load_policies
from gateway.keys import KEY_FILE, KEY_OCTETS, load_keys
from gateway.proofs import Proofs, make_proofs
from parsing.dns import Question
from parsing.evidence import Way
from parsing.message import Evidence, Message, Permanent
from parsing.tokens import Keys
from rules.book import thorough
from rules.decide import decide
from rules.decision import Decision
from rules.event import Arrived
from rules.facts import Facts, SentTo, World
from rules.policy import Policy
from rules.recipients import outside
from rules.taken_in import taken_in

LookUp = Callable[[Arrived, Policy, frozenset[str]], Facts]


@dataclass(frozen=True, slots=True)
class Kept:
    """That a decision was made before: when, upon which policy, and what would be otherwise `today`.

    `account` is what was known then, as it was written. `problem` says why it can not be repeated; then there is no
    `today`. `history`: that it was held, and who decided on that.
    """

    delivery: int
    at: datetime
    policy: str
    ticket: int | None
    account: Mapping[str, Any]
    differences: tuple[str, ...] = ()
    today: Decision | None = None
    problem: str = ""
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """One mail, read and decided upon at `now`. `desk_by` says how its desk was found, `notes` what was not asked.

    `facts` says where they are from: none, store, or kept.
    """

    event: Arrived
    policy: Policy
    desk_by: str
    decision: Decision
    now: datetime
    facts: str
    notes: tuple[str, ...] = ()
    kept: Kept | None = None

    @property
    def message(self) -> Message:
        """The mail as the decision saw it."""
        return self.event.message

    @property
    def evidence(self) -> Evidence:
        """What is known of its sender."""
        return self.event.evidence


@dataclass(frozen=True, slots=True)
class Judge:
    """All that is the same for each mail of a call. Without `look_up` nothing is known of any ticket.

    `mail_limit` is how large a mail may leave; `notes` goes with every answer: what can not be known here.
    """

    policies: Mapping[str, Policy]
    keys: Keys
    desk: str | None
    look_up: LookUp | None
    mail_limit: int
    proofs: Proofs
    notes: tuple[str, ...] = ()

    async def of_file(self, message: Message) -> Explained:
        """What would become of a mail that came by no channel, if it came now."""
        policy, desk_by = self._desk(message)
        return await self.now(message, Envelope(0, FILE, "", (), datetime.now(UTC)), policy, desk_by=desk_by)

    async def now(self, message: Message, envelope: Envelope, policy: Policy, *, desk_by: str) -> Explained:
        """What this desk would decide now."""
        now = datetime.now(UTC)
        event = await self.event(message, envelope, policy)
        facts = self.look_up(event, policy, self._own) if self.look_up else _nothing_known(event, policy)
        facts = replace(facts, mail_limit=self.mail_limit)
        # every rule and every clause is told, however many there are
        asked = replace(policy, book=thorough(policy.book))
        decision = decided(event, facts=facts, policy=asked, now=now)
        return Explained(event, policy, desk_by, decision, now, "store" if self.look_up else "none", self.notes)

    async def event(self, message: Message, envelope: Envelope, policy: Policy) -> Arrived:
        """The message with what its envelope, the keys and perhaps the DNS tell."""
        own = [address.address for known in self.policies.values() for address in known.addresses]

        def as_known(way: Way) -> tuple[Arrived, frozenset[Question]]:
            return arrived(message, envelope, policy, keys=self.keys, own_addresses=own, way=way)

        way = self.proofs.way(envelope.channel, envelope.peer, envelope.received_at)
        return await self.proofs.prove(as_known, way)

    @property
    def _own(self) -> frozenset[str]:
        return frozenset(address.key for known in self.policies.values() for address in known.addresses)

    def _desk(self, message: Message) -> tuple[Policy, str]:
        """The desk and how it was found: named, by the first recipient that is a desk's, else the first there is."""
        if self.desk is not None:
            return self.policies[self.desk], "named by --desk"
        for address in (*message.delivered_to, *(one.address for one in (*message.to, *message.cc))):
            name = desk_of(self.policies, address)
            if name is not None:
                return self.policies[name], f"by its recipient {address}"
        first = next(iter(self.policies.values()))
        return first, "the only desk" if len(self.policies) == 1 else "the first desk: no recipient is one"


def _nothing_known(event: Arrived, policy: Policy) -> Facts:
    """The facts of a store without a ticket and without a mail."""
    sent_to = {address: SentTo() for address in outside(event, policy=policy, tickets={})}
    return Facts(next_number=0, sent_to=sent_to, world=World())


def decided(event: Arrived, *, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision; where the rules fail, what the gateway does in the end."""
    try:
        return decide(event, facts=facts, policy=policy, now=now)
    except Exception as error:  # noqa: BLE001 - as the worker: whatever a rule does, the mail is taken in
        return taken_in(event, facts=facts, policy=policy, now=now, why=f"{type(error).__name__}: {error}"[:200])


def make_judge(config: Config, *, desk: str | None = None, look_up: LookUp | None = None, dns: bool = False) -> Judge:
    """Reads desks and keys once; without `look_up` nothing is known of any ticket, without `dns` nobody is asked.

    Raises `ConfigError`, and `Permanent` for a desk that is not there or keys that can not be used.
    """
    policies = load_policies(config)
    if desk is not None and desk not in policies:
        raise Permanent(f"there is no desk {desk}; there are: {', '.join(policies)}")
    keys, notes = _keys(config)
    return Judge(policies, keys, desk, look_up, config.outgoing.max_size, make_proofs(config, ask=dns), notes)


def _keys(config: Config) -> tuple[Keys, tuple[str, ...]]:
    """The keys; where there are none yet, one that verifies nothing."""
    folder = config.path(config.keys)
    if (folder / KEY_FILE).exists():
        return load_keys(folder), ()
    words = f"there is no {folder / KEY_FILE}: no token of ours can be verified"
    return Keys(secrets.token_bytes(KEY_OCTETS)), (words,)
