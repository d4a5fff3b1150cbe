"""Which parts of a mail are its text, and how their bytes become it: broken encodings, boundaries and alternatives."""

from __future__ import annotations

import base64
import time

import pytest

from parsing.flowed import plain_of_enriched, unflow, without_armor
from parsing.limits import Limits
from parsing.message import Message
from parsing.reader import read
from parsing.transfer import encoding_name, undo


def both(raw: str | bytes) -> list[Message]:
    data = raw.encode() if isinstance(raw, str) else raw
    return [read(data), read(data.replace(b"\n", b"\r\n"))]


def part(type_: str, body: str, *more: str) -> str:
    return "\n".join((f"Content-Type: {type_}", *more, "", body, ""))


def multipart(kind: str, *parts: str, boundary: str = "b") -> str:
    inner = "".join(f"--{boundary}\n{one}" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{inner}--{boundary}--\n'


def mail(body: str) -> str:
    return f"From: Ann <ann@customer.example>\nSubject: Printer\n{body}"


PLAIN = part("text/plain; charset=utf-8", "plain words")
HTML = part("text/html; charset=utf-8", "<p>plain <b>words</b></p>")
PICTURE = part("image/png; name=p.png", "AAAA", "Content-Transfer-Encoding: base64", "Content-ID: <p>")
CHOICE = multipart("alternative", PLAIN, HTML, boundary="a")

TREES = {
    "plain": (PLAIN, "plain words"),
    "HTML": (HTML, "plain words"),
    "a choice": (CHOICE, "plain words"),
    "a choice in mixed": (multipart("mixed", CHOICE, PICTURE), "plain words"),
    "text after a file": (multipart("mixed", PLAIN, PICTURE, part("text/plain", "below")), "plain words\nbelow"),
    "Apple Mail": (
        multipart(
            "alternative",
            part("text/plain", "plain words\nz"),
            multipart("mixed", HTML, PICTURE, part("text/html", "z"), boundary="m"),
        ),
        "plain words\nz",
    ),
    "related": (multipart("related", part("text/html", '<p>see <img src="cid:p" alt=it></p>'), PICTURE), "see [it]"),
    "an empty plain text": (multipart("alternative", part("text/plain", "\n "), HTML), "plain words"),
    "two plain texts": (
        multipart(
            "alternative",
            part("text/plain", "guten Tag"),
            part("text/plain", "good day"),
            part("text/html", "guten Tag<p>good day"),
        ),
        "guten Tag\ngood day",
    ),
    "a list's foot": (multipart("mixed", CHOICE, part("text/plain", "-- \nlist")), "plain words\n-- \nlist"),
    "markdown": (part("text/markdown", "# plain"), "# plain"),
    "enriched": (
        multipart("alternative", part("text/enriched", "<bold>plain</bold>\nwords\n\n<<3"), boundary="x"),
        "plain words\n<3",
    ),
    "signed": (
        multipart("signed", PLAIN, part("application/pgp-signature", "x"), boundary="s"),
        "plain words",
    ),
    "no end": (multipart("mixed", PLAIN).removesuffix("--b--\n"), "plain words"),
    "no boundary named": (multipart("mixed", PLAIN, PICTURE).replace('; boundary="b"', ""), "plain words"),
    "another boundary named": (multipart("mixed", PLAIN, PICTURE).replace('"b"', '"c"'), "plain words"),
    "said to be text": (multipart("mixed", PLAIN, PICTURE).partition("\n")[2], "plain words"),
    "a container in base64": (
        'Content-Type: multipart/mixed; boundary="b"\nContent-Transfer-Encoding: base64\n\n'
        + base64.encodebytes(multipart("mixed", PLAIN).partition("\n\n")[2].encode()).decode(),
        "plain words",
    ),
    "nothing but a preamble": ("Content-Type: multipart/mixed; boundary=b\n\nplain words\n--b--\n", "plain words"),
    "an epilogue": (multipart("mixed", PLAIN) + "ignored\n", "plain words"),
    "no type": ("\nplain words\n", "plain words"),
    "a type that is none": (part("foo", "plain words"), "plain words"),
    "a bare type": (part("text", "plain words"), "plain words"),
}


@pytest.mark.parametrize("name", TREES)
def test_the_text_of_a_tree(name: str) -> None:
    """Whatever the tree, the words that a person wrote are the text, once and in order."""
    tree, text = TREES[name]
    for message in both(mail(tree)):
        assert message.text.strip() == text
        assert message.html_text == ""
        assert "".join(span.text for span in message.spans) == message.text


def test_a_mail_about_mails_is_text() -> None:
    """Who quotes a raw mail in a text has written a text."""
    raw = "Hello,\nthis came:\n--b\nContent-Type: text/plain\n\nx\n--b--\n"
    for message in both(mail(part("text/plain", raw))):
        assert message.text.strip() == raw.strip()


def test_what_is_attached_is_not_the_text() -> None:
    """The words of an attached mail or file are never mixed into the body."""
    inner = part("message/rfc822", "From: Carl <carl@x.example>\n\nforeign words")
    file = part("text/plain; name=log.txt", "logged words")
    for message in both(mail(multipart("mixed", PLAIN, inner, file))):
        assert message.text.strip() == "plain words"
        assert len(message.attachments) == 2


def test_alternatives_that_disagree_are_both_kept() -> None:
    """D22: what the HTML says beside the plain text is kept with a defect, and the text is the plain one."""
    other = part("text/html", "<p>Please pay <b>ninety thousand</b> to another account today, urgently.</p>")
    for message in both(mail(multipart("alternative", part("text/plain", "#close\nThank you."), other))):
        assert message.text.strip() == "#close\nThank you."
        assert message.html_text.strip() == "Please pay ninety thousand to another account today, urgently."
        assert "the HTML says something else than the plain text" in [defect.what for defect in message.defects]


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        ("Please pay 500 euros.", "Please pay 900 euros."),
        ("Please pay 500 euros.", "Please pay [900] euros."),
        ("You may close it.", "You may not close it."),
        ("You may not close it.", "You may close it."),
        ("Ship the red one, not the blue one.", "Ship the blue one, not the red two."),
        ("Die Lieferung kommt am 3. Mai.", "Die Lieferung kommt am 4. Mai."),
        ("请付五百元。", "请付九百元。"),
    ],
)
def test_one_figure_or_one_word_is_enough(plain: str, page: str) -> None:
    """D22: alternatives that differ in one figure, or one swapped, missing or added word, are both kept."""
    for message in both(mail(multipart("alternative", part("text/plain", plain), part("text/html", f"<p>{page}</p>")))):
        assert message.text.strip() == plain
        assert message.html_text.strip() == page


