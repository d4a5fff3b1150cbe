"""Which language a mail is in, and that it is in that language alone, with the typography of its country."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta

from parsing.quoting import split_text
from rules import delivery_words
from rules.decision import Notice
from rules.policy import Wording
from rules.solved import says_solved
from templates.languages import words_of as table_of
from templates.phrases import HOLE, SENTENCE_ENDS, told
from templates.phrases_acts import ACTS
from templates.phrases_delivery import DELIVERY
from templates.render import sandbox
from tests.templates.desk import (
    ASKED,
    CASES,
    NOTICES,
    NOW,
    POLICIES,
    ROADMAP,
    TICKET,
    mail,
    notice_files,
    read,
    text_of,
    to_agent,
    to_customer,
    words_of,
)

GREETING = {"en": "Hello Anna,", "fr": "Bonjour Anna,", "pl": "Dzień dobry,"}
OTHERS = ["fr", "pl"]
CUSTOMERS = sorted({notice.name for notice, _ in CASES.values() if notice.role == "customer"})
# common English words that are no words of French or Polish
ENGLISH = re.compile(
    r"\b(?:the|we|you|your|and|is|it|of|was|will|have|has|this|that|until|today|tomorrow|yesterday|from|by|answer|"
    r"reply|mail|hello|closed|solved|yes|at|not|nothing|anything|open|again|someone|time|november|december)\b",
    re.IGNORECASE,
)
RULES = Path(__file__).resolve().parents[2] / "rules"
# put together of several pieces
PUT_TOGETHER = ("What would", "{} is the requester instead", "assignee nobody", "there is no category", "there is no p")
DATES: Mapping[str, Any] = {
    "close_on": NOW + timedelta(days=2),
    "reopen_until": NOW + timedelta(days=400),
    "since": NOW - timedelta(days=9),
    "answer_by": NOW + timedelta(days=1),
}


def language_of(notice: Notice, **changes: Any) -> str:
    """What the page of a mail says of its language, on a French desk unless `policy` is another."""
    policy = changes.pop("policy", POLICIES["fr"])
    page = text_of(read(mail(notice, replace(TICKET, **changes), policy=policy).raw), "html")
    return page.partition('<html lang="')[2][:2]


def test_customers_get_their_own_language_and_agents_the_desks() -> None:
    """A French desk writes French, English to a customer who writes English, French where nothing is known of them."""
    assert language_of(to_customer("opened")) == "fr"
    assert language_of(to_customer("opened"), language="en") == "en"
    assert language_of(to_customer("opened"), language="pl") == "pl"
    assert language_of(to_agent("agent_help"), language="en") == "fr"
    assert language_of(replace(to_customer("told_outside"), to=ROADMAP), language="en") == "fr"


def test_a_desks_own_words_go_to_those_who_read_its_language() -> None:
    """To a customer of another language ours are written, unless a rule names what is to be said."""
    policy = replace(POLICIES["fr"], wording={"opened": Wording("Reçu !"), "outage": Wording("Panne générale")})
    own, named = to_customer("opened"), replace(to_customer("opened"), wording="outage")

    assert "Reçu !" in text_of(read(mail(own, policy=policy).raw))
    assert "Reçu !" not in text_of(read(mail(own, replace(TICKET, language="en"), policy=policy).raw))
    assert language_of(named, policy=policy, language="en") == "fr"
    assert "Panne générale" in text_of(read(mail(named, replace(TICKET, language="en"), policy=policy).raw))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", CUSTOMERS)
def test_no_english_word_stands_in_a_customers_mail(name: str, language: str) -> None:
    """All that is ours is said in the language: sentences, days, sizes, the zone, with every value and with none."""
    plain = replace(TICKET, subject="X", category="X", priority="X")
    for ticket, values in ((plain, {}), (replace(plain, asked_by="marie", asked_at=NOW, question="X?"), DATES)):
        notice = to_customer(name, "X" if name == "reply" else "", **values)
        policy = replace(POLICIES[language], statuses=dict.fromkeys(POLICIES[language].statuses, "X"))
        text = words_of(read(mail(notice, ticket, policy=policy).raw)).replace(policy.name, "")

        assert not ENGLISH.findall(text), text


@pytest.mark.parametrize("name", [key for key in NOTICES.templates if key.startswith("fr/")])
def test_french_keeps_its_signs_with_their_words(name: str) -> None:
    """A line never begins with a colon or a closing quotation mark: blanks before signs do not break."""
    golden = "".join(words_of_case(case, "fr") for case in CASES if CASES[case][0].name == name[3:])
    own = "\n".join(line for line in golden.split("\n") if not line.startswith(("    ", ">")))

    assert not re.search(r"[^\W\d_] [;:!?»]|« ", own)
    assert not re.search("«[^\u00a0]|[^\u00a0]»|[a-zà-ÿ][;!?]", own)


def words_of_case(case: str, language: str) -> str:
    notice, ticket = CASES[case]
    return text_of(read(mail(notice, ticket, policy=POLICIES[language]).raw))


@pytest.mark.parametrize("language", POLICIES)
def test_every_language_greets(language: str) -> None:
    """Names are greeted where a name can be greeted; the Polish vocative is not guessed."""
    text = words_of(read(mail(to_customer("opened"), policy=POLICIES[language]).raw))

    assert text.startswith(GREETING[language])


@pytest.mark.parametrize("language", POLICIES)
@pytest.mark.parametrize("case", ["agent_opened", "agent_followed_up", "agent_opened-machine"])
def test_a_notification_quoted_without_marks_is_no_answer(case: str, language: str) -> None:
    """A mail program that marks no quotation carries neither the customer's words nor ours into the answer."""
    quoted = words_of_case(case, language)
    for old in (quoted, quoted.replace("\u00a0", " ")):
        _, spans = split_text(f"Merci.\n\n{old}")

        assert "".join(span.text for span in spans if span.kind == "new").strip() == "Merci."


