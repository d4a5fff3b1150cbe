"""The readable text of a parsed mail: which parts are read, in which charset, and what becomes of line breaks.

Promises: no exception for any tree; every word of a part that is read stands in the text, up to its limit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from parsing.alternatives import chosen, is_stub, other_pages, says_else, share_a_choice
from parsing.attachments import File, attached, files_in_text, files_of, shown_ids, words_of
from parsing.charsets import codecs_for, decode_bytes
from parsing.flowed import plain_of_enriched, unflow, without_armor
from parsing.html import html_to_text
from parsing.limits import Limits
from parsing.message import Attachment, Defect
from parsing.quoting import MARKER
from parsing.structure import REPORT_PARTS, Part, is_attachment
from parsing.tokens import reference_in
from parsing.transfer import undo_quoted_printable


@dataclass(frozen=True, slots=True)
class Body:
    """`text` as a person reads it; `html_only` when there was no text/plain; `digest` of text and attachments.

    `html_text` is what the HTML says where that is something else; `reference` the first token of ours in the text.
    """

    text: str
    html_only: bool
    attachments: tuple[Attachment, ...]
    defects: tuple[Defect, ...]
    digest: str
    html_text: str = ""
    reference: str = ""


def _has_words(part: Part) -> bool:
    return bool(part.content.strip(b" \t\r\n\xc2\xa0"))


def characters(part: Part, hint: tuple[str, ...] = ()) -> tuple[str, tuple[Defect, ...]]:
    """The characters of a text part, before HTML becomes text, and how they were mended."""
    data, decoded = part.mended
    label = part.charset
    if part.type == "text/html":
        if b'=3D"' in data and b"<" in data and not decoded:
            data, decoded = undo_quoted_printable(data), "quoted-printable without saying so"
        named = _META.search(data[:_HEAD])
        hint = (*hint, named.group(1).decode("ascii")) if named is not None else hint
        known = codecs_for(label) and "ascii" not in label.lower()  # that one is written by who knows no charset
        label = label if known or named is None else hint[-1]
    text, mended = decode_bytes(data, label, hint)
    where = f"part {part.index}"
    defects = [Defect(where, what, how) for what, how in (("transfer", decoded), ("charset", mended)) if how]
    if part.type == "text/plain":
        text = _plain(text, part.fields.get("content-type", "").lower())
    elif part.type in ("text/enriched", "text/richtext"):
        text = plain_of_enriched(text)
    return text, tuple(defects)


_MARKER = re.compile(re.escape(MARKER), re.I)  # below it stands what is private to staff, and nobody's words
_META = re.compile(rb"<meta[^<>]{0,300}charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_:.-]{2,40})", re.I)
_HEAD = 4096  # bytes in which a page names its charset
_FLOWED = re.compile(r"format\s{0,9}=\s{0,9}\"?flowed")
_DELSP = re.compile(r"delsp\s{0,9}=\s{0,9}\"?yes")


def _plain(text: str, field: str) -> str:
    if "-----BEGIN PGP SIGNED" in text:
        text = without_armor(text)
    return unflow(text, delsp=_DELSP.search(field) is not None) if _FLOWED.search(field) else text


def read_body(parts: Sequence[Part], limits: Limits) -> Body:
    """Text, attachments and their digest."""
    read = _Read(limits, tuple(dict.fromkeys(filter(None, (part.charset for part in parts)))))
    read.defects += [defect for part in parts for defect in _odd_fields(part)]
    picked, text, other = _read_texts(read, parts)
    html_only = bool(picked) and all(part.type == "text/html" for part in picked)
    saved = [p for p in parts if is_attachment(p) and p not in picked]
    if not text.strip():
        text = words_of(saved, limits) or ("" if saved else _around(parts)) or text
    pages = [part for part in picked if part.type == "text/html" and _has_words(part)]
    if not text.strip() and pages and not saved:  # pictures from elsewhere: somebody should be able to look
        read.defects.append(Defect("text", "the HTML shows no words", "it is attached"))
        saved = pages
    if len(text) > limits.text:
        read.too_long = f"longer than {limits.text} characters"
    if read.too_long:
        read.defects.append(Defect("text", read.too_long, "its parts are attached whole"))
        saved = [*picked, *saved]
    text = text[: limits.text]
    files = [*read.files, *(file for part in saved for file in files_of(part, limits))]
    found, wrong = attached(files, limits, shown_ids(parts, limits))
    defects = tuple(dict.fromkeys((*read.defects, *wrong)))
    return Body(text, html_only, tuple(found), defects, digest(text, found), other[: limits.text], read.reference)


def _odd_fields(part: Part) -> Iterator[Defect]:
    """What a person should know of a part before its words are read."""
    if part.opened:
        yield Defect(f"part {part.index}", "an S/MIME message", "opened; its signature was not checked")
    for name in part.doubled:
        yield Defect(f"part {part.index}", f"{name.title()} twice", "the first one counts")


def _read_texts(read: _Read, parts: Sequence[Part]) -> tuple[list[Part], str, str]:
    """(the parts that are the text, the text, what the HTML says where it says something else)."""
    picked = chosen(parts, _has_words)
    html_only = all(part.type == "text/html" for part in picked)
    texts = [read.text_of(part, marks=html_only) for part in picked]
    text = _joined(texts)
    pages = [] if html_only else other_pages(parts, picked)
    if not pages:
        return picked, text, ""
    beside = _joined([words for part, words in zip(picked, texts, strict=True) if share_a_choice(part, pages)])
    other = _MARKER.split(_joined([read.text_of(part, marks=False) for part in pages]), maxsplit=1)[0]
    if is_stub(beside, other):
        read.defects.append(Defect("text", "the plain text only points at the HTML", "the HTML is the text"))
        return pages, _joined([read.text_of(part, marks=True) for part in pages]), ""
    if says_else(other, _MARKER.split(beside, maxsplit=1)[0]):
        read.defects.append(Defect("text", "the HTML says something else than the plain text", "both are kept"))
        return picked, text, other
    return picked, text, ""


@dataclass(slots=True)
class _Read:
    """What reading the texts of one mail brings besides their words."""

    limits: Limits
    hint: tuple[str, ...]
    files: list[File] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    too_long: str = ""
    reference: str = ""

    def text_of(self, part: Part, *, marks: bool) -> str:
        """A part as text."""
        text, mended = characters(part, self.hint)
        self.defects += mended
        self.reference = self.reference or reference_in(text)
        if part.type == "text/html":
            if len(text) > self.limits.html:
                self.too_long = f"HTML longer than {self.limits.html} characters"
            return html_to_text(text[: self.limits.html], self.limits, marks=marks)
        if "begin " in text:
            text, inside = files_in_text(part, text, self.limits)
            self.files += inside
        return text


def _around(parts: Sequence[Part]) -> str:
    """What stands in a report without words, and around the parts of a mail in which nothing else can be read."""
    reports = [part.content.replace(b"\r\n", b"\n") for part in parts if part.type in REPORT_PARTS]
    around = [s for part in parts for s in (part.tree.preamble, part.tree.epilogue) if isinstance(s, str) and s.strip()]
    return decode_bytes(b"\n".join((*reports, "".join(around).encode("utf-8", "surrogateescape"))))[0]


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
