"""Hostile headers (sections B and F of the list): bounded, literal, one line, and never an exception."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsing.dates import date
from parsing.fields import split
from parsing.headers import ids
from parsing.limits import Limits
from parsing.message import Message
from parsing.reader import read

FROM = b"From: Ann <ann@example.org>\n"


def with_fields(fields: str | bytes) -> Message:
    return read(FROM + (fields.encode() if isinstance(fields, str) else fields) + b"\n\nthe words\n")


LABELS = {
    "F01 unknown": "x-nobody-knows",
    "F02 a path": "../../etc/passwd",
    "F03 3000 characters": "a" * 3000,
    "F04 none": "",
    "F05 rot13": "rot13",
    "F06 escapes": "unicode_escape",
    "F07 idna": "idna",
    "F08 undefined": "undefined",
    "F09 zlib": "zlib",
    "F10 utf-7": "utf-7",
    "F11 utf-16": "utf-16",
    "F12 utf-32": "utf-32",
}


@pytest.mark.parametrize("name", LABELS)
def test_charsets_in_words_do_nothing(name: str) -> None:
    """A label that is no charset changes no letter; one whose bytes are none of it raises nothing."""
    message = with_fields(f"Subject: =?{LABELS[name]}?Q?the_nop=40x?=")

    if name < "F10":
        assert message.subject == (f"=?{'a' * 3000}?Q?the_nop=40x?=" if name.startswith("F03") else "the nop@x")
    assert message.text == "the words\n"


@pytest.mark.parametrize(
    ("word", "subject"),
    [
        ("=?utf-8?Q?a=C3=28b?=", "aÃ(b"),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_M=C3=BCn=C3?=", "Grüße aus Mün\ufffd"),
        ("=?us-ascii?Q?=E9t=E9?=", "été"),
        ("=?iso-2022-jp?Q?=1B$B!?=", ""),
        ("=?utf-8?Q?a=00b?=", "a\ufffdb"),
        ("=?utf-8?Q?=ED=A0=80?=", None),
    ],
)
def test_bytes_that_are_none_of_their_charset(word: str, subject: str | None) -> None:
    """Broken UTF-8, 8-bit ASCII, cut ISO-2022-JP, NUL, a lone surrogate (F13 to F16): text that can be stored."""
    message = with_fields(f"Subject: {word}")

    assert subject is None or message.subject.strip("\ufffd") == subject.strip("\ufffd")
    message.subject.encode("utf-8")
    assert "\x00" not in message.subject


ONE_LINE = {
    "F23 a bare CR": (b"Subject: a\rBcc: x@y.example", "a Bcc: x@y.example"),
    "F25 an encoded CR LF": (b"Subject: =?utf-8?Q?a=0D=0ABcc=3A_x=40y?=", "a Bcc: x@y"),
    "F26 encoded in base64": (b"Subject: =?utf-8?B?YQ0KQmNjOiB4QHk=?=", "a Bcc: x@y"),
    "F27 NUL, ESC, U+2028": (b"Subject: a\x00b\x1b[2Jc\xe2\x80\xa8d", "a\ufffdb [2Jc d"),
    "F47 U+0085 and U+2029": ("Subject: a\x85b\u2029c".encode(), "a b c"),
    "F20 four bytes": ("Subject: 😀 \U0001f469\u200d\U0001f4bb".encode(), "😀 \U0001f469\u200d\U0001f4bb"),
}


@pytest.mark.parametrize("name", ONE_LINE)
def test_one_line_stays_one_line(name: str) -> None:
    """No character makes a second line, and no field is made of a subject."""
    fields, subject = ONE_LINE[name]
    message = with_fields(fields)

    assert message.subject == subject
    assert len(message.subject.splitlines()) == 1


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
def test_line_ends(end: bytes) -> None:
    """LF, CRLF, CR alone and a doubled CR are read alike (F28 to F30)."""
    message = read(b"From: Ann <ann@example.org>\nSubject: a\n b\nTo: c@example.org\n\nthe words".replace(b"\n", end))

    assert message.sender is not None
    assert (message.sender.address, message.subject, len(message.to)) == ("ann@example.org", "a b", 1)
    assert message.text == "the words"


ENDS: dict[str, tuple[bytes, str, str]] = {
    "F31 a line without a colon": (b"Subject: a\nno colon\nand text\n", "a", "no colon\nand text\n"),
    "F32 odd names": (b"Subject: a\n: b\nX\xff: c\n", "a", ""),
    "F46 a From_ line": (b"Subject: a\nFrom evil@example.org Fri\nX-A: b\n\nx\n", "a", "x\n"),
    "F48 an empty line first": (b"\nSubject: a\n\nx\n", "", "Subject: a\n\nx\n"),
    "F49 nothing": (b"", "", ""),
    "F50 a line end": (b"\n", "", ""),
    "F51 no body": (b"Subject: a", "a", ""),
    "F52 a continuation of blanks": (b"Subject: a\n  \n\t\nX-A: b\n\nx\n", "a", "x\n"),
    "behind the end": (b"Subject: a\n\nFrom: b@example.org\nSubject: c\n", "a", "From: b@example.org\nSubject: c\n"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_header_ends_once(name: str) -> None:
    """Fields behind the real end of the header are never honoured, and no line of text is lost."""
    raw, subject, text = ENDS[name]
    message = read(raw)

    assert message.subject == subject
    assert message.sender is None
    assert text in message.text


M = 2**20
FLOODS: dict[str, bytes] = {
    "F33 100,000 fields": b"X-A: b\n" * 100_000,
    "F34 a field of 1 MiB": b"Subject: " + b"a" * M,
    "F35 100,000 folds": b"Subject:" + b"\n a" * 100_000,
    "F36 50,000 recipients": b"To: " + b"a@b.example, " * 50_000,
    "F37 20,000 Cc fields": b"Cc: a@b.example\n" * 20_000,
    "F38 commas": b"To: " + b"," * 100_000,
    "F38 parentheses": b"To: " + b"(" * 60_000,
    "F38 pairs of them": b"To: " + b"()" * 30_000,
    "F38 brackets": b"To: " + b"<" * 60_000,
    "F38 quotes": b'To: "' + b'\\"' * 30_000,
    "F38 at-signs": b"To: " + b"@" * 60_000,
    "F38 colons": b"To: " + b":" * 60_000,
    "F38 semicolons": b"To: " + b";" * 60_000,
    "F38 dots": b"To: a@" + b"." * 60_000,
    "F38 blanks": b"To: a" + b" " * 60_000 + b"@b",
    "F38 a quote in a bracket": b"To: " + b'<a"' * 20_000,
    "F39 20,000 encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 20_000,
    "F39 in To": b"To: " + b"=?utf-8?q?a?= <a@b.example>, " * 2_000,
    "F40 words without an end": b"Subject: " + b"=?utf-8?q?" * 6_000,
    "F40 beginnings of words": b"Subject: " + b"=?" * 30_000,
    "F40 question marks": b"Subject: =?a?q?" + b"?=AA" * 15_000,
    "F40 equal signs": b"Subject: =?a?q?" + b"=" * 60_000,
    "F41 a subject of 64 KiB": b"Subject: " + "é".encode() * 32_000,
    "F43 garbled letters": b"Subject: " + "Ã©".encode() * 16_000,
    "F43 tags": b"Subject: " + b"[TKT-1] Re: " * 5_000,
    "F44 identifiers": b"References: " + b"<a@b " * 12_000,
    "F44 brackets in References": b"References: " + b"<" * 60_000,
    "F44 Received": b"Received: with a id b" + b" (" * 30_000,
    "F53 digits in Date": b"Date: " + b"9" * 60_000,
    "F53 comments in Date": b"Date: " + b"(" * 60_000,
    "lines that are no fields": b"no field\n" * 25_000,
    "lines that are no fields, between": b"no field\nX-A: b\n" * 15_000,
    "other bytes": bytes(range(128, 256)) * 500,
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods_end_at_their_limit(name: str) -> None:
    """Limits come before work: less than two seconds, and the words are still there."""
    start = time.process_time()
    message = with_fields(FLOODS[name])

    assert time.process_time() - start < 2
    assert len(message.subject) <= Limits().decoded_field
    assert len(message.to) <= Limits().addresses
    assert "the words" in message.text


def test_floods_need_little_memory() -> None:
    """A header that is as large as may be costs a few times its size."""
    tracemalloc.start()
    try:
        with_fields(FLOODS["F39 20,000 encoded words"])
        with_fields(FLOODS["F36 50,000 recipients"])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 64 * M


LITERALS = [
    "{{ 7*7 }} {% raw %}",
    "{0.__class__} ${jndi:ldap://x} %s %n",
    "'; DROP TABLE ticket; --",
    "=HYPERLINK(1) +1 -1 @SUM(A1)",
    "<script>alert(1)</script> &amp;",
    "a [32m 2026-01-01 INFO login ok",
    "`id` $(id) | rm -rf /",
    "key: [value] # comment",
]


@pytest.mark.parametrize("text", LITERALS)
def test_code_in_a_header_is_text(text: str) -> None:
    """Templates, queries, formulas, tags, escapes, shell and YAML stand as they were written (F45)."""
    message = with_fields(f"Subject: {text}")

    assert message.subject == text


@pytest.mark.parametrize("field", [65535, 65536, 65537])
def test_a_field_is_cut_at_its_limit(field: int) -> None:
    """64 KiB of a field are kept; one more, and nothing in the header proves who wrote."""
    fields = split(FROM + b"X-A:" + b"a" * field + b"\n\nx")

    assert (len(fields.first("x-a")), fields.cut) == (min(field, 65536), field > 65536)


@pytest.mark.parametrize("count", [999, 1000, 1001])
def test_fields_are_counted(count: int) -> None:
    """A thousand fields are read; one more, and nothing in the header proves who wrote; the body is still found."""
    raw = b"X-A: b\n" * count + b"\nthe words"
    fields = split(raw)

    assert (len(fields.all("x-a")), fields.cut) == (min(count, 1000), count > 1000)
    assert raw[fields.body :] == b"the words"


@pytest.mark.parametrize("size", [256 * 2**10 - 1, 256 * 2**10, 256 * 2**10 + 1])
def test_the_block_is_cut_at_its_limit(size: int) -> None:
    """256 KiB of a header are looked at."""
    line = b"X-A: " + b"a" * 1018 + b"\n"
    raw = (line * 256)[: size - 2] + b"\n\n" + b"x"

    assert split(raw).cut == (size > 256 * 2**10)


DATES = [
    *("Fri, 1 Jan 0 10:00:00 +0000", "1 Jan 9999 00:00:00 -2359", "1 Jan 99999 10:00:00 +0000"),
    *(
        "1 Jan 2026 10:00:00 +9999",
        "30 Feb 2026 10:00:00 +0000",
        "yesterday",
        "1 Jan 2026 25:61:00",
        "-5",
        "",
        "9" * 5000,
    ),
    *("(" * 5000, "01/02/2026 10:00", "1 Xyz 2026 10:00:00", "2026-13-45T10:00:00Z", "Fri, 31 Dec 1969 23:00:00 -0000"),
]


@pytest.mark.parametrize("text", DATES, ids=[text[:24] for text in DATES])
def test_dates_that_are_none(text: str) -> None:
    """Years beyond the calendar, zones beyond the globe, days that are not, junk: no date, so the arrival counts."""
    assert date(text) is None


def test_of_two_dates_the_first_counts() -> None:
    """No date and two dates (F54)."""
    assert with_fields("Subject: a").date is None
    assert with_fields("Date: 1 Jan 2026 10:00:00 +0000\nDate: 2 Jan 2026 10:00:00 +0000").date == datetime(
        2026, 1, 1, 10, tzinfo=UTC
    )


@given(
    st.text(max_size=140) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{2,5} \d\d:\d\d(:\d\d)? [+-]\d{4}")
)
@settings(max_examples=500, deadline=None)
def test_no_date_raises(text: str) -> None:
    """Whatever stands in Date, the answer is a time in the calendar or none."""
    found = date(text)

    assert found is None or 1970 <= found.year <= 2200


def test_subject_ids_are_only_text() -> None:
    """400 digits, signs and hexadecimal digits in a tag are letters of the subject (B03, B04)."""
    for tag in ("[TKT-" + "9" * 400 + "]", "[TKT--1]", "[TKT-0x1F]", "[TKT-１２]"):
        assert with_fields(f"Subject: {tag} a").subject == f"{tag} a"


def test_references_are_bounded() -> None:
    """Of 5000 references the last twenty are looked up (B06); a reference to oneself is one like any other (B19)."""
    message = with_fields("Message-ID: <4999@x>\nReferences: " + " ".join(f"<{n}@x>" for n in range(5000)))

    assert message.references == tuple(f"<{n}@x>" for n in range(4980, 5000))


@pytest.mark.parametrize("length", [996, 997, 4096, M])
def test_long_ids_are_cut_and_told_apart(length: int) -> None:
    """An id of 4 KiB or 1 MiB is stored cut, and known again by a hash of the whole (B07, B11)."""
    one, other = (with_fields(f"Message-ID: <{'a' * (length - 5)}{end}@x.y>").message_id for end in "bc")

    assert len(one) <= 998
    assert one.endswith(">")
    assert one != other or length > Limits().field
    assert length > Limits().field or ids(f"<{'a' * (length - 5)}b@x.y>") == [one]


@pytest.mark.parametrize("body", [b"", b" ", b"<>", b"< >", b"<"])
def test_ids_that_are_none(body: bytes) -> None:
    """No id, an empty one: "" (B08, B14), for which the gateway has an id of its own."""
    assert with_fields(b"Message-ID:" + body).message_id == ""


def test_odd_ids() -> None:
    """8-bit characters and NUL (B13), SQL (B12): data, printable, and the same for the same bytes."""
    assert with_fields(b"Message-ID: <a\xe9@x>").message_id == "<aé@x>"
    cut = with_fields(b"Message-ID: <a\x00b@x>").message_id
    assert cut.isprintable()
    assert cut != with_fields(b"Message-ID: <a\x01b@x>").message_id
    assert with_fields("Message-ID: <' OR 1=1;--@x>").message_id == "<'OR1=1;--@x>"


def test_of_two_ids_the_first_counts() -> None:
    """Two Message-IDs (B15): the first, and a defect; prose in References names nobody (B21)."""
    message = with_fields("Message-ID: <a@x>\nMessage-ID: <b@x>\nReferences: see my mail of Friday")

    assert (message.message_id, message.references) == ("<a@x>", ())
    assert ("Message-Id", "2 fields") in [(one.where, one.what) for one in message.defects]
