"""Section A: who a mail is from. Every trick in and around From, against a ticket of Anna's that Marie may act upon.

Each mail asks for the most that it could get: the line #close, the ticket's number, and the address with Marie's very
token in it, as somebody has it to whom her notification was shown.
"""

from collections.abc import Callable, Iterable
from email.policy import SMTP

import pytest

from gateway.config import Dns, Hop
from rules.ticket import Status
from tests.dns_server import name_server, txt
from tests.hostile.post import EVE, Seen, raw, seen
from tests.parsing.test_dkim_signatures import record, signed
from tests.running import HOST
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House, Mail

STAFF = {MARIE, KARIM}
VICTIM = "victim@people.example"
OWN, PASS = "Authentication-Results: mx.desk.example", "dmarc=pass header.from=desk.example"
NOBODY, IS_EVE, IS_MARIE = "nobody", "eve", "marie"
FROM_EVE, FROM_MARIE = f"From: Eve <{EVE}>", f"From: Marie Dupont <{MARIE}>"

# id → (fields of the header, who it is taken for)
FROMS: dict[str, tuple[list[str | bytes], str]] = {
    "A01 no From": ([], NOBODY),
    "A02 empty": (["From:"], NOBODY),
    "A03 null address": (["From: <>"], NOBODY),
    "A08 empty group": (["From: undisclosed-recipients:;"], NOBODY),
    "A04 two fields, the agent's last": ([FROM_EVE, FROM_MARIE], NOBODY),
    "A05 two fields, the agent's first": ([FROM_MARIE, FROM_EVE], NOBODY),
    "A26 two fields in other letters": ([f"FROM: {MARIE}", f"from: {EVE}"], NOBODY),
    "A06 two mailboxes and Sender": ([f"From: {EVE}, {MARIE}", f"Sender: {MARIE}"], NOBODY),
    "A07 a group with the agent": ([f"From: staff: {MARIE};"], NOBODY),
    "A09 quoted name": ([f'From: "{MARIE}" <{EVE}>'], IS_EVE),
    "A10 the agent's address before another": ([f"From: {MARIE} <{EVE}>"], NOBODY),
    "A11 a comment that does not end": ([f"From: {MARIE}(<{EVE}>"], NOBODY),
    "A12 the agent in a comment": ([f"From: {EVE} ({MARIE})"], NOBODY),
    "A13 the agent in a quoted local part": ([f'From: "{MARIE} x"@evil.example'], NOBODY),
    "A14 a comment in the domain": ([f"From: {MARIE}(x).evil.example"], NOBODY),
    "A15 source route": ([f"From: <@evil.example:{MARIE}>"], NOBODY),
    "A16 two @": ([f"From: {MARIE}@evil.example"], NOBODY),
    "A17 cut by NUL": ([f"From: {MARIE}\0.evil.example"], NOBODY),
    "A18 raw Latin-1": ([b"From: Andr\xe9 <" + EVE.encode() + b">"], IS_EVE),
    "A19 encoded name": ([f"From: =?utf-8?q?marie=40desk=2Eexample?= <{EVE}>"], IS_EVE),
    "A20 encoded word as address": (["From: =?utf-8?q?marie=40desk=2Eexample?="], NOBODY),
    "A21 bidi override": ([f'From: "\u202emarie" <{EVE}>'], IS_EVE),
    "A22 a domain that looks alike": (["From: Marie Dupont <marie@d\u0435sk.example>"], "look-alike"),
    "A23 zero width": (["From: ma\u200brie@desk.example"], NOBODY),
    "A24 a space before the colon": ([f"From : {MARIE}"], IS_MARIE),
    "A25 folded": ([f"From: Eve\r\n <{EVE}>"], IS_EVE),
    "A30 Sender is the agent": ([FROM_EVE, f"Sender: {MARIE}"], IS_EVE),
    "A31 Resent-From is the agent": ([f"Resent-From: {MARIE}", FROM_EVE], IS_EVE),
    "A33 the agent, and no evidence": ([FROM_MARIE], IS_MARIE),
    "A42 a local part of 64 KiB": ([f"From: {'a' * 65536}@evil.example"], NOBODY),
}


async def opened(house: House) -> Mail:
    """Anna's ticket; Marie's notification of it, which a stranger has come to see."""
    await house.send(house.write("My page is empty."))
    house.got(ANNA)
    house.got(KARIM)
    return house.one(MARIE)


def thread(told: Mail) -> list[str]:
    """All that proves the sight of Marie's notification."""
    return [f"To: {told.mail['Reply-To']}", f"In-Reply-To: {told.id}", f"References: {told.id}"]


