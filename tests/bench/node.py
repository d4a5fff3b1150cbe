"""The gateway of the bench: a real `tkt run` in a folder of its own, and what may be done to it from outside."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.bench.mails import AGENT, DESK
from tests.bench.processes import family
from tests.crash.gateway import toml
from tests.running import HOST, end, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
TKT = (sys.executable, "-c", "from gateway.cli import main; main()")
READY_SECONDS = 60.0


def wait_until(true: Callable[[], bool], what: str, *, seconds: float) -> None:
    """Look again and again; raises after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not {what} after {seconds:g} s")
        time.sleep(0.02)


def write_dkim_key(path: Path) -> None:
    """An RSA key of 2048 bits."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


class Node:
    """`with Node(folder, url=…, relay_port=…) as node:`; started when entered, ended by SIGTERM. The folder stays."""

    def __init__(
        self,
        folder: Path,
        *,
        url: str | None,
        relay_port: int,
        dkim: bool = False,
        mailbox: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.port, self.http = folder, free_port(), free_port()
        self.told = folder / "stages.json"  # written at SIGUSR2: see tests.bench.watched
        self.url = url or f"sqlite:///{folder}/var/tkt.db"
        self._environment = {**_clean(), **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        _write_desk(folder / "desks" / "support")
        _write_keys(folder / "keys")
        tables: dict[str, dict[str, Any]] = {
            "": {"var": "var", "desks": "desks", "keys": "keys"},
            "store": {"url": self.url},
            "smtp": {"listen": [f"{HOST}:{self.port}"], "hostname": "desk.example.test"},
            "http": {"listen": f"{HOST}:{self.http}"},
            "relay": {"host": HOST, "port": relay_port, "tls": "none"},
        }
        if dkim:
            write_dkim_key(folder / "dkim.pem")
            tables["outgoing.dkim"] = {"domain": "desk.example.test", "selector": "bench", "key": "dkim.pem"}
        if mailbox:
            tables["[mailbox]"] = dict(mailbox)
        (folder / "tkt.toml").write_text(toml(tables))

    @property
    def pid(self) -> int:
        """The daemon's."""
        if self._process is None:
            raise RuntimeError("the gateway was not started")
        return self._process.pid

    def migrate(self) -> None:
        """The tables of PostgreSQL, which an operator makes once."""
        subprocess.run([*TKT, "migrate", "--config", "tkt.toml"], cwd=self.folder, check=True, env=self._environment)

    def start(self) -> None:
        """Until /readyz is 200; the log is the error when it ends instead."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench.watched", str(self.told), "run", "--config", "tkt.toml"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self._environment,
                start_new_session=True,
            )
        wait_until(self._ready, "ready", seconds=READY_SECONDS)

    def check_alive(self) -> None:
        """Raises, with its last words, when it has ended."""
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"the gateway ended:\n{self.tail()}")

    def _ready(self) -> bool:
        self.check_alive()
        try:
            with socket.create_connection((HOST, self.http), timeout=5) as channel:
                channel.sendall(f"GET /readyz HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
                return channel.recv(65536).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def tail(self) -> str:
        """Its last words."""
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def hold_readers(self, which: signal.Signals = signal.SIGSTOP) -> None:
        """Freeze the children that read mail: the worker waits for them, and nothing is decided until SIGCONT."""
        for pid in family(self.pid)[1:]:
            os.kill(pid, which)

    def freeze(self, which: signal.Signals = signal.SIGSTOP) -> None:
        """The daemon itself."""
        os.kill(self.pid, which)

    def stop(self) -> None:
        """In good order."""
        if self._process is not None:
            self.hold_readers(signal.SIGCONT)
            end(self._process, signal.SIGTERM)

    def kill(self) -> None:
        """At once: what is undone stays so."""
        if self._process is not None:
            self.hold_readers(signal.SIGCONT)
            end(self._process, signal.SIGKILL)

    def __enter__(self) -> Self:
        if self.url.startswith("postgresql"):
            self.migrate()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()
        if error is not None:
            print(self.tail(), file=sys.stderr)


def _clean() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TKT_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _write_desk(folder: Path) -> None:
    """The ready desk with our address and one agent."""
    ready = ROOT / "rules" / "desks" / "default"
    shutil.copytree(ready, folder, dirs_exist_ok=True)
    desk = yaml.safe_load((ready / "desk.yaml").read_text())
    desk["address"], desk["people"] = DESK, {"alex": {"name": "Alex Agent", "mail": AGENT}}
    desk["limits"].update(staff_10min=1_000_000, breaker_10min=1_000_000)  # every mail, and each by itself
    (folder / "desk.yaml").write_text(yaml.safe_dump(desk, allow_unicode=True))


def _write_keys(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "token.keys"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32) + "\n")
