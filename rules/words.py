"""Words of a mail made comparable: no case, no accents, no punctuation; and the tests that look for words in them.

Promises: every test is linear in the text, of which the first 64 Ki characters count; a text is folded once and then
asked by every rule. Limits: `й` and `и` are one letter to us, `straße` is `strasse`; scripts written without spaces are
taken letter by letter, so that a word of theirs is found inside a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import re2

TEXT = 64 * 1024  # characters of a field, and octets of it that a pattern sees
SEEN = 80
PATTERN = 1000  # characters
PROGRAM = 2000  # instructions: times TEXT is the worst that RE2 can be made to do

# Letters with a stroke or a ligature, which Unicode does not take apart.
STROKES = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
# Punctuation that keyboards do not have and mail programs put in: with it most English text is not ASCII.
PUNCTUATION = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "*"}
STROKE = re.compile(f"[{''.join(STROKES)}]")
# Accents of Latin, Greek and Cyrillic, and what is not seen at all. The vowel signs of Indic scripts are letters.
DROPPED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u200b-\u200f\u2060\ufeff]+"
)
APART = re.compile(r"[\W_]+")
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
ASCII_APART = str.maketrans({chr(n): " " for n in range(128) if not chr(n).isalnum()})
MAILBOX = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@[^\s@<>(),;:\\\"\[\]]{1,255}")


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field of a mail, prepared: `seen` for the trace, `folded` with and `words` without punctuation, `lines` as is.

    `vocabulary` is the set of its words, by which most questions are answered "no"; `miss` is what a trace says then.
    """

    seen: str
    miss: str
    folded: str
    words: str
    vocabulary: frozenset[str]
    octets: bytes
    lines: frozenset[str]


# What was found, in words for the trace; None when the test fails.
Test = Callable[[FieldText], str | None]


def field_text(text: str) -> FieldText:
    """Prepare one field. Fields that hold addresses hold one a line."""
    text = text[:TEXT]
    folded = fold(text)[:TEXT]
    words = words_of(folded)
    seen = one_line(text[: SEEN * 2])
    return FieldText(
        seen=seen,
        miss=f"saw: {seen}",
        folded=folded,
        words=f" {' '.join(words)} ",
        vocabulary=frozenset(words),
        octets=folded.encode("utf-8", "replace")[:TEXT],
        lines=frozenset(text.lower().split("\n")) if "@" in text else frozenset(),
    )


def one_line(text: str) -> str:
    """`text` on one line without control characters, cut to 80 characters."""
    line = " ".join(text.split())
    if not line.isprintable():
        line = "".join(c if c.isprintable() else "�" for c in line)
    return line if len(line) <= SEEN else line[: SEEN - 1] + "…"


def fold(text: str) -> str:
    """`text` without case and accents."""
    if text.isascii():
        return text.lower()
    for mark, plain in PUNCTUATION.items():
        text = text.replace(mark, plain)
    if text.isascii():
        return text.lower()
    folded = DROPPED.sub("", unicodedata.normalize("NFKD", text).casefold())
    if folded.isascii():
        return folded
    folded = unicodedata.normalize("NFKD", folded)  # again: casefold may bring back what can be taken apart
    return STROKE.sub(lambda found: STROKES[found[0]], DROPPED.sub("", folded))


def words_of(folded: str) -> list[str]:
    """The words of a folded text in their order."""
    if folded.isascii():
        return folded.translate(ASCII_APART).split()
    return UNSPACED.sub(r" \g<0> ", APART.sub(" ", folded)).split()


def equals(values: Iterable[str]) -> Test:
    """The whole field is one of `values`: case, accents and blanks at the ends aside."""
    wanted = {" ".join(fold(value).split()): value for value in values}

    def test(text: FieldText) -> str | None:
        return wanted.get(" ".join(text.folded.split())) if len(text.folded) < SEEN * 40 else None

    return test


def is_address(values: Iterable[str]) -> Test:
    """One of the field's addresses is one of `values`; `@example.com` stands for everybody there."""
    wanted = {_ascii_domain(value.lower()) for value in values}
    domains = tuple(value for value in wanted if value.startswith("@"))

    def test(text: FieldText) -> str | None:
        found = text.lines & wanted
        if not found and domains:
            found = frozenset(line for line in text.lines if line.endswith(domains) and line.count("@") == 1)
        return min(found, default=None)

    return test


def _ascii_domain(address: str) -> str:
    """The address as messages carry it: a domain of any script in A-labels (RFC 5890). ValueError if it is none."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise ValueError(f'"{one_line(domain)}" is no domain name.') from None


def contains(values: Iterable[str]) -> Test:
    """One of `values` stands in the field, word by word; `plant*` is every word that begins so.

    Raises ValueError, in words for the admin, when a value has nothing to look for.
    """
    wanted = [(needle(value), value) for value in values]
    stems = [pair for pair in wanted if not pair[0].endswith(" ")]
    phrases = [(sought, sought.split()[0], value) for sought, value in wanted if sought.endswith(" ")]
    first_words = frozenset(first for _, first, _ in phrases)

    def test(text: FieldText) -> str | None:
        words = text.words
        if not first_words.isdisjoint(text.vocabulary):
            for sought, first, value in phrases:
                if first in text.vocabulary and sought in words:
                    return value
        for sought, value in stems:
            if sought in words:
                return value
        return None

    return test


def needle(value: str) -> str:
    """What is looked for in `FieldText.words`."""
    body = value.strip()
    stem = body.endswith("*")
    if "*" in body.removesuffix("*"):
        raise ValueError(f'a star stands at the end of the last word only, as in "plant*", not in "{one_line(value)}".')
    words = " ".join(words_of(fold(body.removesuffix("*"))))
    if not words:
        raise ValueError(f'there is no word to look for in "{one_line(value)}".')
    return f" {words}" if stem else f" {words} "


def matches(values: Iterable[str]) -> Test:
    """One of the regular expressions (RE2 syntax, linear in the text) is found; case and accents do not count.

    Raises ValueError, in words for the admin, when one is no expression or too large.
    """
    wanted = [(_pattern(value), value) for value in values]

    def test(text: FieldText) -> str | None:
        for pattern, value in wanted:
            if found := pattern.search(text.octets):
                return one_line(found.group().decode("utf-8", "replace")) or value
        return None

    return test


def _pattern(value: str) -> re2._Regexp:
    if len(value) > PATTERN:
        raise ValueError(f"this expression is longer than {PATTERN} characters.")
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 2**21
    try:
        pattern = re2.compile(_without_accents(value).encode(), options)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else error
        raise ValueError(f"this is no regular expression as RE2 takes them: {one_line(str(reason))}.") from None
    if pattern.programsize > PROGRAM:
        raise ValueError("this expression is too large: ask for fewer repetitions.")
    return pattern


def _without_accents(pattern: str) -> str:
    """Each letter outside ASCII folded like the text that it will meet; ASCII stays, for `\\D` is not `\\d`."""
    return "".join(c if c.isascii() else "".join(map(_literal, fold(c))) for c in unicodedata.normalize("NFC", pattern))


def _literal(c: str) -> str:
    return c if c.isalnum() or not c.isascii() else "\\" + c
