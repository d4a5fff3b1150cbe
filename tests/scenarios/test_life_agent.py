"""What an agent does from a mail program: answers, steering lines, notes, mistakes, and what colleagues hear of it."""

import os

import pytest
from sqlalchemy import update

from rules.ticket import Status
from store.schema import once
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House, Mail

SECRET = "she is rude but a large account of ours"


async def opened(house: House) -> Mail:
    """A new ticket; Marie's notification of it."""
    await house.send(house.write("Hello,\n\nmy page is empty.\n\nAnna\n"))
    house.one(ANNA)
    house.one(KARIM)
    return house.one(MARIE)


async def test_an_answer_reaches_the_customer_in_the_desks_name(house: House) -> None:
    """A plain reply goes to the customer, threaded and not marked automatic, from the desk; the ticket is the agent's
    and in progress; the colleague hears nothing, and the agent nothing of their own act."""
    told = await opened(house)
    first = told.references[0]
    await house.send(house.reply(told, "Hello Anna,\n\nplease press F5.\n\nMarie\n-- \nMarie Dupont\ndirect line 123"))
    mail = house.one(ANNA)

    assert mail.text.startswith("Hello Anna,\n\nplease press F5.\n\nMarie")
    assert "my page is empty" not in mail.text
    assert str(mail.mail["From"]) == f'"Marie, Support" <{SUPPORT}>'
    assert mail.mail["Auto-Submitted"] is None
    assert (mail.references[0], mail.answers) == (first, first)
    ticket = await house.ticket()
    assert (ticket.status, ticket.assignee) == (Status.IN_PROGRESS, "marie")

    await house.send(house.reply(mail, "F5 did nothing."))
    assert "F5 did nothing." in house.one(MARIE).text


async def test_what_an_agent_attaches_reaches_the_customer(house: House) -> None:
    """Attachments go along octet for octet, up to what the relay takes; what is left out is named to the agent."""
    house.sink.always("ehlo", "250-sink\r\n250-8BITMIME\r\n250 SIZE 3000000")
    told = await opened(house)
    small, large = os.urandom(200_000), os.urandom(2_500_000)
    await house.send(
        house.reply(told, "See the files.", files={"étape 1.pdf": small, "film.mp4": large, "b.txt": b"\n.\n"})
    )

    mail = house.one(ANNA)
    assert mail.files == {"étape 1.pdf": small, "b.txt": b"\n.\n"}
    assert len(mail.raw) < 3_000_000
    transcript = house.one(MARIE)
    assert "film.mp4" in transcript.text
    assert "left out, too large for the relay: film.mp4" in await house.entries("change")


STEERED = [
    ("#ack", Status.ACKNOWLEDGED, "", ""),
    ("#take", Status.ACKNOWLEDGED, "", ""),
    ("#waiting\nWhich browser?", Status.WAITING, "waiting_customer", "Which browser?"),
    ("#waiting", Status.WAITING, "waiting_customer", ""),
    ("#resolve\nPress F5.", Status.RESOLVED, "resolved", "Press F5."),
    ("#resolve", Status.RESOLVED, "resolved", ""),
    ("#close\nBye.", Status.CLOSED, "closed", "Bye."),
    ("#close", Status.CLOSED, "closed", ""),
    ("#spam", Status.CLOSED, "", ""),
    ("#priority P1", Status.NEW, "", ""),
    ("#category bug report\nI look at it.", Status.IN_PROGRESS, "reply", "I look at it."),
]


async def test_every_steering_line_has_its_effect_and_its_transcript(house: House) -> None:
    """Each `#` line, alone or above words: the status, what the customer gets (one mail at most, the words first and
    the notice below them), and a transcript to the agent who steered."""
    for at, (text, status, notice, words) in enumerate(STEERED, 1):
        customer = f"customer{at}@customer.example"
        await house.send(house.write("It is broken.", who=customer))
        told = house.one(MARIE)
        house.got()
        await house.send(house.reply(told, text))

        ticket = await house.ticket(at)
        assert ticket.status is status, text
        mails = house.got(customer)
        assert len(mails) == bool(notice), text
        if notice:
            assert (await house.timeline(at)).mails[-2]["notice"] == notice
            assert mails[0].text.startswith(words or "Hello"), text
            assert (mails[0].mail["Auto-Submitted"] is None) == bool(words), text
        transcript = house.one(MARIE)
        assert transcript.text.startswith("Done: "), text
        assert ("went to" in transcript.text) == bool(words)
        assert not house.got(KARIM)
    assert (await house.ticket(10)).priority == "P1"
    assert (await house.ticket(11)).category == "bug_report"
    assert (await house.ticket(2)).assignee == "marie"


