"""What a file is by its bytes, and what is said when its sender lies."""

from __future__ import annotations

import pytest

from parsing.file_types import lie, true_type, type_by_content
from parsing.reader import read

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PROGRAM = b"MZ\x90\0" + b"\0" * 200
DOCX = b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml" + b"\0" * 40 + b"word/document.xml"
PAGE = b"\xef\xbb\xbf \r\n<!DOCTYPE html><p>x</p>"

TYPES = {
    "application/pdf": b"%PDF-1.7\n",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/webp": b"RIFF\0\0\0\0WEBPVP8 ",
    "video/mp4": b"\0\0\0\x18ftypisom",
    "image/heic": b"\0\0\0\x18ftypheic",
    "text/html": PAGE,
    "image/svg+xml": b'<?xml version="1.0"?>\n<svg xmlns="x"></svg>',
    "text/calendar": b"BEGIN:VCALENDAR\r\n",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DOCX,
    "application/zip": b"PK\x03\x04" + b"\0" * 26 + b"log.txt",
    "application/vnd.microsoft.portable-executable": PROGRAM,
    "application/x-executable": b"\x7fELF\2\1",
    "text/x-shellscript": b"#!/bin/sh\nrm -rf /",
    "": b"plain words, MZ and %PDF- somewhere",
}


@pytest.mark.parametrize("type_", TYPES)
def test_the_bytes_tell_the_type(type_: str) -> None:
    """Pictures, documents, archives, pages and programs are known by their first bytes, plain text by none."""
    assert type_by_content(TYPES[type_]) == type_
    assert type_by_content(b"") == type_by_content(b"MZ") == ""


@pytest.mark.parametrize(
    ("declared", "data", "told", "wrong"),
    [
        ("application/octet-stream", PNG, "image/png", ""),
        ("image/jpeg", PNG, "image/png", ""),
        ("image/x-png", PNG, "image/x-png", ""),
        ("application/msword", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""),
        ("application/vnd.ms-excel", PAGE, "application/vnd.ms-excel", ""),
        ("message/rfc822", PAGE, "message/rfc822", ""),
        ("text/csv", b"a,b\n", "text/csv", ""),
        ("image/png", PROGRAM, "application/vnd.microsoft.portable-executable", "says image/png, is a program"),
        ("application/pdf", PAGE, "text/html", "says application/pdf, is a web page"),
        ("text/plain", PAGE, "text/html", "says text/plain, is a web page"),
        ("image/gif", b"PK\x03\x04" + b"\0" * 40, "application/zip", "says image/gif, is an archive"),
        ("image/png", b"%PDF-1.4", "application/pdf", "says image/png, is application/pdf"),
    ],
)
def test_who_lies_is_told(declared: str, data: bytes, told: str, wrong: str) -> None:
    """E23: the true type is told; what might harm is a defect, a slip between two kinds of picture is none."""
    assert true_type(declared, data) == told
    assert lie(declared, told) == wrong


def test_both_types_are_kept() -> None:
    """The true type and what the sender called it stand side by side, and the lie is a defect of the message."""
    raw = b"Content-Type: image/png\nContent-Disposition: attachment; filename=x.png\n\n" + PROGRAM
    message = read(raw)
    found = message.attachments[0]

    assert (found.type, found.declared) == ("application/vnd.microsoft.portable-executable", "image/png")
    assert "says image/png, is a program" in [defect.what for defect in message.defects]
    assert read(raw.replace(PROGRAM, PNG)).attachments[0].declared == ""
