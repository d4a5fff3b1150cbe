"""Writes winmail.dat (MS-OXTNEF), as Outlook would, for the tests that open it."""

from __future__ import annotations

import struct

CODEPAGE, BODY, ATTACH, TITLE, DATA = 0x9007, 0x800C, 0x9002, 0x8010, 0x800F
MESSAGE_PROPERTIES, ATTACH_PROPERTIES = 0x9003, 0x9005


def attribute(number: int, body: bytes, level: int = 1) -> bytes:
    head = struct.pack("<BHHI", level, number, 6, len(body))
    return head + body + struct.pack("<H", sum(body) % 65536)


def properties(*values: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(values))
    for number, kind, value in values:
        out += struct.pack("<HH", kind, number)
        if kind in (0x1E, 0x1F, 0x102, 0xD):
            out += struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)
        else:
            out += value
    return out


def text(value: str) -> bytes:
    return value.encode("utf-16-le") + b"\0\0"


def file(name: str, data: bytes, *more: tuple[int, int, bytes]) -> bytes:
    short = name.encode("cp1252", "replace")[:8] + b"\0"
    long_name = properties((0x3707, 0x1F, text(name)), *more)
    return (
        attribute(ATTACH, b"\0" * 14, 2)
        + attribute(TITLE, short, 2)
        + attribute(DATA, data, 2)
        + attribute(ATTACH_PROPERTIES, long_name, 2)
    )


def winmail(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + attribute(CODEPAGE, struct.pack("<II", 1252, 0)) + b"".join(attributes)


def compressed(body: bytes, *, size: int) -> bytes:
    """The head of compressed RTF before its body (MS-OXRTFCP 2.1.3.1)."""
    return struct.pack("<II4sI", len(body) + 12, size, b"LZFu", 0) + body


def token(offset: int, length: int) -> bytes:
    """A copy of `length` bytes that stand at `offset` in the window."""
    return (offset << 4 | length - 2).to_bytes(2, "big")
