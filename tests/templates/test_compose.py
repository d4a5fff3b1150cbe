"""Finished mails, read back by the standard library: header, threading, tokens, MIME, and any text in them."""

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsing.message import Address, Permanent
from rules.mail import OutgoingMail, Part, mail_serial
from rules.ticket import Status
from templates import clean, headers, mime
from templates.limits import Limits
from tests.templates.desk import (
    ANNA,
    ANSWER,
    ASKED,
    CASES,
    MARIE,
    NOW,
    POLICY,
    TICKET,
    UNPROVEN,
    mail,
    read,
    text_of,
    to_agent,
    to_customer,
    words_of,
)

ANY_TEXT = st.text(max_size=200) | st.text(alphabet=" \t\r\n=?utf8bqQ-_.\x00\x85\u2028\u202eé€😀\ud800", max_size=200)


def sound(made: OutgoingMail) -> None:
    """What every relay takes: 7-bit, CRLF only, no line over 998 octets, a header of sound lines."""
    assert made.raw.isascii()
    assert b"\x00" not in made.raw
    assert b"\n" not in made.raw.replace(b"\r\n", b"")
    assert b"\r" not in made.raw.replace(b"\r\n", b"")
    assert max(map(len, made.raw.split(b"\r\n"))) <= 998
    assert not any(part.defects for part in read(made.raw).walk())


def shown_name(raw: bytes, field: str) -> str:
    """A mailbox's name by RFC 2047 section 6.2 (Python 3.11 puts a blank between two encoded words of a phrase)."""
    phrase, _ = parseaddr(str(message_from_bytes(raw)[field]).replace("\r\n", ""))
    return str(make_header(decode_header(phrase)))


@pytest.mark.parametrize("name", CASES)
def test_every_notice_is_a_sound_mail(name: str) -> None:
    """Each notice is 7-bit with CRLF and short lines, without a defect, addressed and dated, and no bounce is `<>`."""
    notice, ticket = CASES[name]
    made = mail(notice, ticket)
    message = read(made.raw)

    sound(made)
    assert message["From"].addresses[0].addr_spec == "support@example.net"
    assert message["To"].addresses[0].addr_spec == (notice.shown_to or notice.to).address
    assert made.recipient == notice.to.address
    assert message["Subject"] == made.subject
    assert message["Message-ID"] == made.message_id
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert made.envelope_from.startswith("support+")
    assert made.envelope_from.endswith("@example.net")
    assert made.serial == mail_serial(event="delivery:1", recipient=notice.to.address, notice=notice.name)


def test_the_same_notice_makes_the_same_bytes() -> None:
    """Composed twice, after a crash for instance, a mail is the same to the octet."""
    assert mail(*CASES["agent_opened"]) == mail(*CASES["agent_opened"])


def test_the_subject_is_one_for_life_and_for_everybody() -> None:
    """Customer and agent see one subject through every status, so their clients keep one thread.

    One that nothing proved carries no words of whoever wrote, for it may have been somebody else.
    """
    subjects = {
        mail(notice, replace(ticket, status=status)).subject
        for name, (notice, ticket) in CASES.items()
        if ticket is not None and name != UNPROVEN
        for status in Status
    }

    assert subjects == {"Re: [TKT-00042] Cannot place a bet"}
    assert mail(*CASES[UNPROVEN]).subject == "Re: [TKT-00042] Your request"


@pytest.mark.parametrize(
    ("given_subject", "sent"),
    [
        ("Re: RE: Fwd: [TKT-00007] Hi", "Re: [TKT-00042] Hi"),
        ("[list] Hi", "Re: [TKT-00042] [list] Hi"),
        ("Hi =?utf-8?b?Qm9v?=\r\nBcc: all@example.com", "Re: [TKT-00042] Hi = ?utf-8?b?Qm9v?= Bcc: all@example.com"),
        ("a\u202eb\u2028c\x00d\x85e", "Re: [TKT-00042] ab c d e"),
        ("", "Re: [TKT-00042]"),
    ],
)
def test_subjects_are_cleaned(given_subject: str, sent: str) -> None:
    """A subject carries no answer prefix of its own, no foreign tag of ours, and nothing that speaks as a header."""
    made = mail(to_customer("opened"), replace(TICKET, subject=given_subject))

    assert made.subject == read(made.raw)["Subject"] == sent
    assert read(made.raw)["Bcc"] is None


