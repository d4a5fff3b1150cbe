"""Fault 48: a mail bomb. Nobody outside is bombed through us, staff keep their heads, and it is over by itself."""

import email
import random
from email.message import EmailMessage
from email.policy import default

from tests import storm
from tests.crash.gateway import AGENTS, Gateway
from tests.sink import Received, SmtpSink

COUNT = 200
LATE = "late@people.example.test"


def read(received: Received) -> EmailMessage:
    """As a mail program reads it."""
    mail = email.message_from_bytes(received.data, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_mail_bomb_ends_within_the_caps(sink: SmtpSink) -> None:
    """In one victim's name: three confirmations, twenty tickets, all else held. From as many strangers: every one has a
    ticket, the breaker stops the confirmations, /metrics and `tkt status` show it, agents get thirty mails and then one
    digest of all the others, with an address for each ticket; ten minutes later the breaker has closed by itself."""
    with Gateway(relay_port=sink.port, limits=storm.LIMITS) as node:
        node.prepare()
        node.start()
        victim = storm.play(node, sink, storm.for_one_victim(COUNT), seconds=120)
        strangers = storm.play(node, sink, storm.of_strangers(COUNT), seconds=120)
        node.wait_until(lambda: node.metrics()["tkt_breaker_open"] == 1, "the breaker open")
        red = [alarm["name"] for alarm in node.asked("status")["alarms"]]
        storm.ten_minutes_later(node)
        node.wait_until(lambda: node.rows("mail", "bundled") == 0 and node.settled(), "digests")
        node.wait_until(lambda: node.metrics()["tkt_breaker_open"] == 0, "the breaker closed")
        again = storm.play(node, sink, [(LATE, storm.mail(LATE, 7, random.Random(3)))], seconds=30)
        reconciled = node.tkt("reconcile")
        node.stop()

    digests = [mail for mail in map(read, sink.received) if str(mail["Subject"]).endswith(" in one")]
    words = digests[0].get_body(("plain",))
    assert (victim.at_sink[storm.VICTIM], victim.outcomes) == (3, {"opened": 20, "held": COUNT - 20})
    assert storm.FLOOD in victim.red
    assert strangers.outcomes["opened"] == 20 + COUNT
    outside = sum(count for to, count in (victim.at_sink + strangers.at_sink).items() if to not in AGENTS.values())
    assert storm.BREAKER < outside <= storm.BREAKER + 1
    assert storm.RED in red
    assert [(victim.at_sink + strangers.at_sink)[agent] for agent in AGENTS.values()] == [30, 30]
    assert len(digests) == 2
    assert words is not None
    assert words.get_content().count("answer to: support+") == COUNT + 20 - 30
    assert again.at_sink[LATE] == 1
    assert reconciled.returncode == 0, reconciled.stdout
