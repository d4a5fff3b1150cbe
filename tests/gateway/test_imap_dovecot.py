"""The poller against a real Dovecot: taking in, marking, IDLE, changes of UIDVALIDITY, death and return, OAuth."""

import asyncio
import imaplib
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Mailbox, Secret
from gateway.imap import KEYWORD
from gateway.imap_protocol import ImapLimits
from gateway.mailbox import Happening
from parsing.message import Temporary
from tests.gateway.mailroom import QUICK, Mailroom, polling
from tests.servers import Dovecot

TOKEN = "good-token"
# Dovecot lets an address wait for seconds after a failed login; not in these tests
HASTY = """
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
"""


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOX_PASSWORD", Dovecot.password)
    monkeypatch.setenv("MAILBOX_TOKEN", TOKEN)


def config(dovecot: Dovecot, user: str, **words: Any) -> Mailbox:
    settings: dict[str, Any] = {"start": "all", "password": Secret(env="MAILBOX_PASSWORD"), **words}
    where: dict[str, Any] = {"host": "127.0.0.1", "port": dovecot.tls_port, "ca_file": dovecot.certificate}
    return Mailbox(name=user, desk="default", user=user, **(where | settings))


def mail(number: int, size: int = 0) -> bytes:
    return b"From: a@b.example\r\nSubject: number %d\r\n\r\nHello\r\n" % number + b"x" * size + b"\r\n"


async def deliver(dovecot: Dovecot, user: str, *numbers: int, mailbox: str = "INBOX") -> None:
    for number in numbers:
        await asyncio.to_thread(dovecot.deliver, user, mail(number), mailbox=mailbox)


def holding(dovecot: Dovecot, user: str, *words: str, mailbox: str = "INBOX") -> list[int]:
    """The UIDs that answer to a search."""
    found = dovecot.doveadm("search", "-u", user, "mailbox", mailbox, *words)
    return sorted(int(line.split()[1]) for line in found.splitlines())


def bodies(room: Mailroom) -> list[bytes]:
    return sorted(mail.raw for mail in room.ledger.values())


async def test_mails_are_taken_in_whole_and_flagged(dovecot: Dovecot, mailbox: str) -> None:
    """Every octet arrives over TLS; then, and only then, the keyword is set; \\Seen is left to people."""
    await deliver(dovecot, mailbox, 1, 2, 3)
    flags: list[list[int]] = []
    room = Mailroom()
    room.on_accept = lambda: flags.append(holding(dovecot, mailbox, "keyword", KEYWORD))
    async with polling(config(dovecot, mailbox), room, replace(QUICK, batch=2)):
        await room.read()

    assert [mail.raw for mail in room.accepted] == [mail(1), mail(2), mail(3)]
    assert flags == [[], [1, 2]]
    assert holding(dovecot, mailbox, "keyword", KEYWORD) == [1, 2, 3]
    assert holding(dovecot, mailbox, "seen") == []
    assert all(mail.internal_date and mail.internal_date <= datetime.now(UTC) for mail in room.accepted)


async def test_seen_mails_are_taken_too(dovecot: Dovecot, mailbox: str) -> None:
    """A mail that somebody has read already is as new as any other."""
    await deliver(dovecot, mailbox, 1)
    dovecot.doveadm("flags", "add", "-u", mailbox, "\\Seen", "mailbox", "INBOX", "all")
    async with polling(config(dovecot, mailbox)) as room:
        await room.read()

        assert bodies(room) == [mail(1)]


@pytest.mark.parametrize("idle", [True, False])
async def test_new_mail_is_noticed(dovecot: Dovecot, mailbox: str, idle: bool) -> None:
    """By IDLE at once, where a poll would come too late for this test; by polling where there is no IDLE."""
    await deliver(dovecot, mailbox, 1, 2)
    settings = {"start": "newest", "idle": idle, "poll_seconds": 3600 if idle else 1}
    async with polling(config(dovecot, mailbox, **settings)) as room:
        await room.read()
        for number in (3, 4):
            await deliver(dovecot, mailbox, number)
            await room.until(lambda: len(room.accepted) == number - 2)  # noqa: B023 - waited for at once

        assert [(mail.uid, mail.quiet) for mail in room.accepted] == [(3, False), (4, False)]


