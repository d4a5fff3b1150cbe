"""E: files that harm whoever names, opens, unpacks or shows them."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
import zlib

from tests.parsing.hostile import TEXT, Case, attached, container, part, with_file


def e01_a_path() -> Case:
    return Case(with_file("../../../etc/passwd"), files=("passwd",))


def e02_an_absolute_path() -> Case:
    return Case(with_file("/etc/cron.d/x"), files=("x",))


def e03_a_path_of_windows() -> Case:
    return Case(with_file("C:\\\\Windows\\\\..\\\\x.dll"), files=("x.dll",))


def e04_a_device() -> Case:
    return Case(with_file("NUL.txt"), files=("_NUL.txt",))


def e05_a_path_in_percents() -> Case:
    return Case(with_file("..%2f..%2fpasswd"), files=("%2f..%2fpasswd",))


def e06_nul() -> Case:
    return Case(with_file("a.txt\0.exe"), files=("a.txt\ufffd.exe",))


def e07_line_breaks() -> Case:
    named = part("Content-Disposition: attachment; filename*=utf-8''a%0d%0aBcc%3A%20x%0a.txt")
    return Case(container(TEXT, named), files=("a Bcc_ x .txt",))


def e08_a_name_of_10000() -> Case:
    return Case(with_file("a" * 10_000 + ".txt"), files=("a" * 255,))


def e09_bidi() -> Case:
    return Case(with_file("invoice\u202efdp.exe"), files=("invoicefdp.exe",))


def e10_hidden_behind_no_width() -> Case:
    return Case(with_file("\u200b.htaccess"), files=("htaccess",))


def e11_two_extensions() -> Case:
    return Case(with_file("invoice.pdf.exe"), files=("invoice.pdf.exe",))


def e12_dots() -> Case:
    return Case(with_file("..."), files=("part-2.bin",))


def e13_no_name() -> Case:
    return Case(with_file(""), files=("part-2.bin",))


def e14_an_option() -> Case:
    return Case(with_file("-rf"), files=("_-rf",))


def e15_a_mark_that_breaks_out() -> Case:
    return Case(with_file('a"; filename="b.txt'), files=("a",))


def e16_markup() -> Case:
    return Case(with_file("<img src=x>.png"), files=("_img src=x_.png",))


def e17_a_formula() -> Case:
    return Case(with_file("=cmd|' C'!A0.csv"), files=("=cmd_' C'!A0.csv",))


def e18_two_names() -> Case:
    named = part("Content-Type: x/y; name*=utf-8''a.exe\nContent-Disposition: attachment; filename=b.pdf")
    return Case(container(TEXT, named), files=("b.pdf",), defect="two names")


def e20_svg() -> Case:
    data = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    return Case(with_file("a.png", data, "image/png"), files=("a.png",), defect="says image/png, is a web page")


def e21_html() -> Case:
    return Case(with_file("a.html", b"<html><script>alert(1)</script>", "text/html"), never="alert", files=("a.html",))


def e22_xml_bomb() -> Case:
    entity = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    data = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entity}]><x>&a9;</x>'.encode()
    return Case(with_file("a.xml", data, "text/xml"), files=("a.xml",))


def e23_a_program_as_picture() -> Case:
    data = b"MZ\x90\0" + b"\0" * 100
    return Case(with_file("a.png", data, "image/png"), files=("a.png",), defect="says image/png, is a program")


def e24_html_as_text() -> Case:
    data = b"<html><script>alert(1)</script>"
    return Case(with_file("a.txt", data, "text/plain"), never="alert", files=("a.txt",), defect="is a web page")


def e25_a_zip_bomb() -> Case:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 2**24)
    size = len(out.getvalue())
    return Case(with_file("a.zip", out.getvalue()), files=("a.zip",), check=lambda m: m.attachments[0].size == size)


def e26_a_zip_that_climbs() -> Case:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.txt", b"x")
    return Case(with_file("a.zip", out.getvalue()), files=("a.zip",))


def e27_a_gzip_bomb() -> Case:
    data = gzip.compress(b"\0" * 2**24)
    return Case(with_file("a.gz", data), files=("a.gz",), check=lambda m: m.attachments[0].size == len(data))


def e28_a_picture_of_60000_by_60000() -> Case:
    head = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    data = head + zlib.compress(b"\0" * 1000)
    return Case(with_file("a.png", data, "image/png"), files=("a.png",))


def e29_a_mail_with_a_command() -> Case:
    data = b"From: agent@desk.example\nTo: support+token@desk.example\n\n#close\n"
    return Case(
        with_file("a.eml", data), never="#close", files=("a.eml",), check=lambda m: m.to[0].address[:5] == "desk@"
    )


def e30_one_name_for_all() -> Case:
    files = [attached("log.txt", bytes([n])) for n in range(3)]
    return Case(
        container(TEXT, *files),
        files=("log.txt",) * 3,
        check=lambda m: len({a.digest for a in m.attachments}) == len({a.index for a in m.attachments}) == 3,
    )


def e31_an_empty_file() -> Case:
    return Case(with_file("a.txt", b""), files=("a.txt",), check=lambda m: m.attachments[0].size == 0)


def e32_1000_files() -> Case:
    raw = container(TEXT, *[attached(f"{n}.txt") for n in range(1000)])
    return Case(raw, files=tuple(f"{n}.txt" for n in range(100)), defect="parts")


def e32b_101_files() -> Case:
    raw = container(TEXT, *[attached(f"{n}.txt") for n in range(101)])
    return Case(raw, files=tuple(f"{n}.txt" for n in range(100)), defect="101 of them")


def e33_a_csv_formula() -> Case:
    return Case(with_file("a.csv", b'=HYPERLINK("http://192.0.2.1")', "text/csv"), never="HYPERLINK", files=("a.csv",))


def e34_a_virus() -> Case:
    data = base64.b64decode("WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJE") + b"-NOT-REALLY"
    return Case(with_file("a.com", data), files=("a.com",), check=lambda m: m.attachments[0].size == len(data))


def e35_a_pdf_that_runs() -> Case:
    data = b"%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>> >> endobj"
    return Case(with_file("a.pdf", data, "application/pdf"), never="alert", files=("a.pdf",))
