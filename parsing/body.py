"""The readable text of a parsed mail: which parts are read, in which charset, and what becomes of line breaks.

Promises: no exception for any tree; every word of a part that is read stands in the text, up to its limit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message as Tree

from parsing.attachments import File, attached, files_in_text, files_of, shown_ids, words_of
from parsing.charsets import decode_bytes
from parsing.html import html_to_text
from parsing.limits import Limits
from parsing.message import Attachment, Defect
from parsing.structure import Part, charset, content, is_attachment, is_text, walk


@dataclass(frozen=True, slots=True)
class Body:
    """`text` as a person reads it; `html_only` when there was no text/plain; `digest` of text and attachments."""

    text: str
    html_only: bool
    attachments: tuple[Attachment, ...]
    defects: tuple[Defect, ...]
    digest: str


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


def characters(part: Part) -> tuple[str, str]:
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
    files: list[File] = []
    html_only = bool(picked) and all(part.type == "text/html" for part in picked)
    for part in picked:
        text, mended = characters(part)
        if mended:
            defects.append(Defect(f"part {part.index}", "charset", mended))
        if part.type == "text/html":
            text = html_to_text(text, limits, marks=html_only)
        elif "begin " in text:
            text, inside = files_in_text(part, text, limits)
            files += inside
        pieces.append(text)
    saved = [p for p in parts if is_attachment(p) and p not in picked]
    text = _joined(pieces)
    if not text.strip():
        text = words_of(saved, limits) or text
    if len(text) > limits.text:
        defects.append(Defect("text", f"longer than {limits.text} characters", "its parts are attached whole"))
        text = text[: limits.text]
        saved = [*picked, *saved]
    files += [file for part in saved for file in files_of(part, limits)]
    found, wrong = attached(files, limits, shown_ids(parts, limits))
    return Body(text, html_only, tuple(found), (*defects, *wrong), digest(text, found))


def _joined(pieces: list[str]) -> str:
    """Pieces below one another, each beginning on a line of its own."""
    pieces = [piece for piece in pieces if piece]
    return "".join(p if p.endswith("\n") or i == len(pieces) - 1 else p + "\n" for i, p in enumerate(pieces))


def digest(text: str, attachments: Sequence[Attachment]) -> str:
    """Hex SHA-256 of the readable text (line ends and outer blanks apart) and of the attachments' digests."""
    whole = hashlib.sha256(text.strip().encode("utf-8", "replace"))
    for attachment in attachments:
        whole.update(attachment.digest.encode())
    return whole.hexdigest()
