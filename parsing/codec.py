"""A Message as JSON and back, exactly and fast, and the frames in which the reading child speaks.

A frame is 4 bytes of length, big-endian, and that many bytes. A request is two frames: `{"op": "read"}` or `{"op":
"attachment", "index": 3}`, then the raw mail. The answer is one frame of JSON, and for an attachment a second one
with its bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any, BinaryIO

from parsing.message import (
    Address,
    ArcChain,
    Attachment,
    Defect,
    DkimSignature,
    HeaderLine,
    Kind,
    Message,
    Report,
    Span,
    Trace,
)

LARGEST_FRAME = 2**31 - 1


def message_to_json(message: Message) -> dict[str, Any]:
    """A dict that json.dumps takes; `message_from_json` makes an equal Message of it."""
    return {
        "subject": message.subject,
        "sender": _address(message.sender),
        "author": _address(message.author),
        "from_text": message.from_text,
        "reply_to": [_address(a) for a in message.reply_to],
        "to": [_address(a) for a in message.to],
        "cc": [_address(a) for a in message.cc],
        "delivered_to": list(message.delivered_to),
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "date": message.date.isoformat() if message.date is not None else None,
        "spans": [[s.kind, s.text] for s in message.spans],
        "text": None if message.text == "".join(s.text for s in message.spans) else message.text,
        "html_only": message.html_only,
        "html_text": message.html_text,
        "attachments": [
            [a.index, a.filename, a.size, a.type, a.inline, a.content_id, a.digest, a.declared]
            for a in message.attachments
        ],
        "kind": message.kind.value,
        "confidence": message.confidence,
        "why": message.why,
        "reports": [list(astuple(report)) for report in message.reports],
        "forwarded_from": _address(message.forwarded_from),
        "defects": [[d.where, d.what, d.mended] for d in message.defects],
        "queue_ids": list(message.queue_ids),
        "body_digest": message.body_digest,
        "size": message.size,
        "dkim_signatures": [list(astuple(signature)) for signature in message.dkim_signatures],
        "arc": _arc(message.arc),
        "trace": [[line.name, line.text] for line in message.trace],
        "reference": message.reference,
        "header": [[line.name, line.text, line.received] for line in message.header],
    }


def message_from_json(data: Mapping[str, Any]) -> Message:
    """The Message of `message_to_json`. KeyError, TypeError or ValueError when the dict is no such thing."""
    spans = tuple(Span(kind, text) for kind, text in data["spans"])
    text = data["text"]
    return Message(
        subject=data["subject"],
        sender=_to_address(data["sender"]),
        author=_to_address(data["author"]),
        from_text=data["from_text"],
        reply_to=_to_addresses(data["reply_to"]),
        to=_to_addresses(data["to"]),
        cc=_to_addresses(data["cc"]),
        delivered_to=tuple(data["delivered_to"]),
        message_id=data["message_id"],
        in_reply_to=tuple(data["in_reply_to"]),
        references=tuple(data["references"]),
        date=datetime.fromisoformat(data["date"]) if data["date"] is not None else None,
        text="".join(span.text for span in spans) if text is None else text,
        spans=spans,
        html_only=data["html_only"],
        html_text=data.get("html_text", ""),
        attachments=tuple(Attachment(*values) for values in data["attachments"]),
        kind=Kind(data["kind"]),
        confidence=data["confidence"],
        why=data["why"],
        reports=tuple(Report(*values) for values in data["reports"]),
        forwarded_from=_to_address(data["forwarded_from"]),
        defects=tuple(Defect(*values) for values in data["defects"]),
        queue_ids=tuple(data["queue_ids"]),
        body_digest=data["body_digest"],
        size=data["size"],
        dkim_signatures=tuple(DkimSignature(*values) for values in data["dkim_signatures"]),
        trace=tuple(Trace(name, text) for name, text in data["trace"]),
        arc=_to_arc(data.get("arc")),
        reference=data.get("reference", ""),
        header=tuple(HeaderLine(*line) for line in data.get("header", ())),
    )


def _arc(chain: ArcChain | None) -> dict[str, Any] | None:
    if chain is None:
        return None
    return {
        "seals": [list(astuple(seal)) for seal in chain.seals],
        "results": list(chain.results),
        "signature": list(astuple(chain.signature)) if chain.signature is not None else None,
        "flaw": chain.flaw,
    }


def _to_arc(data: Mapping[str, Any] | None) -> ArcChain | None:
    if data is None:
        return None
    return ArcChain(
        seals=tuple(DkimSignature(*values) for values in data["seals"]),
        results=tuple(data["results"]),
        signature=DkimSignature(*data["signature"]) if data["signature"] is not None else None,
        flaw=data["flaw"],
    )


def _address(address: Address | None) -> list[str] | None:
    return None if address is None else [address.address, address.name]


def _to_address(values: Sequence[str] | None) -> Address | None:
    return None if values is None else Address(*values)


def _to_addresses(values: Sequence[Sequence[str]]) -> tuple[Address, ...]:
    return tuple(Address(*value) for value in values)


def dump(data: Mapping[str, Any]) -> bytes:
    """JSON as ASCII bytes: whatever the characters are, the frame can be read."""
    return json.dumps(data, separators=(",", ":")).encode("ascii")


def load(data: bytes) -> dict[str, Any]:
    """The object in a frame. ValueError when there is none."""
    found = json.loads(data)
    if not isinstance(found, dict):
        raise ValueError("a frame holds one object")
    return found


def frame(payload: bytes) -> bytes:
    """The payload with its length in front."""
    return len(payload).to_bytes(4, "big") + payload


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next payload; None at the end of the stream, whether it ends between frames or within one."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    payload = stream.read(size) if size <= LARGEST_FRAME else b""
    return payload if len(payload) == size else None
