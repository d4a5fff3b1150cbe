"""The relaxed form of a body that DKIM signs and checks, in linear time: dkimpy's is quadratic in runs of blanks."""

from __future__ import annotations

from dkim.canonicalization import compress_whitespace, correct_empty_body, strip_trailing_lines


def relaxed_body(body: bytes) -> bytes:
    """The relaxed form of a body with CRLF (RFC 6376 section 3.4.4)."""
    if b" \r\n" in body or b"\t\r\n" in body:
        *lines, last = body.split(b"\r\n")
        body = b"\r\n".join([*(line.rstrip(b"\t ") for line in lines), last])
    if b"  " in body or b"\t" in body:
        body = compress_whitespace(body)
    return bytes(correct_empty_body(strip_trailing_lines(body)))
