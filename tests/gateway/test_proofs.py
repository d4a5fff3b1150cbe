"""What proves a sender, from the socket to the kept decision; with a DNS that answers, fails, or is never asked."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from gateway.config import Arc, Config, Dns, Hop, Lmtp, Mailbox, Smtp
from gateway.dns import Resolver
from gateway.explained import make_judge
from gateway.proofs import Proofs, make_proofs, organization
from parsing.authentication import Peer
from parsing.dns import Answer, Question, Record
from parsing.evidence import Way, evidence
from parsing.message import Evidence, Grade
from parsing.reader import read
from parsing.tokens import Keys
from store.kept import kept_delivery
from tests.dns_server import name_server, txt
from tests.gateway.road import Street, street
from tests.parsing.test_dkim_signatures import record, signed
from tests.running import HOST

KEYS = Keys(current=b"k" * 32)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
KEY = ("one._domainkey.example.org", "TXT")
SIGNED = signed(
    b"From: Ann <ann@example.org>\r\nTo: support@localhost\r\nSubject: It is broken\r\n"
    b"Message-ID: <one@example.org>\r\n\r\nHello,\r\nit is broken.\r\n"
)


KNOWN = {KEY: txt(record())}


def asking(port: int, *, ask: bool = True, seconds: float = 5.0) -> Dns:
    """The name server of the test, and no other."""
    return Dns(ask=ask, servers=(HOST,), port=port, seconds=seconds)


async def evidence_of(road: Street, raw: bytes) -> Evidence:
    """What was kept of a mail that came by SMTP."""

    def send() -> None:
        with smtplib.SMTP(HOST, road.gateway.smtp_ports[0]) as client:
            client.sendmail("ann@example.org", ["support@localhost"], raw)

    await asyncio.to_thread(send)
    assert await road.outcome() == "opened"
    kept = await road.gateway.db.read(partial(kept_delivery, number=1))
    assert kept is not None
    assert kept.decision is not None
    return kept.decision.evidence


async def test_a_signed_mail_is_vouched_for_by_its_domain(tmp_path: Path) -> None:
    """A mail whose signature holds is graded E2, and the reason is kept with the decision."""
    async with name_server(KNOWN) as server, street(tmp_path, dns=asking(server.port)) as road:
        found = await evidence_of(road, SIGNED)

    assert found.grade is Grade.E2
    assert "DKIM of example.org: the signature holds" in found.why


@pytest.mark.parametrize("answer", [["SILENCE"], ["SERVFAIL"], None])
async def test_a_dns_that_does_not_answer_stops_no_mail(tmp_path: Path, answer: list[str] | None) -> None:
    """Without an answer the mail is taken in all the same, with no evidence."""
    names = {KEY: answer} if answer else {}
    async with name_server(names) as server, street(tmp_path, dns=asking(server.port, seconds=0.2)) as road:
        assert (await evidence_of(road, SIGNED)).grade is Grade.E0


async def test_a_slow_dns_holds_a_mail_for_its_seconds_only() -> None:
    """Whoever owns a domain may answer slowly, round after round: all of it has one limit, and what is known counts."""

    class Slow(Resolver):
        async def resolve(self, questions: Iterable[Question]) -> Mapping[Question, Answer]:
            answers = {question: Answer() for question in questions}
            if Question("0.example", Record.TXT) not in answers:
                await asyncio.Event().wait()  # for ever
            return answers

    def endless(way: Way) -> tuple[int, frozenset[Question]]:
        asked = len(way.answers)
        return asked, frozenset({Question(f"{asked}.example", Record.TXT)})

    proofs = Proofs(Slow(servers=(HOST,)), None, {}, seconds=0.05)

    assert await proofs.prove(endless, proofs.way("smtp", {}, NOW)) == 1


async def test_the_dns_may_be_left_alone(tmp_path: Path) -> None:
    """With `ask = false` nothing leaves for the DNS."""
    async with name_server(KNOWN) as server, street(tmp_path, dns=asking(server.port, ask=False)) as road:
        assert (await evidence_of(road, SIGNED)).grade is Grade.E0
        assert not server.asked


async def test_explain_asks_when_it_is_told_to(tmp_path: Path) -> None:
    """`tkt explain --dns` checks the signatures of a file; without it nobody is asked."""
    async with name_server(KNOWN) as server:
        config = Config(base=tmp_path, dns=asking(server.port))
        alone = await make_judge(config).of_file(read(SIGNED))
        asked = await make_judge(config, dns=True).of_file(read(SIGNED))

    assert (alone.evidence.grade, asked.evidence.grade) == (Grade.E0, Grade.E2)
    assert "DKIM of example.org: not known yet" in alone.evidence.why


def test_the_way_of_a_mail() -> None:
    """Only a peer that was declared is the hop, by LMTP each is; a mailbox has its own; a file has either."""
    hop = Hop(authserv_id="MX.example.com", received_by=("MX.example.com",), peers=("192.0.2.0/24",))
    other = Hop(authserv_id="imap.example.com")
    mailbox = Mailbox(name="box", desk="support", host="imap.example.com", user="u", password=None, hop=other)
    lmtp = Lmtp(listen=("unix:lmtp",), hop=Hop(authserv_id="front.example.com"))
    proofs = make_proofs(Config(smtp=Smtp(hop=hop), lmtp=lmtp, mailbox=(mailbox,)), ask=False)

    def way(channel: str, **peer: str) -> tuple[Peer | None, str]:
        found = proofs.way(channel, peer, NOW)
        return found.peer, found.hop.authserv_id if found.hop else ""

    assert way("smtp", address="192.0.2.7", helo="x") == (Peer("192.0.2.7", "x", ""), "mx.example.com")
    assert way("smtp", address="192.0.3.7", user="a@b.example") == (Peer("192.0.3.7", "", "a@b.example"), "")
    assert way("lmtp", address="198.51.100.1", helo="x") == (Peer("", "x", ""), "front.example.com")
    assert way("imap", account="box") == (None, "imap.example.com")
    assert way("imap", account="another") == (None, "")
    assert way("file") == (Peer(), "imap.example.com")


def test_the_sealers_of_tkt_toml_are_believed() -> None:
    """Every way of a mail carries the named sealers, in lower case."""
    proofs = make_proofs(Config(arc=Arc(trusted_sealers=("Lists.Example.org",))), ask=False)

    assert {proofs.way(channel, {}, NOW).sealers for channel in ("smtp", "lmtp", "file")} == {
        frozenset({"lists.example.org"})
    }


def test_spf_is_asked_about_strangers_only() -> None:
    """Of a peer that is the hop, by SMTP or LMTP, the DNS is asked nothing about SPF; of any other it is."""
    hop = Hop(peers=("1.2.3.0/24",))
    proofs = make_proofs(Config(smtp=Smtp(hop=hop), lmtp=Lmtp(listen=("unix:lmtp",))), ask=False)
    message = read(b"From: ann@example.org\r\n\r\nHello\r\n")

    def asked(channel: str, address: str) -> set[Question]:
        way = proofs.way(channel, {"address": address, "helo": "mx.example.org"}, NOW)
        _, wanted = evidence(
            message, keys=KEYS, envelope_from="ann@example.org", envelope_to=(), desk_addresses=(), way=way
        )
        return set(wanted)

    spf = {Question("example.org", Record.TXT)}
    assert asked("smtp", "1.2.4.1") >= spf
    assert not asked("smtp", "1.2.3.1") & spf
    assert not asked("lmtp", "1.2.4.1") & spf


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("mail.example.co.uk", "example.co.uk"),
        ("example.org", "example.org"),
        ("co.uk", ""),
        ("a.b.c.example.com", "example.com"),
    ],
)
def test_whose_a_name_is(name: str, owner: str) -> None:
    """The registered domain by the public suffix list; a suffix is nobody's."""
    assert organization(name) == owner
