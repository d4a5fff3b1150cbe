"""A mail server killed while we read it."""

import random
import signal

import pytest

from tests.crash import mails
from tests.crash.gateway import AGENTS, Gateway
from tests.crash.mails import Seen
from tests.servers import Dovecot
from tests.sink import SmtpSink

USER = "support@imap.example.test"


def mailbox(server: Dovecot) -> dict[str, dict[str, object]]:
    """The table of tkt.toml for the desk's mailbox there."""
    box = {
        "name": "box",
        "desk": "support",
        "host": "localhost",
        "port": server.port,
        "tls": "none",
        "user": USER,
        "password": {"env": "BOX_PASSWORD"},
        "poll_seconds": 1,
    }
    return {"[mailbox]": box}


def confirmed(sink: SmtpSink) -> list[str]:
    """The Message-IDs that customers were told of; a mail that went out twice in doubt (one Message-ID) counts once."""
    told = {seen.id: seen.answers for seen in map(Seen, sink.received) if seen.recipient not in AGENTS.values()}
    return sorted(told.values())


@pytest.mark.servers
def test_killed_at_every_step_of_reading_a_mailbox(sink: SmtpSink) -> None:
    """SIGKILL after fetching, committing and marking: each mail is one ticket, and the mailbox reconciles."""
    chance = random.Random(2)
    sent = [mails.new(number, chance) for number in range(4)]
    with Dovecot() as server:
        secret = {"BOX_PASSWORD": server.password}
        with Gateway(relay_port=sink.port, extra=mailbox(server), environment=secret) as node:
            node.prepare()
            node.start()
            node.wait_line("event=mailbox what=started")
            node.kill()
            for mail, place in zip(sent, ["imap.fetched", "imap.committed", "imap.flagged"], strict=False):
                server.deliver(USER, mail.raw)
                node.start(failpoints=f"{place}:kill9", wait=False)
                assert node.reap() == -signal.SIGKILL, f"{place}: {node.tail()}"
            server.deliver(USER, sent[-1].raw)
            node.start()
            everyone = sorted(mail.message_id for mail in sent)
            node.wait_until(lambda: confirmed(sink) == everyone and node.settled(), "all confirmed and settled")
            done = node.tkt("reconcile")
            assert node.stop() == 0
    assert confirmed(sink) == everyone
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.servers
def test_dovecot_killed_and_started_again_every_mail_arrives_once(sink: SmtpSink) -> None:
    """Killed in the middle of a batch and again while idle: each mail is one ticket with one confirmation."""
    chance = random.Random(1)
    sent = [mails.new(number, chance) for number in range(45)]
    with Dovecot() as dovecot:
        extra = mailbox(dovecot)
        with Gateway(relay_port=sink.port, extra=extra, environment={"BOX_PASSWORD": dovecot.password}) as node:
            node.prepare()
            node.start()
            node.wait_line("event=mailbox what=started")
            for mail in sent[:15]:
                dovecot.deliver(USER, mail.raw)
            sink.wait_for(1)
            dovecot.kill()
            dovecot.start()
            for mail in sent[15:30]:
                dovecot.deliver(USER, mail.raw)
            sink.wait_for(30 * (1 + len(AGENTS)), timeout=40)
            dovecot.kill()
            node.wait_line("event=mailbox what=trouble")
            dovecot.start()
            for mail in sent[30:]:
                dovecot.deliver(USER, mail.raw)
            sink.wait_for(45 * (1 + len(AGENTS)), timeout=60)
            node.wait_until(node.settled, "settled")
            done = node.tkt("reconcile")
            outcomes = [row["outcome"] for row in node.asked("ledger")]
            assert node.stop() == 0
    assert confirmed(sink) == sorted(mail.message_id for mail in sent)
    assert outcomes == ["opened"] * 45
    assert done.returncode == 0, done.stdout + done.stderr
