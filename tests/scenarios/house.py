"""A whole gateway in this process, and the people around it: what the scenarios of tickets' lives are played in.

Mail goes in over real SMTP and out over real SMTP into a sink; people's mail programs are the standard library. Only
the clock of dates is moved. `send` returns when all that follows from a mail has happened, seen in the store's rows.
"""

import asyncio
import email
import re
import smtplib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, make_msgid, parseaddr
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from gateway.app import Gateway, open_gateway
from gateway.config import Config, Dns, Hop, Lmtp, Mailbox, Relay, Smtp, Store
from gateway.desks import packaged_desk
from gateway.explain_store import of_delivery
from gateway.explained import Judge
from gateway.journal import Journal
from gateway.keys import create_keys, load_keys
from gateway.passwords import read_passwords, set_password
from gateway.proofs import Proofs
from gateway.sample import trusting
from parsing.message import Temporary
from parsing.reader import read
from rules.ticket import Ticket
from store.kept import kept_delivery
from store.schema import delivery, entry, outbox, timer
from store.status import read_status, reconcile_rows
from store.tickets import Timeline, ticket_by_number, timeline
from tests.running import HOST
from tests.sink import SmtpSink

SUPPORT, SALES, PLAIN = "support@desk.example", "sales@desk.example", "plain@desk.example"
MARIE, KARIM = "marie@desk.example", "karim@desk.example"
ANNA = "anna@customer.example"
NAMES = {MARIE: "Marie Dupont", KARIM: "Karim Benali", ANNA: "Anna Nowak"}
BEGIN = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)  # a Friday
PASSWORD = "correct horse battery staple"
MX = "mx.desk.example"  # the mail server in front, which checks senders
PATIENCE = 20.0  # seconds
TOKEN = re.compile(r"\+([a-z2-7]{36,60})@")
PEOPLE = f"""
people:
  marie: {{name: Marie Dupont, mail: {MARIE}}}
  karim: {{name: Karim Benali, mail: {KARIM}}}
"""
DESKS = {
    "support": f"desk: support\nname: Support\naddress: {SUPPORT}{PEOPLE}",
    "sales": f"desk: sales\nname: Sales\naddress: {SALES}{PEOPLE}",
    "plain": f"desk: plain\nname: Plain\naddress: {PLAIN}{PEOPLE}plus_addresses: false\n",
}


@dataclass(frozen=True)
class Mail:
    """A mail at the sink, read as a mail program reads it."""

    sender: str
    recipient: str
    raw: bytes
    mail: EmailMessage

    @property
    def text(self) -> str:
        """What stands in the plain text."""
        body = self.mail.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""

    @property
    def html(self) -> str:
        body = self.mail.get_body(("html",))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def id(self) -> str:
        return str(self.mail["Message-ID"]).strip()

    @property
    def answers(self) -> str:
        return str(self.mail["In-Reply-To"] or "").strip()

    @property
    def references(self) -> list[str]:
        return str(self.mail["References"] or "").split()

    @property
    def files(self) -> dict[str, bytes]:
        """The attachments by name."""
        return {part.get_filename() or "": part.get_payload(decode=True) for part in self.mail.iter_attachments()}  # type: ignore[misc]


def inner(old: Mail) -> str:
    """The body of the mail that is quoted, as mail programs take it over."""
    return old.html.partition("<body")[2].partition(">")[2].rpartition("</body>")[0]


class MovedClock:
    """The clock of dates, moved by hand."""

    def __init__(self) -> None:
        self.moment = BEGIN

    def now(self) -> datetime:
        return self.moment