async def test_reopen_and_assign(house: House) -> None:
    """`#reopen` opens again, `#assign` gives it to a colleague, who alone is told and then alone hears the customer."""
    told = await opened(house)
    await house.send(house.reply(told, "#close"))
    closed = house.one(ANNA)
    house.got(MARIE)
    await house.send(house.reply(told, "#reopen\n#assign karim\n#priority critical"))
    assert "Done: " in house.one(MARIE).text
    given = house.one(KARIM)
    assert "Marie Dupont gave it to" in given.text
    ticket = await house.ticket()
    assert (ticket.status, ticket.assignee, ticket.priority) == (Status.IN_PROGRESS, "karim", "P1")

    await house.send(house.reply(closed, "Thank you for looking again."))
    house.one(KARIM)
    await house.send(house.reply(given, "I am on it."))
    assert "I am on it." in house.one(ANNA).text


async def test_notes_stay_among_colleagues(house: House) -> None:
    """A `#note` goes to nobody outside, tells the assignee, not its writer, and can not be quoted to the customer."""
    told = await opened(house)
    await house.send(house.reply(told, "#assign karim"))
    house.one(KARIM)
    house.one(MARIE)
    await house.send(house.reply(told, f"#note\nCareful: {SECRET}."))
    noted = house.one(KARIM)
    assert SECRET in noted.text
    assert "your note is kept" in house.one(MARIE).text

    await house.send(house.reply(noted, f"Hello Anna,\n\nmy colleague says:\nCareful: {SECRET}."))
    refused = house.one(KARIM)
    assert "internal note" in refused.text
    assert SECRET in refused.text
    await house.send(house.reply(noted, "Hello Anna,\n\nwe look at it."))
    assert SECRET not in house.one(ANNA).raw.decode()
    assert (await house.ticket()).assignee == "karim"


MISTAKES = [
    ("#wating\nWhich browser?", "#waiting", 1),
    ("#take\n#priority hgh\nHello.", "high", 2),
    ("#assign kari\nHello.", "karim", 1),
    ("#resolve\n#waiting\nHello.", "contradicts", 2),
    ("#category billing\n#for bob@customer.example\nHello.", "new mail", 2),
]


async def test_a_mistake_changes_nothing_and_sends_nothing(house: House) -> None:
    """One wrong line: nothing is done, the transcript names the line and the nearest word and keeps the text; a reply
    to it, put right, does it all."""
    told = await opened(house)
    before = await house.ticket()
    for text, hint, line in MISTAKES:
        await house.send(house.reply(told, text))
        answer = house.one(MARIE)
        assert "Nothing was changed and nothing was sent" in answer.text
        assert f"line {line}" in answer.text
        assert hint in answer.text
        assert text.splitlines()[-1] in answer.text
        now = await house.ticket()
        assert (now.status, now.priority, now.category, now.assignee) == (
            before.status,
            before.priority,
            before.category,
            before.assignee,
        )
    await house.send(house.reply(answer, "#category billing\nHello Anna."))
    assert house.one(ANNA).text.startswith("Hello Anna.")
    house.one(MARIE)


async def test_help(house: House) -> None:
    """`#help` lists every line and the desk's own names, and does nothing else."""
    told = await opened(house)
    await house.send(house.reply(told, "#help\nHello Anna."))
    text = house.one(MARIE).text

    for word in ("#note", "#ack", "#waiting", "#resolve", "#close", "#reopen", "#spam", "#priority", "#category"):
        assert word in text
    for name in ("karim", "bug_report", "P4", "#for", "#take", "#assign"):
        assert name in text
    assert (await house.ticket()).status is Status.NEW


