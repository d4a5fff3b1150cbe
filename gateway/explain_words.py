"""A mail and its decision for people: in the order in which one asks, everything from outside made harmless.

What was cut from the words (quotation, signature, our marker) is dimmed on a terminal, and told apart by its bar and
a label everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from gateway.explain_json import decision_json
from gateway.explained import Explained, Kept
from gateway.printable import printable
from gateway.reasons import told_trace
from gateway.tables import console, moment, print_below
from parsing.message import READ, Address, Evidence, Grade, Kind, Message, Span
from rules.decision import Decision, Notice
from rules.delivery_words import advice, plain_words
from rules.ticket import Ticket, number_text

LONGEST_LINE = 2000
NEW_LINES, CUT_LINES = 60, 6  # of one span, unless --full
ADDRESSES = 10
NEW, CUT = "│", "┆"
GRADES = {
    Grade.E0: "nothing but the From text",
    Grade.E1: "a token of ours that was given to this very address",
    Grade.E2: "its domain vouches for it",
    Grade.E3: "a token of ours, and its domain vouches for it",
    Grade.E4: "a login, or a signature known to us",
    Grade.E5: "a session with a second factor",
}
SPANS = {"quote": "quotation", "signature": "signature", "marker": "our marker line"}


def print_explained(found: Explained, *, name: str, why: bool, full: bool) -> None:
    """The whole answer of `tkt explain`; `name` stands in front where there are several."""
    if name:
        console().print(Text(printable(name), style="bold"))
    _print_sender(found.message, found.evidence, found.notes)
    _print_header(found.message)
    _print_kind(found.message)
    _print_words(found.message, full=full)
    _print_attachments(found.message)
    for defect in found.message.defects:
        _line("defect", "; ".join(filter(None, (f"{defect.where}: {defect.what}", defect.mended))))
    _print_decision(found, why=why)
    if found.kept is not None:
        _print_kept(found.kept)
    if name:
        print()


def _line(lead: str, text: str, *, style: str = "") -> None:
    print_below(lead, printable(text, LONGEST_LINE), style=style)


def _print_header(message: Message) -> None:
    for lead, addresses in (("to", message.to), ("cc", message.cc)):
        if addresses:
            more = f", and {len(addresses) - ADDRESSES} more" if len(addresses) > ADDRESSES else ""
            _line(lead, ", ".join(map(_who, addresses[:ADDRESSES])) + more)
    _line("date", moment(message.date) or "none that can be read")
    _line("subject", message.subject, style="bold")
    _line("message id", message.message_id or "none")


def _who(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address


def _print_sender(message: Message, evidence: Evidence, notes: tuple[str, ...]) -> None:
    author = message.author or message.sender
    _line("from", _who(author) if author is not None else message.from_text or "nobody")
    _line("", f"evidence {evidence.grade.name}: {GRADES[evidence.grade]}", style="dim")
    for reason in (*evidence.why, *notes):
        _line("", f"  {reason}", style="dim")


def _print_kind(message: Message) -> None:
    kind = message.kind.value.replace("_", " ")
    _line("kind", f"{kind}, {message.confidence:.0%} sure: {message.why}")
    if message.kind is not Kind.BOUNCE:
        return
    if not message.reports:
        _line("", "it does not say in a form that can be read which mail it is about")
    for report in message.reports:
        said = " ".join(filter(None, (report.action or "failed", report.status)))
        known = (report.status, report.diagnostic, report.reason)
        _line("", f"{report.recipient or 'somebody'}: {said}. {plain_words(*known)}")
        for lead, text in (
            ("what to do:", advice(*known) if report.action == "failed" else ""),
            ("they said:", report.diagnostic),
            ("about the mail", report.original_message_id),
            ("which was written to", report.original_recipient),
            ("it is tried until", report.retry_until),
        ):
            if text:
                _line("", f"  {lead} {text}", style="dim")


def _print_words(message: Message, *, full: bool) -> None:
    """The text in its order, what was cut told apart."""
    lead = "words"
    for span in message.spans:
        for text in _span(span, full=full):
            print_below(lead, text)
            lead = ""
    if lead:
        _line(lead, "none")
    lead = "its HTML"
    for text in _span(Span("new", message.html_text), full=full):
        print_below(lead, text)
        lead = ""


def _span(span: Span, *, full: bool) -> Iterator[Text]:
    """The lines of a span with its bar. Blank lines at its ends are left out, unless all is wanted."""
    new = span.kind in READ
    whole = span.text.splitlines()
    lines = whole if full else "\n".join(whole).strip("\n").split("\n")
    if not span.text.strip():
        return
    style, bar, most = ("", NEW, NEW_LINES) if new else ("dim", CUT, CUT_LINES)
    if not new:
        yield Text(f"{bar} [{SPANS.get(span.kind, span.kind)}, cut: {_counted(len(lines))}]", style=style)
    for line in lines if full else lines[:most]:
        yield Text(f"{bar} {printable(line.expandtabs(), LONGEST_LINE)}".rstrip(), style=style)
    if not full and len(lines) > most:
        yield Text(f"{bar} … {_counted(len(lines) - most)} more: --full", style="dim")


def _counted(lines: int) -> str:
    return f"{lines} line" + ("" if lines == 1 else "s")


def _print_attachments(message: Message) -> None:
    lead = "attached"
    for part in message.attachments:
        declared = f" (called {part.declared})" if part.declared else ""
        inline = ", inline" if part.inline else ""
        _line(lead, f"{part.filename or 'without a name'}  {part.type}{declared}, {part.size} octets{inline}")
        lead = ""


def _print_decision(found: Explained, *, why: bool) -> None:
    decision = found.decision
    _line("decision", f"{decision.outcome.value}: {decision.reason}")
    _line("", f"desk {found.policy.desk}, {found.desk_by}", style="dim")
    if found.facts == "none":
        _line("", "no ticket was looked up: --db does", style="dim")
    for line in told_trace(decision_json(decision)["trace"], every_step=why):
        _line("", f"  {line}", style="dim")
    if decision.ticket is not None:
        _line("ticket", _ticket(decision.ticket))
    for entry in decision.entries:
        _line("", f"{entry.who}: {entry.summary}", style="dim")
    _print_leaving(decision)


def _ticket(ticket: Ticket) -> str:
    name = ticket.name if ticket.number else "a new one"
    agent = ticket.assignee or "nobody yet"
    return f"{name}: {ticket.status.value}, {ticket.priority}, {ticket.category}, agent {agent}"


def _print_leaving(decision: Decision) -> None:
    lead = "mails"
    for notice in decision.notices:
        _line(lead, f"→ {notice.to.address}: {_notice(notice)}")
        lead = ""
    if lead:
        _line(lead, "none would leave")
    lead = "timers"
    for timer in decision.timers:
        _line(lead, f"{timer.kind.replace('_', ' ')} {moment(timer.due_at)}")
        lead = ""


def _notice(notice: Notice) -> str:
    marks = [notice.role, *(["automatic"] if notice.automatic else [])]
    if notice.attachments:
        marks.append(f"{len(notice.attachments)} attached")
    return f"{notice.name.replace('_', ' ')} ({', '.join(marks)})"


def _print_kept(kept: Kept) -> None:
    ticket = f", {number_text(kept.ticket)}" if kept.ticket is not None else ""
    _line("decided", f"{moment(kept.at)} as D{kept.delivery}{ticket}, by the desk's files {kept.policy[:12]}")
    for line in kept.history:
        _line("", f"  {line}")
    if kept.problem:
        _line("repeated", f"it can not be: {kept.problem}", style="yellow")
    elif not kept.differences:
        _line("repeated", "the same decision today", style="green")
    else:
        _line("repeated", "not the same today", style="yellow")
        for difference in kept.differences:
            _line("", f"  {difference}")
