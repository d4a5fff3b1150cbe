"""strace on a running gateway: faults put into its system calls, and the order of what it read, synced and wrote."""

import re
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.running import end, require, room

CALL = re.compile(r"^(?P<pid>\d+) +(?P<name>\w+)\((?P<words>.*)\) += (?P<result>-?\d+|\?)")
UNFINISHED = re.compile(r"^(?P<pid>\d+) +(?P<name>\w+)\((?P<words>.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^(?P<pid>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<words>.*)\) += (?P<result>-?\d+|\?)")
QUEUED = '"250 2.0.0 OK: queued'


@dataclass(frozen=True)
class Call:
    """One system call: `began` and `ended` are places in the order of all."""

    name: str
    words: str
    result: str
    began: int
    ended: int

    @property
    def descriptor(self) -> str:
        """Its first argument, with what strace -y says of it."""
        return self.words.partition(",")[0]


@dataclass(frozen=True)
class Answer:
    """A 250 after a dot, and whether what proves it lies between the two."""

    text: str
    proven: bool


class Trace:
    """`with Trace(pid, ...)`: strace is attached when the block begins, and gone when it ends."""

    def __init__(self, pid: int, *words: str) -> None:
        self._folder = room("strace")
        self._file = self._folder / "trace"
        self._command = [
            require("strace", "strace"),
            "-f",
            "-s",
            "20000",
            "-o",
            str(self._file),
            *words,
            "-p",
            str(pid),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        stream = self._process.stderr
        if stream is None or b"attached" not in (line := stream.readline()):
            raise RuntimeError(f"strace: {line.decode(errors='replace')}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            end(self._process, signal.SIGINT)
            if self._process.stderr is not None:
                self._process.stderr.close()
        self._lines = self._file.read_text(errors="replace").splitlines() if self._file.exists() else []
        self._file.unlink(missing_ok=True)
        Path(self._folder).rmdir()

    def calls(self) -> list[Call]:
        """All calls in the order of their ends."""
        open_calls: dict[str, tuple[str, str, int]] = {}
        found = []
        for place, line in enumerate(self._lines):
            if match := UNFINISHED.match(line):
                open_calls[match["pid"]] = (match["name"], match["words"], place)
            elif match := RESUMED.match(line):
                name, words, began = open_calls.pop(match["pid"], (match["name"], "", place))
                found.append(Call(name, words + match["words"], match["result"], began, place))
            elif match := CALL.match(line):
                found.append(Call(match["name"], match["words"], match["result"], place, place))
        return found

    def answers(self, proves: Callable[[Call], bool]) -> list[Answer]:
        """Each 250 after a dot; proven when a call that `proves` it ended after the dot was read and before the 250."""
        dots: dict[str, int] = {}
        proofs: list[Call] = []
        answers = []
        for call in self.calls():
            if call.name in ("recvfrom", "read") and call.result.isdigit() and call.result != "0":
                dots[call.descriptor] = call.ended  # the client waits after its dot: what it said last ended with it
            elif call.name in ("sendto", "write") and QUEUED in call.words:
                dot = dots.pop(call.descriptor, len(self._lines))
                answers.append(
                    Answer(call.words[:120], any(dot < one.began and one.ended < call.began for one in proofs))
                )
            if proves(call):
                proofs.append(call)
        return answers
