"""DKIM signatures for mail on its way out: rsa-sha256 (RFC 6376), and beside it ed25519-sha256 (RFC 8463).

Relaxed/relaxed, every field that counts oversigned. Promises: the same bytes give the same signatures for ever (there
is no `t=`, and neither PKCS#1 v1.5 nor Ed25519 holds any chance), so that every try of a mail is the same mail; the
mail itself is never touched, the signatures only stand before it; the time is linear in the size. Relaxed for the body
too: a relay that strips the blank behind `-- ` must not break our signature.

What is signed is put together here: the same few lists of fields come again and again, and for each the signature is
ready but for the hash of the body and the sum. dkimpy takes three times as long for it; the tests hold ours against it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

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
FOLD_AT = 72
BEGINS = re.compile(rb"\r\n(?![ \t])")
NAME = re.compile(rb"[\x21-\x39\x3b-\x7e]+")
BLANKS = re.compile(rb"[\t ]+")

Field = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Seal:
    """One key, and how its signatures begin."""

    tags: bytes
    sums: Callable[[bytes], bytes]


def make_signer(dkim: Dkim, rsa_pem: bytes, ed25519_pem: bytes | None = None) -> Callable[[bytes], bytes]:
    """A function from a finished message (CRLF) to the same with a `DKIM-Signature` for each key before it.

    The keys are PEM without a passphrase (PKCS#8; RSA also PKCS#1); raises `ConfigError` when they are not. The
    function raises `Permanent` for bytes that have no header or no From.
    """
    seals = [_rsa(dkim, rsa_pem)]
    if ed25519_pem is not None:
        seals.append(_ed25519(dkim, ed25519_pem))

    def sign(raw: bytes) -> bytes:
        head, _, body = raw.partition(b"\r\n\r\n")
        fields = header_fields(head)
        digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest())
        return b"".join([*(signature(seal, fields, digest) for seal in seals), raw])

    return sign


def _rsa(dkim: Dkim, pem: bytes) -> Seal:
    key = _loaded(pem, f"outgoing.dkim.key: {dkim.key}", "RSA")
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(f"outgoing.dkim.key: {dkim.key}: must be an RSA key")
    if key.key_size < SMALLEST_KEY:
        raise ConfigError(f"outgoing.dkim.key: {dkim.key}: {key.key_size} bits; at least {SMALLEST_KEY}, better 2048")
    scheme, algorithm = PKCS1v15(), SHA256()
    return Seal(_tags(b"rsa-sha256", dkim.domain, dkim.selector), lambda data: key.sign(data, scheme, algorithm))


def _ed25519(dkim: Dkim, pem: bytes) -> Seal:
    """What is signed is the SHA-256 of the header, not the header (RFC 8463 section 3)."""
    where = f"outgoing.dkim.ed25519_key: {dkim.ed25519_key}"
    key = _loaded(pem, where, "Ed25519")
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{where}: must be an Ed25519 key")
    tags = _tags(b"ed25519-sha256", dkim.domain, dkim.ed25519_selector)
    return Seal(tags, lambda data: key.sign(hashlib.sha256(data).digest()))


def _loaded(pem: bytes, where: str, sort: str) -> object:
    try:
        return load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"{where}: no {sort} key in PEM without passphrase: {error}") from None


def _tags(algorithm: bytes, domain: str, selector: str) -> bytes:
    return b"v=1; a=%b; c=relaxed/relaxed; d=%b; s=%b;" % (algorithm, domain.encode("idna"), selector.encode("ascii"))


def header_fields(head: bytes) -> list[Field]:
    """The fields of a header block in their relaxed form (RFC 6376 section 3.4.2), from the top; raises `Permanent`."""
    fields = []
    for line in BEGINS.split(head.removesuffix(b"\r\n")):
        name, colon, value = line.partition(b":")
        if not colon or not NAME.fullmatch(name.rstrip(b" \t")):
            raise Permanent("the mail can not be signed: its header is not one")
        value = value.replace(b"\r\n", b"")
        if b"  " in value or b"\t" in value:
            value = BLANKS.sub(b" ", value)
        fields.append((name.rstrip(b" \t").lower(), value.strip(b" ")))
    if not any(name == b"from" for name, _ in fields):
        raise Permanent("the mail can not be signed: it has no From")
    return fields


def signature(seal: Seal, fields: Sequence[Field], body_digest: bytes) -> bytes:
    """The header field, CRLF at its end. What is hashed is its relaxed form with an empty `b=` behind the others."""
    names, ready, relaxed = prepared(seal.tags, tuple([name for name, _ in fields]))
    signed = b"".join([*chosen(fields, names), relaxed, body_digest, b"; b="])
    value = base64.b64encode(seal.sums(signed))
    lines = [value[at : at + FOLD_AT] for at in range(0, len(value), FOLD_AT)]
    return b"%b%b;\r\n b=%b\r\n" % (ready, body_digest, b"\r\n ".join(lines))


def chosen(fields: Sequence[Field], names: Sequence[bytes]) -> list[bytes]:
    """The fields that `names` mean as they are hashed; of several with one name the last is first (section 5.4.2)."""
    left: dict[bytes, list[bytes]] = {}
    for name, value in fields:
        left.setdefault(name, []).append(value)
    return [b"%b:%b\r\n" % (name, left[name].pop()) for name in names if left.get(name)]


@lru_cache(256)
def prepared(tags: bytes, present: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], bytes, bytes]:
    """For a mail with these fields: the list of `h=`, the field up to `bh=`, and that as it is hashed, unfolded."""
    names = signed_names(present)
    lines, current = [tags], b"h="
    for name in names:
        if len(current) + len(name) + 1 > FOLD_AT:
            lines.append(current)
            current = b""
        current += name + b":"
    lines += [current[:-1] + b";", b"bh="]
    return names, b"DKIM-Signature: " + b"\r\n ".join(lines), b"dkim-signature:" + b" ".join(lines)


def signed_names(present: Sequence[bytes]) -> tuple[bytes, ...]:
    """The list of `h=` for the fields of one mail, lower case."""
    oversigned = [name for wanted in OVERSIGNED for name in [wanted] * (present.count(wanted) + 1)]
    return (*oversigned, *(name for wanted in SIGNED for name in [wanted] * present.count(wanted)))
