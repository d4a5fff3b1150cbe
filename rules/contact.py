"""What is known of an outside address: how often our mail came back from it, and whether it is muted.

Muted means that nothing automatic is sent there, of whatever kind, until the address shows that it works: a person's
mail with a proof of its sender clears what bounces and complaints have written here; what an operator muted, only an
operator unmutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

BOUNCES, COMPLAINT, OPERATOR = "bounces", "complaint", "operator"
CONFIRM = (
    "Ask the customer in another way whether the address works. If it does, put #confirm-address above your words and "
    "reply again; if there is a better one, write a new mail to the desk that begins with #for and that address."
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A snapshot. `score` are the points of mails that came back, the last of them at `scored_at`.

    `muted_by` is bounces, complaint or operator, and `mute_why` the reason in words for a person. `version` moves with
    every change, 0 while nothing is kept of the address: a decision made upon an older one is refused as stale.
    """

    address: str
    score: int = 0
    scored_at: datetime | None = None
    muted_at: datetime | None = None
    muted_by: str = ""
    mute_why: str = ""
    version: int = 0

    @property
    def key(self) -> str:
        """By which it is found, as `Address.key`."""
        return self.address.lower()

    @property
    def cleared(self) -> Contact:
        """The same address with nothing against it."""
        return Contact(self.address, version=self.version)


def why_muted(contacts: Mapping[str, Contact], key: str) -> str | None:
    """Why nothing may be sent to the address of this key, in words that follow "was not sent:"; None when it may."""
    contact = contacts.get(key)
    if contact is None or contact.muted_at is None:
        return None
    return f"{contact.address} is muted since {contact.muted_at:%Y-%m-%d}: {contact.mute_why}"
