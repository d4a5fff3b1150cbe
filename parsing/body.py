"""The readable text of a parsed mail and its attachments.

Reads the tree that the parser made (compat32), in a walk of its own that is bounded in depth and number and never
enters an attached message: what somebody else wrote is an attachment, not the sender's words. Promises: no exception
for any tree, names that are safe to show and to store, the same index and the same name each time the same bytes are
read.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import Message as Tree

from parsing.html import html_to_text
from parsing.limits import Limits
from parsing.message import Attachment, Defect
from parsing.words import decode_base64, decode_bytes, decode_words

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
# parts of a delivery report: read by report.py, neither text nor attachment
_REPORT_PARTS = ("message/delivery-status", "message/global-delivery-status", "message/disposition-notification")


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


@dataclass(frozen=True, slots=True)
class Body:
    """`text` as a person reads it; `html_only` when there was no text/plain; `digest` of text and attachments."""

    text: str
    html_only: bool
    attachments: tuple[Attachment, ...]
    defects: tuple[Defect, ...]
    digest: str


def walk(tree: Tree, limits: Limits) -> Iterator[Part]:
    """The parts depth first, at most `limits.parts`, containers included; attached messages and reports not entered."""
    stack: list[tuple[Tree, int, tuple[tuple[int, int], ...], bool]] = [(tree, 0, (), False)]
    index = 0
    while stack and index < limits.parts:
        node, depth, choice, in_report = stack.pop()
        _mend_fields(node)
        kind = content_type(node)
        payload = node._payload if hasattr(node, "_payload") else None
        if kind.startswith("multipart/") and not isinstance(payload, list):
            kind = "text/plain"  # its boundary is missing or never comes: what is there, is read
        yield Part(index, node, kind, disposition(node), filename(node), depth, choice, in_report, index == 0)
        if kind.startswith("multipart/") and isinstance(payload, list) and depth < limits.depth:
            report = in_report or kind == "multipart/report"
            for place in range(len(payload) - 1, -1, -1):
                inner = (*choice, (index, place)) if kind == "multipart/alternative" else choice
                stack.append((payload[place], depth + 1, inner, report))
        index += 1


def _mend_fields(node: Tree) -> None:
    """Raw 8-bit characters in a part's fields, which compat32 would replace, decoded in place."""
    if any(not str.isascii(str(value)) for _, value in node.raw_items()):
        mended = [(name, _readable(str(value))) for name, value in node.raw_items()]
        node._headers = mended  # type: ignore[attr-defined]


def content_type(node: Tree) -> str:
    """type/subtype in lower case, text/plain when there is none that can be read (RFC 2045 section 5.2)."""
    return node.get_content_type()


def disposition(node: Tree) -> str:
    """`attachment`, `inline` or "" (RFC 2183)."""
    value = str(node.get("content-disposition", ""))
    return value.partition(";")[0].strip().lower()[:40]


def filename(node: Tree) -> str:
    """The name that a part gives itself, decoded (RFC 2231, RFC 2047), not yet safe; "" when it has none."""
    try:
        name = node.get_filename("")
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""
    return decode_words(_readable(name), 4096) if name else ""


def _readable(text: str) -> str:
    """Raw 8-bit characters of a header come as surrogates."""
    return text if text.isascii() else decode_bytes(text.encode("utf-8", "surrogateescape"))[0]


def charset(node: Tree) -> str:
    """The charset label of a part, "" when it has none."""
    try:
        value = node.get_param("charset", "")
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""
    label = value[2] if isinstance(value, tuple) else value
    return str(label)[:80] if label else ""


def content(node: Tree) -> bytes:
    """The bytes of a part with its transfer encoding undone, as well as it can be; attached messages as they stand."""
    payload = node._payload if hasattr(node, "_payload") else None
    if isinstance(payload, list):
        return _attached(node, payload)
    if isinstance(payload, str) and str(node.get("content-transfer-encoding", "")).strip().lower() == "base64":
        return decode_base64(payload.encode("utf-8", "surrogateescape"))
    try:
        data = node.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AttributeError):
        data = None
    if isinstance(data, bytes):
        return data
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _attached(node: Tree, payload: list[Tree]) -> bytes:
    """The bytes of an attached message (or of a container that lies too deep)."""
    out = io.BytesIO()
    inner = payload[0] if content_type(node) == "message/rfc822" and payload else node
    try:
        BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(inner)
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError):
        return b""  # nested too deep to be written again: it stands in the raw message
    data = out.getvalue()
    if str(node.get("content-transfer-encoding", "")).strip().lower() == "base64":
        return decode_base64(data)
    return data


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


def is_text(part: Part) -> bool:
    """True for a part that is read with the mail, and not saved."""
    return part.type in ("text/plain", "text/html") and part.disposition != "attachment" and not part.name


