"""The conversation: verbs, their order and their syntax, and whoever speaks something else."""

import re

import pytest

from gateway import replies
from tests.gateway.smtp_talk import listening


async def test_an_ordinary_mail_arrives_as_it_was_sent() -> None:
    """The bytes, the envelope and the peer of a mail are handed over unchanged, and the 250 names the queue id."""
    async with listening() as house:
        talk = await house.ready()

        assert await talk.mail(b"Subject: x\r\n\r\n..dot\r\n\x00\xe9\r\n") == "250 2.0.0 OK: queued as q1"

    [submission] = house.got
    assert submission.raw == b"Subject: x\r\n\r\n.dot\r\n\x00\xe9\r\n"
    assert submission.envelope_from == "anna@customer.test"
    assert submission.envelope_to == ("support@desk.test",)
    assert submission.peer == {"address": "127.0.0.1", "helo": "client.test", "tls": False, "user": None}


async def test_a_queue_id_that_is_no_plain_word_is_not_said() -> None:
    """Nothing that accept returns can break a reply line."""

    async def accept(submission: object) -> str:
        return "q1\r\n550 no"

    async with listening(accept=accept) as house:
        talk = await house.ready()

        assert await talk.mail() == "250 2.0.0 OK: queued"


async def test_ehlo_offers_what_is_kept_and_nothing_else() -> None:
    """CHUNKING, DSN, and without a certificate STARTTLS and AUTH, are not offered."""
    async with listening() as house:
        talk = await house.talk()
        assert await talk.reply() == "220 mx.test ESMTP"

        offered = (await talk.say("EHLO client.test")).splitlines()

        assert {line[4:] for line in offered} == {
            "mx.test",
            "SIZE 26214400",
            "PIPELINING",
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
        }
        assert await talk.say("HELO client.test") == "250 mx.test"
        assert (await talk.say("STARTTLS"))[:3] == "502"
        assert (await talk.say("AUTH PLAIN AGEAYg=="))[:3] == "502"


def test_every_reply_has_its_enhanced_code() -> None:
    """RFC 2034: each constant but 354 carries an enhanced code of its own class, and no line end."""
    constants = {name: text for name, text in vars(replies).items() if name.isupper() and isinstance(text, str)}

    wrong = [
        name
        for name, text in constants.items()
        if not re.fullmatch(r"([245])[0-9]{2} \1\.[0-9]\.[0-9]{1,2} [^\r\n]+", text)
    ]

    assert wrong == ["GO_AHEAD"]


def test_what_the_library_says_unforeseen_is_neutral() -> None:
    """A text of aiosmtpd that nobody foresaw, perhaps with an exception in it, does not reach the wire."""
    assert replies.ours("500 Error: (RuntimeError) secret") == replies.FAILED


