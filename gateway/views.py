"""What the commands that only read print: tickets, outbox, ledger, status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.text import Text

from gateway.config import Config
from gateway.held import muted_words
from gateway.printable import printable
from gateway.reading import ask
from gateway.tables import console, moment, picked, print_json, print_table
from parsing.message import Address, Permanent
from rules.ticket import Ticket, number_text
from store.alarms import list_alarms
from store.contacts import list_muted
from store.ledger import read_raw
from store.outbox import hold_outgoing, list_mails
from store.status import list_deliveries, list_grades, read_status
from store.tickets import list_tickets

MUTED = 10_000  # addresses that the ledger marks
# the keys that programs may rely on
DELIVERY_KEYS = (
    "id", "desk", "channel", "envelope_from", "envelope_to", "peer", "received_at", "size", "digest", "arrivals",
    "quiet", "state", "attempts", "outcome", "reason", "ticket", "finished_at",
    "held_at", "held_why", "judged_how", "judged_by", "judged_at",
)  # fmt: skip
MAIL_KEYS = (
    "id", "ticket", "desk", "notice", "role", "recipient", "envelope_from", "message_id", "subject", "state",
    "attempts", "last_reply", "created_at", "accepted_at", "bounced_at", "bounced_status",
    "bounced_reply", "digest", "size", "serial",
)  # fmt: skip


def tickets(config: Config, *, json: bool, status: str | None, desk: str | None) -> None:
    """The tickets, newest first."""
    found = ask(config, lambda conn: list_tickets(conn, status=status, desk=desk))
    if json:
        print_json([ticket_words(t) for t in found])
        return
    rows = [
        (
            t.name,
            t.status.value,
            t.priority,
            t.category,
            t.requester.address if t.requester else "?",
            t.assignee,
            t.subject,
            t.changed_at,
        )
        for t in found
    ]
    columns = ("ticket", "status", "priority", "category", "customer", "agent", "subject", "changed")
    print_table(columns, rows, empty="no tickets yet; try `tkt send-sample`")


def who(address: Address | None) -> str:
    """A person by name and address."""
    if address is None:
        return "?"
    return f"{address.name} <{address.address}>" if address.name else address.address


def ticket_words(ticket: Ticket) -> dict[str, Any]:
    """A ticket for programs."""
    return {
        "ticket": ticket.name,
        "number": ticket.number,
        "desk": ticket.desk,
        "subject": ticket.subject,
        "status": ticket.status.value,
        "priority": ticket.priority,
        "category": ticket.category,
        "requester": ticket.requester.address if ticket.requester else None,
        "assignee": ticket.assignee,
        "opened_at": ticket.opened_at,
        "changed_at": ticket.changed_at,
        "participants": [
            {
                "address": one.address.address,
                "name": one.address.name,
                "role": one.role.value,
                "since": one.since,
                "left_at": one.left_at,
            }
            for one in ticket.participants
        ],
        "linked_to": number_text(ticket.linked_to) if ticket.linked_to else None,
        "merged_into": number_text(ticket.merged_into) if ticket.merged_into else None,
        "close_reason": ticket.close_reason or None,
    }


def outbox(config: Config, id: int | None, *, json: bool, limit: int) -> None:
    """Every outgoing mail and its state; with an id, that mail as it would leave."""
    rows = ask(config, lambda conn: list_mails(conn, number=id, limit=limit))
    if id is not None:
        _print_mail(config, id, rows, json=json)
    elif json:
        print_json([picked(row, MAIL_KEYS) for row in rows])
    else:
        columns = ("id", "ticket", "notice", "to", "state", "tries", "last reply", "made")
        lines = [
            (
                f"M{row['id']}",
                number_text(row["ticket"]) if row["ticket"] else "",
                row["notice"],
                row["recipient"],
                "came back" if row["state"] == "sent" and row["bounced_at"] else row["state"],
                row["attempts"],
                row["bounced_reply"] or row["last_reply"],
                row["created_at"],
            )
            for row in rows
        ]
        print_table(columns, lines, empty="nothing has left and nothing waits")
        if ask(config, hold_outgoing):
            print("outgoing mail is held; `tkt resume` lets it leave")


def _print_mail(config: Config, id: int, rows: Sequence[Mapping[str, Any]], *, json: bool) -> None:
    if not rows:
        raise Permanent(f"there is no mail {id}; `tkt outbox` lists those that are there")
    row = rows[0]
    if json:
        print_json(picked(row, MAIL_KEYS))
        return
    raw = ask(config, lambda conn: read_raw(conn, row["digest"]))
    print(f"from {row['envelope_from']} to {row['recipient']}, {row['state']}\n")
    for line in raw.decode("utf-8", "replace").splitlines():
        print("".join(char if char.isprintable() or char == "\t" else repr(char)[1:-1] for char in line))


def ledger(config: Config, *, json: bool, limit: int) -> None:
    """Every delivery and its outcome, newest first."""
    rows = ask(config, lambda conn: list_deliveries(conn, limit=limit))
    muted = {contact.key for contact in ask(config, lambda conn: list_muted(conn, limit=MUTED))}
    found = ask(config, lambda conn: list_grades(conn, (row["id"] for row in rows)))
    grades = {number: grade.name for number, grade in found.items()}
    if json:
        known = [{"evidence": grades.get(row["id"]), "muted": row["envelope_from"].lower() in muted} for row in rows]
        print_json([{**picked(row, DELIVERY_KEYS), **more} for row, more in zip(rows, known, strict=True)])
        return
    columns = ("id", "received", "channel", "from", "evidence", "desk", "outcome", "ticket", "reason")
    lines = [
        (
            f"D{row['id']}",
            row["received_at"],
            row["channel"],
            row["envelope_from"] + (" (muted)" if row["envelope_from"].lower() in muted else ""),
            grades.get(row["id"], ""),
            row["desk"],
            row["outcome"] or row["state"],
            number_text(row["ticket"]) if row["ticket"] else "",
            _reason(row),
        )
        for row in rows
    ]
    print_table(columns, lines, empty="no mail has come in yet; try `tkt send-sample`")


def _reason(row: Mapping[str, Any]) -> str:
    """Of what was held also that it was, and who judged it."""
    if row["judged_how"] is None or row["outcome"] == "rejected":
        return row["reason"] if row["judged_how"] is None else f"{row['reason']}; held before: {row['held_why']}"
    return f"{row['reason'] or ''}; {row['judged_how']} by {row['judged_by']}, held before: {row['held_why']}"


def status(config: Config, *, json: bool) -> None:
    """Queues, counts and red lines."""
    found = ask(config, read_status)
    alarms = ask(config, lambda conn: list_alarms(conn, red_only=True))
    if json:
        muted = [{"address": one.address, "why": one.mute_why, "by": one.muted_by} for one in found.muted]
        red = [{"name": alarm.name, "text": alarm.text, "since": alarm.since_at} for alarm in alarms]
        print_json({**{key: getattr(found, key) for key in STATUS_KEYS}, "muted": muted, "alarms": red})
        return
    for alarm in alarms:
        first, *more = alarm.text.split("\n")
        line = printable(f"ALARM {alarm.name}: {first} (since {moment(alarm.since_at)})")
        console().print(Text("\n  ".join([line, *map(printable, more)]), style="bold red"))
    if not alarms:
        console().print(Text("no red lines", style="green"))
    if found.holds_outgoing:
        console().print(Text("outgoing mail is held; `tkt resume` lets it leave", style="yellow"))
    kinds = (("mail in", found.deliveries), ("its outcome", found.outcomes), ("tickets", found.tickets))
    rows: list[tuple[str, str, object]] = [
        (kind, word, count) for kind, counts in kinds for word, count in sorted(counts.items())
    ]
    rows += [("mail out", word, count) for word, count in sorted(found.mails.items())]
    rows += [("mail in", "held, waits for a word: tkt held", found.held)] if found.held else []
    rows.append(("timers", "pending", found.timers))
    rows += [("muted", muted_words(contact), "") for contact in found.muted]
    rows += [("oldest that waits", "mail in", age(found.oldest_delivery, found.now))] if found.oldest_delivery else []
    rows += [("oldest that waits", "mail out", age(found.oldest_mail, found.now))] if found.oldest_mail else []
    print_table(("what", "state", "count"), rows, empty="")


STATUS_KEYS = (
    "deliveries", "outcomes", "tickets", "mails", "held", "timers", "oldest_delivery", "oldest_mail",
    "holds_outgoing", "now",
)  # fmt: skip


def age(then: datetime, now: datetime) -> str:
    """How long something has waited, in words."""
    return f"{int((now - then).total_seconds())} s"
