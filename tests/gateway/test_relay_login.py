"""TLS and AUTH with a relay: as configured, verified, once; never in the clear by accident, never a bounce."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.relay import SmtpRelay
from gateway.relay_talk import RelayLimits
from parsing.message import Permanent, Temporary
from tests.certificate import write_certificate
from tests.gateway.letters import letter, plain_config
from tests.sink import SmtpSink

TLS = {"tls": "starttls"}
PASSWORD = {"user": "desk", "password": {"env": "X"}}
TOKEN = {"user": "desk", "token": {"env": "X"}}


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    write_certificate(
        certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem", names=["localhost"], addresses=["127.0.0.1"]
    )
    return tmp_path / "cert.pem"


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.parent / "key.pem")
    return context


@pytest.fixture
def tls_sink(context: ssl.SSLContext) -> Iterator[SmtpSink]:
    with SmtpSink(tls=context) as server:
        yield server


async def secret() -> str:
    return "s3cret"


async def test_starttls_comes_before_the_mail(tls_sink: SmtpSink, certificate: Path) -> None:
    """With the right authority the conversation is encrypted, greeted anew, and the mail arrives."""
    relay = SmtpRelay(plain_config(tls_sink, **TLS, ca_file=certificate))
    result = await relay.send(letter())
    await relay.close()

    assert result.state == "sent"
    assert [line.split()[0] for line in tls_sink.commands[:4]] == ["EHLO", "STARTTLS", "EHLO", "MAIL"]


async def test_a_stripped_starttls_is_not_fallen_for(sink: SmtpSink) -> None:
    """Without STARTTLS nothing is said but EHLO: no password, no mail; later, and worth an alarm."""
    relay = SmtpRelay(plain_config(sink, **TLS, **PASSWORD), secret=secret)
    result = await relay.send(letter())

    assert result.state == "back"
    assert "STARTTLS" in relay.paused
    assert [line.split()[0] for line in sink.commands] == ["EHLO"]


async def test_a_refused_starttls_is_not_fallen_for(tls_sink: SmtpSink, certificate: Path) -> None:
    """454 to STARTTLS ends the conversation; the mail waits."""
    tls_sink.always("starttls", "454 4.7.0 TLS not available")
    relay = SmtpRelay(plain_config(tls_sink, **TLS, ca_file=certificate))
    result = await relay.send(letter())

    assert result.state == "back"
    assert "454 4.7.0 TLS not available" in relay.paused
    assert [line.split()[0] for line in tls_sink.commands] == ["EHLO", "STARTTLS"]


@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_a_wrong_certificate_is_not_believed(
    tls_sink: SmtpSink, certificate: Path, tmp_path: Path, wrong: str
) -> None:
    """An unknown authority or another host's name: no mail, no password, an alarm that says what is wrong."""
    other = tmp_path / "other.pem"
    write_certificate(certificate=other, key=tmp_path / "other.key", names=["localhost"], addresses=["127.0.0.1"])
    values = {"ca_file": other} if wrong == "authority" else {"ca_file": certificate, "host": "127.0.0.2"}
    config = plain_config(tls_sink, **TLS, **PASSWORD, ca_file=other).model_copy(update=values)
    tls_sink.stop()
    tls_sink.host = str(values.get("host", "127.0.0.1"))
    tls_sink.start()
    relay = SmtpRelay(config, secret=secret)
    result = await relay.send(letter())

    assert result.state == "back"
    assert "is not trusted" in relay.paused
    assert [line.split()[0] for line in tls_sink.commands] == ["EHLO", "STARTTLS"]


async def test_an_authority_that_can_not_be_read_is_said(tls_sink: SmtpSink, tmp_path: Path) -> None:
    """A missing ca_file is the operator's to mend: later, named, nothing sent."""
    relay = SmtpRelay(plain_config(tls_sink, **TLS, ca_file=tmp_path / "none.pem"))
    result = await relay.send(letter())

    assert result.state == "back"
    assert "ca_file" in relay.paused
    assert tls_sink.commands == []


