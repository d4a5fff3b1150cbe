"""Golden mails read whole: text, quotation, attachments, kinds and reports, with LF and with CRLF."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from parsing.message import Address, Kind, Message, Permanent
from parsing.reader import attachment_bytes, read, unreadable
from tests.parsing import golden


def both(raw: bytes) -> list[Message]:
    return [read(raw), read(raw.replace(b"\n", b"\r\n"))]


@pytest.mark.parametrize("name", golden.REPLIES)
def test_new_words_are_told_from_old(name: str) -> None:
    """What each program quotes and signs is cut from the answer, and nothing of the text is lost."""
    mail = golden.REPLIES[name]
    for message in both(mail.raw):
        assert message.reply_text.strip() == mail.new
        assert [line for line in message.cut_text.splitlines() if line.strip()] == [
            line for line in mail.cut.splitlines() if line.strip()
        ]
        assert "".join(span.text for span in message.spans) == message.text
        assert message.html_only is bool(mail.more.get("html_only"))


def test_the_header_is_read() -> None:
    """Every field of the header that the rooms above use."""
    for message in both(golden.REPLIES["gmail"].raw):
        assert message.sender == Address("ann@example.org", "Ann Example")
        assert message.to == (Address("support@desk.example", "Support"),)
        assert message.date == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        assert (message.subject, message.message_id) == ("Re: Printer", "<one@example.org>")
        assert (message.queue_ids, message.kind, message.defects) == (("4F3gHk2Lz1",), Kind.HUMAN, ())


@pytest.mark.parametrize("name", golden.FORWARDS)
def test_a_forward_names_who_wrote(name: str) -> None:
    """The sender of the mail that is passed on is found in the block, or the attachment, of each program."""
    for message in both(golden.FORWARDS[name]):
        assert message.forwarded_from is not None
        assert message.forwarded_from.address == "carl@customer.example"


def test_a_reply_is_no_forward() -> None:
    """The header block above a quotation names nobody as a forwarded customer."""
    assert [message.forwarded_from for message in both(golden.REPLIES["outlook"].raw)] == [None, None]


def test_attached_mail_is_an_attachment() -> None:
    """An attached message is named after its subject, and its words are not the sender's."""
    for message in both(golden.FORWARDS["as an attachment"]):
        assert message.text.strip() == "see below"
        assert [a.filename for a in message.attachments] == ["Help_me.eml"]


@pytest.mark.parametrize("label", golden.CHARSETS)
def test_charsets(label: str) -> None:
    """Text and subject come out as they were written, whatever alphabet they were sent in."""
    words, codec = golden.CHARSETS[label]
    head = f"From: a@example.org\nSubject: x\nContent-Type: text/plain; charset={label}\n\n".encode()

    assert read(head + words.encode(codec)).text == words


def test_a_wrong_charset_loses_nothing() -> None:
    """Bytes that are not what the label says are still read, and a defect tells how."""
    message = read("From: a@example.org\nContent-Type: text/plain; charset=us-ascii\n\nGrüße €".encode("cp1252"))

    assert message.text == "Grüße €"
    assert "read as cp1252" in [defect.mended for defect in message.defects]


MIXED = """\
From: a@example.org
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain

plain words
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<p>html words <img src="cid:pic"></p>
--r
Content-Type: image/png
Content-ID: <pic>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--r--
--a--
--m
Content-Type: text/plain; name="../../etc/passwd"
Content-Disposition: attachment

line one
line two
--m
Content-Type: application/octet-stream
Content-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%0d%0a.pdf

pdf
--m--
"""


def test_alternatives_and_attachments() -> None:
    """Plain text is read, its HTML twin is not; attachments have safe names, stable indexes and their own bytes."""
    raw = MIXED.encode()
    message = read(raw)

    assert message.text == "plain words"
    assert [a.filename for a in message.attachments] == ["part-5.png", "passwd", "Grüße .pdf"]
    assert message.attachments[0].inline
    assert message.attachments[0].content_id == "pic"
    for attachment in message.attachments:
        told, data = attachment_bytes(raw, attachment.index)
        assert told == attachment
        assert len(data) == attachment.size
    assert attachment_bytes(raw, message.attachments[0].index)[1] == b"\x89PNG\r\n\x1a\n"
    with pytest.raises(Permanent):
        attachment_bytes(raw, 99)


