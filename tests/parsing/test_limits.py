"""Every number of limits.py, one below it, at it and one above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from parsing.addresses import strict_mailbox
from parsing.commands import split_commands
from parsing.dates import date
from parsing.headers import first_id
from parsing.limits import Limits
from parsing.mailboxes import address_list
from parsing.message import Message, Report
from parsing.parameters import boundary, parameters
from parsing.reader import read
from parsing.report_fields import address, groups_in
from parsing.report_words import words_reason

MOST = 30  # a small number stands for each of them: what counts is that it is kept to
PART = "--b\nContent-Disposition: attachment; filename=x\n\nx\n"
FROM = "From: ann@example.org\n"
REPORT = """\
From: MAILER-DAEMON@mx.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

failed
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

"""


@dataclass(frozen=True)
class Limit:
    """How a mail with `n` of something is made, how many of them are seen, and what a defect says of more."""

    make: Callable[[int], str]
    seen: Callable[[Message], int]
    told: str = ""


def nested(depth: int) -> str:
    return "".join(f"Content-Type: multipart/mixed; boundary={n}\n\n--{n}\n" for n in range(depth)) + "\nx"


def parts(count: int) -> str:
    return "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * (count - 1) + "--b--\n"


def group(number: int) -> str:
    return f"Final-Recipient: rfc822; a{number}@example.org\nAction: failed\nStatus: 5.1.1\n\n"


def fallen_fields(length: int) -> str:
    """The recipient in a report of this length whose parts have fallen into its text."""
    fields_ = "\nFinal-Recipient: rfc822; a@b"
    return "".join(address(one, "final-recipient") for one in groups_in("x" * (length - len(fields_)) + fields_, 1))


def bounce(body: str) -> Report:
    return read(f"From: MAILER-DAEMON@mx.example\n\n{body}".encode()).reports[0]


# What is taken whole or not at all is seen as its number, or as none.
LIMITS = {
    "header_block": Limit(lambda n: f"{'X: '.ljust(n - 2, 'y')}\n\nx", lambda m: m.size - 1, "too large"),
    "field": Limit(lambda n: f"Subject: {'y' * n}\n\nx", lambda m: len(m.subject), "too large"),
    "decoded_field": Limit(lambda n: f"Subject: {'y' * n}\n\nx", lambda m: len(m.subject)),
    "fields": Limit(lambda n: "X: y\n" * (n - 1) + "Subject: z\n\nx", lambda m: len(m.subject), "too large"),
    "addresses": Limit(lambda n: f"To: {','.join(f'a{i}@b.example' for i in range(n))}\n\nx", lambda m: len(m.to)),
    "received": Limit(
        lambda n: "".join(f"Received: from a by b with ESMTP id 4F3gHk2L{i:02}; x\n" for i in range(n)) + "\nx",
        lambda m: len(m.queue_ids),
    ),
    "references": Limit(
        lambda n: f"References: {' '.join(f'<{i}@x>' for i in range(n))}\n\nx", lambda m: len(m.references)
    ),
    "depth": Limit(nested, lambda m: len(m.text)),
    "parts": Limit(parts, lambda m: m.text.count("x") + 1, "more than 30 parts"),
    "attachments": Limit(
        lambda n: f"Content-Type: multipart/mixed; boundary=b\n\n{PART * n}--b--\n",
        lambda m: len(m.attachments),
        "31 of them",
    ),
    "text": Limit(lambda n: "\n" + "x" * n, lambda m: len(m.text), "longer than 30"),
    "reports": Limit(lambda n: REPORT + "".join(group(i) for i in range(n)) + "--b--\n", lambda m: len(m.reports)),
}
WHOLE = ("header_block", "field", "fields", "depth")  # seen as a whole below the number, otherwise above it


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_holds(name: str) -> None:
    """Below and at the number all is seen and no defect says otherwise; above it no more than that, and it is told."""
    limit = LIMITS[name]
    seen, told = [], []
    for count in (MOST - 1, MOST, MOST + 1):
        message = read(limit.make(count).encode(), Limits(**{name: MOST}))
        seen.append(limit.seen(message))
        told.append(any(limit.told in f"{defect.where} {defect.what}" for defect in message.defects))

    assert told == [False, False, True] or not limit.told
    assert seen == [MOST - 1, MOST, MOST] or name in WHOLE
    assert name != "fields" or seen == [1, 1, 0]
    assert name != "depth" or (seen[:2] == [1, 1] and seen[2] > 1)


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("boundary", lambda n, limits: len(boundary(f"x/y; boundary={'a' * n}", limits))),
        ("pieces", lambda n, limits: len(parameters("x" + "".join(f"; a*{i}=b" for i in range(n)), limits)["a"])),
        ("command_lines", lambda n, limits: n if not split_commands("#note\n" * n, limits).problem else 0),
        ("command_chars", lambda n, limits: n if not split_commands(f"#note {'x' * (n - 6)}", limits).problem else 0),
    ],
)
def test_a_smaller_limit_holds(name: str, measure: Callable[[int, Limits], int]) -> None:
    """At the number it is taken, above it it is cut or refused whole."""
    limits = Limits(**{name: 30})

    assert [measure(count, limits) for count in (29, 30)] == [29, 30]
    assert measure(31, limits) in (0, 30)


# what is seen of this many, by the number itself
OF_HEADERS: dict[str, Callable[[int], int]] = {
    "junk_lines": lambda n: n if read((FROM + "no field\n" * n + "Subject: z\n\nx").encode()).subject else 0,
    "mailbox": lambda n: n if strict_mailbox(f'"{"a" * (n - 16)}" <a@b.example>') else 0,
    "name": lambda n: len(address_list(f'"{"a" * n}" <a@b.example>', most=1)[0].name),
    "identifier": lambda n: n if first_id(f"<{'a' * n}>") == f"<{'a' * n}>" else 0,
    "date": lambda n: n if date("Fri".ljust(n - 20) + "Nov 20 10:00:00 2026") else 0,
    "address_tokens": lambda n: n * len(address_list("," * (n - 1) + "z@b", most=1)),
    "report_text": lambda n: n if fallen_fields(n) == "a@b" else 0,
    "report_lines": lambda n: n if bounce("x\n" * (n - 1) + "<a@b.example>: no").recipient else 0,
    "report_line": lambda n: n if bounce("x" * (n - 14) + " user a@b.test").recipient == "a@b.test" else 0,
    "report_words": lambda n: n if words_reason("x" * (n - 5) + " spam") else 0,
    "diagnostic": lambda n: len(bounce(f"Final-Recipient: a@b.example\nDiagnostic-Code: {'x' * n}\n").diagnostic),
}


@pytest.mark.parametrize("name", OF_HEADERS)
def test_a_limit_of_headers_holds(name: str) -> None:
    """At the number it is taken, above it it is cut or not believed."""
    most = getattr(Limits(), name)

    assert [OF_HEADERS[name](count) for count in (most - 1, most)] == [most - 1, most]
    assert OF_HEADERS[name](most + 1) in (0, most)


def test_the_numbers_that_are_promised() -> None:
    """What the limits are out of the box: whoever changes one changes a promise."""
    limits, kib, mib = Limits(), 2**10, 2**20

    assert (limits.size, limits.header_block) == (25 * mib, 256 * kib)
    assert (limits.field, limits.decoded_field) == (64 * kib, 8 * kib)
    assert (limits.fields, limits.addresses, limits.received, limits.references) == (1000, 200, 50, 20)
    assert (limits.depth, limits.parts, limits.attachments) == (20, 500, 100)
    assert (limits.boundary, limits.pieces, limits.filename) == (2048, 100, 255)
    assert (limits.html, limits.links, limits.command_lines, limits.command_chars) == (2 * mib, 5000, 10, 200)
    assert (limits.cpu, limits.wall, limits.memory) == (10, 60, 512 * mib)
