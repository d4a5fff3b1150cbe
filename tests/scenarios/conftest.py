"""A house for each scenario, on each engine: the store is copied from a template that is made once."""

import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from gateway.config import Mailbox
from store.database import migrate, open_database
from tests.running import room
from tests.scenarios.house import House
from tests.servers import PostgreSQL
from tests.sink import SmtpSink

_numbers = itertools.count(1)
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]
TEMPLATE = "house"


@pytest.fixture(scope="session")
def durable() -> Iterator[PostgreSQL]:
    """A cluster that keeps its promise: the gateway serves no other."""
    with PostgreSQL(settings={"fsync": "on"}) as server:
        db = open_database(server.create_database(TEMPLATE))
        migrate(db)
        db.close()
        yield server


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without a row."""
    path = tmp_path_factory.mktemp("house") / "tkt.db"
    db = open_database(f"sqlite:///{path}")
    migrate(db)
    db.close()
    return path


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty store of this scenario's own."""
    if request.param == "sqlite":
        folder = room("store")
        shutil.copy(request.getfixturevalue("blank"), folder / "tkt.db")
        yield f"sqlite:///{folder / 'tkt.db'}"
        shutil.rmtree(folder)
        return
    server: PostgreSQL = request.getfixturevalue("durable")
    name = f"life{next(_numbers)}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def build(url: str, sink: SmtpSink) -> Iterator[Callable[..., House]]:
    """Makes a house that the scenario opens and closes itself."""
    folder = room("house")

    def made(kind: type[House] = House, *, mailboxes: tuple[Mailbox, ...] = ()) -> House:
        return kind(folder, url, sink, mailboxes=mailboxes)

    yield made
    shutil.rmtree(folder)


@pytest_asyncio.fixture
async def house(build: Callable[..., House]) -> AsyncIterator[House]:
    """An open house; at the end it is judged, and closed."""
    built = build()
    await built.open()
    try:
        yield built
        await built.settled()
        await built.judge()
    finally:
        await built.close()
