"""What a person would save: its safe name, its true type, its size and digest.

Names are safe to show and to store, and the same bytes give the same names each time they are read.
"""

from __future__ import annotations

import hashlib
import re

from parsing.limits import Limits
from parsing.message import Attachment
from parsing.structure import Part, readable
from parsing.words import decode_words

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd\ud800-\udfff]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
_EXTENSIONS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "message/rfc822": "eml",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "application/pgp-signature": "asc",
    "application/pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m",
    "application/octet-stream": "bin",
}


def safe_name(name: str, *, index: int, type_: str, limit: int = 255) -> str:
    """One file name that is safe everywhere: no path, control or bidi character or device, at most `limit` bytes."""
    name = _UNSAFE.sub("", name.replace("\\", "/").rpartition("/")[2]).strip().rstrip(". ")
    name = name.lstrip(".") if name.strip(".") else ""
    if not name:
        return f"part-{index}.{_EXTENSIONS.get(type_) or re.sub('[^a-z0-9]', '', type_.partition('/')[2])[:8] or 'bin'}"
    if name.startswith("-") or _DEVICE.match(name):
        name = "_" + name
    name = re.sub(r'[<>:"|?*]', "_", name)
    while len(name.encode()) > limit:
        stem, dot, extension = name.rpartition(".")
        keep = dot + extension if stem and len(extension) <= 16 else ""
        room = limit - len(keep.encode())
        name = (stem if keep else name).encode()[:room].decode("utf-8", "ignore") + keep
    return name


def describe(part: Part, data: bytes, limits: Limits) -> Attachment:
    """What is told of an attachment. An attached message is named after its subject."""
    name = part.name
    if not name and part.type == "message/rfc822":
        payload = part.tree._payload if hasattr(part.tree, "_payload") else None
        inner = payload[0] if isinstance(payload, list) and payload else None
        title = decode_words(readable(str(inner.get("subject", ""))), 120) if inner is not None else ""
        name = title.replace("/", "_").replace("\\", "_").strip(". ") + ".eml" if title.strip(". ") else ""
    return Attachment(
        index=part.index,
        filename=safe_name(name, index=part.index, type_=part.type, limit=limits.filename),
        size=len(data),
        type=part.type,
        inline=part.disposition == "inline" or (not part.disposition and "content-id" in part.tree),
        content_id=str(part.tree.get("content-id", "")).strip().strip("<>")[:255],
        digest=hashlib.sha256(data).hexdigest(),
    )
