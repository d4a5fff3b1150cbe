"""DKIM signatures of a mail (RFC 6376) as facts that need no DNS: all but the key is checked here.

What was signed is hashed once, in the process that reads the mail; whoever has the key's record says with
`dkim_key.verifies` whether the signature holds. dkimpy reads and canonicalises; what of it is not linear is fenced in:
a field or a list of names beyond its limit counts as no signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence

from dkim import DKIMException, hash_headers, validate_signature_fields
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError
from dkim.util import InvalidTagValueList, parse_tag_value

from parsing.canonical import relaxed_body
from parsing.limits import Limits
from parsing.message import DkimSignature
from parsing.trace import Field

DKIM_TAGS = (b"v", b"a", b"b", b"bh", b"d", b"h", b"s")
ARC_TAGS = (b"i", b"a", b"b", b"bh", b"d", b"h", b"s")
_BLANKS = re.compile(rb"\s{100}")
_ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")  # rsa-sha1 proves nothing any more (RFC 8301 section 3.1)


class Unsigned(Exception):
    """The field is no signature that counts; the text says why."""


def read_signatures(fields: Sequence[Field], body: SignedBody, limits: Limits) -> tuple[DkimSignature, ...]:
    """The signatures of a mail with these fields and this body, from the top, at most `limits.dkim_signatures`."""
    found = [field for field in fields if field[0].lower() == b"dkim-signature"][: limits.dkim_signatures]
    return tuple(read_signature(field, fields, body, limits) for field in found)


class SignedBody:
    """A body in its two canonical forms, each hashed once however many signatures ask (section 3.4)."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._hashes: dict[str, bytes] = {}

    def hashed(self, form: str) -> bytes:
        if form not in self._hashes:
            body = self._body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            canonical = relaxed_body(body) if form == "relaxed" else simple_body(body)
            self._hashes[form] = hashlib.sha256(canonical).digest()
        return self._hashes[form]


def simple_body(body: bytes) -> bytes:
    """The simple form of a body (section 3.4.3): one CRLF at its end, an empty one is CRLF."""
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n"


def read_signature(
    field: Field, fields: Sequence[Field], body: SignedBody, limits: Limits, *, arc: bool = False
) -> DkimSignature:
    """What a signature says and what it signed; `flaw` says why it counts for nothing. Never raises.

    `arc`: it is an ARC-Message-Signature, whose `i=` is a number and which has no `v=` (RFC 8617 section 4.1.2).
    """
    tags: Mapping[bytes, bytes] = {}
    try:
        tags = read_tags(field[1], limits)
        validate_signature_fields(tags, list(ARC_TAGS if arc else DKIM_TAGS), arc)
        digest = _digest(field, tags, fields, body, limits)
    except Unsigned as error:
        return signature(tags, flaw=str(error), arc=arc)
    except (DKIMException, InvalidTagValueList, InvalidCanonicalizationPolicyError) as error:
        return signature(tags, flaw=f"malformed: {error}"[:200], arc=arc)
    return signature(tags, digest=digest.hex(), arc=arc)


def read_tags(value: bytes, limits: Limits) -> Mapping[bytes, bytes]:
    if len(value) > limits.dkim_field or _BLANKS.search(value):
        raise Unsigned("the field is too long")
    tags: Mapping[bytes, bytes] = parse_tag_value(value)
    return tags


def _digest(
    field: Field, tags: Mapping[bytes, bytes], fields: Sequence[Field], body: SignedBody, limits: Limits
) -> bytes:
    """The hash that was signed (section 3.7). Raises Unsigned, or an exception of dkimpy's."""
    if tags[b"a"] not in _ALGORITHMS:
        raise Unsigned(f"{tags[b'a'].decode('latin-1')[:40]} proves nothing")
    if b"l" in tags:
        raise Unsigned("l= leaves the end of the body unsigned")
    names = [name.strip().lower() for name in tags[b"h"].split(b":")]
    if b"from" not in names:
        raise Unsigned("From is not signed")
    if len(names) > limits.dkim_names:
        raise Unsigned("it signs too many fields")
    policy = CanonicalizationPolicy.from_c_value(b"".join(tags.get(b"c", b"simple/simple").split()))
    if body.hashed(policy.body_algorithm.name.decode()) != _base64(tags[b"bh"]):
        raise Unsigned("the body was changed after it was signed")
    hasher = hashlib.sha256()
    # a From that was added counts: it is signed as not being there
    canonical = policy.canonicalize_headers(list(fields))
    hash_headers(hasher, policy, canonical, [*names, b"from"], field, tags)
    return hasher.digest()


def _base64(value: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unsigned("a value is no base64") from error


def signature(tags: Mapping[bytes, bytes], *, digest: str = "", flaw: str = "", arc: bool = False) -> DkimSignature:
    """The noun for these tags."""

    def text(name: bytes) -> str:
        return b"".join(tags.get(name, b"").split()).decode("latin-1").lower()

    expires = text(b"x")
    return DkimSignature(
        domain=text(b"d")[:255],
        selector=text(b"s")[:255],
        algorithm=text(b"a")[:40],
        digest=digest,
        value=b"".join(tags.get(b"b", b"").split()).decode("latin-1") if digest else "",
        identity="" if arc else text(b"i")[:320],
        expires=int(expires) if digest and expires.isdecimal() and len(expires) < 12 else None,
        flaw=flaw,
    )
