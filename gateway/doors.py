"""The doors for mail that is handed over: SMTP for everybody, LMTP for the mail server in front (RFC 5321, RFC 2033).

Both lead to the same intake with the same guards. By SMTP a transaction is committed and answered as one; by LMTP each
desk's delivery on its own, and each recipient hears what became of the one that is theirs.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

from gateway import smtp_commands
from gateway.arrival import LMTP
from gateway.certificate import make_certificate
from gateway.config import Config, Hop
from gateway.intake import Intake
from gateway.smtp import UNIX, SmtpLimits, SmtpListener
from gateway.space import has_space

STOP_SECONDS = 30


async def open_smtp(config: Config, stack: AsyncExitStack, intake: Intake) -> SmtpListener | None:
    """Listen as `[smtp]` says, until `stack` stops it. Raises `Permanent`."""
    smtp = config.smtp
    if smtp is None:
        return None
    if smtp.certificate is None:
        make_certificate(config.certificate, smtp.hostname)
    key = config.path(smtp.key) if smtp.certificate and smtp.key else None
    files = {"certificate": config.certificate, "key": key, "passwords": config.passwords}
    listener = SmtpListener(
        smtp.model_copy(update=files),
        accept=intake.submission,
        knows=intake.knows,
        limits=SmtpLimits(),
        has_space=has_space(config.path(config.var), smtp.max_size),
        tell=intake.journal.smtp,
        spared=(smtp.hop or Hop()).connects_from,
    )
    return await _opened(listener, stack)


async def open_lmtp(config: Config, stack: AsyncExitStack, intake: Intake) -> SmtpListener | None:
    """Listen as `[lmtp]` says, until `stack` stops it. Raises `Permanent`."""
    lmtp = config.lmtp
    if lmtp is None:
        return None
    listener = SmtpListener(
        lmtp.model_copy(update={"listen": tuple(_place(config, place) for place in lmtp.listen)}),
        accept=partial(intake.submission, channel=LMTP),
        knows=intake.knows,
        limits=SmtpLimits(),
        has_space=has_space(config.path(config.var), lmtp.max_size),
        tell=_as_lmtp(intake.journal.smtp),
        dialect=smtp_commands.lmtp(intake.by_desk),
        spared=lambda address: True,
        admits=partial(is_hop, lmtp.hop),
    )
    return await _opened(listener, stack)


async def _opened(listener: SmtpListener, stack: AsyncExitStack) -> SmtpListener:
    await listener.start()
    stack.push_async_callback(listener.stop, STOP_SECONDS)
    return listener


def is_hop(hop: Hop, address: str) -> bool:
    """Whether a client may speak LMTP: who reaches the Unix socket (no address), a declared peer, or this machine."""
    if not address:
        return True
    return hop.connects_from(address) if hop.peers else ipaddress.ip_address(address).is_loopback


def _place(config: Config, place: str) -> str:
    """A Unix socket's path as seen from the folder of tkt.toml."""
    return f"{UNIX}{config.path(Path(place.removeprefix(UNIX)))}" if place.startswith(UNIX) else place


def _as_lmtp(tell: Callable[[str, Mapping[str, Any]], None]) -> Callable[[str, Mapping[str, Any]], None]:
    return lambda what, details: tell(what, {"protocol": "lmtp", **details})
