"""A desk as an admin wrote it, after loading: frozen, complete, every default filled in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from parsing.message import Address
from rules.caps import Caps
from rules.ticket import Status
from rules.words import Test


@dataclass(frozen=True, slots=True)
class Agent:
    """One of the desk's people. `key` is what `#assign NAME` takes; `mail` where notifications go.

    `also` are more addresses of theirs.
    """

    key: str
    name: str
    mail: Address
    also: tuple[Address, ...] = ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address that this person writes from."""
        return (self.mail, *self.also)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One step after `after` in a status: `send` names a notice, `close` is the reason a ticket is closed with."""

    after: timedelta
    send: str = ""
    close: str = ""

    @property
    def kind(self) -> str:
        """The timer's name: the notice's, or `close`."""
        return self.send or "close"


@dataclass(frozen=True, slots=True)
class Condition:
    """`field operator: value` as a leaf (`values` are alternatives), or `all`/`any`/`not` over `parts`.

    `op` of a leaf is `is`, `contains` or `matches`. The loader has the leaf ready: `test` compiled, `question` as the
    trace prints it; both are made when asked where a condition was built by hand.
    """

    op: str
    field: str = ""
    values: tuple[str, ...] = ()
    parts: tuple[Condition, ...] = ()
    line: int = 0
    question: str = ""
    test: Test | None = dataclasses.field(default=None, compare=False, repr=False)  # `field` is a name of ours here


@dataclass(frozen=True, slots=True)
class Rule:
    """The first rule whose `when` holds wins; `then` maps `category` and `priority` to their new values."""

    name: str
    when: Condition
    then: Mapping[str, str]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a desk decides by. `digest` names this very version of its files for ever.

    `tell` says which agents hear of what: event → `assignee_or_all`, `assignee`, `all` or `nobody`.
    `customer_hears_of` are the notices that may ever reach a customer. `never_mail` are keys of addresses, and domains
    with their @, that get no automatic mail.
    """

    desk: str
    name: str
    addresses: tuple[Address, ...]
    language: str
    time_zone: ZoneInfo
    agents: tuple[Agent, ...]
    priorities: Mapping[str, str]
    categories: Mapping[str, str]
    statuses: Mapping[Status, str]
    start_priority: str
    start_category: str
    follow_up: Mapping[Status, tuple[FollowUp, ...]]
    reopen_within: timedelta
    tell: Mapping[str, str]
    customer_hears_of: frozenset[str]
    plus_addresses: bool = True
    copies: bool = True  # people in Cc may join a ticket; with False only its requester is ever written to
    caps: Caps = field(default_factory=Caps)
    never_mail: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    digest: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> Address:
        """The address that the desk writes from."""
        return self.addresses[0]

    def agent_by_address(self, address: Address | None) -> Agent | None:
        """The agent whose mailbox this is, or None."""
        if address is None:
            return None
        return next((one for one in self.agents if any(own.key == address.key for own in one.addresses)), None)

    def agent_by_name(self, text: str) -> Agent | None:
        """The agent meant by `#assign TEXT`: key, first name, full name or address, in any case."""
        wanted = text.strip().lower()
        for agent in self.agents:
            names = {agent.key.lower(), agent.name.lower(), agent.name.split(" ")[0].lower()}
            names |= {address.key for address in agent.addresses}
            if wanted in names:
                return agent
        return None
