"""What the questions about a mail's origin look at: its fields, subject, new words and calendar method, each bounded.

Also the marks of a person: they weigh against weak marks of a program and never against strong ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from parsing import marks, people
from parsing.headers import REPLY_WORDS, Fields, addresses, sender
from parsing.message import Address, Kind, Span
from parsing.structure import Part
from parsing.words import decode_words

Answer = tuple[Kind, float, str]

SUBJECT, WORDS = 200, 2000  # characters that are looked at
_REPLY = re.compile(rf"(?:{'|'.join(map(re.escape, REPLY_WORDS))})\s{{0,3}}(?:\[\d{{1,3}}\])?[:：]", re.I)
_METHOD_PARAMETER = re.compile(r"\bmethod\s{0,9}=\s{0,9}\"?([a-z]{3,14})", re.I)
_METHOD = re.compile(rb"^METHOD:([A-Z]{3,14})", re.M)
_WORD_END = re.compile(r"[;(\s]")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[A-Za-z]+)?")
_BENT = {"'": "`´‘’", '"': "“”„«»"}


def plain(text: str) -> str:
    """Text as phrases are looked for: lower case, straight quotation marks, one blank between words."""
    return " ".join(straight(text).lower().split())


def straight(text: str) -> str:
    """The text with straight quotation marks and apostrophes."""
    for mark, bent in _BENT.items():
        for one in bent:
            text = text.replace(one, mark)
    return text


def says(text: str, phrases: Sequence[str]) -> str:
    """The first of `phrases` that stands in `text`, "" when none does."""
    for phrase in phrases:
        if phrase in text:
            return phrase
    return ""


def _start(pieces: Iterable[str]) -> str:
    """The first `WORDS` characters of the pieces joined, without joining what is beyond them."""
    found = ""
    for piece in pieces:
        found += piece[: WORDS - len(found)]
        if len(found) >= WORDS:
            break
    return found


def is_answer(subject: str) -> bool:
    """True when a subject begins with a reply prefix."""
    return _REPLY.match(subject) is not None


def calendar_method(parts: Sequence[Part]) -> str:
    """METHOD of the calendar part that is the mail itself (RFC 6047 section 2.4), upper case; "" for a file's."""
    part = next((part for part in parts if part.type == "text/calendar" and part.disposition != "attachment"), None)
    if part is None:
        return ""
    given = _METHOD_PARAMETER.search(part.fields.get("content-type", "")[:1000])
    if given is not None:
        return given.group(1).upper()
    found = _METHOD.search(part.content[:4096].replace(b"\r", b""))
    return found.group(1).decode() if found is not None else ""


@dataclass(frozen=True)
class Traits:
    """One mail. `calendar` is the method of its calendar part."""

    fields: Fields
    spans: Sequence[Span] = ()
    calendar: str = ""

    def word(self, name: str) -> str:
        """The first word of a field, comments and parameters apart, in lower case."""
        text = self.fields.text(name)[:200].lower()
        return _WORD_END.split(text, maxsplit=1)[0][:60] if text else ""

    @cached_property
    def subject(self) -> str:
        """The subject as `plain` text."""
        return plain(decode_words(self.fields.text("subject"), SUBJECT))

    @cached_property
    def text(self) -> str:
        """The start of the whole text, line ends kept."""
        return _start(span.text for span in self.spans)

    @cached_property
    def new_words(self) -> str:
        """The start of what the sender wrote, line ends kept."""
        return _start(span.text for span in self.spans if span.kind == "new")

    @cached_property
    def words(self) -> str:
        """The same as `plain` text."""
        return plain(self.new_words)

    @cached_property
    def quotes(self) -> bool:
        """True when there is a quotation under or between the words: vacation programs seldom quote."""
        return any(span.kind == "quote" and not span.text.isspace() for span in self.spans)

    @cached_property
    def is_reply(self) -> bool:
        """True when it answers a mail, by RFC 5322 section 3.6.4 or by its subject."""
        return any(self.fields.text(name) for name in ("in-reply-to", "references")) or bool(_REPLY.match(self.subject))

    @cached_property
    def sender(self) -> Address | None:
        """The one mailbox in From."""
        return sender(self.fields)

    @cached_property
    def local(self) -> str:
        """The local part of From in lower case, "" when there is not one mailbox."""
        return self.sender.key.rpartition("@")[0] if self.sender is not None else ""

    @cached_property
    def name(self) -> list[str]:
        """The words of the sender's display name as `plain` text."""
        return plain(self.sender.name).replace(",", " ").split() if self.sender is not None else []

    @cached_property
    def client(self) -> str:
        """The mail program of a person that wrote it, "" when no field says so."""
        program = f"{self.fields.text('user-agent')[:200]} {self.fields.text('x-mailer')[:200]}".lower()
        known = says(program, people.CLIENTS)
        if known:
            return known
        message_id = self.fields.text("message-id")[:300].lower()
        if message_id.endswith(people.CLIENT_IDS):
            return message_id.rpartition("@")[2].rstrip(">")
        outlook = self.fields.text("thread-index") and self.fields.text("accept-language")
        return "outlook" if outlook else ""

    @cached_property
    def asks(self) -> str:
        """A question mark or what stands for one in the new words."""
        return says(self.words, people.ASKING)

    @cached_property
    def each_word(self) -> frozenset[str]:
        """The new words one by one in lower case, but for the English "I"."""
        found = _TOKEN.findall(straight(self.new_words))
        return frozenset(word if word == "I" else word.lower() for word in found)

    @cached_property
    def personal(self) -> bool:
        """True when somebody speaks of himself in the new words."""
        return not people.FIRST_PERSON.isdisjoint(self.each_word) or bool(says(self.words, people.PERSONAL_SIGNS))

    @cached_property
    def signs(self) -> bool:
        """True when the new words end with the sender's name, or a part of it, of two words or more."""
        last = plain(self.new_words.rstrip().rpartition("\n")[2]).strip(" .!-").split()
        return len(self.name) > 1 and ((bool(last) and set(last) <= set(self.name)) or self.named(self.words[-40:]))

    @cached_property
    def polite(self) -> bool:
        """True for a word of asking or thanking in a text without links: programs mostly want a click."""
        said = not people.POLITE.isdisjoint(self.each_word) or bool(says(self.words, people.POLITE_SIGNS))
        return said and "://" not in self.words

    def named(self, text: str) -> bool:
        """True when a part of the sender's name stands in `text`."""
        return any(len(word) > 2 and word in text for word in self.name)

    @cached_property
    def writes_for(self) -> str:
        """The one Reply-To of another company than From and no robot's: somebody filled in a form."""
        found = addresses(self.fields, "reply-to", most=2)
        if self.sender is None or len(found) != 1:
            return ""
        local, _, domain = found[0].key.rpartition("@")
        home = self.sender.key.rpartition("@")[2]
        inside = f".{domain}".endswith(f".{home}") or f".{home}".endswith(f".{domain}")
        return found[0].key if not inside and marks.ROBOT.fullmatch(local) is None else ""
