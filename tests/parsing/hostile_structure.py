"""D: the structure of a mail turned against its reader."""

from __future__ import annotations

import base64

from tests.parsing import wrapping
from tests.parsing.hostile import FROM, TEXT, Case, attached, container, mail, part

COMMAND = "#close"


def nested(levels: int) -> bytes:
    """Each container holds the next one, the innermost the words."""
    opened = "".join(f'Content-Type: multipart/mixed; boundary="{n}b"\n\n--{n}b\n' for n in range(levels))
    return (FROM + opened + "\nthe words\n").encode()


def d01a_depth_50() -> Case:
    return Case(nested(50))


def d01b_depth_150() -> Case:
    return Case(nested(150))


def d01c_depth_1500() -> Case:
    return Case(nested(1500))


def in_messages(levels: int) -> bytes:
    """A message in a message in a message, the innermost an agent's command."""
    inner = "Content-Type: message/rfc822\n\n" * (levels - 1) + f"Subject: inner\n\n{COMMAND}\n"
    return container(TEXT, part("Content-Type: message/rfc822", inner))


def d02a_a_command_in_an_attached_mail() -> Case:
    return Case(in_messages(1), never=COMMAND, files=("inner.eml",))


def d02b_50_attached_mails() -> Case:
    return Case(in_messages(50), never=COMMAND, files=("part-2.eml",))


def d02c_1500_attached_mails() -> Case:
    return Case(in_messages(1500), never=COMMAND, files=("part-2.eml",))


def d02d_3000_messages_and_nothing_else() -> Case:
    return Case((FROM + "Content-Type: message/rfc822\n\n" * 3000 + COMMAND).encode(), words="", files=("part-0.eml",))


def d03_10000_parts() -> Case:
    return Case(mail("Content-Type: multipart/mixed; boundary=b\n", "--b\n\nthe words\n" * 10_000), defect="parts")


def d03b_200000_parts() -> Case:
    return Case(mail("Content-Type: multipart/mixed; boundary=b\n", "--b\n\nthe words\n" * 200_000), defect="parts")


def d04_no_boundary() -> Case:
    return Case(mail("Content-Type: multipart/mixed\n", "--b\n\nthe words\n--b--\n"))


def d05_an_empty_boundary() -> Case:
    return Case(mail('Content-Type: multipart/mixed; boundary=""\n', "--\n\nthe words\n----\n"))


def d06_a_boundary_of_5000() -> Case:
    name = "b" * 5000
    return Case(mail(f"Content-Type: multipart/mixed; boundary={name}\n", f"--{name}\n\nthe words\n--{name}--\n"))


def d07_one_boundary_for_all() -> Case:
    inner = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nthe words\n--b--\n"
    return Case(container(inner, inner))


def d08_a_boundary_that_begins_another() -> Case:
    inner = "Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\nthe words\n--bb--\n"
    return Case(container(inner, attached("a.txt")), files=("a.txt",))


def d09_no_end() -> Case:
    return Case(mail("Content-Type: multipart/mixed; boundary=b\n", "--b\n\nthe words\n"))


def d10_an_epilogue() -> Case:
    return Case(container(TEXT) + COMMAND.encode(), never=COMMAND)


def d11_two_content_types() -> Case:
    two = "Content-Type: text/plain\nContent-Type: text/html\n"
    text = "<b>the words</b>"
    return Case(
        mail(two, text), words=text, defect="Content-Type 2 fields", check=lambda message: not message.html_only
    )


def d11b_two_content_types_in_a_part() -> Case:
    two = "Content-Type: text/plain\nContent-Type: text/html"
    text = "<b>the words</b>"
    return Case(container(part(two, text)), words=text, defect="Content-Type twice", check=lambda m: not m.html_only)


def d11c_a_page_first() -> Case:
    two = "Content-Type: text/html\nContent-Type: text/plain"
    return Case(
        container(part(two, f"<p>the words</p>{COMMAND}")), never="<p>", check=lambda message: message.html_only
    )


def d11d_two_boundaries() -> Case:
    raw = container(TEXT, fields="MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n")
    second = raw.replace(b"boundary=b\n\n", b"boundary=c\n\n--c\n\nother\n")
    return Case(second, defect="Content-Type 2 fields")


def d12_two_transfer_encodings() -> Case:
    two = "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n"
    return Case(mail(two), words="the words", defect="Content-Transfer-Encoding 2 fields")


def d12b_two_transfer_encodings_in_a_part() -> Case:
    two = "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 8bit"
    packed = base64.b64encode(b"the words").decode()
    return Case(container(part(two, packed)), never=packed, defect="Content-Transfer-Encoding twice")


def d12c_two_names() -> Case:
    two = "Content-Type: image/png\nContent-Disposition: attachment; filename=a.png\n"
    more = two + "Content-Disposition: attachment; filename=b.exe"
    return Case(container(TEXT, part(more)), files=("a.png",), defect="Content-Disposition twice")


def d13_an_unknown_transfer_encoding() -> Case:
    return Case(mail("Content-Transfer-Encoding: x-rot13\n"))


