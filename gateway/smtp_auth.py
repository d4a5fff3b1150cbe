"""SMTP AUTH for agents (RFC 4954): PLAIN and LOGIN, over TLS only, against the file that `tkt passwd` writes.

The password is checked in a thread, few at a time; wrong ones are counted by network address, and who has used up
the guesses is told to come back later, whatever the password.
"""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from pathlib import Path

from gateway import passwords, replies
from gateway.smtp_session import Session, Shared
from parsing.message import Permanent, Temporary

Credentials = tuple[str, str]


def offered(shared: Shared) -> bool:
    """Whether anybody could log in: whoever tries passwords need not know that there may once be some."""
    return shared.passwords is not None and shared.passwords.exists()


async def auth(session: Session, argument: str) -> replies.Reply | None:
    """RFC 4954 section 4."""
    shared = session.shared
    mechanism, _, initial = argument.partition(" ")
    read = {"PLAIN": _plain, "LOGIN": _login}.get(mechanism.upper())
    if not offered(shared):
        return replies.UNKNOWN_COMMAND
    if not session.encrypted:
        return replies.TLS_FIRST
    if not session.helo:
        return replies.SEND_HELLO
    if session.user is not None or session.transaction is not None:
        return replies.OUT_OF_PLACE
    if read is None:
        return replies.UNKNOWN_MECHANISM
    if shared.guesses.locked(session.address, session.loop.time()):
        return replies.AUTH_NOT_NOW
    credentials = await read(session, initial.strip(" "))
    return credentials if credentials is None or isinstance(credentials, str) else await _check(session, *credentials)


async def _check(session: Session, login: str, password: str) -> replies.Reply:
    shared = session.shared
    file = shared.passwords or Path()
    try:
        async with shared.logins:
            known = await asyncio.to_thread(passwords.verify, file, login, password)
    except (Temporary, Permanent) as error:
        shared.tell("passwords_unreadable", {"error": error})
        return replies.AUTH_NOT_NOW
    if not known:
        shared.guesses.failed(session.address, session.loop.time())
        shared.tell("login_failed", {"address": session.address, "user": login})
        await asyncio.sleep(shared.limits.error_delay)
        return replies.BAD_CREDENTIALS
    session.user = login.lower()
    return replies.AUTHENTICATED


async def _plain(session: Session, initial: str) -> Credentials | replies.Reply | None:
    """RFC 4616: authorization id, login, password, between NULs. The first is not used."""
    blob = _decoded(initial) if initial else await _challenge(session, "")
    if blob is None or isinstance(blob, str):
        return blob
    try:
        _, login, password = blob.decode().split("\0")
    except ValueError:
        return replies.BAD_ARGUMENTS
    return login, password


async def _login(session: Session, initial: str) -> Credentials | replies.Reply | None:
    """The old way of Microsoft's clients: login and password each by a challenge."""
    login = _decoded(initial) if initial else await _challenge(session, session.AuthLoginUsernameChallenge)
    if login is None or isinstance(login, str):
        return login
    password = await _challenge(session, session.AuthLoginPasswordChallenge)
    if password is None or isinstance(password, str):
        return password
    try:
        return login.decode(), password.decode()
    except UnicodeDecodeError:
        return replies.BAD_ARGUMENTS


async def _challenge(session: Session, text: str) -> bytes | None:
    """The client's answer; None when it gave none, and was told so."""
    answer = await session.challenge_auth(text)
    return answer if isinstance(answer, bytes) else None


def _decoded(text: str) -> bytes | replies.Reply:
    """An initial response; a lone `=` is an empty one."""
    try:
        return b"" if text == "=" else b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return replies.BAD_BASE64
