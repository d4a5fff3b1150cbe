"""One conversation with a relay (RFC 5321 by aiosmtplib): opened, logged in, a mail handed over.

Promises: TLS as configured or no conversation at all; what a reply means depends on where it came, and that table
stands here; the bytes on the wire are the bytes given, dots stuffed. After anything but a clean end the connection is
not reused: a reply that came late would be taken for the answer to the next command.

aiosmtplib's `sendmail` is not used: it cuts addresses short instead of refusing them, mends line ends after they were
signed, and does not tell a connection lost before the dot from one lost behind it.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPResponseException

from gateway.config import Relay as RelayConfig
from gateway.failpoints import Failpoint
from parsing.message import Permanent, Temporary

# An address as it may stand between the angles: no blank, no control, no bracket, something on both sides of an @.
ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f-\x9f]+@[^\s<>@\x00-\x1f\x7f-\x9f]+")
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
REPLY_LENGTH = 500
# The relay does not know us (any more): not the mail's fault wherever it is said (RFC 4954 section 6, RFC 3207).
NOT_LOGGED_IN = frozenset({530, 534, 535, 538})
# "bad sequence of commands": we and the relay disagree about where we are, which says nothing of the mail.
OUT_OF_STEP = 503
SERVICE_CLOSING = 421


@dataclass(frozen=True, slots=True)
class RelayLimits:
    """Seconds, but for `reuse`. The stages are those of RFC 5321 section 4.5.3.2."""

    connect: float = 60
    hello: float = 60
    tls: float = 60
    login: float = 60
    mail: float = 300
    recipient: float = 300
    data: float = 120
    dot: float = 600
    reset: float = 30
    farewell: float = 2
    opening: float = 120  # all stages up to AUTH
    whole: float = 900  # all stages of one mail after that
    idle: float = 30
    probe: float = 5  # a connection that waited longer is asked (RSET) whether it still lives
    reuse: int = 500  # mails on one connection
    pause: float = 10  # after a connection that could not be opened
    pause_lasting: float = 300  # after TLS or a login failed: trying more often mends nothing and locks accounts

    @property
    def longest(self) -> float:
        """Seconds that one try may take: what a lease on the mail must outlast."""
        return self.opening + self.whole


class Trouble(Exception):
    """The relay's trouble, not the mail's. `lasting`: someone has to mend something."""

    def __init__(self, text: str, *, lasting: bool = False, status: str = "") -> None:
        super().__init__(text)
        self.lasting = lasting
        self.status = status


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a transaction ended, and whether the connection is fit for another. `stale`: it never began."""

    state: Literal["sent", "later", "never"]
    reply: str
    status: str = ""
    ambiguous: bool = False
    reusable: bool = False
    stale: bool = False


class Connection:
    """An open conversation. `stage` is where it stands, in the words of RFC 5321; behind `dot` nobody knows."""

    def __init__(self, smtp: SMTP) -> None:
        self.smtp = smtp
        self.stage = "connect"
        self.mails = 0
        self.dirty = False
        self.idle_since = 0.0  # of the loop's clock, once it has carried a mail

    @property
    def max_size(self) -> int | None:
        """SIZE of EHLO (RFC 1870), or None when the relay names no limit."""
        words = self.smtp.esmtp_extensions.get("size", "").split()
        return int(words[0]) or None if words and words[0].isascii() and words[0].isdigit() else None

    async def command(self, stage: str, *words: bytes, timeout: float) -> SMTPResponse:
        self.stage = stage
        return await self.smtp.execute_command(*words, timeout=timeout)

    def close(self, *, politely: bool) -> None:
        """At once; the farewell is sent when the conversation is in order, and not waited for."""
        protocol, transport = self.smtp.protocol, self.smtp.transport
        if politely and protocol is not None and protocol.is_connected:
            protocol.write(b"QUIT\r\n")
        elif isinstance(transport, asyncio.WriteTransport):
            transport.abort()  # TLS would wait half a minute for the other side's goodbye
        self.smtp.close()

    async def farewell(self, *, timeout: float) -> None:
        """QUIT and its answer, then closed for certain: for the end of the loop, behind which nothing can be closed."""
        with suppress(SMTPException, OSError):
            await self.command("QUIT", b"QUIT", timeout=timeout)
        self.close(politely=False)


