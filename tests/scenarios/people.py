"""What the tests of the commands have in common: a customer's mail as it comes from another server, and a terminal."""

import os
import pty
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

from tests.crash.gateway import DESK, TKT
from tests.running import HOST

ANNA = "anna@customer.example"
QUEUE_ID = "4XyZ12abcD"


def question(*, sender: str = ANNA, subject: str = "I can not log in", text: str = "It says so.\n") -> EmailMessage:
    """A mail that has passed two servers before it came to us."""
    mail = EmailMessage()
    mail["Received"] = (
        f"from client.customer.example by mx.customer.example (Postfix) with ESMTPSA id {QUEUE_ID} "
        f"for <{DESK}>; Mon, 05 Jan 2026 09:00:00 +0000"
    )
    mail["From"] = f"Anna Nowak <{sender}>"
    mail["To"] = DESK
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{abs(hash((sender, subject, text)))}@customer.example>"
    mail["Date"] = "Mon, 05 Jan 2026 09:00:00 +0000"
    mail.set_content(text)
    return mail


def post(port: int, mail: EmailMessage, *, sender: str = ANNA) -> None:
    """Over SMTP, as the customer's server does."""
    with smtplib.SMTP(HOST, port, timeout=30) as client:
        client.send_message(mail, from_addr=sender, to_addrs=[DESK])


def run_tkt(*words: str, folder: Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """One command in a folder, without a word about the configuration."""
    return subprocess.run(
        [*TKT, *words],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
        timeout=60,
    )


def at_terminal(*words: str, columns: int = 80, **environment: str) -> str:
    """What a person sees who types a command at a terminal so wide."""
    master, slave = pty.openpty()
    size = {"COLUMNS": str(columns), "LINES": "40", "TERM": "xterm"}
    process = subprocess.Popen(
        [*TKT, *words], stdin=slave, stdout=slave, stderr=slave, env={**os.environ, **size, **environment}
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # the other end is closed: that is how a terminal says it
            break
        if not data:
            break
        seen += data
    os.close(master)
    process.wait(60)
    return seen.decode(errors="replace").replace("\r\n", "\n")
