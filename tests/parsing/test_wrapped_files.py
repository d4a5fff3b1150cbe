"""Files inside other things: winmail.dat, uuencoded text, attached mails, invitations; what people can open."""

from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsing.limits import Limits
from parsing.message import Permanent
from parsing.reader import attachment_bytes, read
from parsing.tnef import decompressed, read_tnef
from parsing.uuencoded import split_uuencoded
from tests.parsing import wrapping

HEAD = "From: ann@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=m\n\n"
WINMAIL = 'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n'


def with_winmail(data: bytes, words: str = "see the file") -> bytes:
    packed = base64.encodebytes(data).decode()
    return f"{HEAD}--m\nContent-Type: text/plain\n\n{words}\n--m\n{WINMAIL}{packed}\n--m--\n".encode()


def names(raw: bytes) -> list[str]:
    return [found.filename for found in read(raw).attachments]


@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
def test_a_winmail_is_its_files(eol: bytes) -> None:
    """The files that Outlook wrapped have their long names and their own bytes, by index from the raw mail again."""
    data = wrapping.winmail(wrapping.file("Plan für März.pdf", b"%PDF-1"), wrapping.file("log.txt", b"lines"))
    raw = with_winmail(data).replace(b"\n", eol)
    message = read(raw)

    assert message.text.strip() == "see the file"
    assert [(a.filename, a.size, a.type) for a in message.attachments] == [
        ("Plan für März.pdf", 6, "application/pdf"),
        ("log.txt", 5, "application/octet-stream"),
    ]
    assert [attachment_bytes(raw, a.index) for a in message.attachments] == [
        (message.attachments[0], b"%PDF-1"),
        (message.attachments[1], b"lines"),
    ]
    with pytest.raises(Permanent):
        attachment_bytes(raw, message.attachments[1].index + 10_000)


@pytest.mark.parametrize(
    "body",
    [
        wrapping.attribute(wrapping.BODY, "Grüße aus der Hülle\r\n\0".encode("cp1252")),
        wrapping.attribute(
            wrapping.MESSAGE_PROPERTIES, wrapping.properties((0x1000, 0x1F, wrapping.text("Grüße aus der Hülle")))
        ),
        wrapping.attribute(
            wrapping.MESSAGE_PROPERTIES,
            wrapping.properties((0x3FDE, 3, b"\xe9\xfd\0\0"), (0x1013, 0x102, "<p>Grüße aus der Hülle</p>".encode())),
        ),
    ],
    ids=["plain", "unicode property", "HTML"],
)
def test_a_body_in_a_winmail_is_read_when_there_is_no_other(body: bytes) -> None:
    """A mail whose words are only in the wrapping says them; a mail with words of its own is not doubled."""
    empty, full = with_winmail(wrapping.winmail(body), ""), with_winmail(wrapping.winmail(body))

    assert read(empty).text.strip() == "Grüße aus der Hülle"
    assert read(full).text.strip() == "see the file"
    assert names(empty) == names(full) == []


def test_what_can_not_be_opened_is_attached_as_it_is() -> None:
    """A winmail.dat that is none, or an empty one, is itself the file."""
    assert names(with_winmail(b"no TNEF at all")) == ["winmail.dat"]
    assert names(with_winmail(wrapping.winmail())) == ["winmail.dat"]


def test_rich_text_in_a_winmail_is_a_file_when_there_are_no_words() -> None:
    """Text that exists as RTF only is attached as a document that a person can open."""
    rtf = b"{\\rtf1 hello}"
    packed = (len(rtf) + 12).to_bytes(4, "little") + len(rtf).to_bytes(4, "little") + b"MELA\0\0\0\0" + rtf
    data = wrapping.winmail(
        wrapping.attribute(wrapping.MESSAGE_PROPERTIES, wrapping.properties((0x1009, 0x102, packed)))
    )
    raw = with_winmail(data, "")
    found = read(raw).attachments

    assert [(a.filename, a.type) for a in found] == [("message.rtf", "application/rtf")]
    assert attachment_bytes(raw, found[0].index)[1] == rtf


def test_compressed_rich_text() -> None:
    """LZFu (MS-OXRTFCP): literals, a copy from the dictionary, one that overlaps what it writes, the end, the limit."""
    start = 207  # where the dictionary ends and the text begins
    copies = wrapping.token(0, 6), wrapping.token(start + 6, 14), wrapping.token(start + 6 + 3 + 14, 2)
    body = b"\x71" + copies[0] + b"abc" + copies[1] + copies[2]
    packed = wrapping.compressed(body, size=100)

    assert decompressed(packed, 10_000) == b"{\\rtf1" + b"abc" + b"abcabcabcabcab"
    assert decompressed(packed, 10) == b"{\\rtf1abca"
    assert decompressed(packed[:16], 10) == decompressed(b"", 10) == b""


def test_a_message_within_a_winmail() -> None:
    """Outlook attaches a mail to a mail: its words are a text file, its files are files; depth ends at its limit."""
    inner = wrapping.winmail(wrapping.attribute(wrapping.BODY, b"inner words\0"), wrapping.file("a.txt", b"a"))
    for _ in range(9):
        guid = bytes.fromhex("0703020000000000c000000000000046")
        inner = wrapping.winmail(wrapping.file("Old mail", b"", (0x3701, 0xD, guid + inner)))

    assert [file.name for file in read_tnef(inner, Limits(tnef_depth=9)).files][-2:] == ["Old mail.txt", "a.txt"]
    assert len(read_tnef(inner, Limits()).files) == 4


