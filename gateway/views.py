"""What the commands that only read print: tickets, one ticket's timeline, outbox, ledger, status, trace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.text import Text

from gateway.config import Config
from gateway.journal import printable
from gateway.reading import ask, ticket_number
from gateway.tables import STYLES, console, moment, print_json, print_table
from parsing.message import Permanent
from rules.ticket import number_text
from store.alarms import list_alarms
from store.ledger import read_raw
from store.outbox import hold_outgoing, list_mails
from store.status import list_deliveries, read_status
from store.status import trace as trace_mail
from store.tickets import Timeline, list_tickets, timeline


def tickets(config: Config, *, json: bool, status: str | None, desk: str | None) -> None:
    """The tickets, newest first."""
    found = ask(config, lambda conn: list_tickets(conn, status=status, desk=desk))
    if json:
        print_json([{"ticket": t.name, **_ticket_words(t)} for t in found])
        return
    rows = [
        (t.name, t.status.value, t.priority, t.category, _who(t.requester), t.assignee, t.subject, t.changed_at)
        for t in found
    ]
    columns = ("ticket", "status", "priority", "category", "customer", "agent", "subject", "changed")
    print_table(columns, rows, empty="no tickets yet; try `tkt send-sample`")


def _who(address: Any) -> str:
    return address.address if address else "?"


def _ticket_words(ticket: Any) -> dict[str, Any]:
    return {
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
        "linked_to": number_text(ticket.linked_to) if ticket.linked_to else None,
        "close_reason": ticket.close_reason or None,
    }


def show(config: Config, text: str, *, json: bool) -> None:
    """One ticket's whole timeline: what happened, who did it, why, which mails left and what became of them."""
    number = ticket_number(text)
    found = ask(config, lambda conn: timeline(conn, number))
    if found is None:
        raise Permanent(f"there is no {number_text(number)}")
    if json:
        print_json(_timeline_words(found))
        return
    _print_head(found)
    for at, line, detail in sorted(_story(found), key=lambda item: item[0]):
        console().print(Text(f"{moment(at)}  ", style="dim") + Text(printable(line)))
        if detail:
            console().print(Text(f"                       {printable(detail)}", style="dim"))
    _print_timers(found)


def _timeline_words(found: Timeline) -> dict[str, Any]:
    return {
        "ticket": found.ticket.name,
        **_ticket_words(found.ticket),
        "entries": list(found.entries),
        "mails": list(found.mails),
        "attempts": list(found.attempts),
        "decisions": list(found.decisions),
        "timers": list(found.timers),
        "deliveries": list(found.deliveries),
    }


def _print_head(found: Timeline) -> None:
    ticket = found.ticket
    style = STYLES.get(ticket.status.value, "")
    console().print(Text(f"{ticket.name}  {printable(ticket.subject)}", style="bold"))
    console().print(Text(ticket.status.value, style=style) + Text(f"  {ticket.priority}  {ticket.category}"))
    agent = ticket.assignee or "nobody yet"
    console().print(Text(printable(f"customer {_who(ticket.requester)}, agent {agent}, desk {ticket.desk}")))
    if ticket.linked_to:
        console().print(Text(f"linked to {number_text(ticket.linked_to)}"))
    console().print()


def _story(found: Timeline) -> list[tuple[datetime, str, str]]:
    """(when, what, why) of every entry and every mail."""
    lines = []
    traces = {row["event"]: row for row in found.decisions}
    for row in found.entries:
        private = " (internal)" if row["internal"] and row["kind"] == "note" else ""
        lines.append((row["at"], f"{row['who']}: {row['summary']}{private}", _why(row, traces)))
    for row in found.mails:
        state = f"accepted {moment(row['accepted_at'])}" if row["accepted_at"] else row["state"]
        reply = f" ({row['last_reply']})" if row["last_reply"] else ""
        lines.append((row["created_at"], f"→ {row['recipient']}: {row['notice']}, {state}{reply}", ""))
    lines += [
        (row["at"], f"  try for {row['recipient']}: {row['result']}: {row['reply']}", "") for row in found.attempts
    ]
    return lines


def _why(row: Mapping[str, Any], traces: Mapping[str, Mapping[str, Any]]) -> str:
    decision = traces.get(f"delivery:{row['delivery']}") if row["delivery"] else None
    if row["why"]:
        return f"because: {row['why']}"
    return f"because: {decision['reason']}" if decision else ""


def _print_timers(found: Timeline) -> None:
    pending = [row for row in found.timers if row["state"] == "pending"]
    if pending:
        console().print()
    for row in pending:
        console().print(Text(f"{moment(row['due_at'])}  {row['kind'].replace('_', ' ')} comes due", style="yellow"))


