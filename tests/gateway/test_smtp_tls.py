"""STARTTLS and AUTH."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import replies
from gateway.config import Smtp
from gateway.passwords import set_password
from gateway.smtp import SmtpListener
from parsing.message import Permanent
from tests.certificate import write_certificate
from tests.gateway.smtp_talk import LIMITS, House, listening, trusting


def plain(login: str, password: str) -> str:
    return base64.b64encode(f"\0{login}\0{password}".encode()).decode()


def word(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture(scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    write_certificate(certificate=certificate, key=key, names=["mx.test"], addresses=["127.0.0.1"])
    return certificate, key


@pytest.fixture
def config(pems: tuple[Path, Path], tmp_path: Path) -> Smtp:
    passwords = tmp_path / "passwords"
    set_password(passwords, "agent@desk.test", "right")
    return Smtp(listen=("127.0.0.1:0",), hostname="mx.test", certificate=pems[0], key=pems[1], passwords=passwords)


@pytest.fixture
async def house(config: Smtp) -> AsyncIterator[House]:
    async with listening(config, limits=replace(LIMITS, login_failures=3)) as house:
        yield house


async def test_a_mail_over_tls(house: House) -> None:
    """STARTTLS is offered, works, is not offered again, and the submission says so."""
    talk = await house.ready()
    assert "STARTTLS" in await talk.say("EHLO client.test")
    offered = await talk.starttls()

    assert "STARTTLS" not in offered
    assert "AUTH PLAIN LOGIN" in offered
    assert await talk.say("STARTTLS") == replies.OUT_OF_PLACE
    assert (await talk.mail(b"x\r\n" * 100_000))[:3] == "250"
    assert house.got[0].peer == {"address": "127.0.0.1", "helo": "client.test", "tls": True, "user": None}
    assert house.got[0].raw == b"x\r\n" * 100_000


async def test_what_was_said_in_the_clear_is_forgotten(house: House) -> None:
    """EHLO and an open transaction do not live through STARTTLS (RFC 3207 section 4.2)."""
    talk = await house.ready()
    await talk.say("MAIL FROM:<evil@x.test>")
    await talk.say("STARTTLS")
    await talk.writer.start_tls(trusting())

    assert await talk.say("RCPT TO:<support@desk.test>") == replies.NEED_MAIL
    assert await talk.say("MAIL FROM:<a@b.c>") == replies.SEND_HELLO


async def test_a_failed_handshake_ends_the_connection(house: House) -> None:
    """Rubbish in place of a ClientHello never falls back to plain text."""
    talk = await house.ready()
    await talk.say("STARTTLS")
    talk.send(b"MAIL FROM:<a@b.c>\r\nMAIL FROM:<a@b.c>\r\n")
    async with asyncio.timeout(5):
        rest = await talk.reader.read()

    assert b"250" not in rest
    await house.until(lambda: house.listener.sessions == 0)


@pytest.mark.parametrize("how", ["close", "reset"])
async def test_a_client_that_leaves_amid_the_handshake_is_forgotten(house: House, how: str) -> None:
    """asyncio counts that as no error and aiosmtpd waits on; the place is free at once all the same."""
    talk = await house.ready()
    await talk.say("STARTTLS")
    if how == "reset":
        talk.reset()
    else:
        talk.writer.close()

    await house.until(lambda: house.listener.sessions == 0)


async def test_a_handshake_has_the_time_of_a_command(config: Smtp) -> None:
    """Who asks for TLS and then says nothing is cut."""
    async with listening(config, limits=replace(LIMITS, command_seconds=0.2)) as house:
        talk = await house.ready()
        await talk.say("STARTTLS")

        assert await talk.closed()
        await house.until(lambda: house.listener.sessions == 0)


async def test_tls_that_ends_amid_data_stores_nothing(house: House) -> None:
    """A close_notify inside the mail is its end only as a failure."""
    talk = await house.ready()
    await talk.starttls()
    await talk.begin()
    talk.send(b"half a mail\r\n")
    talk.writer.close()

    await house.until(lambda: house.listener.sessions == 0 and house.free_memory == LIMITS.memory)
    assert house.got == []


async def test_a_silent_tls_client_hears_421(config: Smtp) -> None:
    """The timer of a command speaks through TLS too, and closes."""
    async with listening(config, limits=replace(LIMITS, command_seconds=0.3)) as house:
        talk = await house.ready()
        await talk.starttls()

        assert await talk.reply() == replies.TIMEOUT
        await house.until(lambda: house.listener.sessions == 0)


async def test_auth_needs_tls(house: House) -> None:
    """In the clear AUTH is neither offered nor taken."""
    talk = await house.ready()

    assert "AUTH" not in await talk.say("EHLO client.test")
    assert await talk.say(f"AUTH PLAIN {plain('agent@desk.test', 'right')}") == replies.TLS_FIRST


async def test_auth_plain_and_login(house: House) -> None:
    """Both mechanisms, with and without initial response; the submission names the user; once is enough."""
    for steps in (
        [f"AUTH PLAIN {plain('Agent@desk.test', 'right')}"],
        ["AUTH plain", plain("agent@desk.test", "right")],
        ["AUTH LOGIN", word("agent@desk.test"), word("right")],
        [f"AUTH LOGIN {word('agent@desk.test')}", word("right")],
    ):
        talk = await house.ready()
        await talk.starttls()
        answers = [await talk.say(step) for step in steps]
        assert [answer[:4] for answer in answers[:-1]] == ["334 "] * (len(steps) - 1)
        assert answers[-1] == replies.AUTHENTICATED
        assert await talk.say(steps[0]) == replies.OUT_OF_PLACE
        assert (await talk.mail())[:3] == "250"

    assert [submission.peer["user"] for submission in house.got] == ["agent@desk.test"] * 4


async def test_auth_does_not_open_a_relay(house: House) -> None:
    """An agent who is logged in still writes to desks only."""
    talk = await house.ready()
    await talk.starttls()
    await talk.say(f"AUTH PLAIN {plain('agent@desk.test', 'right')}")
    await talk.say("MAIL FROM:<agent@desk.test>")

    assert await talk.say("RCPT TO:<friend@elsewhere.test>") == replies.NO_SUCH_DESK


@pytest.mark.parametrize(
    ("steps", "reply"),
    [
        (["AUTH PLAIN !!!"], replies.BAD_BASE64),
        (["AUTH PLAIN é"], replies.BAD_BASE64),
        (["AUTH PLAIN ="], replies.BAD_ARGUMENTS),
        (["AUTH PLAIN", "*"], replies.AUTH_ABORTED),
        (["AUTH PLAIN", "!!!"], replies.BAD_BASE64),
        (["AUTH LOGIN", "*"], replies.AUTH_ABORTED),
        (["AUTH LOGIN", "YQ==", "/w=="], replies.BAD_ARGUMENTS),
        (["AUTH CRAM-MD5"], replies.UNKNOWN_MECHANISM),
        (["AUTH"], replies.UNKNOWN_MECHANISM),
    ],
)
async def test_a_broken_auth_is_refused(house: House, steps: list[str], reply: str) -> None:
    """Each kind of nonsense has its reply, and the session goes on, without a user."""
    talk = await house.ready()
    await talk.starttls()

    assert [await talk.say(step) for step in steps][-1] == reply
    assert (await talk.mail())[:3] == "250"
    assert house.got[0].peer["user"] is None


async def test_guessing_is_stopped(house: House) -> None:
    """After so many wrong passwords the address hears 454 in every session, for the right password too."""
    for guess in range(3):
        talk = await house.ready()
        await talk.starttls()
        assert await talk.say(f"AUTH PLAIN {plain('agent@desk.test', f'wrong{guess}')}") == replies.BAD_CREDENTIALS
    talk = await house.ready()
    await talk.starttls()

    assert await talk.say(f"AUTH PLAIN {plain('agent@desk.test', 'right')}") == replies.AUTH_NOT_NOW
    assert [what for what, _ in house.told] == ["login_failed"] * 3
    assert "wrong" not in str(house.told)


async def test_a_password_file_that_others_may_read_lets_nobody_in(config: Smtp) -> None:
    """AUTH is 454 until the file is private again, without a restart; the journal is told why."""
    assert config.passwords is not None
    config.passwords.chmod(0o644)
    async with listening(config) as house:
        talk = await house.ready()
        await talk.starttls()
        line = f"AUTH PLAIN {plain('agent@desk.test', 'right')}"

        assert await talk.say(line) == replies.AUTH_NOT_NOW
        assert [what for what, _ in house.told] == ["passwords_unreadable"]
        config.passwords.chmod(0o600)
        assert await talk.say(line) == replies.AUTHENTICATED


async def test_checking_a_password_does_not_hold_up_others(config: Smtp) -> None:
    """While scrypt works, another session is served."""
    async with listening(config) as house:
        agent, other = await house.ready(), await house.ready()
        await agent.starttls()
        agent.send(f"AUTH PLAIN {plain('agent@desk.test', 'right')}\r\n".encode())
        answer = asyncio.create_task(agent.reply())
        served = 0
        while not answer.done():
            await other.say("NOOP")
            served += 1

        assert await answer == replies.AUTHENTICATED
        assert served > 5


async def test_a_certificate_that_cannot_be_read_is_said_at_start(tmp_path: Path) -> None:
    """Start names the file; it does not go on without TLS."""
    config = Smtp(listen=("127.0.0.1:0",), certificate=tmp_path / "none.pem")
    listener = SmtpListener(config, accept=None, knows=lambda a: True, limits=LIMITS)  # type: ignore[arg-type]

    with pytest.raises(Permanent, match=r"none\.pem"):
        await listener.start()
