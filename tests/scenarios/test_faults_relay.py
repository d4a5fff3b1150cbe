"""What a relay may do to us: be down, slow, say later or never, hang up after the dot."""

import base64
import random
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.crash import mails
from tests.crash.dialog import deliver
from tests.crash.gateway import AGENTS, Gateway
from tests.crash.mails import Seen
from tests.sink import Fault, SmtpSink, Stage

MAILS_OF_A_TICKET = 1 + len(AGENTS)
# the ladder in seconds instead of minutes, so that a test need not wait for it
SOON = {"relay": {"retry_seconds": [0.2]}}
LOGIN = "AUTH PLAIN " + base64.b64encode(b"\0desk\0s3cret").decode()


@pytest.fixture
def node(sink: SmtpSink) -> Iterator[Gateway]:
    """A running gateway on SQLite that tries again soon."""
    with Gateway(relay_port=sink.port, extra=SOON) as gateway:
        gateway.prepare()
        gateway.start()
        yield gateway
        assert gateway.stop() == 0


def arrivals(sink: SmtpSink) -> Counter[tuple[str, str]]:
    """How often each mail came to whom."""
    return Counter((seen.id, seen.recipient) for seen in map(Seen, sink.received))


def reconciled(node: Gateway) -> None:
    """Nothing waits, and `tkt reconcile` finds nothing."""
    node.wait_until(node.settled, "settled")
    done = node.tkt("reconcile")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_relay_that_is_down_stops_no_mail_from_coming_in(sink: SmtpSink, node: Gateway) -> None:
    """Mail is taken, the operator sees it in /readyz's alarms, and everything arrives once when the relay is back."""
    chance = random.Random(1)
    sink.stop()
    replies = [deliver(node.port, mails.new(number, chance)) for number in range(5)]
    node.wait_line("event=alarm name=relay")

    sink.start()

    sink.wait_for(5 * MAILS_OF_A_TICKET, timeout=40)
    reconciled(node)
    node.wait_line("event=alarm_over name=relay")
    assert all(reply.startswith("250") for reply in replies)
    assert set(arrivals(sink).values()) == {1}


def test_a_slow_relay_stops_no_mail_from_coming_in(sink: SmtpSink, node: Gateway) -> None:
    """While the relay says nothing after the dot, mail is taken and decided; then all of it leaves once."""
    go_on = threading.Event()
    sink.always("dot", go_on)
    chance = random.Random(2)
    replies = [deliver(node.port, mails.new(number, chance)) for number in range(20)]
    node.wait_until(lambda: node.rows("delivery", "done") == 20, "decided")

    assert sink.received == []
    go_on.set()
    sink.always("dot", None)

    sink.wait_for(20 * MAILS_OF_A_TICKET)
    reconciled(node)
    assert all(reply.startswith("250") for reply in replies)
    assert set(arrivals(sink).values()) == {1}


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_relay_that_says_later_is_asked_again(sink: SmtpSink, node: Gateway, stage: Stage) -> None:
    """4xx at any stage: tried again until it is taken, once."""
    sink.next(stage, *["451 4.7.1 greylisted"] * 2)

    assert deliver(node.port, mails.new(1, random.Random(3))).startswith("250")

    sink.wait_for(MAILS_OF_A_TICKET)
    reconciled(node)
    assert len(arrivals(sink)) == MAILS_OF_A_TICKET
    assert set(arrivals(sink).values()) == {1}
    assert any("state=later" in line and "greylisted" in line for line in node.lines)


def test_one_of_three_recipients_refused_for_ever(sink: SmtpSink, node: Gateway) -> None:
    """5xx to the customer: the agents' mails arrive, and they are told in plain words that the customer's did not."""
    mail = mails.new(1, random.Random(4))
    sink.always("rcpt", "550 5.1.1 no such user", recipient=mail.customer)

    assert deliver(node.port, mail).startswith("250")

    seen = [Seen(one) for one in sink.wait_for(2 * len(AGENTS))]
    reconciled(node)
    states = Counter(row["state"] for row in node.asked("outbox"))
    assert Counter(one.recipient for one in seen) == dict.fromkeys(AGENTS.values(), 2)
    assert all(
        any(mail.customer in one.text and "no such user" in one.text for one in seen if one.recipient == agent)
        for agent in AGENTS.values()
    )
    assert states == {"sent": 2 * len(AGENTS), "failed": 1}


def test_a_relay_that_hangs_up_after_the_dot(sink: SmtpSink, node: Gateway) -> None:
    """Nobody knows whether it was taken: it goes out again with the same Message-ID and bytes, and a log line."""
    mail = mails.new(1, random.Random(5))
    sink.next("dot", Fault.HANG_UP, recipient=mail.customer)

    assert deliver(node.port, mail).startswith("250")

    sink.wait_for(MAILS_OF_A_TICKET + 1)
    reconciled(node)
    twice = [identity for identity, count in arrivals(sink).items() if count == 2]
    assert [recipient for _, recipient in twice] == [mail.customer]
    assert len({one.data for one in sink.received if one.recipients == (mail.customer,)}) == 1
    assert twice[0][0].strip("<>") in node.wait_line("ambiguous")


@pytest.fixture
def known_node(sink: SmtpSink) -> Iterator[Gateway]:
    """A running gateway that logs in at its relay."""
    login = {"user": "desk", "password": {"env": "RELAY_PASSWORD"}}
    extra = {"relay": {**SOON["relay"], **login}}
    with Gateway(relay_port=sink.port, extra=extra, environment={"RELAY_PASSWORD": "s3cret"}) as gateway:
        gateway.prepare()
        gateway.start()
        yield gateway
        assert gateway.stop() == 0


def test_a_login_that_was_revoked(sink: SmtpSink, known_node: Gateway) -> None:
    """535: mail is taken and waits, one try at a time finds out, nothing is bounced and no try is counted; an alarm,
    yellow health and a metric while it lasts; everything leaves once by itself when the password is good again."""
    sink.always("auth", "535 5.7.8 authentication credentials invalid")
    chance = random.Random(6)

    replies = [deliver(known_node.port, mails.new(number, chance)) for number in range(5)]

    assert "535 5.7.8" in known_node.wait_line("event=alarm name=relay")
    known_node.wait_until(lambda: known_node.rows("delivery", "done") == 5, "decided")
    known_node.wait_until(lambda: sink.commands.count(LOGIN) >= 3, "asked again")
    assert all(reply.startswith("250") for reply in replies)
    assert known_node._http("/healthz").endswith("yellow: relay\n")
    assert known_node.metrics()["tkt_alarms"] == 1
    waiting = known_node.asked("outbox")
    assert len(waiting) == 5 * MAILS_OF_A_TICKET
    assert {row["state"] for row in waiting} <= {"queued", "taken"}
    assert {row["attempts"] for row in waiting} <= {0, 1}  # 1 while it is in hand
    assert sink.received == []

    sink.always("auth", None)

    sink.wait_for(5 * MAILS_OF_A_TICKET, timeout=40)
    reconciled(known_node)
    known_node.wait_line("event=alarm_over name=relay")
    known_node.wait_until(lambda: known_node._http("/healthz").endswith("green\n"), "green")
    assert set(arrivals(sink).values()) == {1}
    assert not known_node.has_line("state=never")