def fault(envelope_from: str, recipient: str, raw: bytes) -> tuple[str, str] | None:
    """What forbids a mail to reach any wire, as words and status; None when it is sound.

    An address could smuggle a command, a bare CR or LF a whole mail, and either would differ from what was signed.
    """
    if not ADDRESS.fullmatch(recipient):
        return f"{printable(recipient)!r} is not an address that mail can be sent to", "5.1.3"
    if envelope_from and not ADDRESS.fullmatch(envelope_from):
        return f"{printable(envelope_from)!r} can not be an envelope sender", "5.1.7"
    if b"\0" in raw or not raw.endswith(b"\r\n") or not raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n"):
        return "the mail holds a NUL or a line end that is not CRLF; it would not arrive as it was signed", "5.6.0"
    return None


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
    connection = Connection(smtp)
    try:
        await smtp.connect()
        await greet(connection, limits)
        if config.tls == "starttls":
            await encrypt(connection, limits)
        if config.user is not None:
            await log_in(connection, config, secret, limits)
    except BaseException as error:
        connection.close(politely=False)
        if isinstance(error, SMTPException | OSError):
            raise described(error, connection.stage, f"{config.host}:{config.port}") from None
        raise
    return connection


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


async def greet(connection: Connection, limits: RelayLimits) -> None:
    connection.stage = "EHLO"
    await connection.smtp.ehlo(timeout=limits.hello)


async def encrypt(connection: Connection, limits: RelayLimits) -> None:
    """STARTTLS (RFC 3207) or `Trouble`: a relay that stopped offering it may be somebody between us and it."""
    connection.stage = "STARTTLS"
    if not connection.smtp.supports_extension("starttls"):
        raise Trouble("the relay offers no STARTTLS; nothing is sent in the clear", lasting=True, status="4.7.4")
    try:
        await connection.smtp.starttls(timeout=limits.tls)
    except SMTPResponseException as error:
        reply, _ = readable(error.code, error.message)
        raise Trouble(f"the relay refused STARTTLS; nothing is sent in the clear: {reply}", lasting=True) from None
    await greet(connection, limits)


async def log_in(
    connection: Connection,
    config: RelayConfig,
    secret: Callable[[], Awaitable[str]] | None,
    limits: RelayLimits,
) -> None:
    """AUTH (RFC 4954), once: a second mechanism after a refusal would only count as a second wrong password."""
    connection.stage = "AUTH"
    smtp, user = connection.smtp, config.user or ""
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


async def hand_over(
    connection: Connection,
    *,
    envelope_from: str,
    recipient: str,
    raw: bytes,
    limits: RelayLimits,
    failpoint: Failpoint,
    good: Callable[[], bool],
) -> Verdict:
    """One transaction with one recipient. `raw` and the addresses have passed `fault`. Raises `Trouble`.

    `good` is asked before the mail itself is handed over: a process frozen until its claim ran out stops there.
    """
    words = envelope(connection, envelope_from, recipient, raw)
    if isinstance(words, Verdict):
        return words
    try:
        await refresh(connection, limits)
        for stage, line, timeout in (("MAIL", words[0], limits.mail), ("RCPT", words[1], limits.recipient)):
            response = await connection.command(stage, line, timeout=timeout)
            if not 200 <= response.code < 300:
                return refused(connection, response)
            failpoint(f"out.{stage.lower()}")
        response = await connection.command("DATA", b"DATA", timeout=limits.data)
        if response.code != 354:
            return refused(connection, response)
        if not good():
            return broken(connection, "the claim ran out before the mail was handed over")
        return await pour(connection, raw, limits, failpoint)
    except (SMTPException, OSError) as error:
        return broken(connection, f"{printable(str(error)) or type(error).__name__} at {connection.stage}")


async def refresh(connection: Connection, limits: RelayLimits) -> None:
    """RSET (RFC 5321 section 4.1.1.5) after a refused mail, or to see whether one that waited is still there."""
    waited = connection.mails > 0 and asyncio.get_running_loop().time() - connection.idle_since >= limits.probe
    if connection.dirty or waited:
        response = await connection.command("RSET", b"RSET", timeout=limits.reset)
        if response.code != 250:
            raise SMTPResponseException(response.code, response.message)
        connection.dirty = False


