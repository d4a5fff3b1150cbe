"""What each verb does: `verb(session, argument) -> reply`, None when the reply was said already.

Refusals here are cheap ones: syntax, size, number, an address that no desk has. The 250 after the dot is said only
when `accept` has returned, and every way out of DATA leaves the transaction empty. LMTP (RFC 2033) has LHLO for EHLO,
and after the dot one reply for each RCPT that was taken, which is true for that recipient.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from aiosmtpd.smtp import TLSSetupException

from gateway import replies, smtp_path
from gateway.smtp_auth import auth, offered
from gateway.smtp_data import Intake, hops
from gateway.smtp_limits import Share
from gateway.smtp_session import Dialect, Session, Submission, Transaction

Verb = Callable[[Session, str], Awaitable[replies.Reply | None]]

_EXTENSIONS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
_HTTP = "GET POST PUT HEAD OPTIONS CONNECT DELETE PATCH TRACE PRI".split()


async def obey(session: Session, line: bytes, verbs: Mapping[str, Verb]) -> replies.Reply | None:
    """Do what one command line says (RFC 5321 section 2.4: a line ends with CR LF) and return the reply to it."""
    if len(line) > session.shared.limits.command:
        return replies.COMMAND_TOO_LONG
    name, _, argument = line[:-2].partition(b" ")
    verb = verbs.get(name.decode("ascii", "replace").upper())
    if not line.endswith(b"\r\n"):
        return replies.LINE_END
    if verb is None:
        return replies.UNKNOWN_COMMAND if name.isalnum() or not name else rubbish(session)
    try:
        text = argument.decode().strip(" ")
    except UnicodeDecodeError:
        return replies.BAD_CHARACTERS
    if any(character < " " or character == "\x7f" for character in text):
        return replies.BAD_CHARACTERS
    return await verb(session, text)


def rubbish(session: Session) -> replies.Reply:
    """What says HTTP, header fields or worse is no mail client, and what follows is not meant for us: good-bye."""
    session.end()
    return replies.RUBBISH


async def helo(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.1."""
    if not argument:
        return replies.BAD_ARGUMENTS
    session.helo, session.transaction = argument[:255], None
    return replies.hello(session.hostname)


