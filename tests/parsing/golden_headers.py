"""Golden headers of our own: one for each class of broken header that is mended. Each is read with LF and with CRLF.

A row is the header and what must be read from it. Bytes where the bytes matter, else text in UTF-8.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

FROM = b"From: Ann Example <ann@example.org>\n"


def subject(value: str | bytes, more: bytes = b"") -> bytes:
    return FROM + b"Subject: " + (value.encode() if isinstance(value, str) else value) + b"\n" + more


def base64(data: bytes) -> bytes:
    return b64encode(data)


def legacy(charset: str) -> bytes:
    return f'Content-Type: text/plain; charset="{charset}"\n'.encode()


CAT = "猫が好きです".encode("iso2022_jp")
READER = "=?utf-8?Q?L=C3=A9=C3=A4?="

SUBJECTS: dict[str, tuple[bytes, str]] = {
    "one word": (subject("=?utf-8?Q?Gr=C3=BC=C3=9Fe?="), "Grüße"),
    "words among text": (subject("Re: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= and =?utf-8?B?8J+Qiw==?="), "Re: Grüße and 🐋"),
    "two words, one text": (subject("=?utf-8?Q?Drucker_?=\n =?utf-8?Q?br=C3=A4nnt?="), "Drucker brännt"),
    "two words, no blank": (subject("=?utf-8?Q?Drucker?==?utf-8?Q?_br=C3=A4nnt?="), "Drucker brännt"),
    "two charsets": (subject("=?iso-8859-1?Q?=E4?= =?koi8-r?B?xMHXzg==?="), "äдавн"),
    "cut in a character": (subject("=?utf-8?B?w7w=?= =?utf-8?Q?=C3?=\n\t=?utf-8?Q?=BC?="), "üü"),
    "cut in a character, its charset spelt in two ways": (
        subject("=?utf-8?B?w7w=?= =?UTF8?Q?=C3?= =?Utf-8?Q?=BC?="),
        "üü",
    ),
    "cut in an escape": (subject("=?utf-8?Q?f=C?= =?utf-8?Q?3=BCr?="), "für"),
    "cut in four of base64": (subject("=?utf-8?B?ZsO8c?= =?utf-8?B?iBTaWU=?="), "für Sie"),
    "ISO-2022-JP cut in its shift": (
        subject(b"=?ISO-2022-JP?B?%s?=\n =?ISO-2022-JP?B?%s?=" % (base64(CAT[:7]), base64(CAT[7:]))),
        "猫が好きです",
    ),
    "ISO-2022-JP in Q": (subject(b"=?ISO-2022-JP?Q?" + CAT.replace(b"\x1b", b"=1B") + b"?="), "猫が好きです"),
    "no end, Q": (subject("=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus_Ulm"), "Grüße aus Ulm"),
    "no end, B": (subject("=?utf-8?B?R3LDvMOfZQ=="), "Grüße"),
    "half an end": (subject("=?utf-8?B?R3LDvMOfZQ==? =?utf-8?Q?_aus_Ulm?"), "Grüße aus Ulm"),
    "no end, B, more behind": (subject("=?utf-8?B?R3LDvMOfZQ and more"), "Grüße and more"),
    "no padding": (subject("=?utf-8?B?R3LDvMOfZQ?="), "Grüße"),
    "padding in the middle": (subject("=?utf-8?B?R3LDvMOfZQ==IGF1cyBVbG0=?="), "Grüße aus Ulm"),
    "base64 for addresses of the web": (subject("=?utf-8?B?8J-Qiw==?="), "🐋"),
    "base64 folded inside": (subject("=?utf-8?B?R3LDvM\n OfZQ==?="), "Grüße"),
    "junk behind padding": (subject("=?UTF-8?B??==?UTF-32LE?B?=5Q0I9DD3J2G26?==?UTF-8?Q?=54?==?UTF-8?B?b3A=?="), "Top"),
    "blanks inside": (subject("=?utf-8?Q?Gr=C3=BC=C3=9Fe aus Ulm?="), "Grüße aus Ulm"),
    "blanks between its parts": (subject("=? utf-8 ? Q ?Gr=C3=BC=C3=9Fe?="), "Grüße"),
    "a question mark inside": (subject("=?utf-8?Q?Wo?_Gr=C3=BC=C3=9Fe?="), "Wo? Grüße"),
    "a question mark before an escape": (subject("=?utf-8?Q?Wo?=20ist=20er?="), "Wo? ist er"),
    "a language": (subject("=?iso-8859-1*de?Q?Gr=FC=DFe?="), "Grüße"),
    "in a quoted string": (subject('"=?utf-8?Q?Gr=C3=BC=C3=9Fe?="'), '"Grüße"'),
    "in the middle of a word": (subject("un=?utf-8?Q?m=C3=B6g?=lich"), "unmöglich"),
    "an empty one": (subject("=?utf-8?Q??= Ulm"), "Ulm"),
    "a warning set before it": (subject("[SPAM?]=?utf-8?B?R3LDvMOfZQ==?="), "[SPAM?]Grüße"),
    "beginnings of words": (subject("=? =?? =?a?= =?utf-8?Q? =?utf-8?B?"), "=? =?? =?a?= =?utf-8?Q? =?utf-8?B?"),
    "an encoding that is none": (subject("=?utf-8?X?abc?="), "=?utf-8?X?abc?="),
    "a charset that is none": (subject("=?x-unknown?Q?Gr=C3=BC=C3=9Fe?="), "Grüße"),
    "a charset without a name": (subject("=??Q?Gr=C3=BC=C3=9Fe?="), "Grüße"),
    "utf-8 under latin-1": (subject("=?iso-8859-1?Q?Gr=C3=BC=C3=9Fe?="), "Grüße"),
    "latin-1 under utf-8": (subject("=?utf-8?Q?Gr=FC=DFe?="), "Grüße"),
    "latin-1 under ascii": (subject("=?us-ascii?Q?Gr=FC=DFe?="), "Grüße"),
    "utf8 without its hyphen": (subject("=?UTF8?Q?Gr=C3=BC=C3=9Fe?="), "Grüße"),
    "windows signs under latin-1": (subject("=?iso-8859-1?Q?=84Ulm=93_5_=80?="), "„Ulm“ 5 €"),
    "raw characters inside": (subject("=?utf-8?Q?Grüße?="), "Grüße"),
    "raw latin-1 inside": (subject("=?iso-8859-1?Q?Grüße?=".encode("latin-1")), "Grüße"),
    "raw koi8-r inside": (subject("=?koi8-r?Q?Привет?=".encode("koi8-r")), "Привет"),
    "a word in a word": (subject("=?utf-8?Q?=3D=3Futf-8=3FQ=3FGr=3DC3=3DBCn=3F=3D?="), "Grün"),
    "a line feed inside": (subject("=?utf-8?Q?a=0D=0ABcc=3A_x?="), "a Bcc: x"),
    "raw utf-8": (subject("Grüße, 猫, 😀"), "Grüße, 猫, 😀"),
    "raw latin-1": (subject("Grüße aus München".encode("latin-1")), "Grüße aus München"),
    "raw koi8-r, said by the body": (subject("Привет, мир".encode("koi8-r"), legacy("koi8-r")), "Привет, мир"),
    "raw windows-1251, said by the body": (
        subject("Не работает принтер".encode("cp1251"), legacy("windows-1251")),
        "Не работает принтер",
    ),
    "raw gb2312, said by the body": (subject("打印机坏了".encode("gb18030"), legacy("gb2312")), "打印机坏了"),
    "raw shift_jis, said by a name": (
        b"From: =?Shift_JIS?B?%s?= <ann@example.org>\nSubject: %s\n"
        % (base64("山田".encode("cp932")), "印刷できません".encode("cp932")),
        "印刷できません",
    ),
    "raw iso-2022-jp": (subject(CAT), "猫が好きです"),
    "encoded twice, windows-1252": (subject("=?utf-8?Q?Gr=C3=83=C2=BC=C3=83=C5=B8e?="), "Grüße"),
    "encoded twice, raw": (subject("ProblÃ¨me de connexion â€“ rÃ©ponse"), "Problème de connexion – réponse"),
    "encoded twice, windows-1254": (subject("ğŸš¨ ProblÃ¨me"), "🚨 Problème"),
    "encoded twice, windows-1250": (subject("VĂ­t Ĺ˝iĹľka"), "Vít Žižka"),
    "encoded twice, windows-1251": (subject("РџСЂРёРІРµС‚, РјРёСЂ"), "Привет, мир"),
    "encoded twice, Macintosh": (subject("Gr√º√üe aus M√ºnchen"), "Grüße aus München"),
    "encoded three times": (subject("Ã\u0192Â¼ber"), "über"),
    "not encoded twice: capitals": (subject("AÇÃO “MAÇÔ – É® Ä– Öl"), "AÇÃO “MAÇÔ – É® Ä– Öl"),
    "not encoded twice: Cyrillic": (subject("Съезд, объём, Ёлка"), "Съезд, объём, Ёлка"),
    "not encoded twice: one sign": (subject("Preis in Â nur"), "Preis in Â nur"),
    "a blank fold inside": (subject("Ulm\n \n\tBerlin"), "Ulm Berlin"),
    "two of them": (subject("first", b"Subject: second\n"), "first"),
    "the first of two is empty": (subject("", b"Subject: second\n"), "second"),
    "control characters": (subject(b"a\x00b\x1b[31m\xe2\x80\xaec\xe2\x80\xa8d"), "a\ufffdb [31mc d"),
}

# From → the sender that is proven, and address and name that are shown
SENDERS: dict[str, tuple[str | bytes, str | None, str, str]] = {
    "a name": ("Ann Example <ann@example.org>", "ann@example.org", "ann@example.org", "Ann Example"),
    "no name": ("ann@example.org", "ann@example.org", "ann@example.org", ""),
    "a quoted name": ('"Example, Ann" <Ann@Example.ORG>', "Ann@example.org", "Ann@example.org", "Example, Ann"),
    "a comma that nobody quoted": (
        "Example, Ann <ann@example.org>",
        "ann@example.org",
        "ann@example.org",
        "Example, Ann",
    ),
    "the name behind": ("ann@example.org (Ann Example)", "ann@example.org", "ann@example.org", "Ann Example"),
    "the address as name": ("ann@example.org <ann@example.org>",) + ("ann@example.org",) * 3,
    "blanks in the brackets": ("Ann < ann@example.org >", "ann@example.org", "ann@example.org", "Ann"),
    "folded": ("Ann\n Example\n <ann@example.org>", "ann@example.org", "ann@example.org", "Ann Example"),
    "an encoded name": (f"{READER} <ann@example.org>", "ann@example.org", "ann@example.org", "Léä"),
    "encoded in quotes": (f'"{READER}" <ann@example.org>', "ann@example.org", "ann@example.org", "Léä"),
    "encoded, with a raw comma": (
        "=?utf-8?Q?Ex,_Ann?= <ann@example.org>",
        "ann@example.org",
        "ann@example.org",
        "Ex, Ann",
    ),
    "quotes in quotes": ('"\\"Ann\\"" <ann@example.org>', "ann@example.org", "ann@example.org", "Ann"),
    "quotes in the middle": ('Ann "Annie" Ex <ann@example.org>', "ann@example.org", "ann@example.org", "Ann Annie Ex"),
    "quotes that nobody escaped": ('"Ann "Annie" Ex" <ann@example.org>',)
    + ("ann@example.org",) * 2
    + ("Ann Annie Ex",),
    "a raw latin-1 name": ("Jörg <ann@example.org>".encode("latin-1"), "ann@example.org", "ann@example.org", "Jörg"),
    "a raw Japanese name": (b"%s <ann@example.org>" % CAT, None, "ann@example.org", "猫が好きです"),
    "a name encoded twice": ("JÃ¶rg <ann@example.org>", "ann@example.org", "ann@example.org", "Jörg"),
    "joiners in the name": ("علی\u200cرضا <ann@example.org>", "ann@example.org", "ann@example.org", "علی\u200cرضا"),
    "an IDN": ("Ann <ann@bücher.example>", "ann@xn--bcher-kva.example", "ann@bücher.example", "Ann"),
    "an IDN in A-labels": ("ann@xn--bcher-kva.example",) + ("ann@xn--bcher-kva.example",) * 2 + ("",),
    "an IDN that looks like another": ("e@раураl.example",) + ("e@xn--l-7sba6dbr.example",) * 2 + ("",),
    "SMTPUTF8": ("Ann <änn@bücher.example>", None, "änn@bücher.example", "Ann"),
    "a quoted local part": ('"ann.ex"@example.org', '"ann.ex"@example.org', '"ann.ex"@example.org', ""),
    "a quoted local part with a blank": ('Ann <"ann ex"@example.org>', None, '"ann ex"@example.org', "Ann"),
    "an address literal": ("ann@[192.0.2.1]", "ann@[192.0.2.1]", "ann@[192.0.2.1]", ""),
    "no dot": ("ann@localhost", "ann@localhost", "ann@localhost", ""),
    "comments everywhere": ("Ann(a \\) b) <ann(c)@example.org(d)>", None, "ann@example.org", "Ann(a ) b)"),
    "a route": ("Ann <@a.example,@b.example:ann@example.org>", None, "ann@example.org", "Ann"),
    "blanks around the dots": ("ann @ example . org", None, "ann@example.org", ""),
    "something else in the brackets": ("Ann <example.org ann@example.org>", None, "ann@example.org", "Ann"),
    "an encoded name that swallows the address": (
        "=?latin1?Q?J=F6rg=20 <ann@example.org>,\n ?=@relay.example",
        None,
        "ann@example.org",
        "Jörg",
    ),
    "an empty name": ('"" <ann@example.org>', "ann@example.org", "ann@example.org", ""),
    "no brackets": ("Ann Example ann@example.org", None, "ann@example.org", "Ann Example"),
    "a bracket that never closes": ("Ann <ann@example.org", None, "ann@example.org", "Ann"),
    "brackets twice": ("Ann <<ann@example.org>>", None, "ann@example.org", "Ann"),
    "a quote that never closes": ('"Ann <ann@example.org>', None, "ann@example.org", "Ann"),
    "quotes around the address": ("Ann <'ann@example.org'>", None, "ann@example.org", "Ann"),
    "a comment behind the address": ("Ann <ann@example.org> (Ulm)", None, "ann@example.org", "Ann (Ulm)"),
    "the name behind, bare": ("ann@example.org Ann Ex", None, "ann@example.org", "Ann Ex"),
    "the name before, as comment": ("(Ann) ann@example.org", None, "ann@example.org", "Ann"),
    "a quoted name without brackets": ('"Ex, \\"Ann\\"" ann@example.org', None, "ann@example.org", 'Ex, "Ann'),
    "a list's name": ("\"'Ann' via Docs\" <ann@example.org>",) + ("ann@example.org",) * 2 + ("'Ann' via Docs",),
    "apostrophes around the name": ("'Ann O'Ex' <ann@example.org>",) + ("ann@example.org",) * 2 + ("Ann O'Ex",),
    "a warning before the name": ("[EXT]=?utf-8?Q?_Ann?= <ann@example.org>",)
    + ("ann@example.org",) * 2
    + ("[EXT] Ann",),
    "a URI": ("Ann <mailto:ann@example.org>", None, "ann@example.org", "Ann"),
    "name and address changed places": ("ann@example.org <Ann Example>", None, "ann@example.org", "Ann Example"),
    "encoded all around": ("=?utf-8?Q?Ann_<ann=40example.org>?=", None, "ann@example.org", "Ann"),
    "encoded in the brackets": ("Ann <=?utf-8?Q?ann=40example.org?=>", None, "ann@example.org", "Ann"),
    "two mailboxes": ("Ann <ann@example.org>, bob@example.org", None, "ann@example.org", "Ann"),
    "a group": ("team: Ann <ann@example.org>, bob@example.org;", None, "ann@example.org", "Ann"),
    "a colon in the name": ("Shop: Ann <ann@example.org>", None, "ann@example.org", "Shop: Ann"),
    "another address as name": ("bob@example.org <ann@example.org>", None, "ann@example.org", "bob@example.org"),
    "a name alone": ("Mail Delivery Subsystem", None, "", "Mail Delivery Subsystem"),
    "a local part alone": ("MAILER-DAEMON", None, "MAILER-DAEMON", ""),
}

LISTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "groups": ("a@x.example, team: B <b@x.example>, c@x.example;, none:;", [("a", ""), ("b", "B"), ("c", "")]),
    "a group's comments": (
        "Us(all) :B <b@(his)x.example>, C <c@x.example> (dear); (end)",
        [("b", "B"), ("c", "C (dear)")],
    ),
    "nobody": ("undisclosed-recipients:;", []),
    "semicolons": ("a@x.example; B <b@x.example>;", [("a", ""), ("b", "B")]),
    "no commas": ("A <a@x.example> B <b@x.example>", [("a", "A"), ("b", "B")]),
    "blanks alone": ("a@x.example b@x.example", [("a", ""), ("b", "")]),
    "commas in names": ('"B, A" <a@x.example>, C, B <b@x.example>', [("a", "B, A"), ("b", "C, B")]),
    "commas in encoded names": ("=?utf-8?Q?B,_A?= <a@x.example>, b@x.example", [("a", "B, A"), ("b", "")]),
    "a list encoded whole": (
        "=?utf-8?Q?A_<a@x.example>,_=22B,_=C3=9F=22_<b@x?=\n =?utf-8?Q?.example>,_c@x.example?=",
        [("a", "A"), ("b", "B, ß"), ("c", "")],
    ),
    "empty places": (",a@x.example,, ,b@x.example,", [("a", ""), ("b", "")]),
    "local users": ("root, a@x.example", [("a", "")]),
}

# what stands in other fields; the values are attributes of the message
OTHERS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "an id without brackets": (FROM + b"Message-ID: one@x.example\n", {"message_id": "<one@x.example>"}),
    "an id without an at-sign": (FROM + b"Message-ID: 12345\n", {"message_id": "<12345>"}),
    "a folded id": (FROM + b"Message-ID:\n <one\n @x.example>\n", {"message_id": "<one@x.example>"}),
    "an id in two brackets": (FROM + b"Message-ID: <<one@x.example>>\n", {"message_id": "<one@x.example>"}),
    "an encoded id": (FROM + b"Message-ID: =?utf-8?q?=3Cone=40x=2Eexample=3E?=\n", {"message_id": "<one@x.example>"}),
    "two ids": (
        FROM + b"Message-ID: <one@x.example>\nMessage-ID: <two@x.example>\n",
        {"message_id": "<one@x.example>"},
    ),
    "ids with commas": (FROM + b"References: <a@x>,<b@x>, <c@x>\n", {"references": ("<a@x>", "<b@x>", "<c@x>")}),
    "ids without brackets": (FROM + b"References: a@x b@x,\n c@x\n", {"references": ("<a@x>", "<b@x>", "<c@x>")}),
    "ids that never close": (FROM + b"References: <a@x <b@x> <c@x\n", {"references": ("<a@x>", "<b@x>", "<c@x>")}),
    "prose around an id": (
        FROM + b"In-Reply-To: Your message of Friday <a@x> (was: b@x)\n",
        {"in_reply_to": ("<a@x>",)},
    ),
    "an id that is a number": (FROM + b"In-Reply-To: 12345\n", {"in_reply_to": ("<12345>",)}),
    "no blank between ids": (FROM + b"References: <a@x><b@x>\n", {"references": ("<a@x>", "<b@x>")}),
    "a line end lost behind an id": (FROM + b"Message-ID:\n <a@x>MIME-Version: 1.0\n", {"message_id": "<a@x>"}),
    "two lists of recipients": (FROM + b"To: a@x.example\nTo: b@x.example\n", {"to": ("a@x.example", "b@x.example")}),
}

JUNK: dict[str, tuple[bytes, dict[str, Any]]] = {
    "a line without a colon": (
        FROM + b"this is no field\nSubject: Ulm\nX-A: b\n\nwords\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "words\n"},
    ),
    "mbox's line in the middle": (
        FROM + b">From someone Fri Nov 20 10:00:00 2026\nSubject: Ulm\n\nwords\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "words\n"},
    ),
    "mbox's line at the top": (
        b"From someone Fri Nov 20 10:00:00 2026\n" + FROM + b"Subject: Ulm\n\nwords\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "words\n"},
    ),
    "a byte order mark": (
        b"\xef\xbb\xbf" + FROM + b"Subject: Ulm\n\nwords\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "words\n"},
    ),
    "a line of blanks at the top": (
        b" " * 70 + b"\nTo: a@x.example\n" + FROM + b"Subject: Ulm\n\nwords\n",
        {"subject": "Ulm", "sender": None, "text": "words\n"},
    ),
    "a lost indent": (
        FROM + b'Content-Type: multipart/mixed;\nboundary="b"\nSubject: Ulm\n\n--b\n\nwords\n--b--\n',
        {"subject": "Ulm", "sender": "ann@example.org", "text": "words"},
    ),
    "From behind a line that is none": (
        b"Received: from a by b\nthis is no field\n" + FROM + b"Subject: Ulm\n\nwords\n",
        {"subject": "Ulm", "sender": None, "text": "words\n"},
    ),
    "a second From behind it": (
        FROM + b"this is no field\nFrom: bob@example.org\nSubject: Ulm\n\nwords\n",
        {
            "subject": "",
            "sender": "ann@example.org",
            "text": "this is no field\nFrom: bob@example.org\nSubject: Ulm\n\nwords\n",
        },
    ),
    "no empty line": (
        FROM + b"Subject: Ulm\nHello there.\nNote: this is text.\n\nwords\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "Hello there.\nNote: this is text.\n\nwords\n"},
    ),
    "a boundary instead of the empty line": (
        FROM
        + b"Subject: Ulm\nContent-Type: multipart/mixed; boundary=b\n"
        + b"--b\nContent-Transfer-Encoding: 7bit\n\nwords\n--b--\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "words"},
    ),
    "References without their name": (
        FROM + b"MIME-Version: 1.0\n<a@x.example> <b@x.example>\nSubject: Ulm\n\nwords\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "words\n"},
    ),
    "blanks instead of the empty line": (
        FROM + b"Subject: Ulm\n  \nHello there.\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "Hello there.\n"},
    ),
    "fields behind the empty line": (
        b"To: a@x.example\n\n" + FROM + b"Subject: Ulm\n\nwords\n",
        {"subject": "", "sender": None, "text": (FROM + b"Subject: Ulm\n\nwords\n").decode()},
    ),
    "an empty line first": (
        b"\n" + FROM + b"Subject: Ulm\n\nwords\n",
        {"subject": "", "sender": None, "text": (FROM + b"Subject: Ulm\n\nwords\n").decode()},
    ),
    "blanks before the colon": (
        b"From : ann@example.org\nSubject\t: Ulm\n\nwords\n",
        {"subject": "Ulm", "sender": "ann@example.org", "text": "words\n"},
    ),
}
