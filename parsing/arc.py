"""ARC sets (RFC 8617) as facts that need no DNS: who sealed a mail on its way, what each saw, and what each signed.

dkimpy reads and canonicalises; the hashes are made here in one pass, for each seal covers all sets before it and to
hash them anew for each is quadratic. A chain that is not whole says so and counts for nothing (section 5.2).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from dkim import RE_BTAG, DKIMException, validate_signature_fields
from dkim.canonicalization import Relaxed
from dkim.util import InvalidTagValueList

from parsing.dkim_signatures import SignedBody, Unsigned, read_signature, read_tags, signature
from parsing.limits import Limits
from parsing.message import ArcChain, DkimSignature
from parsing.trace import Field
from parsing.words import clean_line, header_text

RESULTS, SIGNATURE, SEAL = b"arc-authentication-results", b"arc-message-signature", b"arc-seal"
SEAL_TAGS = (b"i", b"a", b"b", b"cv", b"d", b"s")
_INSTANCE = re.compile(rb"\s*i\s*=\s*([0-9]{1,3})\s*;")

Set = Mapping[bytes, Field]  # the three fields of one instance, by their names


def read_chain(fields: Sequence[Field], body: SignedBody, limits: Limits) -> ArcChain | None:
    """The chain of a mail with these fields, None when there is none. Never raises."""
    found = [field for field in fields if field[0].lower() in (RESULTS, SIGNATURE, SEAL)]
    if not found:
        return None
    try:
        sets = _sets(found, limits)
        seals = _seals(sets, limits)
    except Unsigned as error:
        return ArcChain(flaw=str(error))
    except (DKIMException, InvalidTagValueList) as error:
        return ArcChain(flaw=f"malformed: {error}"[:200])
    return ArcChain(
        seals=seals,
        results=tuple(_results(one[RESULTS][1], limits) for one in sets),
        signature=read_signature(sets[-1][SIGNATURE], fields, body, limits, arc=True),
    )


def _sets(found: Sequence[Field], limits: Limits) -> list[Set]:
    """The sets in their order; raises Unsigned unless each number from 1 on has each field once (section 5.2)."""
    if len(found) > 3 * limits.arc_sets:
        raise Unsigned(f"more than {limits.arc_sets} sets")
    sets: dict[int, dict[bytes, Field]] = {}
    for name, value in found:
        one = sets.setdefault(_instance(name.lower(), value, limits), {})
        if name.lower() in one:
            raise Unsigned("a set holds a field twice")
        one[name.lower()] = (name, value)
    if sorted(sets) != list(range(1, len(sets) + 1)) or any(len(one) < 3 for one in sets.values()):
        raise Unsigned("a set is not whole")
    return [sets[number] for number in sorted(sets)]


def _instance(name: bytes, value: bytes, limits: Limits) -> int:
    if name == RESULTS:
        found = _INSTANCE.match(value[: limits.dkim_field])
        number = found[1] if found else b""
    else:
        number = read_tags(value, limits).get(b"i", b"")
    if len(value) > limits.dkim_field or not re.fullmatch(rb"[0-9]{1,3}", number):
        raise Unsigned("a set has no number, or a field that is too long")
    return int(number)


def _seals(sets: Sequence[Set], limits: Limits) -> tuple[DkimSignature, ...]:
    """Each seal with what it signed: the sets up to its own, itself without its value (section 5.1.1)."""
    hasher = hashlib.sha256()
    seals = []
    for number, one in enumerate(sets, 1):
        for name in (RESULTS, SIGNATURE):
            hasher.update(_relaxed(one[name]))
        tags = read_tags(one[SEAL][1], limits)
        _judge(tags, first=number == 1, newest=number == len(sets))
        own = hasher.copy()
        own.update(_relaxed((one[SEAL][0], RE_BTAG.sub(b"\\1", one[SEAL][1]))).rstrip())
        seals.append(signature(tags, digest=own.hexdigest(), arc=True))
        hasher.update(_relaxed(one[SEAL]))
    return tuple(seals)


def _judge(tags: Mapping[bytes, bytes], *, first: bool, newest: bool) -> None:
    """Raises for a seal that is none, or says itself that the chain was broken (section 5.2 steps 2 and 3)."""
    validate_signature_fields(tags, list(SEAL_TAGS), True)
    if b"h" in tags:
        raise Unsigned("a seal names fields of its own")
    if tags[b"cv"] == b"fail" and newest:
        raise Unsigned("its last sealer found the chain broken")
    if tags[b"cv"] != (b"none" if first else b"pass"):
        raise Unsigned("a sealer found the chain broken")


def _relaxed(field: Field) -> bytes:
    [(name, value)] = Relaxed.canonicalize_headers([field])
    return bytes(name + b":" + value)


def _results(value: bytes, limits: Limits) -> str:
    """What stands behind the number, as one line."""
    text = value[: limits.trace_field].partition(b";")[2]
    return clean_line(header_text(text))
