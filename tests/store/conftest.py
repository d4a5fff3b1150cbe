"""One database a test, migrated, on each engine: copied from a template that is made once."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from store.database import Database, migrate, open_database
from tests.servers import PostgreSQL

_numbers = itertools.count(1)
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "tkt.db"
    db = open_database(f"sqlite:///{path}")
    migrate(db)
    db.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgreSQL) -> str:
    db = open_database(postgresql.create_database("store_template"))
    migrate(db)
    db.close()
    return "store_template"


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a migrated, empty database lies."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "tkt.db")
        yield f"sqlite:///{tmp_path / 'tkt.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    template = request.getfixturevalue("postgresql_template")
    name = f"store{next(_numbers)}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """The database, open."""
    database = open_database(url)
    yield database
    database.close()
