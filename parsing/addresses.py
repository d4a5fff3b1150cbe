"""The one mailbox that a mail is from, by a strict grammar: who may do what hangs on it.

From is believed only when it can be read in one way (RFC 5322 section 3.4 without groups, routes and comments beside
the address); all else is nobody. For reading and showing there is the forgiving grammar of `mailboxes.py`.
"""

from __future__ import annotations

import re

from parsing.limits import Limits
from parsing.message import Address
from parsing.words import clean_line, decode_words

_MOST = Limits()
_SPEC = (
    r'(?P<local>[A-Za-z0-9!#$%&\'*+/=?^_`{|}~.\-]+|"[^"\\\x00-\x20\x7f-\U0010ffff]+")'
    r'@(?P<domain>[^\s@<>()"\\,;:\[\]]+|\[[0-9A-Fa-f.:IPv]+\])'
)
# each alternative begins with a character of its own, so there is one way to read a text and going back is linear;
# possessive repetition would say so, but Python before 3.11.5 matches it wrongly (gh-106052). A comma that nobody
# quoted parts a family name from a given one: without an at-sign it makes no second mailbox.
_STRICT = re.compile(
    r'(?P<phrase>(?:"(?:[^"\\]|\\.)*"|[^<>@;:()"\\]|\([^()<>@"\\,;:]*\))*)<[ \t]*' + _SPEC + r"[ \t]*>"
)
_BARE = re.compile(_SPEC + r"(?:\s+\((?P<name>[^()<>@\"\\,;:]*)\))?")
_SAME = re.compile(r"\s*(\S+@\S+)\s*<\s*(\S+@\S+)\s*>\s*")  # jane@a.example <jane@a.example>, which many programs write
# what hides or cuts a part of the text; joiners are letters' neighbours in Persian, Hindi and pictures
_FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_ESCAPED = re.compile(r"\\(.)")
_WRAPS = re.compile(r"[()]|(?<!\w)'|'(?!\w)")  # what would make of "'Ann' via 'Docs'" something else
_EDGES = ' \t",;'


def strict_mailbox(text: str) -> Address | None:
    """The one mailbox that an unfolded, undecoded From body says, or None when it can be read in two ways."""
    text = text.strip()
    if not text or len(text) > _MOST.mailbox or _FORBIDDEN.search(text):
        return None
    same = _SAME.fullmatch(text)
    if same is not None and same.group(1).strip("'\"") == same.group(2):
        text = f"<{same.group(2)}>"
    found = _STRICT.fullmatch(text)
    name = found.group("phrase") if found is not None else ""
    if found is None:
        found = _BARE.fullmatch(text)
        name = (found.group("name") or "") if found is not None else ""
    if found is None or "=?" in found.group("local"):
        return None
    address = _address(found.group("local"), found.group("domain"))
    return None if address is None else Address(address, display_name(name))


def _address(local: str, domain: str) -> str | None:
    """local@domain with the domain in A-labels, or None when it is none or too long (RFC 5321 section 4.5.3.1)."""
    if len(local) > 64 or len(domain) > 255:
        return None
    if domain.startswith("["):
        return f"{local}@{domain.lower()}"
    ascii_domain = to_ascii(domain)
    return None if ascii_domain is None else f"{local}@{ascii_domain}"


def to_ascii(domain: str) -> str | None:
    """A domain in lower-case A-labels (RFC 5890), or None."""
    lower = domain.lower()
    if not lower.isascii():
        if len(lower) > 255:  # the codec is quadratic
            return None
        try:
            lower = lower.encode("idna").decode("ascii").lower()
        except (UnicodeError, ValueError):
            return None
    lower = lower.removesuffix(".")
    return lower if lower and all(_LABEL.fullmatch(label) for label in lower.split(".")) else None


def display_name(phrase: str) -> str:
    """A phrase as a person reads it: quotes undone, encoded words decoded, one line (at most 200 characters)."""
    phrase = phrase.strip()
    if '"' in phrase:
        phrase = _QUOTED.sub(lambda found: _ESCAPED.sub(r"\1", found.group(1)), phrase)
    name = clean_line(decode_words(phrase)[: _MOST.name]).strip(_EDGES)
    wrapped = name[:1] + name[-1:] in ("''", "()") and not _WRAPS.search(name[1:-1])
    return name[1:-1].strip() if wrapped else name


_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
