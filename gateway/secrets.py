"""A configured secret → its text: from a file, the environment, or a command that prints it.

Promises: asked anew each time (a token expires); bounded in time and size; neither the text nor what the command
printed ever stands in an error or a log line.
"""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from gateway.config import Secret
from parsing.message import Permanent, Temporary

LAST_WORDS = 5.0  # seconds for a killed command to be gone
SIZE = 64 * 1024  # octets: an XOAUTH2 token has a few thousand


async def reveal(
    secret: Secret, *, base: Path = Path(), seconds: float = 30.0, environ: Mapping[str, str] = os.environ
) -> str:
    """The first line of the secret. `base` is the folder of tkt.toml; a command has `seconds` to answer.

    Raises `Temporary` when it can not be had now, `Permanent` when the configuration names no or several sources.
    """
    if sum(source is not None for source in (secret.file, secret.env, secret.command)) != 1:
        raise Permanent("a secret needs exactly one of file, env and command")
    if secret.file is not None:
        return _first_line(await _from_file(base / secret.file), f"the file {secret.file}")
    if secret.env is not None:
        return _first_line(environ.get(secret.env, "").encode(errors="surrogateescape"), f"the variable {secret.env}")
    return _first_line(await _from_command(secret.command or "", base=base, seconds=seconds), "the secret's command")


def _first_line(raw: bytes, source: str) -> str:
    line = raw.splitlines()[0] if raw.splitlines() else b""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Temporary(f"{source} does not give UTF-8") from None
    if not text or not text.isprintable():
        raise Temporary(f"{source} gives no secret")
    return text


async def _from_file(path: Path) -> bytes:
    try:
        with await asyncio.to_thread(path.open, "rb") as file:
            return await asyncio.to_thread(file.read, SIZE)
    except OSError as error:
        raise Temporary(f"the secret's file {path} can not be read: {error.strerror}") from None


async def _from_command(command: str, *, base: Path, seconds: float) -> bytes:
    """What `command` prints; split like a shell would, but no shell reads it."""
    try:
        words = shlex.split(command)
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=base,
        )
    except (OSError, ValueError, TypeError):
        raise Temporary("the secret's command can not be started") from None
    try:
        async with asyncio.timeout(seconds):
            printed = await _read_all(process.stdout)
            code = await process.wait()
    except TimeoutError:
        raise Temporary(f"the secret's command did not answer in {seconds:g} s") from None
    finally:
        await _end(process)
    if code != 0:
        raise Temporary(f"the secret's command failed with code {code}")
    return printed


async def _read_all(stream: asyncio.StreamReader | None) -> bytes:
    printed = b""
    while stream is not None and (piece := await stream.read(4096)):
        printed += piece
        if len(printed) > SIZE:
            raise Temporary("the secret's command prints too much")
    return printed


async def _end(process: asyncio.subprocess.Process) -> None:
    """No command outlives its question. What it printed too much is read away: asyncio tells the end of a process only
    when its pipe has come to its end, too."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS):
            while process.stdout is not None and await process.stdout.read(SIZE):
                pass
            await process.wait()
