"""Names of files: as clients write them, and one safe name for policy, display and storage."""

from __future__ import annotations

import pytest

from parsing.file_names import inert_name, safe_name
from parsing.parameters import boundary, parameters
from parsing.reader import attachment_bytes, read

# each a class of client: the parameters as they are written, the name that is meant
WRITTEN = {
    "in quotation marks": ('filename="Übersicht März.pdf"', "Übersicht März.pdf"),
    "blanks, no marks": ("filename=quarterly report.pdf; size=12", "quarterly report.pdf"),
    "a semicolon in marks": ('filename="one; two.pdf"; size=3', "one; two.pdf"),
    "a semicolon, no marks": ("filename=one;two.pdf", "one;two.pdf"),
    "the first mark is missing": ('filename=report.pdf"', "report.pdf"),
    "the last mark is missing": ('filename="report.pdf; size=100', "report.pdf"),
    "marks within marks": ('filename="the "big" one.pdf"; size=1', "the _big_ one.pdf"),
    "escaped marks": (r'filename="the \"big\" one.pdf"', "the _big_ one.pdf"),
    "a path of Windows": (r'filename="C:\Users\ann\new.png"', "new.png"),
    "no semicolon between": ('filename="a b.pdf" size=3', "a b.pdf"),
    "too many semicolons": (";; filename=a.pdf;;", "a.pdf"),
    "blanks around =": ('filename = "a.pdf"', "a.pdf"),
    "upper case": ('FILENAME="a.pdf"', "a.pdf"),
    "the first of two": ("filename=a.pdf; filename=b.pdf", "a.pdf"),
    "RFC 2231": ("filename*=utf-8'en'Gr%C3%BC%C3%9Fe.pdf", "Grüße.pdf"),
    "RFC 2231 in marks": ("filename*=\"utf-8''Gr%C3%BC%C3%9Fe.pdf\"", "Grüße.pdf"),
    "RFC 2231, no charset": ("filename*=''plan%20b.pdf", "plan b.pdf"),
    "RFC 2231, not even the quotes": ("filename*=plan%20b.pdf", "plan b.pdf"),
    "RFC 2231 goes before plain": ("filename=grusse.pdf; filename*=iso-8859-1''Gr%FC%DFe.pdf", "Grüße.pdf"),
    "pieces in any order": ("filename*1*=%A9.pdf; filename*2=.gz; filename*0*=utf-8''caf%C3", "café.pdf.gz"),
    "pieces without charset": ('filename*0="a long "; filename*1="name.pdf"', "a long name.pdf"),
    "a piece is missing": ("filename*0*=utf-8''a; filename*2*=c.pdf", "ac.pdf"),
    "RFC 2047 in a parameter": ('filename="=?utf-8?B?xbzDs8WCxIcucGRm?="', "żółć.pdf"),
    "RFC 2047, no marks": ("filename==?utf-8?Q?Gr=C3=BC=C3=9Fe_1.pdf?=; size=1", "Grüße 1.pdf"),
    "RFC 2047, two words folded": ('filename="=?utf-8?Q?Gr=C3=BC?=\n =?utf-8?Q?=C3=9Fe.pdf?="', "Grüße.pdf"),
    "RFC 2047 cut by RFC 2231": ('filename*0="=?utf-8?B?xbzD"; filename*1="s8WCxIcucGRm?="', "żółć.pdf"),
    "RFC 2047 inside RFC 2231": ("filename*=utf-8''%3D%3Futf-8%3FQ%3FGr%3DC3%3DBCn.pdf%3F%3D", "Grün.pdf"),
    "Cyrillic in its charset": ("filename*=koi8-r''%C4%CF%C7%CF%D7%CF%D2.doc", "договор.doc"),
    "Japanese in its charset": ("filename*=iso-2022-jp'ja'%1B%24B%40A5a%3Dq%1B%28B.txt", "請求書.txt"),
}


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("case", WRITTEN)
def test_a_name_is_read_as_it_was_meant(case: str, eol: str) -> None:
    """Whatever the client does with marks, charsets and pieces: in either field the person's name for the file."""
    written, meant = WRITTEN[case]
    for field in ("Content-Disposition: attachment; " + written, "Content-Type: x/y; " + written.replace("file", "")):
        raw = f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{field}\n\nx\n--b--\n".replace("\n", eol)
        if "FILE" not in field:
            assert [found.filename for found in read(raw.encode()).attachments] == [meant]


def test_raw_octets_in_a_name_are_characters() -> None:
    """Undeclared 8-bit names are read: UTF-8, else the legacy charset."""
    for octets in ("Grüße.pdf".encode(), "Grüße.pdf".encode("cp1252")):
        raw = b'Content-Disposition: attachment; filename="' + octets + b'"\n\nx'

        assert [found.filename for found in read(raw).attachments] == ["Grüße.pdf"]


