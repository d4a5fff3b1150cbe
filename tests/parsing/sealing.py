"""Seals mails for tests: by Mail::DKIM, which knows nothing of dkimpy, and by ourselves where a chain must be odd."""

import base64
import hashlib
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from parsing.canonical import relaxed_body
from tests.running import missing, require

SCRIPT = Path(__file__).with_name("mail_dkim_sign.pl")


@cache
def sealers_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def sealers_record() -> str:
    der = sealers_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


def mail_dkim(raw: bytes, *words: str, folder: Path) -> bytes:
    """The mail with what Mail::DKIM puts on top of it; the test is skipped where it is not installed."""
    perl = require("perl", "perl")
    if subprocess.run([perl, "-MMail::DKIM::ARC::Signer", "-e", "1"], capture_output=True, check=False).returncode:
        missing("Mail::DKIM is not installed: apt-get install libmail-dkim-perl")
    key = folder / "sealer.pem"
    key.write_bytes(sealers_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    what, domain, *more = words
    command = [perl, str(SCRIPT), what, domain, "sel", str(key), *more]
    return subprocess.run(command, input=raw, capture_output=True, check=True).stdout + raw


@dataclass(frozen=True)
class Set:
    """What one sealer says."""

    domain: str
    results: str
    cv: str = ""
    more: str = ""


def seal(raw: bytes, sets: Sequence[Set]) -> bytes:
    """The mail with these sets on top, each sealed after the ones before it (RFC 8617 section 5.1)."""
    head, _, body = raw.partition(b"\r\n\r\n")
    author = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"from:"))
    digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
    covered, fields = b"", b""
    for number, one in enumerate(sets, 1):
        aar = f"i={number}; {one.results}"
        tags = f"i={number}; a=rsa-sha256; c=relaxed/relaxed; d={one.domain}; s=sel; h=from; bh={digest}; b="
        ams = tags + signed(
            b"from:" + author.partition(b":")[2].strip() + b"\r\narc-message-signature:" + tags.encode()
        )
        cv = one.cv or ("none" if number == 1 else "pass")
        tags = f"i={number}; cv={cv}; a=rsa-sha256; d={one.domain}; s=sel;{one.more} b="
        covered += f"arc-authentication-results:{aar}\r\narc-message-signature:{ams}\r\n".encode()
        own = tags + signed(covered + b"arc-seal:" + tags.encode())
        covered += f"arc-seal:{own}\r\n".encode()
        fields = (
            b"".join(
                f"{name}: {value}\r\n".encode()
                for name, value in (
                    ("ARC-Seal", own),
                    ("ARC-Message-Signature", ams),
                    ("ARC-Authentication-Results", aar),
                )
            )
            + fields
        )
    return fields + raw


def signed(data: bytes) -> str:
    return base64.b64encode(sealers_key().sign(data, PKCS1v15(), SHA256())).decode()


def literals(source: str, name: str) -> list[bytes]:
    """The list of byte strings that a test's source gives a name to."""
    import ast

    found = re.search(rf"(?m)^ *{name} = (\[.*\])$", source)
    assert found is not None
    return list(ast.literal_eval(found[1]))
