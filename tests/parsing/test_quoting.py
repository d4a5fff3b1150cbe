"""Quotations, forwards and signatures by class and language: what is cut, what is kept, and that nothing is lost."""

from __future__ import annotations

import pytest

from parsing.message import Message
from parsing.reader import read
from tests.parsing import golden, golden_html
from tests.parsing.closing_lines import CLOSINGS, NOTICES, SENT_FROM
from tests.parsing.header_lines import FORWARDS, LABELS, ORIGINALS, VALUES
from tests.parsing.quotation_lines import ATTRIBUTIONS, PROSE, WEAK

LINES = [(language, line) for language, lines in ATTRIBUTIONS.items() for line in lines]
ORDERS = ((0, 1, 2, 3), (1, 0, 2, 3), (3, 1, 0, 2), (0, 2, 3, 1))


def both(body: str, subject: str = "Re: Printer") -> list[Message]:
    raw = golden.plain(body, subject)
    return [read(raw), read(raw.replace(b"\n", b"\r\n"))]


def told(message: Message) -> str:
    assert "".join(span.text for span in message.spans) == message.text
    return message.reply_text.strip()


@pytest.mark.parametrize(("language", "line"), LINES)
def test_a_quotation_is_announced(language: str, line: str) -> None:
    """All below the line is quoted, marked or not; what stands below a marked quotation is an answer."""
    for message in both(f"It works.\n\n{line}\n\nTry again?\n\nBob\n"):
        assert told(message) == "It works."
    for message in both(f"It works.\n\n{line}\n> Try again?\n>\n> Bob\n"):
        assert told(message) == "It works."
    for message in both(f"{line}\n\n> Try again?\n\nIt works.\n"):
        assert told(message) == "It works."


@pytest.mark.parametrize("line", WEAK)
def test_a_weak_line_needs_a_quotation_below_it(line: str) -> None:
    """Without a marked quotation the line is a sentence, and all below it is kept."""
    for message in both(f"It works.\n\n{line}\n> Try again?\n"):
        assert told(message) == "It works."
    for message in both(f"It works.\n\n{line}\nTry again\n\nand again.\n"):
        assert told(message) == f"It works.\n\n{line}\nTry again\n\nand again."


@pytest.mark.parametrize("line", PROSE)
def test_prose_is_kept(line: str) -> None:
    """A sentence that looks like a quotation's, a header's or a signature's line loses nothing."""
    text = f"Hello,\n\n{line}\n\nthe printer burns and smokes.\n\nPlease call me at once."
    for message in both(text + "\n"):
        assert told(message) == text


@pytest.mark.parametrize("language", LABELS)
def test_a_header_block_is_found(language: str) -> None:
    """In any order, bold, indented, below a rule, with blank lines between; the words above it are the answer."""
    lines = [f"{label} {value}" for label, value in zip(LABELS[language], VALUES, strict=True)]
    for order in ORDERS:
        block = [lines[i] for i in order]
        for message in both("It works.\n\n" + "\n".join(block) + "\n\nTry again?\n"):
            assert told(message) == "It works."
    bold = "\n".join(f"*{label}* {value}" for label, value in zip(LABELS[language], VALUES, strict=True))
    below = {"bold": bold, "indented": "   " + "\n   ".join(lines), "parted": "\n\n".join(lines)}
    for pasted in below.values():
        for rule in ("", "________________________________\n", "\n-----\n\n"):
            for message in both(f"It works.\n\n{rule}{pasted}\n\nTry again?\n"):
                assert told(message) == "It works."


@pytest.mark.parametrize("language", LABELS)
def test_a_block_alone_is_kept_whole(language: str) -> None:
    """With no word above it, or a forward prefix in the subject, the block's mail is there to be read."""
    lines = [f"{label} {value}" for label, value in zip(LABELS[language], VALUES, strict=True)]
    block = "\n".join(lines) + "\n\nTry again?"
    for message in both(block + "\n"):
        assert told(message) == block
        assert {span.kind for span in message.spans if span.text.strip()} == {"forward"}
    for message in both(f"See below.\n\n{block}\n", "Fwd: Printer"):
        assert told(message) == f"See below.\n\n{block}"
        assert message.forwarded_from is not None
        assert message.forwarded_from.address == "support@desk.example"


