"""What a customer lives through: the confirmation, answering, attachments, and when a ticket closes or opens again."""

import os
import re

import pytest

from rules.ticket import Status
from tests.scenarios.house import ANNA, KARIM, MARIE, SUPPORT, House, Mail

PICTURE = bytes(range(256)) * 300 + os.urandom(50_000)


async def opened(house: House, text: str = "Hello,\n\nthe page says that I am unknown.\n\nAnna\n") -> tuple[Mail, Mail]:
    """A new ticket: (the confirmation, Marie's notification)."""
    await house.send(house.write(text))
    confirmation, told = house.one(ANNA), house.one(MARIE)
    house.one(KARIM)
    return confirmation, told


async def test_what_nothing_proves_carries_nobodys_words(house: House) -> None:
    """A stranger who writes in somebody's name can send them our number and our own words, and not a line of theirs."""
    await house.send(house.write("Buy now: http://evil.example", subject="You have won, see evil.example"))
    mail = house.one(ANNA)
    assert mail.subject == "Re: [TKT-00001] Your request"
    assert not {"evil", "won", "Anna"} & set(re.findall(r"\w+", f"{mail.text} {mail.html}"))
    assert "evil" in house.one(MARIE).text
    house.one(KARIM)


async def test_one_confirmation_threaded_and_marked(house: House) -> None:
    """One confirmation with the number, threaded on the customer's mail, marked by RFC 3834, from the desk; each agent
    is told once."""
    asked = await house.send(house.write("Hello,\n\nit is broken.\n", subject="Błąd w fakturze", vouched=True))
    mail = house.one(ANNA)

    assert mail.subject == "Re: [TKT-00001] Błąd w fakturze"
    assert mail.answers == asked
    assert mail.references == [asked]
    assert mail.mail["Auto-Submitted"] == "auto-replied"
    assert mail.mail["Precedence"] is not None
    assert str(mail.mail["From"]).endswith(f"<{SUPPORT}>")
    assert str(mail.mail["To"]).endswith(f"<{ANNA}>") or str(mail.mail["To"]) == ANNA
    assert mail.sender.startswith("support+")
    assert "TKT-00001" in mail.text
    assert "TKT-00001" in mail.html
    assert "Hello Anna" in mail.text
    assert not mail.files
    for agent in (MARIE, KARIM):
        told = house.one(agent)
        assert "it is broken." in told.text
        assert told.references[0] == asked
        assert str(told.mail["Reply-To"]).startswith("support+")


async def test_a_reply_is_a_follow_up_without_a_second_confirmation(house: House) -> None:
    """An answer joins its ticket by the token; by the Message-ID alone; by the reference in the quoted mail; and, where
    the customer's domain vouches for it, by their own thread and by the number: each time without another confirmation,
    and every agent hears while nobody has it."""
    confirmation, _ = await opened(house)
    quoting = house.reply(confirmation, "The relay has renamed your mail.", to=SUPPORT)
    for name in ("In-Reply-To", "References"):
        del quoting[name]
    ways = [
        house.reply(confirmation, "One more thing."),
        house.reply(confirmation, "And another.", to=SUPPORT),
        house.reply(confirmation, "I have forgotten this.", to=SUPPORT, subject="something else"),
        quoting,
        house.write("Perhaps the cookies are to blame?", subject="About TKT-00001", vouched=True),
        house.write(
            "My colleague has no such trouble today.",
            subject="I can not log in",
            In_Reply_To=confirmation.answers,
            vouched=True,
        ),
    ]
    for mail in ways:
        await house.send(mail)
        assert [mail.recipient for mail in house.got()] == [MARIE, KARIM]

    assert await house.outcomes() == ["opened", *["followed up"] * 6]
    assert len((await house.timeline()).mails) == 3 + 6 * 2


async def test_a_number_is_no_secret(house: House) -> None:
    """A stranger who writes a ticket's number, and whoever writes it in the customer's name without proof, gets another
    ticket; what was mailed to the customer and comes back from another address is held."""
    confirmation, _ = await opened(house)
    stranger = "eve@elsewhere.example"
    subject = "Re: [TKT-00001] I can not log in"
    await house.send(house.write("Tell me more.", subject=subject, who=stranger, vouched=True))
    await house.send(house.write("Tell me more.", subject=subject))
    await house.send(house.reply(confirmation, "This was passed on to me.", who=stranger))

    assert await house.outcomes() == ["opened", "opened", "opened", "held"]
    assert house.one(stranger).subject.startswith("Re: [TKT-00002]")
    assert house.one(ANNA).subject.startswith("Re: [TKT-00003]")
    assert (await house.ticket(2)).linked_to == (await house.ticket(3)).linked_to == 1
    assert any("eve@elsewhere.example" in line and "held" in line for line in await house.entries("change"))
    house.got()


async def test_attachments_reach_the_agents_whole(house: House) -> None:
    """What a customer attaches arrives octet for octet under its name, and is named in the notification."""
    files = {"écran de connexion.png": PICTURE, "log.bin": b"\r\n.\r\n\x00\xff\n.\n" * 50}
    await house.send(house.write("Look at these.", files=files))
    house.one(ANNA)

    for agent in (MARIE, KARIM):
        told = house.one(agent)
        assert told.files == files
        assert "écran de connexion.png" in told.text