async def test_a_first_start_with_a_date_takes_later_mail_quietly(dovecot: Dovecot, mailbox: str) -> None:
    """`start = DATE`: mail that came before it stays unread, what came since is taken in quietly."""
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(mailbox, dovecot.password)
        for number, month in enumerate((1, 3, 5), 1):
            client.append("INBOX", "", datetime(2026, month, 15, 12, tzinfo=UTC), mail(number))
    async with polling(config(dovecot, mailbox, start=date(2026, 3, 15))) as room:
        await room.read()
        await deliver(dovecot, mailbox, 4)
        await room.until(lambda: len(room.accepted) == 3)

        assert [(mail.uid, mail.quiet) for mail in room.accepted] == [(2, True), (3, True), (4, False)]
        assert room.accepted[0].internal_date == datetime(2026, 3, 15, 12, tzinfo=UTC)


async def test_a_start_after_every_mail_takes_none(dovecot: Dovecot, mailbox: str) -> None:
    """A date in the future takes no old mail, and all that comes later."""
    await deliver(dovecot, mailbox, 1)
    async with polling(config(dovecot, mailbox, start=date(2999, 1, 1))) as room:
        await room.read()
        await deliver(dovecot, mailbox, 2)
        await room.until(lambda: room.accepted)

        assert bodies(room) == [mail(2)]


async def test_a_change_of_uidvalidity_reads_all_again_quietly(dovecot: Dovecot, mailbox: str) -> None:
    """While the poller runs the UIDs lose their meaning: an alarm, everything again and quiet, the next mail is not."""
    await deliver(dovecot, mailbox, 1, 2)
    async with polling(config(dovecot, mailbox, start="newest", idle=False, poll_seconds=1)) as room:
        await room.read()
        assert not room.accepted
        await asyncio.to_thread(dovecot.doveadm, "mailbox", "update", "-u", mailbox, "--uid-validity", "777", "INBOX")
        await room.until(lambda: len(room.accepted) == 2)
        await deliver(dovecot, mailbox, 3)
        await room.until(lambda: len(room.accepted) == 3)

        assert [(mail.uidvalidity, mail.quiet) for mail in room.accepted] == [(777, True), (777, True), (777, False)]
        assert room.alarms() == [Happening.UIDVALIDITY]
    assert dovecot.uids(mailbox) == [1, 2, 3]


@pytest.mark.parametrize("capabilities", ["MOVE UIDPLUS", "UIDPLUS"])
async def test_mails_are_moved_away(mailbox: str, capabilities: str) -> None:
    """With MOVE, or COPY and UID EXPUNGE, into a folder that is made; what others have marked \\Deleted stays."""
    words = f"imap_capability = IMAP4rev1 SASL-IR IDLE {capabilities}\n"
    with Dovecot(extra_config=words) as dovecot:
        await deliver(dovecot, mailbox, 1, 2, 3)
        dovecot.doveadm("flags", "add", "-u", mailbox, "\\Deleted", "mailbox", "INBOX", "uid", "1")
        room = Mailroom()
        await room.start(uidvalidity=1, last_uid=1, quiet_until_uid=0)
        archive = 'Erledigt & "Ärger"'
        dovecot.doveadm("mailbox", "update", "-u", mailbox, "--uid-validity", "1", "INBOX")
        async with polling(config(dovecot, mailbox, after="move", move_to=archive), room):
            await room.until(lambda: len(room.ends) > 0)

        assert bodies(room) == [mail(2), mail(3)]
        assert dovecot.uids(mailbox) == [1]
        assert len(dovecot.uids(mailbox, mailbox=archive)) == 2
        assert room.alarms() == []


