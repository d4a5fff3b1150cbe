"""What the gateway knows from the header of a mail: who, about what, in which thread, and what was wrong in it.

Of a field that came twice the first one counts; what cannot be read in one way proves nothing. There is one reading of
From for the whole gateway, so no two rooms can disagree about it. Linear in the header, and never an exception.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from parsing import mailboxes
from parsing.addresses import strict_mailbox
from parsing.dates import date as date
from parsing.fields import SINGLE
from parsing.fields import Fields as Fields
from parsing.fields import split as split
from parsing.limits import Limits
from parsing.message import Address, Defect
from parsing.words import clean_line, decode_words, header_text, read_words

_LIMITS = Limits()
_ID = re.compile(r"<([^<>]+)(>?)")
_BARE_ID = re.compile(r"[^\s<>()\",;]{1,998}@[^\s<>()\",;]{1,255}")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
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
class Scan:
    """What is known of a mail before anything parses it. A key is 8 bytes of SHA-256, None where nothing is to hash."""

    from_text: str
    sender_key: bytes | None
    message_key: bytes | None
    reference_keys: tuple[bytes, ...]
    subject: str
    message_id: str


def scan(raw: bytes) -> Scan:
    """What the ledger keeps of a mail. Never raises; below 100 µs for a mail of every day."""
    return scan_fields(split(raw))


def scan_fields(fields: Fields) -> Scan:
    """As `scan`, of fields that are split already."""
    who = sender(fields)
    message_id = first_id(fields.text("message-id"))
    references = [*ids(fields.text("in-reply-to")), *ids(fields.text("references"))]
    return Scan(
        from_text=from_text(fields),
        sender_key=key_of(who.key) if who is not None else None,
        message_key=key_of(message_id) if message_id else None,
        reference_keys=tuple(key_of(ref) for ref in dict.fromkeys(references[::-1][: _LIMITS.references][::-1])),
        subject=subject(fields),
        message_id=message_id,
    )


def key_of(text: str) -> bytes:
    """The first 8 bytes of SHA-256 of an address or of a Message-ID in its brackets."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]


def sender(fields: Fields) -> Address | None:
    """The one mailbox in the one From field, or None: ambiguous (threat model, section A)."""
    bodies = fields.all("from")
    if len(bodies) != 1 or fields.cut or "from" in fields.unproven or _CONTROL.search(bodies[0]):
        return None
    return strict_mailbox(header_text(bodies[0], fields.charset))


def author(fields: Fields) -> Address | None:
    """The first mailbox of From as a forgiving reader takes it: for showing only, it proves nothing."""
    return mailboxes.author(fields.text("from"))


def from_text(fields: Fields) -> str:
    """The first From as one line."""
    return decode_words(fields.text("from"), _LIMITS.line, fields.charset)


def subject(fields: Fields, limits: Limits = _LIMITS) -> str:
    """The first Subject decoded, one line."""
    return decode_words(fields.text("subject"), limits.decoded_field, fields.charset)


def addresses(fields: Fields, *names: str, most: int) -> tuple[Address, ...]:
    """The mailboxes in every field of these names, each once."""
    found: dict[str, Address] = {}
    for name in names:
        for body in fields.all(name)[: _LIMITS.same_fields]:
            if len(found) >= most:
                break
            for address in mailboxes.address_list(header_text(body, fields.charset), most=most - len(found)):
                found.setdefault(address.key, address)
    return tuple(found.values())


def ids(text: str) -> list[str]:
    """The identifiers in a References body (RFC 5322 section 3.6.4) with their brackets, in order, each once.

    Some programs forget a bracket or both, write commas in between, encode what was too long for a line, or know an id
    by a number alone.
    """
    if "=?" in text:
        text = decode_words(text, _LIMITS.field)
    found = [inner if closed else inner.split(None, 1)[0] for inner, closed in _ID.findall(text) if inner.strip()]
    found = found or _BARE_ID.findall(text) or [word for word in (text.strip(" \t<>"),) if not _SPACE.search(word)]
    return list(dict.fromkeys(filter(None, map(_identifier, found))))


def _identifier(text: str) -> str:
    """One id in its brackets; a too long or unprintable one is cut, and told from others by a hash of the whole."""
    text = _SPACE.sub("", text)
    if text and (len(text) > _LIMITS.identifier or not text.isprintable()):
        whole = key_of(text).hex()
        text = f"{clean_line(text)[: _LIMITS.identifier - len(whole) - 1]}~{whole}"
    return f"<{text}>" if text else ""


def first_id(text: str) -> str:
    """The identifier in a Message-ID body as `<…>`; "" when there is none."""
    return next(iter(ids(text)), "")


def defects(fields: Fields, *, sender: Address | None, date: datetime | None) -> tuple[Defect, ...]:
    """What was wrong in the header, and what was made of it."""
    found: list[Defect] = []
    if fields.cut:
        found.append(Defect("header", "too large", "cut at the limit; the sender counts as ambiguous"))
    found += [
        Defect("header", f"no field: {clean_line(header_text(line))[:80]}", "passed over") for line in fields.junk
    ]
    found += _sender_defects(fields, sender)
    for name in sorted(SINGLE - {"from"}):
        count = len(fields.all(name))
        if count > 1:
            found.append(Defect(name.title(), f"{count} fields", _ALL_READ.get(name, "the first one counts")))
    twice = read_words(fields.text("subject"), _LIMITS.decoded_field, fields.charset)[1]
    if twice:
        found.append(Defect("Subject", twice, "decoded once more"))
    if date is None and fields.text("date"):
        found.append(Defect("Date", "no date", "the time of arrival counts"))
    return tuple(found)


_ALL_READ = dict.fromkeys(("to", "cc", "bcc", "reply-to", "return-path"), "all of them are read")


def _sender_defects(fields: Fields, sender: Address | None) -> list[Defect]:
    count = len(fields.all("from"))
    what = ""
    if count != 1:
        what = f"{count} fields"
    elif "from" in fields.unproven:
        what = "behind a line that is no field"
    elif not fields.cut and sender is None:
        what = "not one mailbox"
    return [Defect("From", what, "the sender counts as ambiguous")] if what else []


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
