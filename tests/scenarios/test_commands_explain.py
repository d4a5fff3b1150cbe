"""`tkt explain` as an operator types it: a file, standard input, a folder, and what the ledger has, on both engines."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from tests.crash.gateway import AGENTS, DESK, Gateway
from tests.scenarios.people import ANNA, post, question
from tests.sink import SmtpSink


@pytest.fixture
def node(url: str, sink: SmtpSink) -> Iterator[Gateway]:
    """A gateway that has opened one ticket, and told everybody; it goes on running."""
    with Gateway(relay_port=sink.port, url=url) as gateway:
        gateway.prepare()
        gateway.start()
        post(gateway.port, question())
        sink.wait_for(1 + len(AGENTS))
        gateway.wait_until(gateway.settled, "settled")
        yield gateway
        assert gateway.stop() == 0


def answer(node: Gateway) -> EmailMessage:
    """What Anna's mail program makes of our confirmation."""
    (confirmation,) = [mail for mail in node.asked("outbox") if mail["recipient"] == ANNA]
    mail = question(subject="Re: I can not log in", text="Still the same.\n")
    mail["In-Reply-To"] = confirmation["message_id"]
    return mail


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_operator_asks_what_becomes_of_a_mail(node: Gateway) -> None:
    """Without the store a reply opens a ticket, with --db it reaches its own; the ledger's decision is made again."""
    folder = node.root / "mails"
    folder.mkdir()
    (folder / "first.eml").write_bytes(question().as_bytes())
    (folder / "second.eml").write_bytes(answer(node).as_bytes())
    second = str(folder / "second.eml")

    alone, looked_up = node.asked("explain", second), node.asked("explain", second, "--db")
    assert (alone["decision"]["outcome"], alone["decision"]["ticket"]["ticket"]) == ("opened", None)
    assert (looked_up["decision"]["outcome"], looked_up["decision"]["ticket"]["ticket"]) == ("followed up", "TKT-00001")
    assert looked_up["evidence"]["grade"] == "E1"

    all_of_them = node.tkt("explain", str(folder), "--db", "--json")
    assert [(line["file"], line["decision"]["outcome"]) for line in lines(all_of_them.stdout)] == [
        ("first.eml", "duplicate"),
        ("second.eml", "followed up"),
    ]
    assert node.asked("tickets")[0]["status"] == "new"  # asking has changed nothing
    assert len(node.asked("ledger")) == 1

    kept, people = node.asked("explain", "1"), node.tkt("explain", "D1")
    assert (kept["decision"]["outcome"], kept["decision"]["desk_by"]) == ("opened", "as D1 in the ledger")
    assert (kept["kept"]["same"], kept["kept"]["ticket"]) == (True, "TKT-00001")
    assert people.returncode == 0
    assert "the same decision today" in people.stdout
    assert f"→ {ANNA}: opened (customer, automatic)" in people.stdout


def test_what_is_not_there_is_said(node: Gateway) -> None:
    """An id that the ledger has not, and a desk for a delivery that has one: a line each, exit code 1."""
    unknown, contradiction = node.tkt("explain", "D99"), node.tkt("explain", "1", "--desk", "support")

    assert (unknown.returncode, contradiction.returncode) == (1, 1)
    assert "there is no delivery 99; `tkt ledger` lists those that are there" in unknown.stderr
    assert "a delivery has its desk already" in contradiction.stderr
    assert DESK in node.tkt("explain", "1").stdout