def as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


async def judged(house: House, case: str, found: Seen, *, may_hear: Iterable[str] = ()) -> None:
    """Nothing has happened to Anna's ticket, and nobody outside but `may_hear` was written to."""
    ticket = await house.ticket()
    assert (ticket.status, ticket.assignee, ticket.participants) == (Status.NEW, None, ()), case
    assert found.outcome in ("opened", "held"), case
    assert found.outcome == "held" or found.ticket != 1, case
    assert {to for to, _ in found.mails} <= {*STAFF, *may_hear}, case
    house.got()


async def test_from_is_exactly_one_mailbox_or_nobody(build: Callable[..., House]) -> None:
    """Whatever stands in From, nothing acts, Anna hears nothing; who is not exactly one mailbox gets no mail, and the
    ticket has no requester; a stranger is a stranger, whatever name they give themselves."""
    house = build()
    house.hop = None
    await house.open()
    try:
        told = await opened(house)
        for number, (case, (fields, who)) in enumerate(FROMS.items()):
            mine = f"eve{number}@evil.example"  # each time somebody else, or the sixth is a machine's
            own = [as_bytes(one).replace(b"eve@", b"eve%d@" % number) for one in fields]
            named = [f"Subject: Re: {told.subject}", f"Message-ID: <{number}@evil.example>"]
            head: list[str | bytes] = [*own, *thread(told), *named]
            found = await seen(house, raw(*head, body="#close\r\nNo.\r\n"), to=[str(told.mail["Reply-To"])])
            await judged(house, case, found, may_hear={mine} if who is IS_EVE else {})
            if who is IS_MARIE:
                assert found.outcome == "held", case
        assert (await house.outcomes()).count("act") == 0
    finally:
        await house.close()


FORGED = {
    "A34 with the hop's own name": [f"{OWN}; {PASS}"],
    "A34 with a login in the hop's name": [f"{OWN}; auth=pass smtp.auth={MARIE}"],
    "A34 with a Received of the hop's": [
        f"Received: from a by mx.desk.example with ESMTPSA id 1 (Authenticated sender: {MARIE})"
    ],
    "A34 as Exchange writes it": ["X-MS-Exchange-Organization-AuthAs: Internal"],
    "A35 below another's": [
        "Authentication-Results: mx.evil.example; dmarc=fail header.from=desk.example",
        f"{OWN}; {PASS}",
    ],
    "A37 an ARC chain of nobody's": [
        "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=evil.example; s=x; t=1; b=AAAA",
        "ARC-Message-Signature: i=1; a=rsa-sha256; d=evil.example; s=x; h=from; bh=AAAA; b=AAAA",
        "ARC-Authentication-Results: i=1; mx.desk.example; dmarc=pass header.from=desk.example",
    ],
    "A40 control fields of other systems": [
        "X-Desk-Agent: marie",
        "X-Zammad-Ticket-Owner: marie",
        "X-OTRS-State: closed",
        "RT-Command: close",
    ],
}
BY_THE_HOP = {
    "A35 below the hop's word": [
        f"{OWN}; dmarc=fail header.from=desk.example",
        "Received: from evil by mx.desk.example with ESMTP id 1",
        f"{OWN}; {PASS}",
    ],
    "A36 a pass in a comment": [f"{OWN}; dmarc=fail (dmarc=pass header.from=desk.example) header.from=desk.example"],
    "A36 a pass in a reason": [f'{OWN}; dmarc=none reason="; dmarc=pass header.from=desk.example"'],
    "A36 a pass in another method's property": [
        f"{OWN}; spf=pass smtp.mailfrom=evil.example; dmarc=none header.from=desk.example"
    ],
    "A36 another domain's pass": [f"{OWN}; dmarc=pass header.from=evil.example"],
    "A36 another's login": [f"{OWN}; auth=pass smtp.auth={EVE}"],
}


