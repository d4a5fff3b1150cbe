"""DKIM signatures, judged by a verifier that is not dkimpy (Mail::DKIM, Debian's libmail-dkim-perl) and by dkimpy."""

import base64
import re
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dkim.canonicalization import Relaxed
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config import ConfigError, Dkim
from gateway.dkim_signer import header_fields, make_signer
from parsing.canonical import relaxed_body
from parsing.dkim_key import verifies
from parsing.dns import Answer, Inquiry, Question, Record
from parsing.message import Permanent
from parsing.reader import read
from tests.gateway.letters import RAW, START
from tests.running import missing, require

NAME = "s1._domainkey.desk.example"
SETTINGS = Dkim(domain="desk.example", selector="s1", key=Path("dkim.pem"))
PLAIN = serialization.NoEncryption()
PEM = serialization.Encoding.PEM


@cache
def key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def pem(secret: rsa.RSAPrivateKey, form: str = "PKCS8") -> bytes:
    return secret.private_bytes(PEM, getattr(serialization.PrivateFormat, form), PLAIN)


def record(secret: rsa.RSAPrivateKey) -> str:
    """The TXT record that the desk's domain would publish."""
    public = secret.public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


@pytest.fixture(scope="module")
def perl() -> str:
    found = require("perl", "perl")
    done = subprocess.run([found, "-MMail::DKIM::Verifier", "-e", "1"], capture_output=True, check=False)
    if done.returncode != 0:
        missing("Mail::DKIM is not installed: apt-get install libmail-dkim-perl")
    return found


@pytest.fixture
def verdict(perl: str) -> Callable[[bytes], str]:
    """What Mail::DKIM says of a message."""

    def verdict(raw: bytes) -> str:
        script = Path(__file__).with_name("dkim_verify.pl")
        done = subprocess.run([perl, str(script), NAME, record(key())], input=raw, capture_output=True, check=True)
        return done.stdout.decode().splitlines()[0]

    return verdict


def dkimpy_says(raw: bytes, secret: rsa.RSAPrivateKey) -> bool:
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: record(secret).encode()))


HEAD = b"From: Support <support@desk.example>\r\nSubject: long\r\n folded\t subject\r\nMessage-ID: <1@desk.example>\r\n"
MAILS = {
    "a notice": RAW,
    "no body": HEAD + b"\r\n",
    "no blank line": HEAD,
    "an empty line": HEAD + b"\r\n\r\n",
    "empty lines behind": HEAD + b"\r\ntext\r\n\r\n\r\n",
    "blanks": HEAD + b"\r\n  text \t with   blanks \r\n\t\r\n-- \r\n \r\n",
    "dots": HEAD + b"\r\n.\r\n..\r\n",
    "8 bit": HEAD + b"\r\nza\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87\r\n",
    "two of a field": HEAD
    + b"References: <a@b.c>\r\nReferences: <d@e.f>\r\nAuto-Submitted: auto-replied\r\n\r\ntext\r\n",
    "large": HEAD + b"\r\n" + b"VGhpcyBpcyBiYXNlNjQgb2YgYW4gYXR0YWNobWVudCB0aGF0IGlzIGxhcmdl\r\n" * 20_000,
}


@pytest.mark.parametrize("name", MAILS)
def test_others_verify_what_we_sign(name: str, verdict: Callable[[bytes], str]) -> None:
    """Mail::DKIM and dkimpy both accept every shape of mail; the mail itself is unchanged behind the new field."""
    raw = MAILS[name]
    signed = make_signer(SETTINGS, pem(key()))(raw)

    assert verdict(signed) == "pass"
    assert dkimpy_says(signed, key())
    assert signed.endswith(raw)
    assert signed.startswith(b"DKIM-Signature: v=1;")
    assert signed.count(b"\r\n") == signed.count(b"\n")


def test_a_relay_may_strip_and_fold_blanks(verdict: Callable[[bytes], str]) -> None:
    """What relays are known to do to blanks leaves the signature whole: the marker `-- ` may lose its blank."""
    signed = make_signer(SETTINGS, pem(key()))(RAW)
    touched = signed.replace(b"\r\n-- \r\n", b"\r\n--\r\n").replace(b"Subject: Re:", b"SUBJECT:  Re:\r\n ")

    assert touched != signed
    assert verdict(touched) == "pass"


