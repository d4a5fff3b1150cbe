"""Refusals in plain words."""

import time

import pytest

from parsing.report_codes import CODES, STATUS, SUBJECTS
from parsing.report_words import WORDS
from rules.delivery_words import FINER, REASONS, advice, plain_words


@pytest.mark.parametrize(
    ("status", "reply", "words"),
    [
        ("5.1.1", "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", "There is no such mailbox."),
        ("", "550 5.1.1 User unknown", "There is no such mailbox."),
        ("", "550 No such user here", "There is no such mailbox."),
        ("", "550 Unknown user", "There is no such mailbox."),
        (
            "5.5.0",
            "550 5.5.0 Requested action not taken: mailbox unavailable; user not found",
            "There is no such mailbox.",
        ),
        ("5.7.1", "550 5.7.1 recipient address unknown", "There is no such mailbox."),
        ("5.2.2", "552 5.2.2 over quota", "The mailbox is full."),
        ("", "552 Mailbox full", "The mailbox is full."),
        ("", "552 something", "The mailbox is full."),
        ("", "552 message size exceeds limit", "The mail is larger than the other side takes."),
        ("5.3.4", "", "The mail is larger than the other server takes."),
        ("5.2.1", "550 5.2.1 disabled", "The mailbox is switched off."),
        ("5.1.10", "556 5.1.10 null MX", "The domain says that it takes no mail at all."),
        ("5.4.7", "given up after 5 days: 450 4.2.0 later", "The other server could not be reached for too long."),
        ("5.7.26", "550 5.7.26 DMARC", "The other server could not verify that the mail is from us (DMARC)."),
        (
            "",
            "554 blocked using zen.spamhaus.org",
            "The other server does not take mail from our server: it stands on a list.",
        ),
        ("5.7.1", "550 5.7.1 blocked", "The other server refused the mail by its own rules."),
        ("5.7.1", "554 5.7.1 Relay access denied", "The server that was asked is not in charge of this address."),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "There is no such mailbox."),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "There is no such mailbox."),
        (
            "4.2.1",
            "450 4.2.1 receiving mail at a rate",
            "The other server thinks that too much mail comes at once. This may pass.",
        ),
        ("5.7.99", "550 5.7.99 new", "The other server refused the mail by its own rules."),
        ("5.2.99", "", "Something is wrong with the mailbox."),
        ("4.2.2", "452 4.2.2 over quota", "The mailbox is full. This may pass."),
        (
            "",
            "450 greylisted",
            "The other server takes mail from strangers only at a second try. This may pass.",
        ),
        ("", "450 later", "The other server refused the mail. This may pass."),
        ("", "", "The other server refused the mail."),
        ("5.0.0", "550 5.0.0", "The other server refused the mail."),
        ("5.9.9", "599 5.9.9", "The other server refused the mail."),
        ("nonsense", "\x00\xff nonsense", "The other server refused the mail."),
        ("", "connect to 192.0.5.2.2.1: timed out", "The other server could not be reached."),
        ("", "it said 192.0.5.2.2.1 only", "The other server refused the mail."),
    ],
)
def test_a_refusal_in_plain_words(status: str, reply: str, words: str) -> None:
    """The exact code wins, then what the server says, then its three digits; the unknown is told as what it is."""
    assert plain_words(status, reply) == words


def test_the_words_never_quote_the_server() -> None:
    """A hostile reply does not get its text into a sentence of ours."""
    assert "click" not in plain_words("", "550 5.1.1 user unknown, click http://evil.example now")


def test_a_huge_reply_is_no_burden() -> None:
    """A megabyte that almost matches costs next to nothing."""
    start = time.process_time()
    plain_words("", "550 " + "user mailbox address " * 50_000)

    assert time.process_time() - start < 0.5


def test_every_status_and_every_reason_has_a_sentence_and_an_advice() -> None:
    """RFC 3463 and its registry whole: whatever a report says, the agent reads what it means and what to do."""
    reasons = {*STATUS, *SUBJECTS.values(), *CODES.values(), *(reason for reason, _ in WORDS)}

    assert reasons == set(REASONS)
    assert set(FINER) <= set(CODES)
    assert all(sentence.endswith(".") and told.endswith(".") for sentence, told in REASONS.values())
    for code in CODES:
        assert plain_words(f"5.{code}", "")
        assert advice(f"5.{code}", "")


def test_a_reason_that_a_report_tells_fills_what_its_status_leaves_open() -> None:
    """An exact status wins over it."""
    assert plain_words("5.0.0", "550 no", "full") == "The mailbox is full."
    assert plain_words("5.1.1", "550 no", "full") == "There is no such mailbox."
    assert plain_words("5.0.0", "550 no", "a reason of another version") == "The other server refused the mail."
    assert "typing error" in advice("5.1.1", "")
    assert "whoever runs our mail server" in advice("", "550 SPF check failed")