def test_nothing_below_our_marker_is_what_the_html_says() -> None:
    """What is private to staff stands below it, however the HTML of an answer was made."""
    page = part("text/html", "<p>one two three four five six seven</p><p>[TKT-private a] secret</p>")
    for message in both(mail(multipart("alternative", part("text/plain", "short"), page))):
        assert message.html_text.strip() == "one two three four five six seven"


def test_an_answer_to_our_own_mail_agrees_with_itself() -> None:
    """Below our marker the two forms of an answer are not compared: what is quoted there is ours."""
    plain = part("text/plain", "Done.\n\n> [TKT-private a] below this line\n> one two three")
    page = part("text/html", "<p>Done.</p><blockquote>[TKT-private a] below this line<br>four</blockquote>")
    for message in both(mail(multipart("alternative", plain, page))):
        assert message.html_text == ""
        assert message.defects == ()


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        (
            "see https://a.example/x\n[image: logo]\n*bold*",
            '<a href="https://a.example/x">see</a><img alt=logo><b>bold</b>',
        ),
        ("A 1\nB 2", "<table><tr><td>A<td>1<tr><td>B<td>2</table>"),
        ("* one\n* two\n", "<ol><li>one<li>two</ol>"),
        ("*Bold* and _more_ [cid:image001.png@01D5]", "<b>Bold</b> and <i>more</i><img src=cid:a alt='a picture'>"),
        ("[image: Inline image 1] it's", '<img src="cid:b" alt="Inline image 1"> it’s'),
        ("ann@example.org<mailto:ann@example.org>", '<a href="mailto:ann@example.org">ann@example.org</a>'),
        ("印刷機が動\nきません。", "<p>印刷機が動きません。</p>"),
        ("Hello there", '<div style="display:none">any preview that nobody sees anywhere</div>Hello there'),
    ],
)
def test_alternatives_that_agree(plain: str, page: str) -> None:
    """Addresses, pictures and forms differ between text and HTML of one mail: that is no disagreement."""
    for message in both(mail(multipart("alternative", part("text/plain", plain), part("text/html", page)))):
        assert message.html_text == ""
        assert message.defects == ()


