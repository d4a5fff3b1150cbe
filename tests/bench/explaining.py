"""What `tkt explain --json` costs for a whole folder: CPU a mail, the slowest ten, and memory that does not grow.

The mails are our own: the golden ones, whatever lies below tests/mail, and generated ones as people send them (short
answers, long threads, HTML, files). The slowest are found one by one in this process, by the same steps.
"""

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from gateway.config import Config
from gateway.explain_json import as_json, encoded
from gateway.explained import make_judge
from parsing.reader import read
from tests.bench.mails import mail
from tests.bench.processes import rss_mib
from tests.parsing import golden

KEPT = Path(__file__).resolve().parent.parent / "mail"
TKT = (sys.executable, "-c", "from gateway.cli import main; main()", "explain", "--json")
SLOWEST = 10
LOOK = 0.05
WORDS = "The printer on the second floor does not answer since this morning, and nobody has touched it."


@dataclass(frozen=True)
class Cost:
    """CPU of the call and its children for each mail, start-up included, and the most that all of them held at once."""

    mails: int
    cpu_ms: float
    rss_mib: float


def fill(folder: Path, count: int) -> None:
    """So many mails: all kinds of ours in turn, each under a name that says what it is."""
    folder.mkdir()
    kinds = dict(_kinds())
    names = list(kinds)
    for number in range(count):
        name = names[number % len(names)]
        (folder / f"{number:05d} {name}.eml").write_bytes(kinds[name])


def _kinds() -> Iterator[tuple[str, bytes]]:
    for table in (golden.REPLIES, golden.FORWARDS):
        for name, found in table.items():
            yield f"golden {name}".replace("/", " "), found if isinstance(found, bytes) else found.raw
    for path in sorted(KEPT.rglob("*.eml")):
        yield f"mail {path.parent.name} {path.stem}", path.read_bytes()
    for number in range(10):
        yield f"plain {number}", mail(number)
    for levels in (1, 10, 100):
        yield f"thread of {levels}", _thread(levels)
    for size in (10, 200):
        yield f"html of {size} paragraphs", _html(size)
    for size in (20_000, 1_000_000):
        yield f"file of {size} octets", _with_file(size)


def _written(subject: str, text: str) -> EmailMessage:
    written = EmailMessage(policy=SMTP)
    written["From"], written["To"] = "Anna Nowak <anna@people.example>", "Support <support@localhost>"
    written["Subject"], written["Message-ID"] = subject, "<one@people.example>"
    written["Date"] = "Fri, 20 Nov 2026 10:00:00 +0100"
    written.set_content(text)
    return written


def _thread(levels: int) -> bytes:
    lines = ["I still wait.", ""]
    for level in range(levels):
        bar = "> " * min(level, 40)
        lines += [f"{bar}On Thu, 19 Nov 2026 at 10:{level % 60:02d}, Support <support@localhost> wrote:"]
        lines += [f"{bar}> {WORDS}" for _ in range(6)]
    return _written("Re: Printer", "\n".join(lines) + "\n").as_bytes()


def _html(paragraphs: int) -> bytes:
    written = _written("Printer", WORDS)
    body = "".join(
        f'<p style="margin:0"><span>{WORDS}</span> <a href="https://e.example/{n}">here</a></p>\n'
        for n in range(paragraphs)
    )
    written.add_alternative(f"<html><body>{body}<blockquote>{body}</blockquote></body></html>", subtype="html")
    return written.as_bytes()


def _with_file(size: int) -> bytes:
    written = _written("The log", WORDS)
    written.add_attachment(os.urandom(size), maintype="application", subtype="octet-stream", filename="log.bin")
    return written.as_bytes()


def explained(folder: Path, *, base: Path) -> Cost:
    """One call over a folder, from a folder without a configuration."""
    base.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen([*TKT, str(folder)], cwd=base, env=environment, stdout=subprocess.DEVNULL)
    most = 0.0
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        most = max(most, rss_mib(process.pid))
        time.sleep(LOOK)  # memory has to be looked at while it is held
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"tkt explain ended with exit code {process.returncode}")
    count = sum(1 for _ in folder.iterdir())
    return Cost(count, (used.ru_utime + used.ru_stime) * 1000 / count, most)


def slowest(folder: Path, *, base: Path) -> list[tuple[float, str]]:
    """The ten kinds of mail that cost most, dearest first, in ms of CPU; of each kind the cheapest time counts."""
    return asyncio.run(_slowest(folder, base=base))


async def _slowest(folder: Path, *, base: Path) -> list[tuple[float, str]]:
    logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)  # as the reading child does
    judge = make_judge(Config(base=base))
    costs: dict[str, float] = {}
    for path in sorted(folder.iterdir()):
        raw, kind, begun = path.read_bytes(), path.stem.partition(" ")[2], time.process_time()
        encoded(as_json(await judge.of_file(read(raw))))
        cost = (time.process_time() - begun) * 1000
        costs[kind] = min(cost, costs.get(kind, cost))
    return sorted(((cost, kind) for kind, cost in costs.items()), reverse=True)[:SLOWEST]
