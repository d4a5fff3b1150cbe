"""Weak marks against a person's: what each proves little, some prove together.

Whole companies put Precedence or X-Auto-Response-Suppress on every mail, Exchange does so where a group is written to,
and forms are sent from addresses that take no answers. So weak marks have points, a person's marks take points away,
and what is left must reach a number. In doubt it is a person: a robot that gets a confirmation is stopped by the caps,
a person taken for a robot is never answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsing import marks, people
from parsing.message import Kind
from parsing.traits import Answer, Traits
from parsing.wording import says_automatic

ENOUGH = 3
_SUPPRESSED = {"all", "oof", "autoreply"}

Mark = tuple[int, Kind, str]


def weigh(mail: Traits) -> Answer | None:
    """The kind of the weightiest mark when marks outweigh the person; None when there is no mark at all."""
    found = sorted(_marks(mail), key=lambda mark: -mark[0])
    if not found:
        return None
    person = list(_person(mail))
    left = sum(points for points, _, _ in found) - sum(points for points, _ in person)
    if left < ENOUGH:
        against = ", ".join(why for _, why in person) or "one weak mark is not enough"
        return Kind.HUMAN, 0.7, f"{found[0][2]}, but {against}"
    return found[0][1], min(0.9, 0.6 + 0.05 * left), " and ".join(why for _, _, why in found[:3])


def _marks(mail: Traits) -> Iterator[Mark]:
    yield from _address_marks(mail)
    precedence = mail.word("precedence") or mail.word("x-precedence")
    if precedence in ("bulk", "junk"):
        yield 3, Kind.MACHINE, f"Precedence: {precedence}"
    if precedence == "list":
        yield 3, Kind.LIST, "Precedence: list"
    if _SUPPRESSED & set(re.split(r"[,\s]+", mail.fields.text("x-auto-response-suppress").lower()[:200])):
        yield 3, Kind.MACHINE, "X-Auto-Response-Suppress"
    if mail.fields.text("list-unsubscribe"):
        yield 4, Kind.LIST, "the field list-unsubscribe (RFC 2369)"


def _address_marks(mail: Traits) -> Iterator[Mark]:
    if marks.ROBOT.fullmatch(mail.local):
        yield 4, Kind.MACHINE, "an address that takes no answers"
    elif marks.ROBOT_LISTS.match(mail.local) and "@" not in mail.local and _whole(mail.local):
        yield 4, Kind.MACHINE, "an address for bounces"
    elif mail.local in marks.NOTIFYING:
        yield 2, Kind.MACHINE, "an address for notifications"
    if mail.spans and (phrase := says_automatic(mail)):
        yield 4, Kind.MACHINE, f'its text says "{phrase}"'


def _whole(local: str) -> bool:
    """A bounce address has a number or an address behind its word; "bounce.castles" is a name."""
    return local in ("bounce", "bounces") or any(char in local for char in "=+0123456789")


def _person(mail: Traits) -> Iterator[tuple[int, str]]:
    if mail.client:
        yield 4, f"a person's mail program wrote it ({mail.client})"
    if mail.writes_for:
        yield 8, f"Reply-To is a person's ({mail.writes_for[:80]})"
    if mail.is_reply:
        yield (3, "it answers above a quotation") if mail.quotes else (2, "it answers something")
    if mail.personal:
        yield 2, "somebody speaks of himself"
    elif not people.FIRST_PLURAL.isdisjoint(mail.each_word):
        yield 1, "somebody speaks of themselves"
    if mail.signs:
        yield 2, "it ends with the sender's name"
    if mail.asks or mail.polite:
        yield 1, "it asks something"
