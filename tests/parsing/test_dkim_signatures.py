"""DKIM: what counts as a signature and what does not; made by dkimpy, checked by us, and the other way round."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from parsing.dkim_key import verifies
from parsing.dns import Answer, Inquiry, Question, Record
from parsing.limits import Limits
from parsing.message import Message
from parsing.reader import read
from tests.parsing.suites import archived, asked_until_known

LIMITS = Limits()
NOW = datetime(2026, 11, 25, tzinfo=UTC)
MAIL = (
    b"From: Ann <ann@example.org>\r\nTo: support@desk.example\r\nSubject: It is broken\r\n"
    b"Message-ID: <one@example.org>\r\n\r\nHello,\r\n\r\nit  is broken. \r\n\r\n\r\n"
)


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def record(public: rsa.RSAPublicKey | None = None, more: str = "") -> str:
    der = (public or key().public_key()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; {more}p={base64.b64encode(der).decode()}"


def signed(mail: bytes = MAIL, *, form: bytes = b"relaxed/relaxed", **more: object) -> bytes:
    pem = key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    canonicalize = tuple(form.split(b"/"))
    field = dkim.sign(mail, b"one", b"example.org", pem, canonicalize=canonicalize, **more)
    return bytes(field) + mail


def holds(message: Message, text: str | None, *, failed: bool = False) -> tuple[bool, str]:
    """The verdict on the first signature when the DNS answers `text` for its key."""
    answer = Answer((text,) if text is not None else (), failed)
    asked = lambda question: answer if question == NAME else Answer()  # noqa: E731 - one line says it
    return asked_until_known(lambda inquiry: verifies(inquiry, message.dkim_signatures[0], NOW), asked)[0]


NAME = Question("one._domainkey.example.org", Record.TXT)


@pytest.mark.parametrize("form", [b"relaxed/relaxed", b"relaxed/simple", b"simple/relaxed", b"simple/simple"])
def test_what_dkimpy_signs_holds_in_every_form(form: bytes) -> None:
    """A genuine signature holds, whichever canonical forms it chose (RFC 6376 section 3.4)."""
    assert holds(read(signed(form=form)), record()) == (True, "DKIM of example.org: the signature holds")


def test_a_mailbox_may_keep_lf() -> None:
    """The same mail with LF line ends, as a file keeps it, has the same signature."""
    assert holds(read(signed().replace(b"\r\n", b"\n")), record())[0]


def test_relaxed_forgives_blanks_and_simple_does_not() -> None:
    """A relay that changes blanks breaks the simple form only."""
    changed = (b"it  is broken. \r\n", b"it is broken.\r\n")

    assert holds(read(signed(form=b"relaxed/relaxed").replace(*changed)), record())[0]
    assert not holds(read(signed(form=b"simple/simple").replace(*changed)), record())[0]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"is broken. ", b"was broken. ", "the body was changed after it was signed"),
        (b"Subject: It is broken", b"Subject: It works", "the signature does not hold"),
        (b"From: Ann", b"From: Eve", "the signature does not hold"),
        (b"\r\nTo: ", b"\r\nFrom: eve@example.net\r\nTo: ", "the signature does not hold"),
    ],
)
def test_a_change_breaks_it(old: bytes, new: bytes, why: str) -> None:
    """Another body, subject or author, or a second From, and the signature counts for nothing; it says why."""
    ok, how = holds(read(signed().replace(old, new)), record())

    assert not ok
    assert how.endswith(why)


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        (signed(length=True), "l= leaves the end of the body unsigned"),
        (signed().replace(b"from", b"date"), "From is not signed"),
        (signed().replace(b"a=rsa-sha256", b"a=rsa-sha1"), "rsa-sha1 proves nothing"),
        (signed().replace(b"c=relaxed/relaxed", b"c=odd/odd"), "malformed"),
        (signed().replace(b"; h=", b"; h=" + b"x:" * 300), "it signs too many fields"),
        (signed().replace(b"; h=", b";" + b" " * 200 + b"h="), "the field is too long"),
        (b"DKIM-Signature: v=1; a=rsa-sha256\r\n" + MAIL, "malformed"),
        (b"DKIM-Signature: nonsense\r\n" + MAIL, "malformed"),
    ],
)
def test_what_counts_as_unsigned(raw: bytes, flaw: str) -> None:
    """A signature that proves too little, or is none, says so and is never asked the DNS about."""
    message = read(raw)

    assert message.dkim_signatures[0].flaw.startswith(flaw)
    assert not holds(message, record())[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "it has no key"),
        ("v=DKIM1; p=", "its key was withdrawn"),
        ("v=DKIM1; k=rsa", "its key can not be read"),
        ("v=DKIM2; p=AAAA", "its key was withdrawn"),
        ("p=AAAA", "its key can not be read"),
        (record(more="k=ed25519; ").replace("k=rsa; ", ""), "its key is of another sort"),
        (record(more="h=sha1; "), "its key is for something else"),
        (record(more="s=tlsrpt; "), "its key is for something else"),
        (record(more="t=y; "), "its domain is testing DKIM"),
        (record(rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()), "does not hold"),
        ("x" * 100_000, "its key can not be read"),
    ],
)
def test_a_key_that_proves_nothing(text: str | None, why: str) -> None:
    """A key that is missing, withdrawn, of another sort or purpose, or a test only: no proof, and why in words."""
    ok, how = holds(read(signed()), text)

    assert not ok
    assert how.endswith(why)


def test_a_key_that_is_too_short() -> None:
    """RSA below 1024 bits proves nothing (RFC 8301 section 3.2)."""
    der = bytes.fromhex("303c300d06092a864886f70d0101010500032b003028022100") + b"\xc1" * 32 + b"\x02\x03\x01\x00\x01"
    text = f"v=DKIM1; p={base64.b64encode(der).decode()}"

    assert holds(read(signed()), text)[0] is False


def test_without_the_dns_there_is_no_proof_now() -> None:
    """A DNS that does not answer is no evidence, and is said."""
    assert holds(read(signed()), None, failed=True) == (False, "DKIM of example.org: the DNS does not answer")


def test_an_expired_signature() -> None:
    """Behind its x= a signature counts for nothing."""
    message = read(signed())
    late = message.dkim_signatures[0].__class__(domain="example.org", selector="one", expires=int(NOW.timestamp()) - 1)

    found, _ = asked_until_known(lambda inquiry: verifies(inquiry, late, NOW), lambda question: Answer())
    assert found == (False, "DKIM of example.org: it has expired")


def test_ed25519() -> None:
    """An Ed25519 signature (RFC 8463) holds with its key, and not when a bit is wrong."""
    private = ed25519.Ed25519PrivateKey.generate()
    body = base64.b64encode(hashlib.sha256(b"Hello\r\n").digest()).decode()
    head = f"v=1; a=ed25519-sha256; c=relaxed/simple; d=example.org; s=one; h=from; bh={body}; b="
    hashed = f"from:ann@example.org\r\ndkim-signature:{head}".encode()
    value = base64.b64encode(private.sign(hashlib.sha256(hashed).digest())).decode()
    message = read(f"DKIM-Signature: {head}{value}\r\nFrom: ann@example.org\r\n\r\nHello\r\n".encode())
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    wrong = bytes([raw[0] ^ 1]) + raw[1:]

    assert holds(message, f"k=ed25519; p={base64.b64encode(raw).decode()}")[0]
    assert not holds(message, f"k=ed25519; p={base64.b64encode(wrong).decode()}")[0]


@pytest.mark.parametrize(("count", "read_of_them"), [(4, 4), (5, 5), (6, 5), (100, 5)])
def test_only_the_first_five_signatures_are_read(count: int, read_of_them: int) -> None:
    """A thousand signatures cost what five cost."""
    field = signed()[: -len(MAIL)]

    assert len(read(field * count + MAIL).dkim_signatures) == read_of_them


@pytest.mark.parametrize(("names", "counts"), [(199, True), (200, True), (201, False)])
def test_how_many_fields_a_signature_may_name(names: int, counts: bool) -> None:
    """A signature over more than 200 names counts as none: looking for each costs time."""
    raw = signed(include_headers=[b"from", b"from", *[b"x"] * (names - 2)])

    assert ("too many" not in read(raw).dkim_signatures[0].flaw) is counts


@pytest.mark.parametrize(("octets", "counts"), [(-1, True), (0, True), (1, False)])
def test_how_long_a_signature_may_be(octets: int, counts: bool) -> None:
    """A field of more than 8 KiB counts as none."""
    field, more = signed()[: -len(MAIL)], b"; x-more="
    value = field.replace(b"\r\n", b"\r\n").partition(b":")[2]
    padding = b"y" * (LIMITS.dkim_field + octets - len(value) - len(more))
    message = read(field[:-2] + more + padding + b"\r\n" + MAIL)

    assert ("too long" not in message.dkim_signatures[0].flaw) is counts


@pytest.mark.parametrize(("more", "holds_then"), [(-1, True), (0, True), (1, False)])
def test_how_much_of_a_record_is_read(more: int, holds_then: bool) -> None:
    """A key is looked for in the first 4 KiB of its record, and SPF in none that is longer."""
    start, key_part = record().split("p=")
    padding = "x" * (LIMITS.dns_record + more - len(start) - len("n=; p=") - len(key_part))

    assert holds(read(signed()), f"{start}n={padding}; p={key_part}")[0] is holds_then
    assert (len(f"{start}n={padding}; p={key_part}") <= LIMITS.dns_record) is holds_then


def test_how_much_of_the_way_is_kept() -> None:
    """Of the trace the first 50 fields are kept, and of each the first 4 KiB."""
    trace = read(b"Received: by a\r\n" * 51 + MAIL).trace
    long = read(b"Received: " + b"a" * 5000 + b"\r\n" + MAIL).trace[0].text

    assert (len(trace), trace[0].text) == (LIMITS.trace, "by a")
    assert 4000 < len(long) <= LIMITS.trace_field


@pytest.mark.parametrize("name", ["rfc6376.signed.msg", "rfc6376.signed.rsa.msg", "test2.message"])
def test_dkimpys_own_mails_are_read(name: str) -> None:
    """The signed mails of dkimpy's tests have a signature each whose body fits."""
    message = read(data(name))

    assert message.dkim_signatures
    assert [one.flaw for one in message.dkim_signatures] == [""] * len(message.dkim_signatures)


def data(name: str) -> bytes:
    """A file of dkimpy's own tests."""
    return archived("dkimpy-1.1.8.tar.gz", f"dkim/tests/data/{name}")


def test_the_ed25519_signatures_of_others() -> None:
    """The mail of RFC 8463 appendix A holds with the key of RFC 8032 section 7.1, and so does one that Exim signed."""
    seed = base64.b64decode(data("rfc8032_7_1.key"))
    public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    known = {
        Question(
            "brisbane._domainkey.football.example.com", Record.TXT
        ): f"k=ed25519; p={base64.b64encode(public).decode()}",
        Question("sed._domainkey.test.ex", Record.TXT): data("eximtest.dns").decode(),
    }
    mails = [read(data(name)) for name in ("rfc6376.signed.msg", "ed25519test2.msg")]
    signatures = [one for mail in mails for one in mail.dkim_signatures if one.algorithm == "ed25519-sha256"]

    answers = {question: Answer((text,)) for question, text in known.items()}
    found = [verifies(Inquiry(answers), one, NOW) for one in signatures]
    assert found == [(True, f"DKIM of {domain}: the signature holds") for domain in ("football.example.com", "test.ex")]
