"""Hostile senders (threat model, section A): who writes as an agent is nobody, or is himself; never the agent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsing.addresses import strict_mailbox, to_ascii
from parsing.headers import scan
from parsing.mailboxes import author
from parsing.reader import read

AGENT = "agent@desk.example"
EVIL = "evil@example.org"

# header fields → the sender: None is nobody
NOBODY_OR_HIMSELF: dict[str, tuple[str | bytes, str | None]] = {
    "A01 no From": ("Subject: x", None),
    "A02 an empty From": ("From:", None),
    "A03 From is <>": ("From: <>", None),
    "A04 two From": (f"From: {AGENT}\nFrom: {EVIL}", None),
    "A05 two From, the other order": (f"From: {EVIL}\nFrom: {AGENT}", None),
    "A06 two mailboxes and Sender": (f"From: {AGENT}, {EVIL}\nSender: {AGENT}", None),
    "A07 a group": (f"From: team: {AGENT};", None),
    "A08 an empty group": ("From: team:;", None),
    "A09 the agent as quoted name": (f'From: "{AGENT}" <{EVIL}>', EVIL),
    "A10 the agent as bare name": (f"From: {AGENT} <{EVIL}>", None),
    "A11 a comment that never closes": (f"From: agent(<{EVIL}>", None),
    "A12 the agent in a comment": (f"From: {EVIL} ({AGENT})", None),
    "A13 the agent as local part": (f'From: "{AGENT} x"@example.org', None),
    "A14 a comment in the domain": ("From: agent@desk(x)evil.example", None),
    "A15 a route": (f"From: <@example.org:{AGENT}>", None),
    "A16 two at-signs": (f"From: {AGENT}@example.org", None),
    "A17 a NUL": (f"From: {AGENT}\0<{EVIL}>", None),
    "A17 a NUL behind": (f"From: {AGENT}\0.evil.example", None),
    "A18 raw latin-1": (b"From: J\xf6rg <evil@example.org>", EVIL),
    "A19 the agent as encoded name": (f"From: =?utf-8?Q?agent=40desk=2Eexample?= <{EVIL}>", EVIL),
    "A20 an encoded address": ("From: =?utf-8?Q?agent=40desk=2Eexample?=", None),
    "A20 an encoded local part": ("From: =?utf-8?Q?agent?=@desk.example", None),
    "A21 an override in the name": (f"From: \u202egnp.tnega <{EVIL}>", None),
    "A21 an encoded override": (f"From: =?utf-8?Q?=E2=80=AEtnega?= <{EVIL}>", EVIL),
    "A22 letters that look alike": ("From: agent@d\u0435sk.example", "agent@xn--dsk-rdd.example"),
    "A23 a zero-width blank": ("From: agent@desk\u200b.example", None),
    "A24 a blank before the colon": (f"From : {EVIL}", EVIL),
    "A24 and one without": (f"From : {EVIL}\nFrom: {AGENT}", None),
    "A25 folded": (f"From: Eve\n <{EVIL}>", EVIL),
    "A26 two From in other case": (f"FROM: {AGENT}\nfrom: {EVIL}", None),
    "A27 another Reply-To": (f"From: {EVIL}\nReply-To: {AGENT}", EVIL),
    "A30 another Sender": (f"From: {EVIL}\nSender: {AGENT}", EVIL),
    "A31 another Resent-From": (f"Resent-From: {AGENT}\nFrom: {EVIL}", EVIL),
    "A42 64 KiB of local part": (f"From: {'a' * 65_000}@example.org", None),
    "behind a flood of fields": ("X-A: b\n" * 1100 + f"From: {AGENT}", None),
    "behind the end of the header": (f"Subject: x\n\nFrom: {AGENT}", None),
    "behind a line that is no field": (f"Received: x\nno field\nFrom: {AGENT}\nTo: x@y.example", None),
}


@pytest.mark.parametrize("name", NOBODY_OR_HIMSELF)
def test_the_agent_is_never_made_up(name: str) -> None:
    """What can be read as somebody else is nobody, for the ledger's scan and for the parsed message alike."""
    fields, expected = NOBODY_OR_HIMSELF[name]
    raw = (fields.encode() if isinstance(fields, str) else fields) + b"\n\nx\n"
    message = read(raw)

    assert (message.sender.address if message.sender else None) == expected
    assert (scan(raw).sender_key is None) == (expected is None)
    assert (
        expected is not None or "From" in [one.where for one in message.defects] or "header" in message.defects[0].where
    )


def test_the_name_shown_hides_nothing() -> None:
    """Overrides and invisible characters are gone from a name that is shown; the address stands beside it."""
    message = read(b"From: =?utf-8?Q?=E2=80=AEgnp=2Etnega=E2=80=8B?= <evil@example.org>\n\nx\n")

    assert message.author is not None
    assert (message.author.name, message.author.address) == ("gnp.tnega", EVIL)


def test_a_domain_of_look_alikes_is_shown_in_a_labels() -> None:
    """What mixes alphabets is not shown as it was written (A22)."""
    found = author("agent@d\u0435sk.example")

    assert found is not None
    assert found.address == "agent@xn--dsk-rdd.example"


def test_an_address_that_hides_something_shows_it() -> None:
    """A zero-width character in an address is seen, lest it look like the agent's (A23)."""
    found = author("agent@desk\u200b.example")

    assert found is not None
    assert found.address == "agent@desk\ufffd.example"


def test_replies_are_bounded() -> None:
    """Of 500 Reply-To fields the first fifty are read (A29)."""
    fields = "".join(f"Reply-To: a{n}@example.org\n" for n in range(500))

    assert len(read(f"From: {EVIL}\n{fields}\nx\n".encode()).reply_to) == 50


def test_control_fields_of_desks_are_not_read() -> None:
    """Fields by which other desks are steered change nothing: they stand in the header, where a rule may ask (A40)."""
    steered = "X-Desk-Ticket: 1\nX-Zammad-Ticket-Owner: x\nX-OTRS-Queue: y\nRT-Owner: z\n"
    plain, other = (read(f"From: {EVIL}\n{more}\nx\n".encode()) for more in ("", steered))

    assert replace(other, size=plain.size, header=plain.header) == plain


PIECES = st.sampled_from(
    [
        "agent@desk.example",
        "<evil@example.org>",
        "<",
        ">",
        '"',
        "(",
        ")",
        ",",
        ";",
        ":",
        "@",
        "\\",
        " ",
        "x",
        "=?utf-8?Q?a?=",
        "é",
        ".",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=1500, deadline=None)
def test_the_author_is_the_sender_where_there_is_one(text: str) -> None:
    """Whatever From says, a forgiving reader never shows another address than the one that is proven."""
    proven, shown = strict_mailbox(text), author(text)

    if proven is not None:
        assert shown is not None
        local, _, domain = shown.key.rpartition("@")
        assert f"{local}@{to_ascii(domain)}" == proven.key
        assert shown.name == proven.name or not proven.name
