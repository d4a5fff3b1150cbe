"""`tkt reconcile`: every message accounted for? The books against themselves, and the ledger against the mailboxes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from gateway.config import Config, Mailbox
from gateway.mailbox_uids import missing_uids
from gateway.reading import ask, reading
from gateway.tables import print_json, print_table
from parsing.message import Permanent, Temporary
from store.database import Database
from store.status import Finding, reconcile_rows


def reconcile_all(config: Config, *, json: bool) -> int:
    """Print every finding; 0 when all is accounted for, 1 otherwise."""
    findings = list(ask(config, reconcile_rows))
    with reading(config) as db:
        findings += asyncio.run(_mailboxes(config, db))
    if json:
        print_json([{"kind": finding.kind, "what": finding.what} for finding in findings])
    elif findings:
        print_table(("kind", "what"), [(f.kind, f.what) for f in findings], empty="")
        print(f"{len(findings)} unaccounted for")
    else:
        print("0 unaccounted for: every delivery has one outcome, every mail its state, every mailbox is read")
    return 1 if findings else 0


async def _mailboxes(config: Config, db: Database) -> list[Finding]:
    found: list[Finding] = []
    for box in config.mailboxes:
        found += await _mailbox(config, box, db)
    return found


async def _mailbox(config: Config, box: Mailbox, db: Database) -> Iterable[Finding]:
    try:
        return await missing_uids(config, box, db)
    except (Temporary, Permanent, OSError) as error:
        return [Finding("mailbox", f"{box.name}: it could not be compared: {error}")]
