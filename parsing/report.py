"""Delivery reports (RFC 3464): which recipient, what became of the mail, and which of our mails it was.

Only what the machine-readable part says is read; a report in prose is still of kind bounce, with nothing in `reports`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message as Tree

from parsing.charsets import decode_bytes
from parsing.headers import Fields, first_id, split
from parsing.limits import Limits
from parsing.message import Report
from parsing.structure import Part, content
from parsing.words import clean_line

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_ORIGINAL_TYPES = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")


def read_reports(parts: Sequence[Part], limits: Limits) -> tuple[Report, ...]:
    """One Report for each recipient, at most `limits.reports`; () when there is no machine-readable part."""
    status = next((part for part in parts if part.type in _STATUS_TYPES), None)
    if status is None:
        return ()
    original = original_message_id(parts, limits)
    found: list[Report] = []
    for block in _blocks(status.tree)[: limits.reports + 1]:
        recipient = _typed(block, "final-recipient") or _typed(block, "original-recipient")
        action = _plain(block, "action").lower()[:40]
        if recipient or action:
            code = _STATUS.search(_plain(block, "status"))
            diagnostic = _typed(block, "diagnostic-code")[:500]
            found.append(Report(recipient[:320], code.group() if code else "", action, diagnostic, original))
    return tuple(found[: limits.reports])


def original_message_id(parts: Sequence[Part], limits: Limits) -> str:
    """The Message-ID in the copy, or the header of the copy, of the mail that the report is about, as `<…>`."""
    for part in parts:
        if part.type in _ORIGINAL_TYPES:
            found = first_id(split(content(part.tree)[: limits.header_block], limits).text("message-id"))
            if found:
                return found
    return ""


def _blocks(node: Tree) -> list[Tree]:
    """The groups of fields of a status part (RFC 3464 section 2.1): of the mail, then of each recipient."""
    payload = node.get_payload()
    if isinstance(payload, list):
        return [block for block in payload if isinstance(block, Tree) and len(block)]
    data = content(node).replace(b"\r\n", b"\n")[: 2**20]
    return [message_from_bytes(block + b"\n\n") for block in data.split(b"\n\n")[:200] if block.strip()]


def _plain(block: Tree, name: str) -> str:
    raw = str(block.get(name, ""))
    return clean_line(raw if raw.isascii() else decode_bytes(raw.encode("utf-8", "surrogateescape"))[0])


def _typed(block: Tree, name: str) -> str:
    """The value behind `rfc822;` or `smtp;`."""
    text = _plain(block, name)
    kind, semicolon, value = text.partition(";")
    return (value if semicolon and len(kind) < 20 else text).strip().strip("<>")


def report_type(fields: Fields) -> str:
    """The report-type of a multipart/report in lower case (RFC 6522), "" for any other mail."""
    value = fields.text("content-type").lower()
    if not value.startswith("multipart/report"):
        return ""
    found = re.search(r'report-type\s*=\s*"?([a-z0-9-]{1,60})', value[:4096])
    return found.group(1) if found else "unknown"
