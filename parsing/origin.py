"""What kind of mail this is, how surely, and by which mark: the first answer of an ordered table.

First the strong marks: delivery reports, RFC 3834, and fields that only programs write; then mailing lists (RFC 2369,
2919); then what subject and words tell (wording.py); last the weak marks, weighed against a person's (weighing.py).
A kind that is not human means that nothing is answered, never that anything is lost; no person's mail gets one by a
weak mark. `own` needs keys, and the envelope is not in the bytes: envelope.py adds those two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from parsing import marks, wording
from parsing.envelope import null_sender
from parsing.headers import Fields, is_forward
from parsing.message import Kind, Span
from parsing.report import report_mark, report_type
from parsing.traits import Answer, Traits
from parsing.weighing import weigh

_REPORTS = {
    "disposition-notification": (Kind.AUTO_REPLY, 1.0, "a read receipt (RFC 8098)"),
    "feedback-report": (Kind.MACHINE, 1.0, "a complaint about a mail of ours (RFC 5965)"),
}


def _bounce(mail: Traits) -> Answer | None:
    """That it is one is believed without proof; what it says of a mail of ours is not."""
    found = report_mark(mail.fields, mail.text)
    return None if found is None else (Kind.BOUNCE, *found)


def _report(mail: Traits) -> Answer | None:
    kind = report_type(mail.fields)
    return _REPORTS.get(kind) or ((Kind.MACHINE, 0.9, f"a report of type {kind}") if kind else None)


def _auto_submitted(mail: Traits) -> Answer | None:
    """RFC 3834 section 5. Exchange and Notes call their vacation replies auto-generated."""
    value = mail.word("auto-submitted")
    if not value or value == "no":
        return None
    why = f"Auto-Submitted: {value} (RFC 3834)"
    if value == "auto-replied":
        return Kind.AUTO_REPLY, 1.0, why
    by_rule = mail.is_reply and mail.fields.text("x-ms-exchange-inbox-rules-loop")
    away = by_rule or wording.says_away(mail) or _answering(mail)
    if away and not is_forward(mail.subject):  # a rule of Exchange may pass a person's mail on, too
        return Kind.AUTO_REPLY, 0.95, f"{why} and a vacation reply's marks"
    return Kind.MACHINE, 1.0, why


def _null_sender(mail: Traits) -> Answer | None:
    if mail.fields.text("return-path").replace(" ", "") != "<>":
        return None
    return null_sender(replies=mail.is_reply, why="Return-Path: <>")


def _answering(mail: Traits) -> Answer | None:
    for name in marks.ANSWERING_FIELDS:
        value = mail.word(name)
        if value and value not in marks.NOT_SO:
            return Kind.AUTO_REPLY, 0.9, f"the field {name}"
    for name in ("precedence", "x-precedence"):
        if mail.word(name) in ("auto_reply", "auto-reply"):
            return Kind.AUTO_REPLY, 1.0, f"{name}: auto_reply"
    if any(body[:20].lower().startswith(b"autoresponder") for body in mail.fields.all("delivered-to")[:5]):
        return Kind.AUTO_REPLY, 0.9, "Delivered-To: autoresponder"
    return None


def _notifier(mail: Traits) -> Answer | None:
    for name, who in marks.NOTIFIERS.items():
        if name in mail.fields.by_name:
            return Kind.MACHINE, 0.95, f"the field {name} ({who})"
    for name, values in marks.NOTIFIER_VALUES.items():
        if mail.word(name) in values:
            return Kind.MACHINE, 0.95, f"{name}: {mail.word(name)}"
    program = mail.fields.text("x-mailer")[:80].lower()
    if program.startswith(marks.NOTIFIER_PROGRAMS):
        return Kind.MACHINE, 0.9, f"the program that wrote it ({program[:30]})"
    return None


def _list(mail: Traits) -> Answer | None:
    """A mailing list. A company's Google group that is the desk's front door is none: there a person waits."""
    name = next((name for name in marks.LIST_FIELDS if mail.fields.text(name)), "")
    if not name:
        owner = marks.LIST_OWNERS.search(mail.fields.text("sender")[:300].lower())
        named = owner and mail.word("precedence") in ("list", "bulk")
        return (Kind.LIST, 0.9, "Sender and Precedence of a mailing list") if named else None
    if _front_door(mail):
        return _list_apart(mail)
    return Kind.LIST, 0.9, f"the field {name} (RFC 2369)"


def _front_door(mail: Traits) -> bool:
    """Google puts a list's fields on what is sent to a company's group; a discussion has its tag in the subject."""
    tagged = mail.subject.startswith("[") and not mail.subject.startswith("[tkt-")
    return not tagged and "groups.google.com/a/" in mail.fields.text("list-post")[:1000]


def _list_apart(mail: Traits) -> Answer | None:
    """What the mail is without the group's fields."""
    group = {"precedence", "mailing-list", "x-mailing-list"}
    without = {k: v for k, v in mail.fields.by_name.items() if k not in group and not k.startswith("list-")}
    kind, _, why = kind_of_traits(Traits(replace(mail.fields, by_name=without), mail.spans, mail.calendar))
    return kind, 0.7, f"a company's Google group, and {why}"


TABLE: tuple[Callable[[Traits], Answer | None], ...] = (
    _bounce,
    _report,
    wording.calendar_reply,
    _auto_submitted,
    _null_sender,
    _answering,
    _notifier,
    wording.challenge,
    _list,
    wording.receipt,
    wording.away,
    wording.acknowledged,
    wording.alert,
    wording.device,
    wording.sign_up,
    weigh,
)


def kind_of(fields: Fields, spans: Sequence[Span] = (), calendar: str = "") -> Answer:
    """The kind of a mail by its header, its spans and its calendar method; how sure that is (0 to 1), and why."""
    return kind_of_traits(Traits(fields, spans, calendar))


def kind_of_traits(mail: Traits) -> Answer:
    """The first answer of the table."""
    for question in TABLE:
        answer = question(mail)
        if answer is not None:
            return answer
    return Kind.HUMAN, 1.0, "no mark of automatic mail"
