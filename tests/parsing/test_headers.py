"""The header scan: who a mail is from, what it answers, what it is about."""

from __future__ import annotations

import hashlib
import time

import pytest

from parsing.addresses import strict_mailbox
from parsing.headers import clean_subject, date, first_id, ids, is_forward, queue_ids, scan, split
from parsing.mailboxes import address_list
from parsing.words import decode_words
from tests.parsing import golden


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        ("ann@example.org", "ann@example.org", ""),
        ("Ann Example <Ann@Example.ORG>", "Ann@example.org", "Ann Example"),
        ('"Example, Ann" <ann@example.org>', "ann@example.org", "Example, Ann"),
        ("ann@example.org (Ann Example)", "ann@example.org", "Ann Example"),
        ('"agent@desk.example" <evil@example.org>', "evil@example.org", "agent@desk.example"),
        ("ann@example.org <ann@example.org>", "ann@example.org", ""),
        ("Example, Ann <ann@example.org>", "ann@example.org", "Example, Ann"),
        ("Ann < ann@example.org >", "ann@example.org", "Ann"),
        ("Ann \ufffd\ufffd <ann@example.org>", "ann@example.org", "Ann \ufffd\ufffd"),
        ("=?utf-8?q?J=C3=BCrgen?= <j@b\u00fccher.example>", "j@xn--bcher-kva.example", "J\u00fcrgen"),
        ("Ann (via Docs) <ann@example.org>", "ann@example.org", "Ann (via Docs)"),
        ("a..b@docomo.example", "a..b@docomo.example", ""),
        ("customer@localhost", "customer@localhost", ""),
        ("=?utf-8?q?agent=E2=80=AE?= <e@example.org>", "e@example.org", "agent"),
    ],
)
def test_one_mailbox(text: str, address: str, name: str) -> None:
    """What can be read in one way is read in that way."""
    found = strict_mailbox(text)

    assert found is not None
    assert (found.address, found.name) == (address, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<>",
        "agent@desk.example, evil@example.org",
        "agent@desk.example <evil@example.org>",
        "agent(<evil@example.org>",
        "agent@desk(x)evil.example",
        "<@a.example,@b.example:c@d.example>",
        "team: agent@desk.example;",
        "a@b@c.example",
        '"agent x"@evil.example',
        "agent@desk.example\x00<evil@example.org>",
        "agent@desk.example\u200b",
        "=?utf-8?q?agent=40desk.example?=",
        "=?utf-8?q?agent?=@evil.example",
        "\u00e9@example.org",
        "a" * 65 + "@example.org",
        "Big Bug bb@bug.example",
        "a@-b.example",
    ],
)
def test_what_can_be_read_in_two_ways_is_nobody(text: str) -> None:
    """From that is not exactly one mailbox is ambiguous, never somebody."""
    assert strict_mailbox(text) is None


def test_two_from_fields_are_nobody() -> None:
    """Two From fields in any spelling are ambiguous, and so is one that lies behind a flood of fields."""
    assert scan(b"From: a@example.org\nFROM : b@example.org\n\n").sender_key is None
    assert scan(b"From: a@example.org\n" + b"X: y\n" * 2000 + b"\n").sender_key is None
    assert scan(b"From: a@example.org\nX: y\n\nFrom: b@example.org\n").sender_key is not None


def test_scan_gives_keys() -> None:
    """Keys are 8 bytes of SHA-256 of the normalised address and ids; references are unique, the last twenty."""
    references = " ".join(f"<{n}@example.org>" for n in range(30))
    author = "from:\n Ann <ANN@Example.org>\r\nMessage-ID: <m@x>\r\n"
    raw = f"{author}References: {references}\r\nIn-Reply-To: <29@example.org>\r\n\r\n"
    found = scan(raw.encode())

    assert found.sender_key == hashlib.sha256(b"ann@example.org").digest()[:8]
    assert found.message_key == hashlib.sha256(b"<m@x>").digest()[:8]
    assert len(found.reference_keys) == 20
    assert hashlib.sha256(b"<29@example.org>").digest()[:8] in found.reference_keys
    assert scan(b"").sender_key is None


