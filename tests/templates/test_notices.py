"""Every notice as a person gets it, whole: text and HTML against golden files, read in a review like any text.

`python -m tests.templates.test_notices` writes them anew.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from templates.render import load_notices
from tests.templates.desk import CASES, NOTICES, POLICIES, mail, notice_files, read, text_of

GOLDEN = Path(__file__).parent / "golden"


def golden_file(language: str, name: str) -> Path:
    """English stands above, the other languages in folders of their own."""
    return (GOLDEN if language == "en" else GOLDEN / language) / f"{name}.txt"


def golden_text(language: str, name: str) -> str:
    made = read(mail(*CASES[name], policy=POLICIES[language]).raw)
    head = "".join(f"{field}: {made[field]}\n" for field in ("From", "To", "Subject"))
    html = "" if CASES[name][0].role == "operator" else f"\n======== HTML\n{text_of(made, 'html')}"
    return f"{head}\n{text_of(made)}{html}"


@pytest.mark.parametrize("language", POLICIES)
@pytest.mark.parametrize("name", CASES)
def test_notice_is_as_it_was_read_and_agreed(name: str, language: str) -> None:
    """A changed word in any notice, in text or HTML, is seen and agreed to by whoever changes the golden file."""
    assert golden_text(language, name) == golden_file(language, name).read_text("utf-8")


@pytest.mark.parametrize("language", POLICIES)
def test_every_notice_has_a_golden_file_in_every_language(language: str) -> None:
    """No notice is sent that nobody has read as a whole, and no golden file is left of one that is gone."""
    shown = {name.partition("-")[0] for name in CASES}

    assert {key.removeprefix(f"{language}/") for key in NOTICES.templates if key.startswith(language)} == shown
    assert {path.stem for path in golden_file(language, "x").parent.glob("*.txt")} == set(CASES)


@pytest.mark.parametrize("language", POLICIES)
@pytest.mark.parametrize("name", sorted({notice.name for notice, _ in CASES.values()}))
def test_notice_without_any_optional_value_is_a_mail_all_the_same(name: str, language: str) -> None:
    """A decision that leaves out what it does not know still makes a mail that says something and ends well."""
    notice, ticket = next(pair for pair in CASES.values() if pair[0].name == name)
    bare = type(notice)(notice.name, notice.to, notice.role, {"name": "relay"} if name == "alarm" else {})

    text = text_of(read(mail(bare, ticket, policy=POLICIES[language]).raw))

    assert "None" not in text
    assert "\n\n\n" not in text
    assert name == "reply" or len(text.split()) > 8


@pytest.mark.parametrize("language", POLICIES)
def test_customers_never_see_the_marker_and_agents_always_do(language: str) -> None:
    """From the marker line on a mail is for staff only: every agent's mail has it, above all steering words."""
    for notice, ticket in CASES.values():
        text = text_of(read(mail(notice, ticket, policy=POLICIES[language]).raw))

        assert text.count("[tkt-private ") == (1 if notice.role == "agent" else 0)
        if notice.role == "agent" and "#note" in text:
            assert text.index("[tkt-private ") < text.index("#note")


def test_rule_names_and_other_tickets_stand_below_the_marker() -> None:
    """What a client that quotes without marks might carry back to the customer holds nothing of ours."""
    above = text_of(read(mail(*CASES["agent_opened"]).raw)).partition("-- not for the customer")[0]

    assert "TKT-00031" not in above
    assert "Bug critique" not in above


@pytest.mark.parametrize("name", ["agent_opened", "agent_followed_up"])
def test_an_agent_sees_what_the_html_of_a_mail_says_besides(name: str) -> None:
    """Where plain text and HTML of one mail disagree both stand in the notification."""
    notice, ticket = CASES[name]
    page = "Pay 90,000 to another account.\nToday."
    text = text_of(read(mail(replace(notice, values={**notice.values, "page": page}), ticket).raw))

    assert "The HTML of this mail says something else:\n\n    Pay 90,000 to another account." in text
    assert text.index("Pay 90,000") < text.index("-- not for the customer")


def test_notices_are_found_by_their_path() -> None:
    """The gateway hands over the package's files as `language/name.txt`, and each compiles."""
    assert set(load_notices(notice_files()).templates) == {path.removesuffix(".txt") for path in notice_files()}


if __name__ == "__main__":
    for language in POLICIES:
        golden_file(language, "x").parent.mkdir(exist_ok=True)
        for case in CASES:
            golden_file(language, case).write_text(golden_text(language, case), encoding="utf-8")
