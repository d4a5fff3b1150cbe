"""`tkt held`, `release`, `reject`, `mute` and `unmute`: what an operator sees of held mail, and says on it.

Held is mail that came in (D17) and, while a person keeps it back, mail that goes out (M17, or 17 alone).
"""

from __future__ import annotations

import re
from typing import Any

from gateway.config import Config
from gateway.reading import ask
from gateway.tables import print_json, print_table
from parsing.addresses import strict_mailbox
from parsing.message import Permanent
from rules.contact import Contact
from rules.facts import HeldMail
from store.held import list_held

ID = re.compile(r"([DM]?)0*([0-9]{1,18})", re.IGNORECASE)
MAIL, DELIVERY = "M", "D"
HELD_KEYS = ("delivery", "desk", "author", "subject", "excerpt", "why", "held_at")


def read_id(text: str, *, plain: str) -> tuple[str, int]:
    """(which ledger, number) of D17 or M17; a number alone is of the kind that `plain` says. Raises `Permanent`."""
    found = ID.fullmatch(text.strip())
    if found is None:
        raise Permanent(f"{text!r} is no id: D17 is a mail that came in (tkt held), M17 one that goes out (tkt outbox)")
    return found[1].upper() or plain, int(found[2])


def delivery_id(text: str) -> int:
    """Of D17, or 17. Raises `Permanent` for what goes out."""
    kind, number = read_id(text, plain=DELIVERY)
    if kind != DELIVERY:
        raise Permanent(f"M{number} is a mail that goes out (tkt outbox M{number}); what came in has ids such as D17")
    return number


def mail_id(text: str) -> int:
    """Of M17, or 17. Raises `Permanent` for what came in."""
    kind, number = read_id(text, plain=MAIL)
    if kind != MAIL:
        raise Permanent(f"D{number} is a mail that came in (tkt explain D{number}); what goes out has ids such as M17")
    return number


def mailbox(text: str) -> str:
    """A bare address, or the one of "Anna <anna@example.com>". Raises `Permanent`."""
    address = strict_mailbox(text)
    if address is None:
        raise Permanent(f"{text!r} is not an address")
    return address.address


def held(config: Config, *, json: bool, desk: str | None, limit: int) -> None:
    """What waits for somebody's word, the newest first."""
    found = ask(config, lambda conn: list_held(conn, desk=desk, limit=limit))
    if json:
        print_json([_plain(mail) for mail in found])
        return
    columns = ("id", "since", "desk", "from", "subject", "reason")
    rows = [(f"D{mail.delivery}", mail.held_at, mail.desk, mail.author, mail.subject, mail.why) for mail in found]
    print_table(columns, rows, empty="nothing is held")
    if found:
        print("tkt explain D… tells more, tkt release D… lets one go on, tkt reject D… ends it")


def _plain(mail: HeldMail) -> dict[str, Any]:
    return {"id": f"D{mail.delivery}", **{key: getattr(mail, key) for key in HELD_KEYS}}


def muted_words(contact: Contact) -> str:
    """One muted address, in a line of `tkt status`."""
    return f"{contact.address}: {contact.mute_why or 'no reason was given'} ({contact.muted_by})"
