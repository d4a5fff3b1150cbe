"""The passwords of agents who submit by SMTP AUTH: one `address:scrypt hash` a line, mode 0600.

`tkt passwd ADDRESS` writes the file, the SMTP listener reads it at each login, so a change needs no restart. A check
takes the same time whether or not the address is known. Everything here blocks (scrypt is 50 ms of CPU): call it in
a thread.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
import unicodedata
from pathlib import Path

from parsing.message import Permanent, Temporary

# RFC 7914: 2^15 · 8 · 128 bytes are 32 MiB for one check
_LOG_N, _R, _P = 15, 8, 1
_MAX_LOG_N, _MAX_R, _MAX_P = 17, 16, 4
_MAX_PASSWORD = 1024


def hash_password(password: str, *, salt: bytes | None = None) -> str:
    """`$scrypt$ln=15,r=8,p=1$salt$hash` with a fresh salt; raises `Permanent` for an empty or overlong password."""
    if not password or len(password) > _MAX_PASSWORD:
        raise Permanent(f"a password has 1 to {_MAX_PASSWORD} characters")
    salt = secrets.token_bytes(16) if salt is None else salt
    digest = _scrypt(password, salt, _LOG_N, _R, _P)
    return f"$scrypt$ln={_LOG_N},r={_R},p={_P}${_encode(salt)}${_encode(digest)}"


def matches(password: str, hashed: str) -> bool:
    """Whether `password` made `hashed`, compared in constant time; a hash that cannot be read matches nothing."""
    try:
        _, name, numbers, salt, digest = hashed.split("$")
        cost = {key: int(value) for key, _, value in (item.partition("=") for item in numbers.split(","))}
        log_n, r, p, expected = cost["ln"], cost["r"], cost["p"], _decode(digest)
        salt_bytes = _decode(salt)
    except (ValueError, KeyError):
        return False
    if name != "scrypt" or not (1 <= log_n <= _MAX_LOG_N and 1 <= r <= _MAX_R and 1 <= p <= _MAX_P) or not expected:
        return False
    return hmac.compare_digest(_scrypt(password, salt_bytes, log_n, r, p), expected)


def verify(file: Path, address: str, password: str) -> bool:
    """Whether `file` knows `address` with `password`; raises what `read_passwords` raises."""
    hashed = read_passwords(file).get(address.lower())
    if not password or len(password) > _MAX_PASSWORD:
        return False
    found = matches(password, hashed or _NOBODY)
    return found and hashed is not None


def read_passwords(file: Path) -> dict[str, str]:
    """Address (lower case) → hash. A missing file knows nobody.

    Raises `Permanent` when others than the owner may read or write it, `Temporary` when it cannot be read.
    """
    try:
        with file.open(encoding="utf-8") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if mode & 0o077:
                raise Permanent(f"{file}: others may read it (mode {mode:o}); chmod 600 it")
            lines = opened.read().splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Temporary(f"{file}: {error}") from error
    pairs = (line.rpartition(":") for line in lines if line.strip() and not line.startswith("#"))
    return {address.lower(): hashed for address, _, hashed in pairs if address}


def set_password(file: Path, address: str, password: str | None) -> None:
    """Write `address` with a new password, or without one take it out; the file is replaced whole, mode 0600.

    Raises `Permanent` for an address that cannot stand in the file, and what `read_passwords` raises.
    """
    if "@" not in address or any(c.isspace() or not c.isprintable() for c in address) or address.startswith("#"):
        raise Permanent(f"{address!r} is not an address")
    known = read_passwords(file)
    known.pop(address.lower(), None)
    if password is not None:
        known[address.lower()] = hash_password(password)
    _replace(file, "".join(f"{key}:{value}\n" for key, value in sorted(known.items())))


def _replace(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    # one password typed on two keyboards may come composed or decomposed (RFC 8265 section 4.2)
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    n = 1 << log_n
    return hashlib.scrypt(text, salt=salt, n=n, r=r, p=p, maxmem=256 * n * r * p, dklen=32)


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


# compared against when the address is unknown: the same work, and nothing that anybody could type matches
_NOBODY = f"$scrypt$ln={_LOG_N},r={_R},p={_P}${_encode(bytes(16))}${_encode(bytes(32))}"
