"""Which language a customer is written to in."""

from dataclasses import replace
from typing import get_args

import pytest

from parsing.message import Address, Kind
from rules import desk_schema
from rules.decision import Decision
from rules.default_names import CATEGORIES, PRIORITIES, STATUSES
from rules.desk_schema import Desk, StatusNames
from rules.loader import load_desk
from rules.merging import with_requester
from rules.policy import Customer
from rules.ticket import Participant, Role, Status
from rules.tongue import LANGUAGES, language_for
from tests.rules.worlds import ANNA, MARIE, NOW, arrive, desk, message, proof, ticket

FRENCH = "Bonjour, je ne peux pas me connecter et vous ne répondez pas. Merci de votre aide."
POLISH = "Dzień dobry, nie mogę się zalogować i proszę o pomoc."
ENGLISH = "I can not log in and your form is broken. Please help me when you can."
GERMAN = "Ich kann mich nicht anmelden und das Formular ist auch kaputt."


def language(decision: Decision) -> str:
    assert decision.ticket is not None
    return decision.ticket.language


@pytest.mark.parametrize(
    ("words", "expected"), [(FRENCH, "fr"), (POLISH, "pl"), (ENGLISH, "en"), (GERMAN, ""), ("Help!", "")]
)
def test_a_ticket_knows_the_language_of_its_first_mail(words: str, expected: str) -> None:
    """Where we have no notices in it, or nothing is sure, the desk's language is taken."""
    assert language(arrive(message(words, subject="X-200"))) == expected


def test_what_the_file_says_of_a_customer_comes_first() -> None:
    """Somebody who is to be written to in Polish is, whatever language they write and whoever opened the ticket."""
    policy = replace(desk(), customers={ANNA.key: Customer(language="pl")}, language="en")
    french = replace(ticket(), language="fr")

    assert language_for(ANNA, french, policy) == "pl"
    assert language_for(ANNA, french, desk()) == "fr"
    assert language_for(ANNA, ticket(), replace(desk(), language="fr")) == "fr"


PASTED = (
    "The page is not available. If you entered it by hand please check it for errors and try it again when you can."
)


@pytest.mark.parametrize(("own", "tongue"), [(FRENCH, "fr"), (POLISH, "pl"), ("", "en")])
def test_a_pasted_error_message_is_not_the_customers_language(own: str, tongue: str) -> None:
    """Who writes some words of the desk's language, or of the one known, above much English is answered in it."""
    policy = replace(desk(), language=tongue if own else "fr")
    first = arrive(message(f"{own}\n\n{PASTED}", subject="X-200"), policy=policy)
    later = arrive(message(f"{own}\n\n{PASTED}"), replace(ticket(), language=tongue), evidence=proof("customer", ANNA))

    assert (language(first), language(later)) == (tongue, tongue)


def test_another_requester_begins_anew() -> None:
    """What is known of the one before says nothing of who has the ticket now."""
    bob = Address("bob@example.com", "Bob")

    assert with_requester(replace(ticket(), language="fr"), bob, now=NOW, by=1).language == ""


def test_only_the_requesters_own_words_change_it() -> None:
    """Of a short answer the ticket keeps what it knows; somebody in Cc and a robot say nothing of the requester."""
    bob = Address("bob@example.com", "Bob")
    known = replace(ticket(), language="pl", participants=(Participant(bob, Role.CC, NOW),))
    robot = message(FRENCH, kind=Kind.AUTO_REPLY)
    theirs = proof("customer", ANNA)

    assert language(arrive(message(FRENCH), known, evidence=theirs)) == "fr"
    assert language(arrive(message("OK."), known, evidence=theirs)) == "pl"
    assert language(arrive(robot, known, evidence=theirs)) == "pl"
    assert language(arrive(message(FRENCH, sender=bob), known, evidence=proof("customer", bob))) == "pl"


def test_what_an_agent_brings_says_nothing_of_the_customer() -> None:
    """A ticket that an agent opens in a customer's name begins in the desk's language."""
    made = arrive(message(f"#for anna@example.com\n{FRENCH}", sender=MARIE), evidence=proof("agent", MARIE))

    assert language(made) == ""


def test_a_desks_own_names_are_in_its_language() -> None:
    """A file that names neither statuses nor priorities nor categories is a French desk's all the same."""
    text = "desk: palo\nname: Palo\naddress: support@palo.example\npeople: {m: {name: M, mail: m@palo.example}}\n"
    own = load_desk({"desk.yaml": f"{text}language: fr\nstatuses: {{new: inconnu}}\n"}, folder="desks/palo")

    assert (own.statuses[Status.NEW], own.statuses[Status.RESOLVED]) == ("inconnu", "résolu")
    assert (own.priorities["P1"], own.categories["billing"]) == ("critique", "facturation")


def test_every_language_has_all_names() -> None:
    """What has a name in English has one in each language, and a desk may take each language."""
    for tongue in LANGUAGES - {"en"}:
        assert STATUSES[tongue].keys() == StatusNames.model_fields.keys()
        assert PRIORITIES[tongue].keys() == Desk.model_fields["priorities"].default.keys()
        assert CATEGORIES[tongue].keys() == set(desk_schema.CATEGORIES.split())
    assert set(get_args(desk_schema.Language)) == LANGUAGES
