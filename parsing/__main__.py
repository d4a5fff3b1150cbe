"""The reading child: mails on stdin, messages on stdout, until stdin ends.

It is a process of its own so that it can be killed: whatever a mail does to it, the daemon goes on. Each mail may take
ten more seconds of CPU, all of it half a GiB; the parent watches the clock on the wall.
"""

from __future__ import annotations

import gc
import logging
import resource
import sys
from typing import Any, BinaryIO

from parsing.codec import dump, frame, load, message_to_json, read_frame
from parsing.limits import Limits
from parsing.message import Permanent
from parsing.reader import attachment_bytes, read


def main() -> None:
    """Serves requests until the stream ends. Nothing but frames is ever written to stdout."""
    limits = Limits()
    logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)  # a line for every odd part, with words of the mail
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_AS, limits.memory)
    gc.freeze()  # what was imported is never rubbish: not looked through again
    gc.set_threshold(20_000)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (header := read_frame(requests)) is not None and (raw := read_frame(requests)) is not None:
        _grant_cpu(limits.cpu)
        _answer(load(header), raw, answers, limits)


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _grant_cpu(seconds: int) -> None:
    """Seconds of CPU counted from now; at the end of them the kernel ends the process (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)


def _answer(request: dict[str, Any], raw: bytes, answers: BinaryIO, limits: Limits) -> None:
    if request["op"] == "read":
        answers.write(frame(dump(message_to_json(read(raw, limits)))))
    else:
        try:
            found, data = attachment_bytes(raw, request["index"], limits)
            told = {"filename": found.filename, "type": found.type, "problem": ""}
        except Permanent as error:
            told, data = {"filename": "", "type": "", "problem": str(error)}, b""
        answers.write(frame(dump(told)))
        answers.write(frame(data))
    answers.flush()


if __name__ == "__main__":
    main()