async def ehlo(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.1; SIZE is RFC 1870. AUTH is offered only where TLS is already on."""
    if not argument:
        return replies.BAD_ARGUMENTS
    session.helo, session.transaction = argument[:255], None
    shared = session.shared
    offers = [f"SIZE {shared.max_size}", *_EXTENSIONS]
    if shared.tls is not None and not session.encrypted:
        offers.append("STARTTLS")
    if session.encrypted and offered(shared):
        offers.append("AUTH PLAIN LOGIN")
    return replies.hello(session.hostname, offers)


async def mail(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.2; the announced SIZE is refused here already (RFC 1870 section 6.1)."""
    if not session.helo:
        return replies.SEND_HELLO
    if session.transaction is not None:
        return replies.NESTED_MAIL
    sender = smtp_path.read_mail(argument)
    if isinstance(sender, str):
        return sender
    if sender.size > session.shared.max_size:
        return replies.TOO_BIG
    if not session.shared.has_space():
        return replies.NO_SPACE
    session.transaction = Transaction(sender.address, sender.size)
    return replies.SENDER_OK


async def rcpt(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.3: only an address of a desk; the number is limited as section 4.5.3.1.10 says."""
    transaction = session.transaction
    if transaction is None:
        return replies.NEED_MAIL
    recipient = smtp_path.read_rcpt(argument)
    if isinstance(recipient, str):
        return recipient
    if len(transaction.recipients) >= session.shared.limits.recipients:
        return replies.TOO_MANY_RECIPIENTS
    if not session.shared.knows(recipient[0]):
        return replies.NO_SUCH_DESK
    transaction.recipients.append(recipient[0])
    return replies.RECIPIENT_OK


async def data(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.4."""
    transaction = session.transaction
    if argument:
        return replies.BAD_ARGUMENTS
    if transaction is None:
        return replies.NEED_MAIL
    if not transaction.recipients:
        return replies.NEED_RCPT
    session.transaction = None
    # what was announced is kept free for it; who announced nothing gets memory as the bytes come, so that
    # eleven silent clients can not hold all of it
    share = session.shared.memory.take(transaction.announced or session.shared.limits.memory_step)
    if share is None:
        return replies.NO_SPACE
    got: Sequence[Submission] | replies.Reply = replies.FAILED
    try:
        got = await _receive(session, transaction, share)
    finally:
        if isinstance(got, str):
            share.release()
    if isinstance(got, str):
        return _answers(session, transaction, lambda recipient: got)
    outcomes = await _commit(session, got, share)
    return _answers(session, transaction, lambda recipient: outcomes.get(recipient, replies.FAILED))


def _answers(session: Session, transaction: Transaction, of: Callable[[str], replies.Reply]) -> replies.Reply:
    """The reply after the dot: one for each RCPT in its order where the dialect wants it, else the one for all."""
    each = [of(recipient) for recipient in transaction.recipients]
    return replies.together(each if session.shared.dialect.each_recipient else each[:1])


async def _receive(session: Session, transaction: Transaction, share: Share) -> Sequence[Submission] | replies.Reply:
    """What came, in parcels; or the reply that refuses it."""
    session.plain = False
    await session.say(replies.GO_AHEAD)
    intake = await _take_in(session, share)
    session.plain = not session.encrypted
    session.give_back(intake.rest)
    if intake.refused is not None:
        return intake.refused
    raw = intake.message()
    if hops(raw) > session.shared.limits.hops:
        return replies.LOOP
    share.shrink_to(len(raw))
    peer = {"address": session.address, "helo": session.helo, "tls": session.encrypted, "user": session.user}
    submission = Submission(raw, transaction.sender, tuple(dict.fromkeys(transaction.recipients)), peer)
    return session.shared.dialect.parcels(submission) or replies.FAILED


async def _take_in(session: Session, share: Share) -> Intake:
    """Everything up to the dot, no slower than the limits allow; raises `ConnectionError` when the client goes."""
    limits = session.shared.limits
    intake = Intake(size=session.shared.max_size, line=limits.line)
    started = session.loop.time()
    while not intake.done:
        allowed = min(limits.data_grace + intake.received / limits.data_rate, limits.data_seconds)
        session.wait_until(started + allowed)
        intake.feed(await session.read_some())
        if not share.grow_to(intake.held):
            intake.refuse(replies.NO_SPACE)
    return intake


async def _commit(session: Session, parcels: Sequence[Submission], share: Share) -> Mapping[str, replies.Reply]:
    """Hand over, and wait; what is to be said of each recipient.

    Each parcel's task is its own: neither the client's leaving nor our 60 seconds end it, nor another one's failure.
    """
    shared = session.shared
    session.mails += 1
    if session.mails >= shared.limits.mails:
        # said now and not at the next MAIL: a relay that keeps connections would put that mail off
        session.end(replies.TOO_MANY_MAILS)
    tasks = [asyncio.create_task(_accept(session, parcel)) for parcel in parcels]
    for task in tasks:
        shared.commits.add(task)
        task.add_done_callback(partial(_committed, session, share, tasks))
    session.wait_until(session.loop.time() + shared.limits.accept_seconds + shared.limits.command_seconds)
    _, late = await asyncio.wait(tasks, timeout=shared.limits.accept_seconds)
    if late:
        shared.tell("commit_late", {"address": session.address})
    outcomes = [replies.FAILED if task in late else _outcome(session, task) for task in tasks]
    return {to: said for parcel, said in zip(parcels, outcomes, strict=True) for to in parcel.envelope_to}


async def _accept(session: Session, submission: Submission) -> str:
    return await session.shared.accept(submission)


def _committed(session: Session, share: Share, all_tasks: Sequence[asyncio.Task[str]], task: asyncio.Task[str]) -> None:
    if all(one.done() for one in all_tasks):
        share.release()
    session.shared.commits.discard(task)
    if not task.cancelled() and task.exception() is not None:
        session.shared.tell("commit_failed", {"address": session.address, "error": task.exception()})


def _outcome(session: Session, task: asyncio.Task[str]) -> replies.Reply:
    """Never 5xx, never a text of the exception; a full disk says so by its attribute `full`."""
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    if error is None:
        session.errors = 0
        return replies.queued(task.result())
    return replies.NO_SPACE if getattr(error, "full", False) else replies.FAILED


async def rset(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.5."""
    session.transaction = None
    return replies.OK


async def noop(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.9; it does not make a session last longer."""
    return replies.OK


async def vrfy(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 3.5.3: the same for every address."""
    return replies.VERIFY_NOT


async def unknown(session: Session, argument: str) -> replies.Reply:
    """EXPN and the like: known to be verbs, not implemented."""
    return replies.UNKNOWN_COMMAND


async def help_(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.8."""
    return replies.HELP


async def quit_(session: Session, argument: str) -> replies.Reply:
    """RFC 5321 section 4.1.1.10."""
    session.end()
    return replies.BYE


async def bdat(session: Session, argument: str) -> replies.Reply:
    """RFC 3030 is not offered. Who sends it all the same sends content next, which must not be read as commands."""
    session.end()
    return replies.UNKNOWN_COMMAND


async def starttls(session: Session, argument: str) -> replies.Reply | None:
    """RFC 3207. What was sent in the clear behind it is thrown away; a handshake that fails ends the connection."""
    if argument:
        return replies.BAD_ARGUMENTS
    if session.shared.tls is None:
        return replies.UNKNOWN_COMMAND
    if session.encrypted:
        return replies.OUT_OF_PLACE
    session.plain = False
    await session.smtp_STARTTLS("")
    if not session.encrypted:
        # the client left amid the handshake, which asyncio counts as no error
        raise TLSSetupException
    return None


async def http(session: Session, argument: str) -> replies.Reply:
    """A browser was sent here, perhaps with a message in its form."""
    return rubbish(session)


_BOTH: Mapping[str, Verb] = MappingProxyType(
    {
        "STARTTLS": starttls,
        "AUTH": auth,
        "MAIL": mail,
        "RCPT": rcpt,
        "DATA": data,
        "BDAT": bdat,
        "RSET": rset,
        "NOOP": noop,
        "VRFY": vrfy,
        "EXPN": unknown,
        "HELP": help_,
        "QUIT": quit_,
        **dict.fromkeys(_HTTP, http),
    }
)
_SMTP: Mapping[str, Verb] = MappingProxyType({**_BOTH, "HELO": helo, "EHLO": ehlo})
_LMTP: Mapping[str, Verb] = MappingProxyType({**_BOTH, "HELO": unknown, "EHLO": unknown, "LHLO": ehlo})

SMTP = Dialect("ESMTP", partial(obey, verbs=_SMTP))


def lmtp(parcels: Callable[[Submission], Sequence[Submission]]) -> Dialect:
    """RFC 2033: HELO and EHLO are refused there (section 4.1)."""
    return Dialect("LMTP", partial(obey, verbs=_LMTP), each_recipient=True, parcels=parcels)