def test_text_between_attachments_is_kept() -> None:
    """Apple Mail puts pictures between paragraphs: all the paragraphs are the text, in order."""
    part = "--m\nContent-Type: image/png; name=x.png\n\nx\n"
    raw = f"Content-Type: multipart/mixed; boundary=m\n\n--m\n\none\n{part}--m\n\ntwo\n--m--\n"

    assert read(raw.encode()).text.split() == ["one", "two"]


def test_flowed_text_is_joined() -> None:
    """Soft line breaks of format=flowed are undone (RFC 3676), in quotations too; commands stay lines."""
    head = "From: a@b.example\nContent-Type: text/plain; format=flowed\n\n"

    assert read(f"{head}#note one \n#close\na long \nline\n> q \n> r\n".encode()).text == (
        "#note one \n#close\na long line\n> q r\n"
    )


def test_a_delivery_report() -> None:
    """RFC 3464 by Postfix: recipients, status and our Message-ID, from the copy or from its header alone."""
    for copy in ("message/rfc822", "text/rfc822-headers"):
        for message in both(golden.DSN.format(copy=copy, rest="the mail").encode()):
            assert message.kind is Kind.BOUNCE
            assert [(r.recipient, r.status, r.action) for r in message.reports] == [
                ("ann@example.org", "5.1.1", "failed"),
                ("bea@example.org", "4.4.1", "delayed"),
            ]
            assert message.reports[0].original_message_id == "<ours@desk.example>"
            assert message.reports[0].diagnostic.endswith("Recipient address rejected: User unknown")
            assert message.attachments == ()


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("Auto-Submitted: Auto-Replied (vacation)", Kind.AUTO_REPLY),
        ("Auto-Submitted: auto-generated; owner-email=x", Kind.MACHINE),
        ("Auto-Submitted: no (really)", Kind.HUMAN),
        ("Return-Path: < >", Kind.MACHINE),
        ("Return-Path: <>\nIn-Reply-To: <a@desk.example>", Kind.AUTO_REPLY),
        ("Return-Path: <a@example.org>", Kind.HUMAN),
        ("X-Autoreply: yes", Kind.AUTO_REPLY),
        ("Precedence: bulk", Kind.MACHINE),
        ("Precedence: auto_reply", Kind.AUTO_REPLY),
        ("List-Id: <l.example.org>", Kind.LIST),
        ("X-Auto-Response-Suppress: OOF, AutoReply", Kind.MACHINE),
        ("Subject: =?utf-8?q?Abwesenheitsnotiz=3A_Urlaub?=", Kind.AUTO_REPLY),
        ("Subject: Re: Automatic reply: x", Kind.HUMAN),
        ("X-Other: yes", Kind.HUMAN),
    ],
)
def test_kinds(fields: str, kind: Kind) -> None:
    """Each mark of automatic mail is seen, and a person is taken for a person."""
    message = read(f"From: a@example.org\n{fields}\n\nx".encode())

    assert message.kind is kind
    assert message.automatic is (kind is not Kind.HUMAN)


@pytest.mark.parametrize("author", ["MAILER-DAEMON <>", "noreply@shop.example", "Mail Delivery System <x@mx.example>"])
def test_machines_by_their_address(author: str) -> None:
    """Mailers and addresses that take no answers are no people."""
    assert read(f"From: {author}\n\nx".encode()).automatic


def test_what_killed_the_reader_is_told_by_its_header() -> None:
    """The message of the header scan alone has sender, ids and kind, an empty text and a defect that says why."""
    message = unreadable(golden.REPLIES["gmail"].raw, why="signal 9")

    assert message.sender == Address("ann@example.org", "Ann Example")
    assert (message.message_id, message.text, message.spans) == ("<one@example.org>", "", ())
    assert [defect.what for defect in message.defects] == ["signal 9"]
    assert unreadable(golden.DSN.encode(), why="x").kind is Kind.BOUNCE


def test_a_digest_is_of_words_and_attachments() -> None:
    """Another way to the desk (fields, line ends) leaves the digest; another word or attachment changes it."""
    raw = MIXED.encode()
    digest = read(raw).body_digest

    assert read(b"Received: from x by y; Fri\n" + raw.replace(b"\n", b"\r\n")).text == "plain words"
    assert read(b"Received: from x by y; Fri\n" + raw).body_digest == digest
    assert read(raw.replace(b"plain words", b"plain word")).body_digest != digest
    assert read(raw.replace(b"pdf\n", b"pdg\n")).body_digest != digest
