"""Who is told what by the desk's table, people in two roles, and short answers as people really write them."""

from collections.abc import Callable

import pytest

from rules.ticket import Status
from tests.scenarios.house import ANNA, KARIM, MARIE, SALES, House, inner

TABLE = """
tell:
  opened: nobody
  customer_replied: all
  reopened: assignee
  undelivered: all
  assigned: nobody
  note: all
  agent_acted: all
  closed: all
customer_hears_of: [reply, closed]
follow_up: {waiting_customer: [{after: 7 days, close: no answer}]}
"""


async def test_the_desks_own_table_decides(build: Callable[..., House]) -> None:
    """Another table, other mails: nobody is told of the opening, all of an answer, and the customer hears of nothing
    but replies and the close; never is anybody told of their own act."""
    house = build()
    house.desks["support"] += TABLE
    await house.open()
    try:
        await house.send(house.write("It is broken."))
        assert not house.got()
        await house.send(house.write("More.", subject="TKT-00001", vouched=True))
        told = house.one(MARIE)
        house.one(KARIM)
        await house.send(house.reply(told, "#waiting\nWhich browser?"))
        assert house.one(ANNA).text.startswith("Which browser?\n\n[tkt-ref ")
        assert house.one(MARIE).text.startswith("Done: ")
        assert "Marie Dupont" in house.one(KARIM).text
        await house.later(days=6)
        assert not house.got()
        await house.send(house.reply(told, "#note\nShe rang."))
        assert "She rang." in house.one(KARIM).text
        house.one(MARIE)
        await house.send(house.reply(told, "#close"))
        assert "TKT-00001" in house.one(ANNA).text
        house.one(MARIE)
        house.one(KARIM)
        await house.judge()
    finally:
        await house.close()


async def test_an_agent_may_be_a_customer(house: House) -> None:
    """Karim writes to the other desk as anybody does: a ticket of his own, a confirmation, his colleague is told, and
    her answer reaches him; his answer is a customer's and closes nothing by itself."""
    await house.send(house.write("I need a price.", who=KARIM, to=SALES, subject="Price"))
    assert "its number is TKT-00001" in house.one(KARIM).text
    await house.send(house.reply(house.one(MARIE), "It is 20 euros."))
    answer = house.one(KARIM)
    assert answer.text.startswith("It is 20 euros.")
    await house.send(house.reply(answer, "Too much, I fear."))
    assert "Too much, I fear." in house.one(MARIE).text
    assert (await house.ticket()).assignee == "marie"


SAID = [
    "Thanks, solved!\n\n-- \nAnna Nowak\nHead of Something, ACME Ltd\n12 Main Street, Springfield",
    "It works now, thank you!\n\nSent from my iPhone",
    "Merci, ça marche !\n\nEnvoyé de mon iPhone",
    "Hi Marie,\n\nthank you very much, it works now.\n\nBest regards\nAnna",
    "Bonjour,\n\nc'est résolu, merci beaucoup.\n\nCordialement,\nAnna Nowak",
    "Dzień dobry,\n\ndziękuję, już działa.\n\nPozdrawiam\nAnna Nowak",
]
NOT_SAID = ["Thanks, but it is not solved.", "Is it solved?", "Merci, mais ça ne marche pas.", "Dziękuję, nie działa."]


@pytest.mark.parametrize("html", [False, True])
async def test_solved_as_people_write_it(house: House, html: bool) -> None:
    """Greetings, names and signatures do not hide a "solved", in plain text or HTML; a "not solved" is none."""
    for at, words in enumerate([*SAID, *NOT_SAID], 1):
        customer = f"anna.nowak{at}@customer.example"
        mail = house.write("It is broken.", who=customer)
        del mail["From"]
        mail["From"] = f"Anna Nowak <{customer}>"
        await house.send(mail)
        house.one(customer)
        house.one(KARIM)
        await house.send(house.reply(house.one(MARIE), "#waiting\nIs it better?"))
        question = house.one(customer)
        house.got(MARIE)
        page = "".join(f"<div>{line or '<br>'}</div>" for line in words.split("\n"))
        page += '<br><div class="gmail_quote"><div class="gmail_attr">On Fri, Support wrote:<br></div>'
        page += f'<blockquote class="gmail_quote">{inner(question)}</blockquote></div>'
        answer = house.reply(question, html=page) if html else house.reply(question, words)
        await house.send(answer)
        closed = (await house.ticket(at)).status is Status.CLOSED
        assert closed == (words in SAID), words
        assert len(house.got(customer)) == closed
        house.got()
