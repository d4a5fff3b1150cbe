"""A relay that answers what the test says, and counts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.relay import Letter, Mail, Result, always


@dataclass
class FakeRelay:
    """A relay that answers what the test says, and counts how many mails are with it at once."""

    connections: int = 2
    paused: str = ""
    trouble: str = ""
    max_size: int | None = None
    answer: Callable[[Mail], Result] = lambda mail: Result("sent", "250 2.0.0 ok", "2.0.0", "fake")
    sent: list[Letter] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    inside: int = 0
    most: int = 0
    began: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def send(self, mail: Mail, *, good: Callable[[], bool] = always) -> Result:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.began.release()
        try:
            await self.gate.wait()
            self.sent.append(Letter(mail.serial, mail.envelope_from, mail.recipient, mail.raw))
            return self.answer(mail)
        finally:
            self.inside -= 1

    async def close(self) -> None: ...
