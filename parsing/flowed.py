"""Forms of text in which lines are not lines: format=flowed (RFC 3676), text/enriched (RFC 1896), clear-signed PGP.

Each is undone in one pass over the lines; what is not of its form stays as it is.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"</?[A-Za-z0-9-]{1,60}>")
_PARAM = re.compile(r"<param>[^<]{0,1000}</param>", re.I)
_NEWLINES = re.compile("\n+")
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"


def unflow(text: str, *, delsp: bool = False) -> str:
    """Soft line breaks undone at every quotation level; signature marks and lines that steer a ticket stay lines."""
    out: list[str] = []
    open_depth = -1  # of the paragraph that goes on, -1 when none does
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare[1:] if bare.startswith(" ") else bare
        soft = bare.endswith(" ") and bare != "-- "
        piece = bare[:-1] if soft and delsp else bare
        if depth == open_depth and bare not in ("-- ", "") and not bare.startswith("#"):
            out.append(piece)
        else:
            out.append("\n" * bool(out) + ">" * depth + " " * bool(depth and piece) + piece)
        open_depth = depth if soft else -1
    return "".join(out)


def plain_of_enriched(text: str) -> str:
    """text/enriched without its commands: n line ends are n - 1, << is a <."""
    text = _NEWLINES.sub(lambda found: " " if len(found.group()) == 1 else found.group()[1:], text)
    pieces = (_TAG.sub("", _PARAM.sub("", piece)) for piece in text.split("<<"))
    return "<".join(pieces).strip() + "\n"


def without_armor(text: str) -> str:
    """The words of a text signed in the clear (RFC 4880 section 7): what stands around them, and dash escapes, gone."""
    start = text.find(_SIGNED)
    head_end = text.find("\n\n", start)
    signature = text.find(_SIGNATURE, head_end)
    end = text.find(_SIGNATURE_END, signature)
    if start < 0 or head_end < 0 or signature < 0 or end < 0:
        return text
    words = text[head_end + 2 : signature].replace("\n- ", "\n").removeprefix("- ")
    return text[:start] + words + "\n" + text[end + len(_SIGNATURE_END) :].lstrip("\n")
