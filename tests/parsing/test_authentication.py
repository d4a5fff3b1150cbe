"""Who vouches for the address in From: every way of proving it, and of only seeming to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from parsing.authentication import Hop, Peer, Proof, authenticate
from parsing.dns import Answer, Inquiry, Question, Record
from parsing.reader import read
from tests.parsing.suites import asked_until_known
from tests.parsing.test_dkim_signatures import record, signed

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PEER = Peer("198.41.0.4", "mx.example.org")
HOP = Hop("mx.desk.example", ("mx.desk.example",))
PLAIN = b"From: Ann <ann@example.org>\r\nSubject: x\r\n\r\nHello\r\n"
KEY = Question("one._domainkey.example.org", Record.TXT)
SPF = Question("example.org", Record.TXT)


def organization(name: str) -> str:
    """The last two labels: no suffix of this file has more than one."""
    return ".".join(name.split(".")[-2:]) if "." in name else ""


def proof(
    raw: bytes,
    answers: Mapping[Question, Answer] | None = None,
    *,
    peer: Peer | None = PEER,
    hop: Hop | None = None,
    envelope_from: str = "ann@example.org",
) -> Proof:
    """What is proven once everything was asked."""
    message, known = read(raw), answers or {}

    def ask(inquiry: object) -> Proof:
        found = authenticate(
            message,
            peer=peer,
            envelope_from=envelope_from,
            hop=hop,
            organization=organization,
            inquiry=inquiry,  # type: ignore[arg-type]  # an Inquiry, and the type variable does not know
            now=NOW,
        )
        if inquiry.wanted:  # type: ignore[attr-defined]
            inquiry.ask(*next((q.name, q.record) for q in inquiry.wanted))  # type: ignore[attr-defined]
        return found

    return asked_until_known(ask, lambda question: known.get(question, Answer()))[0]


def txt(text: str) -> Answer:
    return Answer((text,))


def test_a_signature_of_the_domain_in_from() -> None:
    """DKIM of the very domain is proof, whoever carried the mail."""
    assert proof(signed(), {KEY: txt(record())}, envelope_from="list@lists.example").domain


def test_a_machine_that_may_send_for_the_domain_in_from() -> None:
    """SPF of the very domain is proof."""
    found = proof(PLAIN, {SPF: txt("v=spf1 ip4:198.41.0.4 -all")})

    assert found.domain
    assert "SPF of example.org: pass (ip4 of example.org matches)" in found.why


def test_a_subdomain_speaks_for_its_owner_unless_he_says_otherwise() -> None:
    """Relaxed alignment by default, strict where the owner of the domain asks for it (RFC 7489 section 3.1)."""
    mail = PLAIN.replace(b"ann@example.org", b"ann@shop.example.org")
    answers = {SPF: txt("v=spf1 ip4:198.41.0.4 -all")}
    strict = Question("_dmarc.example.org", Record.TXT)

    assert proof(mail, answers).domain
    assert not proof(mail, {**answers, strict: txt("v=DMARC1; p=none; aspf=s")}).domain
    assert not proof(mail, {**answers, strict: Answer(failed=True)}).domain


def test_another_domain_proves_nothing() -> None:
    """SPF and DKIM of somebody else's domain say nothing about From."""
    mail = signed().replace(b"From: Ann <ann@example.org>", b"From: Ann <ann@bank.example>")
    answers = {KEY: txt(record()), Question("evil.example", Record.TXT): txt("v=spf1 +all")}

    assert not proof(mail, answers, envelope_from="x@evil.example").domain


def test_a_forgers_own_dns_is_not_asked() -> None:
    """Only the domain in From can vouch for it: nobody waits for the DNS of whoever else names themselves in a mail."""
    inquiry = Inquiry({})
    mail = read(signed().replace(b"From: Ann <ann@example.org>", b"From: Ann <ann@bank.example>"))
    found = authenticate(
        mail,
        peer=PEER,
        envelope_from="x@evil.example",
        hop=None,
        organization=organization,
        inquiry=inquiry,
        now=NOW,
    )

    assert inquiry.wanted == set()
    assert found.why == ("SPF of evil.example is not asked: it says nothing about bank.example",)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9"])
def test_no_machine_is_trusted_for_being_near(address: str) -> None:
    """For localhost and private networks SPF is not even asked."""
    found = proof(PLAIN, {SPF: txt("v=spf1 +all")}, peer=Peer(address, "localhost"))

    assert not found.domain
    assert found.why == (f"SPF: {address} is no address of the internet",)


