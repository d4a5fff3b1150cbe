"""How the reader's time grows: a mail of twice the length may cost at most 2.3 times the time.

One fragment repeated is the plainest attack there is, and a quadratic step shows on it at once. Each fragment is
repeated until the reader needs a measurable time (or a limit ends it), then both lengths are measured in CPU time, the
best of several turns, for a busy machine makes times longer but never shorter.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator

from parsing.reader import read
from tests.parsing import wrapping
from tests.parsing.quoting_fragments import FRAGMENTS

MOST = 2.3
MEASURABLE = 0.03
LARGEST = 2**21
LARGEST_FIELD = 2**16  # what is longer is cut before anybody reads it

FROM = b"From: ann@example.org\n"
BODY = FROM + b"\n"
HTML = FROM + b"Content-Type: text/html; charset=utf-8\n\n"
MIXED = FROM + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
REPORT = FROM.replace(b"ann", b"mailer-daemon") + b"Content-Type: multipart/report; boundary=b\n\n--b\n\nfailed\n"

# what is repeated, in each place of a mail
FIELDS = "Subject From To Cc Reply-To Date Message-ID References Received Content-Type Content-Disposition".split()
_MARKS = r"""a ¦,¦;¦:¦<¦>¦(¦)¦"¦\\¦@¦.¦'¦%¦é¦[¦=?¦?=¦(a)"""
_PIECES = """a@b.example, ¦<a@b.example>¦"a" <a@b.example>, ¦a=b; ¦;x*1*=%41¦id a; ¦name=¦x y=¦\t ¦\n """
_WORDS = """=?utf-8?q?a?= ¦=?utf-8?b?YQ==?=¦=?iso-2022-jp?b?GyRCJCIbKEI=?= ¦Re: ¦[TKT-00001]¦Fwd: ["""
IN_FIELDS = [fragment for row in (_MARKS, _PIECES, _WORDS) for fragment in row.split("¦")]
IN_TEXT = [
    *(fragment for fragment in FRAGMENTS if not set(fragment) & set("\ufdd0\ufdd1")),  # no mail can hold these two
    "a",
    " ",
    "\n",
    "> ",
    ">",
    ">\n",
    "> a\n",
    "> a\n\n",
    "a\n> b\n",
    "-- \n",
    "--\n",
    "- ",
    "_",
    "=",
    "*",
    ":",
    ":\n",
    "On x ",
    "On x\n",
    "wrote:\n",
    "On Fri, Nov 20, 2026 at 10:00 AM A <a@b.example> wrote:\n",
    "Am 20.11.26 schrieb A:\n",
    "From: a\n",
    "From: a\nSent: b\nTo: c\nSubject: d\n",
    "-----Original Message-----\n",
    "________________\n",
    "Sent from my iPhone\n",
    "#note\n",
    "[tkt-private]\n",
    "http://a.example ",
    "a@b.example ",
    "begin 644 a\n",
    "end\n",
    "é",
    "語",
    '\x1b$B$"\x1b(B',
    "\ufeff",
    "\u200b",
    "Best regards,\n",
    "Confidential. ",
    "=C3=A9",
    "=\n",
    "\r",
    "<a@b.example>: host mx said: 550 5.1.1 no\n",
    "Final-Recipient: rfc822; a@b\n",
    "Status: 5.1.1\n\n",
    "550 5.1.1 ",
]
IN_HTML = [
    "a",
    "<",
    ">",
    "&",
    "&#1;",
    "&amp;",
    "&#",
    "<b>",
    "</b>",
    "<p>a</p>",
    "<div>",
    "</div>",
    "<br>",
    "<!--",
    "-->",
    "<a ",
    "<blockquote>",
    "<blockquote>a</blockquote>",
    '<div class="gmail_quote">a</div>',
    "<table><tr><td>",
    "<li>",
    "<ul><li>a",
    '<a href="http://a.example">b</a>',
    "<script>",
    "<style>a{}",
    "<![CDATA[",
    "<?",
    'x="',
    "<hr>a",
    "<o:p>",
    "\n",
    "&nbsp;",
    "<font>a",
    "<span>a</span>",
    "<img src=cid:a>",
    "<title>",
    "<p>On x wrote:</p>",
    "<p><b>From:</b> a</p>",
    "</",
    "<a b=c ",
]
IN_MIXED = [
    "--b\n",
    "--b\n\na\n",
    "--b\nContent-Type: text/html\n\n<p>a\n",
    "--b\nContent-Type: message/rfc822\n\n",
    "--b--\n",
    "--",
    "--b\nContent-Type: multipart/mixed; boundary=b\n\n",
    "--b\nContent-Disposition: attachment; filename=a\n\na\n",
    "X: y\n",
]
CHARSETS = {
    "iso-2022-jp": b'\x1b$B$"',
    "utf-7": b"+AGE-",
    "gb18030": b"\x81",
    "utf-16": b"\xd8",
    "hz": b"~{",
    "x-a": b"\xe9",
}


