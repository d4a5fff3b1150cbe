"""The pages and the unit of deploy/ are true: settings are valid, commands exist, Postfix in front and behind works."""

import re
import smtplib
import subprocess
import textwrap
import tomllib
from pathlib import Path

import pytest
import typer.main

from gateway.checks import check_all
from gateway.cli import app
from gateway.config import parse_config
from gateway.init import write_folder
from tests.crash.gateway import DESK, Gateway
from tests.running import HOST, require
from tests.servers import Postfix
from tests.sink import SmtpSink

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
PAGES = sorted(DEPLOY.glob("*.md"))
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
UNIT = (DEPLOY / "tkt.service").read_text("utf-8")
CUSTOMER = "anna@customer.example.test"
FORGED = (  # as a stranger would write it in the hop's name
    "Authentication-Results: mx.example.com; dmarc=pass header.from=customer.example.test\r\n"
    "Authentication-Results : (x) mx.example.com;\r\n spf=pass smtp.mailfrom=anna@customer.example.test\r\n"
)


def fences(page: Path, language: str) -> list[str]:
    return [textwrap.dedent(body) for kind, body in FENCE.findall(page.read_text("utf-8")) if kind == language]


def page(name: str) -> Path:
    return DEPLOY / name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_of_tkt_is_so(page: Path) -> None:
    """Each tkt.toml on it is valid, each command of tkt that it names exists."""
    text = page.read_text("utf-8")
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group, as the app has many commands

    for table in fences(page, "toml"):
        parse_config(tomllib.loads(table), base=Path())
    shown = "\n".join([*fences(page, "sh"), *re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text))])
    assert set(re.findall(r"\btkt ([a-z][\w-]*)(?! -C)", shown)) - set(known) - {"tkt"} == set()


@pytest.mark.parametrize("table", fences(page("mail-authentication.md"), "toml"), ids=lambda table: table.split()[2])
def test_check_accepts_what_the_page_declares(table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a folder that `tkt init` made, each table of the page is well: keys, hops, sealers."""
    write_folder(tmp_path)
    (tmp_path / "imap.password").write_text("x")
    capsys.readouterr()

    code = check_all(parse_config({"desks": "desks", "keys": "keys", **tomllib.loads(table)}, base=tmp_path))

    said = capsys.readouterr()
    assert (code, said.err) == (0, "")
    assert "no hop is declared" not in said.out


@pytest.mark.parametrize("name", ["mail-authentication.md", "postfix.md"])
def test_postfix_knows_each_setting(name: str, tmp_path: Path) -> None:
    """postconf reads the lines of main.cf that a page shows, and knows each of them."""
    lines = [body for kind in ("conf", "") for body in fences(page(name), kind) if "main.cf" in body.split("\n", 1)[0]]
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n" + "".join(lines))
    (tmp_path / "master.cf").write_text("")

    done = subprocess.run(
        [require("postconf", "postfix"), "-c", str(tmp_path), "-n"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert set(re.findall(r"(?m)^(\w+) =", "".join(lines))) <= set(re.findall(r"(?m)^(\w+) =", done.stdout))


def test_the_records_have_the_selectors_of_tkt_toml() -> None:
    """What the DNS is told and what tkt.toml says are the same names."""
    [zone] = fences(page("mail-authentication.md"), "zone")
    [dkim] = [table for table in fences(page("mail-authentication.md"), "toml") if "dkim" in table]
    settings = tomllib.loads(dkim)["outgoing"]["dkim"]

    assert {settings["selector"], settings["ed25519_selector"]} == set(re.findall(r"(?m)^(\S+)\._domainkey", zone))


def test_the_unit_is_one(tmp_path: Path) -> None:
    """systemd has nothing to say about the unit but that we did not install the program."""
    program = require("systemd-analyze", "systemd")
    unit = tmp_path / "tkt.service"
    unit.write_text(UNIT.replace("/opt/tkt/.venv/bin/tkt", "/bin/true"))

    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def in_front(gateway: Gateway, folder: Path) -> str:
    """main.cf as the page shows it, for the test's desk, in a Postfix that also answers for its domain."""
    main, transport = (body.split("\n", 1)[1] for body in fences(page("postfix.md"), ""))
    more = fences(page("mail-authentication.md"), "conf")[0].split("\n", 1)[1]
    (folder / "header_checks").write_text(fences(page("mail-authentication.md"), "regexp")[0])
    file = folder / "transport"
    file.write_text(transport.replace("support@example.com", DESK).replace("2525", str(gateway.port)))
    subprocess.run([require("postmap", "postfix"), str(file)], check=True)
    local = f"mydestination = {DESK.partition('@')[2]}\nlocal_recipient_maps = inline:{{support=support}}\n"
    return f"\n{main.replace('/etc/postfix/transport', str(file))}{more.replace('/etc/postfix', str(folder))}{local}"


@pytest.mark.timeout(300)  # Postfix, the gateway and each command are processes that a busy machine starts slowly
def test_postfix_in_front(sink: SmtpSink) -> None:
    """By the pages' main.cf a mail reaches the desk, also one with a +part; neither smuggling nor forging helps."""
    hop = next(table for table in fences(page("mail-authentication.md"), "toml") if "[smtp.hop]" in table)
    with Gateway(relay_port=sink.port, extra={"smtp.hop": tomllib.loads(hop)["smtp"]["hop"]}) as node:
        node.prepare()
        (node.root).chmod(0o755)
        with Postfix(relay_port=sink.port, extra_config=in_front(node, node.root)) as postfix:
            node.start()
            for to in (DESK, DESK.replace("@", "+abc@")):
                mail = f"{FORGED}From: {CUSTOMER}\r\nTo: {to}\r\nSubject: {to}\r\nMessage-ID: <{to}>\r\n\r\none\r\n"
                with smtplib.SMTP(HOST, postfix.port, timeout=60) as client:
                    client.sendmail(CUSTOMER, [to], mail)
            with smtplib.SMTP(HOST, postfix.port, timeout=60) as client:
                replies = smuggle(client)
            node.wait_until(lambda: len(node.asked("ledger")) >= 3, "three mails", seconds=120)

            found = node.asked("ledger")
            explained = [node.asked("explain", f"D{row['id']}") for row in found]

    assert {one["evidence"]["grade"] for one in explained} == {"E0"}
    assert all("mx.example.com says nothing about the sender" in one["evidence"]["why"] for one in explained)
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
