"""The two DKIM keys that `tkt init` writes, and the DNS records that prove them (RFC 6376 section 3.6, RFC 8463).

RSA with 2048 bits is what every verifier knows; Ed25519 is small, and there for the day when RSA falls.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

BITS = 2048
RSA, ED25519 = "tkt", "tkt-ed25519"  # their selectors, and the names of their files
STRING = 250  # octets; one string of a TXT record has at most 255 (RFC 1035 section 3.3.14)
RECORDS = "dkim-records.txt"

Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def create_dkim_keys(folder: Path) -> str:
    """Write both keys with mode 0600, and their records beside them; the records. Nothing where one is there."""
    if any((folder / file_name(selector)).exists() for selector in (RSA, ED25519)):
        return ""
    keys: dict[str, Key] = {
        RSA: rsa.generate_private_key(public_exponent=65537, key_size=BITS),
        ED25519: ed25519.Ed25519PrivateKey.generate(),
    }
    for selector, key in keys.items():
        _write(folder / file_name(selector), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    records = "\n".join(record(selector, key) for selector, key in keys.items()) + "\n"
    (folder / RECORDS).write_text(records, "ascii")
    return records


def file_name(selector: str) -> str:
    """`dkim-tkt.pem`."""
    return f"dkim-{selector}.pem"


def record(selector: str, key: Key) -> str:
    """One line of a zone file, relative to the domain that signs."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        sort, octets = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        sort, octets = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = f"v=DKIM1; k={sort}; p={base64.b64encode(octets).decode('ascii')}"
    strings = " ".join(f'"{text[at : at + STRING]}"' for at in range(0, len(text), STRING))
    return f"{selector}._domainkey  IN TXT  ( {strings} )"


def _write(file: Path, pem: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
