"""A conversation with a relay is opened: connected, encrypted as configured, logged in (by aiosmtplib).

Promises: TLS as configured or no conversation at all; one try to log in; nothing is left open when it fails.

aiosmtplib ends here: its `sendmail` cuts addresses short instead of refusing them, mends line ends after they were
signed, does not tell a connection lost before the dot from one lost behind it, and waits for each reply before the next
command. Once open, the wire is ours.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from gateway.config import Relay as RelayConfig
from gateway.relay_talk import NOT_LOGGED_IN, Connection, RelayLimits, Trouble, later_status, printable, readable
from gateway.relay_wire import Wire
from parsing.message import Permanent, Temporary


@dataclass(slots=True)
class Opening:
    """How far it has come, in the words of RFC 5321."""

    smtp: SMTP
    stage: str = "connect"


async def open_connection(
    config: RelayConfig,
    *,
    context: ssl.SSLContext | None,
    secret: Callable[[], Awaitable[str]] | None,
    hostname: str,
    limits: RelayLimits,
) -> Connection:
    """Connected, encrypted as configured, logged in; raises `Trouble` and leaves nothing open otherwise."""
    smtp = SMTP(
        hostname=config.host,
        port=config.port,
        local_hostname=hostname,
        use_tls=config.tls == "tls",
        start_tls=False,  # never by its own choice: what is configured happens below, or nothing does
        tls_context=context,
        timeout=limits.connect,
    )
    opening = Opening(smtp)
    try:
        await smtp.connect()
        await greet(opening, limits)
        if config.tls == "starttls":
            await encrypt(opening, limits)
        if config.user is not None:
            await log_in(opening, config, secret, limits)
        return opened(smtp)
    except BaseException as error:
        if isinstance(smtp.transport, asyncio.WriteTransport):
            smtp.transport.abort()  # TLS would wait half a minute for the other side's goodbye
        smtp.close()
        if isinstance(error, SMTPException | OSError):
            raise described(error, opening.stage, f"{config.host}:{config.port}") from None
        raise


def opened(smtp: SMTP) -> Connection:
    """The wire and what EHLO offered, taken from aiosmtplib, which hears of it no more."""
    if not isinstance(smtp.transport, asyncio.Transport):
        raise SMTPException("the connection was closed")
    return Connection(Wire.on(smtp.transport), dict(smtp.esmtp_extensions))


def described(error: SMTPException | OSError, stage: str, name: str) -> Trouble:
    """What went wrong while a connection was opened, in words for the operator."""
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        words = f"the certificate of {name} is not trusted: {cause.verify_message}"
        return Trouble(words, lasting=True, status="4.7.5")
    if isinstance(cause, ssl.SSLError):
        return Trouble(f"TLS with {name} failed: {cause.reason or cause}", lasting=True, status="4.7.5")
    if isinstance(error, SMTPResponseException):
        reply, status = readable(error.code, error.message)
        return Trouble(f"{name} at {stage}: {reply}", lasting=error.code in NOT_LOGGED_IN, status=later_status(status))
    return Trouble(f"{name} at {stage}: {printable(str(error)) or type(error).__name__}", status="4.4.1")


async def greet(opening: Opening, limits: RelayLimits) -> None:
    opening.stage = "EHLO"
    await opening.smtp.ehlo(timeout=limits.hello)


async def encrypt(opening: Opening, limits: RelayLimits) -> None:
    """STARTTLS (RFC 3207) or `Trouble`: a relay that stopped offering it may be somebody between us and it."""
    opening.stage = "STARTTLS"
    if not opening.smtp.supports_extension("starttls"):
        raise Trouble("the relay offers no STARTTLS; nothing is sent in the clear", lasting=True, status="4.7.4")
    try:
        await opening.smtp.starttls(timeout=limits.tls)
    except SMTPResponseException as error:
        reply, _ = readable(error.code, error.message)
        raise Trouble(f"the relay refused STARTTLS; nothing is sent in the clear: {reply}", lasting=True) from None
    await greet(opening, limits)


async def log_in(
    opening: Opening,
    config: RelayConfig,
    secret: Callable[[], Awaitable[str]] | None,
    limits: RelayLimits,
) -> None:
    """AUTH (RFC 4954), once: a second mechanism after a refusal would only count as a second wrong password."""
    opening.stage = "AUTH"
    smtp, user = opening.smtp, config.user or ""
    offered = smtp.server_auth_methods
    wanted = ["xoauth2"] if config.token is not None else preferred(encrypted=config.tls != "none")
    method = next((name for name in wanted if name in offered), "")
    if not method:
        words = f"the relay offers no AUTH of {', '.join(wanted)} (it has: {', '.join(offered) or 'none'})"
        raise Trouble(words, lasting=True)
    if secret is None:
        raise Trouble("relay.user is set but neither password nor token", lasting=True)
    try:
        word = await secret()
    except (Temporary, Permanent) as error:
        lasting = isinstance(error, Permanent)
        raise Trouble(f"the secret for the relay could not be read: {error}", lasting=lasting) from None
    mechanisms = {
        "plain": smtp.auth_plain,
        "login": smtp.auth_login,
        "cram-md5": smtp.auth_crammd5,
        "xoauth2": smtp.auth_xoauth2,
    }
    await mechanisms[method](user, word, timeout=limits.login)


def preferred(*, encrypted: bool) -> list[str]:
    """In the clear the challenge comes first: it at least does not show the password."""
    return ["plain", "login", "cram-md5"] if encrypted else ["cram-md5", "plain", "login"]