# what is read only where something says so: signatures of the way, and forms of text
DKIM = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=a; h=from:subject; bh=YWFh; b=YWFh\n"
IN_DKIM = {"blanks": b" ", "tabs": b"\t", "ends": b"\r\n", "blank lines": b" \r\n", "words": b"a  b\r\n"}
_TWO = b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\n"
FORMS = {
    "enriched": FROM + b"Content-Type: text/enriched\n\n",
    "flowed": FROM + b"Content-Type: text/plain; format=flowed\n\n",
    "signed in the clear": BODY + b"-----BEGIN PGP SIGNED MESSAGE-----\n\n",
    "another page": FROM + _TWO + b"a\n--b\nContent-Type: text/html\n\n",
    "another text": FROM + _TWO + b"a\n--b\nContent-Type: text/html\n\n<p>a\n--b\n\n",
}
IN_FORMS = {
    "enriched": [b"<bold>a", b"<<", b"<param>", b"\n"],
    "flowed": [b"a \n", b"> a \n", b">", b"-- \n"],
    "signed in the clear": [b"- a\n", b"-----BEGIN PGP SIGNATURE-----\n", b"-----END PGP SIGNATURE-----\n"],
    "another page": [b"<p>word</p>", b"word ", b"<img src=cid:a>", b"[a]"],
    "another text": [b"word ", b"<a", b"http://a ", b"["],
}
# SignedData up to its version, and up to its content
PKCS7 = FROM + b"Content-Type: application/pkcs7-mime\n\n" + bytes.fromhex("308006092a864886f70d010702a0803080020101")
_TO_CONTENT = bytes.fromhex("3100308006092a864886f70d010701a080")
IN_PKCS7 = {
    "octets": (_TO_CONTENT + b"\x24\x80", b"\x04\x01a"),
    "pieces": (_TO_CONTENT, b"\x24\x80"),
    "sets": (b"", b"\x31\x80"),
}


def mails() -> Iterator[tuple[str, Callable[[int], bytes]]]:
    """(what is repeated where, the mail of about that many bytes)."""
    for field in FIELDS:
        for fragment in IN_FIELDS:
            yield f"{field}: {fragment!r}", _filled(FROM + field.encode() + b": ", fragment.encode(), b"\n\na\n")
    for place, head, fragments in (("text", BODY, IN_TEXT), ("html", HTML, IN_HTML), ("parts", MIXED, IN_MIXED)):
        for fragment in fragments:
            yield f"{place}: {fragment!r}", _filled(head, fragment.encode(), b"")
    for charset, octets in CHARSETS.items():
        yield charset, _filled(FROM + b"Content-Type: text/plain; charset=" + charset.encode() + b"\n\n", octets, b"")
    for encoding in ("base64", "quoted-printable", "x-uuencode"):
        head = FROM + f"Content-Transfer-Encoding: {encoding}\n\n".encode()
        for octets in (b"YWJj", b"=", b"=41", b" ", b"\n", b"=\n", b"begin 644 a\n"):
            yield f"{encoding}: {octets!r}", _filled(head, octets, b"")
    groups = b"Final-Recipient: rfc822; a@b.example\nStatus: 5.1.1\n\n"
    yield "report", _filled(REPORT + b"--b\nContent-Type: message/delivery-status\n\n", groups, b"--b--\n")
    yield "calendar", _filled(FROM + b"Content-Type: text/calendar\n\nBEGIN:VEVENT\n", b"SUMMARY;a:b\n", b"")
    for name, octets in (("file", wrapping.file("a", b"")), ("empty", wrapping.attribute(0x9003, b"\1\0\0\0"))):
        yield (
            f"tnef: {name}",
            _filled(FROM + b"Content-Type: application/ms-tnef\n\n" + wrapping.winmail(), octets, b""),
        )
    yield from _where_something_says_so()
    yield "Fields: of any name", _filled(FROM, b"X-Field: y\n", b"\na\n")
    yield "Fields: To", _filled(FROM, b"To: a@b.example\n", b"\na\n")


def _where_something_says_so() -> Iterator[tuple[str, Callable[[int], bytes]]]:
    """Forms of text, signed mails, signatures of the way."""
    for form, pieces in IN_FORMS.items():
        for piece in pieces:
            yield f"{form}: {piece!r}", _filled(FORMS[form], piece, b"")
    for name, piece in IN_DKIM.items():
        yield f"DKIM: {name}", _filled(FROM + DKIM + b"\n", piece, b"\r\n")
        yield f"Subject, signed: {name}", _filled(FROM + DKIM + b"Subject: ", piece.replace(b"\r\n", b" "), b"\n\na\n")
    for name, (inside, piece) in IN_PKCS7.items():
        yield f"pkcs7: {name}", _filled(PKCS7 + inside, piece, b"")


def _filled(head: bytes, fragment: bytes, tail: bytes) -> Callable[[int], bytes]:
    return lambda length: head + fragment * (length // len(fragment)) + tail


def seconds(raw: bytes, turns: int) -> float:
    """CPU seconds to read it, the best of `turns`; collecting garbage is not the reader's growth."""
    best = float("inf")
    gc.collect()
    gc.disable()
    for _ in range(turns):
        start = time.process_time()
        read(raw)
        best = min(best, time.process_time() - start)
    gc.enable()
    return best


def grows(make: Callable[[int], bytes], largest: int) -> tuple[float, int, float]:
    """(how many times longer twice the length takes, the length, its seconds); 0.0 for what is not too steep."""
    length, once = 2**12, 0.0
    while length < largest and (once := seconds(make(length), 1)) < MEASURABLE:
        length *= 2
    if once < MEASURABLE:
        return 0.0, length, once
    for turns in (2, 5, 9):
        once, twice = seconds(make(length), turns), seconds(make(2 * length), turns)
        if twice <= MOST * once or seconds(make(4 * length), turns) <= MOST * twice:
            return 0.0, length, once  # a step where memory gets slower is no growth: the next doubling has none
    return twice / once, length, once


def too_steep() -> list[str]:
    """A line for each fragment whose cost more than doubles."""
    found = []
    for name, make in mails():
        ratio, length, once = grows(make, LARGEST_FIELD if name.partition(":")[0] in (*FIELDS, "Fields") else LARGEST)
        if ratio:
            found.append(f"{name}: {length} bytes {once * 1000:.0f} ms, twice that {ratio:.1f} times as long")
            print(found[-1], flush=True)
    return found
