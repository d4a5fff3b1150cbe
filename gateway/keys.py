"""The keys that sign our tokens: one file of mode 0600, the first line signs, all lines verify until their day.

`tkt rotate-keys` puts a fresh key on top and gives the one before a last day: what it signed is good until then, and a
forgery or a leak of it no longer than that.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from parsing.message import Permanent
from parsing.tokens import Keys

KEY_FILE = "token.keys"
KEY_OCTETS = 32
UNTIL = " until "  # between a key that signs no more and its last day
OVERLAP = 365  # days that an old key's tokens stay good: as long as anybody answers an old mail


def new_key() -> str:
    """A fresh key as it stands in the file: 64 hex digits."""
    return secrets.token_hex(KEY_OCTETS)


def create_keys(folder: Path) -> Path:
    """Write a key file with one fresh key unless there is one; never overwrites."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / KEY_FILE
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(new_key() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    return file


def load_keys(folder: Path, *, today: date | None = None) -> Keys:
    """Read the key file; raises `Permanent` with what to do when it can not be used."""
    file = folder / KEY_FILE
    found = [bytes.fromhex(key) for key, last in _lines(file) if last is None or last >= (today or _today())]
    if not found or any(len(key) < KEY_OCTETS for key in found):
        raise Permanent(f"{file}: needs at least one line of {2 * KEY_OCTETS} hex digits")
    return Keys(current=found[0], older=tuple(found[1:]))


def rotate_keys(folder: Path, *, overlap: int = OVERLAP, today: date | None = None) -> date:
    """A fresh key signs from the next start on; the one before verifies for `overlap` days more. Returns its last day.

    Lines whose day has passed are left out. The file is whole at every moment. Raises `Permanent`.
    """
    load_keys(folder, today=today)
    now = today or _today()
    last_day = now + timedelta(days=overlap)
    file = folder / KEY_FILE
    (key, _), *older = _lines(file)
    kept = [(new_key(), None), (key, last_day), *(line for line in older if line[1] is None or line[1] >= now)]
    text = "".join(one + (f"{UNTIL}{last}" if last else "") + "\n" for one, last in kept)
    fresh = folder / f"{KEY_FILE}.new"
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
    folder_fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder_fd)
    finally:
        os.close(folder_fd)
    return last_day


def _today() -> date:
    return datetime.now(UTC).date()


def _lines(file: Path) -> list[tuple[str, date | None]]:
    """Each key in hex, with the last day on which it verifies."""
    try:
        if file.stat().st_mode & 0o077:
            raise Permanent(f"{file}: others can read it; chmod 600 {file}")
        lines = [line.strip().partition(UNTIL) for line in file.read_text("ascii").splitlines() if line.strip()]
        return [(bytes.fromhex(key).hex(), date.fromisoformat(last) if last else None) for key, _, last in lines]
    except FileNotFoundError:
        raise Permanent(f"{file}: there is no key file; `tkt init DIR` writes one") from None
    except ValueError:
        raise Permanent(f"{file}: a line is not {2 * KEY_OCTETS} hex digits, or its day is none") from None
