"""A running sender with a store in memory and a relay that answers what the test says."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.sender import Sender
from tests.gateway.letters import Outbox, Run, sender
from tests.gateway.sender.fake_relay import FakeRelay


@pytest.fixture
def relay() -> FakeRelay:
    fake = FakeRelay()
    fake.gate.set()
    return fake


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
async def run(outbox: Outbox, relay: FakeRelay) -> AsyncIterator[Run]:
    """A running sender, stopped at the end."""
    running: list[tuple[Sender, asyncio.Task[None]]] = []

    def run(**values: object) -> Sender:
        made = sender(outbox, values.pop("relay", relay), **values)
        running.append((made, asyncio.create_task(made.run())))
        return made

    yield run
    for made, task in running:
        await made.stop()
        await task
