"""Is there room on the disk? Asked before a mail is taken, so that a full disk is answered 452 before the cliff."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

SHARE_KEPT = 0.01
MAILS_KEPT = 1.5
INODES_KEPT = 100
ASK_EVERY = 1.0  # seconds: the question costs a system call, and the answer does not change faster


def has_space(folder: Path, largest_mail: int) -> Callable[[], bool]:
    """A function that says whether one more of the largest mails has room; it remembers its answer for a second."""
    asked_at, answer = -ASK_EVERY, True

    def ask() -> bool:
        nonlocal asked_at, answer
        if time.monotonic() - asked_at >= ASK_EVERY:
            asked_at, answer = time.monotonic(), enough(folder, largest_mail)
        return answer

    return ask


def enough(folder: Path, largest_mail: int) -> bool:
    """True when the file system of `folder` has room for 1.5 of the largest mail, one percent and 100 inodes."""
    try:
        usage = shutil.disk_usage(folder)
        files = os.statvfs(folder)
    except OSError:
        return False
    inodes = files.f_files == 0 or files.f_favail >= INODES_KEPT  # some file systems count none
    return (
        inodes
        and usage.free >= min(MAILS_KEPT * largest_mail, 0.5 * usage.total)
        and (usage.free >= SHARE_KEPT * usage.total)
    )