def test_two_names_are_one_for_policy_and_storage() -> None:
    """D25, D26: Content-Disposition wins for every use, the other name is told; a mere path is no contradiction."""
    raw = b'Content-Type: x/y; name="a.exe"\nContent-Disposition: attachment; filename="b.pdf"\n\nx'
    same = raw.replace(b"a.exe", b"C:/temp/b.pdf")
    message = read(raw)

    assert [found.filename for found in message.attachments] == ["b.pdf"]
    assert ("two names", "the other one is a.exe") in [(d.what, d.mended) for d in message.defects]
    assert attachment_bytes(raw, 0)[0] == message.attachments[0]
    assert "two names" not in [defect.what for defect in read(same).defects]


UNSAFE = {
    "../../etc/passwd": "passwd",
    "/etc/passwd": "passwd",
    "C:\\Windows\\system32\\cmd.exe": "cmd.exe",
    "\\\\host\\share\\x.txt": "x.txt",
    "..": "part-7.bin",
    "...": "part-7.bin",
    "": "part-7.bin",
    "dir/": "dir",
    "con": "_con",
    "COM1.txt": "_COM1.txt",
    "aux .txt": "_aux .txt",
    "console.txt": "console.txt",
    "a\x00b.txt": "ab.txt",
    "a\r\nBcc: x.txt": "aBcc_ x.txt",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "\u200b.htaccess": "htaccess",
    ".bashrc": "bashrc",
    "a.txt. . ": "a.txt",
    "-rf": "_-rf",
    'a"b<c>.txt': "a_b_c_.txt",
    "<img src=x onerror=alert(1)>.png": "_img src=x onerror=alert(1)_.png",
    "a.txt:evil.exe": "a.txt_evil.exe",
    "..%2f..%2fpasswd": "%2f..%2fpasswd",
    "=cmd|x!A1.csv": "=cmd_x!A1.csv",
    "a\ud800b.txt": "ab.txt",
    "invoice.pdf.exe": "invoice.pdf.exe",
    "Dij\ufffdat.mp3": "Dij\ufffdat.mp3",
}


@pytest.mark.parametrize("name", UNSAFE, ids=repr)
def test_a_safe_name(name: str) -> None:
    """E01 to E17: a base name that harms neither a folder, nor a shell, nor a page, nor the eye."""
    safe = safe_name(name, index=7, type_="application/octet-stream")

    assert safe == UNSAFE[name]
    assert safe_name(safe, index=7, type_="x/y") == safe


@pytest.mark.parametrize("length", [254, 255, 256, 10_000])
@pytest.mark.parametrize("letter", ["a", "ü", "語", "😀"])
def test_a_name_has_at_most_255_bytes(length: int, letter: str) -> None:
    """The extension stays, no character is cut in two; a name that is short enough stays as it is."""
    name = letter * (length // len(letter.encode()) - 4) + ".pdf"
    safe = safe_name(name, index=1, type_="x/y")

    assert len(safe.encode()) <= 255
    assert safe.endswith(letter + ".pdf")
    assert (safe == name) is (len(name.encode()) <= 255)


def test_parameters_of_a_field() -> None:
    """A boundary exactly as it stands, up to 2048 characters of it."""
    assert parameters("text/plain charset=utf-8") == {"charset": "utf-8"}
    assert parameters("multipart/mixed; BOUNDARY = a") == {"boundary": "a"}
    assert boundary('multipart/mixed; boundary="_=  a_ ?";x=y') == "_=  a_ ?"
    for length in (2047, 2048, 2049):
        assert len(boundary("x/y; boundary=" + "a" * length)) == (length if length <= 2048 else 0)


def test_pieces_are_counted() -> None:
    """D24: a hundred pieces of a name are read, however many there are."""
    for count in (99, 100, 101, 5000):
        field = "x/y" + "".join(f"; name*{number}=a" for number in range(count))

        assert parameters(field)["name"] == "a" * min(count, 100)


@pytest.mark.parametrize(
    ("name", "type_", "written"),
    [
        ("page.html", "text/html", "page.html.txt"),
        ("page", "text/html", "page.txt"),
        ("drawing.SVG", "image/svg+xml", "drawing.SVG.txt"),
        ("notes.txt", "text/html", "notes.txt"),
        ("log.txt", "text/plain", "log.txt"),
        ("x.js", "text/plain", "x.js.txt"),
        ("report.pdf", "application/pdf", "report.pdf"),
    ],
)
def test_nothing_runs_by_its_name_alone(name: str, type_: str, written: str) -> None:
    """E20, E21, E24: what a browser would run lies in a folder as text."""
    assert inert_name(name, type_) == written