async def test_kept_mails_are_not_touched(dovecot: Dovecot, mailbox: str) -> None:
    """`after = "keep"` changes nothing on the server, and still takes no mail twice."""
    await deliver(dovecot, mailbox, 1)
    async with polling(config(dovecot, mailbox, after="keep", idle=False, poll_seconds=1)) as room:
        await room.read(2)

        assert len(room.accepted) == 1
    assert holding(dovecot, mailbox, "keyword", KEYWORD) == []


@pytest.mark.parametrize("late", [False, True])
async def test_what_is_not_committed_is_not_marked(dovecot: Dovecot, mailbox: str, late: bool) -> None:
    """While accept fails nothing changes on the server; a commit whose answer was lost doubles nothing."""
    await deliver(dovecot, mailbox, 1, 2)
    room = Mailroom()
    (room.late_troubles if late else room.troubles)[:] = [Temporary("the store is busy"), ValueError("a bug")]
    marked: list[list[int]] = []
    room.on_accept = lambda: marked.append(holding(dovecot, mailbox, "keyword", KEYWORD))
    async with polling(config(dovecot, mailbox), room):
        await room.read()

    assert marked == [[], [], []]
    assert bodies(room) == [mail(1), mail(2)]
    assert holding(dovecot, mailbox, "keyword", KEYWORD) == [1, 2]


async def test_oversized_mails_leave_a_header(dovecot: Dovecot, mailbox: str) -> None:
    """A mail beyond the limit is not downloaded, but is taken in with its header and its size, and marked."""
    await asyncio.to_thread(dovecot.deliver, mailbox, mail(1, size=50_000))
    await deliver(dovecot, mailbox, 2)
    async with polling(config(dovecot, mailbox), limits=replace(QUICK, message=10_000)) as room:
        await room.read()

        big, small = room.accepted
        assert big.oversized > 50_000
        assert big.raw == b"From: a@b.example\r\nSubject: number 1\r\n\r\n"
        assert (small.oversized, small.raw) == (0, mail(2))
        assert Happening.OVERSIZED in room.kinds()
    assert holding(dovecot, mailbox, "keyword", KEYWORD) == [1, 2]


