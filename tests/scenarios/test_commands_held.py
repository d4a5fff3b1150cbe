"""held, release, reject, mute, unmute: an operator's word on mail that came in, with the gateway running and not."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.crash.gateway import AGENTS, Gateway
from tests.scenarios.people import ANNA, post, question
from tests.sink import SmtpSink

MARIE = AGENTS["marie"]


@pytest.fixture
def node(url: str, sink: SmtpSink) -> Iterator[Gateway]:
    """A gateway that holds three mails in Marie's name about Anna's ticket."""
    with Gateway(relay_port=sink.port, url=url) as gateway:
        gateway.prepare()
        gateway.start()
        post(gateway.port, question())
        gateway.wait_until(gateway.settled, "settled")
        for words in ("#close", "#priority P1", "#spam"):
            post(gateway.port, question(sender=MARIE, subject="Re: [TKT-00001] x", text=words), sender=MARIE)
        gateway.wait_until(lambda: gateway.settled() and len(gateway.asked("held")) == 3, "held")
        yield gateway


def done(node: Gateway, *words: str) -> str:
    """What a command says that must succeed."""
    told = node.tkt(*words)
    assert told.returncode == 0, told.stderr
    return told.stdout


def refused(node: Gateway, *words: str) -> str:
    """The one line of a command that must fail."""
    told = node.tkt(*words)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    return told.stderr


def ledger(node: Gateway, number: int) -> dict[str, Any]:
    return next(row for row in node.asked("ledger") if row["id"] == number)


def test_held_mail_is_seen_released_and_rejected(node: Gateway) -> None:
    """Each with its reason; once; whether a gateway runs or not; and the ledger and explain tell both what it was held
    for and who judged it. What goes out has ids of its own."""
    assert [row["id"] for row in node.asked("held")] == ["D4", "D3", "D2"]
    assert "not proven" in done(node, "held")
    assert "tkt held" in done(node, "status")

    assert "decided upon again" in done(node, "release", "D3")
    node.wait_until(lambda: node.settled() and ledger(node, 3)["outcome"] == "act", "released")
    assert node.asked("tickets")[0]["priority"] == "P1"
    assert "D4 is rejected" in done(node, "reject", "4")
    assert "released already by operator" in refused(node, "release", "d3")
    assert "rejected already by operator" in refused(node, "release", "D4")
    assert "is not held: opened" in refused(node, "reject", "D1")
    assert "no delivery D99" in refused(node, "reject", "D99")
    assert "mail 99 is not waiting" in refused(node, "release", "M99")
    assert "goes out" in refused(node, "reject", "M3")
    assert "came in" in refused(node, "outbox", "D3")
    assert "D3 " in done(node, "ledger")
    assert "M1 " in done(node, "outbox")
    assert "no id" in refused(node, "release", "TKT-00001")

    assert node.stop() == 0
    assert "decided upon again" in done(node, "release", "D2")
    node.start()
    node.wait_until(lambda: node.settled() and ledger(node, 2)["outcome"] == "act", "released")
    assert node.asked("tickets")[0]["status"] == "closed"
    assert node.asked("held") == []
    row = ledger(node, 2)
    assert (row["judged_how"], row["judged_by"]) == ("released", "operator")
    assert "not proven" in row["held_why"]
    assert "released by operator, held before" in done(node, "ledger")
    told = done(node, "explain", "D2")
    assert "the same decision today" in told
    assert "held at" in told
    assert "released at" in told
    assert ledger(node, 4)["outcome"] == "rejected"
    assert "rejected at" in done(node, "explain", "D4")
    assert done(node, "reconcile").startswith("0 unaccounted for")
    assert node.stop() == 0


def test_a_muted_address_gets_nothing_until_it_is_unmuted(node: Gateway, sink: SmtpSink) -> None:
    """Its mail is taken in as ever and the ledger marks it; status says who is muted and why."""
    assert "is muted" in done(node, "mute", f"Anna <{ANNA.upper()}>", "--reason", "she asked for it")
    assert f"{ANNA}: she asked for it" in done(node, "status").lower()
    seen = len(sink.received)
    post(node.port, question(subject="More"))
    node.wait_until(lambda: node.settled() and len(node.asked("tickets")) == 2, "opened")
    assert [one for one in sink.received[seen:] if ANNA in one.recipients] == []
    assert f"{ANNA} (muted)" in done(node, "ledger")
    assert node.stop() == 0

    assert "written to again" in done(node, "unmute", ANNA)
    assert "is not muted" in refused(node, "unmute", ANNA)
    assert "is not an address" in refused(node, "mute", "everybody")
    node.start()
    assert node.asked("status")["muted"] == []
    post(node.port, question(subject="And more", text="Nobody has written back to me since Monday.\n"))
    node.wait_until(lambda: any(ANNA in one.recipients for one in sink.received[seen:]), "confirmed")
    assert node.stop() == 0