class House:
    """A gateway with its sink; `open` and `close` may be repeated, as a restart does."""

    def __init__(self, folder: Path, url: str, sink: SmtpSink, *, mailboxes: tuple[Mailbox, ...] = ()) -> None:
        self.folder, self.url, self.sink, self.clock, self.mailboxes = folder, url, sink, MovedClock(), mailboxes
        self.desks, self.dns = dict(DESKS), Dns()
        self.lmtp: Lmtp | None = None
        self.max_size = Smtp().max_size
        self.hop: Hop | None = Hop(authserv_id=MX, peers=(HOST,))
        self.relay_port = sink.port
        self.trouble, self.ticks_alone = "", False
        self._stack: AsyncExitStack | None = None
        self._gateway: Gateway | None = None
        self._seen = 0
        self._unread: list[Mail] = []

    # -- opened and closed

    async def open(self) -> None:
        """Start the gateway; on PostgreSQL and SQLite alike the store is there already."""
        for name, text in self.desks.items():
            desk = self.folder / "desks" / name
            desk.mkdir(parents=True, exist_ok=True)
            (desk / "desk.yaml").write_text(text)
            (desk / "rules.yaml").write_text(packaged_desk()["rules.yaml"])
        create_keys(self.folder / "var" / "keys")
        passwords = self.folder / "var" / "passwords"
        for agent in (MARIE, KARIM):
            if not passwords.exists() or agent not in read_passwords(passwords):
                set_password(passwords, agent, PASSWORD)
        config = Config(
            base=self.folder,
            desks=Path("desks"),
            readers=1,
            store=Store(url=self.url),
            smtp=Smtp(listen=(f"{HOST}:0",), hop=self.hop, max_size=self.max_size),
            lmtp=self.lmtp,
            http=None,
            dns=self.dns,
            mailbox=self.mailboxes,
            relay=Relay(host=HOST, port=self.relay_port, tls="none", retry_seconds=(0.05,)),
        )
        self._stack = AsyncExitStack()
        try:
            self._gateway = await open_gateway(
                config, self._stack, now=self.clock.now, journal=Journal(quiet=True), failpoint=self._failpoint
            )
        except BaseException:
            await self._stack.aclose()
            raise
        if not self.ticks_alone:  # it ticks when a scenario says so, and never while the clock is being moved
            self._gateway.clock.stop()

    async def close(self) -> None:
        """Stop it, in good order."""
        if self._stack is not None:
            await self._stack.aclose()
        self._stack = self._gateway = None

    def _failpoint(self, name: str) -> None:
        """Work fails for now at the failpoint that `trouble` names."""
        if name == self.trouble:
            raise Temporary("trouble, as the scenario wants it")

    @property
    def gateway(self) -> Gateway:
        assert self._gateway is not None
        return self._gateway

    @property
    def port(self) -> int:
        return self.gateway.smtp_ports[0]

    # -- what people send

    async def send(
        self, mail: EmailMessage | bytes, *, sender: str | None = None, to: Sequence[str] = (), forged: bool = False
    ) -> str:
        """Hand a mail over and wait until all that follows from it has happened. Returns its Message-ID."""
        message_id = await self.hand_over(mail, sender=sender, to=to, forged=forged)
        await self.settled()
        return message_id

    async def hand_over(
        self, mail: EmailMessage | bytes, *, sender: str | None = None, to: Sequence[str] = (), forged: bool = False
    ) -> str:
        """Over SMTP, until the 250. The envelope is that of the header unless it is given.

        An agent's program logs in over TLS; a mail that is `forged` in their name comes without.
        """
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP)
        head = email.message_from_bytes(raw, policy=default)
        author = parseaddr(str(head["From"]))[1]
        from_ = author if sender is None else sender
        recipients = list(to) or [parseaddr(part)[1] for part in str(head["To"]).split(",")]

        def talk() -> None:
            with smtplib.SMTP(HOST, self.port, timeout=PATIENCE) as client:
                if author in (MARIE, KARIM) and not forged:
                    client.starttls(context=trusting(self.gateway.config.certificate))
                    client.login(author, PASSWORD)
                client.sendmail(from_, recipients, raw)

        await asyncio.to_thread(talk)
        return str(head["Message-ID"] or "").strip()

    def write(
        self,
        text: str = "",
        *,
        subject: str = "I can not log in",
        who: str = ANNA,
        to: str = SUPPORT,
        html: str | None = None,
        files: Mapping[str, bytes] | None = None,
        vouched: bool = False,
        **fields: str,
    ) -> EmailMessage:
        """A new mail as a mail program writes it; `fields` are more of its header (`Auto_Submitted` for the hyphen).

        `vouched`: the server in front says that its domain vouches for it.
        """
        mail = EmailMessage(policy=SMTP)
        if vouched:
            mail["Authentication-Results"] = f"{MX}; dmarc=pass header.from={who.rpartition('@')[2]}"
        mail["From"] = f"{NAMES.get(who, 'Somebody')} <{who}>"
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(self.clock.moment)
        mail["Message-ID"] = make_msgid(domain=who.rpartition("@")[2])
        for name, value in fields.items():
            mail[name.replace("_", "-")] = value
        if html is None:
            mail.set_content(text)
        elif text:
            mail.set_content(text)
            mail.add_alternative(html, subtype="html")
        else:
            mail.set_content(html, subtype="html")
        for name, data in (files or {}).items():
            mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        return mail

    def reply(
        self, old: Mail, text: str = "", *, who: str | None = None, quote: bool = True, **words: Any
    ) -> EmailMessage:
        """What a mail program makes of "reply": To from Reply-To, the thread's fields, the old text quoted below."""
        quoted = "\n".join(f"> {line}" for line in old.text.splitlines())
        below = f"\n\nOn {format_datetime(self.clock.moment)}, {old.mail['From']} wrote:\n{quoted}\n" if quote else ""
        subject = words.pop("subject", old.subject if old.subject.startswith("Re:") else f"Re: {old.subject}")
        mail = self.write(
            (text + below) if text or not words.get("html") else "",
            who=who or old.recipient,
            to=words.pop("to", str(old.mail["Reply-To"] or old.mail["From"])),
            subject=subject,
            **words,
        )
        mail["In-Reply-To"] = old.id
        mail["References"] = " ".join([*old.references, old.id])
        return mail

    # -- what people get

    def _read_sink(self) -> None:
        taken = self.sink.received[self._seen :]
        self._seen += len(taken)
        for one in taken:
            mail = email.message_from_bytes(one.data, policy=default)
            assert isinstance(mail, EmailMessage)
            self._unread.extend(Mail(one.sender, recipient, one.data, mail) for recipient in one.recipients)

    def got(self, recipient: str | None = None) -> list[Mail]:
        """What came to somebody (None: to anybody) since this was asked last, in order."""
        self._read_sink()
        found = [mail for mail in self._unread if recipient in (None, mail.recipient)]
        self._unread = [mail for mail in self._unread if mail not in found]
        return found

    def one(self, recipient: str) -> Mail:
        """The one mail that came to somebody."""
        found = self.got(recipient)
        assert len(found) == 1, [(mail.subject, mail.text) for mail in found]
        return found[0]

    def unread(self) -> list[tuple[str, str, str]]:
        """What nobody asked for."""
        self._read_sink()
        return [(mail.recipient, mail.subject, mail.text[:300]) for mail in self._unread]

    # -- the store's rows

    async def rows(self, query: Any) -> list[Any]:
        return await self.gateway.db.read(lambda conn: list(conn.execute(query).all()))

    async def ticket(self, number: int = 1) -> Ticket:
        found = await self.gateway.db.read(lambda conn: ticket_by_number(conn, number))
        assert found is not None
        return found

    async def timeline(self, number: int = 1) -> Timeline:
        found = await self.gateway.db.read(lambda conn: timeline(conn, number))
        assert found is not None
        return found

    async def outcomes(self) -> list[str]:
        """The ledger's outcomes, oldest first."""
        return [row.outcome for row in await self.rows(select(delivery.c.outcome).order_by(delivery.c.id))]

    async def timers(self) -> list[tuple[str, datetime]]:
        """Kind and due time of what is pending, earliest first."""
        query = select(timer.c.kind, timer.c.due_at).where(timer.c.state == "pending").order_by(timer.c.due_at)
        return [(row.kind, row.due_at) for row in await self.rows(query)]

    async def entries(self, kind: str | None = None, number: int = 1) -> list[str]:
        query = select(entry.c.summary, entry.c.kind).where(entry.c.ticket == number).order_by(entry.c.id)
        return [row.summary for row in await self.rows(query) if kind in (None, row.kind)]

    async def red(self) -> tuple[str, ...]:
        """The alarms that stand."""
        return (await self.gateway.db.read(read_status)).red

    # -- time

    async def until(self, holds: Callable[[], Awaitable[bool]], what: str = "it") -> None:
        """Wait for something that the rows must show."""
        async with asyncio.timeout(PATIENCE):
            while not await holds():  # noqa: ASYNC110 - a row of a database wakes nobody
                await asyncio.sleep(0.01)

    async def settled(self, *, mail: bool = True) -> None:
        """Until every delivery has its outcome and (with `mail`) nothing waits to leave."""
        waiting = [
            select(func.count()).where(delivery.c.state != "done"),
            select(func.count()).where(outbox.c.state.in_(["queued", "taken"])),
        ][: 1 + mail]

        async def quiet() -> bool:
            return not any([(await self.rows(query))[0][0] for query in waiting])

        await self.until(quiet)

    async def later(self, *, mail: bool = True, **time: float) -> None:
        """Move the clock (days=3), and let it do all that has come due by then."""
        self.clock.moment += timedelta(**time)
        while await self.gateway.clock.tick():
            pass
        await self.settled(mail=mail)

    # -- what must hold at the end of every scenario

    async def judge(self) -> None:
        """The books are right, nobody got a mail that no scenario expected, and nothing private left the house."""
        assert not self.unread()
        assert not await self.gateway.db.read(reconcile_rows)
        sent = await self.rows(select(outbox.c.event, outbox.c.recipient))
        assert len(sent) == len(set(sent)), "one event sent somebody two mails"
        for one in self.sink.received:
            self._judge_mail(one.recipients, one.data)
        await self._judge_decisions()

    async def _judge_decisions(self) -> None:
        """Each decision upon a mail comes out the same from what was kept with it (law 12)."""
        keys = load_keys(self.folder / "var" / "keys")
        judge = Judge(self.gateway.policies, keys, desk=None, look_up=None, mail_limit=0, proofs=Proofs(None, None, {}))
        for (number,) in await self.rows(select(delivery.c.id)):
            kept = await self.gateway.db.read(partial(kept_delivery, number=number))
            assert kept is not None
            again = (await of_delivery(kept, read(kept.raw), judge)).kept
            assert again is None or (again.differences, again.problem) == ((), ""), f"D{number}: {again}"

    def _judge_mail(self, recipients: Iterable[str], raw: bytes) -> None:
        agents = {agent.mail.key for policy in self.gateway.policies.values() for agent in policy.agents}
        if set(recipients) & agents:
            return
        mail = email.message_from_bytes(raw, policy=default)
        words = "".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
        assert "[tkt-private" not in words
        assert not TOKEN.search(words), "a token stands in a customer's mail"
