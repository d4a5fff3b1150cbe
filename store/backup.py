"""A backup while everything runs: one file that holds all, and that sends nothing when it is restored.

SQLite is copied by its own online backup; PostgreSQL by `pg_dump -Fc`. In both the switches are left out, and without
the switch `outgoing` no mail leaves until a person says so.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from parsing.message import Permanent, Temporary
from store.sqlite import check_file, sync_folder


def backup(url: str, file: Path) -> int:
    """Copy the whole database into `file`, complete or absent; returns its octets. An existing file is never replaced.

    Raises `Permanent` with what to do, `Temporary` when the copy could not be made now.
    """
    if file.exists():
        raise Permanent(f"{file} exists already; a backup never replaces a file")
    parsed = make_url(url)
    aside = file.with_name(file.name + ".part")
    aside.unlink(missing_ok=True)
    try:
        if parsed.get_backend_name() == "sqlite":
            _copy_sqlite(Path(str(parsed.database)), aside)
        else:
            _dump_postgresql(url, aside)
        _make_durable(aside, file)
    except (OSError, sqlite3.Error) as error:
        raise Temporary(f"the backup could not be written: {error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return file.stat().st_size


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise Permanent(f"there is no database at {source}")
    check_file(source)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)  # in one step: one snapshot, which stops no writer
        # one file, no -wal beside it; and held when it is restored
        writing.execute("PRAGMA journal_mode = DELETE")
        writing.execute("DELETE FROM switch")
        writing.commit()
        found = writing.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise Permanent(f"the database is damaged: {found}")


def _dump_postgresql(url: str, target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise Permanent("pg_dump is not installed: apt-get install postgresql-client")
    parsed = make_url(url)
    password = parsed.password
    # the password travels in the environment, where other users can not read it
    plain = parsed.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    words = [program, "--format=custom", "--exclude-table-data=switch", f"--file={target}", f"--dbname={plain}"]
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    done = subprocess.run(words, env=environment, capture_output=True, check=False)
    if done.returncode != 0:
        raise Temporary(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()}")


def _make_durable(aside: Path, file: Path) -> None:
    descriptor = os.open(aside, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    aside.rename(file)
    sync_folder(file.absolute().parent)
