"""Generates well-formed mails for the property tests, with what must be read from each.

Containers in containers, text in its charsets and transfer encodings, HTML twins, files with names in every spelling,
attached mails; with LF or CRLF. Every text part has words of its own, so that a lost one is seen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

CHARSETS = {
    "us-ascii": "printer paper empty",
    "utf-8": "żółć Привет 語 😀 naïve",
    "iso-8859-1": "naïve café größer",
    "windows-1252": "naïve “quoted” €",
    "iso-8859-2": "żółć gęślą jaźń",
    "koi8-r": "Привет принтер",
    "windows-1251": "Привет принтер",
    "iso-2022-jp": "請求書 プリンター",
    "gb18030": "打印机 没有 纸",
    "euc-kr": "프린터 종이",
}
NAMES = st.one_of(
    st.sampled_from(
        ["a.txt", "Plan für März.pdf", "請求書.xlsx", "one; two.pdf", "quarterly report.docx", "x" * 200 + ".y"]
    ),
    st.text("abcżółć語😀 ._-()&'", min_size=1, max_size=40).map(lambda text: "f" + text.strip(" .") + ".x"),
)


@dataclass(frozen=True)
class Part:
    """The bytes of a part with LF line ends, the words in it, and the files in it with their names."""

    raw: bytes
    words: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


def encoded(data: bytes, how: str) -> bytes:
    if how == "base64":
        return base64.encodebytes(data)
    return binascii.b2a_qp(data, istext=False) if how == "quoted-printable" else data


@st.composite
def texts(draw: Callable[..., Any], words: str = "", kind: str = "") -> Part:
    charset = draw(st.sampled_from(sorted(CHARSETS))) if not words else "utf-8"
    words = words or f"{CHARSETS[charset]} {draw(st.integers(0, 10**9))}"
    kind = kind or draw(st.sampled_from(["plain", "html"]))
    how = draw(st.sampled_from(["8bit", "base64", "quoted-printable"]))
    text = f"<p>{words}</p>\n" if kind == "html" else f"{words}\n" * draw(st.integers(1, 3))
    head = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {how}\n\n".encode()
    return Part(head + encoded(text.encode(charset), how), (words,))


def named(name: str, spelling: str) -> str:
    if spelling == "quoted":
        return f'filename="{name}"'
    if spelling == "words":
        return f'filename="=?utf-8?b?{base64.b64encode(name.encode()).decode()}?="'
    octets = quote(name, safe="")
    if spelling == "extended":
        return f"filename*=utf-8''{octets}"
    half = len(octets) // 2
    return f"filename*1*={octets[half:]}; filename*0*=utf-8''{octets[:half]}"


@st.composite
def files(draw: Callable[..., Any]) -> Part:
    name, spelling = draw(NAMES), draw(st.sampled_from(["quoted", "words", "extended", "pieces"]))
    data = draw(st.binary(max_size=200))
    how = draw(st.sampled_from(["base64", "quoted-printable"]))
    fields = f"Content-Type: application/x-test\nContent-Transfer-Encoding: {how}\n"
    head = f"{fields}Content-Disposition: attachment; {named(name, spelling)}\n\n".encode()
    return Part(head + encoded(data, how), (), ((name, data),))


@st.composite
def attached_mails(draw: Callable[..., Any]) -> Part:
    inner = f"Subject: inner\n\nsecret {draw(st.integers(0, 10**9))}\n".encode()
    head = b"Content-Type: message/rfc822\nContent-Disposition: attachment; filename=inner.eml\n\n"
    return Part(head + inner, (), (("inner.eml", inner),))


@st.composite
def twins(draw: Callable[..., Any]) -> Part:
    """One text as plain and as HTML: read once."""
    words = f"żółć {draw(st.integers(0, 10**9))}"
    plain, html = draw(texts(words, "plain")), draw(texts(words, "html"))
    return joined("alternative", (plain, html))


def joined(kind: str, parts: tuple[Part, ...]) -> Part:
    mark = "=_" + hashlib.sha256(b"".join(part.raw for part in parts)).hexdigest()[:30]
    head = f'Content-Type: multipart/{kind}; boundary="{mark}"\n\npreamble\n'.encode()
    body = b"".join(b"--" + mark.encode() + b"\n" + part.raw + b"\n" for part in parts)
    words = tuple(dict.fromkeys(word for part in parts for word in part.words))
    return Part(head + body + f"--{mark}--\n".encode(), words, tuple(file for part in parts for file in part.files))


def containers(children: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    kinds = st.sampled_from(["mixed", "related", "parallel", "x-unknown"])
    several = st.lists(children, min_size=1, max_size=4).map(tuple)
    return st.builds(joined, kinds, several)


TREES = st.recursive(st.one_of(texts(), files(), twins(), attached_mails()), containers, max_leaves=8)
