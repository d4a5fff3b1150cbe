"""ARC (RFC 8617): chains that others sealed, chains that do not hold, and whom of their sealers is believed."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parsing.arc_sealers import seen_by_sealers
from parsing.authentication import Peer, Proof, authenticate
from parsing.codec import message_from_json, message_to_json
from parsing.dns import Answer, Inquiry, Question
from parsing.limits import Limits
from parsing.message import ArcChain
from parsing.reader import read
from tests.parsing.sealing import Set, literals, mail_dkim, seal, sealers_record
from tests.parsing.suites import archived

NOW = datetime(2026, 11, 25, tzinfo=UTC)
MAIL = (
    b"From: Anna <anna@customer.example>\r\nTo: support@desk.example\r\nSubject: It is broken\r\n"
    b"Message-ID: <one@customer.example>\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\n\r\nHello,\r\nit is broken.\r\n"
)
PASS = "mx.list.example; dmarc=pass header.from=customer.example"
LIST = Set("list.example", PASS)
EVIL = Set("evil.example", PASS.replace("list", "evil"))


def chain_of(raw: bytes) -> ArcChain:
    found = read(raw).arc
    assert found is not None
    return found


def answered(question: Question) -> Answer:
    """Every domain has the sealers' one key."""
    return Answer((sealers_record(),))


def proof_of(raw: bytes, *sealers: str, record: str | None = None, asked: set[Question] | None = None) -> Proof:
    """What the sealers prove of the sender when the DNS knows their keys."""
    message = read(raw)
    answers: dict[Question, Answer] = {}
    for _ in range(12):
        inquiry = Inquiry(answers)
        proof = authenticate(
            message,
            peer=Peer(),
            envelope_from="",
            hop=None,
            organization=lambda domain: ".".join(domain.split(".")[-2:]),
            inquiry=inquiry,
            now=NOW,
            sealers=sealers,
        )
        if not inquiry.wanted:
            return proof
        if asked is not None:
            asked |= inquiry.wanted
        answers |= {
            question: answered(question) if record is None else Answer((record,)) for question in inquiry.wanted
        }
    raise AssertionError("it asks for ever")


def holds(chain: ArcChain, sealers: Collection[str]) -> str:
    """Why the chain does not hold, "" when it does."""
    answers = {
        Question(f"{one.selector}._domainkey.{one.domain}", "TXT"): answered  # type: ignore[arg-type]
        for one in chain.seals
    }
    inquiry = Inquiry({question: Answer((sealers_record(),)) for question in answers})
    return seen_by_sealers(chain, sealers=sealers, inquiry=inquiry, now=NOW)[1]


# ---- chains that others sealed --------------------------------------------------------------------------------------


def test_what_mail_dkim_seals_holds(tmp_path: Path) -> None:
    """A chain of three, sealed one on the other by Mail::DKIM, holds; one octet of the mail changed and it does not."""
    raw = MAIL
    for number, domain in enumerate(("list.example", "forward.example", "edge.example")):
        results = b"Authentication-Results: mx.%b; dmarc=pass header.from=customer.example\r\n" % domain.encode()
        raw = mail_dkim(results + raw, "arc", domain, f"mx.{domain}", "pass" if number else "none", folder=tmp_path)
    sealers = ("list.example", "forward.example", "edge.example")

    assert (chain_of(raw).flaw, len(chain_of(raw).seals)) == ("", 3)
    assert holds(chain_of(raw), sealers) == ""
    assert proof_of(raw, *sealers).domain
    for old, new in (
        (b"broken.", b"broken!"),
        (b"Anna", b"Inna"),
        (b"mx.list.example; dmarc", b"mx.list.example; dkim"),
    ):
        assert not proof_of(raw.replace(old, new, 1), *sealers).domain


def test_what_mail_dkim_signs_holds(tmp_path: Path) -> None:
    """A DKIM signature by Mail::DKIM proves its domain, and not when a word was changed."""
    raw = mail_dkim(MAIL, "dkim", "customer.example", folder=tmp_path)

    assert proof_of(raw).domain
    assert not proof_of(raw.replace(b"broken.", b"mended.")).domain


def test_dkimpys_own_chains() -> None:
    """The chain that dkimpy's tests expect of it holds, and the one with h= in its seal does not."""
    source = archived("dkimpy-1.1.8.tar.gz", "dkim/tests/test_arc.py").decode()
    mail = (
        archived("dkimpy-1.1.8.tar.gz", "dkim/tests/data/test.message").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    )
    record = archived("dkimpy-1.1.8.tar.gz", "dkim/tests/data/test.txt").decode()
    good, bad = (b"".join(literals(source, name)) + mail for name in ("expected_sig", "sig_lines"))
    chain = chain_of(good)
    inquiry = Inquiry({Question("test._domainkey.example.com", "TXT"): Answer((record,))})  # type: ignore[arg-type]

    seen, why = seen_by_sealers(chain, sealers=["example.com"], inquiry=inquiry, now=NOW)

    assert why == ""
    assert {result.method: result.verdict for result in seen[0][1]} == {
        "arc": "none",
        "spf": "pass",
        "dkim": "pass",
        "dmarc": "pass",
    }
    assert chain_of(bad).flaw == "a seal names fields of its own"