@pytest.mark.parametrize(
    "added",
    [
        b"From: evil@evil.example\r\n",
        b"Subject: you have won\r\n",
        b"Reply-To: evil@evil.example\r\n",
        b"Cc: evil@evil.example\r\n",
        b"Content-Type: text/html\r\n",
        b"In-Reply-To: <x@evil.example>\r\n",
    ],
)
def test_a_second_field_breaks_the_signature(added: bytes, verdict: Callable[[bytes], str]) -> None:
    """Fields that a reader is shown are oversigned: none can be put on top, not even one that was absent."""
    signed = make_signer(SETTINGS, pem(key()))(RAW)

    assert verdict(added + signed) != "pass"


def test_a_changed_word_breaks_the_signature(verdict: Callable[[bytes], str]) -> None:
    """The judges are awake: a changed body or subject fails."""
    signed = make_signer(SETTINGS, pem(key()))(RAW)

    assert verdict(signed.replace(b"Hello", b"Hallo")) != "pass"
    assert verdict(signed.replace(b"printer", b"painter")) != "pass"


def test_every_try_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is not in the signature, so that a retry is the same mail octet for octet."""
    signer = make_signer(SETTINGS, pem(key()))
    first = signer(RAW)
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)

    assert signer(RAW) == first
    assert not re.search(rb"[\s;]t=", first.partition(b"From:")[0])


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
def test_each_size_of_key_signs(bits: int) -> None:
    """dkimpy verifies the signature of each size of RSA key that verifiers heed."""
    assert dkimpy_says(make_signer(SETTINGS, pem(key(bits)))(RAW), key(bits))


BLANK = st.sampled_from([b"", b" ", b"\t", b"  ", b" \t ", b"\r\n ", b" \r\n\t"])
WORD = st.sampled_from([b"a", b"B", b":", b"=", b";", b"<a@b.c>", b"=?utf-8?b?eA==?="])
VALUE = st.lists(st.tuples(BLANK, WORD), max_size=6).map(lambda pairs: b"".join(b + w for b, w in pairs))
FIELD_NAME = st.sampled_from([b"Subject", b"to", b"REFERENCES", b"References", b"X-Other", b"Sender", b"Message-ID"])


@settings(deadline=None)  # each example is an RSA sum in Python, on a machine that may be busy
@given(fields=st.lists(st.tuples(FIELD_NAME, BLANK, VALUE, BLANK), max_size=8), body=st.binary(max_size=40))
def test_any_header_is_signed_as_dkimpy_reads_it(fields: list[tuple[bytes, ...]], body: bytes) -> None:
    """However a header is folded, blanked and repeated, dkimpy's canonical form of it is the one that was signed."""
    lines = [b"%b:%b%b%b" % (name, blank, value, end.replace(b"\r\n", b"")) for name, blank, value, end in fields]
    head = b"\r\n".join([*lines, b"From: a@desk.example"])

    relaxed = Relaxed.canonicalize_headers(dkim.rfc822_parse(head + b"\r\n\r\n")[0])
    assert [(name, value + b"\r\n") for name, value in header_fields(head)] == relaxed
    body = body.replace(b"\r", b"").replace(b"\n", b"\r\n")
    assert dkimpy_says(make_signer(SETTINGS, pem(key()))(head + b"\r\n\r\n" + body), key())


# ---- Ed25519 beside RSA (RFC 8463) ----------------------------------------------------------------------------------

BOTH = Dkim(
    domain="desk.example", selector="s1", key=Path("dkim.pem"), ed25519_selector="s2", ed25519_key=Path("ed.pem")
)


@cache
def small() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def small_pem() -> bytes:
    return small().private_bytes(PEM, serialization.PrivateFormat.PKCS8, PLAIN)


def small_record() -> str:
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(small().public_key().public_bytes_raw()).decode()}"


