"""Does a signature hold? The key's record (RFC 6376 section 3.6.1) and the sum itself, by `cryptography`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dkim.util import InvalidTagValueList, parse_tag_value

from parsing.dns import Inquiry, Record, queryable
from parsing.limits import Limits
from parsing.message import DkimSignature

_LIMITS = Limits()
SMALLEST, LARGEST = 1024, 8192  # bits of an RSA key (RFC 8301 section 3.2)


class BadKey(Exception):
    """The record holds no key that could prove anything; the text says why."""


def verifies(inquiry: Inquiry, signature: DkimSignature, now: datetime) -> tuple[bool, str]:
    """Whether a DKIM signature holds, and in which words. Raises Unanswered; a DNS failure is False."""
    ok, how = holds(inquiry, signature, now)
    return ok, f"DKIM of {signature.domain or '?'}: {how}"


def holds(inquiry: Inquiry, signature: DkimSignature, now: datetime) -> tuple[bool, str]:
    """The same of any signature whose key stands in the DNS as DKIM's do, without its name."""
    if signature.flaw:
        return False, signature.flaw
    if signature.expires is not None and signature.expires < now.timestamp():
        return False, "it has expired"
    name = key_name(signature)
    if not queryable(name) or not name.isascii():
        return False, "no name for its key"
    answer = inquiry.ask(name, Record.TXT)
    if answer.failed:
        return False, "the DNS does not answer"
    try:
        ok = _sum_holds(signature, answer.records[0] if answer.records else "")
    except BadKey as error:
        return False, str(error)
    return ok, "the signature holds" if ok else "the signature does not hold"


def key_name(signature: DkimSignature) -> str:
    """Where its key stands (RFC 6376 section 3.6.2.1)."""
    return f"{signature.selector}._domainkey.{signature.domain}"


def _sum_holds(signature: DkimSignature, record: str) -> bool:
    tags = _record(record)
    _usable(tags, signature)
    try:
        key, value = base64.b64decode(b"".join(tags[b"p"].split())), base64.b64decode(signature.value)
        digest = bytes.fromhex(signature.digest)
        if signature.algorithm == "ed25519-sha256":
            Ed25519PublicKey.from_public_bytes(key).verify(value, digest)
        else:
            _rsa(key).verify(value, digest, PKCS1v15(), Prehashed(SHA256()))
    except InvalidSignature:
        return False
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as error:
        raise BadKey("its key can not be read") from error
    return True


def _record(record: str) -> Mapping[bytes, bytes]:
    if not record:
        raise BadKey("it has no key")
    try:
        tags: Mapping[bytes, bytes] = parse_tag_value(record[: _LIMITS.dns_record].encode("latin-1", "replace"))
    except InvalidTagValueList as error:
        raise BadKey("its key can not be read") from error
    return tags


def _usable(tags: Mapping[bytes, bytes], signature: DkimSignature) -> None:
    """Raises BadKey for a key that is not meant for this signature."""

    def words(name: bytes, default: bytes) -> list[bytes]:
        return [word.strip().lower() for word in tags.get(name, default).split(b":")]

    if tags.get(b"v", b"DKIM1") != b"DKIM1" or not tags.get(b"p"):
        raise BadKey("its key was withdrawn" if b"p" in tags else "its key can not be read")
    if words(b"k", b"rsa")[0].decode("latin-1") != signature.algorithm.partition("-")[0]:
        raise BadKey("its key is of another sort")
    if b"sha256" not in words(b"h", b"sha256") or not {b"*", b"email"} & set(words(b"s", b"*")):
        raise BadKey("its key is for something else")
    if b"y" in words(b"t", b""):
        raise BadKey("its domain is testing DKIM")
    if b"s" in words(b"t", b"") and signature.identity.rpartition("@")[2] not in ("", signature.domain):
        raise BadKey("its key is for the domain itself")


def _rsa(der: bytes) -> RSAPublicKey:
    key = load_der_public_key(der)
    if not isinstance(key, RSAPublicKey) or not SMALLEST <= key.key_size <= LARGEST:
        raise BadKey("its key is too short, too long or no RSA key")
    if key.public_numbers().e > 2**32:
        raise BadKey("its key has an absurd exponent")
    return key
