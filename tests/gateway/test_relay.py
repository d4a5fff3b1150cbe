"""The conversation with a relay, over real sockets to one that misbehaves on request."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable

import pytest

from gateway.relay import Result, SmtpRelay
from gateway.relay_talk import RelayLimits
from tests.gateway.letters import RAW, letter, plain_config
from tests.sink import Fault, SmtpSink

Make = Callable[..., SmtpRelay]


@pytest.fixture
async def make(sink: SmtpSink) -> AsyncIterator[Make]:
    """Relays to `sink`, closed at the end."""
    relays: list[SmtpRelay] = []

    def make(limits: RelayLimits | None = None, **values: object) -> SmtpRelay:
        relays.append(SmtpRelay(plain_config(sink, **values), limits=limits, hostname="desk.example"))
        return relays[-1]

    yield make
    for relay in relays:
        await relay.close()


def verbs(sink: SmtpSink) -> list[str]:
    return [line.split()[0] for line in sink.commands]


async def test_a_mail_arrives_as_it_was_signed(make: Make, sink: SmtpSink) -> None:
    """The sink gets the very bytes and the envelope; dots at the beginning of a line are doubled on the wire only."""
    result = await make().send(letter(sender="bounce-1@desk.example"))
    (mail,) = await sink.arrived(1)

    assert mail.data == RAW
    assert (mail.sender, mail.recipients) == ("bounce-1@desk.example", ("customer@shop.example",))
    assert result == Result("sent", "250 2.0.0 taken", "2.0.0", f"127.0.0.1:{sink.port}")


async def test_one_connection_carries_many_mails(make: Make, sink: SmtpSink) -> None:
    """A connection is opened once and greeted once; without a refusal there is no RSET to pay for."""
    relay = make()
    for _ in range(5):
        assert (await relay.send(letter())).state == "sent"

    assert (sink.connections, relay.opened, verbs(sink).count("EHLO"), verbs(sink).count("RSET")) == (1, 1, 1, 0)


async def test_no_more_connections_than_configured(make: Make, sink: SmtpSink) -> None:
    """Twenty mails at once share the three connections of the configuration."""
    relay = make(connections=3)
    results = await asyncio.gather(*(relay.send(letter()) for _ in range(20)))

    assert {result.state for result in results} == {"sent"}
    assert 1 <= sink.connections <= 3


async def test_a_refused_recipient_is_forgotten_before_the_next_mail(make: Make, sink: SmtpSink) -> None:
    """After a refusal the same connection goes on with RSET, and the other mail arrives alone."""
    relay = make()
    sink.always("rcpt", "550 5.1.1 no such user", recipient="gone@shop.example")
    refused = await relay.send(letter("gone@shop.example"))
    sent = await relay.send(letter("here@shop.example"))

    assert (refused.state, refused.status, refused.reply) == ("never", "5.1.1", "550 5.1.1 no such user")
    assert sent.state == "sent"
    assert sink.connections == 1
    assert verbs(sink)[-5:] == ["RSET", "MAIL", "RCPT", "DATA", "."]
    assert [mail.recipients for mail in sink.received] == [("here@shop.example",)]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize(
    ("reply", "state"), [("450 4.2.0 greylisted, come back", "later"), ("554 5.7.1 not wanted", "never")]
)
async def test_a_refusal_at_any_stage_speaks_of_the_mail(
    make: Make, sink: SmtpSink, stage: str, reply: str, state: str
) -> None:
    """4xx is later, 5xx is never, in the server's words, without doubt; the next mail goes on."""
    relay = make()
    sink.next(stage, reply)  # type: ignore[arg-type]
    result = await relay.send(letter())

    assert (result.state, result.reply, result.ambiguous) == (state, reply, False)
    assert (await relay.send(letter())).state == "sent"
    assert relay.paused == ""


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
async def test_a_relay_that_shuts_down_is_tried_again(make: Make, sink: SmtpSink, stage: str) -> None:
    """421 is later wherever it comes, is no doubt, and the connection is not used again."""
    relay = make()
    sink.next(stage, "421 4.3.2 shutting down")  # type: ignore[arg-type]
    result = await relay.send(letter())

    assert (result.state, result.status, result.ambiguous) == ("later", "4.3.2", False)
    assert (await relay.send(letter())).state == "sent"
    assert sink.connections == 2


