"""The language of desk.yaml as pydantic models: every setting, what it takes, its value when left out.

Promises: a model says nothing about files and lines, the loader does; words that must be known elsewhere in the desk
(priorities, categories) are checked here against the validation's context, so that one reading finds every mistake.
A desk that names itself, its address and its people has the policy that `desks/default` spells out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SkipValidation,
    StringConstraints,
    ValidationInfo,
    create_model,
    model_validator,
)

from parsing.message import Address
from rules.caps import Caps
from rules.comparing import ascii_address
from rules.mistakes import KEY, Mistakes, Path, quoted, shown, unknown
from rules.values import Hours, duration, mailbox, working_time, zone

CATEGORIES = "general billing technical bug_report account suggestion"
CUSTOMER_NOTICES = ("opened", "reply", "waiting_customer", "reminder", "last_reminder", "resolved", "closed")
REMINDERS = ("reminder", "last_reminder")
PRIORITY, CATEGORY = "P3", "general"
TYPED = re.compile(r"[\w][\w.-]{0,39}")

Audience = Literal["assignee_or_all", "assignee", "all", "nobody"]
TELL: Mapping[str, Audience] = {
    "opened": "assignee_or_all",
    "customer_replied": "assignee_or_all",
    "reopened": "assignee_or_all",
    "undelivered": "assignee_or_all",
    "assigned": "assignee",
    "note": "assignee",
    "agent_acted": "nobody",
    "closed": "nobody",
    "held": "all",
    "target_near": "assignee_or_all",
    "target_missed": "all",
}


def keyed(value: Any) -> Any:
    """`[billing, bug_report]` is short for `{billing: billing, bug_report: bug report}`."""
    if not isinstance(value, list):
        return value
    wrong: list[tuple[Path, str]] = []
    table: dict[str, str] = {}
    for index, word in enumerate(value):
        if not isinstance(word, str):
            wrong.append(((index,), f"expected a word, not {shown(word)}."))
        elif word in table:
            wrong.append(((index,), f"{quoted(word)} stands here twice."))
        else:
            table[word] = word.replace("_", " ")
    if wrong:
        raise Mistakes(wrong)
    return table


def keys_to_type(value: dict[str, Any]) -> dict[str, Any]:
    """Names that people type after a `#` are one word, and differ by more than their case."""
    wrong: list[tuple[Path, str]] = []
    seen: dict[str, str] = {}
    for key in value:
        if not TYPED.fullmatch(key):
            wrong.append(((key, KEY), f'{quoted(key)} must be one word of letters, digits, "_", "-" or ".".'))
        elif key.lower() in seen:
            wrong.append(((key, KEY), f"{quoted(key)} and {quoted(seen[key.lower()])} differ only in case."))
        seen.setdefault(key.lower(), key)
    if not value:
        wrong.append(((), "expected at least one name."))
    if wrong:
        raise Mistakes(wrong)
    return value


def words_to_type(value: dict[str, Any]) -> dict[str, Any]:
    """As `keys_to_type`, of a table that may be empty."""
    return keys_to_type(value) if value else value


def short_name(value: str) -> str:
    """A desk's name as commands and logs use it."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", value):
        raise ValueError(f'expected a short name of small letters, digits, "-" and "_", not {quoted(value)}.')
    return value


def _known(what: str, listed_in: str) -> Any:
    def check(value: str, info: ValidationInfo) -> str:
        names: tuple[str, ...] | None = (info.context or {}).get(listed_in)
        if names is not None and value not in names:
            raise ValueError(unknown(value, names, what))
        return value

    return AfterValidator(check)