@pytest.fixture
async def implicit(context: ssl.SSLContext) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A port that speaks TLS from the first octet (RFC 8314), its lines kept."""
    lines: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 tls\r\n")
        while line := await reader.readline():
            lines.append(line)
            writer.write({b"DATA": b"354 go\r\n"}.get(line.strip(), b"250 ok\r\n"))
            if line == b"DATA\r\n":
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1], lines
    server.close()


@pytest.mark.parametrize("trusted", [True, False])
async def test_implicit_tls_is_verified(
    implicit: tuple[int, list[bytes]], sink: SmtpSink, certificate: Path, trusted: bool
) -> None:
    """`tls = "tls"` encrypts from the first octet, and believes a certificate no more than STARTTLS does."""
    port, lines = implicit
    relay = SmtpRelay(plain_config(sink, tls="tls", port=port, ca_file=certificate if trusted else None))
    result = await relay.send(letter())
    await relay.close()

    assert result.state == ("sent" if trusted else "back")
    assert bool(lines) is trusted
    assert ("is not trusted" in relay.paused) is not trusted


async def test_a_password_is_sent_once_for_each_connection(tls_sink: SmtpSink, certificate: Path) -> None:
    """AUTH PLAIN (RFC 4616) after STARTTLS; the second mail needs none."""
    relay = SmtpRelay(plain_config(tls_sink, **TLS, **PASSWORD, ca_file=certificate), secret=secret)
    await relay.send(letter())
    await relay.send(letter())
    await relay.close()

    logins = [line for line in tls_sink.commands if line.startswith("AUTH")]
    assert logins == ["AUTH PLAIN " + base64.b64encode(b"\0desk\0s3cret").decode()]
    assert len(tls_sink.received) == 2


async def test_a_token_is_asked_for_anew(sink: SmtpSink) -> None:
    """XOAUTH2 with the token of the moment: the next connection gets the next one."""
    tokens = iter(["first", "second"])

    async def token() -> str:
        return next(tokens)

    relay = SmtpRelay(plain_config(sink, **TOKEN), secret=token, limits=RelayLimits(reuse=1))
    await relay.send(letter())
    await relay.send(letter())

    logins = [base64.b64decode(line.split()[2]) for line in sink.commands if line.startswith("AUTH XOAUTH2")]
    assert logins == [b"user=desk\x01auth=Bearer first\x01\x01", b"user=desk\x01auth=Bearer second\x01\x01"]


@pytest.mark.parametrize("values", [PASSWORD, TOKEN])
async def test_a_revoked_login_pauses_the_relay(sink: SmtpSink, values: dict[str, object]) -> None:
    """535: nothing is bounced, one try is made and not one for each connection and mechanism, then the relay rests."""
    sink.always("auth", "535 5.7.8 bad credentials")
    relay = SmtpRelay(plain_config(sink, **values, connections=5), secret=secret)
    results = await asyncio.gather(*(relay.send(letter()) for _ in range(8)))

    assert {result.state for result in results} == {"back"}
    assert "535 5.7.8 bad credentials" in relay.paused
    assert sum(line.startswith("AUTH") for line in sink.commands) == 1
    assert "s3cret" not in relay.paused


async def test_a_busy_login_is_soon_tried_again(sink: SmtpSink) -> None:
    """454 is a short rest: nobody has to mend anything (RFC 4954 section 6)."""
    sink.next("auth", "454 4.7.0 temporary authentication failure")
    relay = SmtpRelay(plain_config(sink, **PASSWORD), secret=secret, limits=RelayLimits(pause=0))

    assert (await relay.send(letter())).state == "back"
    assert (await relay.send(letter())).state == "sent"
    await relay.close()


async def test_a_login_without_a_common_mechanism_is_said(sink: SmtpSink) -> None:
    """What the relay offers and what we know stand in the alarm."""
    sink.always("ehlo", "250-sink\r\n250 AUTH GSSAPI")
    relay = SmtpRelay(plain_config(sink, **PASSWORD), secret=secret)

    assert (await relay.send(letter())).state == "back"
    assert "gssapi" in relay.paused


@pytest.mark.parametrize("error", [Temporary("the command failed"), Permanent("two sources")])
async def test_a_secret_that_can_not_be_had_is_no_bounce(sink: SmtpSink, error: Exception) -> None:
    """Without the secret there is no try to log in, and the mail waits."""

    async def none() -> str:
        raise error

    relay = SmtpRelay(plain_config(sink, **PASSWORD), secret=none)

    assert (await relay.send(letter())).state == "back"
    assert str(error) in relay.paused
    assert [line.split()[0] for line in sink.commands] == ["EHLO"]
