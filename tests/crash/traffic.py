"""What is sent next: chosen by chance from what has come back so far, as customers and agents do.

A customer only answers a mail that the sink took, an agent only a notification; so the whole loop runs, not only its
first half.
"""

import random
import re
import threading

from tests.crash import mails
from tests.crash.gateway import AGENTS
from tests.crash.mails import Mail, Seen
from tests.sink import SmtpSink

WORD = re.compile(r"zq\d+x[0-9a-f]{8}")


class Traffic:
    """`next_mail` hands out so many mails, from any thread."""

    def __init__(self, sink: SmtpSink, *, count: int, chance: random.Random) -> None:
        self.made: dict[str, Mail] = {}  # by its word
        self._sink, self._count, self._chance = sink, count, chance
        self._lock = threading.Lock()
        self._read = 0
        self._for_customers: list[Seen] = []
        self._for_agents: list[tuple[Seen, str]] = []

    def next_mail(self) -> Mail | None:
        """The next one, or None when all are made."""
        with self._lock:
            if len(self.made) >= self._count:
                return None
            self._look()
            mail = self._choose(len(self.made))
            self.made[mail.word] = mail
            return mail

    def _choose(self, number: int) -> Mail:
        chance = self._chance.random()
        # each notification is answered once at most: an agent has no two minds
        if self._for_agents and chance < 0.3:
            seen, customer = self._for_agents.pop(self._chance.randrange(len(self._for_agents)))
            return mails.reply(number, seen, customer, self._chance)
        if self._for_customers and chance < 0.55:
            return mails.answer(number, self._chance.choice(self._for_customers), self._chance)
        return mails.new(number, self._chance)

    def _look(self) -> None:
        received = self._sink.received
        for one in received[self._read :]:
            self._sort(Seen(one))
        self._read = len(received)

    def _sort(self, seen: Seen) -> None:
        if seen.recipient not in AGENTS.values():
            self._for_customers.append(seen)
            return
        word = WORD.search(seen.text)
        mail = self.made.get(word.group()) if word else None
        if mail is not None and mail.kind in ("new", "answer"):
            self._for_agents.append((seen, mail.customer))