def test_a_login_is_proof_for_the_address_that_logged_in() -> None:
    """Who logged in proves that address, and no other."""
    assert proof(PLAIN, peer=Peer("198.41.0.4", "x", "ann@example.org")).login
    assert not proof(PLAIN, peer=Peer("198.41.0.4", "x", "eve@example.org")).login


def test_an_ambiguous_sender_can_not_be_proven() -> None:
    """Two From fields, and nothing proves anything."""
    assert not proof(b"From: eve@example.net\r\n" + signed(), {KEY: txt(record())}).domain


def test_a_dns_that_fails_is_no_evidence() -> None:
    """Nothing is proven while the DNS is silent, and that is said."""
    found = proof(signed(), {KEY: Answer(failed=True), SPF: Answer(failed=True)})

    assert not found.domain
    assert "DKIM of example.org: the DNS does not answer" in found.why
    assert "SPF of example.org: temperror (the DNS does not answer for example.org)" in found.why


RESULT = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=example.org\r\n"


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        (b"mx.desk.example; dmarc=pass header.from=example.org", True),
        (b"mx.desk.example; dkim=pass header.d=example.org", True),
        (b"mx.desk.example; dkim=pass header.i=@mail.example.org", True),
        (b"mx.desk.example; spf=pass smtp.mailfrom=ann@example.org", True),
        (b"mx.desk.example; dmarc=fail header.from=example.org; spf=pass smtp.mailfrom=example.org", False),
        (b"mx.desk.example; dkim=pass header.d=evil.example", False),
        (b"mx.desk.example; dkim=fail (dkim=pass header.d=example.org) header.d=example.org", False),
        (b"mx.other.example; dmarc=pass header.from=example.org", False),
        (b"dmarc=pass header.from=example.org", False),
        (b"mx.desk.example; none", False),
    ],
)
def test_the_declared_hop_is_believed_and_nobody_else(results: bytes, proven: bool) -> None:
    """What the hop found out counts; another's words, comments, and verdicts on other domains do not."""
    mail = b"Authentication-Results: " + results + b"\r\n" + PLAIN

    assert proof(mail, hop=HOP, peer=None).domain is proven


def test_below_a_strangers_field_nothing_is_believed() -> None:
    """Only the top run of fields with the hop's name counts (RFC 8601 section 5)."""
    stranger = b"Authentication-Results: mx.other.example; dmarc=fail header.from=example.org\r\n"

    assert proof(RESULT + stranger + PLAIN, hop=HOP, peer=None).domain
    assert not proof(stranger + RESULT + PLAIN, hop=HOP, peer=None).domain


def test_without_a_declared_hop_no_field_is_believed() -> None:
    """A mailbox whose server was not declared knows no proof at all."""
    assert proof(RESULT + PLAIN, peer=None) == Proof(why=("nobody was asked about the domain in From",))
    assert not proof(RESULT + PLAIN).domain


def test_a_login_that_the_hop_saw() -> None:
    """A Received field of the hop that names who logged in is proof; the same below a stranger's is not."""
    saw = (
        b"Received: from laptop (unknown [203.0.113.7])\r\n (Authenticated sender: ann@example.org)\r\n"
        b" by mx.desk.example (Postfix) with ESMTPSA id 4F3gHk2Lz1; Fri, 20 Nov 2026 10:00:01 +0000\r\n"
    )
    stranger = b"Received: from a by mx.other.example with ESMTP id 1; Fri, 20 Nov 2026 10:00:02 +0000\r\n"

    assert proof(saw + PLAIN, hop=HOP, peer=None).login
    assert not proof(stranger + saw + PLAIN, hop=HOP, peer=None).login
    assert not proof(saw.replace(b"ESMTPSA", b"ESMTPS") + PLAIN, hop=HOP, peer=None).login
    assert not proof(saw + PLAIN, peer=None).login


GENUINE = (
    b"Received: from %b (evil.example [203.0.113.5])\r\n by mx.desk.example (Postfix) with %b id 4F3gHk2Lz1"
    b" for <support@desk.example>; Fri, 20 Nov 2026 10:00:01 +0000\r\n"
)
LOGIN = b"(Authenticated sender: ann@example.org)"
FORGED = (
    b"Received: from laptop (x [203.0.113.7]) %b by mx.desk.example with ESMTPSA id 1; Fri, 20 Nov 2026\r\n" % LOGIN
)