UNSAFE = [
    ("#waiting below\n", "Hello Anna,\n#close\nbye", "steering line"),
    ("a full-width sign", "＃note\nshe is difficult", "steering line"),
    ("a space before it", "\n #note\nshe is difficult", "steering line"),
    ("a character without width", "\u200b#note\nshe is difficult", "steering line"),
    ("another one inside", "#\u2060note\nshe is difficult", "steering line"),
    ("a bullet of a list", "  * #note\nshe is difficult", "steering line"),
]


async def test_what_can_not_be_relayed_safely_is_not_relayed(house: House) -> None:
    """A `#` line out of place, words only below the quotation or between it, nothing at all, somebody's token: kept,
    nothing sent, the agent told in words; the text is not lost."""
    told = await opened(house)
    quoted = "\n".join(f"> {line}" for line in told.text.splitlines())
    token = str(told.mail["Reply-To"])
    texts = [
        *((text, why) for _, text, why in UNSAFE),
        (f"{quoted}\n\nHello Anna, I answer down here.\n", ""),
        (f"Write to {token} please.", "token"),
        ("\n\n", "nothing in it"),
    ]
    for text, why in texts:
        await house.send(house.reply(told, text, quote=False))
        answer = house.one(MARIE)
        assert "Your words were not sent" in answer.text or "Nothing was changed" in answer.text, text
        assert why in answer.text
        assert not house.got(ANNA)
    assert (await house.ticket()).status is Status.NEW
    assert (await house.ticket()).assignee is None


async def test_an_agents_automatic_mail_acts_not(house: House) -> None:
    """The out-of-office reply of an agent's mailbox reaches no customer and changes nothing."""
    told = await opened(house)
    await house.send(house.reply(told, "I am on holiday.", Auto_Submitted="auto-replied"))

    assert (await house.ticket()).status is Status.NEW
    assert (await house.outcomes())[1] == "automatic"


async def test_a_mail_in_an_agents_name_is_held_and_they_are_told_once_a_day(house: House) -> None:
    """Without a login (or a vouching domain) nothing is done in an agent's name, not with their own token, not with a
    colleague's, not in a new mail; each hears of the first of a day; another's token makes nobody an agent."""
    told = await opened(house)
    await house.send(house.reply(told, "#close"), forged=True)
    notice = house.one(MARIE).text
    assert "does not prove that you wrote it" in notice
    assert "a login over TLS as marie@desk.example" in notice
    await house.send(house.write("#close", who=MARIE, subject=told.subject), forged=True)
    await house.send(house.write("Please pay the invoice.", who=MARIE), forged=True)
    await house.send(house.write(f"#for {ANNA}\nShe rang.", who=MARIE), forged=True)
    await house.send(house.reply(told, "#close", who=KARIM), forged=True)
    assert "does not prove that you wrote it" in house.one(KARIM).text
    await house.send(house.reply(told, "#close\nI am Marie.", who="eve@elsewhere.example"))

    assert (await house.ticket()).status is Status.NEW
    assert (await house.outcomes())[1:] == ["held"] * 6
    assert not house.got(ANNA)
    house.got()


async def test_an_agent_who_logged_in_needs_no_token(house: House) -> None:
    """With a login, an answer acts whose tokens a mail program has lost, and so does a colleague's to a notification
    that was passed on; words in a new mail that only names a ticket go to nobody outside."""
    told = await opened(house)
    await house.send(house.write("#priority P1\nPress F5.", who=MARIE, subject=told.subject))
    assert "Press F5." in house.one(ANNA).text
    house.one(MARIE)
    await house.send(house.reply(told, "#assign karim", who=KARIM))
    assert "Done: " in house.one(KARIM).text
    await house.send(house.write("Who of you can look at this?", who=MARIE, subject="about TKT-00001"))

    ticket = await house.ticket()
    assert (ticket.priority, ticket.assignee) == ("P1", "karim")
    assert (await house.outcomes())[1:] == ["act", "act", "opened"]
    assert not house.got(ANNA)
    house.got()


GMAIL = """---------- Forwarded message ---------
From: Bob Lang <bob@customer.example>
Date: Thu, Nov 5, 2026 at 8:14 AM
Subject: Invoice 4711
To: <marie@desk.example>


Hello Marie,

I was charged twice.

Bob
"""