async def test_pipelined_commands_are_answered_in_order() -> None:
    """A client may send its commands, and whatever follows the dot, in one go (RFC 2920)."""
    async with listening() as house:
        talk = await house.ready()
        talk.send(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<nobody@desk.test>\r\nRCPT TO:<support@desk.test>\r\nDATA\r\n")
        assert [(await talk.reply())[:3] for _ in range(4)] == ["250", "550", "250", "354"]

        talk.send(b"one\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<billing@desk.test>\r\nDATA\r\n")
        assert [(await talk.reply())[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        talk.send(b"two\r\n.\r\nQUIT\r\n")

        assert [(await talk.reply())[:3] for _ in range(3)] == ["250", "221", ""]
    assert [(s.raw, s.envelope_from) for s in house.got] == [(b"one\r\n", "a@b.c"), (b"two\r\n", "")]


async def test_bdat_ends_the_session() -> None:
    """What follows a BDAT that we do not know is content, and is not obeyed."""
    async with listening() as house:
        talk = await house.ready()
        talk.send(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<support@desk.test>\r\nBDAT 6 LAST\r\nDATA\r\nx\r\n.\r\n")

        assert [(await talk.reply())[:3] for _ in range(4)] == ["250", "250", "502", ""]
    assert house.got == []


async def test_a_mail_may_hold_the_bytes_of_a_tls_hello() -> None:
    """Only where a command is expected is 16 03 taken for TLS."""
    async with listening() as house:
        talk = await house.ready()
        await talk.begin()

        assert (await talk.content(b"\x16\x03\x01 binary\r\n"))[:3] == "250"


async def test_commands_out_of_order_are_503() -> None:
    """Nothing is done for a client that skips a step, and after a mail the envelope is empty again."""
    async with listening() as house:
        talk = await house.talk()
        await talk.reply()
        assert await talk.say("MAIL FROM:<a@b.c>") == replies.SEND_HELLO
        await talk.say("EHLO client.test")
        assert await talk.say("RCPT TO:<support@desk.test>") == replies.NEED_MAIL
        assert await talk.say("DATA") == replies.NEED_MAIL
        await talk.say("MAIL FROM:<a@b.c>")
        assert await talk.say("MAIL FROM:<a@b.c>") == replies.NESTED_MAIL
        assert await talk.say("DATA") == replies.NEED_RCPT
        await talk.say("RSET")
        assert (await talk.mail())[:3] == "250"

        assert await talk.say("DATA") == replies.NEED_MAIL
        assert await talk.say("RCPT TO:<support@desk.test>") == replies.NEED_MAIL
        await talk.say("MAIL FROM:<>")
        assert await talk.say("MAIL FROM:<>") == replies.NESTED_MAIL
        await talk.say("EHLO again.test")
        assert await talk.say("RCPT TO:<support@desk.test>") == replies.NEED_MAIL
    assert len(house.got) == 1


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"NOOP\n", replies.LINE_END),
        (b"MAIL FROM:<a\0@b.c>\r\n", replies.BAD_CHARACTERS),
        (b"MAIL FROM:<a@b.c>\rRSET\r\n", replies.BAD_CHARACTERS),
        (b"MAIL FROM:<\xff@b.c>\r\n", replies.BAD_CHARACTERS),
        (b"MAIL FROM:<\xed\xa0\x80@b.c> SMTPUTF8\r\n", replies.BAD_CHARACTERS),
        (b"NOOP " + b"x" * 10240 + b"\r\n", replies.COMMAND_TOO_LONG),
        (b"XYZZY\r\n", replies.UNKNOWN_COMMAND),
        (b"\xff\xfe\r\n", replies.RUBBISH),
        (b"\r\n", replies.UNKNOWN_COMMAND),
    ],
)
async def test_an_unclean_line_is_refused_and_the_session_stays_in_step(line: bytes, reply: str) -> None:
    """Bare LF, NUL, CR, what is not UTF-8 (a lone surrogate too) and overlong lines are 5xx; the next line counts."""
    async with listening() as house:
        talk = await house.ready()
        talk.send(line)

        assert await talk.reply() == reply
        assert await talk.say("NOOP") == ("" if reply == replies.RUBBISH else replies.OK)


async def test_a_line_without_an_end_is_cut() -> None:
    """A client that never sends a line end can not make us keep what it sends."""
    async with listening() as house:
        talk = await house.ready()
        talk.send(b"x" * 500_000)

        assert await talk.reply() in (replies.LINE_WITHOUT_END, "")  # a RST may overtake the words
        await house.until(lambda: house.listener.sessions == 0)


async def test_recipients_are_the_desks_alone() -> None:
    """A +part and any case are asked of `knows`; everybody else is 550 5.1.1; two desks come in one submission."""
    async with listening() as house:
        talk = await house.ready()
        await talk.say("MAIL FROM:<anna@customer.test>")
        assert await talk.say("RCPT TO:<nobody@desk.test>") == replies.NO_SUCH_DESK
        assert await talk.say("RCPT TO:<support@elsewhere.test>") == replies.NO_SUCH_DESK
        assert await talk.say("RCPT TO:<Support+abc@Desk.test>") == replies.RECIPIENT_OK
        assert await talk.say("RCPT TO:<billing@desk.test>") == replies.RECIPIENT_OK
        assert await talk.say("RCPT TO:<billing@desk.test>") == replies.RECIPIENT_OK
        await talk.say("DATA")
        await talk.content(b"x\r\n")

    assert [s.envelope_to for s in house.got] == [("Support+abc@Desk.test", "billing@desk.test")]


async def test_a_dsn_aware_sender_is_served() -> None:
    """Parameters that senders add for extensions which we never offered do not refuse their mail."""
    async with listening() as house:
        talk = await house.ready()

        assert (await talk.say("MAIL FROM:<a@b.c> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=x+3Dy AUTH=<>"))[:3] == "250"
        assert (await talk.say("RCPT TO:<support@desk.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a@b.c"))[:3] == "250"


async def test_no_dot_no_mail() -> None:
    """A client that leaves before the dot has delivered nothing, and its memory is free again."""
    async with listening() as house:
        free = house.free_memory
        talk = await house.ready()
        await talk.begin()
        talk.send(b"Subject: x\r\n\r\nhalf a")
        talk.writer.close()

        await house.until(lambda: house.listener.sessions == 0)
        assert house.free_memory == free
    assert house.got == []
