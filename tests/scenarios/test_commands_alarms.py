"""/healthz, /readyz, /metrics, and the one alarm path: a command that needs no relay, a mail, `tkt status`."""

import random

from tests.crash import mails
from tests.crash.dialog import deliver
from tests.crash.gateway import AGENTS, Gateway
from tests.crash.mails import Seen
from tests.scenarios.people import at_terminal
from tests.sink import SmtpSink

OPERATOR = "operator@example.test"
FIGURES = {
    'tkt_deliveries_total{outcome="opened"}',
    'tkt_mails_total{result="sent"}',
    'tkt_rows{kind="ticket",state="new"}',
    'tkt_oldest_seconds{queue="outbox"}',
    "tkt_alarms",
    "tkt_store_readable",
}


def test_the_relay_is_down_and_back_and_everybody_is_told(url: str, sink: SmtpSink) -> None:
    """The command runs with the text on its standard input; status is red; the mail comes when the relay is back.

    One line says when it is over, and a gateway that was restarted meanwhile says it all the same.
    """
    extra: dict[str, dict[str, object]] = {"relay": {"retry_seconds": [0.2]}, "alarm": {"mail": OPERATOR}}
    with Gateway(relay_port=sink.port, url=url, extra=extra) as node:
        told = node.root / "told"
        with node.config.open("a") as config:
            config.write(f'command = ["/bin/sh", "-c", "cat >> {told}"]\n')
        node.prepare()
        node.start()
        sink.stop()
        deliver(node.port, mails.new(1, random.Random(1)))
        node.wait_line("alarm relay")
        node.wait_until(lambda: told.exists() and told.read_text().count("\n") >= 2, "told by the command")

        assert told.read_text().startswith("tkt alarm: relay\n")
        assert "outgoing mail waits" in told.read_text()
        node.wait_until(lambda: bool(node.asked("status")["alarms"]), "red in the store")
        assert node.asked("status")["alarms"][0]["name"] == "relay"
        assert "\x1b[1;31mALARM relay" in at_terminal("status", "--config", str(node.config))
        assert node.metrics()["tkt_alarms"] == 1
        assert '"alarms":["relay"]' in node._http("/readyz")
        assert node._http("/readyz").startswith("HTTP/1.1 200")
        assert node._http("/healthz").startswith("HTTP/1.1 200")
        assert node._http("/healthz").endswith("yellow: relay\n")

        assert node.stop() == 0
        sink.start()
        node.start()
        taken = [Seen(seen) for seen in sink.wait_for(2 + len(AGENTS), timeout=30)]
        node.wait_line("alarm_over relay")
        node.wait_until(lambda: not node.asked("status")["alarms"], "over in the store")
        alarm = next(seen for seen in taken if seen.recipient == OPERATOR)
        assert "relay" in alarm.subject + alarm.text
        assert "no red lines" in node.tkt("status").stdout
        assert told.read_text().count("tkt alarm: relay") == 1
        assert node.stop() == 0


def test_the_metrics_count_what_happened(url: str, sink: SmtpSink) -> None:
    """Counters of this process and gauges of the store, by names that stay."""
    with Gateway(relay_port=sink.port, url=url) as node:
        node.prepare()
        node.start()
        deliver(node.port, mails.new(1, random.Random(1)))
        sink.wait_for(1 + len(AGENTS))
        node.wait_until(node.settled, "settled")
        figures = node.metrics()
        assert figures.keys() >= FIGURES
        assert figures['tkt_deliveries_total{outcome="opened"}'] == 1
        assert figures['tkt_mails_total{result="sent"}'] == 1 + len(AGENTS)
        assert figures['tkt_rows{kind="ticket",state="new"}'] == 1
        assert figures["tkt_store_readable"] == 1
        assert node.stop() == 0
