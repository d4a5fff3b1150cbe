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
    "utf-7": "żółć Привет 語",
    "utf-16": "żółć Привет 語 😀 naïve",
    "utf-16le": "żółć Привет 語 😀 naïve",
    "utf-32": "żółć Привет 語 😀 naïve",
    "iso-8859-1": "naïve café größer",
    "iso-8859-2": "żółć gęślą jaźń",
    "iso-8859-3": "ĝis ĉiuj ĵaŭdo",
    "iso-8859-4": "ačiū sąskaita lūdzu",
    "iso-8859-5": "Привет принтер",
    "iso-8859-6": "مرحبا فاتورة",
    "iso-8859-7": "Καλημέρα τιμολόγιο",
    "iso-8859-8": "שלום חשבונית",
    "iso-8859-9": "teşekkürler yazıcı",
    "iso-8859-10": "þakka ačiū",
    "iso-8859-11": "สวัสดีครับ ขอบคุณ",
    "iso-8859-13": "ačiū sąskaita",
    "iso-8859-14": "naïve ŵyth",
    "iso-8859-15": "naïve 5€ cœur",
    "iso-8859-16": "mulțumesc această",
    "windows-874": "สวัสดีครับ ขอบคุณ",
    "tis-620": "สวัสดีครับ ขอบคุณ",
    "windows-1250": "żółć Příliš köszönöm",
    "windows-1251": "Привет принтер",
    "windows-1252": "naïve “quoted” €",
    "windows-1253": "Καλημέρα τιμολόγιο",
    "windows-1254": "teşekkürler yazıcı",
    "windows-1255": "שלום חשבונית",
    "windows-1256": "مرحبا فاتورة",
    "windows-1257": "ačiū sąskaita",
    "windows-1258": "naïve café",
    "koi8-r": "Привет принтер",
    "koi8-u": "Рахунок їжа",
    "cp437": "naïve café größer",
    "cp850": "naïve café größer",
    "cp852": "żółć gęślą",
    "cp855": "Привет принтер",
    "cp857": "teşekkürler",
    "cp866": "Привет принтер",
    "macintosh": "naïve café größer",
    "gb2312": "打印机 没有 纸",
    "gbk": "打印机 没有 纸",
    "gb18030": "打印机 没有 纸",
    "hz-gb-2312": "打印机 没有 纸",
    "big5": "印表機 沒有 紙",
    "big5-hkscs": "印表機 沒有 紙",
    "shift_jis": "請求書 プリンター",
    "euc-jp": "請求書 プリンター",
    "iso-2022-jp": "請求書 プリンター",
    "iso-2022-kr": "프린터 종이",
    "euc-kr": "프린터 종이",
    "ks_c_5601-1987": "프린터 종이",
    "johab": "프린터 종이",
}
CODECS = {"hz-gb-2312": "hz", "windows-874": "cp874"}  # where Python has another name
WIDE = ("utf-16", "utf-16le", "utf-32")  # never without a transfer encoding: they have NULs (RFC 2781 section 2)
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
    if how == "x-uuencode":
        lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
        return b"begin 644 text.txt\n" + lines + b"`\nend\n"
    return binascii.b2a_qp(data, istext=False) if how == "quoted-printable" else data


@st.composite
def texts(draw: Callable[..., Any], words: str = "", kind: str = "") -> Part:
    charset = draw(st.sampled_from(sorted(CHARSETS))) if not words else "utf-8"
    words = words or f"{CHARSETS[charset]} {draw(st.integers(0, 10**9))}"
    kind = kind or draw(st.sampled_from(["plain", "html"]))
    how = draw(st.sampled_from(["8bit", "base64", "quoted-printable"][charset in WIDE :]))
    text = f"<p>{words}</p>\n" if kind == "html" else f"{words}\n" * draw(st.integers(1, 3))
    head = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {how}\n\n".encode()
    return Part(head + encoded(text.encode(CODECS.get(charset, charset)), how), (words,))


@st.composite
def large_texts(draw: Callable[..., Any]) -> Part:
    """A text of 64 KiB, flowed or not, or HTML, in any charset and any transfer encoding; no word in it comes twice."""
    charset = draw(st.sampled_from(sorted(CHARSETS)))
    kind, between = draw(
        st.sampled_from([("plain", "\n"), ("plain; format=flowed", " \n"), ("html", "<br>\n"), ("html", "</p>\n<p>")])
    )
    how = draw(st.sampled_from(["8bit", "base64", "quoted-printable", "x-uuencode"][charset in WIDE :]))
    foreign = CHARSETS[charset].split()
    across = draw(st.integers(1, 12))  # words on a line
    words, size, codec = list[str](), 0, CODECS.get(charset, charset)
    while size < 60_000:
        words.append(f"{foreign[len(words) % len(foreign)]}{len(words)}")
        size += len(words[-1].encode(codec)) + 10 // across + 1
    lines = [" ".join(words[at : at + across]) for at in range(0, len(words), across)]
    head = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {how}\n\n".encode()
    return Part(head + encoded((between.join(lines) + "\n").encode(codec), how), tuple(words))


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