async def test_a_wrong_password_alarms_and_harms_nobody_else(mailbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One alarm, slow tries, the other mailbox reads on; with the right password it is over."""
    monkeypatch.setenv("WRONG", "not-it")
    with Dovecot(extra_config=HASTY) as dovecot:
        await deliver(dovecot, mailbox, 1)
        wrong = config(dovecot, f"other-{mailbox}", password=Secret(env="WRONG"))
        async with polling(wrong) as locked, polling(config(dovecot, mailbox)) as fine:
            await fine.read()
            await locked.until(lambda: locked.kinds().count(Happening.TROUBLE) == 3)
            assert locked.alarms() == [Happening.LOGIN]
            assert fine.alarms() == []

            monkeypatch.setenv("WRONG", dovecot.password)
            await locked.read()
            assert locked.events[-1].over == (Happening.LOGIN,)


async def test_a_missing_folder_alarms_until_it_is_there(dovecot: Dovecot, mailbox: str) -> None:
    """A folder that does not exist is an alarm; made, it is read."""
    async with polling(config(dovecot, mailbox, folder="Späte Post/2026")) as room:
        await room.until(lambda: Happening.FOLDER in room.alarms())
        await deliver(dovecot, mailbox, 1, mailbox="Späte Post/2026")
        # the folder may be seen, and all be well, before the mail lies in it
        await room.until(lambda: Happening.WELL in room.kinds() and bodies(room) != [])

        assert bodies(room) == [mail(1)]


async def test_a_killed_server_is_waited_for(mailbox: str) -> None:
    """Dovecot killed in the midst of a drain and started again: every mail once, all of them marked."""
    with Dovecot() as dovecot:
        await deliver(dovecot, mailbox, *range(6))
        room = Mailroom()
        killed = iter([True])
        room.on_accept = lambda: dovecot.kill() if len(room.accepted) == 2 and next(killed, False) else None
        async with polling(config(dovecot, mailbox), room, replace(QUICK, batch=2)):
            await room.until(lambda: room.kinds().count(Happening.TROUBLE) >= 2)
            (dovecot.root / "run" / "master.pid").unlink(missing_ok=True)
            dovecot.start()
            await room.read()

        assert bodies(room) == sorted(mail(number) for number in range(6))
        assert len(holding(dovecot, mailbox, "keyword", KEYWORD)) == 6


async def test_a_frozen_server_is_found_while_idling(mailbox: str) -> None:
    """The server's process stops in IDLE without a word: within the deadline it is given up for a new connection."""
    limits = replace(QUICK, idle_seconds=0.3, done_seconds=0.3)
    with Dovecot() as dovecot:
        async with polling(config(dovecot, mailbox), limits=limits) as room:
            await room.read()
            frozen = imap_process(dovecot, mailbox)
            os.kill(frozen, signal.SIGSTOP)
            await room.until(lambda: Happening.TROUBLE in room.kinds())
            await deliver(dovecot, mailbox, 1)
            await room.until(lambda: room.accepted)
            os.kill(frozen, signal.SIGCONT)

        assert bodies(room) == [mail(1)]


def imap_process(dovecot: Dovecot, user: str) -> int:
    """The process that serves `user`, a child of our own server."""
    assert dovecot.process is not None
    children = Path(f"/proc/{dovecot.process.pid}/task/{dovecot.process.pid}/children").read_text().split()
    serving = [int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text().strip() == "imap"]
    assert len(serving) == 1, dovecot.doveadm("who", user)
    return serving[0]


def test_a_dead_idle_is_found_within_two_minutes() -> None:
    """The defaults: IDLE is renewed well under nine minutes, and a server that is dead is known in two."""
    limits = ImapLimits()

    assert limits.idle_seconds <= 9 * 60
    assert limits.idle_seconds + limits.done_seconds <= 2 * 60


class Introspection(BaseHTTPRequestHandler):
    """RFC 7662 as a provider would: the good token belongs to whoever the server was told."""

    user = ""

    def do_GET(self) -> None:
        good = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        body = json.dumps({"active": good, "email": self.user}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def oauth_dovecot(user: str) -> Iterator[Dovecot]:
    """A Dovecot that takes XOAUTH2 and asks our introspection server about each token."""
    Introspection.user = user
    with ThreadingHTTPServer(("127.0.0.1", 0), Introspection) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        words = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {file}
}}
"""
        url = f"http://127.0.0.1:{http.server_address[1]}/"
        dovecot = Dovecot(extra_config=HASTY)
        file = dovecot.root / "oauth2.conf"
        settings = f"introspection_mode = auth\nintrospection_url = {url}\nusername_attribute = email\n"
        file.write_text(f"{settings}active_attribute = active\nactive_value = true\n")
        dovecot.config.write_text(dovecot.config.read_text() + words.format(file=file))
        with dovecot:
            yield dovecot
        http.shutdown()


async def test_a_token_opens_the_mailbox(mailbox: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XOAUTH2 against Dovecot's own: a refused token alarms in the server's words, the next from the command is in."""
    (tmp_path / "token").write_text("stale-token\n")
    token = {"password": None, "token": Secret(command=f"cat '{tmp_path}/token'")}
    with oauth_dovecot(mailbox) as dovecot:
        await deliver(dovecot, mailbox, 1)
        async with polling(config(dovecot, mailbox, **token)) as room:
            await room.until(lambda: Happening.LOGIN in room.alarms())
            assert '"status":"401"' in room.events[0].text
            (tmp_path / "token").write_text(TOKEN)
            await room.read()

            assert bodies(room) == [mail(1)]
            assert TOKEN not in repr(room.events)
