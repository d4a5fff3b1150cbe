"""Text from outside made harmless for a header, a body or an address: data in every sink, whoever wrote it.

What is taken out can not be seen by the person who reads the mail, or would let the text speak as a header does.
Nothing here raises but `address`, whose input either is an address or is not one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsing.message import Permanent
from parsing.tokens import REFERENCE

# C0, C1 and the two Unicode line ends: between words they were blanks
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# marks that turn the direction of text round, or hide: bidi, zero width, byte order, interlinear, tags
HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
# In a body the weak marks of Hebrew and Arabic (200E, 200F, 061C) are honest; those that reach across words are not.
OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
BODY_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")
# all that a body may not hold: most have nothing of it, and one look tells
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SURROGATES = re.compile("[\ud800-\udfff]")
MARK = "[tkt-private"
BLANKS = re.compile("[ \t]+")
LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
DOT_ATOM = re.compile(rf"{ATOM}(?:\.{ATOM})*")
QUOTED = re.compile(r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"')
PRINTABLE = re.compile(r"[\x21-\x7e]+")
DOMAIN = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
LITERAL = re.compile(r"\[[A-Za-z0-9.:]{2,60}\]")
MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]+>")

LOCAL_OCTETS, DOMAIN_OCTETS, ID_OCTETS = 64, 253, 500

# RFC 5256 section 2.1 forgets these in front of a subject; what it does not forget has to stay, or the thread is lost
PREFIX = re.compile(r"(?:re|fwd?)[ \t]*(?:\[[^\[\]]*\])?[ \t]*:[ \t]*", re.IGNORECASE)
TAG = re.compile(r"\[TKT-\d{1,12}\][ \t]*", re.IGNORECASE)
NO_NAMES = frozenset(
    "dr mr mrs ms miss prof sir herr frau pan pani m mme info support team office sales service admin contact kontakt"
    " noreply no-reply help helpdesk the".split(" ")
)
GIVEN_NAME = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
GIVEN_NAME_LENGTH = 24
# what some system can not have in a file name, or takes for a folder
SEPARATORS = str.maketrans(dict.fromkeys('/\\:<>"|?*', "_"))
EDGES = re.compile(r"^[\s.]+|[\s.]+$")
FILE_NAME = 1024


def line(text: str, *, length: int = 250) -> str:
    """One line for a header: no control, no hidden mark, nothing that begins an encoded word, single blanks."""
    if text.isascii() and text.isprintable():
        single = BLANKS.sub(" ", text[: 4 * length]) if "  " in text else text
        return inert(single).strip(" ")[:length].rstrip(" ")
    visible = SURROGATES.sub("\ufffd", HIDDEN.sub("", CONTROLS.sub(" ", text[: 4 * length])))
    return inert(BLANKS.sub(" ", visible)).strip(" ")[:length].rstrip(" ")


def inert(text: str) -> str:
    """No encoded word begins here (RFC 2047), and no line says that it is our marker."""
    return text.replace("=?", "= ?").replace(MARK, "[tkt private").replace(REFERENCE, "[tkt ref ")


def body(text: str) -> str:
    """Text for a body: line ends are LF, blanks and the reader's own script stay as they are."""
    if not ODD.search(text):
        return text
    unified = LINE_ENDS.sub("\n", text)
    return SURROGATES.sub("\ufffd", OVERRIDES.sub("", BODY_CONTROLS.sub("", unified)))


def subject(text: str) -> str:
    """A ticket's subject without our own tag and the answers' prefixes; a second time it changes nothing."""
    before, after = "", line(text)
    while before != after:
        before = after
        for opening in (PREFIX, TAG):
            found = opening.match(after)
            after = after[found.end() :] if found else after
    return after


def given_name(name: str) -> str:
    """How to greet: the first name of "Anna Nowak" or "Nowak, Anna"; nothing when it might be no person's."""
    last, comma, first = line(name).partition(",")
    word = (first if comma else last).strip(" \"'").split(" ")[0]
    if not GIVEN_NAME.fullmatch(word) or not 2 <= len(word) <= GIVEN_NAME_LENGTH or word.lower() in NO_NAMES:
        return ""
    return word.title() if word.isupper() or word.islower() else word


@lru_cache(1024)
def address(text: str) -> str:
    """An addr-spec as a header writes it (RFC 5322 section 3.4.1), its domain in ASCII; raises `Permanent`."""
    local, at, domain = text.rpartition("@")
    if not at or not 0 < len(local) <= LOCAL_OCTETS or "=?" in text:
        raise Permanent(f"{line(text)!r} is no mail address")
    return f"{_local(local, text)}@{_domain(domain, text)}"


def _local(local: str, whole: str) -> str:
    if DOT_ATOM.fullmatch(local) or QUOTED.fullmatch(local):
        return local
    # dots at odd places exist in the world (RFC 5322 allows them between quotes)
    if PRINTABLE.fullmatch(local) and not set(local) & set('"\\()<>[]:;,@'):
        return f'"{local}"'
    raise Permanent(f"{line(whole)!r} is no address that a mail without SMTPUTF8 can name")


def _domain(domain: str, whole: str) -> str:
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            raise Permanent(f"the domain of {line(whole)!r} is none") from None
    if len(domain) <= DOMAIN_OCTETS and (DOMAIN.fullmatch(domain) or LITERAL.fullmatch(domain)):
        return domain
    raise Permanent(f"the domain of {line(whole)!r} is none")


def message_id(text: str) -> str:
    """`<…>` when it may stand in a header of ours, else nothing: a Message-ID from outside is a foreign text too.

    One with `=?` in it, which somebody could take for an encoded word, is none.
    """
    stripped = text.strip()
    whole = stripped if stripped.startswith("<") else f"<{stripped}>"
    return whole if len(whole) <= ID_OCTETS and MESSAGE_ID.fullmatch(whole) and "=?" not in whole else ""


def file_name(text: str, *, length: int = 120) -> str:
    """A name to save by: no folder, no control; a long one keeps its ending."""
    flat = EDGES.sub("", line(text[-FILE_NAME:].translate(SEPARATORS), length=FILE_NAME))
    if len(flat) > length:
        stem, dot, ending = flat.rpartition(".")
        flat = (
            f"{stem[: length - 1 - len(ending)]}.{ending}"
            if dot and len(ending) <= 10
            else EDGES.sub("", flat[:length])
        )
    return flat or "attachment"
