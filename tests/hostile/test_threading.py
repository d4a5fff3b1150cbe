"""B: mails that point at a ticket which is not theirs, by a number, a Message-ID, a token, or bytes that only look so.

Each case writes from an address of its own whose domain vouches for it, unless it pretends to be the customer; all of
them meet one running gateway. The customer's ticket stays as it is, nobody but the writer and the desk's people gets a
mail, and a stranger reads the very words that a mail about nothing gets. Ordinary answers that must arrive (Z) stand
below.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from rules.decision import Again
from rules.event import How
from rules.ticket import Role, Status
from store.held import judge
from store.schema import delivery, entry, outbox, participant
from tests.hostile.post import Seen, raw, seen
from tests.scenarios.house import ANNA, KARIM, MARIE, MX, PLAIN, SALES, SUPPORT, House, Mail

STAFF = {MARIE, KARIM}
BOB, EVE = "bob@customer.example", "eve@evil.example"
ABOUT = "Subject: Re: [TKT-00001] I can not log in"
MANY = [f"<{number}@x>" for number in range(5000)]
SES = "0102018f3a5b7c9d-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000"


@dataclass(frozen=True)
class World:
    """What a hostile mail may know: the customer's first Message-ID, and the answer that was mailed to her."""

    first: str
    answer: Mail

    @property
    def token(self) -> str:
        """The plus-part of the address that her answer goes to."""
        return str(self.answer.mail["Reply-To"]).partition("+")[2].partition("@")[0]


@dataclass(frozen=True)
class Case:
    """Header lines that the world is asked for; `subject` in place of the usual one; `outcome` of the delivery."""

    fields: Callable[[World], tuple[str | bytes, ...]] = lambda world: ()
    subject: str = "Subject: Tell me more"
    outcome: str = "opened"
    who: str = ""
    to: Callable[[World], str] = lambda world: SUPPORT
    mid: str = "Message-ID: <{name}@evil.example>"
    body: str = "{name}\r\n"


def answering(world: World) -> tuple[str, ...]:
    return (f"In-Reply-To: {world.first}", f"References: {world.first}")


def wrong(token: str) -> str:
    return token[:-2] + ("a" if token[-2] != "a" else "b") + token[-1]


def her_address(world: World) -> str:
    return f"support+{world.token}@desk.example"


STRANGERS = {
    "B01 the number": Case(subject=ABOUT),
    "B02 five numbers": Case(subject="Subject: TKT-00001 TKT-00002 TKT-00003 TKT-00004 TKT-00005"),
    "B03 400 digits": Case(subject=f"Subject: [TKT-{'1' * 400}]"),
    "B03 negative": Case(subject="Subject: [TKT--00001]"),
    "B03 hex": Case(subject="Subject: [TKT-0x00001]"),
    "B04 Arabic digits": Case(subject="Subject: [TKT-\u0660\u0660\u0660\u0660\u0661]"),
    "B04 fullwidth digits": Case(subject="Subject: [TKT-\uff10\uff10\uff10\uff10\uff11]"),
    "B05 her Message-ID": Case(answering),
    "B06 5000 references": Case(lambda w: ("References: " + "\r\n ".join([*MANY, w.first]),)),
    "B07 an id as long as a line may be": Case(mid=f"Message-ID: <{'a' * 60_000}@evil.example>"),
    "B08 no id": Case(mid="X-None: so"),
    "B10 a forged id of ours": Case(
        lambda w: (f"In-Reply-To: <{wrong(w.answer.id[1:-1].partition('@')[0])}@desk.example>",)
    ),
    "B11 an id of 4 KiB": Case(mid=f"Message-ID: <{'b' * 4096}@evil.example>"),
    "B12 SQL in an id": Case(mid="Message-ID: <x');DROP/**/TABLE/**/ticket;--@evil.example>"),
    "B12 SQL in what is answered": Case(lambda w: ("In-Reply-To: <' OR 1=1 --@x>",)),
    "B13 bytes in an id": Case(lambda w: (b"References: <\xff\x80@x>",), mid="Message-ID: <caf\u00e9@evil.example>"),
    "B14 an empty id": Case(lambda w: ("In-Reply-To: <>", "References:  "), mid="Message-ID: "),
    "B15 two ids": Case(lambda w: ("Message-ID: <second@evil.example>",)),
    "B16 a damaged token": Case(to=lambda w: f"support+{wrong(w.token)}@desk.example"),
    "B17 a path": Case(to=lambda w: '"support+../../../etc/passwd"@desk.example'),
    "B17 a long one": Case(to=lambda w: f"support+{'a' * 300}@desk.example"),
    "B18 number and id disagree": Case(answering, subject="Subject: Re: [TKT-00002] Another"),
    "B19 answers itself": Case(lambda w: ("In-Reply-To: <B19@evil.example>",), mid="Message-ID: <B19@evil.example>"),
    "B21 prose": Case(lambda w: ("References: your letter of Friday, TKT-00001, thank you",)),
    "B22 Outlook's thread alone": Case(lambda w: ("Thread-Topic: I can not log in", "Thread-Index: AdQ0c2FtZQ=="))  ,
    "F60 a second subject": Case(lambda w: ("Subject: Re: [TKT-00001] I can not log in",), subject="Subject: Hello"),
    "F61 a folded number": Case(subject="Subject: Re: [TKT-\r\n 00001] I can not log in"),
    "her token, by forwarding": Case(subject=ABOUT, to=her_address, outcome="held"),
    "C29 a code that is mailed to her address": Case(
        subject="Subject: 483920 is your verification code", to=her_address, who="no-reply@service.example"
    ),
    "our Message-ID to her": Case(lambda w: (f"In-Reply-To: {w.answer.id}",), outcome="held"),
    "our reference to her": Case(outcome="held", body="{reference}\r\n"),
    "her token, kept by a program": Case(subject="Subject: Lunch", to=her_address),
    "pretends to be her, by the number": Case(subject=ABOUT, who=ANNA),
    "pretends to be her, by her Message-ID": Case(answering, subject="Subject: Re: I can not log in", who=ANNA),
    "B20 pretends to be her, with a Cc": Case(lambda w: (*answering(w), f"Cc: {EVE}"), who=ANNA),
}  # fmt: skip


