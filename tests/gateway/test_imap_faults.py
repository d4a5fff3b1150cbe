"""A server that fails: what the poller then does, and that no mail is lost or doubled."""

from dataclasses import replace

import pytest

from gateway.mailbox import Happening, Position
from tests.gateway.fake_imap import MAILS, PASSWORD, Conversation, FakeImap, answering, in_order, mailbox, once
from tests.gateway.mailroom import QUICK, Mailroom, polling

BODY = "BODY.PEEK[]"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_PASSWORD", PASSWORD)


@pytest.mark.parametrize("word", ["CAPABILITY", "LOGIN", "SELECT", "SIZE", BODY, "STORE", "IDLE"])
async def test_a_dropped_connection_is_taken_up_again(word: str) -> None:
    """Hung up on at any command, the poller comes back; each mail is in the ledger once."""
    async with FakeImap(MAILS, behave=once(word, answering(hang_up=True))) as server, polling(mailbox(server)) as room:
        await room.until(lambda: server.connections == 2 and len(room.ends) >= (2 if word == "IDLE" else 1))

        assert in_order(room)


@pytest.mark.parametrize("word", ["greeting", "CAPABILITY", "LOGIN", "SELECT", "SIZE", BODY, "STORE", "IDLE"])
async def test_a_silent_server_is_left(word: str) -> None:
    """No answer to any step is waited for longer than its deadline."""
    limits = replace(QUICK, silence_seconds=0.1, done_seconds=0.1)
    async with FakeImap(MAILS, behave=once(word, answering())) as server:
        server.greeting = b"" if word == "greeting" else server.greeting
        async with polling(mailbox(server), limits=limits) as room:
            await room.until(lambda: Happening.TROUBLE in room.kinds())
            server.greeting = b"* OK hello"
            await room.read()

            assert in_order(room)


async def test_gaps_between_uids_are_leapt_over() -> None:
    """Ten million UIDs without a mail cost a few hundred questions, not ten thousand."""
    mails = {2: MAILS[3], 5_000_000: MAILS[4], 10_000_000: MAILS[8]}
    async with FakeImap(mails) as server, polling(mailbox(server)) as room:
        await room.read()

        assert room.uids() == sorted(mails)
        assert len(server.commands) < 200


async def test_a_server_without_uidnext_is_read() -> None:
    """Where UIDNEXT is not told, the newest mail's UID does; an empty folder is empty."""
    async with FakeImap(MAILS) as server:
        server.uidnext = None
        async with polling(mailbox(server, start="newest")) as room:
            await room.read()

            assert room.position == Position(1, 8, 8)
        server.mails = {}
        async with polling(mailbox(server)) as room:
            await room.read()

            assert room.position == Position(1, 0, 0)


async def test_uidnext_that_goes_back_is_a_change_of_uids() -> None:
    """A mailbox restored from a backup gives UIDs out again: it is read again quietly, with an alarm."""
    room = Mailroom()
    room.position = Position(1, 50, 0)
    async with FakeImap(MAILS) as server, polling(mailbox(server), room):
        await room.read()

        assert in_order(room)
        assert all(mail.quiet for mail in room.accepted)
        assert room.alarms() == [Happening.UIDVALIDITY]


async def test_newest_means_not_one_old_mail() -> None:
    """A mailbox seen for the first time starts at its newest mail; what comes then is not quiet."""
    async with FakeImap(MAILS) as server, polling(mailbox(server, start="newest", idle=False, poll_seconds=1)) as room:
        await room.read()
        server.mails[9], server.uidnext = MAILS[8], 10
        await room.read()

        assert [(mail.uid, mail.quiet) for mail in room.accepted] == [(9, False)]


async def test_trouble_that_lasts_is_an_alarm_that_ends() -> None:
    """A server that is gone raises one alarm after a few tries, and is well again when it is read to its end."""
    down = {"left": 5}

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        down["left"] -= 1
        if down["left"] >= 0:
            conversation.hang_up()
        return down["left"] >= 0

    async with FakeImap(MAILS, behave=act) as server, polling(mailbox(server)) as room:
        await room.until(lambda: Happening.WELL in room.kinds())

        assert room.alarms() == [Happening.UNREACHABLE]
        assert room.events[-1].over == (Happening.UNREACHABLE,)


async def test_marking_that_is_refused_stops_no_mail() -> None:
    """A server that does not let us mark raises an alarm; the mails are read on all the same."""

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        if "STORE" in command:
            await conversation.say(f"{tag} NO [NOPERM] read only".encode())
        return "STORE" in command

    async with FakeImap(MAILS, behave=act) as server, polling(mailbox(server)) as room:
        await room.read()

        assert in_order(room)
        assert room.alarms() == [Happening.MARKING]


async def test_without_a_lease_nobody_connects() -> None:
    """A folder that another node reads is not even connected to; nor any longer when the lease is lost."""
    async with FakeImap(MAILS) as server:
        room = Mailroom()
        room.lease = False
        async with polling(mailbox(server), room):
            await room.until(lambda: room.leases)
        assert server.connections == 0

        room.lease, room.on_accept = True, lambda: setattr(room, "lease", False)
        limits = replace(QUICK, batch=1, lease_seconds=0.0)
        async with polling(mailbox(server), room, limits):
            await room.until(lambda: len(server.commands) and "LOGOUT" in server.commands)
        assert room.uids() == [3]
        assert room.ends == []


async def test_the_end_is_as_of_before_the_question() -> None:
    """`read_to_end` gets the time before the folder was opened: a mail that comes meanwhile counts as unread."""
    async with FakeImap(MAILS) as server, polling(mailbox(server)) as room:
        await room.read()

        assert room.scans == [8]
        assert room.ends[0] < room.accepted_at[0]


async def test_mail_that_comes_while_marking_is_not_slept_over() -> None:
    """EXISTS in the answer to another command counts as news: IDLE would not say it a second time."""

    async def act(conversation: Conversation, tag: str, command: str) -> bool:
        conversation.server.mails[9], conversation.server.uidnext = MAILS[8], 10
        await conversation.say(b"* 4 EXISTS", f"{tag} OK done".encode())
        return True

    async with FakeImap(MAILS, behave=once("STORE", act)) as server, polling(mailbox(server)) as room:
        await room.read(2)

        assert room.uids() == [3, 4, 8, 9]
