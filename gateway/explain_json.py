"""A mail and its decision for programs: one object of plain values, the keys that others may rely on first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import Any

from gateway.explained import Explained, Kept
from parsing.message import Address, Kind, Message, Report
from rules.decision import Decision, Notice
from rules.ticket import Ticket, number_text

Value = Mapping[str, Any]


def encoded(value: Value, *, indent: int | None = None) -> bytes:
    """One JSON document in valid UTF-8: a lone surrogate, which UTF-8 has no octets for, becomes U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def as_json(found: Explained) -> dict[str, Any]:
    """The whole answer of `tkt explain --json`."""
    return {
        **message_json(found.message),
        "decision": {
            "desk": found.policy.desk,
            "desk_by": found.desk_by,
            "facts": found.facts,
            **decision_json(found.decision),
        },
        "sender": _address(found.message.sender) if found.message.sender is not None else None,
        "evidence": {
            "grade": found.evidence.grade.name,
            "why": [*found.evidence.why, *found.notes],
        },
        "spans": _spans(found.message),
        "html_text": found.message.html_text,
        "reports": [asdict(report) for report in found.message.reports],
        "now": found.now.isoformat(),
        **({"kept": kept_json(found.kept)} if found.kept is not None else {}),
    }


def kept_json(kept: Kept) -> dict[str, Any]:
    """How the decision above came out when it was repeated; `same` is null where it could not be."""
    return {
        "delivery": kept.delivery,
        "at": kept.at.isoformat(),
        "policy": kept.policy,
        "ticket": number_text(kept.ticket) if kept.ticket is not None else None,
        "same": None if kept.today is None else not kept.differences,
        "differences": list(kept.differences),
        "problem": kept.problem,
        "history": list(kept.history),
        "known": kept.account,
        "today": decision_json(kept.today) if kept.differences and kept.today is not None else None,
    }


def message_json(message: Message) -> dict[str, Any]:
    """What was read."""
    return {
        "subject": message.subject,
        "from": _author(message),
        "to": [_address(address) for address in message.to],
        "cc": [_address(address) for address in message.cc],
        "message_id": message.message_id,
        "date": message.date.isoformat() if message.date is not None else None,
        "text": message.text,
        "reply_text": message.reply_text,
        "cut_text": message.cut_text,
        "attachments": [
            {"filename": part.filename, "size": part.size, "type": part.type, "inline": part.inline}
            for part in message.attachments
        ],
        "kind": message.kind.value,
        "confidence": message.confidence,
        "why": message.why,
        "bounce": bounce(message.reports) if message.kind is Kind.BOUNCE else None,
        "defects": [{"where": one.where, "what": one.what, "mended": one.mended} for one in message.defects],
    }


def _spans(message: Message) -> list[dict[str, Any]]:
    """The pieces of `text`, each from its start to its end: what reply_text and cut_text are made of."""
    ends = list(accumulate(len(span.text) for span in message.spans))
    return [
        {"kind": span.kind, "start": end - len(span.text), "end": end}
        for span, end in zip(message.spans, ends, strict=True)
    ]


def _author(message: Message) -> dict[str, Any]:
    """From as well as it can be read, to be shown; whether it is exactly one mailbox is `sender`'s to say."""
    author = message.author or message.sender
    return _address(author) if author is not None else {"address": None, "name": message.from_text}


def _address(address: Address) -> dict[str, Any]:
    return {"address": address.address, "name": address.name}


def bounce(reports: Sequence[Report]) -> dict[str, Any]:
    """What the reports say: one value where all say the same, a list where they differ, "" where none says it."""
    names = ("recipient", "status", "action", "diagnostic", "original_message_id")
    return {name: _one_or_all(getattr(report, name) for report in reports) for name in names}


def _one_or_all(values: Iterable[str]) -> str | list[str]:
    different = list(dict.fromkeys(value for value in values if value))
    return different if len(different) > 1 else "".join(different)


def decision_json(decision: Decision) -> dict[str, Any]:
    """What would be done, and why."""
    return {
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "ticket": ticket_json(decision.ticket) if decision.ticket else None,
        "mails": [mail_json(notice) for notice in decision.notices],
        "timers": [{"kind": timer.kind, "due_at": timer.due_at.isoformat()} for timer in decision.timers],
        "entries": [
            {"kind": entry.kind.value, "who": entry.who, "summary": entry.summary, "why": entry.why}
            for entry in decision.entries
        ],
        "trace": [{"question": step.question, "answer": step.answer, "detail": step.detail} for step in decision.trace],
    }


def ticket_json(ticket: Ticket) -> dict[str, Any]:
    """The ticket after the change; `ticket` is null while it has no number."""
    return {
        "ticket": ticket.name if ticket.number else None,
        "subject": ticket.subject,
        "status": ticket.status.value,
        "priority": ticket.priority,
        "category": ticket.category,
        "requester": ticket.requester.address if ticket.requester else None,
        "assignee": ticket.assignee,
    }


def mail_json(notice: Notice) -> dict[str, Any]:
    """A mail that would leave."""
    return {
        "notice": notice.name,
        "to": notice.to.address,
        "role": notice.role,
        "automatic": notice.automatic,
        "attachments": len(notice.attachments),
    }
