"""The sending client: an MTA's patience and an MTA's memory. Its list of 250s is the first judge.

What got no 250 is tried again with the same bytes and envelope until it gets one; a 5xx to a good mail is a violation.
"""

import queue
import random
import smtplib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.certificate import any_certificate
from tests.crash import mails
from tests.crash.gateway import AGENTS, PASSWORD
from tests.crash.mails import Mail
from tests.running import HOST

TRIES = 400


@dataclass
class Said:
    """What the other side said, as this client saw it. `events` is notified at each 250."""

    accepted: dict[int, Mail] = field(default_factory=dict)
    twice: int = 0
    retries: int = 0
    refused: list[str] = field(default_factory=list)
    lost: list[Mail] = field(default_factory=list)
    events: threading.Condition = field(default_factory=threading.Condition)

    def note(self, mail: Mail) -> None:
        """A 250 after the dot."""
        with self.events:
            self.accepted[mail.number] = mail
            self.events.notify_all()

    def wait_for(self, count: int, seconds: float) -> bool:
        """Until so many mails have their 250."""
        with self.events:
            return self.events.wait_for(lambda: len(self.accepted) >= count, seconds)


@dataclass(frozen=True)
class Open:
    """A session, and the agent who logged in on it ("" for none)."""

    smtp: smtplib.SMTP
    login: str


def _open(port: int, login: str) -> Open:
    smtp = smtplib.SMTP(HOST, port, "client.example.test", timeout=30)
    try:
        if login:
            smtp.starttls(context=any_certificate())
            smtp.login(login, PASSWORD)
    except BaseException:
        smtp.close()
        raise
    return Open(smtp, login)


class Client:
    """Several connections at once; each asks `next_mail` for its next mail, None being the end."""

    def __init__(
        self, ports: Sequence[int], next_mail: Callable[[], Mail | None], *, connections: int, chance: random.Random
    ) -> None:
        self.said = Said()
        self._ports = list(ports)
        self._next = next_mail
        self._chance = chance
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(connections)]
        self._again: queue.SimpleQueue[tuple[Mail, int]] = queue.SimpleQueue()

    def start(self) -> None:
        """All connections."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No further try."""
        self._stopped.set()

    def join(self, seconds: float) -> bool:
        """Whether every mail is done."""
        for thread in self._threads:
            thread.join(seconds)
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        session: Open | None = None
        while not self._stopped.is_set() and (mail := self._next()) is not None:
            for attempt in range(TRIES):
                session = self._try(session, mail)
                if mail.number in self.said.accepted or self._stopped.is_set():
                    break
                self.said.retries += 1
                # an MTA waits, too; a refused connect returns at once
                self._stopped.wait(min(0.05 * (attempt + 1), 0.5))
            else:
                self.said.lost.append(mail)
        if session is not None:
            session.smtp.close()

    def _try(self, session: Open | None, mail: Mail) -> Open | None:
        """One try on an open session or a new one; the session, when it is fit for another."""
        login = mail.envelope_from if mail.envelope_from in AGENTS.values() else ""
        try:
            # now and then a new connection, as most senders have one mail
            if session is None or session.login != login or self._chance.random() < 0.2:
                if session is not None:
                    session.smtp.close()
                session = None
                session = _open(self._chance.choice(self._ports), login)
            session.smtp.sendmail(mail.envelope_from, [mail.envelope_to], mail.raw)
        except (smtplib.SMTPException, OSError) as error:
            self._look(mail, error)
            if session is not None:
                session.smtp.close()
            return None
        self.said.note(mail)
        return session

    def _look(self, mail: Mail, error: Exception) -> None:
        code = getattr(error, "smtp_code", 0)
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code = next(iter(error.recipients.values()))[0]
        if 500 <= int(code) < 600:
            self.said.refused.append(f"mail {mail.number}: {error}")


def send_new(port: int, count: int, *, seed: int = 4) -> int:
    """So many new mails over three connections; how many got their 250."""
    chance = random.Random(seed)
    waiting = [mails.new(number, chance) for number in range(count)]
    client = Client([port], lambda: waiting.pop() if waiting else None, connections=3, chance=chance)
    client.start()
    client.join(60)
    return len(client.said.accepted)
