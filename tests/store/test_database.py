"""Open, read, write, close: what a caller may rely on, whatever happens around it."""

import asyncio
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, func, insert, select, text

from store.database import Broken, Busy, Database, Served, Unfit, db_now, migrate, open_database
from store.schema import setting
from tests.servers import PostgreSQL


def put(name: str) -> Callable[[Connection], None]:
    def write(conn: Connection) -> None:
        conn.execute(insert(setting).values(name=name, value="x"))

    return write


def names(db: Database) -> list[str]:
    return sorted(db.read_now(lambda conn: conn.execute(select(setting.c.name)).scalars().all()))


async def test_callers_at_once_are_all_kept(db: Database) -> None:
    """A hundred writes handed in at once are all there when they return, and each gets its own answer."""

    async def one(number: int) -> int:
        def write(conn: Connection) -> int:
            conn.execute(insert(setting).values(name=f"{number:03}", value="x"))
            return number

        return await db.write(write)

    answers = await asyncio.gather(*(one(number) for number in range(100)))

    assert answers == list(range(100))
    assert len(await db.read(lambda conn: conn.execute(select(setting.c.name)).all())) == 100


async def test_a_caller_that_fails_undoes_only_itself(db: Database) -> None:
    """Of many that are committed together one fails: its own work is undone, and it alone hears of it."""

    async def one(number: int) -> None:
        def write(conn: Connection) -> None:
            conn.execute(insert(setting).values(name=f"{number}", value="x"))
            if number % 10 == 3:
                raise LookupError(str(number))

        await db.write(write)

    results = await asyncio.gather(*(one(number) for number in range(50)), return_exceptions=True)

    failed = [number for number, result in enumerate(results) if result is not None]
    assert failed == [3, 13, 23, 33, 43]
    assert {type(results[number]) for number in failed} == {LookupError}
    assert names(db) == sorted(str(number) for number in range(50) if number % 10 != 3)


