"""hold, outbox ID, release, --edit, --cancel, resume, requeue and backup, with the gateway running and not."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import open_database
from store.schema import delivery
from tests.crash.gateway import AGENTS, Gateway
from tests.crash.mails import Seen
from tests.scenarios.people import ANNA, post, question, run_tkt
from tests.sink import SmtpSink

EACH = 1 + len(AGENTS)


@pytest.fixture
def node(url: str, sink: SmtpSink) -> Iterator[Gateway]:
    """A running gateway."""
    with Gateway(relay_port=sink.port, url=url) as gateway:
        gateway.prepare()
        gateway.start()
        yield gateway


def done(node: Gateway, *words: str) -> str:
    """What a command says that must succeed."""
    told = node.tkt(*words)
    assert told.returncode == 0, told.stderr
    return told.stdout


def ids(node: Gateway) -> dict[str, int]:
    """Recipient → the mail that is held for them."""
    return {row["recipient"]: row["id"] for row in node.asked("outbox") if row["state"] == "held"}


def test_held_mail_is_seen_edited_cancelled_and_released_one_by_one(node: Gateway, sink: SmtpSink) -> None:
    """While outgoing mail is held nothing leaves but what a person lets go, as that person left it; resume ends it."""
    done(node, "hold", "outgoing")
    post(node.port, question())
    node.wait_until(lambda: node.rows("mail", "queued") == EACH, "held")
    held = ids(node)
    editor = node.root / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/we have your mail/we HAVE your mail/' \"$1\"\n")
    editor.chmod(0o755)
    node_config = ("--config", str(node.config))

    assert "we have your mail" in done(node, "outbox", str(held[ANNA]))
    assert "held" in done(node, "status")
    edited = run_tkt("release", str(held[ANNA]), "--edit", *node_config, folder=node.root, EDITOR=str(editor))
    assert edited.returncode == 0, edited.stderr
    assert "we HAVE your mail" in Seen(sink.wait_for(1)[0]).text
    marie, karim = AGENTS.values()
    assert "never" in done(node, "release", str(held[marie]), "--cancel")
    assert "held back until now: 1" in done(node, "resume")
    sink.wait_for(2)
    node.wait_until(node.settled, "settled")

    assert sorted(seen.recipients[0] for seen in sink.received) == sorted([ANNA, karim])
    assert {row["recipient"]: row["state"] for row in node.asked("outbox")} == {
        ANNA: "sent",
        karim: "sent",
        marie: "cancelled",
    }
    assert done(node, "reconcile").startswith("0 unaccounted for")
    assert node.stop() == 0


def test_the_same_without_a_running_gateway(node: Gateway, sink: SmtpSink) -> None:
    """Each act is done under the lock of the store; when the gateway starts, it finds what was left to it."""
    done(node, "hold", "outgoing")
    post(node.port, question())
    node.wait_until(lambda: node.rows("mail", "queued") == EACH, "held")
    assert node.stop() == 0
    held = ids(node)

    done(node, "release", str(held[ANNA]))
    done(node, "release", str(held[AGENTS["marie"]]), "--cancel")
    node.start()
    assert sink.wait_for(1)[0].recipients == (ANNA,)
    assert node.stop() == 0
    done(node, "resume")
    node.start()
    assert sink.wait_for(2)[1].recipients == (AGENTS["karim"],)
    node.wait_until(node.settled, "settled")
    assert node.stop() == 0


def test_a_restored_backup_sends_nothing_until_resume(sink: SmtpSink) -> None:
    """A backup is taken online in the middle of some mails; a gateway on the copy holds whatever was on its way."""
    soon = {"relay": {"retry_seconds": [0.5]}}
    with Gateway(relay_port=sink.port, extra=soon) as node, Gateway(relay_port=sink.port, extra=soon) as copy:
        node.prepare()
        node.start()
        sink.always("connect", "421 4.3.2 later")
        for number in range(5):
            post(node.port, question(sender=f"c{number}@customer.example"))
        node.wait_until(lambda: node.rows("mail", "queued") == 5 * EACH, "waiting")
        file = node.root / "backup.db"
        said = done(node, "backup", str(file))
        again = node.tkt("backup", str(file))
        node.kill()
        sink.always("connect", None)

        shutil.copytree(node.root / "keys", copy.root / "keys")
        (copy.root / "var").mkdir()
        shutil.copy(file, copy.root / "var" / "tkt.db")
        copy.start()
        post(copy.port, question(sender="late@customer.example"))
        copy.wait_until(lambda: copy.rows("mail", "queued") == 6 * EACH, "held")
        assert "tkt resume" in done(copy, "status")
        assert {row["state"] for row in copy.asked("outbox")} == {"held"}
        assert sink.received == []
        assert f"held back until now: {6 * EACH}" in done(copy, "resume")
        sink.wait_for(6 * EACH)
        copy.wait_until(copy.settled, "settled")
        assert done(copy, "reconcile").startswith("0 unaccounted for")
        assert copy.stop() == 0
    assert "tkt resume" in said
    assert again.returncode == 1
    assert "never replaces" in again.stderr


def test_a_failed_delivery_is_read_again(node: Gateway, sink: SmtpSink) -> None:
    """`tkt requeue ID` gives a failed delivery another life, and it becomes the ticket that it should have been."""
    post(node.port, question())
    sink.wait_for(EACH)
    node.wait_until(node.settled, "settled")
    assert node.stop() == 0
    db = open_database(node.url)
    db.write_now(lambda conn: conn.execute(delivery.update().values(outcome="failed", ticket=None, identity=None)))
    db.close()
    node.start()

    assert "read again" in done(node, "requeue", "1")
    node.wait_until(lambda: [row["outcome"] for row in node.asked("ledger")] != ["failed"], "read")
    assert node.asked("ledger")[0]["ticket"] is not None
    assert node.stop() == 0


def test_a_second_gateway_on_the_same_file_is_told_who_serves_it(sink: SmtpSink, tmp_path: Path) -> None:
    """One line with the pid of the first, exit code 1; a database that tkt never made is left as it is."""
    with Gateway(relay_port=sink.port) as node:
        node.prepare()
        node.start()
        second = node.tkt("run")
        pid = node.running().pid
        assert node.stop() == 0
    foreign = tmp_path / "var" / "tkt.db"
    foreign.parent.mkdir()
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()
    told = run_tkt("status", folder=tmp_path)

    assert (second.returncode, f"pid {pid}" in second.stderr) == (1, True)
    assert second.stderr.count("\n") == 1
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "another program" in told.stderr
