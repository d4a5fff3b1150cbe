"""What a relay's answer after DATA tells of a mail: the id under which it goes on.

Some relays put a Message-ID of their own in the place of ours and name it in their 250; answers then refer to that one.
"""

from __future__ import annotations

import re

_IN_BRACKETS = re.compile(r"<([^<>@\s]{8,200})@[^<>@\s]{1,255}>")
# of words that stand alone only what is too long to be a queue's number (RFC 5321 leaves the text free)
_LONG_WORD = re.compile(r"(?<![^\s=:;,(\[])[0-9A-Za-z][0-9A-Za-z._=-]{30,200}(?![^\s;,)\]])")


def reported_id(reply: str) -> str:
    """The local part of the Message-ID that a 250 names: `250 Ok 0102018f…-000000`, `250 2.0.0 OK <…@…>`; else ""."""
    if not reply.startswith("250"):
        return ""
    found = _IN_BRACKETS.search(reply[:2000])
    if found is not None:
        return found[1]
    words: list[str] = _LONG_WORD.findall(reply[:2000])
    return words[-1] if words else ""


def local_part(identifier: str) -> str:
    """What stands before the @ of a Message-ID: relays name it with one domain and write it with another."""
    return identifier.strip("<> ").rpartition("@")[0]
