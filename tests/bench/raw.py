"""The raw limits, measured: what mails a second and CPU a mail a bare server shows under the very same load."""

from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import cpu_seconds
from tests.bench.tools import Tool, send
from tests.servers import PostgreSQL


@dataclass(frozen=True)
class Cost:
    """Mails a second and CPU milliseconds a mail."""

    rate: float
    cpu_ms: float


def discarding(count: int) -> Cost:
    """A bare aiosmtpd that throws every mail away."""
    with Tool("raw_server", "discard") as server:
        return _measure(server, [server.pid], count)


def on_sqlite(folder: Path, count: int) -> Cost:
    """One that commits the bytes to SQLite."""
    with Tool("raw_server", "sqlite", str(folder / "raw.db")) as server:
        return _measure(server, [server.pid], count)


def on_postgresql(postgresql: PostgreSQL, count: int) -> Cost:
    """One that commits the bytes to PostgreSQL, whose own CPU counts, too."""
    postgresql.create_database("raw")
    with Tool("raw_server", "postgresql", postgresql.conninfo("raw")) as server:
        cost = _measure(server, [server.pid, postgresql.running().pid], count)
    postgresql.drop_database("raw")
    return cost


def _measure(server: Tool, pids: list[int], count: int) -> Cost:
    send(server.port, first=1, count=count // 10)
    before = cpu_seconds(pids)
    sent = send(server.port, first=1, count=count)
    return Cost(count / sent.seconds, (cpu_seconds(pids) - before) * 1000 / count)
