"""One notice → one finished mail for one person: the only place where a mail of ours comes into being.

Promises: the same arguments make the same bytes; the subject is one for the ticket's life; whatever came from outside
is text in the header and in both bodies; a mail that would not be sound is `Permanent` and never leaves.
Every mail for an agent holds the marker line, from which on everything is private; no other mail holds it. Every mail
about a ticket ends with a reference, by which an answer finds its ticket where a relay renames our mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from parsing.message import Permanent
from parsing.tokens import (
    REFERENCE,
    Keys,
    issue_envelope,
    issue_message_id,
    issue_once,
    issue_reference,
    issue_reply,
)
from rules.decision import Notice
from rules.mail import OutgoingMail, Part, mail_serial
from rules.policy import Policy, Wording
from rules.ticket import Role, Ticket
from rules.tongue import language_for
from templates import clean, dates, headers, markup, mime
from templates.languages import words_of
from templates.limits import Limits
from templates.render import Notices, Rendered, render, reworded
from templates.values import values_for

LOCAL_OCTETS = 64
MARKER_TOKEN = 8
DEFAULTS = Limits()
CONFIRMATION = "opened"
TOLD_OUTSIDE = "told_outside"  # the one notice for somebody outside who stands on no ticket: the desk's file names them
ABOUT_CUSTOMER = frozenset({"agent_opened", "agent_followed_up"})


@dataclass(frozen=True, slots=True)
class Letter:
    """What all the steps below look at."""

    notice: Notice
    policy: Policy
    ticket: Ticket | None
    event: str
    now: datetime
    serial: str
    reply_token: str
    reference: str
    message_id: str
    envelope_from: str


def compose(
    notice: Notice,
    *,
    policy: Policy,
    ticket: Ticket | None,
    event: str,
    keys: Keys,
    now: datetime,
    notices: Notices,
    parts: Sequence[Part] = (),
    limits: Limits = DEFAULTS,
) -> OutgoingMail:
    """The finished mail for `notice`; `parts` are the bytes of `notice.attachments`. Raises `Permanent`."""
    if why := stranger(notice, policy, ticket):
        raise Permanent(f"{clean.line(notice.to.address)} is not to be written to: {why}")
    letter = addressed(notice, policy=policy, ticket=ticket, event=event, keys=keys, now=now)
    rendered = written(letter, notices, limits)
    fields = header_fields(letter, rendered.subject, limits)
    return OutgoingMail(
        serial=letter.serial,
        desk=policy.desk,
        ticket=ticket.number if ticket else None,
        event=event,
        notice=notice.name,
        role=notice.role,
        automatic=notice.automatic,
        envelope_from=letter.envelope_from,
        recipient=clean.address(notice.to.address),
        message_id=letter.message_id,
        subject=rendered.subject,
        once=notice.once,
        raw=message(fields, letter, rendered, carried(parts, limits, for_staff=notice.role == "agent")),
    )


def stranger(notice: Notice, policy: Policy, ticket: Ticket | None) -> str:
    """Why somebody may get no mail of this role, whatever was decided; "" when they may.

    Only a ticket's people are written to as customers, beside those outside whom the desk's file names; only the desk's
    own as agents, and never a desk itself.
    """
    if any(own.key == notice.to.key for own in policy.addresses):
        return "it is the desk's own address"
    if notice.role == "agent" and policy.agent_by_address(notice.to) is None:
        return "it is none of the desk's people"
    if notice.name == TOLD_OUTSIDE and any(one.key == notice.to.key for one in policy.outside.values()):
        return ""
    if notice.role == "customer" and (ticket is None or ticket.role_of(notice.to) not in (Role.REQUESTER, Role.CC)):
        return "it does not stand on the ticket"
    return ""


def addressed(
    notice: Notice, *, policy: Policy, ticket: Ticket | None, event: str, keys: Keys, now: datetime
) -> Letter:
    """The mail's own names: its serial and the tokens that prove an answer to it, or a report about it."""
    serial = mail_serial(event=event, recipient=notice.to.address, notice=notice.name)
    number, address = (ticket.number if ticket else 0), notice.to.address
    desk = clean.address(policy.address.address)
    mid = issue_message_id(keys, role=notice.role, ticket=number, address=address, serial=serial)
    return Letter(
        notice=notice,
        policy=policy,
        ticket=ticket,
        event=event,
        now=now,
        serial=serial,
        reply_token=reply_token(notice, number, serial, keys),
        reference=issue_reference(keys, role=notice.role, ticket=number, address=address) if ticket else "",
        message_id=f"<{mid}@{desk.rpartition('@')[2]}>",
        envelope_from=plus(desk, issue_envelope(keys, serial=serial), policy),
    )


