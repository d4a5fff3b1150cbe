"""The commands that only read, against a running gateway, on both engines."""

from collections.abc import Iterator

import pytest

from tests.crash.gateway import AGENTS, Gateway
from tests.scenarios.people import ANNA, QUEUE_ID, at_terminal, post, question, run_tkt
from tests.sink import SmtpSink

KEYS = {
    "tickets": {"ticket", "number", "desk", "subject", "status", "priority", "category", "requester", "assignee"},
    "ledger": {
        "id",
        "desk",
        "channel",
        "envelope_from",
        "evidence",
        "outcome",
        "reason",
        "ticket",
        "state",
        "digest",
        "peer",
    },
    "outbox": {"id", "ticket", "notice", "recipient", "message_id", "state", "attempts", "last_reply", "accepted_at"},
    "status": {"deliveries", "outcomes", "tickets", "mails", "timers", "alarms", "holds_outgoing", "oldest_mail"},
    "show": {"ticket", "entries", "mails", "attempts", "decisions", "timers", "deliveries"},
    "trace": {"deliveries", "mails", "attempts", "contact"},
}
LONG = "\n".join(f"line {number}" for number in range(30))


@pytest.fixture
def node(url: str, sink: SmtpSink) -> Iterator[Gateway]:
    """A gateway that has opened one ticket, and told everybody."""
    with Gateway(relay_port=sink.port, url=url) as gateway:
        gateway.prepare()
        gateway.start()
        mail = question(text=LONG)
        mail.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="../../log.txt")
        mail.add_attachment(b"\x02", maintype="application", subtype="octet-stream", filename="log.txt")
        post(gateway.port, mail)
        sink.wait_for(1 + len(AGENTS))
        gateway.wait_until(gateway.settled, "settled")
        yield gateway
        assert gateway.stop() == 0


def test_every_view_tells_of_the_ticket_to_people_and_to_programs(node: Gateway) -> None:
    """tickets, show, outbox, ledger, status and trace speak in tables, and with --json in keys that stay."""
    words = {"show": ("TKT-00001",), "trace": (ANNA,)}
    for command, keys in KEYS.items():
        told = node.asked(command, *words.get(command, ()))
        row = told[0] if isinstance(told, list) else told
        assert keys <= row.keys(), command
        people = node.tkt(command, *words.get(command, ()))
        assert people.returncode == 0
        assert "\x1b" not in people.stdout, command
        assert "TKT-00001" in people.stdout or command == "status"


def test_show_tells_the_words_the_reasons_and_the_rule_that_decided(node: Gateway) -> None:
    """Words are cut to a few lines unless --full; the rule's clause with what it found stands there; --why has all."""
    short, full, why = node.tkt("show", "1"), node.tkt("show", "tkt-1", "--full"), node.tkt("show", "1", "--why")
    told = node.asked("show", "TKT-00001")

    assert "because: a new ticket, by rule" in short.stdout
    assert "found: can not log in" in short.stdout
    assert "line 1\n" in short.stdout.replace(" \n", "\n") or "│ line 1" in short.stdout
    assert "line 29" not in short.stdout
    assert "--full" in short.stdout
    assert "│ line 29" in full.stdout
    assert "Is it a delivery report? no" in why.stdout
    assert told["entries"][0]["text"] == LONG
    assert told["entries"][0]["attachments"] == ["log.txt", "log.txt"]
    assert [mail["state"] for mail in told["mails"]] == ["sent"] * (1 + len(AGENTS))


def test_trace_goes_from_the_other_sides_queue_id_to_the_relays_reply(node: Gateway) -> None:
    """The id of their Received line, our delivery, its outcome and ticket, and each mail to the relay's last 250."""
    told, people = node.asked("trace", ANNA.upper()), node.tkt("trace", ANNA).stdout

    assert [row["queue_ids"] for row in told["deliveries"]] == [[QUEUE_ID]]
    assert [row["outcome"] for row in told["deliveries"]] == ["opened"]
    assert [row["last_reply"] for row in told["mails"]] == ["250 2.0.0 taken"]
    assert f"{QUEUE_ID} → D1" in people
    assert "250 2.0.0 taken" in people
    assert "nothing came from" in node.tkt("trace", "nobody@example.com").stdout


def test_attachments_are_written_under_safe_names_and_never_over_a_file(node: Gateway) -> None:
    """Two files of one name get two names, inside the folder; a second run adds and replaces nothing."""
    folder = node.root / "out" / "deep"
    first = node.tkt("attachments", "TKT-00001", str(folder))
    second = node.tkt("attachments", "1", str(folder))

    assert first.returncode == second.returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == ["log-2.txt", "log-3.txt", "log-4.txt", "log.txt"]
    assert (folder / "log.txt").read_bytes() == b"\x00\x01"
    assert not (node.root / "log.txt").exists()


def test_a_terminal_gets_colour_and_its_width_and_NO_COLOR_none(node: Gateway) -> None:  # noqa: N802 - its name
    """80 columns suffice: ids and times stay whole, the rest stands below; colour only where it is wanted."""
    config = ("--config", str(node.config))
    ledger = at_terminal("ledger", *config)
    plain = at_terminal("outbox", *config, NO_COLOR="1")
    piped = run_tkt("outbox", *config, folder=node.root, FORCE_COLOR="1")

    assert max(len(line.rstrip()) for line in plain.replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()) <= 80
    assert "  opened   TKT-00001" in ledger
    assert 'a new ticket, by rule "Cannot get in"' in " ".join(ledger.split())
    assert "2.0.0 taken" in plain
    assert "\x1b[32m" in at_terminal("outbox", *config)
    assert "\x1b[32m" not in plain
    assert "\x1b" not in piped.stdout


NO_ANSWER = {
    ("show", "nonsense"): "they look like TKT-00042",
    ("show", "TKT-00099"): "there is no TKT-00099",
    ("outbox", "99"): "there is no mail 99",
    ("release", "99"): "mail 99 is not waiting",
    ("release", "1", "--cancel"): "mail 1 is not waiting",
    ("requeue", "1"): "delivery 1 has not failed",
    ("hold", "incoming"): "only outgoing mail can be held",
    ("attachments", "TKT-00099", "out"): "there is no TKT-00099",
    ("passwd", "anna@example.com"): "at least 8 characters",
}


def test_a_question_that_has_no_answer_is_one_line(node: Gateway) -> None:
    """Exit code 1, one line that says what is wrong, never a traceback."""
    for words, told in NO_ANSWER.items():
        done = node.tkt(*words)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), words
        assert told in done.stderr, words
