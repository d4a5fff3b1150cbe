"""S/MIME messages that are signed as a whole: opened where a mail is in them, left closed where a file is."""

from __future__ import annotations

import base64
import datetime
import functools

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from parsing.limits import Limits
from parsing.message import Message
from parsing.reader import attachment_bytes, read
from parsing.smime import signed_mail

INNER = (
    "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Grüße, der Drucker geht nicht.\r\n--i\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\n%PDF-1\r\n--i--\r\n"
).encode()


@functools.cache
def signed(content: bytes) -> bytes:
    """What a mail program makes of it: SignedData with the content in it, DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann")])
    now = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    made = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return made.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def streamed(content: bytes, size: int = 100) -> bytes:
    """The same as a program writes it that does not know the length: BER, the content in pieces."""
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    octets = b"".join(b"\x04" + bytes((len(piece),)) + piece for piece in pieces)
    data = bytes.fromhex("06092a864886f70d010701")
    inner = b"\x30\x80" + data + b"\xa0\x80\x24\x80" + octets + b"\0\0\0\0\0\0"
    whole = b"\x02\x01\x01\x31\x80\0\0" + inner + b"\x31\0"
    return b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80\x30\x80" + whole + b"\0\0\0\0\0\0"


def mail(data: bytes, type_: str = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m") -> bytes:
    head = "From: ann@example.org\nSubject: x\nMIME-Version: 1.0\n"
    packed = base64.encodebytes(data).decode()
    fields = f"Content-Type: {type_}\nContent-Disposition: attachment; filename=smime.p7m\n"
    return f"{head}{fields}Content-Transfer-Encoding: base64\n\n{packed}".encode()


def both(raw: bytes) -> list[Message]:
    return [read(raw), read(raw.replace(b"\n", b"\r\n"))]


@pytest.mark.parametrize("wrap", [signed, streamed])
@pytest.mark.parametrize("type_", ["pkcs7-mime; smime-type=signed-data", "x-pkcs7-mime", "pkcs7-mime; name=smime.p7m"])
def test_a_signed_mail_is_opened(wrap: object, type_: str) -> None:
    """Its text is the text and its files are the files; a defect says that nobody checked the signature."""
    raw = mail((signed if wrap is signed else streamed)(INNER), f"application/{type_}")
    for message in both(raw):
        assert message.text.strip() == "Grüße, der Drucker geht nicht."
        assert [(a.filename, a.type) for a in message.attachments] == [("plan.pdf", "application/pdf")]
        assert attachment_bytes(raw, message.attachments[0].index)[1] == b"%PDF-1"
        assert [(d.where, d.mended) for d in message.defects] == [("part 0", "opened; its signature was not checked")]


def test_a_list_put_a_foot_below_it() -> None:
    """A signed mail within a container is opened, too; what stands beside it is read."""
    part = mail(signed(INNER)).decode().partition("MIME-Version: 1.0\n")[2]
    raw = f"From: a@b.example\nContent-Type: multipart/mixed; boundary=o\n\n--o\n{part}\n--o\n\n-- \nlist\n--o--\n"
    for message in both(raw.encode()):
        assert message.text.split("\n")[0] == "Grüße, der Drucker geht nicht."
        assert message.text.strip().endswith("list")


@pytest.mark.parametrize("content", [b"%PDF-1.7 a contract", b"<?xml version='1.0'?><invoice/>", b""])
def test_a_signed_file_is_a_file(content: bytes) -> None:
    """What holds no mail is attached as it came."""
    raw = mail(signed(content) if content else b"\x30\x03junk")
    for message in both(raw):
        assert message.text.strip() == ""
        assert [a.filename for a in message.attachments] == ["smime.p7m"]


def test_an_attached_signed_file_is_left_closed() -> None:
    """A file of another name that somebody attached is theirs, whatever stands in it."""
    part = mail(signed(INNER)).decode().partition("MIME-Version: 1.0\n")[2].replace("smime.p7m", "offer.p7m")
    raw = f"From: a@b.example\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nsee file\n--o\n{part}\n--o--\n"
    for message in both(raw.encode()):
        assert message.text.strip() == "see file"
        assert [a.filename for a in message.attachments] == ["offer.p7m"]


def test_mails_signed_again_and_again_are_opened_so_often() -> None:
    """Each is read anew: beyond the limit the next one stays a file."""
    inner = INNER
    for _ in range(Limits().signed_mails + 2):
        packed = base64.encodebytes(streamed(inner))
        inner = b"Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n" + packed
    message = read(b"From: a@b.example\n" + inner)

    assert message.text.strip() == ""
    assert [a.filename for a in message.attachments] == ["smime.p7m"]
    assert len(message.defects) == Limits().signed_mails


@given(st.binary(max_size=40), st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=300, deadline=None)
def test_no_bytes_are_too_broken(junk: bytes, at: int, cut: int) -> None:
    """Cut anywhere, with anything in it: no exception, and what was signed or nothing."""
    data = streamed(INNER, 120)

    assert signed_mail(data[:at] + junk + data[at:], Limits()) is not None
    assert INNER.startswith(signed_mail(data[:cut], Limits()))
