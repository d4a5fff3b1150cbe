"""What can go wrong in the store, in the words of the two failures that may cross a room's border.

Drivers' errors never leave this room: `sqlite.py` and `postgres.py` turn them into these. What is not known here is a
mistake of ours and passes unchanged; whoever catches everything treats it as temporary.
"""

from __future__ import annotations

from parsing.message import Permanent, Temporary


class Busy(Temporary):
    """Not now: locked, full, unreachable, or nobody knows whether it was committed. Nothing may be promised upon it.

    `full`: there is no room, which SMTP has a reply of its own for.
    """

    full = False


class Full(Busy):
    """The disk, or what the database may use of it, is full."""

    full = True


class Stale(Temporary):
    """A row has moved since it was read, or the claim upon it was lost: decide again. Nothing was written."""


class Broken(Temporary):
    """The database can not be trusted any more: fsync failed, or the file is damaged or replaced. Restart."""


class Served(Permanent):
    """Another tkt serves this SQLite file; the text names its process."""


class Unfit(Permanent):
    """This database does not keep what we promise, or is not ours; the text says what to change."""
