"""Delivery reports in prose, one of every vendor's: recipients, status, what became of the mail, why, and our id.

The reports lie in tests/mail/reports, each of our own wording in the form that the server's name stands for. All are
about a mail of <support@desk.example>; where a copy of it is kept, its Message-ID is OURS.
"""

from pathlib import Path

import pytest

from parsing.message import Kind
from parsing.reader import read

FOLDER = Path(__file__).resolve().parent.parent / "mail" / "reports"
OURS = "<ours@desk.example>"
# of each recipient the address, the status, the action and the reason
SAID = {
    "qmail": "ann@example.org 5.1.1 failed unknown_user, bea@example.org 5.2.2 failed full",
    "postfix_old": "ann@example.org 5.7.1 failed blocked",
    "exim": "ann@example.org 5.1.1 failed unknown_user, bea@example.org 5.1.2 failed unknown_domain",
    "exim_delayed": "ann@example.org 4.7.1 delayed greylisted",
    "gmail_of_old": "ann@example.org 5.1.1 failed unknown_user",
    "yahoo": "ann@example.org 5.1.1 failed unknown_user",
    "sendmail_5": "ann@example.org 5.1.1 failed unknown_user",
    "sendmail_8": "ann@example.org 5.2.3 failed too_large",
    "exchange_5_5": "ann@example.org 5.1.1 failed unknown_user, bea@example.org 5.1.1 failed unknown_user",
    "exchange_2007": "ann@example.org 5.1.10 failed unknown_user",
    "domino": "ann@example.org 5.1.1 failed unknown_user",
    "lotus_notes": "ann@example.org 5.1.1 failed unknown_user",
    "groupwise": "ann@example.org 5.2.2 failed full",
    "groupwise_local": "ann@example.org 5.1.1 failed unknown_user, bea@example.org 5.2.2 failed full",
    "truncated_copy": "bea@example.org 5.1.1 failed unknown_user",
    "aol_local": "ann@example.org 5.1.1 failed unknown_user",
    "opensmtpd": "ann@example.org 5.2.2 failed full",
    "dragonfly": "ann@example.org 5.4.7 failed expired",
    "smail": "ann@example.org 5.2.2 failed full",
    "1und1": "ann@example.org 5.3.4 failed too_large",
    "gmx": "ann@example.org 5.1.1 failed unknown_user",
    "zoho": "ann@example.org 5.1.1 failed unknown_user",
    "imail": "ann@example.org 5.1.1 failed unknown_user",
    "interscan": "ann@example.org 5.1.1 failed unknown_user",
    "mailmarshal": "ann@example.org 5.1.1 failed unknown_user",
    "mailfoundry": "ann@example.org 5.1.1 failed unknown_user",
    "m_filter": "ann@example.org 5.1.1 failed unknown_user",
    "ezweb": "ann@example.org 5.1.1 failed unknown_user",
    "kddi": "ann@example.org 5.2.2 failed full",
    "apache_james": "ann@example.org 5.1.1 failed unknown_user",
    "verizon": "ann@example.org 5.1.1 failed unknown_user",
    "x1": "ann@example.org 5.1.1 failed unknown_user",
    "x3": "ann@example.org 5.3.0 failed unknown_user",
    "x6": "ann@example.org 5.1.1 failed unknown_user",
    "mdaemon": "ann@example.org 5.1.1 failed unknown_user",
    "postfix_dialogue": "ann@example.org 4.3.0 failed system",
    "exchange_french": "ann@example.org 5.2.2 failed full",
    "german": "ann@example.org 5.1.1 failed unknown_user",
    "mail_ru": "ann@example.org 5.7.0 failed spam",
    "details_attached": "ann@example.org 5.0.0 failed unknown_user",
    "disabled": "ann@example.org 5.2.1 failed disabled",
    "exchange_2003_plain": "ann@example.org 5.0.0 failed ",
    "failed_recipients": "ann@example.org 5.1.1 failed unknown_user",
    "in_a_sentence": "ann@example.org 5.2.1 failed disabled",
    "intended_recipient": "ann@example.org 5.0.0 failed ",
    "interscan_parts": "ann@example.org 5.1.1 failed unknown_user",
    "kundenserver": "ann@example.org 5.1.1 failed unknown_user",
    "mailbox_is_full": "ann@example.org 5.2.2 failed full",
    "mdaemon_dialogue": "ann@example.org 5.2.2 failed full",
    "mimecast": "ann@example.org 4.4.4 failed unreachable",
    "mxlogic": "ann@example.org 5.1.1 failed unknown_user",
    "netscape": "ann@example.org 5.4.7 failed expired",
    "not_yet": "ann@example.org 4.4.1 delayed unreachable",
    "originally_addressed": "ann@example.org 5.1.1 failed unknown_user",
    "postponed": "ann@example.org 4.2.2 delayed full",
    "quoted_printable_fields": "ann@example.org 5.1.1 failed unknown_user",
    "sieve_reject": "ann@example.org 5.2.2 failed full",
    "sina": "ann@example.org 5.0.0 failed , bea@example.org 5.0.0 failed ",
    "smail_dots": "ann@example.org 5.1.2 failed unknown_domain",
    "spamlion": "ann@example.org 5.0.0 failed ",
    "undeliverable_address": "ann@example.org 5.2.2 failed full",
    "x3_report": "ann@example.org 5.0.0 failed ",
    "biglobe": "postmaster@example.org 5.2.2 failed full",
    "communigate": "ann@example.org 5.2.2 failed full",
    "exchange_links": "ann@example.org 5.2.2 failed full",
    "fml": "list@lists.example 5.4.6 failed loop",
    "messaging_server": "ann@example.org 5.4.4 failed unreachable",
    "report_in_a_report": "ann@example.org 5.1.1 failed unknown_user",
    "verizon_details": "15550100@vtext.example 5.1.1 failed unknown_user",
    "docomo": "ann@example.org 5.1.1 failed unknown_user",
    "exchange_html": "ann@example.org 5.1.1 failed unknown_user",
    "microsoft_365_html": "ann@example.org 5.1.10 failed unknown_user",
    "no_copy_but_an_answer": "ann@example.org 5.1.1 failed unknown_user",
    "yandex": "ann@example.org 5.7.1 failed spam",
    "imail_attempts": "ann@example.org 5.4.7 failed expired",
}


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_report_in_prose(name: str, line_end: bytes) -> None:
    """Each is a bounce, and tells whom, how, why and about which mail of ours."""
    raw = (FOLDER / f"{name}.eml").read_bytes()
    message = read(raw.replace(b"\n", line_end))

    assert message.kind is Kind.BOUNCE
    assert ", ".join(f"{r.recipient} {r.status} {r.action} {r.reason}" for r in message.reports) == SAID[name]
    assert {r.original_message_id for r in message.reports} == {OURS if b"ours@desk.example" in raw else ""}
    assert all(r.diagnostic for r in message.reports)


def test_every_report_in_the_folder_is_tried() -> None:
    """No report lies there that nobody reads."""
    assert {path.stem for path in FOLDER.iterdir()} == set(SAID)
