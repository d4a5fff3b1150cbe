"""Hostile mails of our own, one function each, named by the ids of the hostile list; with what must become of each.

A case is the bytes, the words that must stand in the text, what must stand nowhere, the files that must be listed, and
whatever else its line in the list asks for. The cases lie in hostile_structure.py (D), hostile_files.py (E) and
hostile_bytes.py (F); `cases` finds them all.
"""

from __future__ import annotations

import base64
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from parsing.message import Message

MODULES = ("hostile_structure", "hostile_files", "hostile_bytes")
FROM = "From: Ann <ann@example.org>\nTo: desk@desk.example\nSubject: help\nMessage-ID: <a@example.org>\n"


def holds(message: Message) -> bool:
    """Nothing more is asked."""
    return isinstance(message, Message)


@dataclass(frozen=True, slots=True)
class Case:
    """`words` stand in the text, `never` in no text; `files` are the names listed (None: not asked)."""

    raw: bytes
    words: str = "the words"
    never: str = ""
    files: tuple[str, ...] | None = ()
    defect: str = ""
    check: Callable[[Message], bool] = holds


def cases() -> dict[str, Callable[[], Case]]:
    """Name → maker of every case, in the order of the list."""
    modules = [importlib.import_module(f"tests.parsing.{name}") for name in MODULES]
    return {name: maker for module in modules for name, maker in vars(module).items() if re.match(r"[def]\d\d", name)}


def mail(fields: str, body: str | bytes = "the words\n") -> bytes:
    """A mail with these fields (each with its line end) below those that every mail has."""
    return f"{FROM}{fields}\n".encode() + (body.encode() if isinstance(body, str) else body)


def container(*parts: str, kind: str = "mixed", boundary: str = "b", fields: str = "") -> bytes:
    """A multipart of these parts, each with its own fields."""
    body = "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"
    return mail(f"{fields}MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary={boundary}\n", body)


def part(fields: str, body: str = "x") -> str:
    return f"{fields}\n\n{body}"


TEXT = part("Content-Type: text/plain", "the words")


def attached(name: str, data: bytes = b"x", type_: str = "application/octet-stream") -> str:
    """A part that is a file."""
    fields = f'Content-Type: {type_}\nContent-Disposition: attachment; filename="{name}"\n'
    return part(f"{fields}Content-Transfer-Encoding: base64", base64.encodebytes(data).decode())


def with_file(name: str, data: bytes = b"x", type_: str = "application/octet-stream") -> bytes:
    """A mail with words and one file."""
    return container(TEXT, attached(name, data, type_))
