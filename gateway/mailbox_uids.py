"""The ledger against a mailbox: which mails lie there that the ledger ought to have, and has not."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.config import Config, Mailbox
from gateway.imap_client import ImapSession, tls_context
from gateway.imap_protocol import ImapLimits
from gateway.secrets import reveal
from parsing.message import Permanent
from store.database import Database
from store.mailboxes import Position, position, uids_in_ledger
from store.status import Finding

WINDOW = 1000


async def missing_uids(config: Config, box: Mailbox, db: Database) -> list[Finding]:
    """Log in, list the folder's UIDs, and name every one that is not accounted for. Raises as the client does."""
    place = db.read_now(lambda conn: position(conn, box.name, box.folder))
    if place is None:
        return [Finding("mailbox", f"{box.name}: it was never read")]
    session = await _open(config, box)
    try:
        folder = await session.select(box.folder)
        if folder.uidvalidity != place.uidvalidity:
            words = f"UIDVALIDITY is {folder.uidvalidity}, the ledger knows {place.uidvalidity}"
            return [Finding("mailbox", f"{box.name}: {words}; the gateway reads it again when it runs")]
        there = await _uids(session)
    finally:
        await session.close()
    kept = db.read_now(lambda conn: uids_in_ledger(conn, box.name, box.folder, place.uidvalidity))
    return list(judge(box, place, there=there, kept=kept))


def judge(box: Mailbox, place: Position, *, there: set[int], kept: set[int]) -> Iterable[Finding]:
    """What of `there` (UIDs in the folder) is neither in `kept` (the ledger) nor older than the mailbox's start."""
    for uid in sorted(there - kept):
        if uid > place.last_uid:
            yield Finding("mailbox", f"{box.name}: UID {uid} lies in {box.folder} and was not read yet")
        elif uid > place.quiet_until_uid or box.start == "all":
            yield Finding(
                "mailbox", f"{box.name}: UID {uid} lies in {box.folder}, was passed, and has no row in the ledger"
            )
    if box.after == "move":
        for uid in sorted(there & kept):
            yield Finding("mailbox", f"{box.name}: UID {uid} is in the ledger but lies in {box.folder} still")


async def _open(config: Config, box: Mailbox) -> ImapSession:
    ca_file = config.path(box.ca_file) if box.ca_file else None
    context = await tls_context(ca_file) if box.tls == "tls" else None
    session = ImapSession(box.host, box.port, context=context, limits=ImapLimits())
    await session.connect()
    if box.token is not None:
        await session.login_with_token(box.user, await reveal(box.token, base=config.base))
    elif box.password is not None:
        await session.login(box.user, await reveal(box.password, base=config.base))
    else:
        raise Permanent("the mailbox has neither password nor token")
    return session


async def _uids(session: ImapSession) -> set[int]:
    newest = await session.newest()
    found: set[int] = set()
    for first in range(1, newest + 1, WINDOW):
        found |= set(await session.sizes(f"{first}:{min(newest, first + WINDOW - 1)}"))
    return found
