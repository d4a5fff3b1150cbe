"""Lists of mailboxes, and the author of a mail, read as well as a forgiving reader can (RFC 5322 sections 3.4 and 4.4).

What comes out is for showing and for finding a desk, and proves nothing: comments, routes, groups, missing brackets
and quotes, blanks around the at-sign and encoded words around an address are all read. Linear, and never an exception.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from parsing.addresses import display_name, strict_mailbox, to_ascii
from parsing.limits import Limits
from parsing.message import Address
from parsing.words import clean_line, decode_words

_MOST = Limits()
# each alternative begins with a character of its own or ends at once, so that reading is linear
_TOKEN = re.compile(
    r"(?P<word>=\?[^?\s]{1,80}\?[bBqQ]\?(?:[^?\s]|\s(?!<)){0,2000}\?=)"
    r'|(?P<quoted>"(?:[^"\\]|\\.)*")'
    r"|(?P<comment>\((?:[^()\\]|\\.)*\))"
    r'|(?P<angle><(?:[^<>"\\]|\\.|"(?:[^"\\]|\\.)*")*>)'
    r"|(?P<literal>\[[0-9A-Za-z.:]{2,60}\])"
    r"|(?P<text>[^\"(<\\,;:=\[)]+)"
    r"|(?P<odd>\\.|.)",
    re.S,
)
_LISTED = re.compile(r'[",()<>:;\\]')
_DOMAIN = re.compile(r'\[[0-9A-Za-z.:]{2,60}\]|[^\s<>()\[\]",;:@]{1,255}')
_LOCAL_BACKWARDS = re.compile(r'"[^"]{1,128}"|[^\s<>()\[\]",;:@]{1,998}')
_ROUTE = re.compile(r"\A\s{0,20}@[^:<>\[]*:")
_SCHEME = re.compile(r"(?:mailto|smtp):\s{0,20}", re.I)
_AROUND = re.compile(r"[ \t]{0,20}([.@])[ \t]{0,20}")
_ONE_WORD = re.compile(r"[!-~]+")
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_HIDDEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")  # an address shall not look like another one
_ESCAPED = re.compile(r"\\(.)")
_EDGES = " \t<>[],;"


class _Token(NamedTuple):
    kind: str
    text: str


def address_list(text: str, *, most: int = _MOST.addresses) -> tuple[Address, ...]:
    """The mailboxes of an unfolded To, Cc or Reply-To body, groups opened; what is no address is left out."""
    found: list[Address] = []
    for one in _mailboxes(text):
        if "@" in one.address:
            found.append(Address(_in_ascii(one.address), one.name))
            if len(found) >= most:
                break
    return tuple(found)


def _in_ascii(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{to_ascii(domain) or domain}"


def author(text: str) -> Address | None:
    """The first mailbox of an unfolded From body, its domain in the letters that it was written in.

    The address is a lone word, or "" beside a name, when there is no more; None when there is nothing at all.
    """
    proven = strict_mailbox(text)
    if proven is not None and proven.name and text.isascii():
        return proven
    found: Address | None = None
    for one in _mailboxes(text):
        if "@" in one.address:
            found = Address(_shown(one.address), one.name)
            break
        found = found or one
    if proven is None:
        return found
    if found is None or _in_ascii(found.address) != proven.address:
        return proven
    return Address(found.address, proven.name or found.name)


def _mailboxes(text: str) -> Iterator[Address]:
    """What stands between the commas. A name cut by its own comma is put together again."""
    waiting: list[Address] = []
    for item in _items(text):
        inside = _within_words(item)
        if inside:
            yield from _mailboxes(inside)
            continue
        several = _parted_by_blanks(item)
        if several:
            yield from several
            continue
        one = _mailbox(item)
        if one is None or not (one.address or one.name):
            continue
        if "@" not in one.address:
            waiting.append(one)
            continue
        if waiting and any(token.kind == "angle" for token in item):
            names = [*(other.name or other.address for other in waiting), one.name]
            one = Address(one.address, ", ".join(filter(None, names))[: _MOST.name])
        waiting = []
        yield one
    yield from waiting[:1]


def _within_words(item: list[_Token]) -> str:
    """What an item says whose addresses were encoded with the names around them; "" when they were not."""
    if not any(token.kind == "word" for token in item) or any(
        "@" in token.text for token in item if token.kind != "word"
    ):
        return ""
    text = decode_words("".join(token.text for token in item))
    return text if "@" in text and "=?" not in text else ""


def _parted_by_blanks(item: list[_Token]) -> list[Address]:
    """The addresses of an item that is nothing but addresses with blanks between them."""
    if any(token.kind != "text" for token in item):
        return []
    words = "".join(token.text for token in item).split()
    if len(words) < 2 or not all("@" in word[1:-1] for word in words):
        return []
    return [one for one in map(_plain, words) if one is not None]


def _items(text: str) -> Iterator[list[_Token]]:
    """The tokens between separators: commas and semicolons, and the colon of a group, whose name is left out."""
    if not _LISTED.search(text) and "=?" not in text:
        yield [_Token("text", text)]
        return
    tokens = [
        _Token(found.lastgroup or "odd", found.group()) for found in islice(_TOKEN.finditer(text), _MOST.address_tokens)
    ]
    shuts = sum(token.text == ")" for token in tokens)
    ends = sum(token.text == ";" for token in tokens)
    bracketed = any(token.kind == "angle" for token in tokens)
    item: list[_Token] = []
    depth, bracket = 0, 0
    for token in tokens:
        shuts -= token.text == ")"
        ends -= token.text == ";"
        if token.text == "(" and shuts > depth:
            depth += 1
        elif token.text == ")" and depth:
            depth -= 1
        elif depth:
            continue
        elif token.text in (",", ";"):
            yield item
            item, bracket = [], 0
        elif token.text == ":" and (ends or not bracketed) and not _is_scheme(item):
            item, bracket = [], 0
        else:
            if token.kind == "angle" and "@" in token.text:
                if bracket:  # the comma between two mailboxes is missing
                    yield item[:bracket]
                    item = item[bracket:]
                bracket = len(item) + 1
            item.append(token)
    yield item


def _is_scheme(item: list[_Token]) -> bool:
    return bool(item) and item[-1].text.lower().endswith(("mailto", "smtp"))


def _mailbox(item: list[_Token]) -> Address | None:
    """The mailbox of one item: the address alone, a name alone (its address is ""), or None."""
    angles = [at for at, token in enumerate(item) if token.kind == "angle"]
    if not angles:
        return _unbracketed(item)
    at = next((at for at in reversed(angles) if "@" in item[at].text), angles[-1])
    inner = item[at].text[1:-1]
    phrase, behind = _phrase(item[:at]), _phrase(item[at + 1 :])
    if "=?" in inner:
        inner = decode_words(inner)
    if "@" not in inner and "@" in phrase:  # ann@example.org <Ann Example>
        found = _plain(phrase)
        return Address(found.address, display_name(inner)) if found is not None else None
    if phrase and any(token.kind == "comment" for token in item[at + 1 :]):
        phrase = f"{phrase} {behind}" if behind.startswith("(") else f"{phrase} ({behind})"
    return Address(_spec(inner), display_name(phrase or behind))


def _phrase(tokens: list[_Token]) -> str:
    """The words of a phrase; a comment that stands alone is the name."""
    said = [token for token in tokens if token.text.strip()]
    if len(said) == 1 and said[0].kind == "comment":
        return _unescaped(said[0].text[1:-1])
    text = "".join(_unescaped(token.text) if token.kind == "comment" else token.text for token in tokens)
    return text.strip().strip("<>").strip()


def _unbracketed(item: list[_Token]) -> Address | None:
    bare = "".join(token.text for token in item if token.kind != "comment").strip()
    said = [token for token in item if token.text.strip()]
    comment = next((token.text[1:-1] for token in (*said[-1:], *said[:1]) if token.kind == "comment"), "")
    found = _plain(bare)
    if found is None:
        return Address("", display_name(comment)) if comment.strip() else None
    return Address(found.address, found.name or display_name(_unescaped(comment)))


def _plain(text: str) -> Address | None:
    """A text without brackets: one address with a name around it, or a name, or one word that is a local part."""
    text = text.strip()[: _MOST.mailbox]
    if not text:
        return None
    packed = _AROUND.sub(r"\1", _SCHEME.sub("", text, count=1))
    if _found(packed) == (0, len(packed)):
        return Address(_spec(packed))
    where = _found(text)
    if where is not None:
        before, behind = _SCHEME.sub("", text[: where[0]]).strip(_EDGES), text[where[1] :].strip(_EDGES)
        return Address(_spec(text[where[0] : where[1]]), display_name(before or ("" if "@" in behind else behind)))
    if _ONE_WORD.fullmatch(text) and not text.startswith(('"', "<")) and "=?" not in text:
        return Address(text)
    return Address("", display_name(text.strip("<>")))


def _found(text: str) -> tuple[int, int] | None:
    """Where the first address in a text begins and ends."""
    at = -1
    for _ in range(_MOST.at_signs):
        at = text.find("@", at + 1)
        if at < 0:
            break
        domain = _DOMAIN.match(text, at + 1)
        local = _LOCAL_BACKWARDS.match(text[max(0, at - 998) : at][::-1])
        if domain is not None and local is not None:
            return at - local.end(), domain.end()
    return None


def _spec(text: str) -> str:
    """An address as it was meant: comments, route, blanks, quotes around it and a scheme before it gone."""
    text = text[: _MOST.mailbox]
    for _ in range(_MOST.nested_comments if "(" in text else 0):
        text = _COMMENT.sub("", text)
    text = _SCHEME.sub("", _ROUTE.sub("", text, count=1), count=1)
    text = clean_line(_HIDDEN.sub("\ufffd", _AROUND.sub(r"\1", text.strip(" \t'<>"))))
    if text.startswith('"') and text.endswith('"'):
        text = text.strip('"')
    where = _found(text) if " " in text and '"' not in text else None
    local, at, domain = (text if where is None else text[where[0] : where[1]]).rpartition("@")
    if not at:
        return text
    domain = domain.rstrip(".") or domain
    return f"{local}@{domain.lower()}"


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


# letters of other alphabets that look like Latin ones: a label of nothing else is no name but a mask
_MASKS = frozenset("аеорсухѕіјԛԝһӏαορνυικχ")
_EASTERN = frozenset("CJK HIRAGANA KATAKANA KATAKANA-HIRAGANA HANGUL BOPOMOFO".split())


def _shown(address: str) -> str:
    """The address with a domain that can be shown as it is written; in A-labels when its letters may deceive."""
    domain = address.rpartition("@")[2]
    return _in_ascii(address) if any(map(_deceives, domain.split("."))) else address


def _deceives(label: str) -> bool:
    """True for letters of two alphabets in one label, and for one written in letters that look Latin."""
    if label.isascii():
        return False
    letters = [char for char in label if char.isalpha()]
    scripts = {unicodedata.name(char, "?").split(" ")[0] for char in letters}
    mixed = len(scripts - _EASTERN) > 1 or bool(scripts & _EASTERN and scripts - _EASTERN - {"LATIN"})
    return mixed or (bool(letters) and all(char in _MASKS for char in letters))