@pytest.mark.parametrize("through_the_hop", [False, True])
async def test_what_others_say_of_the_sender_counts_for_nothing(
    build: Callable[..., House], through_the_hop: bool
) -> None:
    """Marie's From and her very token, with proofs that a stranger has written: held, each of them, without effect.

    Handed over by a peer that is no hop everything is forged; by the hop only what it did not write on top.
    """
    house = build()
    house.hop = house.hop if through_the_hop else Hop(authserv_id="mx.desk.example", received_by=("mx.desk.example",))
    await house.open()
    try:
        told = await opened(house)
        for number, (case, fields) in enumerate((BY_THE_HOP if through_the_hop else FORGED).items()):
            head = [
                *fields,
                FROM_MARIE,
                *thread(told),
                f"Subject: Re: {told.subject}",
                f"Message-ID: <{number}@evil.example>",
            ]
            found = await seen(house, raw(*head, body="#close\r\nNo.\r\n"), to=[str(told.mail["Reply-To"])])
            await judged(house, case, found)
            assert found.outcome == "held", case
            assert "nothing but its From line says that it was sent by them" in found.reason, case
        named = [f"Subject: Re: {told.subject}", "Message-ID: <z@z.example>"]
        good = [f"{OWN}; {PASS}", FROM_MARIE, *thread(told), *named]
        found = await seen(house, raw(*good, body="#close\r\n"), to=[str(told.mail["Reply-To"])])
        assert found.outcome == ("act" if through_the_hop else "held")
        house.got()
    finally:
        await house.close()


async def test_what_stands_beside_from_moves_nobody(house: House) -> None:
    """Reply-To, the desk's own address, a postmaster's wish: our mail goes to the one mailbox in From or to nobody, and
    says no word of what they wrote."""
    many = ", ".join(f"v{n}@people.example" for n in range(500))
    spam = "buy pills at http://pills.example now"
    cases = {
        "A27 Reply-To somebody else": (["From: a27@evil.example", f"Reply-To: {VICTIM}"], {"a27@evil.example"}),
        "A28 Reply-To is the desk": (["From: a28@evil.example", f"Reply-To: {SUPPORT}"], {"a28@evil.example"}),
        "A29 500 in Reply-To": (["From: a29@evil.example", f"Reply-To: {many}"], {"a29@evil.example"}),
        "A32 From is the desk": ([f"From: {SUPPORT}"], set()),
        "A32 From is the desk, plus a word": (["From: support+x@desk.example"], set()),
        "A41 postmaster wants an export": (["From: postmaster@evil.example"], set()),
        "C31 a victim in From": ([f"From: {VICTIM}"], {VICTIM}),
        "Z a person": (["From: Zoe <zoe@people.example>"], {"zoe@people.example"}),
    }
    for number, (case, (fields, hears)) in enumerate(cases.items()):
        head = [*fields, f"To: {SUPPORT}", f"Subject: question {number}", f"Message-ID: <{number}@evil.example>"]
        found = await seen(house, raw(*head, "X-Spam-Words: " + spam, body=f"{spam}\r\n"))
        assert found.outcome == "opened", case
        assert {to for to, _ in found.mails} - STAFF == hears, case
        for mail in house.got():
            if mail.recipient not in STAFF:
                assert spam not in mail.raw.decode(), case


async def test_an_agents_mail_is_what_was_signed(build: Callable[..., House]) -> None:
    """A signature that leaves the end open (l=), one of another domain's and one that is broken prove nothing; a whole
    one of the very domain, with the token, acts."""
    people = "people:\n  marie: {name: Marie, mail: marie@example.org}\n"
    house = build()
    house.desks, house.hop = {"support": f"desk: support\nname: Support\naddress: {SUPPORT}\n{people}"}, None
    async with name_server({("one._domainkey.example.org", "TXT"): txt(record())}) as server:
        house.dns = Dns(servers=(HOST,), port=server.port, seconds=2.0)
        await house.open()
        try:
            await house.send(house.write("My page is empty."))
            house.got(ANNA)
            told = house.one("marie@example.org")
            mail = house.reply(told, "#close\n").as_bytes(policy=SMTP)
            other = mail.replace(b"marie@example.org>", b"marie@example.org.evil.example>", 1)
            for case, bad in {
                "A38 l=": signed(mail, length=True) + b"more\r\n",
                "A39 changed after signing": signed(mail).replace(b"#close", b"#spam "),
                "A39 another domain's": signed(other).replace(
                    b"marie@example.org.evil.example>", b"marie@example.org>", 1
                ),
            }.items():
                found = await seen(house, bad, sender="marie@example.org", to=[str(told.mail["Reply-To"])])
                assert found.outcome == "held", case
            found = await seen(house, signed(mail), sender="marie@example.org", to=[str(told.mail["Reply-To"])])
            assert found.outcome == "act"
            again = signed(mail, include_headers=[b"from", b"subject"])  # its Message-ID is not signed
            found = await seen(house, again, sender="marie@example.org", to=[str(told.mail["Reply-To"])])
            assert found.outcome == "duplicate"
            house.got()
        finally:
            await house.close()
