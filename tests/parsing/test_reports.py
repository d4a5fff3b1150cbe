"""The machine-readable part of delivery reports (RFC 3464, 6533), receipts (RFC 8098) and complaints (RFC 5965)."""

import pytest

from parsing.limits import Limits
from parsing.message import Kind, Message, Report
from parsing.reader import read
from parsing.report import choose_status

HEAD = 'From: MAILER-DAEMON@mx.example\nSubject: Undelivered\nContent-Type: multipart/{type}; boundary="b"\n\n'
COPY = "--b\nContent-Type: {copy}\n\nMessage-ID: <ours@desk.example>\nSubject: Printer\nTo: ann@example.org\n\nHello.\n"


def report(
    groups: str,
    *,
    words: str = "It did not arrive.",
    copy: str = "message/rfc822",
    status: str = "message/delivery-status",
    kind: str = 'report; report-type="delivery-status"',
) -> Message:
    head = f"{HEAD.format(type=kind)}--b\n\n{words}\n"
    raw = f"{head}--b\nContent-Type: {status}\n\n{groups}\n{COPY.format(copy=copy)}--b--\n"
    message = read(raw.encode("utf-8", "surrogateescape"))
    assert read(raw.replace("\n", "\r\n").encode("utf-8", "surrogateescape")).reports == message.reports
    return message


def only(groups: str, **more: str) -> Report:
    (found,) = report(groups, **more).reports
    return found


def test_every_field_of_a_recipient_is_read() -> None:
    """RFC 3464 section 2.3: both addresses, action, status, diagnostic, the other server and how long it is tried."""
    found = only(
        "Reporting-MTA: dns; mx.example\nArrival-Date: Fri, 20 Nov 2026 10:00:00 +0000\n\n"
        "Original-Recipient: rfc822; anna@example.net (as written)\nFinal-Recipient: rfc822; ann@example.org\n"
        "Action: delayed (for now)\nStatus: 4.4.1 (no answer)\nRemote-MTA: dns; mail.example.org (192.0.2.1)\n"
        "Diagnostic-Code: smtp; 421 not\n  today\nWill-Retry-Until: Fri, 27 Nov 2026 10:00:00 +0000\n"
    )

    assert found == Report(
        recipient="ann@example.org",
        status="4.4.1",
        action="delayed",
        diagnostic="421 not today",
        original_message_id="<ours@desk.example>",
        reason="unreachable",
        original_recipient="anna@example.net",
        remote="mail.example.org",
        retry_until="Fri, 27 Nov 2026 10:00:00 +0000",
    )


@pytest.mark.parametrize("action", ["failed", "delayed", "delivered", "relayed", "expanded"])
def test_every_action_is_told_apart(action: str) -> None:
    """Only a failure is one."""
    assert only(f"Final-Recipient: rfc822; ann@example.org\nAction: {action.upper()}\n").action == action


@pytest.mark.parametrize(
    "groups",
    [
        "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
        "Final-Recipient: rfc822; c@b.example\nAction: delayed\nStatus: 4.2.2\n",
        "Reporting-MTA: dns; x\nFinal-Recipient: a@b.example\nAction: failed\nStatus: 5.1.1\n\n\n\n"
        "final-recipient:rfc822;<c@b.example>\nACTION:delayed\nstatus:4.2.2\n\n",
        "Action: failed\nStatus: 5.1.1\nFinal-Recipient: RFC822; a@b.example\n\n"
        "Action: delayed\nStatus: 4.2.2\nFinal-Recipient: RFC822; c@b.example (c)\n",
        "Original-Recipient: <a@b.example>\nAction: failed\nStatus: 5.1.1\n\n"
        "Original-Recipient: <c@b.example>\nAction: delayed\nStatus: 4.2.2\n",
        "Final-Recipient: rfc822; a@b.example\n\nAction: failed\n\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; c@b.example\n\nAction: delayed\n\nStatus: 4.2.2\n",
    ],
)
def test_groups_are_parted_however_they_are_written(groups: str) -> None:
    """No empty line between two groups, too many, any order and case, no type, an empty line behind every field."""
    assert [(r.recipient, r.action, r.status) for r in report(groups).reports] == [
        ("a@b.example", "failed", "5.1.1"),
        ("c@b.example", "delayed", "4.2.2"),
    ]


@pytest.mark.parametrize("copy", ["message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"])
def test_our_id_is_found_in_whatever_copy(copy: str) -> None:
    """The whole mail or its header alone (RFC 6522), of either alphabet (RFC 6533)."""
    found = only("Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n", copy=copy)

    assert found.original_message_id == "<ours@desk.example>"


def test_addresses_beyond_ascii() -> None:
    """RFC 6533: UTF-8 as it is, and escaped for servers that know ASCII only."""
    plain = only("Final-Recipient: utf-8; anné@example.org\nAction: failed\n", status="message/global-delivery-status")
    escaped = only(r"Final-Recipient: utf-8; ann\x{E9}@example.org" + "\nAction: failed\n")
    assert (plain.recipient, escaped.recipient) == ("anné@example.org", "anné@example.org")


