"""Received fields (RFC 5321 section 4.4) of the mail server in front: how far down they are its own, and who logged in.

A server writes down what its client said of itself, so a client can put words into a field that is genuine: in HELO, in
a certificate, in an address. Only what stands behind the last `by` is believed, and of logins the last one before it; a
field with a quote in it proves nothing. Below a field that tells of a foreign client, all is that client's own writing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from parsing.message import Trace

_BY = re.compile(r"\bby\s+([A-Za-z0-9.-]{1,255})")
_WITH_LOGIN = re.compile(r"\bwith\s+(?:UTF8)?(?:ESMTPS?A|LMTPS?A)\b", re.I)
_WITH_LMTP = re.compile(r"\bwith\s+(?:UTF8)?LMTPS?A?\b", re.I)
_LOGIN = re.compile(r"\(Authenticated sender: ([^\s()]{3,320})\)", re.I)
_ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")


def own_fields(trace: Sequence[Trace], hosts: Sequence[str], peers: Sequence[str]) -> Iterator[str]:
    """The fields on top that the hop wrote, which calls itself one of `hosts`.

    It goes on below a field only where the hop had the mail from itself: by LMTP, from this machine, or from an address
    of `peers` (networks).
    """
    for line in trace:
        if line.name != "received":
            continue
        halves = _halves(line.text)
        if halves is None or halves[1] not in hosts:
            return
        yield line.text
        if not _from_itself(halves[0], halves[2], peers):
            return


def logged_in(text: str) -> str:
    """The address that logged in with the server that wrote this field, "" for nobody."""
    halves = _halves(text)
    if halves is None or not _WITH_LOGIN.search(halves[2]):
        return ""
    found = _LOGIN.findall(halves[0])
    return str(found[-1]).lower() if found else ""


def _halves(text: str) -> tuple[str, str, str] | None:
    """What stands before the last `by`, its host in lower case, and what stands behind; None when nothing is sure."""
    found = list(_BY.finditer(text)) if '"' not in text else []
    return (text[: found[-1].start()], found[-1][1].lower(), text[found[-1].end() :]) if found else None


def _from_itself(before: str, behind: str, peers: Sequence[str]) -> bool:
    if _WITH_LMTP.search(behind):
        return True
    found = _ADDRESS.findall(before)
    try:
        address = ipaddress.ip_address(found[-1]) if found else None
    except ValueError:
        return False
    if address is None:
        return False
    return address.is_loopback or any(address in ipaddress.ip_network(peer, strict=False) for peer in peers)
