"""What a sender may do to us, and we to ourselves: gone after the dot, stopped under load, killed at every step."""

import os
import random
import signal

import pytest

from tests.crash import mails
from tests.crash.client import Client
from tests.crash.dialog import Dialog, deliver
from tests.crash.gateway import AGENTS, Gateway
from tests.crash.judge import expect_kept
from tests.crash.mails import Mail, Seen
from tests.crash.run import failpoints
from tests.crash.traffic import Traffic
from tests.sink import SmtpSink

MAILS_OF_A_TICKET = 1 + len(AGENTS)  # the confirmation, and who is told


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_a_client_gone_after_the_dot_loses_and_doubles_nothing(sink: SmtpSink, reset: bool) -> None:
    """The commit is finished without the client; its retry gets a 250 and makes no second ticket."""
    chance = random.Random(1)
    mail, other = mails.new(1, chance), mails.new(2, chance)
    with Gateway(relay_port=sink.port) as node:
        node.prepare()
        node.start()
        client = Dialog(node.port)
        client.begin(mail)
        client.send(mail.raw + b".\r\n")
        client.vanish() if reset else client.close()
        taken = sink.wait_for(MAILS_OF_A_TICKET)

        again = deliver(node.port, mail)

        assert deliver(node.port, other).startswith("250")
        all_taken = sink.wait_for(2 * MAILS_OF_A_TICKET)
        rows = node.asked("ledger")
        assert node.stop() == 0
    assert again.startswith("250")
    assert [Seen(one).answers for one in taken].count(mail.message_id) >= 1
    assert len(all_taken) == len(sink.received) == 2 * MAILS_OF_A_TICKET
    assert [row["outcome"] for row in rows] == ["opened", "opened"]


def test_sigterm_under_load_finishes_what_is_in_flight(sink: SmtpSink) -> None:
    """A message half sent at SIGTERM still gets its 250, exit is 0, and no 250 is lost when it is started again."""
    with Gateway(relay_port=sink.port) as node:
        node.prepare()
        node.start()
        traffic = Traffic(sink, count=60, chance=random.Random(3))
        client = Client([node.port], traffic.next_mail, connections=6, chance=random.Random(4))
        late = mails.new(1000, random.Random(5))
        with Dialog(node.port) as slow:
            slow.begin(late)
            slow.send(late.raw[:100])
            client.start()
            assert client.said.wait_for(20, 30)

            node.signal(signal.SIGTERM)

            node.wait_until(lambda: not node.greeting().startswith("220"), "closed to newcomers")
            slow.send(late.raw[100:] + b".\r\n")
            reply = slow.reply()
        assert node.reap() == 0
        assert reply.startswith("250")
        client.said.note(late)
        node.start()
        assert client.join(60)
        node.wait_until(node.settled, "settled", seconds=60)
        expect_kept(client.said, sink.received, node, node.lines)
        assert node.stop() == 0
        assert node.orphans() == []


def test_killed_at_every_step_of_both_directions(sink: SmtpSink) -> None:
    """SIGKILL at each failpoint in turn: the sender's retry and the restart make every effect happen once."""
    # a mail in hand at three deaths in a row is rightly suspected of them: the worker's places do not stand together
    places = sorted(failpoints(), key=lambda place: place.partition(".")[2])
    chance = random.Random(7)
    with Gateway(relay_port=sink.port) as node:
        node.prepare()
        client = Client([node.port], iter(()).__next__, connections=0, chance=chance)
        for number, place in enumerate(places):
            _die_at(node, place, mails.new(number, chance), client)
        node.start()
        _retry(node, client)
        node.wait_until(node.settled, "settled", seconds=60)
        expect_kept(client.said, sink.received, node, node.lines)
        assert node.stop() == 0
    assert {"smtp.data", "smtp.committed", "worker.parsed", "worker.before_commit", "out.dot"} <= set(places)


def _die_at(node: Gateway, place: str, mail: Mail, client: Client) -> None:
    node.start(failpoints=f"{place}:kill9", wait=False)
    node.wait_until(lambda: node.listening() or not node.alive(), "open", dead=True)
    if place.startswith("smtp."):
        node.wait_until(node.settled, "settled")
    if node.alive():
        _try(node, mail, client)
    assert node.reap() == -signal.SIGKILL, f"{place}: {node.tail()}"
    client.said.lost.extend([mail] if mail.number not in client.said.accepted else [])


def _try(node: Gateway, mail: Mail, client: Client) -> None:
    try:
        if deliver(node.port, mail).startswith("250"):
            client.said.note(mail)
    except OSError:
        return  # it died under our hands, which is the point


def _retry(node: Gateway, client: Client) -> None:
    for mail in client.said.lost:
        assert deliver(node.port, mail).startswith("250")
        client.said.note(mail)
    client.said.lost.clear()


def test_a_mail_that_kills_the_parser_becomes_a_ticket_by_its_header(sink: SmtpSink) -> None:
    """The child that reads a mail is killed over it: the mail is a ticket all the same, the next is read as ever."""
    chance = random.Random(9)
    poison, after = mails.new(1, chance), mails.new(2, chance)
    with Gateway(relay_port=sink.port, extra={"": {"readers": 1}}) as node:
        node.prepare()
        node.start()
        for child in node.children():
            os.kill(child, signal.SIGSTOP)  # it takes the mail and is stuck in it
        assert deliver(node.port, poison).startswith("250")
        node.wait_until(lambda: node.rows("delivery", "taken") == 1, "claimed")
        for child in node.children():
            os.kill(child, signal.SIGKILL)
        first = [Seen(one) for one in sink.wait_for(MAILS_OF_A_TICKET)]

        assert deliver(node.port, after).startswith("250")

        sink.wait_for(2 * MAILS_OF_A_TICKET)
        rows = node.asked("ledger")
        assert node.stop() == 0
    assert poison.message_id in {one.answers for one in first}
    assert {one.recipient for one in first} == {poison.customer, *AGENTS.values()}
    assert not any(poison.word in one.text for one in first if one.recipient in AGENTS.values())
    assert [row["outcome"] for row in rows] == ["opened", "opened"]
