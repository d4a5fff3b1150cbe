"""`tkt demo`: one ticket's whole life, told as it happens, in some seconds.

Mail goes in and out over real SMTP on loopback; only the clock of dates is moved. Each line is printed on reading the
mail at the sink or the row in the store, so a line that is printed has happened.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.app import Gateway, open_gateway
from gateway.config import Config, Http, Outgoing, Relay, Smtp, Store
from gateway.demo_sink import Login, Sink, Taken, answer, post, write
from gateway.journal import Journal
from gateway.keys import create_keys
from gateway.passwords import set_password
from rules.ticket import Ticket
from store.status import read_status
from store.tickets import ticket_by_number

CUSTOMER, AGENT, DESK = "anna@example.com", "agent@localhost", "support@localhost"
BEGIN = datetime(2026, 11, 6, 14, 2, tzinfo=UTC)  # a Friday
STATUS_WORDS = {"waiting_customer": "waiting for the customer", "in_progress": "in progress"}
INTRODUCTION = """One ticket's whole life. The mails are real, in and out over SMTP; only the clock is moved.
← is a mail that comes in, → one that was read where it arrived.
"""
TRIES, PAUSE = 300, 0.05


class MovedClock:
    """The clock of dates, moved by hand."""

    def __init__(self, begin: datetime) -> None:
        self.moment = begin

    def now(self) -> datetime:
        """The moment it was moved to."""
        return self.moment


@dataclass(slots=True)
class Stage:
    """The demo's gateway, its sink and its clock."""

    gateway: Gateway
    sink: Sink
    clock: MovedClock
    login: Login
    told: str = ""

    def tell(self, text: str) -> None:
        """One line of the story; the moment stands where it has changed."""
        moment = f"{self.clock.moment:%a %d %b %H:%M}"
        print(f"{moment if moment != self.told else '':16}  {text}", flush=True)
        self.told = moment

    async def read(self, recipient: str, what: str) -> Taken:
        """Wait for a mail at the sink and tell its news."""
        taken = await self.sink.next(recipient)
        news = next((line for line in taken.text.splitlines() if line and not line.endswith(",")), "")
        self.tell(f"→ {recipient} gets {what}: {taken.mail['Subject']}")
        self.tell(f"    “{news.strip()}”")
        return taken

    async def ticket(self, status: str) -> Ticket:
        """Wait until the row in the store says `status`."""
        for _ in range(TRIES):
            ticket = await self.gateway.db.read(lambda conn: ticket_by_number(conn, 1))
            if ticket is not None and ticket.status.value == status:
                self.tell(f"  {ticket.name} is {STATUS_WORDS.get(status, status)}")
                return ticket
            await asyncio.sleep(PAUSE)
        raise TimeoutError(f"TKT-00001 never became {status}")

    async def settled(self) -> None:
        """Wait until nothing is in flight: what was accepted is accepted by the clock as it stands."""
        for _ in range(TRIES):
            status = await self.gateway.db.read(read_status)
            if status.oldest_delivery is None and status.oldest_mail is None:
                return
            await asyncio.sleep(PAUSE)
        raise TimeoutError("something stays in flight")

    async def later(self, time: timedelta) -> None:
        """Move the clock, not under what is in flight."""
        await self.settled()
        self.clock.moment += time

    async def days(self, count: float) -> None:
        """Move the clock and let it tick."""
        await self.later(timedelta(days=count))
        for _ in range(TRIES):
            if await self.gateway.clock.tick():
                return
            await asyncio.sleep(PAUSE)
        raise TimeoutError("no timer came due")


