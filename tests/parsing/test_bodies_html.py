"""HTML into text: what a reader would have seen, in the order in which it was seen, and nothing lost."""

from __future__ import annotations

import time

import pytest

from parsing.html import html_to_text
from parsing.html_quotes import QUOTE_CLOSE, QUOTE_OPEN
from parsing.limits import Limits
from parsing.reader import read


def text_of(source: str) -> str:
    return html_to_text(source, Limits(), marks=False).strip("\n")


PAGES: dict[str, tuple[str, str]] = {
    "paragraphs": ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
    "forms of br": ("a<br>b<br/>c<BR clear=all>d</br>e<br><br>f", "a\nb\nc\nd\ne\n\nf"),
    "lines of Gmail": ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
    "lines of Outlook": (
        "<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>",
        "a\n\nb",
    ),
    "paragraphs without a margin": ('<p style="margin: 0">a</p><p style="margin-bottom:0in">b</p>', "a\nb"),
    "no tags": ("a\n b", "a b"),
    "a link": (
        'see <a href="https://a.example/x?y=1&amp;z">this page</a>.',
        "see this page <https://a.example/x?y=1&z>.",
    ),
    "a link that says so": ('<a href="http://www.a.example/">a.example</a>', "a.example"),
    "a link that lies": (
        '<a href="https://evil.example/">https://bank.example/</a>',
        "https://bank.example/ <https://evil.example/>",
    ),
    "a link on two lines": ('<a href="https://a.example/\nlong">x</a>', "x <https://a.example/long>"),
    "an address": ('<a href="mailto:Ann@a.example?subject=x">Ann</a>', "Ann <Ann@a.example>"),
    "an address that says so": ('&lt;<a href="mailto:ann@a.example">ann@a.example</a>&gt;', "<ann@a.example>"),
    "links that lead nowhere": ('<a href="#top">a</a> <a href="javascript:x()">b</a> <a name=c>c</a>', "a b c"),
    "a picture": ('<img src="cid:x" alt="the error &quot;5&quot;"><img src=pixel>', '[the error "5"]'),
    "a picture that leads somewhere": ('<a href="https://a.example"><img alt=Shop></a>', "[Shop] <https://a.example>"),
    "a list": ("<ul><li>a<li>b<ul><li>c<br>d</li></ul></li></ul>e", "* a\n* b\n  * c\n    d\n\ne"),
    "a numbered list": ("<ol start=3><li>a</li><li>b</li></ol>", "3. a\n4. b"),
    "a table": ("<table><tr><th>A<th>B<tr><td>1</td><td>2</td></tr></table>", "A\tB\n1\t2"),
    "a table of Word": (
        "<table><tr><td><p class=MsoNormal>A</p></td><td><p class=MsoNormal>B</p></td></tr></table>x",
        "A\tB\nx",
    ),
    "a table for the layout": ("<table><tr><td>a<br>b</td><td>c</td></tr></table>", "a\nb\nc"),
    "a header block": ("<table><tr><th>From: </th><td>Ann</td></tr></table>", "From:\tAnn"),
    "a quotation": ("a<blockquote>b<br>c<blockquote>d</blockquote></blockquote>e", "a\n\n> b\n> c\n>\n>> d\n\ne"),
    "an indented paragraph": ('a<blockquote style="margin:0 0 0 40px;border:none">b</blockquote>', "a\nb"),
    "preformatted": ("<pre>a  b\n   c</pre>", "a  b\n   c"),
    "preformatted by style": ('<div style="white-space: pre-wrap">a  b\nc</div>', "a  b\nc"),
    "entities": ("&lt;b&gt; &amp;amp; &euro; &#8364; &#x20AC; &nosuch; & &copy", "<b> &amp; € € € &nosuch; & ©"),
    "entities that are no characters": ("a&#0;b&#xfdd0;c&#99999999;d&#13;", "a\ufffdbc\ufffdd"),
    "character data": ("a<![CDATA[b > c]]>d", "ab > cd"),
    "a broken heart": ("I </3 mails > <! and <?3 >", "I </3 mails > <! and <?3 >"),
    "a sign that is no tag": ("1 < 2 and 3 > 2, <3, <->, a<b", "1 < 2 and 3 > 2, <3, <->, a<b"),
    "quoted signs": ('<img alt="a > b"><a title="<x>" href="https://a.example">c</a>', "[a > b]c <https://a.example>"),
    "unread": ("<title>t</title><style>s</style><script>'<p>'</script>a<!-- c -->b<?xml x?>", "ab"),
    "conditional comments": (
        "<!--[if mso]>m<![endif]--><!--[if !mso]><!-->o<!--<![endif]--><![if !vml]>v<![endif]>",
        "ov",
    ),
    "odd nesting": ("<b><p>a</b>b</p></i></table><td>c</b>", "ab\n\nc"),
    "never closed": ("<div><p>a<script>b", "ab"),
    "a comment without end": ("a<!-- b", "a<!-- b"),
    "a tag without end": ("a <b", "a <b"),
    "hidden": ('<div style="display:none">preview &zwnj;&nbsp;&zwnj;&nbsp;</div>a<p hidden>b</p>c', "a\n\nc"),
    "hidden, with a paragraph never closed": ('<p style="display: none">b<div>a</div>', "a"),
    "only hidden": ('<div style="display:none">all  of it</div><img src=x>', "all of it"),
    "padding of a preview": ("a&#847;&zwnj;&nbsp;&zwnj;&nbsp;&shy;&#8203;b", "ab"),
    "a signature": ("a<br>-- <br>Ann", "a\n--\nAnn"),
    "nothing": ("<html><body><img src=x></body></html>", ""),
}