WHOLE = wrapping.winmail(
    wrapping.attribute(wrapping.BODY, b"words\0"),
    wrapping.file("a.txt", b"aaaa", (0x3712, 0x1E, b"id\0"), (0x8005, 0x1E, b"x")),
)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=5)), max_size=5))
@settings(max_examples=200, deadline=None)
def test_a_broken_winmail_is_no_error(changes: list[tuple[int, bytes]]) -> None:
    """Bytes overwritten anywhere: something is read or nothing, and nothing is raised."""
    data = bytearray(WHOLE)
    for at, what in changes:
        data[at : at + len(what)] = what

    assert len(read_tnef(bytes(data), Limits()).files) <= 1
    read_tnef(bytes(data)[: len(data) // 2], Limits())


def uuencoded(name: str, data: bytes) -> str:
    lines = [binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_uuencoded_files_are_attached_and_the_text_is_kept(eol: str) -> None:
    """D17: each file between begin and end is a file with its bytes; the words around stay; blanks may be lost."""
    first, second = bytes(range(256)), b"\0" * 100
    files = uuencoded("../a b.bin", first).replace("`", " "), uuencoded("zero.bin", second)
    body = f"Hello,\n\n{files[0]}\nand\n\n{files[1]}\nbye\n"
    for text in (body, "\n".join(line.rstrip(" ") for line in body.split("\n"))):
        raw = f"From: ann@example.org\n\n{text}".replace("\n", eol).encode()
        message = read(raw)

        assert message.text.split() == ["Hello,", "and", "bye"]
        assert [(a.filename, a.size) for a in message.attachments] == [("a b.bin", 256), ("zero.bin", 100)]
        assert [attachment_bytes(raw, a.index)[1] for a in message.attachments] == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 times over\nand then end it\nend\n",
        "begin 644 a.bin\nend\n",
        uuencoded("a.bin", b"abc").replace("end\n", ""),
        uuencoded("a.bin", b"abc" * 40).replace("M", "Mü", 1),
        "begin the day\n",
    ],
)
def test_what_only_looks_uuencoded_stays_in_the_text(text: str) -> None:
    """Words, an empty file, a file without its end, a broken one: nothing is taken out of the text."""
    assert split_uuencoded(text, Limits()) == (text, ())


INVITATION = """\
BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
DTSTART:16010101T000000
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY;LANGUAGE=en:Printer\\, again
DTSTART;TZID="Europe/Warsaw":20261201T100000
DTEND:20261201T110000Z
LOCATION:Room 5\\nfirst floor
ORGANIZER;CN=Ann:mailto:ann@example.org
DESCRIPTION:Bring
  paper.
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_an_invitation_is_a_file_and_words(eol: str) -> None:
    """The .ics is attached; a mail that says nothing else says what, when and where."""
    part = f"--m\nContent-Type: text/calendar; method=REQUEST\n\n{INVITATION}--m--\n"
    message = read(f"{HEAD}{part}".replace("\n", eol).encode())
    spoken = read(f"{HEAD}--m\n\nplease come\n{part}".encode())

    assert [(a.filename, a.type) for a in message.attachments] == [("invitation.ics", "text/calendar")]
    assert message.text.split("\n")[:3] == [
        "What: Printer, again",
        "When: 2026-12-01 10:00 (Europe/Warsaw) to 2026-12-01 11:00 UTC",
        "Where: Room 5",
    ]
    assert message.text.endswith("\nBring paper.\n")
    assert spoken.text.strip() == "please come"


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_an_attached_mail_is_byte_for_byte_a_file(encoding: str) -> None:
    """A forwarded mail is an .eml named after its subject, exact, so that its signature can still be verified."""
    inner = b"Subject: =?utf-8?q?Rechnung_=C3=BC?= 7/8\r\nX-Odd:  two  blanks\r\n\r\nFrom here\r\n\r\nto there"
    coded = base64.encodebytes(inner) if encoding == "base64" else inner
    fields = f"--m\nContent-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    raw = (HEAD.encode() + b"--m\n\nlook\n" + fields).replace(b"\n", b"\r\n") + coded + b"\r\n--m--\r\n"
    found = read(raw).attachments

    assert [a.filename for a in found] == ["Rechnung ü 7_8.eml"]
    assert attachment_bytes(raw, found[0].index)[1] == inner


PICTURE = "--m\nContent-Type: image/png; name=a.png\n{fields}\n\nx\n"


@pytest.mark.parametrize(
    ("page", "fields", "inline"),
    [
        ('<img src="cid:a%40x">', "Content-ID: <a@x>\nContent-Disposition: attachment", True),
        ('<img src="cid:a@x">', "Content-ID: <a@x>", True),
        ("<p>words</p>", "Content-ID: <a@x>\nContent-Disposition: inline", False),
        ("<p>words</p>", "Content-Disposition: inline", True),
        ("", "Content-Disposition: inline", True),
        ("", "Content-ID: <a@x>", True),
        ("", "Content-Disposition: attachment", False),
    ],
)
def test_a_picture_in_the_text_is_told_from_a_file(page: str, fields: str, inline: bool) -> None:
    """Inline is what the HTML shows; a screenshot that only carries an id or a word is a file to save."""
    html = f"--m\nContent-Type: text/html\n\n{page}\n" if page else "--m\n\nwords\n"
    raw = (HEAD + html + PICTURE.format(fields=fields) + "--m--\n").encode()

    assert [found.inline for found in read(raw).attachments] == [inline]
    assert attachment_bytes(raw, 2)[0] == read(raw).attachments[0]
    document = raw.replace(b"image/png", b"application/pdf").replace(b"cid:", b"")
    assert [found.inline for found in read(document).attachments] == [False]
