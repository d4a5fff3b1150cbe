"""What a disk may do to us: be full, fail to sync. And the proof that every 250 comes after the sync it stands for."""

import contextlib
import os
import random
import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.crash import mails
from tests.crash.client import Client, send_new
from tests.crash.dialog import Dialog, deliver
from tests.crash.gateway import AGENTS, Gateway
from tests.crash.judge import expect_kept
from tests.crash.mails import Mail
from tests.crash.syscalls import Trace
from tests.running import HOST, missing, room
from tests.sink import SmtpSink

MAILS_OF_A_TICKET = 1 + len(AGENTS)
BROKEN = 75  # EX_TEMPFAIL: a supervisor may start it again
SMALL = {"smtp": {"max_size": 512 * 1024}}


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own with so little room."""
    if os.geteuid() != 0:
        missing("a tmpfs can only be mounted by root")
    folder = room("disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode != 0:
        missing(f"a tmpfs can not be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)
        folder.rmdir()


def fill(folder: Path, *, leave: int = 0) -> Path:
    """A file that takes all the room but `leave` octets."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65536)
        except OSError:
            file.truncate(max(file.tell() - leave, 0))
    return filler


def large(number: int, chance: random.Random, *, octets: int) -> Mail:
    """A new mail with an attachment's worth of text."""
    mail = mails.new(number, chance)
    return mails.longer(mail, octets)


def test_a_full_disk_refuses_for_now_and_recovers_by_itself(sink: SmtpSink) -> None:
    """452 at MAIL while there is no room, no partial mail, and mail flows again without a restart."""
    chance = random.Random(1)
    with small_disk(8) as disk, Gateway(relay_port=sink.port, var=disk / "var", extra=SMALL) as node:
        node.prepare()
        node.start()
        said = Client([node.port], lambda: None, connections=0, chance=chance).said
        before, refused, after = (mails.new(number, chance) for number in range(3))
        assert deliver(node.port, before).startswith("250")
        sink.wait_for(MAILS_OF_A_TICKET)

        filler = fill(disk)
        node.wait_line("event=alarm name=disk")
        reply = deliver(node.port, refused)
        filler.unlink()
        node.wait_line("event=alarm_over name=disk")

        assert reply.startswith("452 4.3.1")
        assert deliver(node.port, after).startswith("250")
        assert deliver(node.port, refused).startswith("250")
        for mail in (before, after, refused):
            said.note(mail)
        sink.wait_for(3 * MAILS_OF_A_TICKET)
        node.wait_until(node.settled, "settled")
        expect_kept(said, sink.received, node, node.lines)
        assert node.stop() == 0


def test_a_disk_that_fills_up_during_a_mail_gives_no_250(sink: SmtpSink) -> None:
    """The commit itself fails for want of room: 452 or 451 after the dot, nothing stays, a later try gets its 250."""
    chance = random.Random(2)
    with small_disk(8) as disk, Gateway(relay_port=sink.port, var=disk / "var", extra=SMALL) as node:
        node.prepare()
        node.start()
        said = Client([node.port], lambda: None, connections=0, chance=chance).said
        mail = large(1, chance, octets=400_000)
        with Dialog(node.port) as client:
            assert client.begin(mail).startswith("354")
            filler = fill(disk, leave=65536)
            reply = client.finish(mail)
        filler.unlink()
        node.wait_until(
            lambda: not node.has_line("event=alarm name=disk") or node.has_line("event=alarm_over name=disk"),
            "room again",
        )

        assert reply.startswith("452 4.3.1")
        assert node.asked("ledger") == []
        assert deliver(node.port, mail).startswith("250")
        said.note(mail)
        sink.wait_for(MAILS_OF_A_TICKET)
        node.wait_until(node.settled, "settled")
        expect_kept(said, sink.received, node, node.lines)
        assert node.stop() == 0


def test_an_fsync_that_fails_ends_the_process_without_a_250(sink: SmtpSink) -> None:
    """EIO from fdatasync: nobody may promise anything any more. No 250, a clear last word, a start that works later."""
    chance = random.Random(3)
    first, mail = mails.new(1, chance), mails.new(2, chance)
    with Gateway(relay_port=sink.port) as node:
        node.prepare()
        node.start()
        assert deliver(node.port, first).startswith("250")
        sink.wait_for(MAILS_OF_A_TICKET)
        node.wait_until(node.settled, "settled")
        with Trace(node.running().pid, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"):
            reply = deliver(node.port, mail)
            code = node.reap()
        words = node.tail()

        node.start()

        assert deliver(node.port, mail).startswith("250")
        sink.wait_for(2 * MAILS_OF_A_TICKET)
        assert node.stop() == 0
    assert not reply.startswith("250")
    assert not reply.startswith("5")
    assert code == BROKEN
    assert "name=store" in words
    assert "SQLITE_IOERR_FSYNC" in words
    assert "Traceback" not in words


def test_on_sqlite_a_sync_of_the_wal_stands_between_each_dot_and_its_250(sink: SmtpSink) -> None:
    """The kernel's own record: the dot is read, fdatasync of the WAL returns 0, and only then the 250 is written."""
    with Gateway(relay_port=sink.port) as node:
        node.prepare()
        node.start()
        with Trace(node.running().pid, "-y", "-e", "trace=fsync,fdatasync,recvfrom,sendto") as trace:
            said = send_new(node.port, 20)
            smtplib.SMTP(HOST, node.port).close()  # greeted: the last 250 is written, and written down
        answers = trace.answers(
            lambda call: call.name in ("fdatasync", "fsync") and "tkt.db-wal" in call.words and call.result == "0"
        )
        assert node.stop() == 0
    assert said == len(answers) == 20
    assert [answer.text for answer in answers if not answer.proven] == []
