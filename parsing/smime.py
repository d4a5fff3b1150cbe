"""The mail inside an S/MIME message that is signed as a whole (RFC 8551 section 3.5.2): opened, and not verified.

Outlook can send so, and what does not know it shows an empty mail with a file smime.p7m. The signed bytes are found by
a walk over the BER of CMS (RFC 5652 section 5.1), with lengths that are told and such that are not; nothing is decoded
that is not on the way. A signed file (a contract, an invoice) is no mail and stays closed. Promises: linear, bounded,
no exception for any bytes.
"""

from __future__ import annotations

import re

from parsing.limits import Limits

TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2
_END, _INTEGER, _OCTETS, _OID, _MANY_OCTETS, _SEQUENCE, _SET, _EXPLICIT = 0, 2, 4, 6, 0x24, 0x30, 0x31, 0xA0
_MAIL = re.compile(rb"\s{0,80}(?:content|mime)-[a-z-]{1,40}:", re.I)

# an element: its tag, where its contents begin, where they end (-1: where an element _END says so)
_Element = tuple[int, int, int]


def signed_mail(data: bytes, limits: Limits) -> bytes:
    """The mail (fields of MIME and body) that is signed in `data`, b"" when there is none."""
    try:
        found = _signed(data, limits)
    except (IndexError, ValueError):  # cut short, or no BER at all
        return b""
    return found if _MAIL.match(found) is not None else b""


def _signed(data: bytes, limits: Limits) -> bytes:
    """The contents of SignedData: each line is an element that is entered, or one that is passed over."""
    at = _enter(data, 0, _SEQUENCE)  # ContentInfo
    if data[at : at + 2 + len(_SIGNED_DATA)] != bytes((_OID, len(_SIGNED_DATA))) + _SIGNED_DATA:
        return b""
    at = _enter(data, _pass(data, at, _OID, limits), _EXPLICIT)
    at = _enter(data, at, _SEQUENCE)  # SignedData
    at = _pass(data, _pass(data, at, _INTEGER, limits), _SET, limits)  # version, digestAlgorithms
    at = _enter(data, at, _SEQUENCE)  # EncapsulatedContentInfo
    at = _enter(data, _pass(data, at, _OID, limits), _EXPLICIT)
    return _octets(data, at, limits)


def _element(data: bytes, at: int) -> _Element:
    """The element at `at` (X.690 section 8.1). Raises IndexError behind the end, ValueError for what nobody writes."""
    tag, length = data[at], data[at + 1]
    if tag & 0x1F == 0x1F or length > 0x84:
        raise ValueError
    if length == 0x80:
        return tag, at + 2, -1
    if length < 0x80:
        return tag, at + 2, at + 2 + length
    start = at + 2 + (length & 0x7F)
    return tag, start, start + int.from_bytes(data[at + 2 : start], "big")


def _enter(data: bytes, at: int, tag: int) -> int:
    """Where the contents of the element at `at` begin. Raises ValueError when it has another tag."""
    found, start, _ = _element(data, at)
    if found != tag:
        raise ValueError
    return start


def _pass(data: bytes, at: int, tag: int, limits: Limits) -> int:
    """Where the next element begins. Raises ValueError when that at `at` has another tag."""
    _enter(data, at, tag)
    depth = 0
    for _ in range(limits.elements):
        found, start, end = _element(data, at)
        at = start if end < 0 else end
        depth += (end < 0) - (found == _END)
        if not depth:
            return at
    raise ValueError


def _octets(data: bytes, at: int, limits: Limits) -> bytes:
    """The bytes of an OCTET STRING, whether it stands in one piece or in many (X.690 section 8.7)."""
    pieces: list[bytes] = []
    ends: list[int] = []
    for _ in range(limits.elements):
        if ends and ends[-1] >= 0 and at >= ends[-1]:
            ends.pop()
        elif at + 1 >= len(data):
            break  # cut short: what is there, is read
        else:
            found, start, end = _element(data, at)
            at = start if end < 0 or found == _MANY_OCTETS else end
            if found == _END and ends:
                ends.pop()
            elif found == _MANY_OCTETS and len(ends) < limits.depth:
                ends.append(end)
            elif found == _OCTETS and end >= 0:
                pieces.append(data[start:end])
            else:
                raise ValueError
        if not ends:
            break
    return b"".join(pieces)
