"""Tokens and what they prove."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import Any

import pytest

from parsing.evidence import evidence, is_own
from parsing.message import Address, Evidence, Grade, Kind, Message, Report, Token
from parsing.reader import read
from parsing.tokens import (
    REFERENCE,
    Keys,
    issue_envelope,
    issue_message_id,
    issue_once,
    issue_reference,
    issue_reply,
    person_hash,
    read_envelope,
    read_once,
    read_token,
    reference_in,
)

KEYS = Keys(b"k" * 32)
SERIAL = "0123456789abcdef"
DESK = "support@desk.example"
ANN, BOB = "ann@example.org", "Bob@desk.example"


def reply(role: str = "customer", ticket: int = 42, address: str = ANN, keys: Keys = KEYS) -> str:
    return issue_reply(keys, role=role, ticket=ticket, address=address)


def own_id(role: str = "customer", ticket: int = 42, address: str = ANN, keys: Keys = KEYS) -> str:
    return issue_message_id(keys, role=role, ticket=ticket, address=address, serial=SERIAL)


def judge(message: Message, *envelope_to: str) -> Evidence:
    return evidence(message, keys=KEYS, desk_addresses=(DESK,), envelope_to=envelope_to, envelope_from=ANN)[0]


@pytest.mark.parametrize("role", ["agent", "customer", "operator"])
def test_tokens_are_read_back(role: str) -> None:
    """Role, ticket, person and serial come back; in any case of letters; they fit into a local part."""
    for text, serial in ((reply(role), ""), (own_id(role), SERIAL)):
        token = read_token(KEYS, text.upper())
        assert token is not None
        assert (token.role, token.ticket, token.person, token.serial) == (role, 42, person_hash(ANN), serial)
        assert set(text) <= set(string.ascii_lowercase + string.digits)
    assert len(reply()) <= 42
    assert len(own_id()) <= 64
    assert read_envelope(KEYS, issue_envelope(KEYS, serial=SERIAL)) == SERIAL


def test_kinds_do_not_stand_for_each_other() -> None:
    """Every character counts, and no kind of token is read as another; junk of any length is none."""
    for text in (reply(), own_id()):
        for at in range(len(text) - 1):
            changed = text[:at] + ("a" if text[at] != "a" else "b") + text[at + 1 :]
            assert read_token(KEYS, changed) is None
        assert read_envelope(KEYS, text) is None
    assert read_token(KEYS, issue_envelope(KEYS, serial=SERIAL)) is None
    assert [read_token(KEYS, junk) for junk in ("", "a" * 42, "1" * 42, "\u00e9" * 42, "a" * 10_000)] == [None] * 5


def test_keys_change_with_overlap() -> None:
    """What an older key signed is still read; what a forgotten one signed is not."""
    new = Keys(b"n" * 32, older=(KEYS.current,))

    assert read_token(new, reply()) is not None
    assert read_token(KEYS, reply(keys=new)) is None
    with pytest.raises(ValueError):
        issue_envelope(KEYS, serial="00")


@pytest.mark.parametrize("place", ["envelope", "to", "cc", "delivered_to", "in_reply_to", "references"])
def test_a_token_is_found_everywhere(place: str) -> None:
    """Wherever the program put our token, it proves its sender: grade E1."""
    address, ours = f"Support+{reply()}@Desk.example", f"<{own_id()}@desk.example>"
    message = Message(
        sender=Address(ANN),
        to=(Address(address),) if place == "to" else (),
        cc=(Address(address),) if place == "cc" else (),
        delivered_to=(address,) if place == "delivered_to" else (),
        in_reply_to=(ours,) if place == "in_reply_to" else (),
        references=("<x@y>", ours, "<z@y>") if place == "references" else (),
    )
    found = judge(message, *((address,) if place == "envelope" else ()))

    assert found.grade is Grade.E1
    assert found.token is not None
    assert found.token.ticket == 42
    assert found.why


def test_another_persons_token_is_foreign() -> None:
    """A token in the hands of somebody else, or of an ambiguous sender, is no evidence but is told."""
    for author in (Address("eve@example.org"), None):
        found = judge(Message(sender=author, to=(Address(f"support+{reply()}@desk.example"),)))
        assert (found.grade, found.token) == (Grade.E0, None)
        assert found.foreign_token is not None


def test_an_agents_token_beats_a_customers() -> None:
    """Who is both agent and customer acts as agent; among tokens of one role the newest counts."""
    ids = tuple(f"<{own_id('agent', ticket, BOB)}@desk.example>" for ticket in (1, 2))
    customer = Address(f"support+{reply('customer', 7, BOB)}@desk.example")
    found = judge(Message(sender=Address(BOB), to=(customer,), references=ids))

    assert found.token is not None
    assert (found.token.role, found.token.ticket) == ("agent", 2)


def test_only_our_addresses_are_looked_at() -> None:
    """A token at another domain, or behind another local part, is none of ours."""
    for address in (f"support+{reply()}@evil.example", f"other+{reply()}@desk.example", f"{reply()}@desk.example"):
        assert judge(Message(sender=Address(ANN)), address).token is None
    assert judge(Message(sender=Address(ANN), in_reply_to=(f"<{own_id()}@evil.example>",))).token is None


def test_a_bounce_proves_itself() -> None:
    """By the signed envelope sender, or by the signed Message-ID in the report; a forged one proves nothing."""
    back = f"support+{issue_envelope(KEYS, serial=SERIAL)}@desk.example"
    report = Report(original_message_id=f"<{own_id()}@desk.example>")

    assert judge(Message(), back).bounced == SERIAL
    assert judge(Message(kind=Kind.BOUNCE, to=(Address(back),))).bounced == SERIAL
    assert judge(Message(kind=Kind.BOUNCE, reports=(report,))).bounced == SERIAL
    assert judge(Message(kind=Kind.MACHINE, reports=(replace(report, action="complained"),))).bounced == SERIAL
    assert judge(Message(kind=Kind.AUTO_REPLY, reports=(replace(report, action="displayed"),))).bounced == ""
    assert judge(Message(kind=Kind.BOUNCE, reports=(Report(original_message_id="x@desk.example"),))).bounced == ""


def test_our_own_mail_is_known() -> None:
    """A mail with our signature in its own Message-ID is our own; one that only looks so is not."""
    assert is_own(Message(message_id=f"<{own_id()}@desk.example>"), KEYS, (DESK,))
    assert not is_own(Message(message_id=f"<{own_id()}@example.org>"), KEYS, (DESK,))
    assert not is_own(Message(message_id="x@desk.example"), KEYS, (DESK,))


def once(address: str = BOB, ticket: int = 0) -> str:
    return issue_once(KEYS, ticket=ticket, address=address, serial=SERIAL)


def test_a_single_use_token_opens_for_its_person_alone() -> None:
    """It names mail and ticket, fits behind a long name of a desk, and is nothing to others or as another kind."""
    token = read_once(KEYS, once(ticket=42), BOB.lower())

    assert token == Token("agent", 42, person_hash(BOB), SERIAL, once=True)
    assert len(once()) + len("+") + 18 <= 64
    assert read_once(KEYS, once(), ANN) is None
    assert read_token(KEYS, once()) is None
    assert read_once(KEYS, reply("agent", address=BOB), BOB) is None


@pytest.mark.parametrize(
    ("fields", "serial"),
    [
        ({"to": (Address(f"support+{once()}@desk.example"),)}, SERIAL),
        ({"in_reply_to": (f"<{own_id('agent', 0, BOB)}@desk.example>",)}, SERIAL),
        ({"references": (f"<{own_id('agent', 0, BOB)}@desk.example>",)}, ""),
        ({"in_reply_to": (f"<{own_id('customer', 0, BOB)}@desk.example>",)}, ""),
        ({"in_reply_to": (f"<{own_id('agent', 0, ANN)}@desk.example>",)}, ""),
        ({"to": (Address(f"support+{once(ANN)}@desk.example"),)}, ""),
        ({"to": (Address(f"support+{reply('agent', address=BOB)}@desk.example"),)}, ""),
    ],
)
def test_which_mail_of_ours_is_answered(fields: dict[str, Any], serial: str) -> None:
    """By its single-use address or directly by its Message-ID, in the hands of the agent whom it was mailed to."""
    assert judge(Message(sender=Address(BOB), **fields)).once == serial


@pytest.mark.parametrize(
    "around",
    [
        "{ref}",
        "> > {ref}\n",
        "> [tkt-ref\n> {token}]",
        '<p class="tkt-ref" style="color: #999999">[tkt-ref&nbsp;{token}]</p>',
        "<p>[tkt-ref {token}]</p><p>[tkt-ref {other}]</p>",
        "[tkt-ref abc] {ref}",
    ],
)
def test_the_reference_in_a_body_is_found_however_it_was_quoted(around: str) -> None:
    """Wrapped, quoted, in HTML; the first one counts, and it proves as much as the token in an address, from whom it
    was given to; it stands for no other kind of token."""
    token = issue_reference(KEYS, role="customer", ticket=42, address=ANN)
    other = issue_reference(KEYS, role="customer", ticket=43, address=ANN)
    text = around.format(ref=f"{REFERENCE}{token}]", token=token, other=other)
    assert reference_in(text) == token
    assert (read_token(KEYS, token), read_envelope(KEYS, token)) == (None, None)

    for author, grade in ((ANN, Grade.E1), (BOB, Grade.E0)):
        found = judge(Message(sender=Address(author), reference=reference_in(text)))
        assert (found.grade, found.answered) == (grade, True)
        assert {one.ticket for one in (found.token, found.foreign_token) if one is not None} == {42}


def test_a_reader_finds_the_reference_and_shows_it_to_nobody() -> None:
    """It is read from the text or the HTML, and is nobody's words, quoted or not."""
    line = f"{REFERENCE}{issue_reference(KEYS, role='customer', ticket=42, address=ANN)}]"
    mail = f"From: {ANN}\r\nContent-Type: text/plain\r\n\r\nHello.\r\n\r\n{line}\r\n"
    message = read(mail.encode())

    assert message.reference in line
    assert "tkt-ref" not in message.reply_text
    page = f"From: {ANN}\r\nContent-Type: text/html\r\n\r\n<p>Hello.</p><blockquote><p>{line}</p></blockquote>"
    assert read(page.encode()).reference == message.reference
    assert read(f"From: {ANN}\r\n\r\n{'tkt-ref' + ' ' * 50_000}".encode()).reference == ""