@settings(max_examples=300, deadline=None)
@given(subject=ANY_TEXT, name=ANY_TEXT, text=ANY_TEXT, words=ANY_TEXT)
@example(subject="?\xa00", name="\xa0=", text="", words="")
def test_any_subject_name_and_text_comes_back_as_it_went(subject: str, name: str, text: str, words: str) -> None:
    """Whatever people write is read back by another implementation as that very text, and adds no header."""
    ticket = replace(TICKET, subject=subject, requester=Address("anna@example.com", name))
    reply = replace(to_customer("reply", text, automatic=False), to=Address("anna@example.com", name), sender_name=name)
    made, told = mail(reply, ticket), mail(to_agent("agent_opened", words=words, writer=name), ticket)
    message = read(made.raw)

    sound(made)
    sound(told)
    assert message["Subject"] == f"Re: [TKT-00042] {clean.subject(subject)}".strip()
    assert shown_name(made.raw, "To") == clean.line(name, length=80)
    assert message["From"].addresses[0].addr_spec == "support@example.net"
    assert words_of(message) == clean.body(text).strip("\n").rstrip() + "\n" or not clean.body(text).strip()
    assert sorted(message.keys()) == sorted(read(mail(reply, TICKET).raw).keys())
    assert all(line.strip(" ") in text_of(read(told.raw)) for line in clean.body(words).split("\n"))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_every_text_survives_its_encoding(text: str) -> None:
    """The encoding chosen for a body gives back the same text, and its lines are at most 78 octets."""
    cleaned = clean.body(text)
    raw = b"MIME-Version: 1.0\r\n" + mime.text_part(cleaned, "plain")

    assert str(read(raw).get_content()).replace("\r\n", "\n").rstrip("\n") == cleaned.rstrip("\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("text", ["x", "ёж " * 500, "naïve " * 500, "--=_aX--\n", "=_\n", "From me\n.\nx \n"])
def test_no_text_can_end_its_own_part(text: str) -> None:
    """A text that holds the very boundary of its mail stays inside its part."""
    serial = mail(to_customer("reply")).serial
    hostile = f"{text}\n--=_a{serial}\nContent-Type: text/html\n\n<b>\n--=_a{serial}--\n--=_m{serial}--"
    message = read(mail(to_customer("reply", hostile), parts=[Part("a.txt", "text/plain", b"x")]).raw)

    assert words_of(message).rstrip("\n") == hostile
    assert len(list(message.walk())) == 5


def test_an_answer_that_holds_the_marker_is_never_composed_for_a_customer() -> None:
    """What is private to staff can not leave in a customer's mail, whoever decided so; a subject can not forge it."""
    forged = replace(TICKET, subject="[tkt-private aeaaaabk]")

    with pytest.raises(Permanent, match="marker"):
        mail(to_customer("reply", "Hi\n\n-- NOT FOR THE CUSTOMER [TKT-PRIVATE x] --\nsecret"))
    assert b"[tkt-private" not in mail(to_customer("opened"), forged).raw


def test_the_agents_answer_is_the_agents_words() -> None:
    """What a customer gets as an answer is the agent's text, in the desk's name, without an automatic mark."""
    message = read(mail(*CASES["reply"]).raw)

    assert words_of(message) == ANSWER + "\n"
    assert str(message["From"]) == '"Marie, BetTracker Support" <support@example.net>'
    assert not {"auto-submitted", "precedence", "x-auto-response-suppress"} & {key.lower() for key in message}


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("opened", ("auto-replied", "auto_reply", "DR, RN, OOF, AutoReply")),
        ("reminder", ("auto-generated", "bulk", "OOF, AutoReply")),
        ("agent_opened", ("auto-generated", "bulk", "OOF, AutoReply")),
        ("alarm", ("auto-generated", "bulk", "OOF, AutoReply")),
    ],
)
def test_automatic_mail_says_so(name: str, marks: tuple[str, str, str]) -> None:
    """RFC 3834: a confirmation is an answer, every other automatic mail is generated; nobody's robot replies."""
    message = read(mail(*CASES[name]).raw)

    assert (message["Auto-Submitted"], message["Precedence"], message["X-Auto-Response-Suppress"]) == marks


def test_only_agents_see_the_highest_priority_as_important() -> None:
    """An urgent ticket is urgent for staff; a customer's client shows nothing, nor is a lesser priority marked."""
    lesser = replace(TICKET, priority="P2")

    assert read(mail(*CASES["agent_opened"]).raw)["Importance"] == "high"
    assert read(mail(CASES["agent_opened"][0], lesser).raw)["Importance"] is None
    assert read(mail(*CASES["opened"]).raw)["Importance"] is None