def envelope(connection: Connection, envelope_from: str, recipient: str, raw: bytes) -> tuple[bytes, bytes] | Verdict:
    """The two commands of the envelope; or the verdict, when this relay has said that it can not take the mail."""
    offers = connection.smtp.supports_extension
    options = [f"SIZE={len(raw)}"] if offers("size") else []
    if connection.max_size is not None and len(raw) > connection.max_size:
        words = f"the mail has {len(raw)} octets and the relay takes {connection.max_size}"
        return Verdict("never", words, "5.3.4", reusable=True)
    if not raw.isascii():
        if not offers("8bitmime"):
            return Verdict("never", "the mail holds 8-bit text, which the relay does not take", "5.6.3", reusable=True)
        options.append("BODY=8BITMIME")
    if not (envelope_from + recipient).isascii() or not raw.partition(b"\r\n\r\n")[0].isascii():
        if not offers("smtputf8"):
            words = "an address or header is not ASCII, and the relay takes no such mail (SMTPUTF8, RFC 6531)"
            return Verdict("never", words, "5.6.7", reusable=True)
        options.append("SMTPUTF8")
    mail = " ".join([f"MAIL FROM:<{envelope_from}>", *options])
    return mail.encode(), f"RCPT TO:<{recipient}>".encode()


async def pour(connection: Connection, raw: bytes, limits: RelayLimits, failpoint: Failpoint) -> Verdict:
    """The mail itself and the dot. From here on silence means that nobody knows."""
    protocol = connection.smtp.protocol
    if protocol is None:
        return broken(connection, "the connection was lost at DATA")
    failpoint("out.data")
    protocol.write(stuffed(raw) + b".\r\n")
    connection.stage = "dot"
    failpoint("out.dot")
    response = await protocol.read_response(timeout=limits.dot)
    if 200 <= response.code < 300:
        reply, status = readable(response.code, response.message)
        return Verdict("sent", reply, status, reusable=True)
    if response.code < 400:
        return broken(connection, f"{response.code} is no answer to a mail")
    return refused(connection, response)


def stuffed(raw: bytes) -> bytes:
    """A second dot before each line that begins with one (RFC 5321 section 4.5.2)."""
    return (b"." if raw.startswith(b".") else b"") + raw.replace(b"\r\n.", b"\r\n..")


def refused(connection: Connection, response: SMTPResponse) -> Verdict:
    """What a reply other than the hoped-for means for the mail; raises `Trouble` when it is not about the mail."""
    reply, status = readable(response.code, response.message)
    if response.code in NOT_LOGGED_IN:
        raise Trouble(f"at {connection.stage}: {reply}", lasting=True, status=later_status(status))
    if response.code == SERVICE_CLOSING:
        stale = connection.mails > 0 and connection.stage in ("RSET", "MAIL")
        return Verdict("later", reply, status, stale=stale)
    connection.dirty = True
    if response.code >= 500 and response.code != OUT_OF_STEP:
        return Verdict("never", reply, status, reusable=True)
    in_step = 400 <= response.code < 500
    return Verdict("later", reply, later_status(status), reusable=in_step)


def broken(connection: Connection, words: str) -> Verdict:
    """The connection is lost or no longer to be trusted: tried again, and after the dot with a doubt."""
    doubt = connection.stage == "dot"
    stale = connection.mails > 0 and connection.stage in ("RSET", "MAIL")
    text = f"{words}: the mail was handed over and no answer came" if doubt else words
    return Verdict("later", text, "4.4.2", ambiguous=doubt, stale=stale)


def readable(code: int, message: str) -> tuple[str, str]:
    """A reply as one line, and its enhanced code (RFC 3463), which each line of a long reply repeats."""
    text = message.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    found = ENHANCED.match(text)
    status = found.group() if found and found.group()[0] == str(code)[0] else ""
    lines = [line.removeprefix(status).strip() for line in text.split("\n")] if status else text.split("\n")
    return printable(" ".join([str(code), status, *lines]))[:REPLY_LENGTH], status


def later_status(status: str) -> str:
    """An enhanced code of ours for "later": a 5.x.x that was about the relay must not look like the mail's."""
    return f"4{status[1:]}" if status else ""


def printable(text: str) -> str:
    """One line without control characters or runs of blanks."""
    return " ".join(CONTROL.sub(" ", text).split())