def reply_token(notice: Notice, number: int, serial: str, keys: Keys) -> str:
    """What proves an answer to this mail: for one answer only, or to its ticket; "" where there is nothing to prove."""
    address = notice.to.address
    if notice.once is not None:
        return issue_once(keys, ticket=number, address=address, serial=serial)
    return issue_reply(keys, role=notice.role, ticket=number, address=address) if number else ""


def plus(address: str, token: str, policy: Policy) -> str:
    """`desk+token@domain`; the bare address where plus-addresses do not arrive or would grow too long (RFC 5321)."""
    local, _, domain = address.rpartition("@")
    whole = f"{local}+{token}"
    fits = policy.plus_addresses and token and len(whole) <= LOCAL_OCTETS and not local.startswith('"')
    return f"{whole}@{domain}" if fits else address


def marker(letter: Letter) -> str:
    """The line from which on a mail to an agent is not for the customer."""
    proof = letter.reply_token or letter.serial
    return f"-- {words_of(letter.policy.language).private} {clean.MARK} {proof[:MARKER_TOKEN]}] --"


def stable_subject(ticket: Ticket | None) -> str:
    """`Re: [TKT-00042] Cannot place a bet`: the tag stands in front, so the thread's base subject (RFC 5256) stays."""
    if ticket is None:
        return ""
    return f"Re: [{ticket.name}] {clean.subject(ticket.subject)}".rstrip(" ")


def written(letter: Letter, notices: Notices, limits: Limits) -> Rendered:
    """The notice filled: with what the decision said, and with what ticket and policy say of themselves."""
    notice, policy = letter.notice, letter.policy
    language, own = voice(notice, policy, letter.ticket)
    values = {
        **values_for(notice, policy=policy, ticket=letter.ticket, now=letter.now, language=language, limits=limits),
        "stable_subject": stable_subject(letter.ticket),
        "marker": marker(letter) if notice.role == "agent" else "",
    }

    def book(language: str) -> dates.Almanac:
        return dates.almanac(now=letter.now, zone=policy.time_zone, language=language)

    rendered = render(notices, notice.name, values, language=language, book=book, limits=limits)
    if own is not None:
        rendered = reworded(rendered, own.title, own.text, values, book=book, limits=limits)
    for_staff = notice.role == "agent"
    if (marker(letter) not in rendered.body) if for_staff else (clean.MARK in rendered.body.lower()):
        raise Permanent(f"the mail {notice.name} must hold the marker line if it is for agents, and only then")
    body = f"{rendered.body}\n{REFERENCE}{letter.reference}]\n" if letter.reference else rendered.body
    return Rendered(subject=clean.line(rendered.subject, length=300), body=body, language=rendered.language)


def trial(wording: Wording, policy: Policy, limits: Limits = DEFAULTS) -> None:
    """Fill a desk's own words once, with nothing known. Raises `Permanent` for a name that nothing stands for."""
    now = datetime(2026, 1, 5, 12, tzinfo=UTC)
    notice = Notice("opened", policy.address, "customer")
    values = {
        **values_for(notice, policy=policy, ticket=None, now=now, language=policy.language, limits=limits),
        "stable_subject": "",
        "marker": "",
    }

    def book(language: str) -> dates.Almanac:
        return dates.almanac(now=now, zone=policy.time_zone, language=language)

    empty = Rendered(subject="", body="", language=policy.language)
    reworded(empty, wording.title, wording.text, values, book=book, limits=limits)


def voice(notice: Notice, policy: Policy, ticket: Ticket | None) -> tuple[str, Wording | None]:
    """The language of a mail, and the desk's own words for it.

    Customers are written to in theirs. A desk's own words are in the desk's language: to a
    customer of another one they go only where a rule names them, as they say then what no notice of ours says.
    """
    if notice.role != "customer":
        return policy.language, None
    own = policy.wording.get(notice.wording or notice.name)
    theirs = language_for(notice.to, ticket, policy) if notice.name != TOLD_OUTSIDE else policy.language
    if theirs == policy.language or (notice.wording and own is not None):
        return policy.language, own
    return theirs, None