@pytest.mark.parametrize(
    ("priority", "happened", "sender"),
    [
        ("P1", "", "Anna Nowak (urgent, BetTracker Support)"),
        ("P3", "", "Anna Nowak (BetTracker Support)"),
        ("P2", "reopened", "Anna Nowak (reopened, high, BetTracker Support)"),
    ],
)
def test_what_is_special_stands_in_the_senders_name(priority: str, happened: str, sender: str) -> None:
    """An agent's list of mails shows who wrote and why it matters, while the subject never changes."""
    made = mail(to_agent("agent_followed_up", happened=happened), replace(TICKET, priority=priority))

    assert read(made.raw)["From"].addresses[0].display_name == sender


def test_a_colleagues_act_comes_from_the_colleague() -> None:
    """Who did something stands in From, and a note's words stand below the marker line."""
    message = read(mail(*CASES["agent_followed_up-note"]).raw)

    assert message["From"].addresses[0].display_name == "Karim Benali (urgent, BetTracker Support)"
    assert text_of(message).index("[tkt-private") < text_of(message).index("Known.")


def test_reply_address_proves_ticket_and_person() -> None:
    """Two people, or two tickets, never share a reply address, and the marker names its beginning."""
    addresses = {
        str(read(mail(replace(to_agent("agent_opened"), to=person), replace(TICKET, number=number)).raw)["Reply-To"])
        for person in (MARIE, POLICY.agents[1].mail)
        for number in (42, 43)
    }
    message = read(mail(*CASES["agent_opened"]).raw)
    token = message["Reply-To"].addresses[0].username.removeprefix("support+")

    assert len(addresses) == 4
    assert f"[tkt-private {token[:8]}]" in text_of(message)


def test_without_plus_addresses_the_message_id_alone_proves() -> None:
    """Where plus-addresses do not arrive, answers and reports go to the plain desk address."""
    made = mail(*CASES["agent_opened"], policy=replace(POLICY, plus_addresses=False))

    assert str(read(made.raw)["Reply-To"]) == made.envelope_from == "support@example.net"
    assert made.message_id == mail(*CASES["agent_opened"]).message_id


def test_a_long_desk_address_stays_within_64_octets() -> None:
    """RFC 5321 section 4.5.3.1.1: a local part that would grow too long goes without its token."""
    desk = Address("a-desk-with-quite-a-long-name-of-its-own@example.net")
    made = mail(*CASES["agent_opened"], policy=replace(POLICY, addresses=(desk,)))

    assert made.envelope_from == str(read(made.raw)["Reply-To"]) == desk.address


def test_thread_headers_lead_to_the_root() -> None:
    """In-Reply-To is what is answered, References the way to it; what came later is not claimed."""
    ticket = replace(TICKET, thread=("<root@x>", "<b@x>", "<c@x>"))
    answer = read(mail(replace(to_customer("reply", "x"), in_reply_to="<b@x>"), ticket).raw)
    latest = read(mail(to_customer("reminder"), ticket).raw)

    assert (answer["In-Reply-To"], answer["References"]) == ("<b@x>", "<root@x> <b@x>")
    assert (latest["In-Reply-To"], latest["References"]) == ("<c@x>", "<root@x> <b@x> <c@x>")


def test_references_keep_root_and_the_last_ten() -> None:
    """A long thread is trimmed in the middle and folded between ids, however long they are."""
    thread = tuple(f"<{number}-{'x' * 90}@example.com>" for number in range(40))
    message = read(mail(to_customer("reminder"), replace(TICKET, thread=thread)).raw)

    assert str(message["References"]).split() == [thread[0], *thread[-10:]]
    huge = headers.references([f"<{n}{'y' * 480}@x>" for n in range(9)], "<z@x>", Limits())
    assert huge[0].startswith("<0")
    assert huge[-1] == "<z@x>"
    assert sum(map(len, huge)) <= 2000


@pytest.mark.parametrize(
    "bad", ["<a b@x>", "<a@x>\r\nBcc: b@x", "<>", "<" + "i" * 2000 + "@x>", "<ü@x>", "", "<a@x><b@x>"]
)
def test_a_foreign_id_that_is_none_is_left_out(bad: str) -> None:
    """An id from outside is copied only if it can be nothing but an id."""
    message = read(mail(replace(to_customer("reply", "x"), in_reply_to=bad), replace(TICKET, thread=(bad,))).raw)

    assert message["References"] is None
    assert message["In-Reply-To"] is None
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("a..b@docomo.example", '"a..b"@docomo.example'),
        ('"odd one"@example.com', '"odd one"@example.com'),
        ("o'neill+x@[192.0.2.1]", "o'neill+x@[192.0.2.1]"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("me@localhost", "me@localhost"),
    ],
)
def test_addresses_are_written_as_mail_writes_them(address: str, written: str) -> None:
    """Odd but real addresses can be answered; domains go out in ASCII."""
    assert clean.address(address) == written
    ticket = replace(TICKET, requester=Address(address))
    assert f"To: <{written}>\r\n".encode() in mail(replace(to_customer("opened"), to=Address(address)), ticket).raw


