"""The header of a mail, read by ourselves: at accept time without any parser, and again for every parsed message.

`split` cuts the raw block into fields, `scan` takes from them what the ledger needs; both are linear, look at the
first 256 KiB at most and never raise. There is one reading of From for the whole gateway, so no two rooms can
disagree about it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from parsing.addresses import address_list, strict_mailbox
from parsing.limits import Limits
from parsing.message import Address
from parsing.words import clean_line, decode_words, header_text

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_MBOX = re.compile(rb">?From [^\n]*\n")
_BLANK = re.compile(rb"\r?(?:\n|\Z)")
_HEADER_END = re.compile(rb"\n\r?\n")
_ID = re.compile(r"<([^<>]{1,4000})>")
_BARE_ID = re.compile(r"[^\s<>()\",;]{1,998}@[^\s<>()\",;]{1,255}")
_SPACE = re.compile(r"\s+")
_QUEUE_ID = re.compile(r"\bwith\s+\S{1,20}\s+(?:\([^()]{0,200}\)\s+)?id\s+<?([A-Za-z0-9._-]{4,64})", re.I)
_QUEUE_ID_FIRST = re.compile(r"\bid\s+<?([A-Za-z0-9._-]{4,64})", re.I)

# how mail programs say "an answer to" and "passed on", in the languages they are sold in
REPLY_WORDS = (
    "re aw antw antwort sv vs vá res rif r odp odpověď odp atb ynt ref bls ad bvs rép réf réponse atsakymas yanıt "
    "hf hv hn на отв ответ відп ang απ αντ απάντηση ση re返信 返信 回复 回覆 答复 답장 회신 תגובה رد"
).split()
FORWARD_WORDS = (
    "fwd fw wg wtr tr i rv enc pd doorst vb vl fs továbbítás továbbított rs ilt i̇lt przek předáno trans trasm "
    "пересл переслано fwd转发 转发 轉寄 転送 전달 πρθ προώθηση הועבר إعادة-توجيه"
).split()
_TAG = r"\[TKT-\d{1,12}\]"
_TAGS = re.compile(r"\s*" + _TAG, re.I)
_WORDS = "|".join(re.escape(word) for word in sorted({*REPLY_WORDS, *FORWARD_WORDS}, key=len, reverse=True))
_COUNTED = r"(?:[\[(]\d{1,3}[\])]|\^\d{1,3})?"  # Re[2]:
_PREFIXES = re.compile(rf"(?:\s*(?:{_TAG}|(?:{_WORDS})\s{{0,3}}{_COUNTED}\s{{0,3}}[:：]))+\s*", re.I)
_FORWARDED = re.compile(rf"(?:\s*{_TAG})*\s*(?:{'|'.join(map(re.escape, FORWARD_WORDS))})\s{{0,3}}[:：]", re.I)


@dataclass(frozen=True, slots=True)
class Fields:
    """The bodies of the fields by name, names in lower case, bodies unfolded; `body` is where the body begins.

    `cut` is true when a limit left something out: then nothing here may prove who the sender is.
    """

    by_name: Mapping[str, Sequence[bytes]]
    body: int
    cut: bool = False

    def all(self, name: str) -> Sequence[bytes]:
        """Every body of the field `name` (lower case)."""
        return self.by_name.get(name, ())

    def text(self, name: str) -> str:
        """The first body of `name` as characters, encoded words untouched; "" when it is not there."""
        bodies = self.by_name.get(name)
        return header_text(bodies[0]).strip() if bodies else ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What is known of a mail before anything parses it. A key is 8 bytes of SHA-256, None where nothing is to hash."""

    from_text: str
    sender_key: bytes | None
    message_key: bytes | None
    reference_keys: tuple[bytes, ...]
    subject: str
    message_id: str


def split(raw: bytes, limits: Limits = Limits()) -> Fields:  # noqa: B008 - frozen, so one default serves every call
    """The fields of a message (RFC 5322 section 2.2), up to the first line that is neither field nor continuation."""
    block = bytes(raw[: limits.header_block])
    if b"\n" not in block and b"\r" in block:
        block = block.replace(b"\r", b"\n")
    mbox = _MBOX.match(block)
    at = mbox.end() if mbox is not None else 0
    by_name: dict[str, list[bytes]] = {}
    count, cut = 0, False
    while (found := _FIELD.match(block, at)) is not None and found.end() > at:
        at = found.end()
        count += 1
        if count > limits.fields:
            cut = True
            end = _HEADER_END.search(block, at - 1)
            at = end.start() + 1 if end is not None else len(block)
            break
        body = found.group(2)
        if b"\n" in body:
            body = body.replace(b"\r\n", b"").replace(b"\n", b"")
        cut = cut or len(body) > limits.field
        name = found.group(1).decode("ascii").lower()
        by_name.setdefault(name, []).append(body[: limits.field].strip(b" \t\r"))
    blank = _BLANK.match(block, at)
    at = blank.end() if blank is not None else at
    return Fields(by_name, at, cut or (at >= len(block) and len(raw) > len(block)))