# ---- whom we believe ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sets", "believed"),
    [
        ([LIST], True),
        ([LIST, replace(LIST, domain="edge.example")], True),
        ([EVIL], False),  # A37: an invented chain
        ([EVIL, replace(LIST, results="mx.list.example; dmarc=fail header.from=customer.example")], False),
        ([LIST, EVIL], False),  # whoever is not named could have changed the mail since
        ([LIST, EVIL, replace(LIST, results="mx.list.example; arc=pass")], False),
        ([replace(LIST, results="mx.list.example; dmarc=pass header.from=other.example")], False),
        ([replace(LIST, results="mx.list.example; dmarc=fail header.from=customer.example; spf=pass "
                                "smtp.mailfrom=customer.example")], False),
        ([replace(LIST, results="mx.list.example; spf=pass smtp.mailfrom=anna@customer.example")], True),
        ([replace(LIST, results="mx.list.example; dkim=pass header.d=customer.example")], True),
        ([replace(LIST, results="mx.list.example; dkim=pass header.d=list.example")], False),
        ([replace(LIST, results="mx.list.example; none (dmarc=pass header.from=customer.example)")], False),
        ([replace(LIST, results="mx.list.example; (unclosed")], False),
    ],
)  # fmt: skip
def test_only_named_sealers_vouch(sets: list[Set], believed: bool) -> None:
    """What an unbroken run of named sealers up to the newest saw of From's own domain counts, and nothing else."""
    assert proof_of(seal(MAIL, sets), "list.example", "edge.example").domain is believed


def test_it_says_why() -> None:
    """The evidence names the sealer and what it saw; without a named one, which name would have to be in tkt.toml."""
    raw = seal(MAIL, [LIST])

    assert proof_of(raw, "list.example").why == ("list.example, which sealed it, says dmarc=pass for customer.example",)
    assert proof_of(raw).why == ("ARC of list.example: no sealer that [arc] names",)
    assert proof_of(raw, "list.example", record="v=DKIM1; p=").why == ("ARC of list.example: its key was withdrawn",)


def test_the_dns_is_asked_about_named_sealers_only() -> None:
    """An invented chain of fifty seals makes us ask nothing; a believed one, all its keys in one round."""
    asked: set[Question] = set()

    assert not proof_of(seal(MAIL, [replace(EVIL, domain=f"d{n}.example") for n in range(50)]), "list.example").domain
    assert proof_of(seal(MAIL, [EVIL, LIST]), "list.example", asked=asked).domain
    assert {question.name for question in asked} == {"sel._domainkey.evil.example", "sel._domainkey.list.example"}


# ---- chains that do not hold ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        (seal(MAIL, [LIST, replace(LIST, cv="fail")]), "its last sealer found the chain broken"),
        (seal(MAIL, [LIST, replace(LIST, cv="fail"), LIST]), "a sealer found the chain broken"),
        (seal(MAIL, [LIST, replace(LIST, cv="none")]), "a sealer found the chain broken"),
        (seal(MAIL, [replace(LIST, cv="pass")]), "a sealer found the chain broken"),
        (seal(MAIL, [replace(LIST, cv="odd")]), "malformed"),
        (seal(MAIL, [replace(LIST, more=" h=from;")]), "a seal names fields of its own"),
        (seal(seal(MAIL, [LIST]), [LIST]), "a set holds a field twice"),
        (seal(MAIL, [LIST, LIST]).replace(b"i=2;", b"i=3;"), "a set is not whole"),
        (seal(MAIL, [LIST]).replace(b"ARC-Message-Signature: ", b"X-Message-Signature: "), "a set is not whole"),
        (seal(MAIL, [LIST]).replace(b"Results: i=1;", b"Results: "), "a set has no number"),
        (seal(MAIL, [LIST]).replace(b"i=1;", b"i=1111;"), "a set has no number"),
        (b"ARC-Seal: nonsense\r\n" + MAIL, "malformed"),
        (b"ARC-Seal: i=1; a=rsa-sha256; cv=none; b=AAAA\r\n" + MAIL, "a set is not whole"),
    ],
)
def test_a_chain_that_is_not_whole(raw: bytes, flaw: str) -> None:
    """Gaps, doubles, verdicts that can not be: the chain counts for nothing and says why (section 5.2)."""
    assert chain_of(raw).flaw.startswith(flaw)
    assert not proof_of(raw, "list.example").domain


def test_each_seal_covers_what_came_before() -> None:
    """What an earlier sealer said can not be changed, taken out or signed anew by anybody without his key."""
    raw = seal(MAIL, [LIST, LIST])

    assert holds(chain_of(raw), ["list.example"]) == ""
    changed = raw.replace(b"i=1; mx.list.example; dmarc=pass", b"i=1; mx.list.example; dmarc=fail")
    assert changed != raw
    assert holds(chain_of(changed), ["list.example"]).endswith("the signature does not hold")


@pytest.mark.parametrize(("count", "counts"), [(49, True), (50, True), (51, False)])
def test_a_chain_has_at_most_fifty_sets(count: int, counts: bool) -> None:
    """Section 4.2.1: fifty, and a chain beyond is none; what fifty cost is no matter of seconds."""
    raw = seal(MAIL, [LIST] * count)
    started = time.process_time()

    assert (chain_of(raw).flaw == "") is counts
    assert time.process_time() - started < 1
    assert Limits().arc_sets == 50
    assert proof_of(raw, "list.example").domain is counts


def test_ten_thousand_fields_cost_nothing() -> None:
    """A header full of ARC fields, of blanks or of numbers is refused before it is read."""
    for line in (
        b"ARC-Seal: i=1; b=\r\n",
        b"ARC-Seal: " + b" " * 5000 + b"\r\n",
        b"ARC-Authentication-Results: i=9;\r\n",
    ):
        started = time.process_time()
        read(line * 3000 + b"ARC-Seal: i=1\r\n" + MAIL)

        assert time.process_time() - started < 2


def test_a_chain_travels() -> None:
    """Between the reading child and the gateway nothing of a chain is lost; older accounts without one are read."""
    message = read(seal(MAIL, [LIST]))
    data = json.loads(json.dumps(message_to_json(message)))

    assert message_from_json(data) == message
    del data["arc"]
    assert message_from_json(data) == replace(message, arc=None)
