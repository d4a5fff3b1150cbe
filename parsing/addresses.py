"""Mailboxes: who a mail is from, by a strict grammar, and to whom it went, by a forgiving one.

The sender decides who may do what, so From is believed only when it can be read in one way (RFC 5322 section 3.4
without groups, routes and comments beside the address). Lists of recipients decide nothing and are read as well as
possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsing.message import Address
from parsing.words import clean_line, decode_words

_LONGEST = 2048
_SPEC = (
    r'(?P<local>[A-Za-z0-9!#$%&\'*+/=?^_`{|}~.\-]+|"[^"\\\x00-\x20\x7f-\U0010ffff]+")'
    r'@(?P<domain>[^\s@<>()"\\,;:\[\]]+|\[[0-9A-Fa-f.:IPv]+\])'
)
# each alternative begins with a character of its own, so there is one way to read a text and going back is linear;
# possessive repetition would say so, but Python before 3.11.5 matches it wrongly (gh-106052)
_STRICT = re.compile(r'(?P<phrase>(?:"(?:[^"\\]|\\.)*"|[^<>@,;:()"\\]|\([^()<>@"\\,;:]*\))*)<' + _SPEC + r">")
_BARE = re.compile(_SPEC + r"(?:\s+\((?P<name>[^()<>@\"\\,;:]*)\))?")
_SAME = re.compile(r"\s*(\S+@\S+)\s*<\s*(\S+@\S+)\s*>\s*")  # jane@a.example <jane@a.example>, which many programs write
_LOOSE = re.compile(r"[^\s<>()\[\]\",;:@]+@[^\s<>()\[\]\",;:@]+")
_FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]")
_SPECIALS = re.compile(r'[",()<>:;\\]')
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def strict_mailbox(text: str) -> Address | None:
    """The one mailbox that an unfolded, undecoded From body says, or None when it can be read in two ways."""
    text = text.strip()
    if not text or len(text) > _LONGEST or _FORBIDDEN.search(text):
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
    if phrase.startswith('"') and phrase.endswith('"') and len(phrase) > 1:
        phrase = re.sub(r"\\(.)", r"\1", phrase[1:-1])
    return decode_words(phrase)[:200].strip().strip("\"'").strip()


def address_list(text: str, *, most: int = 200) -> tuple[Address, ...]:
    """The mailboxes of an unfolded To, Cc or Reply-To body, groups opened; what is no address is left out. Linear."""
    found: list[Address] = []
    for item in _items(text):
        address = _loose(item)
        if address is not None:
            found.append(address)
            if len(found) >= most:
                break
    return tuple(found)


def _loose(item: str) -> Address | None:
    item = item.strip()[:_LONGEST]
    if "@" not in item:
        return None
    strict = strict_mailbox(item)
    if strict is not None:
        return strict
    opened = item.rfind("<")
    angle = _LOOSE.search(item, opened + 1) if opened >= 0 else None
    spec = angle or _LOOSE.search(item)
    if spec is None:
        return None
    local, _, domain = spec.group().rpartition("@")
    if domain.isascii():
        domain = domain.lower()
    else:
        domain = to_ascii(domain) or domain
    name = display_name(item[:opened]) if angle is not None else ""
    return Address(clean_line(f"{local}@{domain}"), name)


def _items(text: str) -> Iterator[str]:
    """The text cut at the commas and semicolons that stand outside quotes, comments and angle brackets."""
    if not _SPECIALS.search(text):
        yield text
        return
    start, quoted, comment, angle, escaped = 0, False, 0, False, -1
    closes, shuts = text.rfind('"'), text.rfind(")")  # what nothing closes is a character like any other
    for special in _SPECIALS.finditer(text):
        char, at = special.group(), special.start()
        if at == escaped:
            continue
        if char == "\\":
            escaped = at + 1
        elif char == '"' and not comment:
            quoted = not quoted and at < closes
        elif quoted:
            continue
        elif char == "(":
            comment += 1
        elif char == ")":
            comment = max(0, comment - 1)
        elif comment and at < shuts:
            continue
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" or (char == ":" and not angle):
            yield from () if char == ":" else (text[start:at],)
            start, angle, comment = at + 1, False, 0
    yield text[start:]
