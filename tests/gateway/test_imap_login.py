"""Before a mail is read: to whom a password or a token is sent, and to whom it is not."""

import logging
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config import Secret
from gateway.mailbox import Happening
from tests.certificate import write_certificate
from tests.gateway.fake_imap import MAILS, PASSWORD, Conversation, FakeImap, answering, in_order, mailbox, once
from tests.gateway.mailroom import QUICK, polling


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_PASSWORD", PASSWORD)


@pytest.mark.parametrize("greeting", [b"* PREAUTH welcome", b"* BYE full", b"220 mail.example.test ESMTP"])
async def test_no_login_to_a_strange_greeting(greeting: bytes) -> None:
    """PREAUTH, BYE, and what is not IMAP at all, get no password."""
    async with FakeImap(MAILS) as server:
        server.greeting = greeting
        async with polling(mailbox(server)) as room:
            await room.until(lambda: room.alarms())

        assert server.commands == []


async def test_no_login_to_a_server_that_forbids_it() -> None:
    """LOGINDISABLED is heeded: the password is not sent."""
    async with FakeImap(MAILS) as server:
        server.capabilities += b" LOGINDISABLED"
        async with polling(mailbox(server)) as room:
            await room.until(lambda: Happening.LOGIN in room.alarms())

        assert not [command for command in server.commands if "hush" in command]


async def test_no_login_without_tls() -> None:
    """A server that speaks plain text where TLS is required gets no login; there is an alarm."""
    async with FakeImap(MAILS) as server, polling(mailbox(server, tls="tls")) as room:
        await room.until(lambda: Happening.TLS in room.alarms())

        assert not [command for command in server.commands if "LOGIN" in command]


async def test_no_login_to_a_stranger_s_certificate(tmp_path: Path) -> None:
    """A certificate of an authority that we do not trust ends the conversation before the login."""
    write_certificate(certificate=tmp_path / "cert", key=tmp_path / "key", names=["localhost"], addresses=["127.0.0.1"])
    server = FakeImap(MAILS)
    server.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    async with server:
        async with polling(mailbox(server, tls="tls")) as room:
            await room.until(lambda: Happening.TLS in room.alarms())
            assert server.commands == []
        async with polling(mailbox(server, tls="tls", ca_file=tmp_path / "cert")) as room:
            await room.read()
            assert in_order(room)


async def test_an_unavailable_login_is_not_a_wrong_password() -> None:
    """NO [UNAVAILABLE] to the login is waited out like any trouble of the server's; no alarm is raised at once."""
    busy = once("LOGIN", answering(b"%t NO [UNAVAILABLE] later"))
    limits = replace(QUICK, login_retry_seconds=600.0)
    async with FakeImap(MAILS, behave=busy) as server, polling(mailbox(server), limits=limits) as room:
        await room.read()

        assert room.alarms() == []


async def test_secrets_are_never_told(caplog: pytest.LogCaptureFixture) -> None:
    """Neither event nor log line, at the finest level and on the strangest answers, holds password or mail."""
    caplog.set_level(logging.DEBUG)
    for lie in (answering(b"ZZ99 OK done"), answering(b"%t NO go away"), answering(hang_up=True)):
        async with FakeImap(MAILS, behave=once("LOGIN", lie)) as server, polling(mailbox(server)) as room:
            await room.read()

            assert [command for command in server.commands if "hush" in command]
            assert "hush" not in caplog.text + repr(room.events)
            assert "Subject" not in caplog.text


async def test_a_refused_token_is_said_and_asked_for_anew() -> None:
    """The challenge of a refused XOAUTH2 is answered; a fresh one is tried once at once, then slowly."""
    replies: list[str] = []

    async def refuse(conversation: Conversation, tag: str, command: str) -> bool:
        if not command.startswith("AUTHENTICATE"):
            return False
        await conversation.say(b"+ eyJzdGF0dXMiOiI0MDAifQ==")
        replies.append((await conversation.reader.readline()).decode())
        await conversation.say(f"{tag} NO no such token".encode())
        return True

    limits = replace(QUICK, login_retry_seconds=600.0)
    token = {"password": None, "token": Secret(env="FAKE_PASSWORD")}
    async with FakeImap(MAILS, behave=refuse) as server, polling(mailbox(server, **token), limits=limits) as room:
        await room.until(lambda: room.kinds().count(Happening.TROUBLE) == 2)

        assert replies == ["\r\n", "\r\n"]
        assert room.alarms() == [Happening.LOGIN]
        assert '"status":"400"' in room.events[0].text
