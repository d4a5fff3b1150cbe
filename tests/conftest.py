"""Fixtures that any test may use: a clean environment, and real servers, started once and only when somebody asks.

The servers last for the whole run; each test gets a mailbox, a database or a sink of its own, and sees no other's.
"""

import itertools
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import Dovecot, Postfix, PostgreSQL
from tests.sink import SmtpSink

KEPT = "TKT_REQUIRE_SERVERS"
SERVERS = frozenset({"dovecot", "mailbox", "postfix", "postgresql", "postgresql_url"})
_numbers = itertools.count(1)

# how long an example takes says nothing on a machine that has other work
settings.register_profile("tkt", deadline=None)
settings.load_profile("tkt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a server carries the mark: `-m "not servers"` is the quick run."""
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches them."""
    for name in [name for name in os.environ if name.startswith("TKT_") and name != KEPT]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for the whole run; a test that kills it or configures it otherwise starts its own."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def mailbox(dovecot: Dovecot) -> str:
    """A user of `dovecot` whom no other test knows, with an empty INBOX; the password is `dovecot.password`."""
    return f"user{next(_numbers)}@imap.example.test"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """An SMTP server that takes everything, until the test tells it otherwise."""
    with SmtpSink() as server:
        yield server


@pytest.fixture
def postfix(sink: SmtpSink) -> Iterator[Postfix]:
    """A Postfix that relays to this test's `sink`."""
    with Postfix(relay_port=sink.port) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """One cluster for the whole run; a test that stops or kills it starts its own."""
    with PostgreSQL() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL) -> Iterator[str]:
    """An empty database of this test's own, as a URL for SQLAlchemy; dropped afterwards, open sessions and all."""
    name = f"test{next(_numbers)}"
    yield postgresql.create_database(name)
    postgresql.drop_database(name)