def scan(raw: bytes) -> Scan:
    """What the ledger keeps of a mail. Never raises; below 100 µs for a mail of every day."""
    return scan_fields(split(raw))


def scan_fields(fields: Fields) -> Scan:
    """As `scan`, of fields that are split already."""
    from_bodies = fields.all("from")
    author = sender(fields)
    message_id = first_id(fields.text("message-id"))
    references = [*ids(fields.text("in-reply-to")), *ids(fields.text("references"))]
    return Scan(
        from_text=decode_words(header_text(from_bodies[0]), 998) if from_bodies else "",
        sender_key=key_of(author.key) if author is not None else None,
        message_key=key_of(message_id) if message_id else None,
        reference_keys=tuple(key_of(ref) for ref in dict.fromkeys(references[::-1][:20][::-1])),
        subject=subject(fields),
        message_id=message_id,
    )


def key_of(text: str) -> bytes:
    """The first 8 bytes of SHA-256 of an address or of a Message-ID in its brackets."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]


def sender(fields: Fields) -> Address | None:
    """The one mailbox in the one From field, or None: ambiguous (threat model, section A)."""
    bodies = fields.all("from")
    if len(bodies) != 1 or fields.cut:
        return None
    return strict_mailbox(header_text(bodies[0]))


def subject(fields: Fields, limits: Limits = Limits()) -> str:  # noqa: B008 - frozen
    """The first Subject decoded, one line."""
    return decode_words(fields.text("subject"), limits.decoded_field)


def addresses(fields: Fields, *names: str, most: int) -> tuple[Address, ...]:
    """The mailboxes in every field of these names, each once."""
    found: dict[str, Address] = {}
    for name in names:
        for body in fields.all(name)[:50]:
            for address in address_list(header_text(body), most=most - len(found)) if len(found) < most else ():
                found.setdefault(address.key, address)
    return tuple(found.values())


def ids(text: str) -> list[str]:
    """The identifiers in a References body (RFC 5322 section 3.6.4) with their brackets, in order, each once."""
    found = [_SPACE.sub("", inner) for inner in _ID.findall(text)]
    return list(dict.fromkeys(f"<{one}>" for one in found if one and len(one) <= 996 and one.isprintable()))


def first_id(text: str) -> str:
    """The identifier in a Message-ID body as `<…>`; one without brackets is taken too; "" when there is none."""
    found = ids(text[:8192])
    if found:
        return found[0]
    bare = _BARE_ID.search(text[:2048])
    return f"<{bare.group()}>" if bare is not None and bare.group().isprintable() else ""


def date(text: str) -> datetime | None:
    """A Date body (RFC 5322 section 3.3) in UTC, or None when it is none or lies outside 1970 to 2200."""
    try:
        found = parsedate_to_datetime(text[:128])
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found.replace(microsecond=0) if 1970 <= found.year <= 2200 else None


def queue_ids(bodies: Iterable[bytes], most: int = 50) -> tuple[str, ...]:
    """The queue ids in Received fields (RFC 5321 section 4.4), newest first: to search the other side's log for."""
    found: list[str] = []
    for body in list(bodies)[:most]:
        text = body[:4096].decode("latin-1")
        hit = _QUEUE_ID.search(text) or _QUEUE_ID_FIRST.search(text)
        if hit is not None:
            found.append(hit.group(1).rstrip("."))
    return tuple(dict.fromkeys(found))


def clean_subject(text: str) -> str:
    """What a subject is about: every reply and forward prefix and tag of ours gone, one line, no control characters."""
    text = clean_line(_TAGS.sub(" ", clean_line(text)))
    prefixes = _PREFIXES.match(text)
    return text[prefixes.end() :].strip() if prefixes is not None else text


def is_forward(subject_text: str) -> bool:
    """True when a subject begins with a forward prefix."""
    return _FORWARDED.match(subject_text) is not None
