"""From an empty folder to a running gateway, and every way in which that can be refused in one line."""

import os
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.database import open_database
from tests.certificate import write_certificate
from tests.crash.gateway import DESK, TKT, Gateway
from tests.crash.run import DURABLE
from tests.running import HOST, free_port
from tests.scenarios.people import run_tkt
from tests.servers import PostgreSQL
from tests.sink import SmtpSink

BANNER_SECONDS = 3.0


@contextmanager
def running(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`tkt run` as a person starts it, until its banner is there; killed at the end if it still lives."""
    process = subprocess.Popen(
        [*TKT, "run", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def banner(process: subprocess.Popen[str]) -> str:
    """What it says until it says what to try next."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if line.startswith("Next"):
            break
    return said


def own_ports(config: Path) -> int:
    """Ports of this test's own in a tkt.toml that init wrote; returns SMTP's."""
    port = free_port()
    text = config.read_text().replace("127.0.0.1:2525", f"{HOST}:{port}")
    config.write_text(text.replace("127.0.0.1:8025", f"{HOST}:{free_port()}"))
    return port


def test_init_check_run_and_the_first_mail(tmp_path: Path) -> None:
    """What init writes passes check, runs at once, says where it listens, and ends with 0 on two Ctrl-C."""
    made = run_tkt("init", "here", folder=tmp_path)
    again = run_tkt("init", "here", folder=tmp_path)
    here = tmp_path / "here"
    port = own_ports(here / "tkt.toml")
    checked = run_tkt("check", "--config", "here/tkt.toml", folder=tmp_path)

    assert made.returncode == 0, made.stderr
    assert (again.returncode, "never overwrites" in again.stderr) == (1, True)
    assert (here / "keys" / "token.keys").stat().st_mode & 0o777 == 0o600
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "not for the open internet yet" in checked.stdout
    with running(tmp_path, "--config", "here/tkt.toml") as process:
        said = banner(process)
        used = sum(map(int, Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
        assert f"{HOST}:{port}" in said
        assert "desk            support" in said
        assert "send-sample" in said
        # processor time, as other work on this machine can not stretch it; nothing in between waits for anything else
        assert used / os.sysconf("SC_CLK_TCK") < BANNER_SECONDS
        sent = run_tkt("send-sample", folder=here)
        assert "took the mail" in sent.stdout, sent.stderr
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0
    assert "TKT-00001" in run_tkt("tickets", folder=here).stdout
    assert len(list((here / "var" / "outgoing" / "new").iterdir())) == 2
    assert (here / "var" / "tkt.db").stat().st_mode & 0o077 == 0


def test_without_a_word_of_configuration_it_runs_in_an_empty_folder(tmp_path: Path) -> None:
    """`tkt run` alone: the default desk on the default ports; where one of them is taken it says so in one line."""
    taken = [port for port in (2525, 8025) if not _free(port)]
    if taken:
        done = run_tkt("run", folder=tmp_path)
        assert (done.returncode, "cannot listen" in done.stderr) == (1, True)
        return
    with running(tmp_path) as process:
        said = banner(process)
        assert "127.0.0.1:2525" in said
        assert "support@localhost" in said
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
    assert (tmp_path / "var" / "keys" / "token.keys").stat().st_mode & 0o777 == 0o600


def _free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True


def test_check_says_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    """A desk, a key, a DKIM key, a password file, a mailbox's desk: each is named; exit code 1."""
    run_tkt("init", ".", folder=tmp_path)
    desk = tmp_path / "desks" / "support" / "desk.yaml"
    desk.write_text(desk.read_text().replace("priorities:", "prioritys:"))
    (tmp_path / "keys" / "token.keys").chmod(0o644)
    with (tmp_path / "tkt.toml").open("a") as config:
        config.write('[outgoing.dkim]\ndomain = "a.example"\nselector = "s"\nkey = "dkim.pem"\n')
        config.write('[[mailbox]]\nname = "box"\ndesk = "support"\nhost = "h"\nuser = "u"\npassword = {file = "pw"}\n')

    done = run_tkt("check", folder=tmp_path)

    assert done.returncode == 1
    for words in ("prioritys", "chmod 600", "dkim.pem", "mailbox box.password"):
        assert words in done.stderr


def test_a_tkt_toml_with_mistakes_is_refused_with_all_of_them(tmp_path: Path) -> None:
    """Every mistake with its key and the nearest word, exit code 2, from every command; a missing file likewise."""
    (tmp_path / "tkt.toml").write_text('[smtp]\nlisen = ["127.0.0.1:0"]\n[store]\npool = "many"\n')
    for command in ("run", "status", "check"):
        done = run_tkt(command, folder=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "smtp.lisen" in done.stderr
        assert "listen" in done.stderr
        assert "store.pool" in done.stderr
        assert "Traceback" not in done.stderr
    assert run_tkt("status", "--config", "none.toml", folder=tmp_path).returncode == 2


NEEDS_A_STORE = (
    *(("tickets",), ("show", "1"), ("outbox",), ("ledger",), ("status",), ("trace", "a@example.com"), ("reconcile",)),
    *(("requeue", "1"), ("hold", "outgoing"), ("resume",), ("release", "1"), ("backup", "b.db")),
)


def test_without_a_store_every_command_says_so_and_makes_none(tmp_path: Path) -> None:
    """One line that names `tkt run`, exit code 1; a mistyped folder never looks like a gateway that lost everything."""
    for words in (*NEEDS_A_STORE, ("attachments", "1", "out")):
        done = run_tkt(*words, folder=tmp_path)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), words
        assert "tkt run" in done.stderr
    assert "nobody listens" in run_tkt("send-sample", folder=_elsewhere(tmp_path)).stderr
    assert not (tmp_path / "var").exists()


def _elsewhere(folder: Path) -> Path:
    (folder / "quiet").mkdir()
    (folder / "quiet" / "tkt.toml").write_text(f'[smtp]\nlisten = ["{HOST}:{free_port()}"]\n')
    return folder / "quiet"


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    """SMTP's or HTTP's: one line with the address, exit code 1."""
    run_tkt("init", ".", folder=tmp_path)
    config = tmp_path / "tkt.toml"
    port = own_ports(config)
    with socket.create_server((HOST, port)):
        smtp = run_tkt("run", folder=tmp_path)
    http = int(next(line for line in config.read_text().splitlines() if "healthz" in line).split(":")[1].split('"')[0])
    with socket.create_server((HOST, http)):
        page = run_tkt("run", folder=tmp_path)

    for done, taken in ((smtp, port), (page, http)):
        assert done.returncode == 1
        assert f"cannot listen on {HOST}:{taken}" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.servers
def test_postgresql_is_refused_until_it_is_migrated(sink: SmtpSink) -> None:
    """Unmigrated, of a later version, away: each one line that says what to do; migrate twice is harmless."""
    with PostgreSQL(settings=DURABLE) as server:
        url = server.create_database("fresh")
        with Gateway(relay_port=sink.port, url=url) as node:
            (node.root / "keys").mkdir(mode=0o700)
            run_tkt("init", "keys-from", folder=node.root)
            (node.root / "keys-from" / "keys" / "token.keys").rename(node.root / "keys" / "token.keys")
            empty, asked = node.tkt("run"), node.tkt("tickets")
            first, second = node.tkt("migrate"), node.tkt("migrate")
            node.start()
            assert node.stop() == 0
            db = open_database(url)
            db.write_now(lambda conn: conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
            db.close()
            later, told = node.tkt("run"), node.tkt("migrate")
            server.stop()
            away, down = node.tkt("run"), node.tkt("status")
    for done, words in (
        (empty, "run tkt migrate"),
        (asked, "run tkt migrate"),
        (later, "9999"),
        (told, "use a newer tkt"),
        (away, "PostgreSQL"),
        (down, "PostgreSQL"),
    ):
        assert done.returncode == 1
        assert words in done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
    assert "(it was empty)" in first.stdout
    assert (second.returncode, "it was" in second.stdout) == (0, False)


def test_a_password_set_by_passwd_opens_auth_over_starttls(sink: SmtpSink) -> None:
    """A self-signed certificate suffices; the right password is taken, a wrong one is not, and none without TLS."""
    extra = {"smtp": {"certificate": "cert.pem", "key": "key.pem", "passwords": "passwords"}}
    with Gateway(relay_port=sink.port, extra=extra) as node:
        certificate = node.root / "cert.pem"
        write_certificate(certificate=certificate, key=node.root / "key.pem", names=["localhost"], addresses=[HOST])
        config = ("--config", str(node.config))
        agent = "marie@agents.example.test"
        short = run_tkt("passwd", agent, *config, folder=node.root, stdin="short\n")
        done = run_tkt("passwd", agent, *config, folder=node.root, stdin="a long password\n")
        node.prepare()
        node.start()
        with smtplib.SMTP(HOST, node.port, timeout=30) as client:
            client.ehlo()
            assert not client.has_extn("auth")
            client.starttls(context=ssl.create_default_context(cafile=str(certificate)))
            client.ehlo()
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login(agent, "another password")
            assert client.login(agent, "a long password")[0] == 235
            client.sendmail(agent, [DESK], f"From: {agent}\r\nTo: {DESK}\r\nSubject: hello\r\n\r\nhello\r\n")
        node.wait_until(node.settled, "settled")
        assert node.asked("ledger")[0]["peer"]["user"] == agent
        assert node.stop() == 0
        passwords = node.root / "passwords"
        assert passwords.stat().st_mode & 0o777 == 0o600
        assert "a long password" not in passwords.read_text()
    assert (short.returncode, "8 characters" in short.stderr) == (1, True)
    assert done.returncode == 0, done.stderr
