"""Where an outgoing mail is, in plain words: accepted by the relay, waiting and until when, come back, or refused.

One sentence from its row of the outbox, the same for every command: what happened, why, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.tables import moment
from rules.delivery_words import advice, plain_words

UNTRIED = "waiting since {since}"
STATES = {
    "held": "held back: `tkt release {id}` lets it leave",
    "taken": "on its way to the relay",
    "cancelled": "cancelled by a person: it never leaves",
}


def whereabouts(mail: Mapping[str, Any], *, holding: bool = False) -> str:
    """The sentence for one row; `holding`: all outgoing mail is held."""
    if mail["bounced_at"] is not None or mail["state"] == "failed":
        return _lost(mail)
    if mail["accepted_at"] is not None:
        return f"accepted by the relay {moment(mail['accepted_at'])} ({mail['last_reply']})"
    if mail["state"] == "queued":
        return _waiting(mail, holding=holding and not mail["released"])
    return STATES.get(mail["state"], str(mail["state"])).format(id=mail["id"])


def _waiting(mail: Mapping[str, Any], *, holding: bool) -> str:
    since = UNTRIED.format(since=moment(mail["created_at"]))
    if holding:
        return f"{since}: all outgoing mail is held; `tkt resume` lets it leave"
    if not mail["last_reply"]:
        return since
    words = plain_words("", mail["last_reply"])
    return f"{since}, next try {moment(mail['next_try_db'])}: {words} ({mail['last_reply']})"


def _lost(mail: Mapping[str, Any]) -> str:
    """It never arrived, and nobody tries again."""
    accepted = mail["accepted_at"] is not None
    status, reply = mail["bounced_status"], mail["bounced_reply"] or ("" if accepted else mail["last_reply"])
    when = f" {moment(mail['bounced_at'])}" if mail["bounced_at"] is not None else ""
    how = f"refused{when}"
    if mail["accepted_at"] is not None:
        how = f"accepted by the relay {moment(mail['accepted_at'])}, came back{when}"
    said = reply if not status or status in reply else f"{status} {reply}".strip()
    return f"{how}: {plain_words(status, reply)} ({said}) {advice(status, reply)}"
