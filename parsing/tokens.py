"""Proofs of ours in mail addresses, Message-IDs and bodies: lower-case base32, signed with HMAC-SHA256 cut to 128 bits.

Five kinds, each with its own domain of the MAC so that none can stand for another: the plus-part of a Reply-To
(ticket, role, person), the local part of a Message-ID (the same and the mail's serial), the plus-part of an envelope
sender (the serial), the reference at the end of a body (ticket, role, person), and the plus-part of a Reply-To that is
good for one answer (ticket and serial; the person is in the MAC alone, so that it fits behind long names of desks, and
only their own address opens it). A token proves that somebody saw our mail; who that somebody is, is for evidence.py to
say.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass

from parsing.message import Token

_ROLES = {"agent": 1, "customer": 2, "operator": 3}
_NAMES = {number: name for name, number in _ROLES.items()}
_MAC = 16
_REPLY, _MESSAGE_ID, _ENVELOPE = b"tkt reply 1\0", b"tkt message-id 1\0", b"tkt envelope 1\0"
_BODY, _ONCE = b"tkt body 1\0", b"tkt once 1\0"
REFERENCE = "[tkt-ref "  # how the line begins that carries the token of a body
# programs wrap the line, quote it, and write a blank in their own way
_IN_TEXT = re.compile(r"tkt-ref(?:[-\s>|:]|&nbsp;){1,12}([a-z2-7]{42})(?![a-z2-7])")
_REPLY_SIZE, _ID_SIZE, _ENVELOPE_SIZE, _ONCE_SIZE = 10, 18, 8, 12  # bytes before the MAC


@dataclass(frozen=True, slots=True)
class Keys:
    """`current` signs; `older` ones still verify, newest first, so that keys can be changed while mail is under way."""

    current: bytes
    older: tuple[bytes, ...] = ()


def person_hash(address: str) -> bytes:
    """5 bytes that stand for a mailbox in a token."""
    return hashlib.sha256(address.lower().encode("utf-8", "replace")).digest()[:5]


def issue_reply(keys: Keys, *, role: str, ticket: int, address: str) -> str:
    """The plus-part of a Reply-To: 42 characters."""
    return _seal(keys.current, _REPLY, struct.pack(">BI", _ROLES[role], ticket) + person_hash(address))


def issue_message_id(keys: Keys, *, role: str, ticket: int, address: str, serial: str) -> str:
    """The local part of a Message-ID: 55 characters. `serial` is 16 hex digits."""
    body = struct.pack(">BI", _ROLES[role], ticket) + person_hash(address) + _serial(serial)
    return _seal(keys.current, _MESSAGE_ID, body)


def issue_envelope(keys: Keys, *, serial: str) -> str:
    """The plus-part of an envelope sender: 39 characters. `serial` is 16 hex digits."""
    return _seal(keys.current, _ENVELOPE, _serial(serial))


def issue_reference(keys: Keys, *, role: str, ticket: int, address: str) -> str:
    """The token at the end of a body: 42 characters, for relays that put another Message-ID in the place of ours."""
    return _seal(keys.current, _BODY, struct.pack(">BI", _ROLES[role], ticket) + person_hash(address))


def reference_in(text: str) -> str:
    """The first reference in a body, text or HTML: that of the mail which is answered; "" when there is none."""
    found = _IN_TEXT.search(text)
    return found[1] if found is not None else ""


def read_reference(keys: Keys, text: str) -> Token | None:
    """The token of `reference_in`, or None when it is none of ours."""
    return _token(_open(keys, _BODY, text, _REPLY_SIZE))


def issue_once(keys: Keys, *, ticket: int, address: str, serial: str) -> str:
    """The plus-part of an agent's Reply-To that is good for one answer: 45 characters. `serial` is 16 hex digits."""
    return _seal(keys.current, _ONCE + person_hash(address), struct.pack(">I", ticket) + _serial(serial))


def read_token(keys: Keys, text: str) -> Token | None:
    """The token in the plus-part of an address or the local part of a Message-ID, or None when it is none of ours."""
    return _token(_open(keys, _REPLY, text, _REPLY_SIZE) or _open(keys, _MESSAGE_ID, text, _ID_SIZE))


def _token(data: bytes | None) -> Token | None:
    if data is None:
        return None
    role, ticket = struct.unpack(">BI", data[:5])
    return Token(_NAMES[role], ticket, data[5:10], data[10:].hex()) if role in _NAMES else None


def read_envelope(keys: Keys, text: str) -> str | None:
    """The serial that the plus-part of an envelope sender proves, or None."""
    data = _open(keys, _ENVELOPE, text, _ENVELOPE_SIZE)
    return None if data is None else data.hex()


def read_once(keys: Keys, text: str, address: str) -> Token | None:
    """The token of `issue_once` when it was mailed to this address, or None."""
    person = person_hash(address)
    data = _open(keys, _ONCE + person, text, _ONCE_SIZE)
    if data is None:
        return None
    return Token("agent", struct.unpack(">I", data[:4])[0], person, data[4:].hex(), once=True)


def _serial(serial: str) -> bytes:
    data = bytes.fromhex(serial)
    if len(data) != 8:
        raise ValueError("a serial is 16 hex digits")
    return data


def _mac(key: bytes, purpose: bytes, data: bytes) -> bytes:
    return hmac.digest(key, purpose + data, "sha256")[:_MAC]


def _seal(key: bytes, purpose: bytes, data: bytes) -> str:
    return base64.b32encode(data + _mac(key, purpose, data)).decode("ascii").rstrip("=").lower()


def _open(keys: Keys, purpose: bytes, text: str, size: int) -> bytes | None:
    """What was sealed, when the length is right and one of the keys fits; compared in constant time."""
    if len(text) != -(-(size + _MAC) * 8 // 5) or not text.isascii():
        return None
    try:
        whole = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except binascii.Error:
        return None
    data, mac = whole[:size], whole[size:]
    fits = [hmac.compare_digest(mac, _mac(key, purpose, data)) for key in (keys.current, *keys.older)]
    return data if any(fits) else None