def run_demo(keep: Path | None) -> int:
    """Play it; 0 when every mail came and every row stood as told."""
    folder = keep or Path(tempfile.mkdtemp(prefix="tkt-demo-"))
    if keep is not None and (keep / "var" / "tkt.db").exists():
        print(f"{keep} holds an earlier demo; choose another folder", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    print(INTRODUCTION, flush=True)
    try:
        asyncio.run(_play(folder))
    except TimeoutError as error:
        print(f"the demo stopped: {str(error) or 'a mail that was expected did not come'}", file=sys.stderr)
        return 1
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    if keep is not None:
        print(f"\nThe mails lie in {folder}/mails. The same story:  cd {folder} && tkt show TKT-00001")
    return 0


async def _play(folder: Path) -> None:
    async with AsyncExitStack() as stack:
        sink = Sink(folder / "mails")
        await sink.start()
        stack.push_async_callback(sink.stop)
        clock = MovedClock(BEGIN)
        create_keys(folder / "var" / "keys")
        config = Config(
            base=folder,
            store=Store(),
            smtp=Smtp(listen=("127.0.0.1:0",)),
            http=Http(listen="127.0.0.1:0"),
            relay=Relay(host="127.0.0.1", port=sink.port, tls="none"),
            outgoing=Outgoing(),
        )
        gateway = await open_gateway(config, stack, now=clock.now, journal=Journal(quiet=True))
        stage = Stage(gateway, sink, clock, _login(config))
        question = await _question(stage)
        await _silence(stage)
        await _reopened(stage, question)
        if sink.unread:
            raise TimeoutError(f"nobody expected this mail: {sink.unread[0].mail['Subject']}")


def _login(config: Config) -> Login:
    """The agent's password, set as `tkt passwd` sets it: an agent acts by a login, not by the From line."""
    password = secrets.token_urlsafe()
    set_password(config.passwords, AGENT, password)
    return Login(AGENT, password, config.certificate)


async def _customer(stage: Stage, taken: Taken, text: str) -> None:
    mail = answer(taken, sender=CUSTOMER, name="Anna Nowak", text=text, now=stage.clock.moment)
    await post(mail, stage.gateway.smtp_ports[0], sender=CUSTOMER)
    stage.tell(f"← {CUSTOMER} answers: “{text}”")


async def _agent(stage: Stage, taken: Taken, text: str) -> None:
    mail = answer(taken, sender=AGENT, name="Alex Agent", text=text, now=stage.clock.moment)
    await post(mail, stage.gateway.smtp_ports[0], sender=AGENT, login=stage.login)
    stage.tell(f"← {AGENT} replies from a mail client: “{' / '.join(filter(None, text.splitlines()))}”")


async def _question(stage: Stage) -> Taken:
    """The mail, the confirmation, the notification, the agent's question. Returns the question as Anna has it."""
    first = write(
        sender=CUSTOMER,
        name="Anna Nowak",
        to=DESK,
        subject="I can not log in",
        text="Hello,\n\nthe page says “unknown user” since this morning.\n\nAnna\n",
        now=stage.clock.moment,
    )
    await post(first, stage.gateway.smtp_ports[0], sender=CUSTOMER)
    stage.tell(f"← {CUSTOMER} writes: “I can not log in”")
    await stage.read(CUSTOMER, "the confirmation")
    told = await stage.read(AGENT, "the notification (a reply to it reaches Anna)")
    await stage.ticket("new")
    await stage.later(timedelta(minutes=20))
    await _agent(stage, told, "#waiting\nHello Anna,\n\nwhich browser do you use?\n\nAlex")
    question = await stage.read(CUSTOMER, "the question, and that we wait for an answer")
    await stage.read(AGENT, "a note of what was done")
    await stage.ticket("waiting_customer")
    return question


async def _silence(stage: Stage) -> None:
    """Seven silent days."""
    stage.tell("… three silent days …")
    await stage.days(3)
    await stage.read(CUSTOMER, "the reminder of day 3")
    stage.tell("… two more silent days …")
    await stage.days(2)
    await stage.read(CUSTOMER, "the last reminder, day 5")
    stage.tell("… and two more …")
    await stage.days(2)
    await stage.read(CUSTOMER, "the closing notice of day 7")
    await stage.ticket("closed")


async def _reopened(stage: Stage, question: Taken) -> None:
    """The late answer reopens; "thanks, solved" closes."""
    await stage.later(timedelta(days=4))
    await _customer(stage, question, "Sorry, I was away. It is Firefox.")
    told = await stage.read(AGENT, "the late answer")
    await stage.ticket("in_progress")
    await stage.later(timedelta(hours=1))
    await _agent(stage, told, "#resolve\nPlease clear its cache once; then it works.\n\nAlex")
    solution = await stage.read(CUSTOMER, "the solution")
    await stage.read(AGENT, "a note of what was done")
    await stage.ticket("resolved")
    await stage.later(timedelta(hours=3))
    await _customer(stage, solution, "Thanks, solved!")
    await stage.read(CUSTOMER, "the word that it is closed")
    await stage.ticket("closed")
