"""The tree of a mail as a bounded list of parts, and the bytes of each.

The tree is the parser's (compat32); the walk is ours, bounded in depth and number, and never enters an attached
message: what somebody else wrote is an attachment, not the sender's words. Promises: no exception for any tree, and the
same index for the same part each time the same bytes are read.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import Message as Tree
from functools import cached_property

from parsing.charsets import decode_bytes
from parsing.file_names import safe_name
from parsing.limits import Limits
from parsing.parameters import parameters
from parsing.smime import TYPES, signed_mail
from parsing.transfer import encoding_name, undo
from parsing.tree import parse

_BOUNDARY = re.compile(rb"(?:^|\n)--([^\r\n]{1,200})\r?\n(?=[Cc]ontent-[A-Za-z-]{1,40}:)")
_PREAMBLE = 200  # characters that may stand above the first boundary
_ENCODING = "content-transfer-encoding"
# parts of a delivery report: read by report.py, neither text nor attachment
REPORT_PARTS = ("message/delivery-status", "message/global-delivery-status", "message/disposition-notification")
READ_TYPES = ("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown")
# the second part of multipart/signed (RFC 1847)
SIGNATURE_PARTS = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")


@dataclass(frozen=True)
class Part:
    """A node of the tree: `index` counts the walk; `choice` holds the alternatives around it, each with its place.

    What is asked more than once (its fields, its bytes) is worked out once.
    """

    index: int
    tree: Tree
    type: str
    choice: tuple[tuple[int, int], ...] = ()
    in_report: bool = False
    opened: bool = False  # a message that was signed as a whole: its one part is what was signed

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """The first body of each field, names in lower case."""
        return _fields_of(self.tree)

    @property
    def doubled(self) -> list[str]:
        """The fields of MIME that came more than once."""
        seen = Counter(name.lower() for name in self.tree)
        return [name for name, count in seen.items() if count > 1 and name.startswith("content-")]

    @cached_property
    def disposition(self) -> str:
        """`attachment`, `inline` or "" (RFC 2183)."""
        return self.fields.get("content-disposition", "").partition(";")[0].strip().lower()[:40]

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of Content-Type, decoded."""
        return parameters(self.fields.get("content-type", ""))

    @property
    def charset(self) -> str:
        """The charset label of a part, "" when it has none."""
        return self.parameters.get("charset", "")[:80]

    @property
    def name(self) -> str:
        """The name that a part gives itself, decoded, not yet safe; "" for none."""
        return self.names[0]

    @cached_property
    def names(self) -> tuple[str, str]:
        """The name, and a second one that contradicts it.

        Content-Disposition goes before Content-Type (RFC 2183 section 2.3), for every use that is made of the name.
        """
        disposed = parameters(self.fields.get("content-disposition", ""))
        first = disposed.get("filename", "") or disposed.get("name", "")
        second = self.parameters.get("name", "") or self.parameters.get("filename", "")
        if not first or not second:
            return first or second, ""
        same = safe_name(first, index=0, type_="") == safe_name(second, index=0, type_="")
        return first, "" if same else second

    @cached_property
    def mended(self) -> tuple[bytes, str]:
        """The bytes of a part with its transfer encoding undone, and how that had to be mended ("" = it was right)."""
        return _mended_content(self.tree, self.fields)

    @property
    def content(self) -> bytes:
        """The bytes of a part with its transfer encoding undone; attached messages as they stand."""
        return self.mended[0]