def shown_sender(letter: Letter) -> str:
    """The name in From: the desk's, an agent's at the desk, or for agents the customer's and what is special."""
    notice, policy, ticket = letter.notice, letter.policy, letter.ticket
    if notice.role == "agent" and notice.name in ABOUT_CUSTOMER and ticket is not None:
        colleague = policy.agent_by_name(str(notice.values.get("writer", "")))
        who = colleague.mail if colleague else ticket.requester
        name = colleague.name if colleague else str(notice.values.get("from_name", "")) or (who.name if who else "")
        words = words_of(policy.language)
        special = words.reopened if notice.values.get("happened") == "reopened" else ""
        urgent = policy.priorities.get(ticket.priority, "") if ticket.priority != policy.start_priority else ""
        about = ", ".join(word for word in (special, urgent, policy.name) if word)
        return f"{clean.line(name, length=40) or (who.address if who else words.nobody)} ({about})"
    if notice.role == "customer" and notice.sender_name:
        return f"{notice.sender_name}, {policy.name}"
    return policy.name


def header_fields(letter: Letter, subject: str, limits: Limits) -> list[str]:
    """Every field but those of MIME, folded."""
    notice, policy, ticket = letter.notice, letter.policy, letter.ticket
    desk = policy.address.address
    tag = f"Re: [{ticket.name}]" if ticket and subject.startswith(f"Re: [{ticket.name}]") else ""
    thread = ticket.thread if ticket else ()
    chain = headers.references(thread, notice.in_reply_to or (thread[-1] if thread else ""), limits)
    fields = [
        headers.mailbox("From", shown=shown_sender(letter), address=desk),
        headers.mailboxes("To", [notice.shown_to or notice.to]),
        *([headers.mailboxes("Cc", notice.shown_cc)] if notice.shown_cc else []),
        headers.unstructured("Subject", subject[len(tag) :].strip(" "), plain=tag),
        f"Date: {headers.date(letter.now.astimezone(policy.time_zone))}",
        headers.folded("Message-ID", [letter.message_id]),
        *([headers.folded("In-Reply-To", chain[-1:]), headers.folded("References", chain)] if chain else []),
    ]
    if notice.role != "operator":
        fields.append(headers.mailbox("Reply-To", shown="", address=plus(desk, letter.reply_token, policy)))
    return [*fields, *marks(notice), *importance(letter)]


def marks(notice: Notice) -> list[str]:
    """RFC 3834 section 5, and what other systems heed; a person's own words carry none of it."""
    if not notice.automatic:
        return []
    if notice.name == CONFIRMATION:
        kind, precedence, suppress = "auto-replied", "auto_reply", "DR, RN, OOF, AutoReply"
    else:
        kind, precedence, suppress = "auto-generated", "bulk", "OOF, AutoReply"
    return [f"Auto-Submitted: {kind}", f"Precedence: {precedence}", f"X-Auto-Response-Suppress: {suppress}"]


def importance(letter: Letter) -> list[str]:
    """RFC 2156's field for agents when the ticket has the desk's highest priority, which is the first in its file."""
    highest = next(iter(letter.policy.priorities), None)
    urgent = letter.ticket is not None and letter.ticket.priority == highest
    return ["Importance: high"] if urgent and letter.notice.role == "agent" else []


def carried(parts: Sequence[Part], limits: Limits, *, for_staff: bool) -> Sequence[Part]:
    """The attachments, if one mail may carry them; raises `Permanent`. A saved notification is for staff only."""
    private = [part.filename for part in parts if not for_staff and clean.MARK.encode() in part.data.lower()]
    if private:
        raise Permanent(f"{clean.file_name(private[0])} holds lines that are not for a customer")
    if len(parts) > limits.parts or sum(len(part.data) for part in parts) > limits.parts_octets:
        raise Permanent(f"more than {limits.parts} attachments, or more than {limits.parts_octets} octets of them")
    return parts


def message(fields: Sequence[str], letter: Letter, rendered: Rendered, parts: Sequence[Part]) -> bytes:
    """Header, empty line, body; the header block is checked once more as it stands."""
    content = mime.text_part(rendered.body, "plain")
    if letter.notice.role != "operator":
        page = mime.text_part(markup.page(rendered.body, language=rendered.language), "html")
        content = mime.multipart("alternative", f"=_a{letter.serial}", [content, page])
    if parts:
        content = mime.multipart("mixed", f"=_m{letter.serial}", [content, *map(mime.attachment, parts)])
    own = "\r\n".join([*fields, "MIME-Version: 1.0", ""])
    block, _, body = (own.encode("ascii", "replace") + content).partition(b"\r\n\r\n")
    return headers.checked(block) + b"\r\n\r\n" + body
