"""The certificate that tkt makes itself where none is configured: STARTTLS and AUTH work from the first start.

Nobody can tell by it who we are. Mail servers do not ask (RFC 7435); a mail program of an agent warns once. Whoever is
on the internet names a real one in tkt.toml.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFE = timedelta(days=3650)
NAME = 64  # octets of a common name (RFC 5280, ub-common-name)


def make_certificate(file: Path, hostname: str) -> None:
    """Write key and certificate, in that order, into one PEM file of mode 0600, unless it is there."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(_pem(hostname))
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def _pem(hostname: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hostname[:NAME] or "localhost")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
