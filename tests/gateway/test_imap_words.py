"""What is written to and read from an IMAP server, apart from any connection."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.imap_words import (
    Garbled,
    Row,
    mailbox_name,
    quoted,
    read_folder,
    read_internal_date,
    read_rows,
    read_search,
    response_code,
    search_date,
    uid_set,
)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", '"INBOX"'),
        ("Sent & gone", '"Sent &- gone"'),
        ("Entwürfe", '"Entw&APw-rfe"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),  # the RFC's own
        ('a"b\\c', '"a\\"b\\\\c"'),
    ],
)
def test_folder_names_are_quoted_and_encoded(name: str, written: str) -> None:
    """A folder's name goes out quoted, in the modified UTF-7 of RFC 3501 section 5.1.3."""
    assert mailbox_name(name) == written


@pytest.mark.parametrize("text", ["a\r\nb", "a\nb", "a\0b"])
def test_no_string_becomes_a_second_command(text: str) -> None:
    """Line ends and NUL are refused."""
    with pytest.raises(ValueError):
        quoted(text)


@given(st.sets(st.integers(1, 200)))
def test_uid_sets_name_exactly_the_uids(uids: set[int]) -> None:
    """A set joined into ranges is read back as the same UIDs."""
    pieces = [piece.split(":") for piece in uid_set(uids).split(",") if piece]

    assert [uid for piece in pieces for uid in range(int(piece[0]), int(piece[-1]) + 1)] == sorted(uids)


def test_dates_do_not_depend_on_the_locale() -> None:
    """Dates are written and read with the months of the RFC, each with its zone; nonsense is no date."""
    zone = timezone(-timedelta(hours=3, minutes=30))

    assert search_date(date(2026, 2, 1)) == "1-Feb-2026"
    assert read_internal_date(b'" 1-Feb-2026 23:59:58 -0330"') == datetime(2026, 2, 1, 23, 59, 58, tzinfo=zone)
    assert read_internal_date(b'"31-Feb-2026 23:59:58 +0000"') is None
    assert read_internal_date(b'"01-Foo-2026 23:59:58 +0000"') is None
    assert read_internal_date(b'"01-Feb-2026 23:59:58 +9999"') is None


def test_status_codes() -> None:
    """The code of a NO is its first word in brackets."""
    assert response_code(b"[UNAVAILABLE] later") == "UNAVAILABLE"
    assert response_code(b"later [UNAVAILABLE]") == ""


def test_select_without_uidvalidity_is_refused() -> None:
    """Without UIDVALIDITY nothing can be remembered, so nothing is begun."""
    with pytest.raises(Garbled):
        read_folder([b"3 EXISTS", b"OK [UIDNEXT 4] x"])


def test_select_tells_whether_keywords_are_kept() -> None:
    """Keywords are there where PERMANENTFLAGS has the star, or is not given at all (RFC 9051 section 7.1)."""
    validity = b"OK [UIDVALIDITY 7] x"

    assert read_folder([validity]).keywords
    assert read_folder([validity, rb"OK [PERMANENTFLAGS (\Seen \*)] x"]).keywords
    assert not read_folder([validity, rb"OK [PERMANENTFLAGS (\Seen)] x"]).keywords
    assert read_folder([validity, b"[READ-ONLY] SELECT done"]).read_only


def test_search_answers_are_numbers() -> None:
    """Anything but numbers is refused; numbers come once and ascending."""
    assert read_search([b"7 3 3", b"", b"5"]) == [3, 5, 7]
    with pytest.raises(Garbled):
        read_search([b"1 two"])


BODY = bytearray(b"Subject: ) UID 9\r\n\r\n* 1 FETCH (UID 8)\r\n")


def test_fetch_reads_each_form_of_a_body() -> None:
    """Literal, quoted string and NIL, in whatever order the items come, among other news."""
    lines: list[bytes | bytearray] = [
        b"1 FETCH (BODY[] {%d}" % len(BODY),
        BODY,
        b' INTERNALDATE "20-Nov-2026 11:48:29 +0000" UID 4)',
        b"2 FETCH (FLAGS (\\Seen))",
        b"7 EXISTS",
        b'3 FETCH (UID 5 EMAILID ("x") BODY[] "a\\"b")',
        b"4 FETCH (UID 6 BODY[] NIL)",
        b"5 FETCH (UID 7 RFC822.SIZE 4294967296)",
        b"6 FETCH (UID 8 BODY[] {0}",
        bytearray(),
        b")",
    ]

    rows = read_rows(lines)

    assert [row.uid for row in rows] == [4, None, 5, 6, 7, 8]
    assert [row.body for row in rows] == [bytes(BODY), None, b'a"b', None, None, b""]
    assert rows[0].internal_date is not None
    assert rows[4].size == 2**32


@pytest.mark.parametrize(
    "lines",
    [
        [b"1 FETCH (UID 4 BODY[] {5}", bytearray(b"01234"), b"56789)"],
        [b"1 FETCH (UID 4 BODY[] {5}", bytearray(b"01234"), b" AND MORE)"],
        [b"1 FETCH (UID 4 BODY[] {5}", bytearray(b"01234"), b""],
        [b"1 FETCH (UID 4 BODY[] {5}", bytearray(b"0123"), b")"],
        [b"1 FETCH (UID 4 BODY[] {5}", b"01234", b")"],
        [b"1 FETCH (UID 4 BODY[] {5}"],
        [b"1 FETCH (UID 4 FLAGS (\\Seen)"],
        [b"1 FETCH (UID 4) UID 5)"],
    ],
)
def test_fetch_with_a_wrong_length_is_refused(lines: list[bytes | bytearray]) -> None:
    """A literal whose length was a lie, and an answer that does not end as it should, never pass for a mail."""
    with pytest.raises(Garbled):
        read_rows(lines)


@given(st.lists(st.binary(max_size=60).map(lambda raw: b"1 FETCH (UID 4 " + raw), max_size=5))
def test_fetch_of_anything_is_read_or_refused(lines: list[bytes | bytearray]) -> None:
    """Whatever bytes come, the answer is rows or `Garbled`."""
    try:
        rows = read_rows(lines)
    except Garbled:
        return

    assert all(isinstance(row, Row) for row in rows)
