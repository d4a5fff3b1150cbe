"""The fields of a mail in their order: whoever adds a trace field puts it on top (RFC 5321 section 4.4).

Who may be believed is not decided here: everything in a header comes from outside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsing.fields import FIELD
from parsing.limits import Limits
from parsing.message import Trace
from parsing.words import clean_line, header_text

Field = tuple[bytes, bytes]

_FIELDS = re.compile(rb"^" + FIELD.pattern, re.M)
_KEPT = frozenset(
    b"received authentication-results arc-authentication-results received-spf "
    b"x-ms-exchange-organization-authas x-ms-exchange-crosstenant-authas".split()
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