WorkingTime = Annotated[SkipValidation[Hours], BeforeValidator(working_time)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
Mailbox = Annotated[SkipValidation[Address], BeforeValidator(mailbox)]
Named = Annotated[dict[str, Words], BeforeValidator(keyed), AfterValidator(keys_to_type)]
PriorityName = Annotated[str, _known("priority", "priorities")]
CategoryName = Annotated[str, _known("category", "categories")]
PersonName = Annotated[str, _known("person", "people")]
OutsiderName = Annotated[str, _known("address outside", "outside")]
CalendarName = Annotated[str, _known("calendar", "calendars")]
CustomerKey = Annotated[str, AfterValidator(ascii_address)]


class Table(BaseModel):
    """A table of a desk's file: a key that nobody knows is a mistake, and nothing is converted on the quiet."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def listed(value: Any) -> Any:
    """One address is short for a list of one."""
    return value if isinstance(value, list) else [value]


Mailboxes = Annotated[tuple[Mailbox, ...], BeforeValidator(listed), Field(strict=False, min_length=1, max_length=20)]


class Person(Table):
    """One of the desk's people."""

    name: Words = Field(description="how colleagues and customers call this person")
    mail: Mailboxes = Field(description="where notifications go; or a list, more addresses of theirs behind it")


class GroupOf(Table):
    """Several people under one name."""

    name: Words | None = Field(default=None, description="what people read; the key when left out")
    members: Annotated[tuple[PersonName, ...], Field(strict=False, min_length=1)] = Field(description="people's keys")
    lead: PersonName | None = Field(default=None, description="one person's key")
    also_tell: Annotated[tuple[OutsiderName, ...], Field(strict=False)] = Field(
        default=(), description="people outside who are told with them"
    )


class TargetOf(Table):
    """Times that the desk promises: each of one calendar, for some tickets or for all."""

    first_response: Duration | None = Field(default=None, description="until an agent's first answer")
    next_response: Duration | None = Field(default=None, description="until the answer to a later mail")
    workaround: Duration | None = Field(default=None, description="until #workaround, or until it is resolved")
    resolution: Duration | None = Field(default=None, description="until it is resolved")
    in_: CalendarName = Field(default="always", alias="in", description="a calendar; always when left out")
    priority: Annotated[tuple[PriorityName, ...], BeforeValidator(listed), Field(strict=False)] = ()
    category: Annotated[tuple[CategoryName, ...], BeforeValidator(listed), Field(strict=False)] = ()
    plan: Annotated[tuple[Words, ...], BeforeValidator(listed), Field(strict=False)] = ()
    warn_before: Duration | None = Field(default=None, description="how long before it the desk is warned")

    @model_validator(mode="after")
    def _promises(self) -> Self:
        if not self.promised:
            raise ValueError("nothing is promised here: name first_response, next_response, workaround or resolution.")
        return self

    @property
    def promised(self) -> dict[str, timedelta]:
        """Promise → the time in which it is kept."""
        names = ("first_response", "next_response", "workaround", "resolution")
        return {name: span for name in names if (span := getattr(self, name)) is not None}


class OutsiderOf(Table):
    """Somebody outside whom a rule may tell something."""

    name: Words
    mail: Mailbox


Language = Literal["en", "fr", "pl"]  # those in which there are notices


class CustomerOf(Table):
    """What is known of a customer, or of everybody of a domain."""

    organisation: Words | None = None
    plan: Words | None = None
    licence: Words | None = None
    language: Language | None = Field(default=None, description="in which this customer is written to")


class WordingOf(Table):
    """A notice in words of the desk's own."""

    title: Words | None = Field(default=None, description="the first line of the mail")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)] | None = Field(
        default=None, description="the rest, in the place of ours"
    )

    @model_validator(mode="after")
    def _something(self) -> WordingOf:
        if self.title is None and self.text is None:
            raise ValueError('expected a "title", a "text" or both.')
        return self


class Start(Table):
    """What a new ticket has when no rule says otherwise."""

    priority: PriorityName | None = None
    category: CategoryName | None = None


class Silence(Table):
    """One step of a follow-up: after some time in a status, a reminder or the close."""

    after: Duration = Field(description='a time such as "3 days"')
    send: Literal["reminder", "last_reminder"] | None = None
    close: Words | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Silence:
        if (self.send is None) == (self.close is None):
            raise ValueError('a step has "after" and one of "send" (a reminder) and "close" (the reason).')
        return self


def in_order(steps: tuple[Silence, ...]) -> tuple[Silence, ...]:
    """Steps come later and later, no reminder twice, and exactly one close ends them. No steps: nothing happens."""
    wrong: list[tuple[Path, str]] = []
    for index, step in enumerate(steps):
        if index and step.after <= steps[index - 1].after:
            before = _days(steps[index - 1])
            wrong.append(((index, "after"), f"this step must come later than the one before it ({before})."))
        if step.send and any(step.send == earlier.send for earlier in steps[:index]):
            wrong.append(((index, "send"), f"{quoted(step.send)} is sent by an earlier step already."))
        if step.close and index < len(steps) - 1:
            wrong.append(((index, "close"), "a close is the last step; nothing can follow it."))
    if steps and not steps[-1].close:
        wrong.append(((len(steps) - 1,), "the last step must be a close, such as {after: 7 days, close: no answer}."))
    if wrong:
        raise Mistakes(wrong)
    return steps


def _days(step: Silence) -> str:
    days, rest = divmod(step.after, timedelta(days=1))
    return f"{days} day{'s' if days > 1 else ''}" if not rest else f"{step.after // timedelta(minutes=1)} minutes"


Steps = Annotated[tuple[Silence, ...], Field(strict=False), AfterValidator(in_order)]
WAITING = (
    Silence(after=timedelta(days=3), send="reminder"),
    Silence(after=timedelta(days=5), send="last_reminder"),
    Silence(after=timedelta(days=7), close="no answer"),
)
RESOLVED = (Silence(after=timedelta(days=7), close="resolved, and no further question came"),)