@pytest.mark.parametrize("language", POLICIES)
def test_nothing_below_the_marker_is_an_answer(language: str) -> None:
    """The marker is known by its sign: whatever words stand before it, all below it stays with staff."""
    below = words_of_case("agent_done", language).partition("[tkt-private")[2]
    _, spans = split_text(f"Merci.\n-- whatever [tkt-private{below}")

    assert [span.kind for span in spans] == ["new", "marker"]


@pytest.mark.parametrize(("language", "solved", "yes"), [("en", "solved", "yes"), ("fr", "résolu", "oui"),
                                                         ("pl", "rozwiązane", "tak")])  # fmt: skip
def test_the_words_that_we_ask_for_are_understood(language: str, solved: str, yes: str) -> None:
    """What a reminder and a solution tell the customer to answer does what they say, within our marks, too."""
    reminder = words_of(read(mail(to_customer("reminder"), ASKED, policy=POLICIES[language]).raw))
    resolved = words_of(read(mail(to_customer("resolved"), ASKED, policy=POLICIES[language]).raw))
    quotes = {"en": '"{}"', "fr": "«\u00a0{}\u00a0»", "pl": "„{}”"}[language]

    assert quotes.format(solved) in reminder
    assert quotes.format(yes) in resolved
    assert says_solved(quotes.format(solved), asked=False)
    assert says_solved(quotes.format(yes), asked=True)


@pytest.mark.parametrize("path", [path for path in notice_files() if not path.startswith("en/")])
def test_every_language_tells_the_same(path: str) -> None:
    """Whatever value an English notice looks at, the others look at, too: a new one is forgotten in none of them."""
    language, _, name = path.partition("/")
    english, other = (
        meta.find_undeclared_variables(sandbox().parse(notice_files()[file])) for file in (f"en/{name}", path)
    )

    assert english - other <= ({"first_name"} if language == "pl" else set())
    assert other <= english


DELIVERY_SENTENCES = sorted(
    {
        sentence
        for text in (*delivery_words.FINER.values(), "This may pass.", *(chain(*delivery_words.REASONS.values())))
        for sentence in SENTENCE_ENDS.split(text)
    }
)


@pytest.mark.parametrize("language", OTHERS)
def test_why_a_mail_did_not_arrive_is_told_in_every_language(language: str) -> None:
    """Each sentence on a delivery has its twin, none is left of one that is gone, and the agent reads it."""
    assert sorted(DELIVERY) == DELIVERY_SENTENCES
    known, ticket = CASES["agent_undelivered"]
    values = {**known.values, "words": "The mailbox is full. This may pass.", "advice": "Nothing: it is tried again."}
    text = words_of(read(mail(replace(known, values=values), ticket, policy=POLICIES[language]).raw))

    for sentence in ("The mailbox is full.", "This may pass.", "Nothing: it is tried again."):
        assert sentence not in text
        assert DELIVERY[sentence][OTHERS.index(language)] in text


def test_what_colleagues_did_is_told_in_the_desks_language() -> None:
    """What steering lines did, with the names in it; what is in no table stays as it is."""
    done = ["resolved", "assigned to Marie Petit", "something quite new"]
    text = words_of(read(mail(to_agent("agent_done", done=done), ASKED, policy=POLICIES["fr"]).raw))

    assert "C’est fait\u00a0: résolu, attribué à Marie Petit, something quite new." in text


def test_the_phrases_are_those_of_the_rules() -> None:
    """A sentence that the rules say in other words now is not left in the tables, where nothing would find it."""
    said = "".join(path.read_text("utf-8") for path in sorted(RULES.glob("*.py")))
    said = re.sub(r'"\n\s*f?"', "", said)
    parts = {part.strip(" :→.") for key in ACTS if not key.startswith(PUT_TOGETHER) for part in key.split(HOLE)}

    assert not {part for part in parts if part not in said and part.strip(' "') not in said}


@pytest.mark.parametrize("text", ["{} is told", "a {} b {} c", "", ".", "...", "status {} → ", " → " * 3000])
def test_what_is_in_no_table_is_told_as_it_stands(text: str) -> None:
    """Whatever stands in a name or a subject is text: it comes as it went, however long it is."""
    assert told(f"assigned to {text}", words=table_of("fr")) in (f"attribué à {text}", f"assigned to {text}")
    assert told(f"Zzz {text}", words=table_of("fr")).startswith("Zzz")
