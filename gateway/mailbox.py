"""The nouns of a mailbox that is read: what is fetched, how far it was read, what is worth reporting.

Promises: only nouns. Whoever remembers a position implements `Positions`; `imap.py` needs nothing else of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.imap_protocol import Failing


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as the server gave it. `quiet`: taken in without a word to anybody.

    Of an oversized mail (`oversized` is its size in octets) and of one whose body the server will not give
    (`unreadable` says why) only the header is here.
    """

    uid: int
    uidvalidity: int
    raw: bytes
    internal_date: datetime | None
    quiet: bool
    oversized: int = 0
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a folder has been read; UIDs up to `quiet_until_uid` are taken in quietly."""

    uidvalidity: int
    last_uid: int
    quiet_until_uid: int


class Positions(Protocol):
    """The memory of one folder's position. Every method may raise `Temporary`; what returned is durable."""

    async def take_lease(self) -> bool:
        """Take or renew the right to read this folder; False while another node has it."""

    async def drop_lease(self) -> None:
        """Let another node read at once."""

    async def get(self) -> Position | None:
        """None before the folder was ever seen."""

    async def start(self, *, uidvalidity: int, last_uid: int, quiet_until_uid: int) -> None:
        """The folder is seen for the first time."""

    async def reset(self, *, uidvalidity: int, quiet_until_uid: int) -> None:
        """UIDVALIDITY has changed: from UID 0 again."""

    async def advance(self, last_uid: int) -> None:
        """Every mail up to this UID is in the ledger."""

    async def read_to_end(self, at: datetime) -> None:
        """Every mail that had come by `at` is in the ledger."""


class Happening(StrEnum):
    """What a poller reports. `ALARMS` are the red lines among it."""

    CONNECTED = "connected"
    STARTED = "started"  # first sight of the folder
    ACCEPTED = "accepted"  # `count` mails
    OVERSIZED = "oversized"  # `count` mails, headers only
    TROUBLE = "trouble"  # will be tried again soon
    WELL = "well"  # the alarms named in `over` are over
    UNREACHABLE = "unreachable"
    LOGIN = "login"
    TLS = "tls"
    FOLDER = "folder"
    PROTOCOL = "protocol"
    MARKING = "marking"
    UNREADABLE = "unreadable"  # over when a person has read it
    UIDVALIDITY = "uidvalidity"  # over when a person has read it


ALARMS = frozenset(Happening) - {
    Happening.CONNECTED,
    Happening.STARTED,
    Happening.ACCEPTED,
    Happening.OVERSIZED,
    Happening.TROUBLE,
    Happening.WELL,
}
AT_ONCE = {
    Failing.LOGIN: Happening.LOGIN,
    Failing.TLS: Happening.TLS,
    Failing.FOLDER: Happening.FOLDER,
    Failing.PROTOCOL: Happening.PROTOCOL,
}


@dataclass(frozen=True, slots=True)
class MailboxEvent:
    """Something about a mailbox that is worth a log line, or an alarm (`kind in ALARMS`)."""

    mailbox: str
    kind: Happening
    text: str = ""
    count: int = 0
    over: tuple[Happening, ...] = ()
