"""The numbers of the SMTP listener, and the three counts that its sessions share: memory, connections, guesses.

Nothing here waits or reads a clock: `now` is an argument, in seconds of any clock that does not jump.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SmtpLimits:
    """Every number of the listener but the size of a message, which stands in tkt.toml. Times are seconds."""

    connections: int = 200
    connections_per_address: int = 20
    recipients: int = 200
    mails: int = 100
    hops: int = 50
    command: int = 2048
    line: int = 2**20
    memory: int = 256 * 2**20
    memory_step: int = 2**20
    soft_errors: int = 10
    hard_errors: int = 20
    error_delay: float = 1.0
    session_seconds: float = 1800.0
    command_seconds: float = 300.0
    data_seconds: float = 600.0
    data_rate: int = 500
    data_grace: float = 120.0
    accept_seconds: float = 60.0
    farewell_seconds: float = 5.0
    login_failures: int = 10
    login_window: float = 900.0
    login_addresses: int = 10_000
    logins_at_once: int = 2


class Memory:
    """Bytes that all messages in hand may take together; a message holds its share from DATA until it is committed."""

    def __init__(self, total: int) -> None:
        self.free = total

    def take(self, size: int) -> Share | None:
        """A share of `size` bytes, or None when so much is not free."""
        share = Share(self)
        return share if share.grow_to(size) else None


class Share:
    """What one message holds of `Memory`, until `release`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.size = 0

    def grow_to(self, size: int) -> bool:
        """Hold at least `size` bytes; False, and nothing changed, when so much is not free."""
        more = size - self.size
        if more > self._memory.free:
            return False
        if more > 0:
            self._memory.free -= more
            self.size = size
        return True

    def shrink_to(self, size: int) -> None:
        """Give back all but `size` bytes."""
        self._memory.free += max(self.size - size, 0)
        self.size = min(self.size, size)

    def release(self) -> None:
        """Give everything back; harmless twice."""
        self.shrink_to(0)


class Crowd:
    """Who is connected: all together, and from each address (an IPv6 /64 counts as one).

    Addresses that `spared` says yes to have no limit of their own: a mail server in front stands for all its senders.
    """

    def __init__(self, total: int, per_address: int, *, spared: Callable[[str], bool] = lambda address: False) -> None:
        self._total, self._per_address, self._spared = total, per_address, spared
        self._here: dict[str, int] = {}
        self.count = 0

    def enter(self, address: str) -> bool:
        """Count one more connection; False when there is no place, and then nothing was counted."""
        key = neighbourhood(address)
        here = self._here.get(key, 0)
        if self.count >= self._total or (here >= self._per_address and not self._spared(address)):
            return False
        self.count += 1
        self._here[key] = here + 1
        return True

    def leave(self, address: str) -> None:
        """Undo one `enter`."""
        key = neighbourhood(address)
        self.count -= 1
        self._here[key] -= 1
        if self._here[key] == 0:
            del self._here[key]


class Guesses:
    """Failed logins of each network address within a window. The oldest addresses are forgotten when there are many.

    There is no count for each account: anybody could lock an agent out with it.
    """

    def __init__(self, allowed: int, window: float, addresses: int) -> None:
        self._allowed, self._window, self._addresses = allowed, window, addresses
        self._failures: dict[str, list[float]] = {}

    def locked(self, address: str, now: float) -> bool:
        """Whether `address` has used up its guesses."""
        recent = [then for then in self._failures.get(neighbourhood(address), ()) if now - then < self._window]
        return len(recent) >= self._allowed

    def failed(self, address: str, now: float) -> None:
        """One more wrong password from `address`."""
        key = neighbourhood(address)
        self._failures[key] = [*self._failures.pop(key, []), now][-self._allowed :]
        while len(self._failures) > self._addresses:
            del self._failures[next(iter(self._failures))]


def neighbourhood(address: str) -> str:
    """The unit that is counted: an IPv4 address, or the /64 of an IPv6 address, as it is handed out to one customer."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))