def test_a_route_is_no_header_block() -> None:
    """From, To and Date without a subject or an address are somebody's journey."""
    text = "Please book:\n\nFrom: Berlin\nTo: Hamburg\nDate: 20.11.2026\n\nThank you."
    for message in both(text + "\n"):
        assert told(message) == text


@pytest.mark.parametrize("line", ORIGINALS)
def test_an_original_message_is_cut(line: str) -> None:
    """What stands below such a rule is what was answered."""
    for message in both(f"It works.\n\n{line}\n\nTry again?\n"):
        assert told(message) == "It works."


@pytest.mark.parametrize("line", FORWARDS)
def test_a_forward_is_kept_whole(line: str) -> None:
    """The comment and the mail that is passed on are there to be read; the second is nobody's own words."""
    block = f"{line}\n\nFrom: Carl <carl@customer.example>\nSubject: Help\nTo: Desk\n\nHelp me.\n\n> old\n\nCarl"
    for message in both(f"See below.\n\n{block}\n", "Fwd: Help"):
        assert told(message) == f"See below.\n\n{block}"
        assert "".join(span.text for span in message.spans if span.kind == "new").strip() == "See below."
        assert message.forwarded_from is not None
        assert message.forwarded_from.address == "carl@customer.example"


@pytest.mark.parametrize("line", SENT_FROM)
def test_a_telephones_line_is_cut(line: str) -> None:
    """At the end of the words, above a quotation or not, with a name above it or not."""
    for below in ("", "\nOn Fri, Nov 20, 2026 at 10:00 Desk <support@desk.example> wrote:\n> Try again?\n"):
        for message in both(f"It works.\n\n{line}\n{below}"):
            assert told(message) == "It works."
    for message in both(f"It works.\n\nBest regards,\nAnn Example\n\n{line}\n"):
        assert told(message) == "It works."
    for message in both(f"{line}\n"):
        assert told(message) == line


@pytest.mark.parametrize("lines", [*CLOSINGS, *NOTICES])
def test_what_closes_a_mail_is_cut(lines: str) -> None:
    """Formula and name, mark, notice: cut below words."""
    for message in both(f"It works, thank you.\n\n{lines}\n"):
        assert told(message) == "It works, thank you."
        assert "".join(span.text for span in message.spans if span.kind == "signature").strip() == lines.strip()


@pytest.mark.parametrize("lines", [lines for lines in CLOSINGS if not lines.startswith(("--", "__"))])
def test_words_below_a_closing_are_kept(lines: str) -> None:
    """A postscript makes all of it words: in doubt nothing is cut."""
    text = f"It works.\n\n{lines}\n\nPS: the other printer still burns, please come and look at it as well."
    for message in both(text + "\n"):
        assert told(message) == text


@pytest.mark.parametrize("lines", [lines for lines in CLOSINGS if not lines.startswith("--")])
def test_a_closing_alone_is_kept(lines: str) -> None:
    """A mail is never emptied by what looks like its signature."""
    for message in both(lines + "\n"):
        assert told(message) == lines


def test_answers_in_place_are_kept_with_their_questions() -> None:
    """Each quoted line that is answered below stays; what is quoted at the end does not."""
    body = "> Which model?\n\nX-200.\n\n> Which colour?\nRed.\n> Bob\n\n-- \nAnn\n"
    for message in both("On 20 Nov 2026 at 10:00, Desk wrote:\n" + body):
        assert told(message) == "> Which model?\n\nX-200.\n\n> Which colour?\nRed."
        assert [span.kind for span in message.spans if span.text.strip()] == [
            *("quote", "answered", "new", "answered", "new", "quote", "signature")
        ]


def test_the_lost_end_of_a_quoted_line_is_quoted() -> None:
    """A relay that wraps quoted lines leaves their ends without a sign; a short line is an answer all the same."""
    long = "> The printer in the second room on the left of the corridor was repaired by our"
    for message in both(f"It works.\n\n{long}\nengineer\n> on Friday.\n"):
        assert told(message) == "It works."
    for message in both(f"{long} engineer?\nyes\n> And the other one?\nno\n"):
        assert told(message) == f"{long} engineer?\nyes\n> And the other one?\nno"


def test_a_broken_link_in_a_quotation_is_quoted() -> None:
    """What a program wrapped between brackets is no answer."""
    body = "> Open it here (https://desk.example/tickets/\nTKT-00042)\n>\n> Bob\n"
    for message in both("It works.\n\nOn 20 Nov 2026 at 10:00, Desk wrote:\n\n" + body):
        assert told(message) == "It works."