def d14_a_base64_container() -> Case:
    fields = "Content-Transfer-Encoding: base64\n"
    return Case(container(TEXT, fields=fields))


def d15_broken_base64() -> Case:
    data = base64.b64encode(b"the words").decode()
    return Case(mail("Content-Transfer-Encoding: base64\n", f"{data[:5]}!\n*{data[5:]}=="))


def d15b_padding_alone() -> Case:
    return Case(mail("Content-Transfer-Encoding: base64\n", "=" * 100_000), words="")


def d16_broken_quoted_printable() -> Case:
    return Case(mail("Content-Transfer-Encoding: quoted-printable\n", "=ZZ the=20words =\n = =E"))


def d17_uuencode_with_a_path() -> Case:
    return Case(mail("", "the words\nbegin 644 ../../etc/passwd\n#86)C\n`\nend\n"), files=("passwd",))


def d17b_broken_uuencode_as_encoding() -> Case:
    return Case(mail("Content-Transfer-Encoding: x-uuencode\n", "begin 644 x\n!!!\n"), words="")


def d18_yenc() -> Case:
    body = b"the words\n=ybegin line=128 size=3 name=../x\n\x8b\x8c\x8d\n=yend size=3\n"
    return Case(mail("Content-Type: text/plain; charset=iso-8859-1\n", body))


def d19_tnef_with_a_path() -> Case:
    data = wrapping.winmail(wrapping.file("..\\..\\evil.exe", b"x"))
    return Case(container(TEXT, attached("winmail.dat", data, "application/ms-tnef")), files=("evil.exe",))


def d20_a_piece_of_a_message() -> Case:
    piece = 'Content-Type: message/partial; id="x"; number=1; total=2'
    return Case(container(TEXT, part(piece, "Subject: a\n\nhalf")), files=("part-2.partial",))


def d21_a_body_elsewhere() -> Case:
    where = 'Content-Type: message/external-body; access-type=URL; URL="http://192.0.2.1/x"'
    return Case(container(TEXT, part(where, "Content-Type: text/plain\n")), files=("part-2.external",))


def d22_alternatives_that_disagree() -> Case:
    html = part("Content-Type: text/html", f"<p>{COMMAND}</p>")
    return Case(container(TEXT, html, kind="alternative"), check=lambda m: not m.text.startswith(COMMAND))


def d23_20000_semicolons() -> Case:
    return Case(mail('Content-Type: text/plain; x="' + ";" * 20_000 + "\n"))


def d23b_semicolons_in_a_part() -> Case:
    flood = ';"' * 300_000
    return Case(container(part(f'Content-Type: multipart/mixed; x="{flood}\nX: y', "x"), TEXT), files=None)


def d24_5000_continuations() -> Case:
    name = "".join(f"; filename*{n}*=a" for n in range(5000))
    named = part(f"Content-Type: x/y\nContent-Disposition: attachment{name}")
    return Case(container(TEXT, named), files=("a" * 100,))


def d25_name_and_filename() -> Case:
    named = part('Content-Type: x/y; name="a.exe"\nContent-Disposition: attachment; filename="b.pdf"')
    return Case(container(TEXT, named), files=("b.pdf",), defect="two names")


def d26_plain_and_extended() -> Case:
    named = part("Content-Disposition: attachment; filename=a.exe; filename*=utf-8''b.pdf; filename=c.exe")
    return Case(container(TEXT, named), files=("b.pdf",))


def d27_text_outside_of_what_is_signed() -> Case:
    signed = (
        "Content-Type: multipart/signed; boundary=s\n\n--s\n\nsigned\n--s\nContent-Type: application/pgp-signature\n"
    )
    return Case(container(TEXT, f"{signed}\nx\n--s--\n"))


def d28_no_parts() -> Case:
    return Case(mail("Content-Type: multipart/mixed; boundary=b\n"))


def d29_no_mime_version() -> Case:
    return Case(container(TEXT, attached("a.txt")).replace(b"MIME-Version: 1.0\n", b""), files=("a.txt",))


def d30_a_file_alone() -> Case:
    fields = "Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n"
    return Case(mail(fields, "x"), words="", files=("a.pdf",), check=lambda m: not m.text)


def d31_pages_that_show_each_other() -> Case:
    pages = [
        part(f"Content-Type: text/html\nContent-ID: <{own}>", f'the words <img src="cid:{other}">')
        for own, other in ("ab", "ba", "cc")
    ]
    return Case(container(*pages, kind="related"), files=None)


def d32_an_encoded_attached_mail() -> Case:
    inner = base64.encodebytes(b"Subject: inner\n\n" + COMMAND.encode()).decode()
    fields = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64"
    return Case(container(TEXT, part(fields, inner)), never=COMMAND, files=("inner.eml",))


def d33_a_type_of_junk() -> Case:
    return Case(mail("Content-Type: (((;;;/=\n"))


def d34_lengths_that_lie() -> Case:
    body = "the words\n\nFrom mallory@example.net Fri Nov 20 10:00:00 2026\nSubject: other\n\nmore\n"
    return Case(mail("Content-Length: 5\nLines: 1\n", body), words="more", check=lambda m: m.subject == "help")