async def test_html_mail_is_read_as_text(house: House) -> None:
    """A mail that is HTML alone comes to the agents as readable words, and nothing of it is markup in ours."""
    page = "<html><head><style>p{color:red}</style></head><body><p>Hello &amp; good day,</p><p>the <b>page</b> fails." \
        "</p><script>alert(1)</script><ul><li>first</li><li>second</li></ul></body></html>"  # fmt: skip
    await house.send(house.write(html=page, subject="<b>bold</b> & co"))
    house.one(ANNA)
    told = house.one(MARIE)
    house.one(KARIM)

    assert "Hello & good day," in told.text
    assert "the page fails." in told.text
    assert "color:red" not in told.text
    assert "alert(1)" not in told.text
    assert "<b>page</b>" not in told.html
    assert "<script" not in told.html


SOLVED = ["Thanks, solved!", "Merci beaucoup, c'est résolu.", "Dziękuję, działa!"]


@pytest.mark.parametrize("words", SOLVED)
async def test_thanks_solved_closes_and_never_reopens(house: House, words: str) -> None:
    """On waiting and on resolved a short "thanks, solved" closes with one line to the customer; on closed it changes
    nothing at all; an automatic mail with the same words never closes."""
    _, told = await opened(house)
    await house.send(house.reply(told, "#waiting\nWhich browser is it?"))
    question = house.one(ANNA)
    house.got(MARIE)
    await house.send(house.reply(question, words, Auto_Submitted="auto-replied"))
    assert (await house.ticket()).status is Status.WAITING
    assert len(await house.timers()) == 3

    await house.send(house.reply(question, words))
    ticket = await house.ticket()
    assert ticket.status is Status.CLOSED
    assert "solved" in ticket.close_reason
    assert await house.timers() == []
    last = house.one(ANNA)
    assert "TKT-00001 is closed" in last.text

    await house.send(house.reply(last, words))
    assert (await house.ticket()).status is Status.CLOSED
    assert not house.got(ANNA)
    house.got()

    await house.send(house.reply(last, "It is back."))
    told = house.one(MARIE)
    await house.send(house.reply(told, "#resolve\nTry again now."))
    solution = house.one(ANNA)
    house.got(MARIE)
    await house.send(house.reply(solution, words))
    assert (await house.ticket()).status is Status.CLOSED
    house.one(ANNA)


@pytest.mark.parametrize(("answer", "closes"), [("Yes", True), ("Solved, but now the invoice is wrong", False)])
async def test_an_answer_to_resolved(house: House, answer: str, closes: bool) -> None:
    """We asked whether it is solved: "yes" closes, anything more reopens."""
    _, told = await opened(house)
    await house.send(house.reply(told, "#resolve\nIt works again."))
    solution = house.one(ANNA)
    house.got(MARIE)
    await house.send(house.reply(solution, answer))

    assert (await house.ticket()).status is (Status.CLOSED if closes else Status.IN_PROGRESS)
    assert len(house.got(ANNA)) == closes
    assert len(house.got(MARIE)) == (not closes)


async def test_reopening_and_the_linked_ticket(house: House) -> None:
    """A closed ticket opens again within 30 days, to in progress and to its agent; later a new ticket is linked to it
    and confirmed."""
    _, told = await opened(house)
    await house.send(house.reply(told, "#close\nDone."))
    closed = house.one(ANNA)
    house.got(MARIE)
    assert "until" in closed.text

    await house.later(days=29)
    await house.send(house.reply(closed, "It is broken again."))
    assert (await house.ticket()).status is Status.IN_PROGRESS
    assert [mail.recipient for mail in house.got()] == [MARIE]

    told_again = house.reply(told, "#close\nDone again.")
    await house.send(told_again)
    house.got()
    await house.later(days=31)
    await house.send(house.reply(closed, "It is broken once more."))
    assert (await house.ticket(1)).status is Status.CLOSED
    second = await house.ticket(2)
    assert (second.status, second.linked_to) == (Status.NEW, 1)
    assert house.one(ANNA).subject.startswith("Re: [TKT-00002]")
    assert "TKT-00001" in house.one(MARIE).text
    house.one(KARIM)


async def test_an_automatic_answer_changes_nothing(house: House) -> None:
    """An out-of-office reply is kept on the ticket; it neither reopens, nor cancels, nor is answered, nor opens one."""
    _, told = await opened(house)
    await house.send(house.reply(told, "#resolve\nDone."))
    solution = house.one(ANNA)
    house.got(MARIE)
    timers = await house.timers()
    await house.send(house.reply(solution, "I am away until Monday.", Auto_Submitted="auto-replied"))
    await house.send(house.write("I am away.", subject="Away", Auto_Submitted="auto-replied"))
    await house.send(house.write("I am away.", subject="Away", X_Autoreply="yes", Precedence="auto_reply"), sender="")

    assert (await house.ticket()).status is Status.RESOLVED
    assert await house.timers() == timers
    assert (await house.outcomes())[2:] == ["automatic"] * 3