@pytest.mark.parametrize("stage", ["connect", "ehlo"])
async def test_a_refusal_before_the_mail_is_the_relays_trouble(make: Make, sink: SmtpSink, stage: str) -> None:
    """5xx to connection or EHLO is never held against a mail; the relay is left alone for a while."""
    relay = make()
    sink.always(stage, "554 5.3.2 no service for you")  # type: ignore[arg-type]
    result = await relay.send(letter())
    again = await relay.send(letter())

    assert (result.state, again.state) == ("back", "back")
    assert "554 5.3.2 no service for you" in result.reply
    assert relay.paused == again.reply == result.reply
    assert sink.connections == 1


async def test_a_pause_ends_by_itself(make: Make, sink: SmtpSink) -> None:
    """When the relay is well again, so are we: no restart, and the trouble is forgotten."""
    relay = make(RelayLimits(pause=0))
    sink.next("connect", "554 5.3.2 no service for you")

    assert (await relay.send(letter())).state == "back"
    assert relay.trouble != ""
    assert (await relay.send(letter())).state == "sent"
    assert (relay.trouble, relay.paused) == ("", "")


async def test_a_relay_that_is_down_costs_no_try(make: Make, sink: SmtpSink) -> None:
    """A refused connection counts against no mail, with words for the operator."""
    relay = make(RelayLimits(pause=0))
    sink.stop()
    result = await relay.send(letter())
    sink.start()

    assert result.state == "back"
    assert f"127.0.0.1:{sink.port}" in result.reply
    assert (await relay.send(letter())).state == "sent"


async def test_a_hang_up_behind_the_dot_is_a_doubt(make: Make, sink: SmtpSink) -> None:
    """The mail was taken, perhaps: later, and ambiguous."""
    relay = make()
    sink.next("dot", Fault.HANG_UP)
    result = await relay.send(letter())

    assert (result.state, result.ambiguous, len(sink.received)) == ("later", True, 1)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_a_hang_up_before_the_dot_is_no_doubt(make: Make, sink: SmtpSink, stage: str) -> None:
    """What was not handed over can not have arrived."""
    sink.next(stage, Fault.HANG_UP)  # type: ignore[arg-type]
    result = await make().send(letter())

    assert (result.state, result.ambiguous, sink.received) == ("later", False, [])


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data", "dot"])
async def test_silence_is_cut_short_at_every_stage(make: Make, sink: SmtpSink, stage: str) -> None:
    """A tarpit costs a stage's seconds; behind the dot it is a doubt; the next mail goes on a new connection."""
    short = RelayLimits(connect=0.05, hello=0.05, mail=0.05, recipient=0.05, data=0.05, dot=0.05, pause=0)
    relay = make(short)
    sink.next(stage, Fault.SILENCE)  # type: ignore[arg-type]
    result = await relay.send(letter())
    relay.limits = RelayLimits()

    assert (result.state, result.ambiguous) == ("back" if stage in ("connect", "ehlo") else "later", stage == "dot")
    assert (await relay.send(letter())).state == "sent"
    assert sink.connections == 2


async def test_a_whole_try_has_an_end(make: Make, sink: SmtpSink) -> None:
    """However the stages add up, a try ends in time for its lease, and says whether there is a doubt."""
    relay = make(RelayLimits(whole=0.1))
    sink.next("rcpt", Fault.SILENCE)
    sink.next("dot", Fault.SILENCE)
    before = await relay.send(letter())
    behind = await relay.send(letter())

    assert [(one.state, one.ambiguous) for one in (before, behind)] == [("later", False), ("later", True)]


