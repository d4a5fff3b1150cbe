"""The tree of a mail as a bounded list of parts, and the bytes of each.

The tree is the parser's (compat32); the walk is ours, bounded in depth and number, and never enters an attached
message: what somebody else wrote is an attachment, not the sender's words. Promises: no exception for any tree, and the
same index for the same part each time the same bytes are read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import Message as Tree

from parsing.charsets import decode_bytes
from parsing.file_names import safe_name
from parsing.limits import Limits
from parsing.parameters import parameters
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


@dataclass(frozen=True, slots=True)
class Part:
    """A node of the tree: `index` counts the walk; `choice` holds the alternatives around it, each with its place."""

    index: int
    tree: Tree
    type: str
    disposition: str
    name: str
    depth: int
    choice: tuple[tuple[int, int], ...] = ()
    in_report: bool = False
    root: bool = False
    other_name: str = ""


def walk(tree: Tree, limits: Limits) -> Iterator[Part]:
    """The parts depth first, at most `limits.parts`, containers included; attached messages and reports not entered."""
    stack: list[tuple[Tree, int, tuple[tuple[int, int], ...], bool]] = [(tree, 0, (), False)]
    index = 0
    while stack and index < limits.parts:
        node, depth, choice, in_report = stack.pop()
        _mend_fields(node)
        kind = content_type(node)
        payload = node._payload if hasattr(node, "_payload") else None
        if not isinstance(payload, list) and (kind.startswith("multipart/") or (index == 0 and kind == "text/plain")):
            found = with_found_boundary(node, kind, limits)
            if found is not None:
                kind, payload = found
            elif kind.startswith("multipart/"):
                kind = "text/plain"  # its boundary is missing or never comes: what is there, is read
        name, other_name = filenames(node)
        yield Part(
            index, node, kind, disposition(node), name, depth, choice, in_report, index == 0, other_name=other_name
        )
        if kind.startswith("multipart/") and isinstance(payload, list) and depth < limits.depth:
            report = in_report or kind == "multipart/report"
            for place in range(len(payload) - 1, -1, -1):
                inner = (*choice, (index, place)) if kind == "multipart/alternative" else choice
                stack.append((payload[place], depth + 1, inner, report))
        index += 1


def with_found_boundary(node: Tree, kind: str, limits: Limits) -> tuple[str, list[Tree]] | None:
    """(type, parts) of a container whose boundary is not the one that its field names, or which is said to be text.

    A line of two hyphens and something, with a field of MIME below it, is a boundary; in what is said to be text it
    must be the first line, and must come to its end, for people write about mails.
    """
    payload = node._payload if hasattr(node, "_payload") else None
    text = payload if isinstance(payload, str) else ""
    if kind == "text/plain" and not text[:_PREAMBLE].lstrip().startswith(("--", "This is a multi-part message")):
        return None
    data = mended_content(node)[0]
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


def _mend_fields(node: Tree) -> None:
    """Raw 8-bit characters in a part's fields, which compat32 would replace, decoded in place."""
    if any(not str.isascii(str(value)) for _, value in node.raw_items()):
        mended = [(name, readable(str(value))) for name, value in node.raw_items()]
        node._headers = mended  # type: ignore[attr-defined]


def content_type(node: Tree) -> str:
    """type/subtype in lower case, text/plain when there is none that can be read (RFC 2045 section 5.2)."""
    return node.get_content_type()


def disposition(node: Tree) -> str:
    """`attachment`, `inline` or "" (RFC 2183)."""
    value = str(node.get("content-disposition", ""))
    return value.partition(";")[0].strip().lower()[:40]


def filenames(node: Tree) -> tuple[str, str]:
    """(the name that a part gives itself, a second one that contradicts it), decoded, not yet safe; "" for none.

    Content-Disposition goes before Content-Type (RFC 2183 section 2.3), for every use that is made of the name.
    """
    fields = ((node.get("content-disposition", ""), "filename"), (node.get("content-type", ""), "name"))
    found = [parameters(str(field)) for field, _ in fields]
    names = [
        params.get(key, "") or params.get("filename", "") or params.get("name", "")
        for params, (_, key) in zip(found, fields, strict=True)
    ]
    first, second = names if names[0] else (names[1], "")
    same = not second or safe_name(first, index=0, type_="") == safe_name(second, index=0, type_="")
    return first, "" if same else second


def readable(text: str) -> str:
    """Raw 8-bit characters of a header come as surrogates."""
    return text if text.isascii() else decode_bytes(text.encode("utf-8", "surrogateescape"))[0]


def charset(node: Tree) -> str:
    """The charset label of a part, "" when it has none."""
    return parameters(str(node.get("content-type", ""))).get("charset", "")[:80]


def content(node: Tree) -> bytes:
    """The bytes of a part with its transfer encoding undone, as well as it can be; attached messages as they stand."""
    return mended_content(node)[0]


def mended_content(node: Tree) -> tuple[bytes, str]:
    """As `content`, and how the transfer encoding had to be mended ("" = it was right)."""
    payload = node._payload if hasattr(node, "_payload") else None
    if isinstance(payload, list):
        return _written(node), ""
    if not isinstance(payload, str):
        return b"", ""
    return undo(payload.encode("utf-8", "surrogateescape"), encoding_name(str(node.get(_ENCODING, ""))))


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
