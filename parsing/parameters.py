"""The parameters of a MIME field, as clients write them and not only as RFC 2045 section 5.1 wants them.

Taken: blanks without quotation marks, marks that are missing or stand inside a name, a Windows path in quotation marks,
a missing or a doubled semicolon, comments; RFC 2231 with its pieces in any order and its charset missing, RFC 2047
words inside, and both at once. One pass over at most `limits.field` characters, so that a flood of semicolons costs
what its length costs; where a parameter stands twice the first one counts.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from parsing.charsets import decode_bytes
from parsing.limits import Limits
from parsing.words import clean_line, decode_words

# what a value runs up to: inside quotation marks the mark that ends it, outside them the next semicolon or parameter
_KNOWN = r"(?:file)?name|charset|boundary|size|type|format|delsp|method|x-[a-z-]{1,30}|creation-date|modification-date"
_NEXT = rf"[ \t\r\n]{{1,8}}(?:{_KNOWN})[*\d]{{0,6}}="
_END_OF_QUOTED = re.compile(rf"\"(?=[ \t\r\n]{{0,80}}(?:;|\(|$)|{_NEXT})", re.I)
_END_OF_BARE = re.compile(rf";|{_NEXT}", re.I)
_END_OF_UNCLOSED = re.compile(rf";(?=[ \t\r\n]{{0,80}}[\w-]{{1,40}}[*\d]{{0,6}}=)|{_NEXT}", re.I)
_WORD_AT = re.compile(r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]{0,1000}\?=")
_ATTRIBUTE = re.compile(r"([^=;\"]{0,100})(=|;|\"|$)")
_BLANK = " \t\r\n"
_PAIR = re.compile(r'\\(["\\])')
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?$")
_EXTENSION = re.compile(r"\.\w{1,8}$")


def parameters(field: str, limits: Limits = Limits()) -> dict[str, str]:  # noqa: B008 - frozen
    """Every parameter of a field body, decoded, by its name in lower case."""
    return {name: _joined(pieces) for name, pieces in _pieces(field[: limits.field], limits).items()}


def boundary(field: str, limits: Limits = Limits()) -> str:  # noqa: B008 - frozen
    """The boundary of a multipart exactly as it is written, "" when there is none or none that anybody would choose."""
    pieces = _pieces(field[: limits.field], limits).get("boundary", {})
    text = next((pieces[number][0] for number in (-1, -2, 0) if number in pieces), "").rstrip(_BLANK)
    return text if len(text) <= limits.boundary else ""


def _pieces(field: str, limits: Limits) -> dict[str, dict[int, tuple[str, bool]]]:
    """Name → number of the piece → (its characters, whether they are percent-encoded). Number -1 is a whole value."""
    found: dict[str, dict[int, tuple[str, bool]]] = {}
    last = ""
    for count, (attribute, text) in enumerate(_pairs(field)):
        if count >= 4 * limits.pieces:
            break
        if not attribute:
            _append(found, last, text)
            continue
        match = _PIECE.match(attribute)
        if match is None:
            continue
        last, number, star = match.group(1), match.group(2), bool(match.group(3))
        pieces = found.setdefault(last, {})
        key = int(number) if number is not None else -2 if star else -1
        if len(pieces) < limits.pieces:
            pieces.setdefault(key, (text, star))
    return found


def _append(found: dict[str, dict[int, tuple[str, bool]]], last: str, text: str) -> None:
    """A semicolon inside a name that nobody quoted: `filename=one; two.pdf`."""
    whole = found.get(last, {}).get(-1)
    if whole and last in ("name", "filename") and _EXTENSION.search(text) and not _EXTENSION.search(whole[0]):
        found[last][-1] = (f"{whole[0]};{text}", False)


def _pairs(field: str) -> list[tuple[str, str]]:
    """(attribute, value) in their order; the attribute is "" for what stands between semicolons without one."""
    pairs: list[tuple[str, str]] = []
    at = _start(field)
    while at < len(field):
        while at < len(field) and field[at] in _BLANK + ";":
            at += 1
        match = _ATTRIBUTE.match(field, at)
        if match is None or match.group(2) != "=":
            end = _find(_END_OF_BARE, field, at)
            pairs.append(("", field[at:end].rstrip(_BLANK)))
            at = end + 1
            continue
        name = _without_comment(match.group(1)).strip(_BLANK).lower()
        text, at = _value(field, match.end())
        pairs.append((name, text))
    return pairs


def _start(field: str) -> int:
    """Where the parameters begin. `text/plain charset=x` has lost its semicolon, `name=x` its type."""
    at = _find(_END_OF_BARE, field, 0)
    equals = field.find("=", 0, at)
    return 0 if equals > 0 and field[:equals].strip().lower() in ("name", "filename") else at


def _find(pattern: re.Pattern[str], field: str, at: int) -> int:
    match = pattern.search(field, at)
    return match.start() if match else len(field)


def _without_comment(text: str) -> str:
    return text.rpartition(")")[2] if text.lstrip().startswith("(") else text


def _value(field: str, at: int) -> tuple[str, int]:
    """One value and where it ends."""
    while at < len(field) and field[at] in _BLANK:
        at += 1
    if field[at : at + 1] == '"':
        return _quoted(field, at + 1)
    word = _WORD_AT.match(field, at)
    end = _find(_END_OF_BARE, field, word.end() if word else at)
    return field[at:end].strip(_BLANK).rstrip('"'), end


def _quoted(field: str, at: int) -> tuple[str, int]:
    """A value in quotation marks: up to the mark that something else follows, for some clients leave marks as they are.

    Only a mark and a backslash can be quoted by a backslash: what stands there else is the path of a Windows file.
    """
    end = at
    while (match := _END_OF_QUOTED.search(field, end)) is not None:
        end = match.start()
        if not _escaped(field, at, end):
            return _PAIR.sub(r"\1", field[at:end]), end + 1
        end += 1
    end = _find(_END_OF_UNCLOSED, field, at)
    return _PAIR.sub(r"\1", field[at:end]).strip(_BLANK).rstrip('"'), end


def _escaped(field: str, start: int, at: int) -> bool:
    """True when an odd number of backslashes stands before `at` (64 are looked at: nobody writes more)."""
    before = field[max(start, at - 64) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231 first, as it says more; then the plain value."""
    if -2 in pieces:
        text = _decoded([pieces[-2]])
    elif numbered := sorted(number for number in pieces if number >= 0):
        text = _decoded([pieces[number] for number in numbered])
    else:
        text = pieces[-1][0]
    return decode_words(text, 4096) if "=?" in text else clean_line(text)


def _decoded(pieces: list[tuple[str, bool]]) -> str:
    """The pieces joined as bytes, for a character may be cut in two, and decoded once (RFC 2231 section 4)."""
    if not any(star for _, star in pieces):
        return "".join(text for text, _ in pieces)
    first, star = pieces[0]
    label = ""
    if star and first.count("'") >= 2:
        label, _, first = first.split("'", 2)
    data, octets = b"", ""
    for text, coded in ((first, star), *pieces[1:], ("", False)):
        if coded:  # some cut even between the two digits of an octet
            octets += text
        else:
            data += unquote_to_bytes(octets) + text.encode("utf-8", "surrogateescape")
            octets = ""
    return decode_bytes(data, label.strip(" \"'"))[0]
