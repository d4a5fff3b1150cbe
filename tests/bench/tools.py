"""The bench's own processes, each of which talks to us by lines: the load, the relay, the bare servers."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Sent:
    """What the load saw, in seconds of the monotonic clock."""

    begun: float
    ended: float
    dots: dict[int, float]

    @property
    def seconds(self) -> float:
        """From the first octet to the last 250."""
        return self.ended - self.begun


def send(port: int, *, first: int, count: int, sessions: int = 16, rate: float | None = None) -> Sent:
    """Hand over mails, each answered by a 250; raises when one is not."""
    words = ["--port", port, "--first", first, "--count", count, "--sessions", sessions]
    words += ["--rate", rate] if rate else []
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", *map(str, words)], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load failed: {done.stderr.decode()[-2000:]}")
    seen = json.loads(done.stdout)
    return Sent(seen["begun"], seen["ended"], {int(number): at for number, at in seen["dots"].items()})


class Tool:
    """A module of the bench as a process; `port` is its first line."""

    def __init__(self, module: str, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.{module}", *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._line())

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def ask(self, words: str) -> str:
        """One line there, one line back."""
        if self._process.stdin is None:
            raise RuntimeError("no pipe")
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended")
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


class Relay(Tool):
    """The sink of `relay.py`."""

    def __init__(self) -> None:
        super().__init__("relay")

    def count(self) -> int:
        """How many mails it has taken."""
        return int(self.ask("count"))

    def wait(self, count: int, *, seconds: float) -> int:
        """How many it has taken, once there are so many or the time is over."""
        return int(self.ask(f"wait {count} {seconds}"))

    def taken(self) -> list[tuple[float, str, str]]:
        """All of them: seconds, recipient, Message-ID."""
        return [(at, to, name) for at, to, name in json.loads(self.ask("dump"))]