async def test_work_outlives_its_caller(db: Database) -> None:
    """A write whose caller was cancelled is finished all the same."""
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def write(conn: Connection) -> None:
        begun.set()
        assert go_on.wait(30)
        conn.execute(insert(setting).values(name="kept", value="x"))
        ended.set()

    task = asyncio.create_task(db.write(write))
    await asyncio.to_thread(begun.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await asyncio.to_thread(ended.wait, 30)
    await db.write(lambda conn: None)

    db.close()
    assert ended.is_set()


def test_a_read_can_not_write_on_sqlite(tmp_path: Path) -> None:
    """SQLite's readers are refused when they write, so a mistake shows. (PostgreSQL's readers are not stopped.)"""
    db = open_database(f"sqlite:///{tmp_path / 'tkt.db'}")
    migrate(db)

    with pytest.raises(Busy):
        db.read_now(lambda conn: conn.execute(insert(setting).values(name="a", value="b")))
    db.close()


def test_the_databases_time_is_aware(db: Database) -> None:
    """db_now is in UTC and does not go backwards."""
    first, second = db.read_now(db_now), db.read_now(db_now)

    assert first <= second
    assert first.utcoffset() is not None


def test_one_daemon_serves_a_file(tmp_path: Path) -> None:
    """A second opener that would write is refused by name; a reader is not; after the first has gone it may."""
    url = f"sqlite:///{tmp_path / 'tkt.db'}"
    first, second = open_database(url), open_database(url)
    migrate(first)

    with pytest.raises(Served, match=r"another tkt serves this database \(pid \d+\)"):
        second.lock()
    with pytest.raises(Served):
        second.write_now(lambda conn: None)
    assert second.read_now(lambda conn: conn.execute(select(func.count()).select_from(setting)).scalar()) == 0
    first.close()
    second.lock()
    second.close()


def test_a_file_replaced_while_open_breaks_the_database(tmp_path: Path) -> None:
    """What is committed into a file that was moved away would be lost: it is refused, and everything after it."""
    path = tmp_path / "tkt.db"
    db = open_database(f"sqlite:///{path}")
    migrate(db)
    heard = threading.Event()
    db.when_broken(heard.set)
    copy = tmp_path / "copy"
    shutil.copy(path, copy)
    copy.replace(path)

    with pytest.raises(Broken):
        db.write_now(put("lost"))

    assert heard.is_set()
    assert db.broken is not None
    with pytest.raises(Broken):
        db.read_now(lambda conn: None)
    db.close()


def test_a_full_disk_is_temporary(tmp_path: Path) -> None:
    """When there is no room nothing is half written; when there is room again work goes on."""
    db = open_database(f"sqlite:///{tmp_path / 'tkt.db'}")
    migrate(db)
    pages = db.write_now(lambda conn: int(conn.exec_driver_sql("PRAGMA page_count").scalar_one()))
    db.write_now(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}").scalar())

    def big(conn: Connection) -> None:
        conn.execute(insert(setting).values(name="small", value="x"))
        conn.execute(insert(setting).values(name="big", value="x" * 100_000))

    with pytest.raises(Busy, match="the disk is full"):
        db.write_now(big)
    assert names(db) == []
    assert db.broken is None
    db.write_now(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 100000").scalar())
    db.write_now(big)
    assert names(db) == ["big", "small"]
    db.close()


FAILING_DISK = """
import resource, sys
from sqlalchemy import insert
from store.database import Broken, migrate, open_database
from store.schema import setting

db = open_database(sys.argv[1])
migrate(db)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
try:
    for n in range(100):
        db.write_now(lambda conn: conn.execute(insert(setting).values(name=str(n), value="x" * 50_000)))
except Broken:
    print("broken after", n)
try:
    db.write_now(lambda conn: None)
except Broken:
    print("still broken")
"""


def test_a_failing_disk_breaks_the_database(tmp_path: Path) -> None:
    """An I/O error at COMMIT is never retried: what was answered before is there, nothing is accepted after."""
    url = f"sqlite:///{tmp_path / 'tkt.db'}"
    done = subprocess.run([sys.executable, "-c", FAILING_DISK, url], capture_output=True, text=True, check=False)

    assert "still broken" in done.stdout, done.stderr
    kept = int(done.stdout.split()[2])
    assert kept > 0
    db = open_database(url)
    assert names(db) == sorted(str(number) for number in range(kept))
    db.close()


def test_an_unknown_url_is_refused() -> None:
    """Only a file or a PostgreSQL server can keep what we promise."""
    for url in ("sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"):
        with pytest.raises(Unfit):
            open_database(url)


@pytest.mark.servers
def test_a_restarted_postgresql_is_found_again() -> None:
    """While PostgreSQL is away work is Busy; when it is back the pool heals by itself."""
    with PostgreSQL() as server:
        db = open_database(server.create_database("tkt"), pool=3)
        migrate(db)
        db.write_now(put("before"))
        server.kill()
        with pytest.raises(Busy):
            db.write_now(put("away"))
        with pytest.raises(Busy):
            db.read_now(lambda conn: conn.execute(text("SELECT 1")))
        server.start()
        db.write_now(put("after"))

        assert names(db) == ["after", "before"]
        db.close()


@pytest.mark.servers
def test_work_on_a_dead_connection_is_done_again(postgresql_url: str) -> None:
    """A connection that died in the pool, or in the middle of the work, costs nobody an error and doubles nothing."""
    db = open_database(postgresql_url, pool=1)
    migrate(db)
    tries: list[int] = []

    def write(conn: Connection) -> None:
        conn.execute(insert(setting).values(name="once", value="x"))
        tries.append(1)
        if len(tries) == 1:
            backend = conn.execute(text("SELECT pg_backend_pid()")).scalar()
            with psycopg.connect(postgresql_url.replace("+psycopg", ""), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 10000)", (backend,))
            conn.execute(text("SELECT 1"))

    db.write_now(write)

    assert (len(tries), names(db)) == (2, ["once"])
    db.close()


@pytest.mark.servers
def test_a_deadlock_is_settled_by_doing_it_again(postgresql_url: str) -> None:
    """Two transactions that wait for each other both end well."""
    db = open_database(postgresql_url, pool=2)
    migrate(db)
    for name in ("a", "b"):
        db.write_now(put(name))
    meet = threading.Barrier(2, timeout=30)
    tries: list[str] = []

    def cross(first: str, second: str) -> None:
        def write(conn: Connection) -> None:
            tries.append(first)
            conn.execute(setting.update().where(setting.c.name == first).values(value=first))
            if len(tries) <= 2:
                meet.wait()
            conn.execute(setting.update().where(setting.c.name == second).values(value=first))

        db.write_now(write)

    threads = [threading.Thread(target=cross, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(tries) == 3
    values = db.read_now(lambda conn: conn.execute(select(setting.c.value)).scalars().all())
    assert len(set(values)) == 1
    db.close()
