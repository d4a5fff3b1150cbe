"""`tkt explain` of files: what it prints for people and for programs, and that nothing in a mail breaks either."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

MAIL = b"""From: Anna Nowak <anna@example.com>
To: Support <support@localhost>
Message-ID: <one@example.com>
Subject: I can not log in
Date: Wed, 04 Nov 2026 10:00:00 +0100

The page says "unknown user".

On Tue, 3 Nov 2026, Support wrote:
> Have you tried?
"""
FIRST = [
    "subject", "from", "to", "cc", "message_id", "date", "text", "reply_text", "cut_text", "attachments", "kind",
    "confidence", "why", "bounce", "defects", "decision",
]  # fmt: skip


def tkt(*words: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "gateway.cli", "explain", *words]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, check=False, timeout=60)


def objects(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_a_file_is_one_object_with_the_promised_keys(tmp_path: Path) -> None:
    """A file's object begins with the keys that programs rely on, and tells sender, words and decision."""
    (tmp_path / "mail.eml").write_bytes(MAIL)

    done = tkt("mail.eml", "--json", folder=tmp_path)
    found = json.loads(done.stdout)

    assert (done.returncode, done.stderr) == (0, b"")
    assert list(found)[: len(FIRST)] == FIRST
    assert found["from"] == {"address": "anna@example.com", "name": "Anna Nowak"}
    assert found["reply_text"].strip() == 'The page says "unknown user".'
    assert found["reply_text"] + found["cut_text"] == found["text"]
    assert found["bounce"] is None
    assert (found["decision"]["outcome"], found["decision"]["desk"]) == ("opened", "support")
    assert [mail["to"] for mail in found["decision"]["mails"]] == ["anna@example.com", "agent@localhost"]


def test_a_folder_is_one_line_a_mail(tmp_path: Path) -> None:
    """Each file of a folder is one line with its name, in the order of the names, folders in it left alone."""
    folder = tmp_path / "mails"
    (folder / "deeper").mkdir(parents=True)
    (folder / "b.eml").write_bytes(MAIL)
    (folder / "a.eml").write_bytes(b"")

    done = tkt("mails", "--json", folder=tmp_path)

    assert done.returncode == 0
    assert [list(found)[:2] for found in objects(done)] == [["file", "subject"]] * 2
    assert [found["file"] for found in objects(done)] == ["a.eml", "b.eml"]
