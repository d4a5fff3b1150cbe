"""What may reach the wire: addresses, line ends, dots, sizes, and letters beyond ASCII."""

from collections.abc import AsyncIterator

import pytest

from gateway.relay import SmtpRelay
from tests.gateway.letters import RAW, letter, plain_config
from tests.sink import SmtpSink


@pytest.fixture
async def relay(sink: SmtpSink) -> AsyncIterator[SmtpRelay]:
    """A relay to `sink`, closed at the end."""
    relay = SmtpRelay(plain_config(sink))
    yield relay
    await relay.close()


def verbs(sink: SmtpSink) -> list[str]:
    return [line.split()[0] for line in sink.commands]


@pytest.mark.parametrize(
    ("recipient", "sender"),
    [
        ("a@b.example>\r\nRCPT TO:<evil@b.example", ""),
        ("a b@c.example", ""),
        ("a@b.example\n", ""),
        ("a@b.example\x00", ""),
        ("a@b.example> SIZE=1", ""),
        ("nobody", ""),
        ("@b.example", ""),
        ("", ""),
        ("a@b.example", "evil@b.example> BODY=8BITMIME"),
        ("a@b.example", "evil\r\nDATA\r\n@b.example"),
    ],
)
async def test_an_address_that_could_smuggle_never_reaches_the_wire(
    relay: SmtpRelay, sink: SmtpSink, recipient: str, sender: str
) -> None:
    """It is refused in one printable line, and the relay is not even called."""
    result = await relay.send(letter(recipient, sender=sender))

    assert result.state == "never"
    assert result.reply.isprintable()
    assert (sink.connections, sink.commands) == (0, [])


@pytest.mark.parametrize(
    "raw",
    [
        RAW + b"bare\nline feed\r\n",
        RAW + b"bare\rreturn\r\n",
        RAW + b"nul\0\r\n",
        RAW + b"no end",
        RAW + b"\n.\r\nMAIL FROM:<evil@b.example>\r\n",
        b"",
    ],
)
async def test_bytes_that_would_be_mended_are_not_sent(relay: SmtpRelay, sink: SmtpSink, raw: bytes) -> None:
    """A bare CR or LF, a NUL or a missing end would differ from what was signed, or end the mail early."""
    result = await relay.send(letter(raw=raw))

    assert (result.state, result.status, sink.connections) == ("never", "5.6.0", 0)


@pytest.mark.parametrize(
    "raw", [b".\r\n", b"a: b\r\n\r\n.\r\n", b"a: b\r\n\r\n..\r\n.\r\n\r\n.\r\n.x\r\n", b"a: b\r\n\r\n\r\n\r\n"]
)
async def test_lines_of_dots_arrive(relay: SmtpRelay, sink: SmtpSink, raw: bytes) -> None:
    """A line that is only a dot does not end the mail (RFC 5321 section 4.5.2)."""
    assert (await relay.send(letter(raw=raw))).state == "sent"
    assert [mail.data for mail in await sink.arrived(1)] == [raw]


async def test_the_size_that_a_relay_takes_is_kept(relay: SmtpRelay, sink: SmtpSink) -> None:
    """SIZE of EHLO is known after the first mail, ours is announced, and a larger mail is refused before MAIL."""
    assert relay.max_size is None
    sink.next("ehlo", "250-sink\r\n250 SIZE 1000")
    await relay.send(letter())
    result = await relay.send(letter(raw=RAW + b"x" * 1000 + b"\r\n"))

    assert relay.max_size == 1000
    assert f"MAIL FROM:<b-1-xyz@desk.example> SIZE={len(RAW)}" in sink.commands
    assert (result.state, result.status, verbs(sink).count("MAIL")) == ("never", "5.3.4", 1)


@pytest.mark.parametrize("size", ["", "0", "many", "-5", "١٢"])
async def test_a_relay_without_a_size_takes_all(relay: SmtpRelay, sink: SmtpSink, size: str) -> None:
    """SIZE 0, none and nonsense mean that no limit is known (RFC 1870 section 4)."""
    sink.next("ehlo", f"250-sink\r\n250 SIZE {size}")

    assert (await relay.send(letter())).state == "sent"
    assert relay.max_size is None


async def test_an_address_beyond_ascii_needs_smtputf8(relay: SmtpRelay, sink: SmtpSink) -> None:
    """It is sent as UTF-8 where the relay offers that, else refused in clear words before MAIL (RFC 6531)."""
    sent = await relay.send(letter("zażółć@shop.example"))
    await relay.close()
    sink.next("ehlo", "250-sink\r\n250 8BITMIME")
    refused = await relay.send(letter("zażółć@shop.example"))

    assert sent.state == "sent"
    assert sink.received[0].mail_options[-1] == "SMTPUTF8"
    assert sink.received[0].recipients == ("zażółć@shop.example",)
    assert (refused.state, refused.status, verbs(sink).count("MAIL")) == ("never", "5.6.7", 1)
    assert "SMTPUTF8" in refused.reply


async def test_eight_bit_text_needs_8bitmime(relay: SmtpRelay, sink: SmtpSink) -> None:
    """It is announced where the relay offers that, else refused before MAIL (RFC 6152)."""
    raw = RAW + "zażółć\r\n".encode()
    sent = await relay.send(letter(raw=raw))
    await relay.close()
    sink.next("ehlo", "250 sink")
    refused = await relay.send(letter(raw=raw))

    assert sent.state == "sent"
    assert "BODY=8BITMIME" in sink.received[0].mail_options
    assert (refused.state, refused.status, verbs(sink).count("MAIL")) == ("never", "5.6.3", 1)
