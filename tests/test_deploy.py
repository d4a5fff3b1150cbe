"""The pages and the unit of deploy/ are true: settings are valid, commands exist, Postfix in front and behind works."""

import re
import smtplib
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer.main

from gateway.cli import app
from gateway.config import parse_config
from tests.crash.gateway import DESK, Gateway
from tests.running import HOST, require
from tests.servers import Postfix
from tests.sink import SmtpSink

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
PAGES = sorted(DEPLOY.glob("*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UNIT = (DEPLOY / "tkt.service").read_text("utf-8")
CUSTOMER = "anna@customer.example.test"


def fences(page: Path, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(page.read_text("utf-8")) if kind == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_of_tkt_is_so(page: Path) -> None:
    """Each tkt.toml on it is valid, each command of tkt that it names exists."""
    text = page.read_text("utf-8")
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group, as the app has many commands

    for table in fences(page, "toml"):
        parse_config(tomllib.loads(table), base=Path())
    shown = "\n".join([*fences(page, "sh"), *re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text))])
    assert set(re.findall(r"\btkt ([a-z][\w-]*)(?! -C)", shown)) - set(known) - {"tkt"} == set()


def test_the_unit_is_one(tmp_path: Path) -> None:
    """systemd has nothing to say about the unit but that we did not install the program."""
    program = require("systemd-analyze", "systemd")
    unit = tmp_path / "tkt.service"
    unit.write_text(UNIT.replace("/opt/tkt/.venv/bin/tkt", "/bin/true"))

    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def in_front(gateway: Gateway, folder: Path) -> str:
    """main.cf as the page shows it, for the test's desk, in a Postfix that also answers for its domain."""
    page = next(page for page in PAGES if page.name == "postfix.md")
    main, transport = (body.split("\n", 1)[1] for body in fences(page, ""))
    file = folder / "transport"
    file.write_text(transport.replace("support@example.com", DESK).replace("2525", str(gateway.port)))
    subprocess.run([require("postmap", "postfix"), str(file)], check=True)
    local = f"mydestination = {DESK.partition('@')[2]}\nlocal_recipient_maps = inline:{{support=support}}\n"
    return f"\n{main.replace('/etc/postfix/transport', str(file))}{local}"


@pytest.mark.timeout(300)  # Postfix, the gateway and each command are processes that a busy machine starts slowly
def test_postfix_in_front(sink: SmtpSink) -> None:
    """By the page's main.cf a mail reaches the desk, and so does one with a +part; smuggling fails."""
    with Gateway(relay_port=sink.port) as node:
        node.prepare()
        (node.root).chmod(0o755)
        with Postfix(relay_port=sink.port, extra_config=in_front(node, node.root)) as postfix:
            node.start()
            for to in (DESK, DESK.replace("@", "+abc@")):
                mail = f"From: {CUSTOMER}\r\nTo: {to}\r\nSubject: {to}\r\nMessage-ID: <{to}>\r\n\r\none\r\n"
                with smtplib.SMTP(HOST, postfix.port, timeout=30) as client:
                    client.sendmail(CUSTOMER, [to], mail)
            with smtplib.SMTP(HOST, postfix.port, timeout=30) as client:
                replies = smuggle(client)
            node.wait_until(lambda: len(node.asked("ledger")) >= 3, "three mails", seconds=120)

            found = node.asked("ledger")

    assert [(code, text[:5]) for code, text in replies] == [(250, b"2.0.0"), (250, b"2.0.0")]  # the dot's, the NOOP's
    assert {row["channel"] for row in found} == {"smtp"}
    assert sorted(row["envelope_from"] for row in found) == [CUSTOMER] * 3


def smuggle(client: smtplib.SMTP) -> list[tuple[int, bytes]]:
    """One mail with an end of data in it that is none (RFC 5321 section 4.1.1.4), and commands behind it.

    Gives the replies to the dot and to a NOOP; where the commands were obeyed, the second is that to the smuggled MAIL.
    """
    client.helo("client.example.test")
    client.docmd(f"MAIL FROM:<{CUSTOMER}>")
    client.docmd(f"RCPT TO:<{DESK}>")
    client.docmd("DATA")
    client.send(
        f"From: {CUSTOMER}\r\nSubject: third\r\nMessage-ID: <3@x.example>\r\n\r\ntext\r\n.\n"
        f"MAIL FROM:<smuggled@x.example>\r\nRCPT TO:<{DESK}>\r\nDATA\r\nSubject: no\r\n\r\nno\r\n.\r\n".encode()
    )
    return [client.getreply(), client.docmd("NOOP")]