def outbox(config: Config, id: int | None, *, json: bool, limit: int) -> None:
    """Every outgoing mail and its state; with an id, that mail as it would leave."""
    rows = ask(config, lambda conn: list_mails(conn, limit=limit))
    if id is not None:
        _print_mail(config, id, rows, json=json)
    elif json:
        print_json(list(rows))
    else:
        columns = ("id", "ticket", "notice", "to", "state", "tries", "last reply", "made")
        lines = [
            (
                row["id"],
                number_text(row["ticket"]) if row["ticket"] else "",
                row["notice"],
                row["recipient"],
                row["state"],
                row["attempts"],
                row["last_reply"],
                row["created_at"],
            )
            for row in rows
        ]
        print_table(columns, lines, empty="nothing has left and nothing waits")
        if ask(config, hold_outgoing):
            print("outgoing mail is held; `tkt resume` lets it leave")


def _print_mail(config: Config, id: int, rows: Any, *, json: bool) -> None:
    row = next((row for row in rows if row["id"] == id), None)
    if row is None:
        raise Permanent(f"there is no mail {id} among the newest of the outbox; --limit looks further")
    if json:
        print_json(row)
        return
    raw = ask(config, lambda conn: read_raw(conn, row["digest"]))
    print(f"from {row['envelope_from']} to {row['recipient']}, {row['state']}\n")
    for line in raw.decode("utf-8", "replace").splitlines():
        print("".join(char if char.isprintable() or char == "\t" else repr(char)[1:-1] for char in line))


def ledger(config: Config, *, json: bool, limit: int) -> None:
    """Every delivery and its outcome, newest first."""
    rows = ask(config, lambda conn: list_deliveries(conn, limit=limit))
    if json:
        print_json(list(rows))
        return
    columns = ("id", "received", "channel", "from", "desk", "outcome", "ticket", "reason")
    lines = [
        (
            row["id"],
            row["received_at"],
            row["channel"],
            row["envelope_from"],
            row["desk"],
            row["outcome"] or row["state"],
            number_text(row["ticket"]) if row["ticket"] else "",
            row["reason"],
        )
        for row in rows
    ]
    print_table(columns, lines, empty="no mail has come in yet; try `tkt send-sample`")


def status(config: Config, *, json: bool) -> None:
    """Queues, counts and red lines."""
    found = ask(config, read_status)
    alarms = ask(config, lambda conn: list_alarms(conn, red_only=True))
    if json:
        red = [{"name": alarm.name, "text": alarm.text, "since": alarm.since_at} for alarm in alarms]
        print_json({**{key: getattr(found, key) for key in STATUS_KEYS}, "alarms": red})
        return
    for alarm in alarms:
        line = printable(f"ALARM {alarm.name}: {alarm.text} (since {moment(alarm.since_at)})")
        console().print(Text(line, style="bold red"))
    if not alarms:
        console().print(Text("no red lines", style="green"))
    if found.holds_outgoing:
        console().print(Text("outgoing mail is held; `tkt resume` lets it leave", style="yellow"))
    kinds = (("mail in", found.deliveries), ("its outcome", found.outcomes), ("tickets", found.tickets))
    rows: list[tuple[str, str, object]] = [
        (kind, word, count) for kind, counts in kinds for word, count in sorted(counts.items())
    ]
    rows += [("mail out", word, count) for word, count in sorted(found.mails.items())]
    rows.append(("timers", "pending", found.timers))
    rows += [("oldest that waits", "mail in", age(found.oldest_delivery, found.now))] if found.oldest_delivery else []
    rows += [("oldest that waits", "mail out", age(found.oldest_mail, found.now))] if found.oldest_mail else []
    print_table(("what", "state", "count"), rows, empty="")


STATUS_KEYS = (
    "deliveries", "outcomes", "tickets", "mails", "timers", "oldest_delivery", "oldest_mail", "holds_outgoing", "now"
)  # fmt: skip


def age(then: datetime, now: datetime) -> str:
    """How long something has waited, in words."""
    return f"{int((now - then).total_seconds())} s"


def trace(config: Config, address: str, *, json: bool) -> None:
    """Where is my mail: what came from an address, what went to it, and the last word on each."""
    found = ask(config, lambda conn: trace_mail(conn, address))
    if json:
        print_json({"deliveries": list(found.deliveries), "mails": list(found.mails), "attempts": list(found.attempts)})
        return
    lines = [(row["received_at"], "in", *_came(row)) for row in found.deliveries]
    lines += [(row["created_at"], "out", *_went(row)) for row in found.mails]
    lines += [(row["at"], "try", f"mail {row['outbox']}", row["result"], "", row["reply"]) for row in found.attempts]
    lines.sort(key=lambda line: line[0])
    columns = ("when", "way", "ids", "what", "ticket", "last word")
    print_table(columns, lines, empty=f"nothing came from {address} and nothing went there")


def _came(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    peer = row["peer"]
    ids = [f"D{row['id']}", peer.get("helo") or ""]
    where = peer.get("address") or peer.get("account") or ""
    ticket = number_text(row["ticket"]) if row["ticket"] else ""
    return " ".join(ids), f"{row['channel']} {where}: {row['outcome'] or row['state']}", ticket, row["reason"] or ""


def _went(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    ticket = number_text(row["ticket"]) if row["ticket"] else ""
    accepted = f"accepted {moment(row['accepted_at'])}: " if row["accepted_at"] else ""
    return f"mail {row['id']}", f"{row['notice']}: {row['state']}", ticket, f"{accepted}{row['last_reply']}"
