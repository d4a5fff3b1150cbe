"""What a database server and a frozen neighbour may do to us."""

import random
import signal
import smtplib
from collections.abc import Iterator

import pytest

from tests.crash.client import Client, send_new
from tests.crash.gateway import Gateway
from tests.crash.judge import expect_kept
from tests.crash.run import DURABLE
from tests.crash.syscalls import Trace
from tests.crash.traffic import Traffic
from tests.running import HOST
from tests.servers import PostgreSQL
from tests.sink import SmtpSink

LEASE_SECONDS = 2
LEASE = {"store": {"lease_seconds": LEASE_SECONDS}}


@pytest.fixture(scope="module")
def durable() -> Iterator[PostgreSQL]:
    """A cluster whose promises are on, as the gateway asks for."""
    with PostgreSQL(settings=DURABLE) as server:
        yield server


@pytest.mark.servers
def test_a_database_restarted_under_load_loses_and_doubles_nothing(sink: SmtpSink, durable: PostgreSQL) -> None:
    """`immediate` is a crash of the server: the gateway says 4xx meanwhile, lives on, and finishes everything."""
    with Gateway(relay_port=sink.port, url=durable.create_database("restarted"), extra=LEASE) as node:
        node.prepare()
        node.start()
        traffic = Traffic(sink, count=80, chance=random.Random(1))
        client = Client([node.port], traffic.next_mail, connections=6, chance=random.Random(2))
        client.start()
        for count in (20, 40):
            assert client.said.wait_for(count, 30)
            durable.stop("immediate")
            node.wait_until(lambda: not node.ready(), "seen in /readyz")
            durable.start()
            node.wait_ready()
        assert client.join(60)
        node.wait_until(node.settled, "settled", seconds=60)
        expect_kept(client.said, sink.received, node, node.lines)
        assert node.stop() == 0
    durable.drop_database("restarted")


@pytest.mark.servers
def test_a_node_frozen_past_its_lease_and_woken_does_nothing_twice(sink: SmtpSink, durable: PostgreSQL) -> None:
    """The other node takes over what the frozen one held; woken, it can commit none of it."""
    url = durable.create_database("frozen")
    with (
        Gateway(relay_port=sink.port, url=url, extra=LEASE) as one,
        Gateway(relay_port=sink.port, shared=one, extra=LEASE) as two,
    ):
        one.prepare()
        one.start(wait=False)
        two.start()
        one.wait_ready()
        traffic = Traffic(sink, count=120, chance=random.Random(3))
        client = Client([one.port, two.port], traffic.next_mail, connections=6, chance=random.Random(4))
        client.start()
        assert client.said.wait_for(40, 30)
        one.signal(signal.SIGSTOP)
        # the only event of a lease's end is that time has passed
        client.said.wait_for(1000, LEASE_SECONDS * 1.5)
        one.signal(signal.SIGCONT)
        assert client.join(60)
        one.wait_until(one.settled, "settled", seconds=60)
        expect_kept(client.said, sink.received, one, [*one.lines, *two.lines])
        assert [one.stop(), two.stop()] == [0, 0]
    durable.drop_database("frozen")


@pytest.mark.servers
def test_the_answer_to_a_commit_stands_between_each_dot_and_its_250(sink: SmtpSink, durable: PostgreSQL) -> None:
    """The dot is read, the server's answer COMMIT is read from its socket, and only then the 250 is written."""
    with Gateway(relay_port=sink.port, url=durable.create_database("traced")) as node:
        node.prepare()
        node.start()
        with Trace(node.running().pid, "-y", "-e", "trace=recvfrom,sendto") as trace:
            said = send_new(node.port, 12)
            smtplib.SMTP(HOST, node.port).close()  # greeted: the last 250 is written, and written down
        answers = trace.answers(lambda call: call.name in ("recvfrom", "read") and "COMMIT" in call.words)
        assert node.stop() == 0
    assert said == len(answers) == 12
    assert [answer.text for answer in answers if not answer.proven] == []
    durable.drop_database("traced")
