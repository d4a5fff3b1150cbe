"""A mail server killed while we read it."""

import random
from email import message_from_bytes

import pytest

from tests.crash import mails
from tests.crash.gateway import AGENTS, Gateway
from tests.crash.mails import Seen
from tests.servers import Dovecot
from tests.sink import SmtpSink

USER = "support@imap.example.test"


@pytest.mark.servers
def test_dovecot_killed_and_started_again_every_mail_arrives_once(sink: SmtpSink) -> None:
    """Killed in the middle of a batch and again while idle: each mail is one ticket with one confirmation."""
    chance = random.Random(1)
    sent = [mails.new(number, chance) for number in range(45)]
    with Dovecot() as dovecot:
        box = {
            "name": "box",
            "desk": "support",
            "host": "localhost",
            "port": dovecot.port,
            "tls": "none",
            "user": USER,
            "password": {"env": "BOX_PASSWORD"},
            "poll_seconds": 1,
        }
        with Gateway(
            relay_port=sink.port, extra={"[mailbox]": box}, environment={"BOX_PASSWORD": dovecot.password}
        ) as node:
            node.prepare()
            node.start()
            node.wait_line("mailbox started", seconds=30)
            for mail in sent[:15]:
                dovecot.deliver(USER, mail.raw)
            sink.wait_for(1)
            dovecot.kill()
            dovecot.start()
            for mail in sent[15:30]:
                dovecot.deliver(USER, mail.raw)
            sink.wait_for(30 * (1 + len(AGENTS)), timeout=40)
            dovecot.kill()
            node.wait_line("mailbox trouble")
            dovecot.start()
            for mail in sent[30:]:
                dovecot.deliver(USER, mail.raw)
            sink.wait_for(45 * (1 + len(AGENTS)), timeout=60)
            node.wait_until(node.settled, "settled")
            done = node.tkt("reconcile")
            outcomes = [row["outcome"] for row in node.asked("ledger")]
            assert node.stop() == 0
    confirmed = [seen.answers for seen in map(Seen, sink.received) if seen.recipient not in AGENTS.values()]
    assert sorted(confirmed) == sorted(str(message_from_bytes(mail.raw)["Message-ID"]) for mail in sent)
    assert outcomes == ["opened"] * 45
    assert done.returncode == 0, done.stdout + done.stderr