class FollowUps(Table):
    """What happens while a customer is silent, by status."""

    waiting_customer: Steps = WAITING
    resolved: Steps = RESOLVED


class Tell(Table):
    """Which agents hear of what."""

    opened: Audience = TELL["opened"]
    customer_replied: Audience = TELL["customer_replied"]
    reopened: Audience = TELL["reopened"]
    undelivered: Audience = TELL["undelivered"]
    assigned: Audience = TELL["assigned"]
    note: Audience = TELL["note"]
    agent_acted: Audience = TELL["agent_acted"]
    closed: Audience = TELL["closed"]
    held: Literal["all", "nobody"] = "all"
    target_near: Audience = TELL["target_near"]
    target_missed: Audience = TELL["target_missed"]


class StatusNames(Table):
    """How the statuses are called."""

    new: Words = "new"
    acknowledged: Words = "acknowledged"
    in_progress: Words = "in progress"
    waiting_customer: Words = "waiting for the customer"
    resolved: Words = "resolved"
    closed: Words = "closed"


MOST = 1_000_000


def count(value: Any) -> int:
    """A whole number as it stands in a file. Raises ValueError."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}", value) and int(value) <= MOST:
        return int(value)
    raise ValueError(f"expected a whole number of at most {MOST}, not {shown(value)}.")


Count = Annotated[int, BeforeValidator(count)]
# one setting for each number of rules.caps, by the same name
Limits: type[Table] = create_model(  # type: ignore[call-overload]  # its names are known at run time
    "Limits", __base__=Table, **{cap.name: (Count, cap.default) for cap in fields(Caps)}
)


def silenced(value: Any) -> str:
    """An address, or a whole domain as `@example.com`, as a set of keys holds it. Raises ValueError."""
    domain = isinstance(value, str) and value.startswith("@")
    try:
        return mailbox(f"x{value}").key[1:] if domain else mailbox(value).key
    except ValueError:
        raise ValueError(f'expected an address, or a domain such as "@example.com", not {shown(value)}.') from None


class Desk(Table):
    """The whole of desk.yaml."""

    desk: Annotated[str, AfterValidator(short_name)] = Field(description="the desk's short name, such as support")
    name: Words = Field(description="what customers see as the sender")
    address: Mailbox | None = None
    addresses: Annotated[tuple[Mailbox, ...], Field(strict=False)] = ()
    language: Language = "en"
    time_zone: Annotated[SkipValidation[ZoneInfo], BeforeValidator(zone)] = Field(
        default="UTC",
        validate_default=True,
    )
    people: Annotated[dict[str, Person], AfterValidator(keys_to_type)] = Field(description="who answers here")
    priorities: Named = {"P1": "critical", "P2": "high", "P3": "normal", "P4": "low"}
    categories: Named = Field(default_factory=lambda: keyed(CATEGORIES.split()))
    statuses: StatusNames = StatusNames()
    start_with: Start = Start()
    follow_up: FollowUps = FollowUps()
    reopen_within: Duration = timedelta(days=30)
    tell: Tell = Tell()
    customer_hears_of: Annotated[
        tuple[Literal["opened", "reply", "waiting_customer", "reminder", "last_reminder", "resolved", "closed"], ...],
        Field(strict=False),
    ] = CUSTOMER_NOTICES  # type: ignore[assignment]
    plus_addresses: bool = True
    participants: Literal["requester_and_cc", "requester_only"] = "requester_and_cc"
    limits: Limits = Limits()
    never_mail: Annotated[tuple[Annotated[str, BeforeValidator(silenced)], ...], Field(strict=False)] = ()
    groups: Annotated[dict[str, GroupOf], AfterValidator(words_to_type)] = Field(
        default={}, description="several people under one name"
    )
    outside: Annotated[dict[str, OutsiderOf], AfterValidator(words_to_type)] = Field(
        default={}, description="people outside whom a rule may tell something"
    )
    tiers: Annotated[dict[str, Words], BeforeValidator(keyed), AfterValidator(words_to_type)] = {}
    types: Annotated[dict[str, Words], BeforeValidator(keyed), AfterValidator(words_to_type)] = {}
    fields: Annotated[dict[str, Words], BeforeValidator(keyed), AfterValidator(words_to_type)] = Field(
        default={}, description="fields of a ticket that only this desk has"
    )
    calendars: Annotated[dict[str, WorkingTime], AfterValidator(words_to_type)] = Field(
        default={}, description="working time: days, hours, holidays"
    )
    targets: Annotated[tuple[TargetOf, ...], Field(strict=False, max_length=200)] = Field(
        default=(), description="times that are promised"
    )
    customers: dict[CustomerKey, CustomerOf] = Field(
        default={}, description="what is known of customers: by address, or by @domain for everybody there"
    )
    wording: Annotated[dict[str, WordingOf], AfterValidator(words_to_type)] = Field(
        default={}, description="notices in words of the desk's own"
    )
