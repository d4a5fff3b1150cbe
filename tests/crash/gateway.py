"""A real gateway as a subprocess: its folder, its tkt.toml, its life and death, and what `tkt` says of it.

Everything here is black box: ports, standard error, exit codes, the commands of a person. A process is only ever
ended by the id that we started.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from gateway.passwords import set_password
from tests.running import HOST, free_port, room

ROOT = Path(__file__).resolve().parent.parent.parent
DESK = "support@desk.example.test"
AGENTS = {"marie": "marie@agents.example.test", "karim": "karim@agents.example.test"}
UNSETTLED = (("delivery", "waiting"), ("delivery", "taken"), ("mail", "queued"), ("mail", "taken"))
READY_SECONDS = 60.0
PASSWORD = "correct horse battery staple"  # of both agents
TKT = (sys.executable, "-c", "from gateway.cli import main; main()")


def write_desk(folder: Path, **limits: int) -> None:
    """The ready desk with our address and two agents, who get each mail by itself unless `limits` says otherwise."""
    ready = ROOT / "rules" / "desks" / "default"
    folder.mkdir(parents=True)
    desk = yaml.safe_load((ready / "desk.yaml").read_text())
    desk["address"] = DESK
    desk["people"] = {name: {"name": name.title(), "mail": mail} for name, mail in AGENTS.items()}
    desk["limits"].update({"staff_10min": 1_000_000, "breaker_10min": 1_000_000, **limits})
    (folder / "desk.yaml").write_text(yaml.safe_dump(desk, allow_unicode=True))
    (folder / "rules.yaml").write_text((ready / "rules.yaml").read_text())


def toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """tkt.toml for values that JSON and TOML write alike; a name in double brackets is one of several."""
    lines = []
    for name, values in tables.items():
        lines.append(f"[{name}]" if name else "")
        lines += [f"{key} = {_toml_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {json.dumps(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


class Gateway:
    """One node. `with Gateway(relay_port=sink.port) as node: node.start()`; the folder is gone afterwards.

    `lines` is all of its standard error over all of its lives. `shared` is another node whose keys and database this
    one uses.
    """

    def __init__(
        self,
        *,
        relay_port: int,
        url: str | None = None,
        shared: "Gateway | None" = None,
        extra: Mapping[str, Mapping[str, Any]] | None = None,
        var: Path | None = None,
        environment: Mapping[str, str] | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        self.root = room("gateway")
        self.port, self.http = free_port(), free_port()
        self.lines: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = dict(environment or {})
        self.keep = False  # the folder, for a look
        self.fate = ""  # the failpoints of this life
        self._changed = threading.Condition()
        self._readers: list[threading.Thread] = []
        self.url: str = url or (shared.url if shared else f"sqlite:///{(var or self.root / 'var') / 'tkt.db'}")
        write_desk(self.root / "desks" / "support", **(limits or {}))
        tables: dict[str, dict[str, Any]] = {
            "": {
                "var": str(var or self.root / "var"),
                "desks": "desks",
                "keys": str(shared.root / "keys" if shared else self.root / "keys"),
            },
            "store": {"url": self.url},
            "smtp": {
                "listen": [f"{HOST}:{self.port}"],
                "hostname": "desk.example.test",
                "passwords": str((shared or self).root / "passwords"),
            },
            "http": {"listen": f"{HOST}:{self.http}"},
            "relay": {"host": HOST, "port": relay_port, "tls": "none", "retry_seconds": [1.0]},
        }
        for name, values in (extra or {}).items():
            tables[name] = {**tables.get(name, {}), **values}
        if shared is None:
            for agent in AGENTS.values():
                set_password(self.root / "passwords", agent, PASSWORD)
        self.config = self.root / "tkt.toml"
        self.config.write_text(toml(tables))

    # -- its life

    def prepare(self) -> None:
        """Keys and, on PostgreSQL, the tables: what an operator does once."""
        keys = self.root / "keys"
        keys.mkdir(mode=0o700)
        (keys / "token.keys").touch(mode=0o600)
        (keys / "token.keys").write_text(secrets.token_hex(32) + "\n")
        if self.url.startswith("postgresql"):
            done = self.tkt("migrate")
            if done.returncode != 0:
                raise RuntimeError(f"tkt migrate: {done.stdout}{done.stderr}")

    def start(self, *, failpoints: str = "", wrapper: Sequence[str] = (), wait: bool = True) -> None:
        """Until it says that it is ready. `failpoints` as TKT_FAILPOINTS takes them, `wrapper` runs it (strace)."""
        self.fate = failpoints
        self.process = subprocess.Popen(
            [*wrapper, *TKT, "run", "--config", str(self.config), *(["--failpoints"] if failpoints else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**_environment(), **self.environment, **({"TKT_FAILPOINTS": failpoints} if failpoints else {})},
            start_new_session=True,
        )
        reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        reader.start()
        self._readers.append(reader)
        if wait:
            self.wait_ready()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        stream = process.stderr
        if stream is None:
            raise RuntimeError("standard error is a pipe")
        with stream:
            for line in stream:
                with self._changed:
                    self.lines.append(line.decode(errors="replace").rstrip("\n"))
                    self._changed.notify_all()

    def running(self) -> subprocess.Popen[bytes]:
        """The process of this life."""
        if self.process is None:
            raise RuntimeError("the gateway was not started")
        return self.process

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def wait_ready(self) -> None:
        """Until /readyz is 200; its last words are the error when it ends instead."""
        self.wait_until(lambda: self._http("/readyz").startswith("HTTP/1.1 200"), "ready", seconds=READY_SECONDS)

    def _http(self, path: str) -> str:
        try:
            with socket.create_connection((HOST, self.http), timeout=5) as channel:
                channel.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
                return b"".join(iter(lambda: channel.recv(65536), b"")).decode(errors="replace")
        except OSError:
            return ""

    def ready(self) -> bool:
        """What /readyz says now."""
        return self._http("/readyz").startswith("HTTP/1.1 200")

    def listening(self) -> bool:
        """Whether SMTP takes connections now."""
        try:
            socket.create_connection((HOST, self.port), timeout=5).close()
        except OSError:
            return False
        return True

    def greeting(self) -> str:
        """What SMTP says first, or nothing."""
        try:
            with socket.create_connection((HOST, self.port), timeout=5) as channel:
                return channel.recv(512).decode(errors="replace")
        except OSError:
            return ""

    def settled(self) -> bool:
        """Whether no delivery is unfinished and no mail waits."""
        seen = self.metrics()
        return seen.get("tkt_store_readable") == 1 and not any(seen.get(_row(*which), 0) for which in UNSETTLED)

    def rows(self, kind: str, state: str) -> float:
        """How many rows of a kind are in a state, as /metrics tells it."""
        return self.metrics().get(_row(kind, state), 0)

    def children(self) -> list[int]:
        """The processes that it has started and that live."""
        pid = self.running().pid
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]

    def metrics(self) -> dict[str, float]:
        """/metrics by name (labels and all)."""
        lines = self._http("/metrics").partition("\r\n\r\n")[2].splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[:1].isalpha()}

    def wait_until(self, true: Callable[[], bool], what: str, *, seconds: float = 30.0, dead: bool = False) -> None:
        """Until `true()`; an ended process (unless `dead`) or the time is an error that shows the last lines."""
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline or (not dead and not self.alive()):
                raise RuntimeError(f"not {what}; exit {self.running().poll()}\n{self.tail()}")
            with self._changed:
                self._changed.wait(0.05)  # a line of the journal is the usual reason for another look

    def wait_line(self, words: str, *, after: int = 0, seconds: float = 30.0, dead: bool = False) -> str:
        """The first line from number `after` on that has all of `words`."""

        def found() -> list[str]:
            return [line for line in self.lines[after:] if all(word in line for word in words.split())]

        self.wait_until(lambda: bool(found()), f"seen: {words}", seconds=seconds, dead=dead)
        return found()[0]

    def has_line(self, words: str) -> bool:
        """Whether a line has all of `words`."""
        return any(all(word in line for word in words.split()) for line in self.lines)

    def kill(self) -> None:
        """SIGKILL for the process alone: its children must notice by themselves."""
        self.running().kill()
        self.reap()

    def reap(self, seconds: float = 40.0) -> int:
        """The exit code, once it has ended."""
        return self.running().wait(seconds)

    def signal(self, which: signal.Signals) -> None:
        """To the process alone."""
        self.running().send_signal(which)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.signal(signal.SIGTERM)
        return self.reap()

    def tail(self, count: int = 40) -> str:
        """Its last words."""
        return "\n".join(self.lines[-count:])

    def orphans(self) -> list[int]:
        """Processes of this gateway's sessions that outlived their parent."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, parent, _, session = stat.read_text().rpartition(")")[2].split()[:4]
            except (OSError, ValueError):
                continue
            if state != "Z" and parent == "1" and int(session) in self._sessions():
                found.append(int(stat.parent.name))
        return found

    def _sessions(self) -> set[int]:
        return {self.process.pid} if self.process else set()

    # -- what a person would ask

    def tkt(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command, against this node's configuration."""
        return subprocess.run(
            [*TKT, *words, "--config", str(self.config)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={**_environment(), **self.environment},
            timeout=120,
        )

    def asked(self, *words: str) -> Any:
        """What a command prints with --json; its failure is ours."""
        done = self.tkt(*words, "--json")
        if done.returncode != 0:
            raise RuntimeError(
                f"tkt {' '.join(words)}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return json.loads(done.stdout)

    # -- opened and closed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.alive():
            self.signal(signal.SIGCONT)
            self.kill()
        for reader in self._readers:
            reader.join(5)
        if error is None and not self.keep:
            shutil.rmtree(self.root, ignore_errors=True)
        elif error is not None:
            print(f"kept for a look: {self.root}\n{self.tail()}", file=sys.stderr)


def _row(kind: str, state: str) -> str:
    return f'tkt_rows{{kind="{kind}",state="{state}"}}'


def _environment() -> dict[str, str]:
    """Ours without what would steer the gateway, or make each of its many starts compile every library anew."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TKT_") and name != "PYTHONDONTWRITEBYTECODE"
    }