def walk(tree: Tree, limits: Limits) -> Iterator[Part]:
    """The parts depth first, at most `limits.parts`, containers included; attached messages and reports not entered."""
    stack: list[tuple[Tree, int, tuple[tuple[int, int], ...], bool]] = [(tree, 0, (), False)]
    index = opened = 0
    while stack and index < limits.parts:
        node, depth, choice, in_report = stack.pop()
        kind = node.get_content_type()
        payload = node._payload if hasattr(node, "_payload") else None
        if not isinstance(payload, list) and (kind.startswith("multipart/") or (index == 0 and kind == "text/plain")):
            found = _with_found_boundary(node, kind, limits)
            if found is not None:
                kind, payload = found
            elif kind.startswith("multipart/"):
                kind = "text/plain"  # its boundary is missing or never comes: what is there, is read
        signed = _opened_mail(node, limits, root=index == 0) if kind in TYPES and opened < limits.signed_mails else None
        if signed is not None:
            kind, payload, opened = "multipart/signed", [signed], opened + 1
        yield Part(index, node, kind, choice, in_report, signed is not None)
        if kind.startswith("multipart/") and isinstance(payload, list) and depth < limits.depth:
            report = in_report or kind == "multipart/report"
            for place in range(len(payload) - 1, -1, -1):
                inner = (*choice, (index, place)) if kind == "multipart/alternative" else choice
                stack.append((payload[place], depth + 1, inner, report))
        index += 1


def _with_found_boundary(node: Tree, kind: str, limits: Limits) -> tuple[str, list[Tree]] | None:
    """(type, parts) of a container whose boundary is not the one that its field names, or which is said to be text.

    A line of two hyphens and something, with a field of MIME below it, is a boundary; in what is said to be text it
    must be the first line, and must come to its end, for people write about mails.
    """
    payload = node._payload if hasattr(node, "_payload") else None
    text = payload if isinstance(payload, str) else ""
    if kind == "text/plain" and not text[:_PREAMBLE].lstrip().startswith(("--", "This is a multi-part message")):
        return None
    data = _mended_content(node, _fields_of(node))[0]
    found = _BOUNDARY.search(data[: limits.header_block])
    if found is None:
        return None
    line = found.group(1).rstrip()
    if kind == "text/plain" and (found.start() > _PREAMBLE or b"\n--" + line + b"--" not in data):
        return None
    head = b'Content-Type: multipart/mixed; boundary="' + line.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"\n\n'
    tree, _ = parse(head + data, limits)
    parts = tree._payload if hasattr(tree, "_payload") else None
    return (kind if kind != "text/plain" else "multipart/mixed", parts) if isinstance(parts, list) else None


def _opened_mail(node: Tree, limits: Limits, *, root: bool) -> Tree | None:
    """The mail in an S/MIME message that is signed as a whole; None for a signed file that is attached."""
    part = Part(0, node, node.get_content_type())
    if not root and part.name.lower() != "smime.p7m":
        return None
    data = signed_mail(part.content, limits)
    return parse(data, limits)[0] if data else None


def _fields_of(node: Tree) -> dict[str, str]:
    """The first body of each field, names in lower case; raw 8-bit characters (they come as surrogates) decoded."""
    found: dict[str, str] = {}
    for name, value in node.raw_items():
        readable = value if value.isascii() else decode_bytes(value.encode("utf-8", "surrogateescape"))[0]
        found.setdefault(name.lower(), readable)
    return found


def _mended_content(node: Tree, fields: Mapping[str, str]) -> tuple[bytes, str]:
    """The bytes of a part with its transfer encoding undone, and how that had to be mended ("" = it was right)."""
    payload = node._payload if hasattr(node, "_payload") else None
    if isinstance(payload, list):
        return _written(node), ""
    if not isinstance(payload, str):
        return b"", ""
    return undo(payload.encode("utf-8", "surrogateescape"), encoding_name(fields.get(_ENCODING, "")))


def _written(node: Tree) -> bytes:
    """The bytes of a container, written again."""
    out = io.BytesIO()
    try:
        BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(node)
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError):
        return b""  # it stands in the raw message
    return out.getvalue()


def is_text(part: Part) -> bool:
    """True for a part that is read with the mail, and not saved."""
    return part.type in READ_TYPES and part.disposition != "attachment" and not part.name


def is_attachment(part: Part) -> bool:
    """True for a leaf (or an attached message) that a person would save."""
    if part.type in SIGNATURE_PARTS and not part.name:
        return False  # it is for machines, and verified in the raw message
    if part.type in REPORT_PARTS or (part.in_report and part.type in ("text/rfc822-headers", "message/rfc822")):
        return False
    container = part.type.startswith("multipart/")
    return not container and not is_text(part)
