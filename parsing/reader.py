"""Bytes → Message: the order of the steps, and what happens when one of them fails.

The header is read by our own linear scan. The body's structure is the work of a parser that gets the MIME fields
alone, each cut to its limit, so neither a flood of fields nor a crafted address ever reaches it; its tree is bounded
(tree.py), and mail-parser says what is wrong with it. Where a tree can not be had the raw body is the text. `read`
never raises, whatever the bytes are.

The steps, and where each is told:

    the header          fields.py cuts it; headers.py reads it: words.py, addresses.py, mailboxes.py, dates.py
    the parts           tree.py bounds them; structure.py walks them: parameters.py, transfer.py, smime.py
    the text            body.py: alternatives.py, charsets.py, flowed.py, html.py
    the files           attachments.py: file_names.py, file_types.py, tnef.py, uuencoded.py, calendars.py
    the new words       quoting.py: attribution.py, header_blocks.py, signatures.py; languages.py has their words
    what kind it is     origin.py: traits.py, wording.py, weighing.py; absence.py, automatic.py, marks.py, people.py
    what a report says  report.py: report_fields.py, report_prose.py, report_codes.py
    what may prove it   trace.py, dkim_signatures.py, arc.py; evidence.py weighs them when the envelope is known
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from email.message import Message as Tree

import mailparser

from parsing import headers
from parsing.attachments import INSIDE, describe, files_in_text, files_of, shown_ids
from parsing.body import Body, characters, digest, read_body
from parsing.charsets import decode_bytes
from parsing.header_blocks import forwarded_sender
from parsing.headers import Fields
from parsing.limits import Limits
from parsing.message import Address, ArcChain, Attachment, Defect, DkimSignature, Kind, Message, Permanent
from parsing.origin import kind_of
from parsing.quoting import split_text
from parsing.report import read_reports, report_type
from parsing.structure import Part, is_attachment, walk
from parsing.trace import Field, ordered_fields, read_header, read_trace
from parsing.traits import calendar_method
from parsing.tree import parse

_STRUCTURE = (
    "mime-version content-type content-transfer-encoding content-disposition content-id content-description".split()
)
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")


def read(raw: bytes, limits: Limits = Limits()) -> Message:  # noqa: B008 - frozen
    """The message in `raw`. Never raises: what no parser can read is told by its header and its raw body."""
    fields = headers.split(raw, limits)
    try:
        tree, defects = _parse(raw, fields, limits)
        message = _read(raw, fields, tree, limits)
    except Exception as error:  # noqa: BLE001 - the promise of this function; the defect keeps what went wrong
        return _flat(raw, fields, limits, why=f"{type(error).__name__} while reading the structure")
    return replace(message, defects=(*message.defects, *defects))


def unreadable(raw: bytes, *, why: str) -> Message:
    """The message of the header scan alone: for a mail that killed whatever tried to read it."""
    limits = Limits()
    fields = headers.split(raw, limits)
    defect = Defect("message", why, "only the header was read")
    body = Body("", False, (), (defect,), hashlib.sha256(raw[fields.body :]).hexdigest())
    return _message(raw, fields, body, limits)


def attachment_bytes(raw: bytes, index: int, limits: Limits = Limits()) -> tuple[Attachment, bytes]:  # noqa: B008 - frozen
    """The attachment with this index and its bytes. Raises Permanent when the mail has none such."""
    try:
        tree, _ = _parse(raw, headers.split(raw, limits), limits)
        parts = list(walk(tree, limits))
        for part in parts:
            if part.index != index % INSIDE or part.type.startswith("multipart/"):
                continue
            files = files_of(part, limits)
            if index >= INSIDE and files[:1] and files[0].index == part.index:
                files = files_in_text(part, characters(part)[0], limits)[1]
            for file in files:
                if file.index == index:
                    return describe(file, limits, shown_ids(parts, limits)), file.data
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise Permanent(f"the mail's structure can not be read ({type(error).__name__})") from error
    raise Permanent(f"the mail has no part {index}")


def structure(raw: bytes, fields: Fields) -> bytes:
    """What a MIME parser has to see: the MIME fields, the first of each name (RFC 2045), and the body."""
    seen = ((name, fields.by_name[name][0]) for name in _STRUCTURE if name in fields.by_name)
    head = b"".join(name.encode() + b": " + body.replace(b"\r", b" ") + b"\n" for name, body in seen)
    body = raw[fields.body :]
    if b"\r" in body and b"\n" not in body:
        body = body.replace(b"\r", b"\n")
    return head + b"\n" + body


def _parse(raw: bytes, fields: Fields, limits: Limits) -> tuple[Tree, tuple[Defect, ...]]:
    """The tree of the parts, and what is wrong with it."""
    tree, stopped = parse(structure(raw, fields), limits)
    return tree, (*stopped, *(_structure_defects(tree) if any(map(_is_odd, tree.walk())) else ()))


def _is_odd(node: Tree) -> bool:
    """True for a part that mail-parser may have a word on: its structure is broken, or a field has other characters."""
    return bool(node.defects) or any(not value.isascii() or "=?" in value for _, value in node.raw_items())


def _structure_defects(tree: Tree) -> tuple[Defect, ...]:
    """What mail-parser finds wrong with a tree."""
    try:
        found = mailparser.MailParser(tree).defects
    except Exception as error:  # noqa: BLE001 - AttributeError, TypeError, its own: the tree can be read all the same
        return (Defect("structure", f"mail-parser: {type(error).__name__}", "read without it"),)
    texts = [text.partition(":")[0] for group in found for texts in group.values() for text in texts]
    return tuple(Defect("structure", what[:80]) for what in dict.fromkeys(texts[:200]))


def _read(raw: bytes, fields: Fields, tree: Tree, limits: Limits) -> Message:
    parts = list(walk(tree, limits))
    body = read_body(parts, limits)
    if not body.text.strip() and not body.attachments and not any(part.type.startswith("text/") for part in parts):
        return _flat(raw, fields, limits, why="no readable part within the limits")
    message = _message(raw, fields, body, limits, calendar_method(parts))
    if message.kind is Kind.BOUNCE or report_type(fields):
        return replace(message, reports=read_reports(fields, message.text, parts, limits))
    return replace(message, forwarded_from=message.forwarded_from or _attached_sender(parts))


def _attached_sender(parts: list[Part]) -> Address | None:
    """The sender of the one attached message: a forward as attachment."""
    attached = [part for part in parts if part.type == "message/rfc822" and is_attachment(part)]
    if len(attached) != 1:
        return None
    return headers.sender(headers.split(attached[0].content))


def _flat(raw: bytes, fields: Fields, limits: Limits, *, why: str) -> Message:
    """The message whose text is the raw body: nothing that was written is lost because its wrapping is broken."""
    data = raw[fields.body : fields.body + limits.text]
    text, mended = decode_bytes(data)
    defects = (Defect("structure", why, "the raw body is the text"), Defect("text", "charset", mended or "utf-8"))
    return _message(raw, fields, Body(text, False, (), defects, digest(text, ())), limits)


def _message(raw: bytes, fields: Fields, body: Body, limits: Limits, calendar: str = "") -> Message:
    """Header and body put together."""
    subject = headers.subject(fields, limits)
    forwarded = headers.is_forward(subject)
    text, spans = split_text(body.text, forwarded=forwarded, limits=limits)
    kind, confidence, why = kind_of(fields, spans, calendar)
    references = headers.ids(fields.text("references"))
    ordered = ordered_fields(raw[: min(fields.body, limits.header_block)])
    sender, date = headers.sender(fields), headers.date(fields.text("date"))
    dkim, arc = _signatures(raw, fields, ordered, limits)
    return Message(
        subject=subject,
        sender=sender,
        author=headers.author(fields),
        from_text=headers.from_text(fields),
        reply_to=headers.addresses(fields, "reply-to", most=limits.addresses),
        to=headers.addresses(fields, "to", most=limits.addresses),
        cc=headers.addresses(fields, "cc", most=limits.addresses),
        delivered_to=tuple(a.address for a in headers.addresses(fields, *_DELIVERED, most=limits.addresses)),
        message_id=headers.first_id(fields.text("message-id")),
        in_reply_to=tuple(headers.ids(fields.text("in-reply-to"))[-limits.references :]),
        references=tuple(references[-limits.references :]),
        date=date,
        text=text,
        spans=spans,
        html_only=body.html_only,
        html_text=body.html_text,
        attachments=body.attachments,
        kind=kind,
        confidence=confidence,
        why=why,
        forwarded_from=forwarded_sender(spans, subject_says_so=forwarded),
        defects=(*headers.defects(fields, sender=sender, date=date), *body.defects),
        queue_ids=headers.queue_ids(fields.all("received"), limits.received),
        body_digest=body.digest,
        size=len(raw),
        dkim_signatures=dkim,
        arc=arc,
        trace=read_trace(ordered, limits),
        reference=body.reference,
        header=read_header(ordered, fields.charset, limits),
    )


def _signatures(
    raw: bytes, fields: Fields, ordered: list[Field], limits: Limits
) -> tuple[tuple[DkimSignature, ...], ArcChain | None]:
    """DKIM's and ARC's. Imported here: dkimpy costs 100 ms, and a mail without a signature does not need it."""
    if fields.cut or not {"dkim-signature", "arc-seal"} & fields.by_name.keys():
        return (), None
    from parsing.arc import read_chain
    from parsing.dkim_signatures import SignedBody, read_signatures

    body = SignedBody(raw[fields.body :])
    return read_signatures(ordered, body, limits), read_chain(ordered, body, limits)