async def a_ticket(house: House) -> World:
    """Anna's ticket, answered by Marie; a second one of somebody else's."""
    first = await house.send(house.write("My page is empty."))
    house.one(ANNA)
    house.one(KARIM)
    await house.send(house.reply(house.one(MARIE), "Which browser do you use?"))
    answer = house.one(ANNA)
    await house.send(house.write("Another matter.", who="dora@customer.example", subject="Another"))
    house.got()
    return World(first, answer)


def other_words(name: str) -> str:
    """Eight words of four letters that no other case has: a loop is told by words that come again."""
    letters = "".join(chr(97 + octet % 26) for octet in hashlib.sha256(name.encode()).digest())
    return " ".join(letters[at : at + 4] for at in range(0, 32, 4))


async def hand_in(house: House, world: World, number: int, name: str, case: Case) -> tuple[str, Seen]:
    """Who wrote, and what became of it."""
    who = case.who or f"eve{number}@evil.example"
    proof = () if case.who else (f"Authentication-Results: {MX}; dmarc=pass header.from=evil.example",)
    reference = re.search(r"\[tkt-ref [a-z2-7]+\]", world.answer.text)
    assert reference is not None
    mail = raw(
        *proof,
        f"From: {who}",
        f"To: {case.to(world)}",
        case.subject,
        case.mid.replace("{name}", f"b{number}"),
        *case.fields(world),
        body=case.body.replace("{name}", other_words(name)).replace("{reference}", reference[0]),
    )
    return who, await seen(house, mail, sender=who)


def words_to(house: House, who: str) -> list[str]:
    """What somebody has read since, without what differs in every mail."""
    return [re.sub(r"TKT-\d{5}|\[tkt-ref [a-z2-7]+\]", "", mail.text) for mail in house.got(who)]


async def added(house: House) -> int:
    """How many mails are on Anna's ticket."""
    kinds = entry.c.kind.in_(["message", "answer"])
    return int((await house.rows(select(func.count()).where(entry.c.ticket == 1, kinds)))[0][0])


async def test_no_way_leads_a_stranger_into_a_ticket(house: House) -> None:
    """B01 to B22, F60, F61, and what was mailed to her in other hands: a ticket of the writer's own with the same words
    as for a mail about nothing, or held; hers is untouched, and she and everybody else outside hear nothing."""
    world = await a_ticket(house)
    before = await house.ticket(1)
    _, nothing = await hand_in(house, world, 99, "about nothing", Case())
    assert nothing.outcome == "opened"
    plain = words_to(house, "eve99@evil.example")
    for number, (name, case) in enumerate(STRANGERS.items()):
        who, found = await hand_in(house, world, number, name, case)

        assert found.outcome == case.outcome, (name, found)
        assert {to for to, _ in found.mails} <= {who, *STAFF}, name
        words = words_to(house, who)
        assert words == (plain if case.outcome == "opened" and not case.who else words[:1]), name
        assert case.outcome == "opened" or not words, name
        assert (found.ticket == 1) == (case.outcome == "held"), name
        assert await added(house) == 2, name
    now = await house.ticket(1)
    assert (now.status, now.requester, now.participants) == (before.status, before.requester, ())
    house.got()


