"""Where a mail of ours is: one sentence for a person who knows no SMTP."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.tables import moment
from gateway.tracing import held_against
from gateway.whereabouts import whereabouts
from rules.contact import Contact

TEN, LATER = datetime(2026, 11, 6, 10, 2, tzinfo=UTC), datetime(2026, 11, 6, 10, 5, tzinfo=UTC)
MADE = {
    "id": 7,
    "state": "queued",
    "released": False,
    "created_at": TEN,
    "next_try_db": LATER,
    "accepted_at": None,
    "bounced_at": None,
    "bounced_status": "",
    "bounced_reply": "",
    "last_reply": "",
}
SENT = {"state": "sent", "accepted_at": TEN, "last_reply": "250 2.0.0 ok"}
ADVICE = "Look for a typing error in the address. Ask the customer in another way for an address that works."


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, f"waiting since {moment(TEN)}"),
        (
            {"last_reply": "450 4.2.2 mailbox full"},
            f"waiting since {moment(TEN)}, next try {moment(LATER)}: The mailbox is full. This may pass."
            " (450 4.2.2 mailbox full)",
        ),
        ({"state": "held"}, "held back: `tkt release 7` lets it leave"),
        ({"state": "taken"}, "on its way to the relay"),
        ({"state": "cancelled"}, "cancelled by a person: it never leaves"),
        (SENT, f"accepted by the relay {moment(TEN)} (250 2.0.0 ok)"),
        (
            {**SENT, "bounced_at": LATER, "bounced_status": "5.1.1", "bounced_reply": "550 5.1.1 unknown"},
            f"accepted by the relay {moment(TEN)}, came back {moment(LATER)}: There is no such mailbox."
            f" (550 5.1.1 unknown) {ADVICE}",
        ),
        (
            {**SENT, "bounced_at": LATER, "bounced_status": "5.1.1"},
            f"accepted by the relay {moment(TEN)}, came back {moment(LATER)}: There is no such mailbox."
            f" (5.1.1) {ADVICE}",
        ),
        (
            {"state": "failed", "last_reply": "550 5.1.1 unknown", "bounced_at": LATER},
            f"refused {moment(LATER)}: There is no such mailbox. (550 5.1.1 unknown) {ADVICE}",
        ),
        (
            {"state": "failed", "last_reply": "550 5.1.1 unknown"},
            f"refused: There is no such mailbox. (550 5.1.1 unknown) {ADVICE}",
        ),
    ],
)
def test_each_state_in_words(row: dict[str, Any], words: str) -> None:
    """What happened, why, and what to do about it; the other side's own words beside ours."""
    assert whereabouts({**MADE, **row}) == words


def test_what_is_held_as_a_whole_says_so() -> None:
    """A queued mail does not wait for the relay then; one that a person released does."""
    assert "`tkt resume`" in whereabouts(MADE, holding=True)
    assert "resume" not in whereabouts({**MADE, "released": True}, holding=True)


def test_what_stands_against_an_address() -> None:
    """A line above its mails: that it is muted and why, or how near to that it is."""
    scored = Contact("anna@example.com", score=2, scored_at=TEN)
    muted = replace(scored, muted_at=TEN, mute_why="no such\nmailbox")

    assert held_against(None) == held_against(Contact("anna@example.com")) == ""
    assert held_against(scored) == "anna@example.com has 2 points for mail that came back; 4 mute it"
    assert held_against(muted) == "anna@example.com is muted since 2026-11-06: no such\\nmailbox"
