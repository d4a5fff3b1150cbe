"""Every kind of mail by messages of our own wording, with the header fields that those programs really write.

`tests/mail/kinds/<kind>/` holds them; most of the human ones are traps: each has a mark that programs use.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from parsing import absence
from parsing.automatic import AUTOMATIC, BY_STEM
from parsing.envelope import by_envelope
from parsing.evidence import is_own
from parsing.headers import split
from parsing.message import Kind, Message
from parsing.origin import kind_of
from parsing.quoting import split_text
from parsing.reader import read
from parsing.tokens import Keys
from parsing.traits import Traits

MAILS = sorted((Path(__file__).parent.parent / "mail" / "kinds").glob("*/*.eml"))
KEYS, DESK = Keys(b"k" * 32), ("support@desk.example",)
CASES = {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in MAILS}


def expected(name: str) -> Kind:
    return Kind(name.split("/")[0])


def arrived(raw: bytes) -> Message:
    message = read(raw)
    return by_envelope(message, own=is_own(message, KEYS, DESK), without_sender=False)


def wrong(mails: dict[str, bytes]) -> dict[str, str]:
    """What was taken for something else, and by which mark; our keys tell what is our own."""
    read_mails = {name: arrived(raw) for name, raw in mails.items()}
    return {
        name: f"{message.kind.value}: {message.why}"
        for name, message in read_mails.items()
        if message.kind is not expected(name)
    }


def test_there_are_enough_of_each() -> None:
    """At least 300 messages, 140 of them people's, and some of every kind but spam, which only a trusted hop tells."""
    count = {kind: sum(expected(name) is kind for name in CASES) for kind in Kind}

    assert sum(count.values()) >= 300
    assert count[Kind.HUMAN] >= 140
    assert min(count[kind] for kind in Kind if kind is not Kind.SPAM) >= 5


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_kinds_are_told(ends: bytes) -> None:
    """98 of 100 messages get their kind, and nobody's own mail gets another than human."""
    failed = wrong({name: raw.replace(b"\n", ends) for name, raw in CASES.items()})

    assert {name: why for name, why in failed.items() if expected(name) is Kind.HUMAN} == {}
    assert len(failed) <= len(CASES) * 0.02, failed


@pytest.mark.parametrize(
    "mark",
    [
        b"Precedence: bulk",
        b"Precedence: list",
        b"X-Auto-Response-Suppress: All",
        b"X-Auto-Response-Suppress: DR, OOF, AutoReply",
        b"List-Unsubscribe: <mailto:postmaster@example.org>",
    ],
)
def test_a_company_that_marks_all_its_mail_makes_nobody_a_robot(mark: bytes) -> None:
    """A weak mark on what a person's mail program wrote, and that has none yet, changes nothing."""
    people = {name: raw for name, raw in CASES.items() if expected(name) is Kind.HUMAN and Traits(split(raw)).client}
    written = {name: raw for name, raw in people.items() if read(raw).why == "no mark of automatic mail"}

    assert len(written) > 100
    assert wrong({name: mark + b"\n" + raw for name, raw in written.items()}) == {}


def test_every_answer_says_by_which_mark() -> None:
    """`why` is words for a person, and the confidence lies between one half and one."""
    for raw in CASES.values():
        message = read(raw)
        assert message.why
        assert 0.5 < message.confidence <= 1.0


def test_without_a_mark_in_the_header_nothing_is_quite_sure() -> None:
    """What was told by words alone is graded below what RFC 3834 tells."""
    for name in (name for name in CASES if "/noheader-" in name):
        assert read(CASES[name]).confidence < 0.9, name


@pytest.mark.parametrize("language", sorted(absence.LANGUAGES))
def test_each_language_has_all_sorts_of_phrases(language: str) -> None:
    """A language without one sort would need more of the others; none is in capitals or without a stem."""
    words = absence.LANGUAGES[language]
    for phrases in (
        words.subjects,
        words.absent,
        words.later,
        words.instead,
        words.kept,
        words.thanks,
        AUTOMATIC[language],
    ):
        assert phrases
        assert all(phrase and phrase == " ".join(phrase.lower().split()) for phrase in phrases)
    assert set(AUTOMATIC[language]) <= {phrase for phrases in BY_STEM.values() for phrase in phrases}


@pytest.mark.parametrize("language", sorted(absence.LANGUAGES))
def test_an_absence_alone_is_a_persons_word(language: str) -> None:
    """Who only says that they are away wants something: no language's phrase alone makes an automatic reply."""
    for phrase in absence.LANGUAGES[language].absent:
        _, spans = split_text(f"{phrase}. 42\n")
        fields = split(b"From: a@example.org\nIn-Reply-To: <a@desk.example>\nSubject: Re: x\n\n")
        assert kind_of(fields, spans)[0] is Kind.HUMAN, phrase


def test_the_envelope_adds_what_bytes_can_not_tell() -> None:
    """Our own signature is stronger than all else; a null sender makes a person's mail automatic and nothing less."""
    human = Message(kind=Kind.HUMAN)
    answer = Message(kind=Kind.HUMAN, in_reply_to=("<a@desk.example>",))
    bounce = Message(kind=Kind.BOUNCE, why="x")

    assert by_envelope(human, own=False, without_sender=False) is human
    assert by_envelope(bounce, own=True, without_sender=True).kind is Kind.OWN
    assert by_envelope(bounce, own=False, without_sender=True) is bounce
    assert by_envelope(human, own=False, without_sender=True).kind is Kind.MACHINE
    assert by_envelope(answer, own=False, without_sender=True).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "line",
    ["[" * 60_000, "-bounces" * 8_000, "no-" * 20_000, "x-" * 30_000, "cron <" * 10_000, "report domain: " * 4_000],
    ids=lambda line: line[:12],
)
def test_marks_are_looked_for_in_linear_time(line: str) -> None:
    """A field made to be slow ends like any other; what grows faster than it takes minutes."""
    raw = f"From: {line}@example.org\nSender: {line}\nSubject: {line}\nX-Mailer: {line}\nPrecedence: {line}\n\n{line}\n"
    fields = split(raw.encode())
    _, spans = split_text(line)
    began = time.process_time()
    kind_of(fields, spans)

    assert time.process_time() - began < 2
