"""Regular expressions of rules: RE2 syntax, linear in the text, blind to case and accents unless a rule asks for them.

Promises: what RE2 can not take is refused while the file is read; named groups are read from the mail as it was
written; many expressions are asked of a text in one pass, and none is ever missed for want of memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import re2

from rules.words import TEXT, FieldText, fold, one_line

PATTERN = 1000  # characters
PROGRAM = 2000  # instructions: times TEXT is the worst that RE2 can be made to do
MEMORY = 2**21  # octets for one expression
SET_MEMORY = 2**24  # octets for a set
SET_SIZE = 500  # expressions
CAPTURED = 200  # characters of a named group
EVERYTHING = ""  # the first expression of each set: where it is not found the set ran out of memory

NAMED = re.compile(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]{0,39})>")
# what asks for letters that a folded text never has: marks and capitals by class or by number
ODD_ESCAPE = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}|\\x([0-9A-Fa-f]{2})|\\p\{?(M[a-z]?)\}?")


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression ready to be searched; `names` are its named groups."""

    written: str
    folded: str
    compiled: re2._Regexp
    exact: bool
    names: tuple[str, ...] = ()

    def found(self, text: FieldText) -> str | None:
        """What it found, on one line; None when it found nothing."""
        found = self.compiled.search(self.octets(text))
        return None if found is None else one_line(found.group().decode("utf-8", "replace")) or self.written

    def octets(self, text: FieldText) -> bytes:
        """The text as this expression is to see it."""
        return text.text.encode("utf-8", "replace")[:TEXT] if self.exact else text.octets

    def captured(self, text: FieldText) -> Mapping[str, str]:
        """The named groups, with the letters of the mail where they can be told, else without case and accents."""
        if not self.names:
            return {}
        found = _compiled(self.written, exact=self.exact).search(text.text.encode("utf-8", "replace")[:TEXT])
        found = found or self.compiled.search(self.octets(text))
        groups: Mapping[bytes, bytes | None] = found.groupdict() if found is not None else {}
        return {name.decode(): (value or b"").decode("utf-8", "replace")[:CAPTURED] for name, value in groups.items()}


def pattern(value: str, *, exact: bool = False) -> Pattern:
    """The expression that an admin wrote. Raises ValueError, in words for the admin."""
    if len(value) > PATTERN:
        raise ValueError(f"this expression is longer than {PATTERN} characters.")
    folded = value if exact else _without_accents(value)
    compiled = _compiled(folded, exact=exact)
    if compiled.programsize > PROGRAM:
        raise ValueError("this expression is too large: ask for fewer repetitions.")
    return Pattern(value, folded, compiled, exact, tuple(dict.fromkeys(NAMED.findall(value))))


def hopeless(found: Pattern) -> str:
    """Why an expression can never match a folded text; "" where nothing speaks against it."""
    if found.exact:
        return ""
    for escape in ODD_ESCAPE.finditer(found.written):
        number = escape[1] or escape[2]
        if number is None:
            return f"{escape[0]} asks for accents, and the text is compared without them"
        letter = chr(min(int(number, 16), 0x10FFFF))
        if fold(letter) != letter.lower() or not fold(letter):
            return f"{escape[0]} is {letter!a}, and the text is compared without accents"
    return ""


def _compiled(value: str, *, exact: bool) -> re2._Regexp:
    try:
        return re2.compile(value.encode(), _options(exact=exact, memory=MEMORY))
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else error
        raise ValueError(f"this is no regular expression as RE2 takes them: {one_line(str(reason))}.") from None


def _options(*, exact: bool, memory: int) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = exact
    options.log_errors = False
    options.max_mem = memory
    return options


def _without_accents(value: str) -> str:
    """Each letter outside ASCII folded like the text that it will meet; ASCII stays, for `\\D` is not `\\d`."""
    if value.isascii():
        return value
    return "".join(c if c.isascii() else "".join(map(_literal, fold(c))) for c in unicodedata.normalize("NFC", value))


def _literal(c: str) -> str:
    return c if c.isalnum() or not c.isascii() else "\\" + c


class PatternSet:
    """Many expressions of one field: which of them are found in a text, by their places in the list."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._sets = [(start, _set(patterns[start : start + SET_SIZE])) for start in range(0, len(patterns), SET_SIZE)]

    def found(self, text: FieldText) -> Iterable[int]:
        """The places of all expressions that are found."""
        for start, chunk in self._sets:
            octets = self._patterns[start].octets(text)
            hits = chunk.Match(octets)
            if 0 in hits:
                yield from (start + hit - 1 for hit in hits if hit)
                continue
            alone = enumerate(self._patterns[start : start + SET_SIZE], start)
            yield from (place for place, one in alone if one.compiled.search(octets))


def _set(patterns: Sequence[Pattern]) -> re2.Set:
    """The expressions as one, all exact or none."""
    options = _options(exact=patterns[0].exact, memory=SET_MEMORY)
    options.never_capture = True
    chunk = re2.Set.SearchSet(options)
    for value in (EVERYTHING, *(one.folded for one in patterns)):
        chunk.Add(value.encode())
    chunk.Compile()
    return chunk
