"""Desks as the gateway reads them: their own words tried, their files found, the unchanged ones not read again."""

from pathlib import Path

import pytest

from gateway.config import ConfigError
from gateway.desks import folder_of_desks, policies_of
from tests.rules.test_language import DESK


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello {{ frist_name }}", "'frist_name' is undefined"),
        ("Hello {% if %}", "the wording"),
        ("{{ 'x' * 9 }}", "a notice can not compute with *"),
    ],
)
def test_a_wording_that_can_not_be_filled_is_a_mistake_of_the_file(text: str, words: str) -> None:
    """A name that nothing stands for is found when the file is read, not when a customer waits."""
    desk = DESK.partition("wording:")[0] + f'wording:\n  known_outage: {{text: "{text}"}}\n'

    with pytest.raises(ConfigError) as caught:
        policies_of({"desks/palo": {"desk.yaml": desk}})
    assert str(caught.value).startswith("desks/palo/desk.yaml:24:17: ")
    assert words in str(caught.value)


def test_rule_files_are_found_below_rules(tmp_path: Path) -> None:
    """A folder may be one desk or hold several; each has its rules.yaml and what lies below rules/, by name."""
    folder = tmp_path / "palo"
    (folder / "rules").mkdir(parents=True)
    (folder / "desk.yaml").write_text(DESK)
    for name in ("20-last", "10-first"):
        (folder / "rules" / f"{name}.yaml").write_text(f"rules:\n  - {{rule: {name}, then: {{priority: P1}}}}\n")
    one, several = policies_of(folder_of_desks(folder)), policies_of(folder_of_desks(tmp_path))

    assert [rule.name for rule in one["support"].rules] == ["10-first", "20-last"]
    assert one["support"].digest == several["support"].digest


def test_what_has_not_changed_is_not_read_again() -> None:
    """A desk whose files are the same keeps its policy, the very same."""
    first = policies_of({"a": {"desk.yaml": DESK}})["support"]

    assert policies_of({"a": {"desk.yaml": DESK}}, known={first.digest: first})["support"] is first