@pytest.mark.parametrize(
    "stub",
    [
        "This message requires an HTML viewer.",
        "Ihr Programm kann kein HTML anzeigen.",
        "Votre logiciel n'affiche pas le HTML.",
    ],
)
def test_a_plain_text_that_points_at_the_html(stub: str) -> None:
    """A plain text that only says that it is none is not what the customer wrote: the HTML is read."""
    page = part("text/html", "<p>The printer in the cellar burns since Monday, please send somebody with water.</p>")
    for message in both(mail(multipart("alternative", part("text/plain", stub), page))):
        assert message.text.startswith("The printer in the cellar burns")
        assert message.html_only


def test_a_report_without_words_shows_what_it_says() -> None:
    """A report made of machine-readable parts alone is still read by a person, and by us."""
    fields = (
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ann@customer.example\nAction: failed\nStatus: 5.1.1"
    )
    status = part("message/delivery-status", fields)
    tree = multipart("report", status).replace("report;", "report; report-type=delivery-status;")
    for message in both(mail(tree)):
        assert "Final-Recipient: rfc822; ann@customer.example" in message.text
        assert [report.status for report in message.reports] == ["5.1.1"]


WORDS = "Grüße aus dem Keller, wo der Drucker brennt.\n" * 3
CODED = base64.encodebytes(WORDS.encode())
TRANSFERS = [
    ("base64", CODED, WORDS),
    ("BASE64 (yes)", CODED, WORDS),
    ('"base64"', CODED, WORDS),
    ("base64", CODED.replace(b"\n", b" \n \n"), WORDS),
    ("base64", CODED.replace(b"\n", b""), WORDS),
    ("base64", CODED[:30] + b"!\x00*" + CODED[30:], WORDS),
    ("base64", CODED.rstrip(b"=\n"), WORDS),
    (
        "base64",
        CODED + b"_______\nthe list's foot\nhttps://list.example\n",
        WORDS + "_______\nthe list's foot\nhttps://list.example\n",
    ),
    ("base64", base64.encodebytes(b"one ") + base64.encodebytes(b"two"), "one two"),
    ("base64", b"b25lCg== ignored", "one\n"),
    ("base64", b"It was never encoded,\nsays Ann.\n", "It was never encoded,\nsays Ann.\n"),
    ("base64", b"Hello", "Hello"),
    ("base64", b"", ""),
    ("quoted-printable", b"Gr=C3=BC=c3=9fe a=3Db", "Grüße a=b"),
    ("quoted-printable", b"so=\nft =  \nbreaks=", "soft breaks"),
    ("quoted-printable", b"=ZZ == =\r= 100% =4", "=ZZ == =\r= 100% =4"),
    ("quoted printable", b"=C3=BC", "ü"),
    ("x-uuencode", b"begin 644 x\n#86)C\n`\nend\n", "abc"),
    ("x-uuencode", b"no file", "no file"),
    ("8-bit", "ü".encode(), "ü"),
    ("plain", b"=3D as it stands", "=3D as it stands"),
    ("x-gzip64", b"H4sI", "H4sI"),
]


@pytest.mark.parametrize(("encoding", "data", "text"), TRANSFERS)
def test_transfer_encodings(encoding: str, data: bytes, text: str) -> None:
    """Each broken form of an encoding gives the words that were meant, and nothing is thrown away."""
    assert undo(data, encoding_name(encoding))[0].decode() == text
    if b"\r" not in data:
        assert undo(data.replace(b"\n", b"\r\n"), encoding_name(encoding))[0].decode().replace("\r\n", "\n") == text


def test_a_broken_encoding_is_told() -> None:
    """What was mended in a part's encoding stands in the defects."""
    for message in both(mail("Content-Transfer-Encoding: x-other\n\nplain words\n")):
        assert message.text.strip() == "plain words"
        assert [d.mended for d in message.defects if d.what == "transfer"] == [
            "transfer encoding 'x-other' is unknown: read as it stands"
        ]


def test_html_that_does_not_say_that_it_is_encoded() -> None:
    """Attributes written in quoted-printable betray it."""
    for message in both(mail(part("text/html", '<p class=3D"x">Gr=C3=BC=C3=9Fe=\n!</p>'))):
        assert message.text.strip() == "Grüße!"


