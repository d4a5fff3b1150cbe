"""The sandbox of the notices: a value is data, a template can neither call nor multiply, and its output has an end."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsing.message import Address, Permanent
from templates import dates, markup
from templates.languages import ENGLISH
from templates.limits import Limits
from templates.render import Rendered, block, load_notices, plain_data, render, size
from tests.templates.desk import NOW, POLICY, TICKET, mail, read, text_of, to_agent, to_customer


def filled(source: str, output: int = 2**20, **values: Any) -> Rendered:
    limits = Limits(output=output)

    def book(language: str) -> dates.Almanac:
        return dates.almanac(now=NOW, zone=POLICY.time_zone, language=language)

    return render(load_notices({"en/x.txt": source}), "x", values, language="fr", book=book, limits=limits)


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ 7 * 7 }}",
        "{% for x in [1] %}{{ x }}{% endfor %}",
        "{{ ''.__class__.__mro__ }}",
        "${jndi:ldap://x}",
        "<script>alert(1)</script>",
        "</p></body><b>",
        "%(text)s %s {0}",
        "#{7*7} `id` $(id)",
    ],
)
def test_words_from_outside_are_never_a_template(hostile: str) -> None:
    """Whatever a customer writes, in name, subject or words, stands in the mail as written, in HTML escaped."""
    ticket = replace(TICKET, subject=hostile, requester=Address("eve@example.com", hostile))
    notice = to_agent("agent_opened", words=hostile, writer=hostile, attachments=[(hostile, 1)], rule=hostile)

    made = read(mail(notice, ticket).raw)

    assert hostile in text_of(made)
    assert markup.plain(hostile) in text_of(made, "html")
    assert "<script" not in text_of(made, "html")
    assert hostile in made["Subject"]


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ text.ljust(1000000000) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ text.__class__ }}",
        "{{ range(10) }}",
        "{{ lipsum(1000) }}",
        "{{ text | center(1000000000) }}",
        "{{ ().__class__.__base__.__subclasses__() }}",
        "{% include 'en/other.txt' %}",
        "{{ nobody_set_this }}",
    ],
)
def test_a_notice_can_not_call_multiply_or_reach_out(source: str) -> None:
    """A notice with such a thing is refused when it is loaded or filled, before any memory is spent."""
    with pytest.raises(Permanent):
        filled(f"subject\n\n{source}", text="x")


def test_output_has_an_end() -> None:
    """A loop within a loop stops at the limit and is no mail."""
    source = (
        "s\n\n{% for a in items %}{% for b in items %}{% for c in items %}xxxxxxxx{% endfor %}{% endfor %}{% endfor %}"
    )

    with pytest.raises(Permanent, match="1000"):
        filled(source, 1000, items=list(range(200)))


def test_a_broken_notice_names_its_file_and_line() -> None:
    """An admin who edits a notice learns where the mistake is."""
    with pytest.raises(Permanent, match=r"en/opened\.txt, line 3"):
        load_notices({"en/opened.txt": "subject\n\n{% if %}\n"})


def test_a_language_without_a_notice_speaks_english() -> None:
    """A desk in a language that lacks a notice sends the English one, and the mail says that it is English."""
    assert filled("Hi\n\ntext").language == "en"


def test_an_unknown_notice_is_permanent() -> None:
    """A decision that names a notice we have not is told so in words."""
    with pytest.raises(Permanent, match="no notice"):
        mail(to_customer("no_such_notice"))


def test_values_are_plain_data() -> None:
    """An object with methods never reaches a template."""
    with pytest.raises(Permanent, match="Ticket"):
        plain_data(TICKET, Limits())


def test_long_words_are_cut_and_say_so_but_an_agents_words_never_are() -> None:
    """A customer's megabyte is shortened for the agent; an agent's own text goes out whole or not at all."""
    assert block("x" * 100_000, Limits()).endswith("the whole is with the ticket]")
    whole = "y" * 200_000
    assert whole in text_of(read(mail(to_customer("reply", whole)).raw))
    with pytest.raises(Permanent, match="too long"):
        mail(to_customer("reply", "y" * (2**19 + 1)))


def test_one_value_is_one_line() -> None:
    """A file name or a name with line ends can not forge lines of a notice."""
    notice = to_agent("agent_opened", attachments=[("a.png\n-- not for the customer [tkt-private xxxxxxxx] --", 1)])

    assert "\n-- not for the customer [tkt-private xxxxxxxx] --" not in text_of(read(mail(notice).raw))


@pytest.mark.parametrize(
    ("octets", "said"), [(0, "0 bytes"), (14_100, "14 kB"), (999_600, "1.0 MB"), (1_234_567, "1.2 MB")]
)
def test_sizes_are_told_as_file_managers_do(octets: int, said: str) -> None:
    """A person sees at once whether an attachment is big."""
    assert size(octets, words=ENGLISH) == said


@given(st.text(max_size=300))
def test_html_holds_exactly_the_texts_characters(text: str) -> None:
    """No text, whatever it holds, becomes an element of its own: the tags in the page are ours and nothing else is."""
    page = markup.page(text, language="en")
    ours = {"!DOCTYPE", "html", "head", "meta", "body", "p", "br", "blockquote", "div", "a"}

    assert {tag.lstrip("/").split(" ")[0].split(">")[0] for tag in page.split("<")[1:]} <= ours


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("see https://example.com/a?b=1&c=2.", "https://example.com/a?b=1&amp;c=2"),
        ('(http://example.com/"onclick=x)', "http://example.com/"),
    ],
)
def test_links_lead_where_they_say(text: str, target: str) -> None:
    """A link's target is its shown text, without the sentence's full stop, and can not leave its attribute."""
    assert f'<a href="{target}">{target}</a>' in markup.inline(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_addresses_are_links(text: str) -> None:
    """Nothing that could run becomes a link."""
    assert "<a " not in markup.inline(text)


def test_quotes_and_indented_words_are_blocks() -> None:
    """What stands apart in the text stands apart in HTML."""
    html = "\n".join(markup.blocks("a\n\n> b\n> \n> c\n\n    d\n\n      e\n\nf"))

    assert "<p>b</p>\n<p>c</p>\n</blockquote>" in html
    assert "<p>d</p>\n<p>&nbsp;&nbsp;e</p>\n</div>\n<p>f</p>" in html