async def test_what_a_forger_puts_in_cc_gets_nothing(house: House) -> None:
    """B20: a mail in the customer's name, by her number or with her leaked token, names somebody in Cc: they are shown
    to the agents, and the answer goes to her alone."""
    world = await a_ticket(house)
    for number, (name, to) in enumerate({"the number alone": Case.to, "a token that leaked": her_address}.items()):
        await hand_in(house, world, number, name, Case(lambda w: (f"Cc: {EVE}",), subject=ABOUT, who=ANNA, to=to))
        house.got(ANNA)
        told = house.one(MARIE)
        assert f"not written to, as nothing proves who put them there: {EVE}" in " ".join(told.text.split())
        await house.send(house.reply(told, "Firefox, you say?"))
        assert house.one(ANNA).mail["Cc"] is None
        assert not house.got(EVE)
        house.got()
    roles = await house.rows(select(participant.c.address, participant.c.role))
    assert {tuple(row) for row in roles} == {(EVE, Role.NAMED.value)}


async def test_the_same_id_with_other_words_is_another_mail(house: House) -> None:
    """B09: a Message-ID that was used before suppresses nobody's mail; only the same mail again is a duplicate."""
    fields = (f"To: {SUPPORT}", "Subject: Hello", "Message-ID: <b09@evil.example>")
    outcomes = []
    for who, body in ((EVE, "One.\r\n"), (EVE, "Two.\r\n"), (ANNA, "One.\r\n"), (EVE, "One.\r\n \r\n")):
        outcomes.append((await seen(house, raw(f"From: {who}", *fields, body=body), sender=who)).outcome)
    assert outcomes == ["opened", "opened", "opened", "duplicate"]
    house.got()


async def test_honest_answers_arrive(house: House) -> None:
    """Z: from another program, from a telephone, with a subject translated and prefixed five times, through a provider
    that drops plus-addresses, from a domain without any record: each is on her ticket, and needs no confirmation."""
    world = await a_ticket(house)
    answer = world.answer
    bare = house.reply(answer, "It is Firefox.", quote=False)
    del bare["References"]
    page = f"<div dir=auto>I sit in a train.</div><blockquote>{answer.html}</blockquote>"
    phone = house.reply(answer, html=page, subject="Re: Cannot log in", to=SUPPORT)
    for name in ("In-Reply-To", "References"):
        del phone[name]
    subject = "AW: WG: SV: Fwd: Odp: Nie mogę się zalogować"
    ways = {
        "another program": bare,
        "a telephone that forgets the thread": phone,
        "translated and prefixed": house.reply(answer, "Safari has the same trouble.", subject=subject, quote=False),
        "no plus-addresses": house.reply(answer, "The cookies are deleted.", to=SUPPORT, quote=False),
        "her own mail again": house.write("P.S. Tuesday it worked.", subject="Re: I can not log in",
                                          In_Reply_To=world.first, vouched=True),
    }  # fmt: skip
    for name, mail in ways.items():
        await house.send(mail)
        rows = await house.rows(select(delivery.c.outcome, delivery.c.ticket).order_by(delivery.c.id.desc()).limit(1))
        assert tuple(rows[0]) == ("followed up", 1), name
        assert [one.recipient for one in house.got()] == [MARIE], name


async def test_a_relay_that_renames_our_mail_loses_no_answer(house: House) -> None:
    """Z: Amazon SES puts an id of its own in the place of ours and names it in its 250: an answer finds its ticket by
    that name, or by the reference in the quoted text, on a desk without plus-addresses."""
    house.sink.always("dot", f"250 Ok {SES}")
    await house.send(house.write("My page is empty.", to=PLAIN))
    opened = house.one(ANNA)
    answers = [house.reply(opened, words, quote=quote) for words, quote in (("A cat.", False), ("And a dog.", True))]
    house.got()
    assert "+" not in str(answers[0]["To"])
    for mail, thread in zip(answers, (f"<{SES}@eu-west-1.amazonses.com>", "<forgotten@example.net>"), strict=True):
        for name in ("In-Reply-To", "References"):
            mail.replace_header(name, thread)
        await house.send(mail)
    assert (await house.outcomes()) == ["opened", "followed up", "followed up"]
    stranger = house.reply(opened, "Mine, too.", who=EVE, to=PLAIN, quote=False, vouched=True)
    stranger.replace_header("In-Reply-To", f"<{SES}@email.amazonses.com>")
    await house.send(stranger)
    assert (await house.outcomes())[-1] == "held"
    house.got()


