"""Commands that change something: handed to the running daemon, or done here under the lock when none runs."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway import passwords
from gateway.config import Config
from gateway.control import SOCKET, ask_daemon
from gateway.keys import KEY_FILE, rotate_keys
from gateway.raw_mails import raw_of, read_attachments
from gateway.reading import ask, held_back, reading, require_store, ticket_number
from parsing.file_names import inert_name
from parsing.message import Permanent
from rules.decision import Again
from rules.event import OPERATOR, How
from rules.mail import Part
from rules.ticket import number_text
from store import ledger, outbox
from store.backup import backup
from store.contacts import mute, unmute
from store.database import Database, check_promises, migrate, open_database
from store.held import judge, why_not_held
from store.ledger import read_raw
from store.tickets import timeline


@contextmanager
def writing(config: Config) -> Iterator[Database]:
    """The store, locked for changes; raises `Permanent` when there is none or a daemon serves it."""
    require_store(config)
    db = open_database(config.store_url, pool=2)
    try:
        db.lock()
        check_promises(db)
        yield db
    finally:
        db.close()


def act(config: Config, name: str, **values: Any) -> dict[str, Any]:
    """Have the daemon do an act, or do it here when none runs. Raises `Permanent` with the reason when it fails."""
    answer = ask_daemon(config.path(config.var) / SOCKET, name, **values)
    if answer is None:
        return _act_here(config, name, **values)
    if not answer.get("ok"):
        raise Permanent(str(answer.get("error", "the gateway did not answer")))
    return answer


def _act_here(config: Config, name: str, **values: Any) -> dict[str, Any]:
    number = int(values.get("id", 0))
    with writing(config) as db:
        match name:
            case "requeue":
                if not db.write_now(lambda conn: ledger.requeue(conn, number)):
                    raise Permanent(f"delivery {number} has not failed; only failed ones are read again")
                return {"delivery": number}
            case "hold" | "resume":
                waiting = db.read_now(held_back)
                db.write_now(lambda conn: outbox.set_hold_outgoing(conn, name == "hold"))
                return {"released": waiting}
            case "judge":
                word = Again(number, How(values["how"]), OPERATOR)
                if not db.write_now(lambda conn: judge(conn, word, now=datetime.now(UTC))):
                    raise Permanent(db.read_now(lambda conn: why_not_held(conn, number)))
                return {"delivery": number}
            case "mute" | "unmute":
                return _mute_here(db, name, **values)
            case _:
                change = outbox.release if name == "release" else outbox.cancel
                if not db.write_now(lambda conn: change(conn, number)):
                    raise Permanent(not_waiting(number))
                return {"mail": number}


def _mute_here(db: Database, name: str, *, address: str, reason: str = "") -> dict[str, Any]:
    if name == "mute":
        db.write_now(lambda conn: mute(conn, address, why=reason, now=datetime.now(UTC)))
    elif not db.write_now(lambda conn: unmute(conn, address)):
        raise Permanent(f"{address} is not muted; tkt status lists who is")
    return {"address": address}


def not_waiting(number: int) -> str:
    """Why nothing can be done with a mail any more, or yet."""
    return f"mail {number} is not waiting; `tkt outbox` shows what is"


def edit_mail(config: Config, number: int) -> None:
    """Open a waiting mail in $EDITOR and keep what was saved; it is held until it is released."""
    rows = ask(config, lambda conn: outbox.list_mails(conn, number=number, waiting_only=True))
    if not rows:
        raise Permanent(not_waiting(number))
    raw = ask(config, lambda conn: read_raw(conn, rows[0]["digest"]))
    edited = _edited(raw)
    if edited == raw:
        return
    answer = ask_daemon(config.path(config.var) / SOCKET, "edit", id=number, text=edited.decode("latin-1"))
    if answer is None:
        with writing(config) as db:
            if not db.write_now(lambda conn: outbox.edit(conn, number, edited)):
                raise Permanent(not_waiting(number))
    elif not answer.get("ok"):
        raise Permanent(str(answer.get("error")))


def _edited(raw: bytes) -> bytes:
    editor = os.environ.get("EDITOR", "vi")
    with tempfile.NamedTemporaryFile(suffix=".eml", delete=False) as file:
        file.write(raw.replace(b"\r\n", b"\n"))
    path = Path(file.name)
    try:
        subprocess.run([*editor.split(), str(path)], check=True)
        return path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    except (OSError, subprocess.CalledProcessError) as error:
        raise Permanent(f"{editor} failed: {error}; nothing was changed") from None
    finally:
        path.unlink(missing_ok=True)


def migrate_store(config: Config) -> None:
    """Bring the schema to this version; PostgreSQL under an advisory lock."""
    config.path(config.var).mkdir(parents=True, exist_ok=True)
    db = open_database(config.store_url, pool=2)
    try:
        db.lock()
        before, after = migrate(db)
    finally:
        db.close()
    print(f"the schema is of version {after}" + ("" if before == after else f" (it was {before or 'empty'})"))


def rotate(config: Config, days: int) -> str:
    """A fresh key for the tokens; what the one before signed is good for so many days more."""
    folder = config.path(config.keys)
    last = rotate_keys(folder, overlap=days)
    return (
        f"{folder / KEY_FILE}: a fresh key signs as soon as `tkt run` is started again; what was signed before is good "
        f"until {last}. Several nodes need the same file, and are started again together."
    )


def backup_store(config: Config, file: Path) -> str:
    """Copy the store into one file; the copy starts with outgoing mail held."""
    with reading(config):
        pass  # there is a store, and it is of this version: a copy of anything else would be no backup
    os.umask(0o077)  # a copy of everybody's mail is its owner's alone
    size = backup(config.store_url, file)
    return f"{file}: {size} octets. A gateway on this copy starts with outgoing mail held: `tkt resume` lets it leave."


def write_attachments(config: Config, ticket: str, folder: Path) -> list[str]:
    """Derive every attachment of a ticket's messages from the raw mails and write them under safe, unique names."""
    number = ticket_number(ticket)
    found = ask(config, lambda conn: timeline(conn, number))
    if found is None:
        raise Permanent(f"there is no {number_text(number)}")
    with reading(config) as db:
        raws = db.read_now(lambda conn: raw_of(conn, found.deliveries))
    parts = read_attachments(raws.values())
    folder.mkdir(parents=True, exist_ok=True)
    return [_write_part(folder, part) for part in parts]