async def test_opening_has_an_end(make: Make, sink: SmtpSink) -> None:
    """A relay that never greets costs `opening` seconds in all."""
    relay = make(RelayLimits(opening=0.05))
    sink.always("connect", Fault.SILENCE)
    result = await relay.send(letter())

    assert (result.state, result.status, result.ambiguous) == ("back", "4.4.1", False)


async def test_a_cancelled_try_leaves_no_connection_behind(make: Make, sink: SmtpSink) -> None:
    """Whoever is cut off in a transaction does not put his connection back: its late reply would answer another."""
    relay = make()
    sink.next("rcpt", Fault.SILENCE)
    task = asyncio.create_task(relay.send(letter()))
    await asyncio.to_thread(sink.wait_for_command, "RCPT")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await relay.send(letter())).state == "sent"
    assert sink.connections == 2


async def test_a_connection_closed_behind_our_back_costs_no_try(make: Make, sink: SmtpSink) -> None:
    """A relay that was restarted between two mails is simply asked again, on a new connection."""
    relay = make()
    await relay.send(letter())
    sink.stop()
    sink.start()

    assert (await relay.send(letter())).state == "sent"
    assert relay.opened == 2


async def test_a_relay_that_counts_mails_costs_no_try(make: Make, sink: SmtpSink) -> None:
    """421 to MAIL on a used connection means that it has carried enough: the mail goes on a new one at once."""
    relay = make()
    await relay.send(letter())
    sink.next("mail", "421 4.7.0 too many mails")

    assert (await relay.send(letter())).state == "sent"
    assert sink.connections == 2


async def test_a_waiting_connection_is_asked_whether_it_lives(make: Make, sink: SmtpSink) -> None:
    """One that waited longer than `probe` gets an RSET first."""
    relay = make(RelayLimits(probe=0))
    await relay.send(letter())
    await relay.send(letter())

    assert verbs(sink).count("RSET") == 1


async def test_an_idle_connection_is_closed(make: Make, sink: SmtpSink) -> None:
    """After `idle` seconds it says QUIT; the next mail opens another."""
    relay = make(RelayLimits(idle=0.02))
    await relay.send(letter())
    await asyncio.to_thread(sink.wait_for_command, "QUIT")

    assert (await relay.send(letter())).state == "sent"
    assert sink.connections == 2


async def test_a_connection_is_not_used_for_ever(make: Make, sink: SmtpSink) -> None:
    """After `reuse` mails a connection is given up in good order."""
    relay = make(RelayLimits(reuse=2))
    for _ in range(4):
        await relay.send(letter())

    assert sink.connections == 2
    assert verbs(sink).count("QUIT") >= 1


async def test_a_relay_out_of_step_is_not_the_mails_fault(make: Make, sink: SmtpSink) -> None:
    """503 says that we and the relay disagree about where we are: later, on another connection."""
    relay = make()
    sink.next("rcpt", "503 5.5.1 need MAIL")
    result = await relay.send(letter())

    assert (result.state, result.status) == ("later", "4.5.1")
    assert (await relay.send(letter())).state == "sent"
    assert sink.connections == 2


@pytest.mark.parametrize("stage", ["mail", "rcpt", "dot"])
async def test_a_relay_that_wants_a_login_first_is_trouble(make: Make, sink: SmtpSink, stage: str) -> None:
    """530 says nothing of the mail wherever it is said: nothing is bounced, the relay is left alone."""
    relay = make()
    sink.always(stage, "530 5.7.0 authentication required")  # type: ignore[arg-type]
    result = await relay.send(letter())

    assert (result.state, result.status) == ("later", "4.7.0")
    assert "authentication required" in relay.paused


