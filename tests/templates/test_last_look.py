"""The finished header is looked at once more: whatever slipped through, no field of another's making leaves us."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import last_look
from parsing.message import Address, Permanent
from rules.mail import Part
from templates import clean, headers
from tests.templates.desk import ASKED, mail, read, to_agent, to_customer

ANY_TEXT = st.text(max_size=200) | st.text(alphabet=" \t\r\n=?utf8bqQ-_.\x00\x85\u2028\u202eé€😀\ud800", max_size=200)

OWN = b"From: <a@b.example>\r\nTo: <c@d.example>\r\nDate: x\r\nMessage-ID: <e@f>\r\n"


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (OWN + b"Subject: b\nBcc: d", "line 5"),
        (OWN + b"no field", "line 5"),
        (OWN + b"Subject: " + b"x" * 999, "line 5"),
        (OWN + b"Subject: \xc3\xa9", "line 5"),
        (b" A: b\r\n" + OWN[:-2], "line 1"),
        (OWN + b"Subject: b\r\n \r\nC: d", "line 6"),
        (OWN + b"Subject: b\x00", "line 5"),
        (OWN + b"Bcc: <x@y.example>", "the field bcc"),
        (OWN + b"Resent-To: <x@y.example>", "the field resent-to"),
        (OWN + b"X-Mailer: x", "the field x-mailer"),
        (OWN + b"from: <x@y.example>", "the field from"),
        (OWN + b"DKIM-Signature: x\r\n" * 3 + b"Subject: x", "the field dkim-signature"),
        (OWN[OWN.index(b"To:") :] + b"Subject: x", "there is no from"),
        (OWN[: OWN.index(b"Message-ID")] + b"Subject: x", "there is no message-id"),
        (OWN + b"Subject: =?utf-8?q?Bcc=3A?=", "taken for an encoded word"),
        (OWN + b"Subject: =?x", "taken for an encoded word"),
        (OWN + b"Subject: =?utf-8?b?YQ0KQmNjOiB4QHk=?=", "an encoded word holds"),  # a CR LF and a Bcc
        (OWN + b"Subject: =?utf-8?b?4oCuYQ==?=", "an encoded word holds"),  # U+202E
        (OWN + b"Subject: =?utf-8?b?PT91dGY=?=\r\n =?utf-8?b?LTg/cT94Pz0=?=", "an encoded word holds"),  # another one
    ],
)
def test_the_finished_header_is_checked_once_more(block: bytes, words: str) -> None:
    """Should a value slip through all the same, the mail is refused instead of sent, and it is said why."""
    assert headers.flaw(OWN + b"Subject: =?utf-8?b?xbzDs8WCdw==?=") == ""
    with pytest.raises(Permanent, match=words):
        headers.checked(block)


@settings(max_examples=200, deadline=None)
@given(subject=ANY_TEXT, name=ANY_TEXT, file=ANY_TEXT, identifier=ANY_TEXT, text=ANY_TEXT)
def test_nothing_hostile_passes_the_last_look(subject: str, name: str, file: str, identifier: str, text: str) -> None:
    """Whatever stands in subjects, names, file names and Message-IDs, the finished bytes are sound and all ours."""
    thread = ("<root@example.com>", identifier, f"<{identifier}@example.com>")
    ticket = replace(ASKED, subject=subject, requester=Address("anna@example.com", name), thread=thread)
    notices = [
        replace(to_customer("reply", text, automatic=False), to=Address("anna@example.com", name), sender_name=name),
        to_agent("agent_opened", writer=name, words=text, attachments=[(file, 3)], rule=subject),
        to_agent("agent_done", done=[text], left_out=[file]),
    ]
    for notice in notices:
        made = mail(notice, ticket, parts=[Part(file, "text/plain", b"one")])
        names = [part.get_filename() or "" for part in read(made.raw).iter_attachments()]

        assert last_look.flaw(made.raw) == ""
        assert last_look.flaw(b"DKIM-Signature: x\r\n" * 2 + made.raw) == ""
        assert names == [clean.file_name(file)]
        assert not any(character in names[0] for character in '\r\n\0\u202e\u2028/\\"<>')
