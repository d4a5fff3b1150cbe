"""A server that lies, in sizes, lengths and numbers: nothing short or made up is ever taken for a mail."""

import asyncio
from dataclasses import replace

import pytest

from gateway.mailbox import Happening
from tests.gateway.fake_imap import MAILS, PASSWORD, Conversation, FakeImap, answering, in_order, mailbox, once
from tests.gateway.mailroom import QUICK, polling


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_PASSWORD", PASSWORD)


BODY = "BODY.PEEK[]"
LIES = {
    "a literal of 4 GB": answering(b"* 1 FETCH (UID 3 BODY[] {4294967296}"),
    "a literal longer than sent": answering(b"* 1 FETCH (UID 3 BODY[] {90}", b"short)", b"%t OK done", hang_up=True),
    "a literal shorter than sent": answering(b"* 1 FETCH (UID 3 BODY[] {4}", b"longer than that)", b"%t OK done"),
    "a literal shorter by lines": answering(b"* 1 FETCH (UID 3 BODY[] {4}", b"long", b"er)", b"%t OK done"),
    "a UID twice": answering(
        *[b'* 1 FETCH (UID %d BODY[] "a")' % uid for uid in MAILS], b'* 2 FETCH (UID 3 BODY[] "b")', b"%t OK done"
    ),
    "a UID that nobody asked for": answering(b'* 1 FETCH (UID 99 BODY[] "a")', b"%t OK done"),
    "no body at all": answering(b"%t OK done"),
    "NIL": answering(b"* 1 FETCH (UID 3 BODY[] NIL)", b"%t OK done"),
    "a line without end": answering(b"* 1 FETCH (" + b"x" * 2**20),
    "an answer without end": answering(*[b"* 1 FETCH (FLAGS ())"] * (QUICK.lines + 1)),
    "another command's tag": answering(b"ZZ99 OK done"),
    "no answer but a word": answering(b"hello"),
    "a size of five thousand digits": answering(b"* 1 FETCH (UID 3 BODY[] {" + b"9" * 5000 + b"}", hang_up=True),
    "bytes that are no letters": answering(b"\xff\xfe\x00\x01", b"* \xff\xff", b"%t NO \xff"),
    "BYE": answering(b"* BYE shutting down", hang_up=True),
    "NO": answering(b"%t NO [UNAVAILABLE] later"),
    "BAD": answering(b"%t BAD what"),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_costs_a_reconnection_and_nothing_else(lie: str) -> None:
    """Whatever is answered instead of the bodies: nothing of it is accepted, and the honest second answer is."""
    async with FakeImap(MAILS, behave=once(BODY, LIES[lie])) as server, polling(mailbox(server)) as room:
        await room.read()

        assert in_order(room)
        assert len(room.accepted) == len(MAILS)
        assert server.connections == 2
        assert Happening.TROUBLE in room.kinds()


async def test_a_dripping_server_is_left() -> None:
    """Octets that come for ever, one by one, do not hold the poller beyond the deadline of a whole answer."""

    async def drip(conversation: Conversation, tag: str, command: str) -> bool:
        await conversation.say(b"* 1 FETCH (UID 3 BODY[] {40}")
        while True:
            conversation.writer.write(b"x")
            await conversation.writer.drain()
            await asyncio.sleep(0.02)  # the drip itself

    limits = replace(QUICK, silence_seconds=10.0, command_seconds=0.2)
    async with FakeImap(MAILS, behave=once(BODY, drip)) as server, polling(mailbox(server), limits=limits) as room:
        await room.read()

        assert in_order(room)


async def test_cut_anywhere_nothing_short_is_stored() -> None:
    """Cut after every seventh octet of an answer, in turn: no short mail is accepted, and all come in the end."""
    async with FakeImap(MAILS) as server:
        whole = b"".join(line + b"\r\n" for line in server.fetch_lines(f"UID FETCH 1:9 {BODY}"))
        for cut in range(0, len(whole), 7):

            async def act(conversation: Conversation, tag: str, command: str, cut: int = cut) -> bool:
                conversation.writer.write(whole[:cut])
                conversation.writer.close()
                return True

            server.behave = once(BODY, act)
            async with polling(mailbox(server)) as room:
                await room.read()

                assert in_order(room), cut
                assert len(room.accepted) == len(MAILS)


async def test_a_body_in_tiny_pieces_is_whole() -> None:
    """It does not matter where the network cuts: one octet at a time gives the same mails."""

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        lines = conversation.server.fetch_lines(command)
        for octet in b"".join(line + b"\r\n" for line in lines) + f"{tag} OK done\r\n".encode():
            conversation.writer.write(bytes([octet]))
            await asyncio.sleep(0)
        return True

    async with FakeImap(MAILS, behave=once(BODY, act)) as server, polling(mailbox(server)) as room:
        await room.read()

        assert in_order(room)
        assert server.connections == 1


async def test_a_flood_of_flags_and_expunges_is_no_trouble() -> None:
    """Thousands of unasked-for answers in one read, as when somebody marks a whole folder, are passed over."""
    news = [b"* %d FETCH (UID %d FLAGS (\\Seen))" % (number, 100 + number) for number in range(1, 6000)]

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        await conversation.say(*news, b"* 2 EXPUNGE", b"* 5 EXISTS", *conversation.server.fetch_lines(command))
        await conversation.say(*news, f"{tag} OK done".encode())
        return True

    async with FakeImap(MAILS, behave=once(BODY, act)) as server, polling(mailbox(server)) as room:
        await room.read()

        assert in_order(room)
        assert server.connections == 1


async def test_vanished_mails_are_passed_over() -> None:
    """What was deleted between the question for its size and that for its body is gone, and no trouble."""

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        del conversation.server.mails[4]
        return False

    async with FakeImap(MAILS, behave=once(BODY, act)) as server, polling(mailbox(server)) as room:
        await room.read()

        assert room.uids() == [3, 8]
        assert server.connections == 1


async def test_one_bad_mail_does_not_hide_the_others() -> None:
    """A batch that fails is asked for one by one; a body that is refused for good is taken as its header, and said."""

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        if BODY not in command or 4 not in conversation.server.asked(command):
            return False
        await conversation.say(f"{tag} NO [CANNOT] that file is broken".encode())
        return True

    limits = replace(QUICK, unreadable_seconds=0.0)
    async with FakeImap(MAILS, behave=act) as server, polling(mailbox(server), limits=limits) as room:
        await room.read()

        assert room.uids() == [3, 4, 8]
        assert [bool(mail.unreadable) for mail in room.ledger.values()] == [False, True, False]
        assert room.ledger[(1, 4)].raw == b"Subject: mail 4\r\n\r\n"
        assert Happening.UNREADABLE in room.alarms()


async def test_a_size_that_was_too_small_does_not_lose_the_mail() -> None:
    """Some servers guess RFC822.SIZE: the mail is fetched all the same, alone."""
    huge = {3: b"Subject: a\r\n\r\n" + b"x" * 300_000 + b"\r\n"}

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        if "SIZE" in command:
            await conversation.say(b"* 1 FETCH (UID 3 RFC822.SIZE 10)", f"{tag} OK done".encode())
        return "SIZE" in command

    async with FakeImap(huge, behave=act) as server, polling(mailbox(server)) as room:
        await room.read()

        assert room.ledger[(1, 3)].raw == huge[3]


async def test_a_size_of_gigabytes_is_never_downloaded() -> None:
    """What says that it is bigger than the limit is taken as its header; the body is not asked for."""

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        if "SIZE" in command:
            await conversation.say(b"* 1 FETCH (UID 3 RFC822.SIZE 99999999999)", f"{tag} OK done".encode())
        return "SIZE" in command

    async with FakeImap({3: MAILS[3]}, behave=act) as server, polling(mailbox(server)) as room:
        await room.read()

        assert room.ledger[(1, 3)].oversized == 99999999999
        assert not [command for command in server.commands if BODY in command]