@pytest.mark.parametrize("way", ["inline", "attached", "for"])
async def test_an_agent_brings_a_customers_mail(house: House, way: str) -> None:
    """A forward (Gmail's inline text, or message/rfc822) or `#for` opens a ticket in the customer's name: the customer
    gets the confirmation, the colleague the notification, the agent a transcript, and answers reach the customer."""
    bob = "bob@customer.example"
    if way == "inline":
        mail = house.write(f"#priority P2\n\n{GMAIL}", who=MARIE, subject="Fwd: Invoice 4711")
    elif way == "attached":
        mail = house.write("#priority P2\n", who=MARIE, subject="Fwd: Invoice 4711")
        mail.add_attachment(house.write("I was charged twice.\n\nBob\n", who=bob, subject="Invoice 4711", to=MARIE))
    else:
        mail = house.write(
            f"#for {bob}\n#priority P2\n\nBob rang: he was charged twice.", who=MARIE, subject="Invoice 4711"
        )
    await house.send(mail)

    ticket = await house.ticket()
    assert ticket.requester is not None
    assert (ticket.requester.address, ticket.subject, ticket.priority) == (bob, "Invoice 4711", "P2")
    confirmation, told, transcript = house.one(bob), house.one(KARIM), house.one(MARIE)
    assert confirmation.subject == "Re: [TKT-00001] Invoice 4711"
    assert "#priority P2" not in told.text
    assert "charged twice" in (told.files["Invoice 4711.eml"].decode() if way == "attached" else told.text)
    assert "TKT-00001" in transcript.text
    await house.send(house.reply(confirmation, "It is two times 20 euros."))
    house.got(MARIE)
    await house.send(house.reply(house.one(KARIM), "We pay it back."))
    assert "We pay it back." in house.one(bob).text


async def test_for_with_a_mistake_opens_nothing(house: House) -> None:
    """`#for` with what is no address: nothing is opened, the agent is told which line."""
    await house.send(house.write("#for bob at customer\n\nHe rang.", who=MARIE, subject="Invoice"))

    assert "is not an address" in house.one(MARIE).text
    assert await house.outcomes() == ["act"]


async def test_an_act_can_be_taken_back_within_the_hour(house: House) -> None:
    """The transcript names what was changed; `#undo` as its answer, logged in or not, puts it back with its timers,
    once; what somebody has changed since stays; mail that left is said to have left; after the hour nothing is done."""
    told = await opened(house)
    await house.send(house.reply(told, "#waiting\n#priority P1\n#assign karim\nWhich browser?"))
    house.one(KARIM)
    done = house.one(MARIE)
    assert "status new → waiting_customer, priority P2 → P1, assignee nobody → karim" in done.text
    assert "The mail that Anna Nowak got can not be called back." in done.text.replace("\n", " ")
    assert len(await house.timers()) == 3
    await house.send(house.reply(done, "#priority P3", quote=False))  # any other answer is an answer like any
    again = house.one(MARIE)
    await house.send(house.reply(done, "#undo\nsorry"))
    assert "it stands alone" in house.one(MARIE).text
    await house.send(house.reply(done, "#undo"), forged=True)
    back = house.one(MARIE).text
    assert "undone: status waiting_customer → new, assignee karim → nobody" in back
    assert "the priority stays as somebody has left it since" in back
    assert "took it back" in house.one(KARIM).text
    ticket = await house.ticket()
    assert (ticket.status, ticket.priority, ticket.assignee) == (Status.NEW, "P3", None)
    assert await house.timers() == []

    await house.send(house.reply(done, "#undo"))
    assert "it was used already" in house.one(MARIE).text
    expire = update(once).values(expires_db=once.c.created_db)
    await house.gateway.db.write(lambda conn: conn.execute(expire))
    await house.send(house.reply(again, "#undo"))
    assert "its time is over" in house.one(MARIE).text
    await house.send(house.reply(told, "#undo"))
    assert "this answers no such mail" in house.one(MARIE).text
    assert (await house.ticket()).priority == "P3"
    house.got(ANNA)
