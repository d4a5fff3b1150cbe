"""Questions to the DNS answered by dnspython: what is known of a name for as long as its TTL says, and no longer.

Promises: no exception, whatever the DNS does; a question takes its time limit at most; memory is bounded. What can not
be found out is an `Answer` that says so, and is asked again soon.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
from dns.rdata import Rdata

from parsing.dns import Answer, Question, Record

FAILED_SECONDS = 30.0
LONGEST_SECONDS = 3600.0
REMEMBERED = 5000
AT_ONCE = 50
RECORDS = 100  # of one answer
TXT_OCTETS = 16 * 1024


@dataclass(frozen=True, slots=True)
class _Known:
    answer: Answer
    until: float


class Resolver:
    """Asks `servers` (addresses), or those of this machine. One for the whole gateway."""

    def __init__(self, *, servers: Sequence[str] = (), port: int = 53, seconds: float = 5.0) -> None:
        self._known: OrderedDict[Question, _Known] = OrderedDict()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._resolver = _resolver(servers, port, seconds)

    async def resolve(self, questions: Iterable[Question]) -> Mapping[Question, Answer]:
        """An answer for each question, asked at once."""
        asked = list(questions)
        answers = await asyncio.gather(*(self._answer(question) for question in asked))
        return dict(zip(asked, answers, strict=True))

    async def _answer(self, question: Question) -> Answer:
        now = asyncio.get_running_loop().time()
        known = self._known.get(question)
        if known is not None and known.until > now:
            self._known.move_to_end(question)
            return known.answer
        async with self._room:
            answer, seconds = await self._ask(question)
        self._known[question] = _Known(answer, now + seconds)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return answer

    async def _ask(self, question: Question) -> tuple[Answer, float]:
        """The answer, and for how many seconds it holds."""
        if self._resolver is None:
            return Answer(failed=True), FAILED_SECONDS
        try:
            name = dns.name.from_text(question.name)
            kind = dns.rdatatype.from_text(question.record.value)
            found = await self._resolver.resolve(name, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return Answer(), LONGEST_SECONDS / 12
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel, UnicodeError):
            return Answer(), LONGEST_SECONDS
        except (dns.exception.DNSException, OSError, ValueError):
            return Answer(failed=True), FAILED_SECONDS
        records = [] if found.rrset is None else list(found.rrset)[:RECORDS]
        ttl = found.rrset.ttl if found.rrset is not None else LONGEST_SECONDS / 12
        return Answer(_texts(records, question.record)), min(max(float(ttl), 1.0), LONGEST_SECONDS)


def _resolver(servers: Sequence[str], port: int, seconds: float) -> dns.asyncresolver.Resolver | None:
    try:
        found = dns.asyncresolver.Resolver(configure=not servers)
    except (dns.exception.DNSException, OSError):
        return None  # a machine without resolv.conf: nothing can be found out
    if servers:
        found.nameservers = list(servers)
        found.port = port
    found.lifetime = seconds
    found.timeout = max(seconds / 3, 0.1)
    return found


def _texts(records: Sequence[Rdata], record: Record) -> tuple[str, ...]:
    if record is Record.TXT:
        joined = (b"".join(getattr(one, "strings", ())) for one in records)
        return tuple(text[:TXT_OCTETS].decode("latin-1") for text in joined)
    if record is Record.MX:
        hosts = sorted((getattr(one, "preference", 0), str(getattr(one, "exchange", ""))) for one in records)
        return tuple(host.removesuffix(".") for _, host in hosts)
    return tuple(str(one).removesuffix(".") for one in records)
