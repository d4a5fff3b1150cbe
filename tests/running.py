"""What every real server of the tests has in common: a program, a directory, a free port, a process and its end.

A server is a context manager, waits until it can be talked to, and is ended by the process id that we started. Without
its program a test is skipped and names the Debian package that it wants; where TKT_REQUIRE_SERVERS=1 it fails instead.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 20.0
KILLED_SECONDS = 5.0
# Debian keeps the daemons out of a user's PATH
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/postfix/sbin"])


def missing(reason: str) -> None:
    """Skip, or fail where every server must be there."""
    if os.environ.get("TKT_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def require(binary: str, package: str) -> str:
    """The path of a program, or a skipped (with TKT_REQUIRE_SERVERS=1: failed) test that names its Debian package."""
    found = shutil.which(binary, path=PATH)
    if found is None:
        missing(f"{binary} is not installed: apt-get install {package}, or make test-servers")
    return str(found)


def ports() -> Iterator[int]:
    """Ports below those that the kernel gives to outgoing connections; each worker of a run has a range of its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    lowest = 10_000 + worker % PORT_RANGES * PORTS_EACH
    begin = os.getpid() * 37 % PORTS_EACH  # two runs on one machine rarely meet
    while True:
        for step in range(PORTS_EACH):
            yield lowest + (begin + step) % PORTS_EACH


PORT_RANGES, PORTS_EACH = 10, 2_200
_ports = ports()


def free_port() -> int:
    """A port that nobody listens on, and that this run has not given to anybody lately."""
    for port in _ports:
        with suppress(OSError), socket.create_server((HOST, port)):
            return port
    raise AssertionError("the ports never end")


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server takes connections; its log is the error when it ends instead, or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)  # a refused connect returns at once and there is nothing else to wait on
        else:
            return
    words = log.read_text(errors="replace")[-4000:] if log.exists() else ""
    raise RuntimeError(f"no server on port {port} (exit code {process.poll()}):\n{words}")


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Signal our process and wait for it; killed when it does not listen."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def kill_family(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for a server and all that descend from it, as a power cut would; returns when all of them are gone."""
    family = [process.pid]
    for pid in family:
        listing = Path(f"/proc/{pid}/task/{pid}/children")
        family += [int(child) for child in listing.read_text().split()] if listing.exists() else []
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + KILLED_SECONDS
    while any(map(lives, family)) and time.monotonic() < deadline:
        time.sleep(0.01)  # nobody tells of the end of a process that is not one's own child


def lives(pid: int) -> bool:
    """Whether a process still holds its sockets: it is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def room(name: str) -> Path:
    """A short directory open to other users: a Unix socket's path has 107 octets, and servers shed root."""
    # not TMPDIR, which may be too long
    path = Path(tempfile.mkdtemp(prefix=f"tkt-{name}-", dir="/tmp"))
    path.chmod(0o755)
    return path


class Server:
    """What the three have in common: a directory, a process, a log. `command` and `port` are theirs."""

    name = "server"

    def __init__(self) -> None:
        self.root = room(self.name)
        self.log = self.root / "log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def user(self) -> str | None:
        """Whom the process runs as; None is whoever runs the tests."""
        return None

    def start(self) -> None:
        """Until it takes connections."""
        with self.log.open("ab") as log:
            account = pwd.getpwnam(name) if (name := self.user()) else None
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.root,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,
            )
        wait_for_port(self.port, self.process, self.log)

    def running(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self.process

    def stop(self) -> None:
        """In good order."""
        end(self.running(), signal.SIGTERM)

    def kill(self) -> None:
        """At once, with every open connection."""
        kill_family(self.running())

    def restart(self) -> None:
        """On the same port, with the same data."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            self.stop()
        shutil.rmtree(self.root, ignore_errors=True)
