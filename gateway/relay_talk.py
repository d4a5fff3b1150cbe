"""One conversation with a relay (RFC 5321): a mail handed over, and what the replies mean.

Promises: what a reply means depends on where it came, and that table stands here; the bytes on the wire are the bytes
given, dots stuffed; the mail itself is not begun before its recipient was taken. After anything but a clean end the
connection is not reused: a reply that came late would be taken for the answer to the next command.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from gateway.failpoints import Failpoint
from gateway.relay_wire import Lost, Reply, Wire

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
    """The relay's trouble, not the mail's. `lasting`: someone has to mend something. `begun`: a mail was under way."""

    def __init__(self, text: str, *, lasting: bool = False, status: str = "", begun: bool = False) -> None:
        super().__init__(text)
        self.lasting = lasting
        self.status = status
        self.begun = begun


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

    def __init__(self, wire: Wire, offers: Mapping[str, str]) -> None:
        self.wire = wire
        self.offers = offers  # the keywords of EHLO in lower case, with their words
        self.max_size = size_limit(offers.get("size", ""))
        self.stage = "MAIL"
        self.mails = 0
        self.dirty = False
        self.idle_since = 0.0  # of the loop's clock, once it has carried a mail
        self.until = 0.0  # the end of the mail's whole time

    def begin(self, seconds: float) -> None:
        """A mail's transaction, which has so many seconds."""
        self.until = asyncio.get_running_loop().time() + seconds

    async def reply(self, stage: str, *, timeout: float) -> Reply:
        """The answer to the command of this stage."""
        self.stage = stage
        return await self.wire.reply(until=min(asyncio.get_running_loop().time() + timeout, self.until))

    def close(self, *, politely: bool) -> None:
        """At once; the farewell is sent when the conversation is in order, and not waited for."""
        if politely:
            with suppress(Lost):
                self.wire.put(b"QUIT\r\n", replies=1)
        self.wire.close(politely=politely)

    async def farewell(self, *, timeout: float) -> None:
        """QUIT and its answer, then closed for certain: for the end of the loop, behind which nothing can be closed."""
        self.begin(timeout)
        with suppress(Lost):
            self.wire.put(b"QUIT\r\n", replies=1)
            await self.reply("QUIT", timeout=timeout)
        self.wire.close(politely=False)


def size_limit(words: str) -> int | None:
    """SIZE of EHLO (RFC 1870), or None when the relay names no limit."""
    first = words.split()[:1]
    return int(first[0]) or None if first and first[0].isascii() and first[0].isdigit() else None


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
    connection.begin(limits.whole)
    connection.stage = "MAIL"
    try:
        await refresh(connection, limits)
        refusal = await announce(connection, [*words, b"DATA\r\n"], limits, failpoint)
        if refusal is not None:
            return refusal
        if not good():
            return broken(connection, "the claim ran out before the mail was handed over")
        return await pour(connection, raw, limits, failpoint)
    except (Lost, OSError) as error:
        return broken(connection, f"{printable(str(error)) or type(error).__name__} at {connection.stage}")


async def announce(
    connection: Connection, commands: Sequence[bytes], limits: RelayLimits, failpoint: Failpoint
) -> Verdict | None:
    """MAIL, RCPT and DATA; None when the mail itself may follow, else the verdict.

    In one breath where the relay offers PIPELINING (RFC 2920); then the replies behind a refusal are heard, too.
    """
    at_once = "pipelining" in connection.offers
    if at_once:
        connection.wire.put(b"".join(commands), replies=len(commands))
    stages = [("MAIL", limits.mail), ("RCPT", limits.recipient), ("DATA", limits.data)]
    for number, (stage, timeout) in enumerate(stages):
        if not at_once:
            connection.wire.put(commands[number], replies=1)
        reply = await connection.reply(stage, timeout=timeout)
        if reply.code != 354 if stage == "DATA" else not 200 <= reply.code < 300:
            verdict = refused(connection, reply)
            rest = stages[number + 1 :] if at_once and verdict.reusable else []
            return verdict if await are_refused(connection, rest) else replace(verdict, reusable=False)
        failpoint(f"out.{stage.lower()}")
    return None


async def are_refused(connection: Connection, stages: Sequence[tuple[str, float]]) -> bool:
    """True when the relay refuses these stages, too, as it should behind a refusal, and goes on.

    One that says 354 although it took no recipient waits for a mail which it shall not get.
    """
    with suppress(Lost):
        codes = [(await connection.reply(stage, timeout=timeout)).code for stage, timeout in stages]
        return all(code >= 400 and code != SERVICE_CLOSING for code in codes)
    return False


async def refresh(connection: Connection, limits: RelayLimits) -> None:
    """RSET (RFC 5321 section 4.1.1.5) after a refused mail, or to see whether one that waited is still there."""
    waited = connection.mails > 0 and asyncio.get_running_loop().time() - connection.idle_since >= limits.probe
    if connection.dirty or waited:
        connection.stage = "RSET"
        connection.wire.put(b"RSET\r\n", replies=1)
        reply = await connection.reply("RSET", timeout=limits.reset)
        if reply.code != 250:
            raise Lost(f"{reply.code} {reply.text}")
        connection.dirty = False


def envelope(connection: Connection, envelope_from: str, recipient: str, raw: bytes) -> tuple[bytes, bytes] | Verdict:
    """The two commands of the envelope; or the verdict, when this relay has said that it can not take the mail."""
    offers = connection.offers
    options = [f"SIZE={len(raw)}"] if "size" in offers else []
    if connection.max_size is not None and len(raw) > connection.max_size:
        words = f"the mail has {len(raw)} octets and the relay takes {connection.max_size}"
        return Verdict("never", words, "5.3.4", reusable=True)
    if not raw.isascii():
        if "8bitmime" not in offers:
            return Verdict("never", "the mail holds 8-bit text, which the relay does not take", "5.6.3", reusable=True)
        options.append("BODY=8BITMIME")
    if not (envelope_from + recipient).isascii() or not raw.partition(b"\r\n\r\n")[0].isascii():
        if "smtputf8" not in offers:
            words = "an address or header is not ASCII, and the relay takes no such mail (SMTPUTF8, RFC 6531)"
            return Verdict("never", words, "5.6.7", reusable=True)
        options.append("SMTPUTF8")
    mail = " ".join([f"MAIL FROM:<{envelope_from}>", *options])
    return f"{mail}\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode()


async def pour(connection: Connection, raw: bytes, limits: RelayLimits, failpoint: Failpoint) -> Verdict:
    """The mail itself and the dot. From here on silence means that nobody knows."""
    connection.wire.put(stuffed(raw) + b".\r\n", replies=1)
    connection.stage = "dot"
    failpoint("out.dot")
    response = await connection.reply("dot", timeout=limits.dot)
    if 200 <= response.code < 300:
        reply, status = readable(response.code, response.text)
        return Verdict("sent", reply, status, reusable=True)
    if response.code < 400:
        return broken(connection, f"{response.code} is no answer to a mail")
    return refused(connection, response)


def stuffed(raw: bytes) -> bytes:
    """A second dot before each line that begins with one (RFC 5321 section 4.5.2)."""
    return (b"." if raw.startswith(b".") else b"") + raw.replace(b"\r\n.", b"\r\n..")


def refused(connection: Connection, response: Reply) -> Verdict:
    """What a reply other than the hoped-for means for the mail; raises `Trouble` when it is not about the mail."""
    reply, status = readable(response.code, response.text)
    if response.code in NOT_LOGGED_IN:
        raise Trouble(f"at {connection.stage}: {reply}", lasting=True, status=later_status(status), begun=True)
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
