"""The relaxed form of a body that DKIM signs and checks, in linear time: dkimpy's is quadratic in runs of blanks."""

from __future__ import annotations

from dkim.canonicalization import compress_whitespace, correct_empty_body, strip_trailing_lines


def relaxed_body(body: bytes) -> bytes:
    """The relaxed form of a body with CRLF (RFC 6376 section 3.4.4)."""
    *lines, last = body.split(b"\r\n")
    stripped = b"\r\n".join([*(line.rstrip(b"\t ") for line in lines), last])
    if b"  " in stripped or b"\t" in stripped:
        stripped = compress_whitespace(stripped)
    return bytes(correct_empty_body(strip_trailing_lines(stripped)))