def test_scan_is_fast() -> None:
    """A mail of every day is scanned in well under a millisecond, and a hostile one ends soon, too."""
    raw = golden.REPLIES["gmail"].raw
    best = min(_seconds(raw) for _ in range(50))
    assert best < 0.0005

    size = 2**18
    for hostile in (
        b"a:\n" * size,
        b"Subject:" + b"\n x" * size,
        b"From: " + b'"\\"' * size,
        b"References: " + b"<" * size,
    ):
        assert min(_seconds(hostile) for _ in range(3)) < 0.5


def _seconds(raw: bytes) -> float:
    start = time.process_time()
    scan(raw)
    return time.process_time() - start


@pytest.mark.parametrize(
    ("text", "cleaned", "forward"),
    [
        ("Re: Fwd: AW: [TKT-00042] RE[2]: Printer", "Printer", False),
        ("Re: [TKT-00042] Printer [tkt-7]", "Printer", False),
        ("Re\uff1a 回复: 打印机", "打印机", False),
        ("WG: Drucker", "Drucker", True),
        ("[TKT-1] Tr: Imprimante", "Imprimante", True),
        ("SV: VS: Odp: R: Ynt: x", "x", False),
        ("Report: the printer", "Report: the printer", False),
        ("Reset [TKT-x]", "Reset [TKT-x]", False),
        ("a\x00b\x1b[31m\u202ec\u2028d", "a\ufffdb [31mc d", False),
        ("Re:", "", False),
    ],
)
def test_subjects_are_cleaned(text: str, cleaned: str, forward: bool) -> None:
    """Prefixes of every language and our tags are gone, control characters too; the rest stays as it was."""
    assert clean_subject(text) == cleaned
    assert is_forward(text) is forward


def test_encoded_words() -> None:
    """Words cut within a character are joined; a line feed makes no line; what is no charset is not used."""
    assert decode_words("=?utf-8?b?w7w=?= =?utf-8?q?=C3?=\t=?utf-8?q?=BC?= x") == "\u00fc\u00fc x"
    assert decode_words("=?utf-8?q?a=0D=0ABcc=3A_x?=") == "a Bcc: x"
    assert decode_words("=?rot13?q?nop?=") == "nop"


def test_address_lists() -> None:
    """Lists are read as well as can be: quotes, groups, comments, junk."""
    text = '"Doe, J" <j@x.example>, team: a@x.example, <b@x.example>;, nobody:;, "x <c@x.example>, d@x.example (D)'

    assert [a.address for a in address_list(text)] == [f"{n}@x.example" for n in "jabcd"]
    assert len(address_list("a@x.example," * 300, most=200)) == 200


def test_ids_and_dates() -> None:
    """Identifiers are found folded, doubled or bare; dates that are none are None."""
    assert ids("<a@x> (c)\t<b\r\n @x> <a@x>") == ["<a@x>", "<b@x>"]
    assert (first_id("a@x"), first_id("<>"), first_id("")) == ("<a@x>", "", "")
    for text in (
        "",
        "x",
        "Fri, 30 Feb 2026 10:00:00 +0000",
        "1 Jan 9999 00:00:00 -2359",
        "1 Jan 2026 25:61:00",
        "9" * 5000,
    ):
        assert date(text) is None


def test_queue_ids() -> None:
    """The id of each hop, newest first, with or without a TLS comment before it."""
    received = [
        b"from a by b (Postfix) with ESMTPS id 4F3gHk2Lz1 for <x@y>; Fri",
        b"from a by b with esmtps (TLS1.3) (Exim 4.96) id 1qxAbc-0001aB-2C; Fri",
    ]
    assert queue_ids(received) == ("4F3gHk2Lz1", "1qxAbc-0001aB-2C")


def test_the_body_begins_where_the_header_ends() -> None:
    """Nothing behind the real end of the header counts, and no line of text is taken for a field."""
    for raw, body in (
        (b"A: b\n\nFrom: x@y.example\n", b"From: x@y.example\n"),
        (b"\nFrom: x@y.example\n", b"From: x@y.example\n"),
        (b"hello there\nFrom: x@y.example\n", b"hello there\nFrom: x@y.example\n"),
        (b"From me Fri\r\nA: b\r\n\r\nx", b"x"),
        (b"A: b", b""),
    ):
        fields = split(raw)
        assert raw[fields.body :] == body
        assert fields.all("from") == ()
