"""MIME as we write it: text with its HTML twin, and the parts that travel along (RFC 2045, 2046, 2183, 2231).

Everything is 7-bit, lines end with CRLF and none is longer than 78 octets. A boundary holds `=_`, which neither
quoted-printable nor base64 can produce, so no text can end its own part (RFC 2045 section 6.7).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from urllib.parse import quote

from rules.mail import Part
from templates import clean

LINE = 78
SOLID = 57  # octets that become one line of 76 in base64
CHUNK = SOLID * 1024
TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$&+,.=@^_{}~()-]{1,60}")
SECTION = 60  # characters of an encoded name in one parameter section
NOT_FOR_7BIT = re.compile(r"=_|[ \t]$|^From |^\.$", re.MULTILINE)


def base64_lines(data: bytes) -> bytes:
    """base64 in lines of 76 with CRLF between them."""
    chunks = (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
    return b"\r\n".join(
        binascii.b2a_base64(chunk[at : at + SOLID], newline=False)
        for chunk in chunks
        for at in range(0, len(chunk), SOLID)
    )


def encoding_of(text: str, octets: bytes) -> str:
    """The plainest encoding that carries `text` unharmed."""
    if text.isascii():
        harmless = max(map(len, text.split("\n"))) <= LINE and not NOT_FOR_7BIT.search(text)
        return "7bit" if harmless else "quoted-printable"
    return "base64" if len(octets) - len(text) > len(text) // 4 else "quoted-printable"


def text_part(text: str, subtype: str) -> bytes:
    """One text as a body part: its fields, an empty line, its octets. `text` has LF line ends."""
    octets = text.encode()
    encoding = encoding_of(text, octets)
    match encoding:
        case "7bit":
            written = octets.replace(b"\n", b"\r\n")
        case "quoted-printable":
            written = binascii.b2a_qp(octets, istext=True).replace(b"\n", b"\r\n")
        case _:
            written = base64_lines(octets.replace(b"\n", b"\r\n"))
    charset = "us-ascii" if text.isascii() else "utf-8"
    fields = f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return fields.encode("ascii") + written


def multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Body parts put together under one Content-Type."""
    mark = b"--" + boundary.encode("ascii")
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def attachment(part: Part) -> bytes:
    """The bytes of a part as an attachment. What may not be base64 (message/*, multipart/*) goes as plain octets."""
    kind = part.type.split(";")[0].strip().lower()
    if not TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    name = ";\r\n ".join(["attachment", *name_parameters(clean.file_name(part.filename))])
    fields = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: {name}\r\n\r\n"
    return fields.encode("ascii") + base64_lines(part.data)


def name_parameters(name: str) -> list[str]:
    """A file's name as parameters: quoted when plain, else in UTF-8 by RFC 2231, in sections when long (section 3)."""
    if PLAIN_NAME.fullmatch(name):
        return [f'filename="{name}"']
    sections, current = [], "utf-8''"
    for character in name:
        octets = quote(character, safe="")
        if len(current) + len(octets) > SECTION:
            sections.append(current)
            current = ""
        current += octets
    sections.append(current)
    if len(sections) == 1:
        return [f"filename*={sections[0]}"]
    return [f"filename*{number}*={section}" for number, section in enumerate(sections)]