def _write_part(folder: Path, part: Part) -> str:
    """Never over a file that is there: log.txt, log-2.txt, … Names are base names already (parsing.file_names).

    What a browser would run (a web page, a drawing, a script) gets `.txt` behind its name: a click shows what it says.
    """
    name = inert_name(Path(part.filename).name or "attachment", part.type)
    stem, suffix = Path(name).stem, Path(name).suffix
    for count in range(1, 10_000):
        target = folder / (name if count == 1 else f"{stem}-{count}{suffix}")
        try:
            with target.open("xb") as file:
                file.write(part.data)
        except FileExistsError:
            continue
        return str(target)
    raise Permanent(f"{folder} holds ten thousand files named {name}")


def ask_password(address: str) -> str:
    """A person's password, typed unseen, or one line from a pipe."""
    return getpass.getpass(f"password for {address}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def set_password(config: Config, address: str) -> str:
    """Ask for a password (or read one line from a pipe) and write its hash into the file of `smtp.passwords`."""
    if config.smtp is None:
        raise Permanent("this gateway has no [smtp] listener to log in on")
    password = ask_password(address)
    if len(password) < 8:
        raise Permanent("a password needs at least 8 characters")
    config.passwords.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords.set_password(config.passwords, address, password)
    return f"{address} may log in with this password over TLS ({config.passwords})"