async def test_a_hostile_reply_is_one_short_line(make: Make, sink: SmtpSink) -> None:
    """Control bytes, many lines and foreign bytes of a reply do not reach a log or a ticket as they were."""
    sink.next("rcpt", "550-5.1.1 first \x1b[31m\r\n550-5.1.1 second\r\n550 5.1.1 " + "ż" * 4000)
    result = await make().send(letter())

    assert result.reply.startswith("550 5.1.1 first [31m second ż")
    assert result.reply.isprintable()
    assert len(result.reply) == 500


async def test_an_answer_that_is_no_smtp_is_later(make: Make, sink: SmtpSink) -> None:
    """A server that talks something else does not make a mail undeliverable."""
    relay = make(RelayLimits(pause=0))
    sink.next("connect", "HTTP/1.1 400 Bad Request")
    first = await relay.send(letter())
    sink.next("dot", "what?")
    second = await relay.send(letter())

    assert (first.state, second.state, second.ambiguous) == ("back", "later", True)
    assert re.search("Malformed", first.reply + second.reply)


async def test_a_process_that_was_frozen_does_not_hand_over(make: Make, sink: SmtpSink) -> None:
    """When the claim ran out in the middle of the conversation the bytes stay here, without doubt."""
    relay = make()
    result = await relay.send(letter(), good=lambda: not any(line.startswith("RCPT") for line in sink.commands))

    assert (result.state, result.ambiguous, sink.received) == ("later", False, [])
    assert sink.commands[-1] == "DATA"
    assert (await relay.send(letter())).state == "sent"
    assert sink.connections == 2


@pytest.mark.parametrize(("stage", "last"), [("mail", "MAIL"), ("rcpt", "RCPT"), ("data", "DATA"), ("dot", ".")])
async def test_a_relay_that_takes_one_command_at_a_time_gets_no_more(
    make: Make, sink: SmtpSink, stage: str, last: str
) -> None:
    """Without PIPELINING (RFC 2920) nothing is said behind a refusal; with it DATA has been said already."""
    sink.next("ehlo", "250-sink\r\n250 8BITMIME", "250-sink\r\n250 PIPELINING")
    for relay, words in ((make(), last), (make(), "." if stage == "dot" else "DATA")):
        sink.next(stage, "450 4.2.0 come back")  # type: ignore[arg-type]
        assert (await relay.send(letter())).reply == "450 4.2.0 come back"
        assert verbs(sink)[-1] == words
        assert (await relay.send(letter())).state == "sent"


async def conversation(replies: list[bytes]) -> tuple[asyncio.Server, list[bytes]]:
    """A server with PIPELINING that answers a letter's three commands, as they came, with the next of `replies`."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        heard.append(await reader.readline())
        writer.write(b"250-hello\r\n250 PIPELINING\r\n")
        while replies and (said := await reader.read(65536)):
            heard.append(said)
            writer.write(replies.pop(0))
        heard.append(await reader.read(65536))
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", 0), heard


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        ([b"250 ok\r\n550 5.1.1 gone\r\n354 go\r\n"], "never"),  # it waits for a mail that has no recipient
        ([b"250 ok\r\n450 4.2.0 wait\r\n421 4.3.2 bye\r\n"], "later"),
        ([b"250 ok\r\n250 ok\r\n354 go\r\n", b"250 2.0.0 taken\r\n250 what else\r\n"], "sent"),
    ],
)
async def test_a_relay_that_answers_oddly_behind_its_verdict_is_left(
    sink: SmtpSink, replies: list[bytes], state: str
) -> None:
    """The verdict counts, not a word of the mail follows a refusal, and the next mail goes on another connection."""
    server, heard = await conversation(replies)
    relay = SmtpRelay(plain_config(sink, port=server.sockets[0].getsockname()[1]))
    async with server:
        result = await relay.send(letter())
        again = await relay.send(letter("other@shop.example"))
        await relay.close()

    assert (result.state, result.ambiguous) == (state, False)
    assert (again.state, relay.opened) == ("later", 2)
    assert not any(b"Subject" in said for said in heard[2:] if state != "sent")