@pytest.mark.parametrize("label", ["", "; charset=x-unknown", "; charset=us-ascii"])
def test_a_page_names_its_charset(label: str) -> None:
    """Where the field of the part does not say it, the page itself may."""
    page = f'Content-Type: text/html{label}\n\n<meta http-equiv="Content-Type" content="text/html; charset=koi8-u">мій'
    for message in both(mail(page).encode("koi8-u")):
        assert message.text.strip() == "мій"


FLOWED = [
    ("one \ntwo\nthree", "one two\nthree"),
    ("> one \n> two\n>> three \n> four", "> one two\n>> three \n> four"),
    ("> one \ntwo", "> one \ntwo"),
    (" From here\n  stuffed\n > no quote", "From here\n stuffed\n> no quote"),
    ("text \n-- \nAnn \nExample", "text \n-- \nAnn Example"),
    ("one \n\ntwo", "one \n\ntwo"),
    ("a \n#close", "a \n#close"),
    (">> a \n>> b \n>> c", ">> a b c"),
    (">\n> a", ">\n> a"),
]


@pytest.mark.parametrize(("flowed", "text"), FLOWED)
def test_flowed_text(flowed: str, text: str) -> None:
    """RFC 3676: soft breaks at one level are undone, stuffed blanks taken away, signatures stay."""
    assert unflow(flowed) == text


def test_flowed_text_without_blanks() -> None:
    """DelSp=yes: the blank at a soft break is not part of the text (Japanese)."""
    head = 'Content-Type: text/plain; charset=utf-8; Format="Flowed"; DelSp=Yes\n\n'
    for message in both(mail(head + "猫が \n好き\n")):
        assert message.text == "猫が好き\n"


def test_text_signed_in_the_clear() -> None:
    """The armour of PGP is not what the customer wrote; dash escapes are undone."""
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n- -- \nAnn\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    )
    assert without_armor(signed) == "Hello\n-- \nAnn\n"
    assert without_armor(signed[:-9]) == signed[:-9]
    for message in both(mail(part("text/plain", signed))):
        assert message.reply_text.strip() == "Hello"


def test_enriched_text() -> None:
    """RFC 1896: commands go, a single line end is a blank, two are one, << is a sign."""
    assert plain_of_enriched("<color><param>red</param>a</color>\nb\n\nc <<x>") == "a b\nc <x>\n"


def test_html_that_is_too_long_is_attached_whole() -> None:
    """Beyond the limit HTML is not read, with a defect, and the part can be saved."""
    message = read(mail(part("text/html", "<p>words</p>" * 200)).encode(), Limits(html=1200))

    assert message.text.split() == ["words"] * 100
    assert [attachment.type for attachment in message.attachments] == ["text/html"]
    assert [d.what for d in message.defects] == ["HTML longer than 1200 characters"]


def test_a_page_without_words_can_be_looked_at() -> None:
    """H16: HTML that shows pictures only is an attachment, and a defect says so."""
    page = part("text/html", '<html><body><img src="https://a.example/x"></body></html>')
    for message in both(mail(page)):
        assert message.text.strip() == ""
        assert [attachment.type for attachment in message.attachments] == ["text/html"]
        assert "the HTML shows no words" in [defect.what for defect in message.defects]


@pytest.mark.parametrize(
    "raw",
    [
        b"--b\nContent-x:" * 100_000,
        b"Content-Type: multipart/mixed\n\n" + b"--b\nContent-Type: text/plain\n\nx\n" * 20_000,
        b"Content-Transfer-Encoding: base64\n\n" + b"QUJD= x\n" * 100_000,
        b"Content-Transfer-Encoding: quoted-printable\n\n" + b"= " * 500_000,
        b"Content-Type: text/plain; format=flowed\n\n" + b"> a \n" * 200_000,
        b"Content-Type: text/enriched\n\n" + b"<<param>" * 120_000,
        b"Content-Type: text/plain\n\n" + b"-----BEGIN PGP SIGNED MESSAGE-----\n" * 30_000,
    ],
    ids=["boundaries", "parts", "base64", "soft breaks", "flowed", "enriched", "armour"],
)
def test_hostile_bodies_are_read_in_time(raw: bytes) -> None:
    """A MiB made to keep a reader busy costs less than three seconds."""
    start = time.process_time()
    read(b"From: a@b.example\n" + raw)

    assert time.process_time() - start < 3