@pytest.mark.parametrize(
    "address",
    ["", "anna", "a@b@c@", "anna@", "@example.com", "a b@example.com", "a@b\r\nBcc: x@y", "a@b,c@d", "zoë@example.com",
     "a@-x.example", "a@x..y", "a@" + "x" * 254, "x" * 65 + "@example.com", "<a@b>"],
)  # fmt: skip
def test_what_is_no_address_is_never_written_to(address: str) -> None:
    """A recipient that could end the field or name another is refused for good."""
    with pytest.raises(Permanent):
        mail(replace(to_customer("opened"), to=Address(address)), replace(TICKET, requester=Address(address)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Anna Nowak", "Anna"),
        ("Nowak, Anna", "Anna"),
        ("ANNA NOWAK", "Anna"),
        ("Jean-Luc O'Neill", "Jean-Luc"),
        ("Łukasz", "Łukasz"),
        ("", ""),
        ("anna@example.com", ""),
        ("https://evil.example", ""),
        ("Dr. Anna Nowak", ""),
        ("Support Team", ""),
        ("A. Nowak", ""),
        ("Win1000", ""),
    ],
)
def test_people_are_greeted_by_name_only_when_it_is_one(name: str, expected: str) -> None:
    """An unknown or odd name is greeted with "Hello," alone; nothing that could be an advertisement is repeated."""
    made = text_of(read(mail(replace(to_customer("opened"), to=replace(ANNA, name=name))).raw))

    assert made.startswith(f"Hello {expected},\n" if expected else "Hello,\n")


PARTS: list[Any] = [
    ("screen.png", "image/png", b"\x89PNG\r\n\x1a\n" * 99_999, "screen.png", "image/png"),
    ("zażółć gęślą.pdf", "application/pdf", b"", "zażółć gęślą.pdf", "application/pdf"),
    ("報告書" * 30 + ".xlsx", "application/octet-stream", b"x", "報告書" * 30 + ".xlsx", "application/octet-stream"),
    ('a"b;c\\d\r\nX: y.txt', "text/plain; charset=x\r\nX: y", b"\xff\n.\n", "a_b;c_d X_ y.txt", "text/plain"),
    ("../../etc/passwd", "nonsense", b"1", "_.._etc_passwd", "application/octet-stream"),
    ("x" * 500 + ".html", "text/html", b"<p>", "x" * 115 + ".html", "text/html"),
    ("mail.eml", "message/rfc822", b"From: a\n\nb", "mail.eml", "application/octet-stream"),
    ("", "image/gif", b"GIF", "attachment", "image/gif"),
]


@pytest.mark.parametrize(("name", "kind", "data", "sent_name", "sent_kind"), PARTS)
def test_attachments_arrive_whole(name: str, kind: str, data: bytes, sent_name: str, sent_kind: str) -> None:
    """Bytes, name and type are read back as they were; a name can lead to no folder and end no field."""
    made = mail(to_customer("reply", ANSWER), ASKED, parts=[Part(name, kind, data), Part("2.txt", "text/plain", b"2")])
    message = read(made.raw)
    first, second = message.iter_attachments()

    sound(made)
    assert (first.get_filename(), first.get_content_type()) == (sent_name, sent_kind)
    assert first.get_payload(decode=True) == data
    assert second.get_payload(decode=True) == b"2"
    assert words_of(message) == ANSWER + "\n"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet='"<>%*.a é\xa0\u2003;=?', max_size=80))
def test_any_file_name_comes_back(name: str) -> None:
    """Whatever a file is called, its cleaned name is read back whole (RFC 2231)."""
    raw = b"MIME-Version: 1.0\r\n" + mime.attachment(Part(name, "image/png", b"x"))

    assert read(raw).get_filename() == clean.file_name(name)
    assert max(map(len, raw.split(b"\r\n"))) <= 120


def test_too_many_attachments_are_refused() -> None:
    """What no relay would take is not put together in memory."""
    with pytest.raises(Permanent, match="attachments"):
        mail(to_customer("reply", "x"), parts=[Part("a", "text/plain", b"")] * 101)
