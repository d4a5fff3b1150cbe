"""The DNS as it is: answers, none, failures, silence; nothing is an exception, and nothing is asked twice in vain."""

from __future__ import annotations

from gateway.dns import Resolver
from parsing.dns import Answer, Question, Record
from tests.dns_server import name_server, txt
from tests.running import HOST

NAMES = {
    ("example.org", "TXT"): txt("v=spf1 " + "ip4:198.41.0.4 " * 30 + "-all"),
    ("example.org", "MX"): ["20 b.example.org.", "10 a.example.org."],
    ("a.example.org", "A"): ["198.41.0.4"],
    ("a.example.org", "AAAA"): ["2001:503:ba3e::2:30"],
    ("4.0.41.198.in-addr.arpa", "PTR"): ["a.example.org."],
    ("broken.example", "TXT"): ["SERVFAIL"],
    ("silent.example", "TXT"): ["SILENCE"],
}


async def test_records_become_text() -> None:
    """Each type as the checks want it: strings joined, hosts in order of preference, no last dots."""
    async with name_server(NAMES) as server:
        resolver = Resolver(servers=(HOST,), port=server.port)
        found = await resolver.resolve(
            [
                Question("example.org", Record.TXT),
                Question("example.org", Record.MX),
                Question("a.example.org", Record.A),
                Question("a.example.org", Record.AAAA),
                Question("4.0.41.198.in-addr.arpa", Record.PTR),
            ]
        )

    assert [answer.records for answer in found.values()] == [
        ("v=spf1 " + "ip4:198.41.0.4 " * 30 + "-all",),
        ("a.example.org", "b.example.org"),
        ("198.41.0.4",),
        ("2001:503:ba3e::2:30",),
        ("a.example.org",),
    ]


async def test_nothing_there_is_no_failure_and_silence_is_one() -> None:
    """A name or a type that does not exist is an empty answer; a server that fails or says nothing is a failure."""
    async with name_server(NAMES) as server:
        resolver = Resolver(servers=(HOST,), port=server.port, seconds=0.3)
        asked = [
            Question(name, Record.TXT) for name in ("no.example", "a.example.org", "broken.example", "silent.example")
        ]
        found = await resolver.resolve(asked)

    assert list(found.values()) == [Answer(), Answer(), Answer(failed=True), Answer(failed=True)]


async def test_names_that_are_none_are_not_asked() -> None:
    """What can not be a name does not exist."""
    async with name_server(NAMES) as server:
        found = await Resolver(servers=(HOST,), port=server.port).resolve(
            [Question("a" * 64 + ".example", Record.TXT), Question("a..b", Record.TXT)]
        )
        assert list(found.values()) == [Answer(), Answer()]
        assert not server.asked


async def test_what_is_known_is_not_asked_again() -> None:
    """An answer holds for its time to live, a failure for half a minute."""
    async with name_server(NAMES) as server:
        resolver = Resolver(servers=(HOST,), port=server.port, seconds=0.3)
        for _ in range(3):
            await resolver.resolve([Question("example.org", Record.TXT), Question("no.example", Record.TXT)])

    assert server.asked == {("example.org", "TXT"): 1, ("no.example", "TXT"): 1}