async def test_a_colleague_in_cc_answers_all(house: House) -> None:
    """Z: whom she puts in Cc gets the answer with the same To and Cc, answers all, is shown as that person on the same
    ticket, and leaves with one word; nobody gets anything twice."""
    asked = house.write("My page is empty.", Cc=f"Bob Lang <{BOB}>, {SUPPORT}", vouched=True)
    await house.send(asked, to=[SUPPORT])
    house.one(ANNA)
    house.one(KARIM)
    told = house.one(MARIE)
    assert BOB in told.text
    await house.send(house.reply(told, "Which browser do you use?"))
    to_anna, to_bob = house.one(ANNA), house.one(BOB)
    assert (to_anna.mail["To"], to_anna.mail["Cc"]) == (to_bob.mail["To"], to_bob.mail["Cc"])
    assert to_anna.mail["Reply-To"] != to_bob.mail["Reply-To"]

    to_all = house.reply(to_bob, "I see it, too.", Cc=ANNA)
    await house.send(to_all)
    shown = house.one(MARIE)
    assert BOB in shown.text
    assert str(shown.mail["From"]).startswith('"Somebody (')  # his name, not hers
    await house.send(house.reply(to_anna, "It is Firefox.", Cc=BOB))
    assert "Firefox" in house.one(MARIE).text
    await house.send(house.reply(to_bob, "leave", quote=False))
    await house.send(house.reply(told, "Thank you both."))
    assert house.one(ANNA).text.startswith("Thank you both.")
    assert not house.got(BOB)
    assert (await house.outcomes())[2:5] == ["followed up"] * 3
    assert (await house.ticket()).status is Status.IN_PROGRESS


async def test_what_came_from_another_address_is_let_in_by_a_person(house: House) -> None:
    """What was mailed to her and is answered from another address waits; the change of person is told; released, it is
    on her ticket, and so is its writer from now on."""
    world = await a_ticket(house)
    await house.send(house.reply(world.answer, "She is away; it is Opera.", who=BOB, vouched=True))
    assert (await house.outcomes())[-1] == "held"
    held = [line for line in await house.entries("change") if "held" in line]
    assert BOB in held[0]
    assert ANNA in held[0]
    (row,) = await house.rows(select(delivery.c.id).where(delivery.c.outcome == "held"))
    word = Again(row.id, How.RELEASED, MARIE)
    await house.gateway.db.write(lambda conn: judge(conn, word, now=house.clock.now()))
    await house.settled()
    told = house.one(MARIE)
    assert "it is Opera." in told.text
    await house.send(house.reply(told, "Opera is known for it."))
    assert {mail.recipient for mail in house.got()} == {ANNA, BOB}


async def test_no_desk_of_ours_is_ever_written_to(house: House) -> None:
    """In a requester's Cc, under whatever plus-address, a desk joins no ticket; put there by an agent it gets no mail,
    and the agent hears why."""
    asked = house.write("My page is empty.", Cc=f"{PLAIN}, sales+x@desk.example", vouched=True)
    await house.send(asked, to=[SUPPORT])
    assert (await house.ticket()).participants == ()
    told = house.one(MARIE)
    house.got()
    await house.send(house.reply(told, f"#cc {SALES}\nWhich browser?"))
    assert [mail.recipient for mail in house.got()] == [ANNA, MARIE, MARIE]
    (row,) = await house.rows(select(outbox.c.state, outbox.c.last_reply).where(outbox.c.recipient == SALES))
    assert (row.state, "circles" in row.last_reply) == ("failed", True)


async def test_an_agent_joins_what_belongs_together(house: House) -> None:
    """A colleague writes from an unknown address about her ticket: "possibly about" is joined with one line, and what
    he writes then is on hers. Whose ticket it is changes only after the agent's word by mail."""
    await a_ticket(house)
    await house.send(house.write("Same here.", who=BOB, subject="TKT-00001", vouched=True))
    to_bob, told = house.one(BOB), house.one(MARIE)
    assert "possibly about TKT-00001" in " ".join(told.text.split()).lower().replace("tkt", "TKT")
    house.got()
    await house.send(house.reply(told, "#merge TKT-00001"))
    assert "joined into TKT-00001" in house.one(MARIE).text
    assert not house.got(BOB)
    assert ((await house.ticket(3)).status, (await house.ticket(3)).merged_into) == (Status.CLOSED, 1)
    await house.send(house.reply(to_bob, "Since Tuesday."))
    assert (await house.outcomes())[-1] == "followed up"
    told = house.one(MARIE)
    assert "Since Tuesday." in told.text
    await house.send(house.reply(told, "We are on it."))
    assert [house.one(one).text[:13] for one in (ANNA, BOB)] == ["We are on it."] * 2

    await house.send(house.reply(told, f"#requester {BOB}"))
    assert (await house.outcomes())[-1] == "held"
    asked = house.one(MARIE)
    await house.send(house.reply(asked, "yes"))
    ticket = await house.ticket()
    assert ticket.requester is not None
    assert (ticket.requester.address, ticket.in_copy) == (BOB, ())
    house.got()
