"""One name for a file: the same for policy, display and storage, and safe in each of them.

Promises: a base name of at most 255 bytes without path, control, bidi or invisible characters, never a device of
Windows, never hidden, never an option; the same part has the same name each time.
"""

from __future__ import annotations

import re
import unicodedata

from parsing.file_types import ACTIVE

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)[ ]{0,8}(?:\.|$)", re.I)
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # to Windows, and to a page that forgets to escape
_EXTENSIONS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/vcard": "vcf",
    "message/rfc822": "eml",
    "message/global": "eml",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
    "image/svg+xml": "svg",
    "image/vnd.microsoft.icon": "ico",
    "audio/mpeg": "mp3",
    "video/quicktime": "mov",
    "application/gzip": "gz",
    "application/ms-tnef": "dat",
    "application/pgp-signature": "asc",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/octet-stream": "bin",
}

# what a browser or a desktop runs when it is opened, told by its name
_RUNS = frozenset("html htm xhtml xht shtml mht mhtml svg svgz xml xsl hta js mjs jse vbs vbe wsf url desktop".split())


def safe_name(name: str, *, index: int, type_: str, limit: int = 255) -> str:
    """The name in `name`, or `part-INDEX.EXTENSION` when nothing of it is left."""
    name = name if len(name) <= 8192 else name[:4096] + name[-4096:]
    name = _UNSAFE.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rstrip("/ ")
    name = name.rpartition("/")[2].strip().rstrip(". ").lstrip(". ")
    if not name:
        return f"part-{index}.{extension(type_)}"
    if name.startswith("-") or _DEVICE.match(name):
        name = "_" + name
    return _cut(_FORBIDDEN.sub("_", name), limit)


def extension(type_: str) -> str:
    """What a file of this type is called behind the dot."""
    return _EXTENSIONS.get(type_) or re.sub("[^a-z0-9]", "", type_.partition("/")[2])[:8] or "bin"


def inert_name(name: str, type_: str) -> str:
    """The name under which a file may lie in a folder that somebody opens or serves: nothing runs by its name alone."""
    last = name.rpartition(".")[2].lower()
    return _cut(name, 251) + ".txt" if last in _RUNS or (type_ in ACTIVE and last != "txt") else name


def _cut(name: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, the extension kept."""
    if len(name.encode()) <= limit:
        return name
    stem, dot, last = name.rpartition(".")
    keep = dot + last if stem and len(last.encode()) <= min(16, limit // 2) else ""
    room = limit - len(keep.encode())
    return (stem if keep else name).encode()[:room].decode("utf-8", "ignore").rstrip(". ") + keep
