"""Section I of the list: what a client may do to the listener itself, by SMTP and where it applies by LMTP.

All cases talk to one running gateway, byte for byte; what the store holds afterwards is the judge, and ordinary mail
goes through beside them. Limits of time, number and memory have tests of their own: tests/gateway/test_smtp_limits.py.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from gateway import replies
from gateway.config import Lmtp
from store.schema import delivery
from tests.gateway.smtp_talk import Talk, trusting
from tests.hostile.post import EVE, new
from tests.running import HOST
from tests.scenarios.house import SALES, SUPPORT, House

LARGEST = 200_000
FAKE_ENDS = {
    "a": b"\n.\n",
    "b": b"\n.\r\n",
    "c": b"\r\n.\n",
    "d": b"\r.\r",
    "e": b"\r.\r\n",
    "f": b"\r\n.\r",
    "g": b"\n.\r",
    "h": b"\r\r\n.\r\r\n",
}
SMUGGLED = b"MAIL FROM:<smuggled@evil.example>\r\nRCPT TO:<%b>\r\nDATA\r\nSubject: smuggled\r\n\r\n" % SUPPORT.encode()
SQL = '"x\');DROP TABLE delivery;--"@evil.example'


@dataclass
class Door:
    """One listener of a running gateway."""

    house: House
    protocol: str

    @property
    def port(self) -> int:
        listener = self.house.gateway.smtp if self.protocol == "smtp" else self.house.gateway.lmtp
        assert listener is not None
        return listener.ports[0]

    @property
    def hello(self) -> str:
        return "EHLO evil.example" if self.protocol == "smtp" else "LHLO evil.example"

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Talk]:
        """A connection whose greeting is not read yet."""
        talk = Talk(*await asyncio.open_connection(HOST, self.port))
        try:
            yield talk
        finally:
            talk.writer.transport.abort()

    @asynccontextmanager
    async def ready(self) -> AsyncIterator[Talk]:
        """One that has said hello."""
        async with self.connected() as talk:
            assert (await talk.reply())[:3] == "220"
            assert (await talk.say(self.hello))[:3] == "250"
            yield talk

    async def begun(self, talk: Talk, *recipients: str) -> None:
        await talk.begin(*(recipients or (SUPPORT,)), sender=f"<{EVE}>")

    async def senders(self) -> list[str]:
        """The envelope senders of all that is in the store, oldest first."""
        rows = await self.house.rows(select(delivery.c.envelope_from).order_by(delivery.c.id))
        return [row.envelope_from for row in rows]


Case = Callable[[Door], Awaitable[int]]
"""What is done to a door; how many deliveries it must have left."""


def fake_end(end: bytes) -> Case:
    """I01: an end of data that is none stays inside the mail, which is refused for its bare line end."""

    async def case(door: Door) -> int:
        async with door.ready() as talk:
            await door.begun(talk)
            assert await talk.content(b"Subject: x\r\n\r\nhello" + end + SMUGGLED) == replies.BARE_LINE_END
            assert await talk.say("NOOP") == replies.OK
        return 0

    return case


async def injected_starttls(door: Door) -> int:
    """I02: what was sent in the clear behind STARTTLS is thrown away; LMTP offers none."""
    async with door.ready() as talk:
        talk.send(b"STARTTLS\r\nEHLO injected\r\nMAIL FROM:<smuggled@evil.example>\r\n")
        if door.protocol == "lmtp":
            assert [await talk.reply() for _ in range(2)] == [replies.UNKNOWN_COMMAND] * 2
            return 0
        assert await talk.reply() == replies.TLS_READY
        await talk.writer.start_tls(trusting())
        assert await talk.say("NOOP") == replies.OK
        assert await talk.say(f"RCPT TO:<{SUPPORT}>") == replies.NEED_MAIL
    return 0


def http(line: bytes) -> Case:
    """I03: a browser is closed upon, with the mail that somebody hid in its form."""

    async def case(door: Door) -> int:
        async with door.connected() as talk:
            await talk.reply()
            talk.send(line + b"\r\n" + door.hello.encode() + b"\r\n" + SMUGGLED + b"x\r\n.\r\n")
            assert await talk.reply() == replies.RUBBISH
            assert await talk.closed()
        return 0

    return case


async def tls_on_plain(door: Door) -> int:
    """I04: a ClientHello has no line end; it is closed at once and not waited upon."""
    async with door.connected() as talk:
        await talk.reply()
        talk.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")
        assert await talk.closed()
    return 0


async def many_recipients(door: Door) -> int:
    """I05: of 1100 recipients the first 200 are taken, the others are put off, and the mail arrives."""
    async with door.ready() as talk:
        await talk.say(f"MAIL FROM:<{EVE}>")
        talk.send(b"".join(b"RCPT TO:<%b>\r\n" % SUPPORT.replace("@", f"+{n}@").encode() for n in range(1100)))
        said = [await talk.reply() for _ in range(1100)]
        assert said == [replies.RECIPIENT_OK] * 200 + [replies.TOO_MANY_RECIPIENTS] * 900
        await talk.say("DATA")
        talk.send(new(number="i05") + b".\r\n")
        count = 200 if door.protocol == "lmtp" else 1
        assert {(await talk.reply())[:3] for _ in range(count)} == {"250"}
        assert await talk.say("NOOP") == replies.OK
    return 1


async def early_talker(door: Door) -> int:
    """I06: who says everything before the greeting is answered in order, and his one mail is one."""
    async with door.connected() as talk:
        mail = new(number="i06")
        talk.send(
            b"%b\r\nMAIL FROM:<%b>\r\nRCPT TO:<%b>\r\nDATA\r\n" % (door.hello.encode(), EVE.encode(), SUPPORT.encode())
        )
        talk.send(mail + b".\r\nQUIT\r\n")
        assert [(await talk.reply())[:3] for _ in range(8)] == ["220", "250", "250", "250", "354", "250", "221", ""]
    return 1


async def long_commands(door: Door) -> int:
    """I07: a command of 10 KiB is refused and the next one is read as what it is."""
    async with door.ready() as talk:
        for verb in ("NOOP ", "MAIL FROM:<", "XYZZY"):
            assert await talk.say(verb + "x" * 10_240) == replies.COMMAND_TOO_LONG
        assert await talk.say("NOOP") == replies.OK
    return 0


async def nul_in_mail(door: Door) -> int:
    """I08: a NUL in an address is a syntax error, and no transaction is open behind it."""
    async with door.ready() as talk:
        assert await talk.say(b"MAIL FROM:<eve\0@evil.example>") == replies.BAD_CHARACTERS
        assert await talk.say(f"RCPT TO:<{SUPPORT}>") == replies.NEED_MAIL
    return 0


async def lying_size(door: Door) -> int:
    """I09: too much is 552, announced at MAIL and unannounced after the dot, and the session stays in step."""
    async with door.ready() as talk:
        assert await talk.say(f"MAIL FROM:<{EVE}> SIZE={LARGEST + 1}") == replies.TOO_BIG
        assert await talk.say(f"MAIL FROM:<{EVE}> SIZE=10") == replies.SENDER_OK
        await talk.say(f"RCPT TO:<{SUPPORT}>")
        await talk.say("DATA")
        assert await talk.content(b"0123456789abcdef\r\n" * (LARGEST // 16)) == replies.TOO_BIG
        await door.begun(talk)
        assert (await talk.content(new(number="i09")))[:3] == "250"
    return 1


async def unknown_recipient(door: Door) -> int:
    """I10: refused at RCPT, whatever the address; with no other one there is no DATA."""
    async with door.ready() as talk:
        await talk.say(f"MAIL FROM:<{EVE}>")
        for who in ("nobody@desk.example", "support@elsewhere.example", "support@desk.example.evil.example"):
            assert await talk.say(f"RCPT TO:<{who}>") == replies.NO_SUCH_DESK
        assert await talk.say("DATA") == replies.NEED_RCPT
    return 0


async def sql_sender(door: Door) -> int:
    """I11: a sender that is SQL is no address unless it is quoted; then it is kept as the text that it is."""
    async with door.ready() as talk:
        assert await talk.say("MAIL FROM:<x');DROP TABLE delivery;--@evil.example>") == replies.BAD_SENDER
        await talk.begin(SUPPORT, sender=f"<{SQL}>")
        assert (await talk.content(new(number="i11")))[:3] == "250"
    assert (await door.senders())[-1] == SQL
    return 1


async def no_final_dot(door: Door) -> int:
    """I12: whoever leaves before the dot, or behind half of it, has delivered nothing."""
    for rest in (b"half a", b"line\r\n", b"line\r\n.", b"line\r\n.\r"):
        async with door.ready() as talk:
            await door.begun(talk)
            talk.send(new(number="i12") + rest)
            talk.writer.close()
    return 0


async def stale_envelope(door: Door) -> int:
    """I13: after a mail, a refused one and RSET there is no envelope left to add to."""
    async with door.ready() as talk:
        await door.begun(talk)
        assert (await talk.content(new(number="i13")))[:3] == "250"
        assert await talk.say(f"RCPT TO:<{SALES}>") == replies.NEED_MAIL
        await door.begun(talk)
        assert await talk.content(b"bare\nline\r\n") == replies.BARE_LINE_END
        assert await talk.say("DATA") == replies.NEED_MAIL
        await talk.say(f"MAIL FROM:<{EVE}>")
        await talk.say(f"RCPT TO:<{SUPPORT}>")
        await talk.say("RSET")
        assert await talk.say("DATA") == replies.NEED_MAIL
    return 1


async def verify(door: Door) -> int:
    """I14: VRFY says the same of everybody, EXPN is not there."""
    async with door.ready() as talk:
        assert {await talk.say(f"VRFY {who}") for who in (SUPPORT, "nobody@desk.example", "")} == {replies.VERIFY_NOT}
        assert await talk.say("EXPN staff") == replies.UNKNOWN_COMMAND
    return 0


CASES: dict[str, Case] = {
    **{f"I01{letter}": fake_end(end) for letter, end in FAKE_ENDS.items()},
    "I02": injected_starttls,
    "I03 GET": http(b"GET / HTTP/1.1"),
    "I03 POST": http(b"POST /x HTTP/1.1"),
    "I03 CONNECT": http(b"CONNECT a:25 HTTP/1.1"),
    "I03 a field": http(b"Host: desk.example"),
    "I04": tls_on_plain,
    "I05": many_recipients,
    "I06": early_talker,
    "I07": long_commands,
    "I08": nul_in_mail,
    "I09": lying_size,
    "I10": unknown_recipient,
    "I11": sql_sender,
    "I12": no_final_dot,
    "I13": stale_envelope,
    "I14": verify,
}
ORDINARY = {
    "Z01 plain": new(number="z01"),
    "Z02 dots": new(number="z02", body=".\r\n..\r\n.end\r\n"),
    "Z03 8-bit": new(number="z03", body="Zażółć gęślą jaźń\r\n"),
    "Z04 a line of 2000": new(number="z04", body="x" * 2000 + "\r\n"),
    "Z05 without a header": b"\r\nonly words\r\n",
    "Z06 nearly too big": new(number="z06", body="0123456789abcdef\r\n" * (LARGEST // 20)),
}


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
async def test_section_i(build: Callable[[], House], protocol: str) -> None:
    """Each case says what it must, leaves what it must in the store and nothing smuggled; the door serves on."""
    house = build()
    house.max_size = LARGEST
    house.lmtp = Lmtp(listen=(f"{HOST}:0",), max_size=LARGEST)
    await house.open()
    try:
        door, wrong = Door(house, protocol), {}
        for name, case in CASES.items():
            before = len(await door.senders())
            try:
                left = await case(door)
                assert len(await door.senders()) - before == left, "deliveries"
            except (AssertionError, TimeoutError) as error:
                wrong[name] = str(error)
        assert wrong == {}
        assert not any("smuggled" in sender for sender in await door.senders())

        for name, mail in ORDINARY.items():
            async with door.ready() as talk:
                await door.begun(talk, SALES)
                stuffed = (b"." if mail.startswith(b".") else b"") + mail.replace(b"\r\n.", b"\r\n..")
                assert (await talk.content(stuffed))[:3] == "250", name
        rows = await house.rows(select(delivery.c.size, delivery.c.channel).order_by(delivery.c.id))
        assert [tuple(row) for row in rows[-len(ORDINARY) :]] == [(len(mail), protocol) for mail in ORDINARY.values()]
        await house.settled()
    finally:
        await house.close()