def test_an_answer_on_the_line_of_the_attribution_is_kept() -> None:
    """Some programs put no line end between the words and what they quote: the line is cut in two."""
    for between in (" ", " --- ", "--- "):
        body = f"It works.{between}On Fri, 20 Nov 2026 at 10:00, Desk <support@desk.example> wrote:\n> Try again?\n"
        for message in both(body):
            assert told(message) == "It works."


@pytest.mark.parametrize("above", ["Yes.\n", "Yes.\n\nbla - ", "We pay 500 on\n"])
def test_words_above_an_attribution_in_their_own_line_are_kept(above: str) -> None:
    """Lines that could be the beginning of an attribution, were it not whole without them, are words."""
    for message in both(f"{above}bla--- On Wed, Nov 18, 2026 at 3:59 PM, desk@desk.example wrote:\n> Try again?\n"):
        assert told(message) == f"{above}bla"


def test_a_forward_with_signs_is_a_forward() -> None:
    """Apple Mail puts its signs before the line that announces the forward, too."""
    body = "> Begin forwarded message:\n> \n> From: Carl <carl@customer.example>\n> Subject: Help\n> \n> Help me.\n"
    for message in both("See below.\n\n" + body, "Fwd: Help"):
        assert told(message) == ("See below.\n\n" + body).strip()
        assert message.forwarded_from is not None


def test_blanks_and_direction_marks_do_not_hide_a_quotation() -> None:
    """Every kind of blank and mark that programs put around names, dates and colons."""
    for blank in ("\u00a0", "\u202f", "\u3000", "\u200e", "\ufeff"):
        for message in both(
            f"Ça marche.\n\n{blank}Le{blank} 20 nov. 2026, Desk <a@b.example> a écrit{blank}:\n\nHm?\n"
        ):
            assert told(message) == "Ça marche."


@pytest.mark.parametrize("program", golden_html.REPLIES)
def test_html_of_a_program(program: str) -> None:
    """What each program puts around its quotation and its signature is cut, and nothing else."""
    raw = golden.html(f"<html><body>{golden_html.REPLIES[program]}</body></html>\n")
    for message in (read(raw), read(raw.replace(b"\n", b"\r\n"))):
        assert told(message) == "It works."
        assert "Try again?" in message.cut_text


@pytest.mark.parametrize("program", golden_html.FORWARDS)
def test_a_forward_in_html_is_kept_whole(program: str) -> None:
    """The element that marks a quotation holds a forward, too: then it is there to be read."""
    message = read(golden.html(golden_html.FORWARDS[program], "Fwd: Help"))

    assert told(message).startswith("See below.")
    assert told(message).endswith("Help me.")
    assert "".join(span.text for span in message.spans if span.kind == "new").strip() == "See below."
    assert message.forwarded_from is not None
    assert message.forwarded_from.address == "carl@customer.example"


def test_answers_in_html_stay_with_their_questions() -> None:
    """Between two quoted elements stands an answer: the first one is kept, but it is not the writer's own."""
    body = (
        '<blockquote type="cite">Which model?</blockquote><p>X-200.</p><blockquote type="cite">Bob</blockquote>'
        "<p>Bye.</p>"
    )
    message = read(golden.html(body))

    assert [span.kind for span in message.spans if span.text.strip()] == ["answered", "new", "answered", "new"]


@pytest.mark.parametrize("around", ['<div class="gmail_quote">', '<div id="yahoo_quoted_1" class="yahoo_quoted">'])
def test_a_mark_alone_makes_no_mail_empty(around: str) -> None:
    """Templates stand within the element that marks a quotation; that they are the writer's own is not known."""
    message = read(golden.html(f"{around}<div>It works.</div></div>"))

    assert told(message) == "It works."
    assert [span.kind for span in message.spans] == ["forward"]
    assert told(read(golden.html(f"{around}On Fri Desk wrote:<blockquote>Try again?</blockquote></div>"))) == ""


def test_words_typed_into_a_signature_are_kept() -> None:
    """Where nothing stands outside the signature's element, its words are the answer."""
    message = read(golden.html('<div class="gmail_signature">It works.</div>'))

    assert told(message) == "It works."