def test_an_encoded_status_part_is_read() -> None:
    """RFC 3464 says 7bit; some encode it all the same."""
    found = only("RmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGFubkBleGFtcGxlLm9yZwpBY3Rpb246IGZhaWxlZApTdGF0\ndXM6IDUuMi4yCg==\n",
                 status="message/delivery-status\nContent-Transfer-Encoding: base64")  # fmt: skip

    assert (found.recipient, found.status) == ("ann@example.org", "5.2.2")


def test_a_diagnostic_goes_on_in_lines_that_are_no_fields() -> None:
    """Lines of a reply that somebody forgot to fold belong to it."""
    found = only(
        "Final-Recipient: rfc822; ann@example.org\nDiagnostic-Code: smtp; 550-not\n550 5.7.1 from you\nAction: failed\n"
    )

    assert (found.diagnostic, found.status) == ("550-not 550 5.7.1 from you", "5.7.1")


def test_fields_that_have_fallen_into_the_text_are_read() -> None:
    """A report whose parts were lost on the way is one long text; it is read where it stands."""
    raw = (
        "From: Mail Delivery Subsystem <MAILER-DAEMON>\nSubject: Returned mail\n\n--b/mx.example\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: RFC822; ann@example.org\nAction: failed\nStatus: 5.1.2\n\n--b/mx.example\n\n"
        "Message-Id: <ours@desk.example>\n"
    )
    (found,) = read(raw.encode()).reports

    assert (found.recipient, found.status, found.action) == ("ann@example.org", "5.1.2", "failed")
    assert found.original_message_id == "<ours@desk.example>"


@pytest.mark.parametrize("final", ["rfc822; @mail.example.org", "X-Unix; |/usr/bin/filter", "rfc822; /var/mail/ann"])
def test_half_an_address_is_completed_by_the_words(final: str) -> None:
    """A route, a program or a file is nobody's address; the words for people name one."""
    found = only(
        f"Final-Recipient: {final}\nAction: failed\nStatus: 5.3.0\n",
        words="   ----- The following addresses had fatal errors -----\n<ann@example.org>\n    (reason: 255)\n",
    )

    assert found.recipient == "ann@example.org"


def test_a_report_that_names_nobody_is_about_whom_the_copy_was_written_to() -> None:
    """Some servers lose the group of the recipient."""
    assert only("Reporting-MTA: dns; mx.example\n").recipient == "ann@example.org"


@pytest.mark.parametrize(
    ("field", "diagnostic", "words", "status"),
    [
        ("5.1.1", "", "", "5.1.1"),
        ("5.0.0", "550 5.7.1 no", "", "5.7.1"),
        ("5.0.0", "550 no", "", "5.0.0"),
        ("5.1.1", "550 5.7.1 your address is listed", "", "5.7.1"),
        ("5.1.1", "503 5.5.1 need RCPT", "", "5.1.1"),
        ("5.7.1", "550 5.1.1 no", "", "5.7.1"),
        ("4.4.7", "given up: 452 4.2.2 full", "", "4.2.2"),
        ("", "554 4.4.7 expired <421 4.4.2 timed out>", "", "4.4.2"),
        ("5.0.0", "smtp; 255", "554 5.3.0 unknown mailer error", "5.3.0"),
        ("5.0.0", "", "421 4.4.1 later", "5.0.0"),
        ("", "", "from [192.0.2.5.1.1] by 5.1.1.2 v5.4.3", ""),
        ("", "", "nothing", ""),
    ],
)
def test_the_most_exact_status_wins(field: str, diagnostic: str, words: str, status: str) -> None:
    """A code in the other server's reply beats a sum, an exact Status beats all; addresses and versions are none."""
    assert choose_status(field, diagnostic, words) == status


def test_a_receipt_is_no_bounce_and_says_what_was_done() -> None:
    """RFC 8098: displayed is not delivered into nothing."""
    message = report(
        "Reporting-UA: a program\nFinal-Recipient: rfc822; ann@example.org\nOriginal-Message-ID: <ours@desk.example>\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n",
        status="message/disposition-notification",
        kind="report; report-type=disposition-notification",
    )

    assert message.kind is not Kind.BOUNCE
    assert [(r.recipient, r.action, r.original_message_id) for r in message.reports] == [
        ("ann@example.org", "displayed", "<ours@desk.example>")
    ]


def test_a_complaint_is_no_bounce_and_names_who_complained() -> None:
    """RFC 5965: somebody pressed a button."""
    message = report(
        "Feedback-Type: abuse\nUser-Agent: a program/1.0\nVersion: 1\nOriginal-Rcpt-To: <ann@example.org>\n",
        status="message/feedback-report",
        kind="report; report-type=feedback-report",
    )

    assert message.kind is not Kind.BOUNCE
    assert [(r.recipient, r.action, r.diagnostic) for r in message.reports] == [
        ("ann@example.org", "complained", "abuse")
    ]


def test_no_more_recipients_are_read_than_the_limit_says() -> None:
    """Twenty thousand groups cost what the limit allows."""
    groups = "".join(
        f"Final-Recipient: rfc822; a{n}@b.example\nAction: failed\nStatus: 5.1.1\n\n" for n in range(20_000)
    )

    assert len(report(groups).reports) == Limits().reports