@pytest.mark.parametrize(
    "trace",
    [
        GENUINE % (b"evil", b"ESMTP") + FORGED,  # the sender's own lines below the hop's
        GENUINE % (b"localhost", b"ESMTP") + FORGED,
        GENUINE % (b"mx.desk.example [127.0.0.1]", b"ESMTP") + FORGED,
        GENUINE % (b"x " + LOGIN + b" by mx.desk.example with ESMTPSA", b"ESMTPS"),  # said in EHLO
        GENUINE % (b"x " + LOGIN + b' "', b"ESMTPSA"),
        (GENUINE % (b"x " + LOGIN, b"ESMTP")).replace(b"<support@", b'<"by mx.desk.example with ESMTPSA"@'),
        (GENUINE % (b"x " + LOGIN, b"ESMTPSA")).replace(b" by mx", b" (Authenticated sender: eve@evil.example) by mx"),
        GENUINE % (b"x " + LOGIN, b"ESMTP"),
        b"Received: from a by mx.desk.example with ESMTPSA " + LOGIN + b" by mx.other.example with ESMTP id 1; Fri\r\n",
    ],
)
def test_a_login_that_the_sender_wrote(trace: bytes) -> None:
    """Neither below the hop's field nor within it, where the client's own words stand, can a login be claimed."""
    assert not proof(trace + PLAIN, hop=HOP, peer=None).login


def test_a_login_at_the_hops_own_door_inside() -> None:
    """Where the hop had the mail from itself (a filter, LMTP, another of its machines) the field below counts, too."""
    near = b"Received: from mx (localhost [127.0.0.1])\r\n by mx.desk.example (Postfix) with ESMTP id 2; Fri\r\n"
    lmtp = b"Received: from mx.desk.example by mx.desk.example with LMTP id 3; Fri\r\n"
    second = b"Received: from mx2 (mx2 [192.0.2.7]) by mx.desk.example with ESMTPS id 4; Fri\r\n"

    for trace in (FORGED, near + FORGED, lmtp + near + FORGED):
        assert proof(trace + PLAIN, hop=HOP, peer=None).login
    assert not proof(second + FORGED + PLAIN, hop=HOP, peer=None).login
    assert proof(second + FORGED + PLAIN, hop=replace(HOP, peers=("192.0.2.0/24",)), peer=None).login


def test_mail_inside_a_company_on_exchange() -> None:
    """Exchange's word that a mail was written inside counts where Exchange was declared, and only there."""
    mail = b"X-MS-Exchange-Organization-AuthAs: Internal\r\n" + PLAIN

    assert proof(mail, hop=Hop(exchange=True), peer=None).login
    assert not proof(mail, hop=HOP, peer=None).login
    assert not proof(mail.replace(b"Internal", b"Anonymous"), hop=Hop(exchange=True), peer=None).login


def test_exchange_writes_one_field_of_results() -> None:
    """Microsoft's has no id by which a second field could be told from it: what the sender wrote below is not heard."""
    passed = b"Authentication-Results: spf=pass smtp.mailfrom=example.org; dmarc=pass header.from=example.org\r\n"
    genuine = b"Authentication-Results: spf=none (sender IP is 203.0.113.5) smtp.mailfrom=evil.example; dkim=none\r\n"

    assert proof(passed + PLAIN, hop=Hop(exchange=True), peer=None).domain
    assert not proof(genuine + passed + PLAIN, hop=Hop(exchange=True), peer=None).domain


def test_a_bounce_address_in_quotes_is_nobody_elses() -> None:
    """The hop repeats the envelope sender as it was said: `"ann@example.org"@evil.example` is evil.example's."""
    told = b'Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom="ann@example.org"@evil.example\r\n'

    assert not proof(told + PLAIN, hop=HOP, peer=None).domain
    assert proof(told.replace(b"evil.example", b"example.org") + PLAIN, hop=HOP, peer=None).domain


def test_a_field_begins_its_line() -> None:
    """What stands within another line is no field of the hop's, and no From that was signed."""
    hidden = b"some words " + RESULT
    message = read(hidden + PLAIN)

    assert message.trace == ()
    assert not proof(b"X-Note: 1\r\n" + hidden + PLAIN, hop=HOP, peer=None).domain
