"""What a person would save: each file of a mail with its safe name, its true type, its size and digest.

A file is a part, or stands inside one: in a winmail.dat (TNEF), or uuencoded in the text. The n-th file inside part i
has the index i + n * INSIDE, so that every file is derived again from the raw message by its index alone, and the same
bytes give the same names each time they are read. Archives are never unpacked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from parsing import headers
from parsing.calendars import invitation
from parsing.charsets import decode_bytes
from parsing.file_names import safe_name
from parsing.file_types import lie, true_type
from parsing.html import html_to_text
from parsing.limits import Limits
from parsing.message import Attachment, Defect
from parsing.structure import Part, is_text
from parsing.tnef import Wrapped, is_tnef, read_tnef
from parsing.uuencoded import split_uuencoded
from parsing.words import decode_words

INSIDE = 10_000
_CID = re.compile(rb"cid:([^\"'\s<>()\\]{1,255})", re.I)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came: `name` decoded but not safe, `type` as declared; `other_name` contradicts `name`."""

    index: int
    name: str
    type: str
    data: bytes
    disposition: str = ""
    content_id: str = ""
    other_name: str = ""


def files_of(part: Part, limits: Limits) -> tuple[File, ...]:
    """The files that a part is for a person: itself, or what is wrapped in it."""
    data = part.content
    if is_tnef(data):
        wrapped = read_tnef(data, limits)
        if wrapped.files or wrapped.text or wrapped.html or wrapped.rtf:
            return tuple(_unwrapped(part, wrapped))
    identity = part.fields.get("content-id", "").strip().strip("<>")[:255]
    name = part.name or _title(part, limits)
    return (File(part.index, name, part.type, data, part.disposition, identity, part.names[1]),)


def _unwrapped(part: Part, wrapped: Wrapped) -> Iterator[File]:
    for number, file in enumerate(wrapped.files, 1):
        type_ = file.type or "application/octet-stream"
        yield File(part.index + number * INSIDE, file.name, type_, file.data, content_id=file.content_id)
    if wrapped.rtf and not wrapped.text and not wrapped.html:
        index = part.index + (len(wrapped.files) + 1) * INSIDE
        yield File(index, "message.rtf", "application/rtf", wrapped.rtf, "attachment")


def files_in_text(part: Part, text: str, limits: Limits) -> tuple[str, tuple[File, ...]]:
    """(the text of a part without the files that stand uuencoded in it, those files)."""
    rest, found = split_uuencoded(text, limits)
    return rest, tuple(
        File(part.index + number * INSIDE, decode_words(name, 4096), "application/octet-stream", data, "attachment")
        for number, (name, data) in enumerate(found, 1)
    )


def _title(part: Part, limits: Limits) -> str:
    """An attached message is named after its subject, an invitation after what it is."""
    if part.type == "text/calendar":
        return "invitation.ics"
    if part.type not in ("message/rfc822", "message/global"):
        return ""
    fields = headers.split(part.content[: limits.header_block], limits)
    title = headers.subject(fields, limits)[:120]
    title = title.replace("/", "_").replace("\\", "_").strip(". ")
    return f"{title}.eml" if title else ""


def words_of(parts: Iterable[Part], limits: Limits) -> str:
    """What attachments say for a mail that says nothing itself: the text in a winmail.dat, an invitation in words."""
    for part in parts:
        if part.type == "text/calendar":
            text = invitation(decode_bytes(part.content, part.charset)[0])
        elif is_tnef(data := part.content):
            wrapped = read_tnef(data, limits)
            text = wrapped.text or html_to_text(decode_bytes(wrapped.html)[0], limits)
        else:
            continue
        if text.strip():
            return text
    return ""


def describe(file: File, limits: Limits, shown: frozenset[str] | None) -> Attachment:
    """What is told of a file. `shown` are the Content-IDs in the mail's HTML (RFC 2392), None when it has no HTML."""
    type_ = true_type(file.type, file.data)
    return Attachment(
        index=file.index,
        filename=safe_name(file.name, index=file.index, type_=type_, limit=limits.filename),
        size=len(file.data),
        type=type_,
        inline=_is_inline(file, type_, shown),
        content_id=file.content_id,
        digest=hashlib.sha256(file.data).hexdigest(),
        declared="" if type_ == file.type else file.type,
    )


def _is_inline(file: File, type_: str, shown: frozenset[str] | None) -> bool:
    """Shown inside the text: what its HTML refers to, and pictures that say so where there is nothing to refer.

    Apple Mail calls every file inline, Outlook gives every file a Content-ID: those are to be saved all the same.
    """
    if shown is not None and file.content_id:
        return file.content_id in shown
    standing = file.disposition == "inline" or (not file.disposition and bool(file.content_id))
    return standing and type_.startswith("image/")


def shown_ids(parts: Sequence[Part], limits: Limits) -> frozenset[str] | None:
    """The Content-IDs that the HTML of a mail refers to, None when it has no HTML."""
    pages = [part for part in parts if part.type == "text/html" and is_text(part)]
    if not pages or not any("content-id" in part.fields for part in parts):
        return None if not pages else frozenset()
    texts = [part.content[: limits.html] for part in pages]
    return frozenset(unquote(found.decode("latin-1")) for text in texts for found in _CID.findall(text))


def attached(
    files: Sequence[File], limits: Limits, shown: frozenset[str] | None
) -> tuple[list[Attachment], list[Defect]]:
    """The first `limits.attachments` files described, and what is wrong with them."""
    defects: list[Defect] = []
    if len(files) > limits.attachments:
        defects.append(Defect("attachments", f"{len(files)} of them", f"the first {limits.attachments} are listed"))
    found: list[Attachment] = []
    for file in files[: limits.attachments]:
        attachment = describe(file, limits, shown)
        found.append(attachment)
        if false := lie(file.type, attachment.type):
            defects.append(Defect(f"part {file.index}", false, "the true type is shown"))
        if file.other_name:
            defects.append(Defect(f"part {file.index}", "two names", f"the other one is {file.other_name[:80]}"))
    return found, defects
