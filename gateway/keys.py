"""The keys that sign our tokens: one file of mode 0600, the first line signs, all lines verify.

To rotate, put a new line on top and leave the old ones until their tokens have expired.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from parsing.message import Permanent
from parsing.tokens import Keys

KEY_FILE = "token.keys"
KEY_OCTETS = 32


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


def load_keys(folder: Path) -> Keys:
    """Read the key file; raises `Permanent` with what to do when it can not be used."""
    file = folder / KEY_FILE
    try:
        if file.stat().st_mode & 0o077:
            raise Permanent(f"{file}: others can read it; chmod 600 {file}")
        lines = [line.strip() for line in file.read_text("ascii").splitlines() if line.strip()]
        keys = tuple(bytes.fromhex(line) for line in lines)
    except FileNotFoundError:
        raise Permanent(f"{file}: there is no key file; `tkt init DIR` writes one") from None
    except ValueError:
        raise Permanent(f"{file}: a line is not {2 * KEY_OCTETS} hex digits") from None
    if not keys or any(len(key) < KEY_OCTETS for key in keys):
        raise Permanent(f"{file}: needs at least one line of {2 * KEY_OCTETS} hex digits")
    return Keys(current=keys[0], older=keys[1:])
