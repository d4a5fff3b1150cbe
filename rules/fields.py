"""Everything that a rule can ask about: one table, name → type, where its values come from, how it is read.

The table is the only place: conditions, their mistakes, the editor's schema and the list in the documentation are made
of it. A field of the ticket may change while rules run, and is read anew for each of them; all others are read once.
`before.` in front of a ticket's field is what it was; `header.NAME` is any field of the mail's header.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from parsing.message import Grade, Kind
from parsing.tongue import language_of
from rules.occasion import EVENTS, Occasion
from rules.policy import Customer, Policy
from rules.ticket import Status, Ticket
from rules.working_time import WEEKDAYS, open_calendars

Value = str | float | bool | timedelta | tuple[str, ...] | Any | None
Read = Callable[[Occasion, Policy], Value]

HEADER = re.compile(r"header\.([a-z0-9!#$%&'*+^_`|~-]{1,100})")
BEFORE = "before."
# a header whose name begins so claims a verdict: it counts only where the declared mail server in front put it
VERDICTS = tuple(
    "x-spam x-virus x-amavis x-rspamd x-microsoft-antispam x-forefront-antispam x-ms-exchange-organization-scl "
    "x-barracuda x-proofpoint x-ironport x-mimecast x-bogosity x-dspam x-quarantine x-clamav "
    "authentication-results received-spf arc-authentication-results x-authentication x-dkim x-scanned".split()
)


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `choices` are the words it can hold, or the name of the desk's table whose keys they are."""

    name: str
    type: str
    says: str
    read: Read
    choices: tuple[str, ...] | str = ()
    of_ticket: bool = False


def _mail(name: str, type_: str, says: str, read: Callable[[Any], Value], choices: tuple[str, ...] = ()) -> Field:
    """A field of the mail; None where the occasion came without one."""
    return Field(name, type_, says, lambda seen, _: read(seen.message) if seen.message is not None else None, choices)


def _ticket(
    name: str, type_: str, says: str, read: Callable[[Ticket], Value], choices: tuple[str, ...] | str = ()
) -> tuple[Field, Field]:
    """A field of the ticket, as it stands and as it was."""

    def was(seen: Occasion, _: Policy) -> Value:
        return read(seen.before) if seen.before is not None else None

    now = Field(name, type_, says, lambda seen, _: read(seen.ticket), choices, of_ticket=True)
    return now, Field(BEFORE + name, type_, f"{says}, before this", was, choices)


def _customer(name: str, says: str, read: Callable[[Customer], str]) -> Field:
    def of(seen: Occasion, policy: Policy) -> Value:
        known = policy.customer_of(seen.ticket.requester)
        return read(known) or None if known is not None else None

    return Field(name, "text", says, of)


def _body(message: Any) -> str:
    """What the writer added; the whole where there is nothing of it."""
    return str(message.reply_text.strip() or message.text)


def _addresses(*groups: Any) -> str:
    return "\n".join(dict.fromkeys(one if isinstance(one, str) else one.address for group in groups for one in group))


def _recipients(seen: Occasion, _: Policy) -> Value:
    message = seen.message
    if message is None:
        return None
    return _addresses(seen.recipients, message.to, message.cc, message.delivered_to)


def _sender(message: Any) -> str:
    return message.sender.address if message.sender is not None else ""


def _local(seen: Occasion, policy: Policy) -> Any:
    return seen.now.astimezone(policy.time_zone)


MAIL: tuple[Field, ...] = (
    _mail("subject", "text", "the subject", lambda m: m.subject),
    _mail("body", "text", "the new words, without quotations and signature", _body),
    _mail("words", "text", "subject and new words together", lambda m: f"{m.subject}\n{_body(m)}"),
    _mail("whole_text", "text", "the whole text, with quotations and signature", lambda m: m.text),
    _mail("sender", "addresses", "the address in From, where it is exactly one", _sender),
    _mail("sender_name", "text", "the name beside that address", lambda m: m.sender.name if m.sender else ""),
    _mail("domain", "text", "what stands behind the @ of the sender", lambda m: _sender(m).rpartition("@")[2]),
    Field("recipient", "addresses", "every address of the envelope, To, Cc and Delivered-To", _recipients),
    _mail("cc", "addresses", "the addresses in Cc", lambda m: _addresses(m.cc)),
    _mail("reply_to", "addresses", "the addresses in Reply-To", lambda m: _addresses(m.reply_to)),
    _mail("forwarded_from", "addresses", "whose mail it passes on", lambda m: _addresses([m.forwarded_from or ""])),
    _mail("attachment", "text", "the names of the attached files, one a line", lambda m: _files(m, "filename")),
    _mail("attachment_type", "text", "what the files are, as image/png, one a line", lambda m: _files(m, "type")),
    _mail(
        "attachment_size",
        "size",
        "the size of the largest attached file",
        lambda m: max((part.size for part in m.attachments), default=0),
    ),
    _mail("attachments", "number", "how many files are attached", lambda m: float(len(m.attachments))),
    _mail("size", "size", "the size of the whole mail", lambda m: m.size),
    _mail("kind", "name", "what the mail is", lambda m: m.kind.value, tuple(kind.value for kind in Kind)),
    _mail("language", "name", "the language of the new words, as fr; nothing where it can not be told", language_of),
    Field("evidence", "grade", "how well the sender is known, E0 to E5", lambda seen, _: seen.evidence.grade),
)


