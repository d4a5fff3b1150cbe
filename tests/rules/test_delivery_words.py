"""Refusals in plain words."""

import time

import pytest

from rules.delivery_words import plain_words


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
        ("", "552 message size exceeds limit", "The mail is larger than the other server takes."),
        ("5.3.4", "", "The mail is larger than the other server takes."),
        ("5.2.1", "550 5.2.1 disabled", "The mailbox is switched off."),
        ("5.1.10", "556 5.1.10 null MX", "The domain says that it takes no mail at all."),
        ("5.4.7", "given up after 5 days: 450 4.2.0 later", "The other server could not be reached for too long."),
        ("5.7.26", "550 5.7.26 DMARC", "The other server could not verify that the mail is from us (DMARC)."),
        ("", "554 blocked using zen.spamhaus.org", "The other server refused the mail by its own rules."),
        ("5.7.99", "550 5.7.99 new", "The other server refused the mail by its own rules."),
        ("5.2.99", "", "Something is wrong with the mailbox."),
        ("4.2.2", "452 4.2.2 over quota", "The mailbox is full. This may pass."),
        ("", "450 greylisted", "The other server refused the mail. This may pass."),
        ("", "", "The other server refused the mail."),
        ("5.0.0", "550 5.0.0", "The other server refused the mail."),
        ("5.9.9", "599 5.9.9", "The other server refused the mail."),
        ("nonsense", "\x00\xff nonsense", "The other server refused the mail."),
        ("", "connect to 192.0.5.2.2.1: timed out", "The other server refused the mail."),
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
