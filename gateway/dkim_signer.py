"""DKIM signatures (RFC 6376) for mail on its way out: rsa-sha256, relaxed/relaxed, every field that counts oversigned.

Promises: the same bytes give the same signature for ever (there is no `t=`, and PKCS#1 v1.5 holds no chance), so that
every try of a mail is the same mail; the mail itself is never touched, the signature only stands before it; the time is
linear in the size. Relaxed for the body too: a relay that strips the blank behind `-- ` must not break our signature.

dkimpy writes and hashes the header field. Two things of it are left aside, without changing the library for others:
its canonical body is quadratic in runs of blanks (80 KB of them: 5 s), so parsing/canonical.py makes ours, and its RSA
is written in Python (6 ms), so `cryptography` does that sum (tests hold both equal to dkimpy's own).
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim import DKIM, MessageFormatError
from dkim.canonicalization import CanonicalizationPolicy

from gateway.config import ConfigError, Dkim
from parsing.canonical import relaxed_body
from parsing.message import Permanent

# Each of these is named once more than it occurs (RFC 6376 section 8.15): whoever adds another breaks the signature.
OVERSIGNED = (
    b"from",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"in-reply-to",
    b"references",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
)
# Signed where they occur: a list or a relay may add its own.
SIGNED = (b"auto-submitted", b"sender", b"list-unsubscribe", b"list-unsubscribe-post")
SMALLEST_KEY = 1024  # bits; verifiers ignore shorter ones (RFC 8301 section 3.2)
RELAXED = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
LOG = logging.getLogger("tkt.dkim")


def make_signer(dkim: Dkim, key_pem: bytes) -> Callable[[bytes], bytes]:
    """A function from a finished message (CRLF) to the same with `DKIM-Signature` before it.

    `key_pem` is an RSA key, PKCS#1 or PKCS#8, without a passphrase; raises `ConfigError` when it is not. The function
    raises `Permanent` for bytes that have no header or no From.
    """
    key = rsa_key(dkim, key_pem)
    tags = [(b"v", b"1"), (b"a", b"rsa-sha256"), (b"c", b"relaxed/relaxed")]
    tags += [(b"d", dkim.domain.encode("idna")), (b"s", dkim.selector.encode("ascii"))]

    def sign(raw: bytes) -> bytes:
        return signature(raw, tags=tags, key=key) + raw

    return sign


def rsa_key(dkim: Dkim, key_pem: bytes) -> RSAPrivateKey:
    """The key of `[outgoing.dkim]`; raises `ConfigError` for another sort or one that no verifier would heed."""
    try:
        key = load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"outgoing.dkim.key: {dkim.key}: no RSA key in PEM without passphrase: {error}") from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(f"outgoing.dkim.key: {dkim.key}: must be an RSA key")
    if key.key_size < SMALLEST_KEY:
        raise ConfigError(f"outgoing.dkim.key: {dkim.key}: {key.key_size} bits; at least {SMALLEST_KEY}, better 2048")
    return key


def signature(raw: bytes, *, tags: list[tuple[bytes, bytes]], key: RSAPrivateKey) -> bytes:
    """The header field, CRLF at its end."""
    head, _, body = raw.partition(b"\r\n\r\n")
    signer = read_head(head)
    names = signed_names([name.lower() for name, _ in signer.headers])
    digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest())
    # sixty zeros make dkimpy fold `b=` onto a line of its own, where filling it in moves no other tag
    fields = [*tags, (b"h", b" : ".join(names)), (b"bh", digest), (b"b", b"0" * 60)]
    return b"DKIM-Signature: " + bytes(signer.gen_header(fields, names, RELAXED, b"DKIM-Signature", for_dkimpy(key)))


def read_head(head: bytes) -> DKIM:
    """dkimpy's view of a header block, ready to make a signature from it."""
    try:
        # dkimpy has two ways to sign: its own RSA, and any object with `sign(digest)`, which it uses for Ed25519.
        # It writes the algorithm that stands in the tags, and we say here which of the two ways it goes.
        signer = DKIM(head + b"\r\n\r\n", logger=LOG, signature_algorithm=b"ed25519-sha256")
    except MessageFormatError as error:
        raise Permanent(f"the mail can not be signed: {error}") from None
    if not any(name.lower() == b"from" for name, _ in signer.headers):
        raise Permanent("the mail can not be signed: it has no From")
    signer.hasher = hashlib.sha256
    return signer


def signed_names(present: list[bytes]) -> list[bytes]:
    """The list of `h=` for the fields of one mail, lower case."""
    oversigned = [name for wanted in OVERSIGNED for name in [wanted] * (present.count(wanted) + 1)]
    return oversigned + [name for wanted in SIGNED for name in [wanted] * present.count(wanted)]


def for_dkimpy(key: RSAPrivateKey) -> SimpleNamespace:
    """RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2) in the shape that dkimpy asks for: `key.sign(digest).signature`."""

    def sign(digest: bytes) -> SimpleNamespace:
        return SimpleNamespace(signature=key.sign(digest, PKCS1v15(), Prehashed(SHA256())))

    return SimpleNamespace(sign=sign)