def _files(message: Any, name: str) -> str:
    return "\n".join(getattr(part, name) for part in message.attachments)


CUSTOMER: tuple[Field, ...] = (
    _customer("plan", "what the customer has paid for", lambda one: one.plan),
    _customer("organisation", "the customer's organisation", lambda one: one.organisation),
    _customer("licence", "the customer's licence", lambda one: one.licence),
)
TICKET: tuple[Field, ...] = (
    *_ticket(
        "status",
        "name",
        "where the ticket is in its life",
        lambda t: t.status.value,
        tuple(one.value for one in Status),
    ),
    *_ticket("priority", "name", "how urgent it is", lambda t: t.priority, "priorities"),
    *_ticket("category", "name", "what it is about", lambda t: t.category, "categories"),
    *_ticket("type", "name", "which type it is of", lambda t: t.type or None, "types"),
    *_ticket("tier", "name", "which tier has it", lambda t: t.tier or None, "tiers"),
    *_ticket("group", "name", "which group has it", lambda t: t.group or None, "groups"),
    *_ticket("assignee", "name", "which agent has it", lambda t: t.assignee, "people"),
    *_ticket("tag", "names", "its tags", lambda t: t.tags),
    *_ticket("watcher", "names", "who watches it", lambda t: t.watchers, "people"),
    *_ticket(
        "requester", "addresses", "the customer's address", lambda t: t.requester.address if t.requester else None
    ),
    *_ticket("linked", "truth", "whether it goes on from an older ticket", lambda t: t.linked_to is not None),
)
TIME: tuple[Field, ...] = (
    Field("event", "names", "what happened", lambda seen, _: tuple(sorted(seen.events)), tuple(EVENTS)),
    Field("time", "hours", "the time of day in the desk's zone", _local),
    Field(
        "weekday", "name", "the day of the week there", lambda seen, p: WEEKDAYS[_local(seen, p).weekday()], WEEKDAYS
    ),
    Field(
        "working_time",
        "names",
        "the calendars that are open now",
        lambda seen, policy: open_calendars(policy.calendars, seen.now),
        "calendars",
    ),
    Field("age", "age", "how long ago the ticket was opened", lambda seen, _: seen.now - seen.ticket.opened_at),
    Field("status_age", "age", "how long it was in the status it had", lambda seen, _: _status_age(seen)),
    Field("silence", "age", "how long nothing had changed on it", lambda seen, _: _silence(seen)),
)


def _status_age(seen: Occasion) -> timedelta:
    return seen.now - (seen.before or seen.ticket).status_since


def _silence(seen: Occasion) -> timedelta:
    return seen.now - (seen.before or seen.ticket).changed_at


FIELDS: Mapping[str, Field] = {field.name: field for field in (*MAIL, *CUSTOMER, *TICKET, *TIME)}
GRADES = tuple(Grade.__members__)


@lru_cache(maxsize=4096)
def field_named(name: str, own: tuple[str, ...] | None = ()) -> Field | None:
    """The field of this name; `own` are the desk's own fields, None where they are not known."""
    found = FIELDS.get(name)
    if found is not None:
        return found
    header = HEADER.fullmatch(name.lower())
    if header is not None:
        return _header(header[1])
    word = name.removeprefix(BEFORE)
    if word.startswith("field.") and (own is None or word.removeprefix("field.") in own):
        now, was = _ticket(word, "text", "a field of the desk's own", _own(word.removeprefix("field.")))
        return was if name.startswith(BEFORE) else now
    return None


def _own(key: str) -> Callable[[Ticket], Value]:
    return lambda ticket: dict(ticket.fields).get(key)


def _header(name: str) -> Field:
    claims = name.startswith(VERDICTS)

    def read(seen: Occasion, _: Policy) -> Value:
        if seen.message is None:
            return None
        lines = (
            line.text
            for line in seen.message.header
            if line.name == name and (not claims or line.received < seen.evidence.hop_received)
        )
        return "\n".join(lines) or None

    says = f"the field {name} of the mail's header"
    return Field(f"header.{name}", "text", says + (", as the declared server in front put it" if claims else ""), read)
