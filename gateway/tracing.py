"""`tkt trace ADDRESS`, "where is my mail?": from the other side's queue id through delivery, outcome and ticket to the
relay's last reply.

The queue ids are read from the Received fields of the raw mail when somebody asks: keeping them would cost every mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.config import Config
from gateway.printable import printable
from gateway.reading import ask
from gateway.tables import picked, print_json, print_table
from gateway.views import DELIVERY_KEYS, MAIL_KEYS
from gateway.whereabouts import whereabouts
from parsing.headers import queue_ids, split
from rules.contact import THRESHOLD, Contact, why_muted
from rules.ticket import number_text
from store.database import Connection
from store.raw import read_heads
from store.status import Trace
from store.status import trace as trace_rows

CONTACT_KEYS = ("address", "score", "scored_at", "muted_at", "muted_by", "mute_why")
LONGEST = 500


def trace(config: Config, address: str, *, json: bool) -> None:
    """What came from an address, what went to it, and the last word on each, oldest first."""

    def look(conn: Connection) -> tuple[Trace, dict[bytes, bytes]]:
        found = trace_rows(conn, address)
        return found, read_heads(conn, list({bytes(row["digest"]) for row in found.deliveries}))

    found, heads = ask(config, look)
    ids = {digest: queue_ids(split(head).all("received")) for digest, head in heads.items()}
    if json:
        print_json(_json(found, ids))
        return
    if known := held_against(found.contact):
        print(known)
    lines = [(row["received_at"], "in", *_came(row, ids)) for row in found.deliveries]
    lines += [(row["created_at"], "out", *_went(row)) for row in found.mails]
    lines += [(row["at"], "try", f"mail {row['outbox']}", row["result"], "", row["reply"]) for row in found.attempts]
    lines.sort(key=lambda line: line[0])
    columns = ("when", "way", "ids", "what", "ticket", "last word")
    print_table(columns, lines, empty=f"nothing came from {address} and nothing went there")


def _json(found: Trace, ids: Mapping[bytes, tuple[str, ...]]) -> dict[str, Any]:
    return {
        "deliveries": [
            {**picked(row, DELIVERY_KEYS), "queue_ids": list(ids.get(bytes(row["digest"]), ()))}
            for row in found.deliveries
        ],
        "mails": [picked(row, MAIL_KEYS) for row in found.mails],
        "attempts": [picked(row, ("outbox", "at", "relay", "result", "reply")) for row in found.attempts],
        "contact": None if found.contact is None else {key: getattr(found.contact, key) for key in CONTACT_KEYS},
    }


def held_against(contact: Contact | None) -> str:
    """What stands against writing to the address, in a line; "" when nothing does."""
    if contact is None:
        return ""
    counted = f"{contact.address} has {contact.score} points for mail that came back; {THRESHOLD} mute it"
    muted = why_muted({contact.key: contact}, contact.key)
    return printable(muted or (counted if contact.score else ""), LONGEST)


def _came(row: Mapping[str, Any], ids: Mapping[bytes, tuple[str, ...]]) -> tuple[str, str, str, str]:
    """Their queue id → our delivery (the number that our 250 named), where it came from, what became of it."""
    theirs = ids.get(bytes(row["digest"]), ())
    peer = row["peer"]
    where = peer.get("address") or (f"{peer.get('folder')} UID {peer.get('uid', '?')}" if "folder" in peer else "")
    named = f" ({peer['helo']})" if peer.get("helo") else ""
    number = f"{' '.join(theirs[:3])} → D{row['id']}" if theirs else f"D{row['id']}"
    ticket = number_text(row["ticket"]) if row["ticket"] else ""
    return (
        number,
        f"{row['channel']} {where}{named}".rstrip() + f": {row['outcome'] or row['state']}",
        ticket,
        row["reason"] or "",
    )


def _went(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    ticket = number_text(row["ticket"]) if row["ticket"] else ""
    what = f"{row['notice'].replace('_', ' ')}: {row['state']}"
    return f"mail {row['id']}", what, ticket, whereabouts(row)
