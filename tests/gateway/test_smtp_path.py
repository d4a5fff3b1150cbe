"""The syntax of MAIL FROM and RCPT TO, without a socket."""

import pytest

from gateway import replies
from gateway.smtp_path import Sender, read_mail, read_rcpt


@pytest.mark.parametrize(
    ("argument", "sender"),
    [
        ("FROM:<>", Sender("")),
        ("from:<a@b.c>", Sender("a@b.c")),
        ("FROM: <a@b.c>", Sender("a@b.c")),
        ("FROM:a@b.c", Sender("a@b.c")),
        ("FROM:<@x.test,@y.test:a@b.c>", Sender("a@b.c")),
        ('FROM:<"a \\" b"@b.c>', Sender('"a \\" b"@b.c')),
        ("FROM:<a@[192.0.2.1]>", Sender("a@[192.0.2.1]")),
        ("FROM:<a..b.@b.c>", Sender("a..b.@b.c")),
        ("FROM:<x'; DROP TABLE ledger;--@b.c>", replies.BAD_SENDER),
        ("FROM:<x'--@b.c>", Sender("x'--@b.c")),
        ("FROM:<żółć@b.c> SMTPUTF8", Sender("żółć@b.c")),
        ("FROM:<żółć@b.c>", replies.SMTPUTF8_NEEDED),
        ("FROM:<a@b.c> SIZE=77", Sender("a@b.c", 77)),
        ("FROM:<a@b.c> SIZE=x", replies.BAD_ARGUMENTS),
        ("FROM:<a@b.c> SIZE=٣", replies.BAD_ARGUMENTS),
        ("FROM:<a@b.c> SIZE", replies.BAD_ARGUMENTS),
        ("FROM:<a@b.c> SMTPUTF8=1", replies.BAD_ARGUMENTS),
        ("FROM:<a@b.c> BODY=BINARYMIME", replies.BAD_BODY),
        ("FROM:<a@b.c> HOLDFOR=9", replies.UNKNOWN_PARAMETER),
        ("FROM:<a b@c.d>", replies.BAD_SENDER),
        ("FROM:<a@b@c.d>", replies.BAD_SENDER),
        ("FROM:<a@b.c", replies.BAD_SENDER),
        ("FROM:<a@b.c>x", replies.BAD_SENDER),
        ("FROM:<" + "a" * 320 + "@b.c>", replies.BAD_SENDER),
        ("FROM:", replies.BAD_SENDER),
        ("", replies.BAD_ARGUMENTS),
    ],
)
def test_mail_from(argument: str, sender: Sender | str) -> None:
    """Each form of sender gives its mailbox, or the reply that refuses it."""
    assert read_mail(argument) == sender


@pytest.mark.parametrize(
    ("argument", "recipient"),
    [
        ("TO:<a@b.c>", ("a@b.c",)),
        ("TO:<Postmaster>", ("Postmaster",)),
        ("TO:<a@b.c> NOTIFY=NEVER", ("a@b.c",)),
        ("TO:<>", replies.BAD_RECIPIENT),
        ("TO:<nodomain>", replies.BAD_RECIPIENT),
        ("TO:<a@b.c> SIZE=1", replies.UNKNOWN_PARAMETER),
        ("<a@b.c>", replies.BAD_ARGUMENTS),
    ],
)
def test_rcpt_to(argument: str, recipient: tuple[str] | str) -> None:
    """Each form of recipient gives its mailbox, or the reply that refuses it."""
    assert read_rcpt(argument) == recipient
