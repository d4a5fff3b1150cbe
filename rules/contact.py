"""What is known of an outside address: how often our mail came back from it, and whether it is muted.

Muted means that nothing automatic is sent there, of whatever kind, until the address shows that it works: a person's
mail with a proof of its sender clears what bounces and complaints have written here; what an operator muted, only an
operator unmutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

HARD, SOFT, THRESHOLD = 2, 1, 4  # points, and how many mute
FORGOTTEN = timedelta(days=30)  # after the last mail that came back
# What a refusal says against the address, by its reason (parsing/report_codes.py). Nothing: a mailbox that is full, a
# mail that is too large, and every "policy": spam, blocked, not authenticated and their kin are about us.
NO_SUCH = "unknown_user unknown_domain bad_address ambiguous moved address takes_no_mail disabled"
NOT_REACHED = "mailbox unreachable expired system not_accepting not_wanted loop"
POINTS = dict.fromkeys(NO_SUCH.split(), HARD) | dict.fromkeys([*NOT_REACHED.split(), ""], SOFT)
BOUNCES, COMPLAINT, OPERATOR = "bounces", "complaint", "operator"
CONFIRM = (
    "Ask the customer in another way whether the address works. If it does, put #confirm-address above your words and "
    "reply again; if there is a better one, put #requester and that address there."
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


def came_back(contact: Contact, *, reason: str, passing: bool, why: str, now: datetime) -> Contact:
    """The address after a mail to it came back for `reason`; unchanged when that says nothing against it.

    `passing`: the other server called it a trouble that may pass, whatever it was.
    """
    points = min(POINTS.get(reason, 0), SOFT if passing else HARD)
    if not points:
        return contact
    remembered = contact.scored_at is not None and now - contact.scored_at < FORGOTTEN
    scored = replace(contact, score=points + (contact.score if remembered else 0), scored_at=now)
    return muted(scored, by=BOUNCES, why=why, now=now) if scored.score >= THRESHOLD else scored


def muted(contact: Contact, *, by: str, why: str, now: datetime) -> Contact:
    """The address, written to no more; what muted it first stands."""
    return contact if contact.muted_at is not None else replace(contact, muted_at=now, muted_by=by, mute_why=why)


def why_muted(contacts: Mapping[str, Contact], key: str) -> str | None:
    """Why nothing may be sent to the address of this key, in words that follow "was not sent:"; None when it may."""
    contact = contacts.get(key)
    if contact is None or contact.muted_at is None:
        return None
    return f"{contact.address} is muted since {contact.muted_at:%Y-%m-%d}: {contact.mute_why}"
