"""A whole gateway in this process for tests of the road: real SMTP in and out, SQLite, a clock moved by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from gateway.app import Gateway, open_gateway
from gateway.config import Config, Relay, Smtp
from gateway.demo_sink import Login, Sink, Taken, answer, post, write
from gateway.desks import packaged_desk
from gateway.journal import Journal
from gateway.keys import create_keys
from gateway.passwords import set_password
from store.schema import delivery, entry, outbox
from store.schema import ticket as ticket_table

ANNA, AGENT = "anna@example.com", "agent@localhost"
BEGIN = datetime(2026, 11, 6, 14, 2, tzinfo=UTC)
PATIENCE = 30.0  # seconds


@dataclass
class Street:
    """The gateway, its sink, its clock."""

    gateway: Gateway
    sink: Sink
    clock: "Clock"

    async def send(self, mail: EmailMessage, *, sender: str) -> None:
        """Hand a mail over, the agent logged in; returns with the 250."""
        config = self.gateway.config
        login = None
        if sender == AGENT:
            await asyncio.to_thread(set_password, config.passwords, AGENT, "correct horse")
            login = Login(AGENT, "correct horse", config.certificate)
        await post(mail, self.gateway.smtp_ports[0], sender=sender, login=login)

    async def customer(self, text: str, *, subject: str = "Cannot log in", to: str = "support@localhost") -> None:
        """A new mail from Anna."""
        mail = write(sender=ANNA, name="Anna Nowak", to=to, subject=subject, text=text, now=self.clock.moment)
        await self.send(mail, sender=ANNA)

    def reply(self, taken: Taken, text: str, *, sender: str = AGENT) -> EmailMessage:
        """What a mail client makes of "reply"."""
        return answer(taken, sender=sender, name="Somebody", text=text, now=self.clock.moment)

    async def until(self, holds: Callable[[Connection], Any]) -> Any:
        """Wait until the store says so; what it says is returned."""
        async with asyncio.timeout(PATIENCE):
            while not (found := await self.gateway.db.read(holds)):  # noqa: ASYNC110 - a commit has no event of ours
                await asyncio.sleep(0.02)
        return found

    async def outcome(self, number: int = 1) -> str:
        """How delivery `number` ended, once it has."""
        return str(
            await self.until(lambda conn: conn.scalar(select(delivery.c.outcome).where(delivery.c.id == number)))
        )

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        """Everything in a table."""
        return await self.gateway.db.read(
            lambda conn: [dict(row) for row in conn.execute(select(table).order_by(*table.primary_key)).mappings()]
        )

    async def tickets(self) -> list[dict[str, Any]]:
        return await self.rows(ticket_table)

    async def entries(self) -> list[str]:
        """Kind and summary of every entry."""
        return [f"{row['kind']}: {row['summary']}" for row in await self.rows(entry)]

    async def mails(self) -> list[tuple[str, str]]:
        """(recipient, notice) of every outgoing mail."""
        return [(row["recipient"], row["notice"]) for row in await self.rows(outbox)]


@dataclass
class Clock:
    moment: datetime = field(default=BEGIN)

    def now(self) -> datetime:
        return self.moment


@asynccontextmanager
async def street(folder: Path, *, desks: tuple[str, ...] = ("support",), **settings: Any) -> AsyncIterator[Street]:
    """Opened and closed; opening it twice in one folder is a restart. Each desk writes from NAME@localhost."""
    async with AsyncExitStack() as stack:
        sink = Sink(folder / "mails")
        await sink.start()
        stack.push_async_callback(sink.stop)
        for name in desks:
            (folder / "desks" / name).mkdir(parents=True, exist_ok=True)
            for file, text in packaged_desk().items():
                own = text.replace("desk: support", f"desk: {name}").replace(
                    "support@localhost", f"{name}@localhost", 1
                )
                (folder / "desks" / name / file).write_text(own)
        create_keys(folder / "var" / "keys")
        config = Config(
            base=folder,
            desks=Path("desks"),
            readers=1,
            smtp=Smtp(listen=("127.0.0.1:0",)),
            http=None,
            relay=Relay(host="127.0.0.1", port=sink.port, tls="none", retry_seconds=(0.05,)),
            **settings,
        )
        clock = Clock()
        gateway = await open_gateway(config, stack, now=clock.now, journal=Journal(quiet=True))
        yield Street(gateway, sink, clock)