def is_attachment(part: Part) -> bool:
    """True for a leaf (or an attached message) that a person would save."""
    if part.type in _REPORT_PARTS or (part.in_report and part.type in ("text/rfc822-headers", "message/rfc822")):
        return False
    container = part.type.startswith("multipart/")
    return not container and not is_text(part)


def describe(part: Part, data: bytes, limits: Limits) -> Attachment:
    """What is told of an attachment. An attached message is named after its subject."""
    name = part.name
    if not name and part.type == "message/rfc822":
        payload = part.tree._payload if hasattr(part.tree, "_payload") else None
        inner = payload[0] if isinstance(payload, list) and payload else None
        title = decode_words(_readable(str(inner.get("subject", ""))), 120) if inner is not None else ""
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


def chosen(parts: list[Part]) -> list[Part]:
    """The text parts that are read: of the alternatives of a choice (RFC 2046 section 5.1.4) plain text, else HTML."""
    texts = [part for part in parts if is_text(part)]
    plain: dict[int, int] = {}
    for part in texts:
        if part.type == "text/plain" and _has_words(part):
            for alternative, place in part.choice:
                plain.setdefault(alternative, place)
    return [part for part in texts if all(plain.get(a, place) == place for a, place in part.choice)] or [
        part for part in parts if part.type in ("text/plain", "text/html") and part.disposition != "attachment"
    ][:1]


def _has_words(part: Part) -> bool:
    return bool(content(part.tree).strip(b" \t\r\n\xc2\xa0"))


def readable(part: Part, limits: Limits) -> tuple[str, str]:
    """The characters of a text part, before HTML becomes text, and how they were mended."""
    text, mended = decode_bytes(content(part.tree), charset(part.tree))
    flowed = part.type == "text/plain" and "flowed" in str(part.tree.get("content-type", "")).lower()
    return (unflow(text, part.tree) if flowed else text), mended


def unflow(text: str, tree: Tree) -> str:
    """Soft line breaks undone (RFC 3676 section 4); quoted lines and signatures stay as they are."""
    delsp = "delsp=yes" in str(tree.get("content-type", "")).lower().replace(" ", "").replace('"', "")
    out: list[str] = []
    open_line = False
    for line in text.split("\n"):
        plain = line[1:] if line.startswith(" ") else line
        soft = plain.endswith(" ") and plain != "-- " and not line.startswith(">")
        piece = plain[:-1] if soft and delsp else plain
        if open_line and not line.startswith((">", "#")) and plain not in ("-- ", ""):
            out[-1] += piece
        else:
            out.append(piece)
        open_line = soft
    return "\n".join(out)


def read_body(tree: Tree, limits: Limits, *, head: str = "") -> Body:
    """Text, attachments and their digest. `head` is the type of the whole mail when the tree has lost it."""
    parts = list(walk(tree, limits))
    picked = chosen(parts)
    defects: list[Defect] = []
    pieces: list[str] = []
    html_only = bool(picked) and all(part.type == "text/html" for part in picked)
    for part in picked:
        text, mended = readable(part, limits)
        if mended:
            defects.append(Defect(f"part {part.index}", "charset", mended))
        if part.type == "text/html":
            text = html_to_text(text, limits, marks=html_only)
        pieces.append(text)
    text = _joined(pieces)
    saved = [p for p in parts if is_attachment(p) and p not in picked]
    if len(text) > limits.text:
        defects.append(Defect("text", f"longer than {limits.text} characters", "its parts are attached whole"))
        text = text[: limits.text]
        saved = [*picked, *saved]
    if len(parts) >= limits.parts:
        defects.append(Defect("structure", f"more than {limits.parts} parts", "the rest stands in the raw message"))
    if len(saved) > limits.attachments:
        defects.append(Defect("attachments", f"{len(saved)} of them", f"the first {limits.attachments} are listed"))
    found = tuple(describe(part, content(part.tree), limits) for part in saved[: limits.attachments])
    return Body(text, html_only, found, tuple(defects), digest(text, found))


def _joined(pieces: list[str]) -> str:
    """Pieces below one another, each beginning on a line of its own."""
    pieces = [piece for piece in pieces if piece]
    return "".join(p if p.endswith("\n") or i == len(pieces) - 1 else p + "\n" for i, p in enumerate(pieces))


def digest(text: str, attachments: tuple[Attachment, ...]) -> str:
    """Hex SHA-256 of the readable text (line ends and outer blanks apart) and of the attachments' digests."""
    whole = hashlib.sha256(text.strip().encode("utf-8", "replace"))
    for attachment in attachments:
        whole.update(attachment.digest.encode())
    return whole.hexdigest()