@pytest.mark.parametrize("name", MAILS)
def test_both_signatures_stand_before_a_mail(name: str, verdict: Callable[[bytes], str]) -> None:
    """With both keys each mail has two signatures and each holds for itself; who knows RSA alone sees that one."""
    signed = make_signer(BOTH, pem(key()), small_pem())(MAILS[name])
    found = read(signed)
    answered = {
        Question(f"{selector}._domainkey.desk.example", Record.TXT): Answer((text,))
        for selector, text in (("s1", record(key())), ("s2", small_record()))
    }

    assert signed.endswith(MAILS[name])
    assert [one.algorithm for one in found.dkim_signatures] == ["rsa-sha256", "ed25519-sha256"]
    assert [verifies(Inquiry(answered), one, START)[0] for one in found.dkim_signatures] == [True, True]
    assert dkimpy_says(signed, key())
    assert verdict(signed) == "pass"


def test_openssl_verifies_the_small_signature(tmp_path: Path) -> None:
    """The sum is that of RFC 8463 section 3: Ed25519 over the SHA-256 that dkimpy makes of the header."""
    program = require("openssl", "openssl")
    signed = make_signer(BOTH, pem(key()), small_pem())(RAW)
    signature = read(signed).dkim_signatures[1]
    der = small().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for name, data in (
        ("key", der),
        ("digest", bytes.fromhex(signature.digest)),
        ("value", base64.b64decode(signature.value)),
    ):
        (tmp_path / name).write_bytes(data)

    words = "pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in digest -sigfile value".split()
    done = subprocess.run([program, *words], cwd=tmp_path, capture_output=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, b"Signature Verified Successfully")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ed25519_selector": "s2"}, "both or neither"),
        ({"ed25519_key": "x"}, "both or neither"),
        ({"ed25519_selector": "s1", "ed25519_key": "x"}, "two selectors"),
    ],
)
def test_a_second_key_has_a_name_of_its_own(settings: dict[str, str], words: str) -> None:
    """A key without a selector, or with the other's, is refused: no record in the DNS could prove it."""
    with pytest.raises(ValueError, match=words):
        Dkim.model_validate({"domain": "desk.example", "selector": "s1", "key": "dkim.pem", **settings})


def test_an_rsa_key_is_no_ed25519_key() -> None:
    """Each key stands in its own setting, or the start says which."""
    with pytest.raises(ConfigError, match=r"outgoing\.dkim\.ed25519_key: ed\.pem: must be an Ed25519 key"):
        make_signer(BOTH, pem(key()), pem(key()))


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"b c", b" \r\n", b"\n", b"\r"])).map(b"".join))
def test_the_linear_body_is_the_same_body(body: bytes) -> None:
    """Our relaxed body equals dkimpy's, octet for octet."""
    assert relaxed_body(body) == Relaxed.canonicalize_body(body)


def test_blanks_do_not_stop_the_gateway() -> None:
    """A megabyte of blanks is signed in an instant (dkimpy's own way takes a quarter of an hour)."""
    raw = HEAD + b"\r\n" + b" " * 2**20 + b"x\r\n"
    signer = make_signer(SETTINGS, pem(key()))
    start = time.process_time()
    signer(raw)

    assert time.process_time() - start < 2


@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
def test_both_forms_of_a_key_are_read(form: str) -> None:
    """PKCS#1 and PKCS#8 give the same signature."""
    assert make_signer(SETTINGS, pem(key(), form))(RAW) == make_signer(SETTINGS, pem(key()))(RAW)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "no RSA key"),
        (b"-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n", "no RSA key"),
        (
            key().private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")),
            "no RSA",
        ),
        (
            ec.generate_private_key(ec.SECP256R1()).private_bytes(PEM, serialization.PrivateFormat.PKCS8, PLAIN),
            "must be",
        ),
    ],
)
def test_a_key_that_can_not_sign_is_refused_at_the_start(text: bytes, words: str) -> None:
    """No key, a locked one and another sort are named with their setting, before any mail waits."""
    with pytest.raises(ConfigError, match=words) as error:
        make_signer(SETTINGS, text)

    assert "outgoing.dkim.key: dkim.pem" in str(error.value)


@pytest.mark.parametrize("raw", [b"\r\ntext\r\n", b"Subject: x\r\n\r\ntext\r\n", b"no header at all\r\n\r\n"])
def test_what_is_no_mail_is_not_signed(raw: bytes) -> None:
    """Without a header block with a From there is nothing to vouch for: a permanent failure with its reason."""
    with pytest.raises(Permanent, match="can not be signed"):
        make_signer(SETTINGS, pem(key()))(raw)
