"""A desk that writes French, and its customers, who are written to in the language that they write."""

import pytest

from rules.ticket import Status
from tests.scenarios.house import ANNA, KARIM, MARIE, House

FRENCH = "Bonjour, je ne peux pas me connecter avec mon mot de passe. Merci pour votre aide."
ENGLISH = "Hello, the page stays white when I open it and my list is gone. Please help me."
# who → the first words of each mail of a silent ticket's life: confirmation, question, two reminders, close
LIVES = {
    FRENCH: (
        "Nous avons bien reçu votre message",
        "nous clôturerons le dossier le vendredi 13 novembre",
        "Marie vous a posé une question vendredi dernier",
        "dans deux jours, le vendredi 13 novembre",
        "jusqu’au dimanche 13 décembre et le dossier sera rouvert",
    ),
    ENGLISH: (
        "we have your mail",
        "we will close it on Friday 13 November",
        "Marie asked you something on Friday",
        "in two days, on Friday 13 November",
        "reply to this mail until Sunday 13 December",
    ),
}


@pytest.mark.parametrize("words", LIVES, ids=["french", "english"])
async def test_a_ticket_of_a_french_desk(house: House, words: str) -> None:
    """From the first mail to the close the customer is written to in their language, the agents in the desk's; answers
    are found, and an agent's words go out without ours."""
    await house.close()
    house.desks["support"] += "language: fr\ntime_zone: Europe/Paris\n"
    await house.open()
    opened, asks, reminds, reminds_again, closes = LIVES[words]

    await house.send(house.write(words, subject="X-200"))
    assert opened in house.one(ANNA).text
    told = house.one(MARIE)
    assert "a écrit à 10\u00a0h\u00a000\u00a0:" in house.one(KARIM).text
    assert "-- pas pour le client [tkt-private " in told.text
    assert "TKT-00001\u00a0: nouveau, normale, général." in told.text

    await house.send(house.reply(told, "#waiting\nFirefox ?"))
    assert "C’est fait" in house.one(MARIE).text
    question = house.one(ANNA)
    assert question.text.startswith("Firefox ?\n\n")
    assert asks in question.text
    await house.later(days=3)
    assert reminds in house.one(ANNA).text
    await house.later(days=2)
    assert reminds_again in house.one(ANNA).text
    await house.later(days=2)
    closed = house.one(ANNA)
    assert closes in closed.text

    await house.send(house.reply(closed, "Chrome."))
    assert "Rouvert\u00a0: TKT-00001\u00a0: en cours" in house.one(MARIE).text
    assert (await house.ticket()).status is Status.IN_PROGRESS
