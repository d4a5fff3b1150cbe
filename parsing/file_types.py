"""What a file is by its first bytes, and whether that is what its sender calls it.

A table of our own: the kinds that people send to a support desk and those that harm. It needs no library on the
machine, costs a few microseconds, and knows the texts (HTML, SVG, calendars) which the usual tables leave out. Only
the first 4 KiB are looked at, nothing is unpacked.
"""

from __future__ import annotations

import re

HEAD = 4096

# (offset, the bytes there, type)
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"\0\0\1\0", "image/vnd.microsoft.icon"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"%!PS", "application/postscript"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (0x8001, b"CD001", "application/x-iso9660-image"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (0, b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
)
_IN_ZIP = (
    (b"mimetypeapplication/epub+zip", "application/epub+zip"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
_XML_HEAD = rb"(?:<\?xml[^>]{0,200}>\s{0,80})?(?:<!--[^>]{0,400}-->\s{0,80})?"
_TEXTS = (
    (re.compile(rb"<!doctype\s{1,20}html|<html[\s>]|<head[\s>]|<body[\s>]|<script[\s>]", re.I), "text/html"),
    (re.compile(_XML_HEAD + rb"(?:<!doctype\s{1,20}svg|<svg[\s>])", re.I), "image/svg+xml"),
    (re.compile(rb"BEGIN:VCALENDAR", re.I), "text/calendar"),
    (re.compile(rb"BEGIN:VCARD", re.I), "text/vcard"),
    (re.compile(rb"#![ /]"), "text/x-shellscript"),
    (re.compile(rb"-----BEGIN PGP SIGNATURE"), "application/pgp-signature"),
)

# what is nobody's claim, only "some bytes"
_VAGUE = frozenset(
    "application/octet-stream application/binary application/unknown application/x-unknown application/download "
    "application/force-download application/x-download application/save application/attachment binary/octet-stream "
    "application/x-msdownload application/x-octet-stream".split()
)
PROGRAMS = frozenset(
    "application/vnd.microsoft.portable-executable application/x-executable application/x-mach-binary "
    "application/x-ms-shortcut text/x-shellscript application/java-archive "
    "application/vnd.android.package-archive".split()
)
ACTIVE = frozenset("text/html image/svg+xml application/xhtml+xml text/xml application/xml text/javascript".split())
_FAMILIES = (
    (PROGRAMS, "a program"),
    (ACTIVE, "a web page"),
    (
        frozenset("application/zip application/gzip application/vnd.rar application/x-7z-compressed".split()),
        "an archive",
    ),
)


def type_by_content(data: bytes) -> str:
    """The type that the first bytes prove, "" when they prove none (as plain text does not)."""
    head = data[:HEAD]
    if head[:2] == b"MZ" and len(head) > 63:
        return "application/vnd.microsoft.portable-executable"
    for offset, magic, type_ in _SIGNATURES:
        if data[offset : offset + len(magic)] == magic:
            return _refined(type_, head)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024]
    return next((type_ for pattern, type_ in _TEXTS if pattern.match(start)), "")


def _refined(type_: str, head: bytes) -> str:
    if type_ == "application/zip":
        return next((inner for mark, inner in _IN_ZIP if mark in head), type_)
    if type_ in ("image/webp", "audio/wav", "video/x-msvideo") and head[:4] != b"RIFF":
        return ""
    return type_


def true_type(declared: str, data: bytes) -> str:
    """`declared`, unless the bytes prove that it is something else or the sender has not said what it is."""
    found = type_by_content(data)
    if not found or found == declared or declared.startswith(("message/", "multipart/")):
        return declared
    return found if declared in _VAGUE or not _may_be(declared, found) else declared


def _may_be(declared: str, found: str) -> bool:
    """True when a file of type `declared` begins like one of type `found`: all of these are kept in a container."""
    kind, _, subtype = declared.partition("/")
    if found == "application/zip":
        return kind == "application" and not subtype.startswith(("pdf", "rtf", "gzip", "postscript"))
    if found == "application/x-ole-storage":
        return kind == "application" and not subtype.startswith(("pdf", "rtf", "zip", "gzip"))
    if found in PROGRAMS:
        return declared in PROGRAMS or subtype.startswith(("x-dos", "x-sh", "x-python", "x-perl", "x-msdos"))
    if found in ACTIVE:  # Excel and Word save web pages under names of their own
        return declared in ACTIVE or "html" in subtype or "xml" in subtype or subtype in ("vnd.ms-excel", "msword")
    same = kind == found.partition("/")[0] and kind in ("audio", "video", "text")
    return same or _without_prefix(subtype) in found


def _without_prefix(subtype: str) -> str:
    return {"jpg": "jpeg", "pjpeg": "jpeg", "x-icon": "icon"}.get(subtype, subtype.removeprefix("x-"))


def lie(declared: str, found: str) -> str:
    """What a person should know of a file called `declared` that is `found`; "" for a harmless slip (a JPEG as PNG)."""
    if found == declared or declared in _VAGUE:
        return ""
    named = next((words for family, words in _FAMILIES if found in family and declared not in family), "")
    kind = declared.partition("/")[0]
    if not named and (kind == "application" or found.startswith(kind + "/")):
        return ""
    return f"says {declared}, is {named or found}"
