"""A desk as an admin wrote it, after loading: frozen, complete, every default filled in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from parsing.message import Address
from rules.caps import Caps
from rules.mistakes import Problem
from rules.patterns import Pattern
from rules.promise import Level
from rules.ticket import Status
from rules.working_time import Calendar

# What was found in a field, in words for the trace; None when the test fails.
Test = Callable[[Any], str | None]


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
class Group:
    """Several people under one name; `lead` is one of them. `also_tell` are people outside."""

    key: str
    name: str
    members: tuple[str, ...]
    lead: str = ""
    also_tell: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """What the desk's file says of a customer, or of everybody of a domain."""

    organisation: str = ""
    plan: str = ""
    licence: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """A notice in the desk's own words; empty parts stay as they are in ours."""

    title: str = ""
    text: str = ""


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

    `op` of a leaf is a key of rules.operators. The loader has the leaf ready: `test` compiled, `question` as the trace
    prints it, the named groups of its expressions as `patterns`. A leaf that is `negated` holds where its test fails.
    """

    op: str
    field: str = ""
    values: tuple[str, ...] = ()
    parts: tuple[Condition, ...] = ()
    line: int = 0
    question: str = ""
    negated: bool = False
    test: Test | None = dataclasses.field(default=None, compare=False, repr=False)  # `field` is a name of ours here
    patterns: tuple[Pattern, ...] = dataclasses.field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """When one of `events` happens and `when` holds (None: always), `then` is done: what of rules.actions with what.

    The last day of `until` is the rule's last. After a rule that fired and says `stop` no other is asked.
    """

    name: str
    when: Condition | None
    then: Mapping[str, Any]
    line: int = 0
    file: str = "rules.yaml"
    events: frozenset[str] = frozenset({"opened"})
    until: date | None = None
    stop: bool = False

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.file} line {self.line}" if self.line else ""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a desk decides by. `digest` names this very version of its files for ever.

    `tell` says which agents hear of what: event → `assignee_or_all`, `assignee`, `all` or `nobody`.
    `customer_hears_of` are the notices that may ever reach a customer. `never_mail` are keys of addresses, and domains
    with their @, that get no automatic mail.
    `customer_hears_of` are the notices that may ever reach a customer. `customers` are by address or by `@domain`.
    `book` is the rules made ready for asking (rules.book); `warnings` is what is doubtful in the files.
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
    level: Level = field(default_factory=Level)
    digest: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    outside: Mapping[str, Address] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    own_fields: Mapping[str, str] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    customers: Mapping[str, Customer] = field(default_factory=dict)
    wording: Mapping[str, Wording] = field(default_factory=dict)
    examples: int = 0
    with_examples: frozenset[str] = frozenset()
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
    book: Any = field(default=None, compare=False, repr=False)

    @property
    def group_names(self) -> Mapping[str, str]:
        """The groups as people call them, by key."""
        return {key: group.name for key, group in self.groups.items()}

    @property
    def address(self) -> Address:
        """The address that the desk writes from."""
        return self.addresses[0]

    def customer_of(self, address: Address | None) -> Customer | None:
        """What the desk's file says of this customer: of the address, else of its domain."""
        if address is None or not self.customers:
            return None
        key = address.key
        return self.customers.get(key) or self.customers.get(key[key.rfind("@") :])

    def agent_by_key(self, key: str | None) -> Agent | None:
        """The agent with this key."""
        return next((agent for agent in self.agents if agent.key == key), None)

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