@pytest.mark.parametrize("name", PAGES)
def test_html_reads_as_it_was_meant(name: str) -> None:
    """Each thing that mail programs write in HTML has its form in text, with LF and with CRLF."""
    source, text = PAGES[name]

    assert text_of(source) == text
    raw = f"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n{source}\n".encode()
    for message in (read(raw), read(raw.replace(b"\n", b"\r\n"))):
        assert message.text.strip() == text.strip()


def test_marks_keep_their_place() -> None:
    """What a program marks as quoted lies between the marks, the signs of the level too."""
    text = html_to_text('a<blockquote type="cite"><p>b</p></blockquote><p>c</p>', Limits())
    lines = [line for line in text.split("\n") if line]

    assert lines == ["a", f"{QUOTE_OPEN}> b", f"{QUOTE_CLOSE}c"]
    assert html_to_text("a&#xfdd0;\ufdd1", Limits()).count(QUOTE_OPEN) == 0


def test_links_end_at_their_number() -> None:
    """Beyond the limit a link's words are kept, where it leads is not."""
    text = html_to_text('<a href="https://a.example/">b</a> ' * 9, Limits(links=3))

    assert text.split().count("b") == 9
    assert text.count("https://a.example/") == 3


HOSTILE = {
    "H06 links": '<a href="https://a.example/a">word</a>' * 20_000,
    "H07 divs": "<div>" * 100_000 + "word",
    "H08 attributes": "<div " + "a=b " * 250_000 + ">word",
    "H09 signs": "<" * 200_000 + "word",
    "H12 an address": '<a href="https://' + "a" * 1_000_000 + '">word</a>',
    "H13 quotes": "<blockquote>" * 80_000 + "word",
    "H14 blanks": "word" + " " * 1_000_000 + "word",
    "H15 dashes": "<!" + "-" * 1_000_000 + "word",
    "lists": "<ul><li>" * 100_000 + "word",
    "tables": "<table><tr><td>x" * 60_000 + "word",
    "cells": "<td>" * 200_000 + "word",
    "paragraphs": "<p>" * 300_000 + "word",
    "comments": "<!--" * 250_000 + "word",
    "tags without end": "<div " * 200_000 + "word",
    "quotes without end": "<a '\"" * 200_000 + "word",
    "scripts without end": "<script>" * 100_000 + "word",
    "wrong ends": "<b>" * 100_000 + "</i>" * 100_000 + "word",
    "a number": "&#" + "9" * 1_000_000 + "; word",
    "fillers": "\u200c\xa0" * 400_000 + "word",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_is_read_in_time(name: str) -> None:
    """A MiB of HTML made to stop a reader costs less than two seconds, and its words are there."""
    start = time.process_time()

    assert "word" in html_to_text(HOSTILE[name], Limits())
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>ok",
        "<svg><style><img src=x onerror=alert(1)></style></svg>ok",
        '<iframe srcdoc="<p>x</p>" src="file:///etc/passwd"></iframe>ok',
        '<form action="https://a.example"><input value="x"></form>ok',
        '<base href="https://a.example"><meta http-equiv=refresh content="0;url=https://a.example">ok',
        '<img src="http://169.254.169.254/" onerror=x><link rel=stylesheet href="//a.example">ok',
        "<div style=\"background:url('https://a.example')\">ok</div>",
    ],
)
def test_what_acts_in_html_is_not_there(source: str) -> None:
    """H01 to H05: nothing that a browser would run, load or submit is left in the text."""
    assert text_of(source) == "ok"
