"""The schema's versions. SQLite is migrated by the daemon at its start, PostgreSQL by `tkt migrate` alone.

Everything happens in the caller's one transaction: a migration that is killed leaves the old schema. Alembic is
imported only when there is something to do (it takes longer to import than the rest of the store).
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from store.failures import Unfit

HEAD = "0001"
LOCK = 0x746B74  # one migration at a time, on PostgreSQL
FOLDER = Path(__file__).with_name("migrations")


def current(conn: Connection) -> str:
    """The version of the schema, "" for an empty database; raises `Unfit` when the tables are not ours."""
    tables = set(inspect(conn).get_table_names())
    if "alembic_version" in tables:
        return str(conn.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    if tables:
        raise Unfit("the database holds tables of another program: " + ", ".join(sorted(tables)[:5]))
    return ""


def upgrade(conn: Connection) -> tuple[str, str]:
    """Run what is missing; returns the versions before and after. A schema newer than this program is refused."""
    before = current(conn)
    if before == HEAD:
        return before, HEAD
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(FOLDER))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before and before not in known:
        raise Unfit(
            f"the database's schema is of version {before}, which this tkt ({HEAD}) does not know: use a newer tkt"
        )
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Unfit(f"the migration can not run: {error}") from error
    return before, HEAD


def upgrade_alone(conn: Connection) -> tuple[str, str]:
    """`upgrade` on PostgreSQL: a second one waits here and then finds nothing to do."""
    conn.execute(text("SET LOCAL lock_timeout = 0"))
    conn.execute(text("SET LOCAL statement_timeout = 0"))
    conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    return upgrade(conn)
