"""What is refused at the start: a database that would lose what was promised, or that is not ours."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect

from store.database import Database, Unfit, check_promises, migrate, open_database
from store.promises import check_version
from store.schema import metadata
from tests.servers import PostgreSQL


def test_a_migrated_sqlite_database_keeps_its_promises(tmp_path: Path) -> None:
    """A new file is ours, in WAL, flushed at each commit; migrating twice is harmless."""
    path = tmp_path / "new" / "tkt.db"
    db = open_database(f"sqlite:///{path}")
    with pytest.raises(Unfit, match="run tkt migrate"):
        check_promises(db)

    assert migrate(db) == ("", "0001")
    assert migrate(db) == ("0001", "0001")
    check_promises(db)
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "application_id")
    found = db.write_now(lambda conn: [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas])
    assert found == ["wal", 2, 1, 0x746B7431]
    db.close()


@pytest.mark.servers
def test_postgresql_must_flush(postgresql: PostgreSQL, postgresql_url: str) -> None:
    """fsync off (as in most tests) is refused by name; so is each of its kin; with all of them on it is served."""
    db = open_database(postgresql_url)
    migrate(db)
    with pytest.raises(Unfit, match="fsync = off"):
        check_promises(db)
    db.close()
    with PostgreSQL(settings={"fsync": "on"}) as server:
        good = open_database(server.create_database("tkt"))
        with pytest.raises(Unfit, match=r"the database's schema is empty.*run tkt migrate"):
            check_promises(good)
        migrate(good)
        check_promises(good)
        good.write_now(lambda conn: conn.exec_driver_sql("ALTER DATABASE tkt SET synchronous_commit = off"))
        good.close()
        bad = open_database(server.url("tkt"))
        with pytest.raises(Unfit, match="synchronous_commit = off"):
            check_promises(bad)
        bad.close()


def test_a_schema_of_another_version_is_refused(db: Database) -> None:
    """A newer tkt's database is neither served nor migrated."""
    db.write_now(lambda conn: conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Unfit, match="9999"):
        migrate(db)
    with pytest.raises(Unfit, match="9999"):
        db.read_now(check_version)  # the rest would refuse the tests' PostgreSQL, which does not flush


def damaged(path: Path, kind: str) -> None:
    whole = path.read_bytes()
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "cut in the header":
        path.write_bytes(whole[:50])
    elif kind == "text":
        path.write_bytes(b"dear diary\n" * 500)
    elif kind == "foreign":
        path.unlink()
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE diary (day)")
        other.close()
    elif kind == "gone, its WAL left":
        path.unlink()
        path.with_name("tkt.db-wal").write_bytes(b"x" * 100)


@pytest.mark.parametrize("kind", ["empty", "cut", "cut in the header", "text", "foreign", "gone, its WAL left"])
def test_a_damaged_or_foreign_file_is_left_as_it_is(tmp_path: Path, kind: str) -> None:
    """It is refused with its name, and not one octet of it is changed; no empty database takes its place."""
    path = tmp_path / "tkt.db"
    db = open_database(f"sqlite:///{path}")
    migrate(db)
    db.close()
    damaged(path, kind)
    before = path.read_bytes() if path.exists() else None

    with pytest.raises(Unfit, match=r"tkt\.db"):
        open_database(f"sqlite:///{path}")

    assert (path.read_bytes() if path.exists() else None) == before


def test_reading_never_makes_a_database(tmp_path: Path) -> None:
    """A command that reads finds nothing and leaves nothing."""
    with pytest.raises(Unfit, match="there is no database"):
        open_database(f"sqlite:///{tmp_path / 'tkt.db'}", read_only=True)

    assert list(tmp_path.iterdir()) == []


def _index(index: Any) -> dict[str, Any]:
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def described(engine: Engine) -> dict[str, Any]:
    """Tables, columns, keys and indexes as the engine itself tells them."""
    seen = inspect(engine)
    tables = sorted(name for name in seen.get_table_names() if name != "alembic_version")
    return {
        name: (
            [{**column, "type": str(column["type"])} for column in seen.get_columns(name)],
            seen.get_pk_constraint(name),
            sorted(map(str, seen.get_foreign_keys(name))),
            sorted(map(str, seen.get_unique_constraints(name))),
            sorted(str(_index(index)) for index in seen.get_indexes(name)),
        )
        for name in tables
    }


def test_the_schema_is_the_sum_of_the_migrations(db: Database, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A database made from schema.py and one made by the migrations are the same, on each engine."""
    if db.embedded:
        url = f"sqlite:///{tmp_path / 'made.db'}"
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.create_database("made")
    engine = create_engine(url)
    metadata.create_all(engine)

    made, migrated = described(engine), described(db.engine)

    engine.dispose()
    assert list(migrated) == sorted(table.name for table in metadata.sorted_tables)
    assert migrated == made
