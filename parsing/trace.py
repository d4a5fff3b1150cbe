"""The fields of a mail in their order: whoever adds a trace field puts it on top (RFC 5321 section 4.4).

Who may be believed is not decided here: everything in a header comes from outside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsing.fields import FIELD
from parsing.limits import Limits
from parsing.message import HeaderLine, Trace
from parsing.words import clean_line, decode_words, header_text

Field = tuple[bytes, bytes]

_FIELDS = re.compile(rb"^" + FIELD.pattern, re.M)
_KEPT = frozenset(
    b"received authentication-results arc-authentication-results received-spf "
    b"x-ms-exchange-organization-authas x-ms-exchange-crosstenant-authas".split()
)


# what is long, means nothing to a person, and is read elsewhere
_NOT_SHOWN = frozenset(
    b"bcc resent-bcc received dkim-signature domainkey-signature arc-seal arc-message-signature "
    b"x-google-dkim-signature "
    b"x-gm-message-state x-google-smtp-source x-received references thread-index x-ms-exchange-antispam-messagedata-0 "
    b"x-ms-exchange-antispam-messagedata-chunkcount x-microsoft-antispam-message-info autocrypt".split()
)


def ordered_fields(block: bytes) -> list[Field]:
    """The fields of a header block from the top, each value with its folds and a CRLF at its end."""
    block = block.replace(b"\r\n", b"\n")
    return [(m.group(1), m.group(2).replace(b"\n", b"\r\n") + b"\r\n") for m in _FIELDS.finditer(block)]


def read_trace(fields: Sequence[Field], limits: Limits) -> tuple[Trace, ...]:
    """The trace fields that evidence is made of, from the top, at most `limits.trace`."""
    kept = [(name.lower(), value) for name, value in fields if name.lower() in _KEPT][: limits.trace]
    return tuple(
        Trace(name.decode("ascii"), clean_line(header_text(value[: limits.trace_field]))) for name, value in kept
    )


def read_header(fields: Sequence[Field], charset: str, limits: Limits) -> tuple[HeaderLine, ...]:
    """Every field that a rule may ask for, from the top, at most `limits.header_lines`, each cut to a line."""
    found: list[HeaderLine] = []
    received = 0
    for name, value in fields:
        low = name.lower()
        if low == b"received":
            received += 1
        if low in _NOT_SHOWN:
            continue
        if len(found) == limits.header_lines:
            break
        found.append(HeaderLine(low.decode("ascii"), _one_line(value, charset, limits), received))
    return tuple(found)


def _one_line(value: bytes, charset: str, limits: Limits) -> str:
    text = header_text(value[: 4 * limits.header_line], charset).strip()
    if "=?" in text:
        return decode_words(text, limits.header_line)
    return clean_line(text)[: limits.header_line]
