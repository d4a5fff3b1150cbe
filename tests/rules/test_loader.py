"""A desk's files become the policy that they say, and no text makes anything but a DeskError."""

import string
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.loader import DeskError, Problem, load_desk, load_desks
from rules.policy import FollowUp, Policy
from rules.service_level import level_of
from rules.ticket import Status
from tests.rules.desks import DESK, default_texts, palo


def error_of(desk: str, rules: str = "") -> str:
    with pytest.raises(DeskError) as caught:
        load_desk({"desk.yaml": desk, "rules.yaml": rules}, folder="d")
    return str(caught.value)


def problems(texts: dict[str, str]) -> tuple[Problem, ...] | None:
    """What is wrong with a desk; None when it loads."""
    try:
        load_desk(texts, folder="d")
    except DeskError as error:
        return error.problems
    return None


def test_the_default_desk_is_the_policy_of_the_issue() -> None:
    """Addresses, people, names, follow-up and reopening are those that the first issue promises."""
    desk = load_desk(default_texts(), folder="rules/desks/default")

    assert desk.address.address == "support@localhost"
    assert [(agent.key, agent.mail.address) for agent in desk.agents] == [("agent", "agent@localhost")]
    assert list(desk.priorities) == ["P1", "P2", "P3", "P4"]
    assert list(desk.categories) == "general billing technical bug_report account suggestion".split()
    assert set(desk.statuses) == set(Status)
    assert desk.follow_up[Status.WAITING] == (
        FollowUp(timedelta(days=3), send="reminder"),
        FollowUp(timedelta(days=5), send="last_reminder"),
        FollowUp(timedelta(days=7), close="no answer"),
    )
    assert [(step.after.days, bool(step.close)) for step in desk.follow_up[Status.RESOLVED]] == [(7, True)]
    assert desk.reopen_within == timedelta(days=30)
    assert desk.tell["opened"] == "assignee_or_all"
    assert desk.tell["closed"] == "nobody"
    assert desk.customer_hears_of >= {"opened", "reply", "waiting_customer", "resolved", "closed"}
    assert len(desk.rules) >= 12


def test_what_a_desk_leaves_out_is_what_the_default_desk_spells_out() -> None:
    """The comment on top of the default desk is true: a short desk has the same policy."""
    spelled = load_desk({"desk.yaml": default_texts()["desk.yaml"]}, folder="d")
    names = ("desk", "name", "address", "people")
    lines = default_texts()["desk.yaml"].splitlines(keepends=True)
    short = "".join(line for line in lines if line.startswith(names) or line.startswith("  agent: {"))

    left_out = load_desk({"desk.yaml": short}, folder="d")

    assert everything_but_texts(left_out) == everything_but_texts(spelled)


def everything_but_texts(policy: Policy) -> dict[str, object]:
    return {name: getattr(policy, name) for name in Policy.__slots__ if name not in ("digest", "texts")}


def test_a_desk_says_more_than_the_default() -> None:
    """Each setting of a desk's file arrives in its policy."""
    desk = palo(
        "language: fr\ntime_zone: Europe/Paris\npriorities: [low, urgent]\ncategories: {sales: Ventes}\n"
        "statuses: {new: Nouveau}\nstart_with: {priority: low, category: sales}\nreopen_within: 2 weeks\n"
        "follow_up: {waiting_customer: [{after: 90m, close: silence}], resolved: []}\n"
        "tell: {closed: all}\ncustomer_hears_of: [opened, reply]\nplus_addresses: false\n"
    )

    assert (desk.language, desk.time_zone, desk.plus_addresses) == ("fr", ZoneInfo("Europe/Paris"), False)
    assert (desk.priorities, desk.categories) == ({"low": "low", "urgent": "urgent"}, {"sales": "Ventes"})
    assert (desk.start_priority, desk.start_category) == ("low", "sales")
    assert (desk.statuses[Status.NEW], desk.statuses[Status.CLOSED]) == ("Nouveau", "clôturé")
    assert desk.reopen_within == timedelta(weeks=2)
    assert desk.follow_up == {Status.WAITING: (FollowUp(timedelta(minutes=90), close="silence"),)}
    assert (desk.tell["closed"], desk.tell["opened"]) == ("all", "assignee_or_all")
    assert desk.customer_hears_of == {"opened", "reply"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("off", "off"),
        ("010", "010"),
        ("1:30", "1:30"),
        ("1.10", "1.10"),
        ("0x1F", "0x1F"),
        ("'true'", "true"),
    ],
)
def test_words_stay_the_words_that_were_written(written: str, meant: str) -> None:
    """YAML 1.1's surprises do not happen: what looks like a switch, an octal number or a time is text."""
    assert palo(f"statuses: {{new: {written}}}\n").statuses[Status.NEW] == meant


def test_a_domain_of_any_script_becomes_ascii() -> None:
    """Addresses are compared as messages carry them: the domain in A-labels, lower case."""
    desk = load_desk({"desk.yaml": DESK.replace("support@palo.example", "Hilfe@BÜCHER.example")}, folder="d")

    assert desk.address.address == "Hilfe@xn--bcher-kva.example"
    assert desk.address.name == "Palo Support"


def test_the_digest_names_the_version_of_the_files() -> None:
    """The same texts have the same digest for ever; a comment more, or a text in another file, has another."""
    texts = {"desk.yaml": DESK, "rules.yaml": "# none\n"}
    digests = [
        load_desk(texts, folder="a").digest,
        load_desk(dict(reversed(texts.items())), folder="b").digest,
        load_desk({**texts, "rules.yaml": "# none at all\n"}, folder="a").digest,
        load_desk({"desk.yaml": DESK}, folder="a").digest,
    ]

    assert digests[0] == "3fcc5dbc2dd90bae43ee824f6a7c7236a581b88d037bad2dbf347cfb39b9757a"
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_desks_come_in_the_order_of_their_folders() -> None:
    """Several good desks load together, each under its own name."""
    other = DESK.replace("palo", "pino")

    desks = load_desks({"desks/pino": {"desk.yaml": other}, "desks/palo": {"desk.yaml": DESK}})

    assert [desk.desk for desk in desks] == ["pino", "palo"]


def test_one_broken_desk_does_not_hide_the_mistakes_of_another() -> None:
    """Every mistake of every desk at once."""
    with pytest.raises(DeskError) as caught:
        load_desks({"a": {"desk.yaml": DESK + "lang: en\n"}, "b": {}, "c": {"desk.yaml": DESK}})

    assert [(problem.file, problem.line) for problem in caught.value.problems] == [
        ("a/desk.yaml", 6),
        ("b/desk.yaml", 1),
    ]


def test_a_huge_file_is_refused_unread() -> None:
    """More than 1 MiB is no desk, whatever it says."""
    assert error_of(DESK + "#" * 2**20) == "d/desk.yaml:1:1: this file is larger than 1024 KiB."


@pytest.mark.parametrize("bomb", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000])
def test_deep_nesting_is_a_mistake_and_no_crash(bomb: str) -> None:
    """What makes libyaml's composer overflow the C stack is refused at the fiftieth level."""
    assert "nested deeper than 50 levels" in error_of(bomb)


def test_a_thousand_mistakes_are_cut_short() -> None:
    """Nobody reads more than a hundred lines; the rest is counted or left out."""
    lines = error_of(DESK + "".join(f"wrong{n}: 1\n" for n in range(1000))).splitlines()

    assert 100 <= len(lines) <= 101


def test_a_word_of_the_file_cannot_forge_a_line_or_colour() -> None:
    """Control characters of a file, escaped in YAML, never reach the terminal."""
    text = error_of(DESK + '"x\\e[31m\\nd/desk.yaml:1:1: all is well": 1\n')

    text += "\n" + error_of(DESK + 'categories: {"a\\e[31m": a}\nstart_with: {category: b}\n')

    assert [line.split(":")[1] for line in text.splitlines()] == ["6", "6", "7"]
    assert "\x1b" not in text


WORDS = st.sampled_from(
    "desk name address people priorities categories follow_up waiting_customer after send close rules rule when then "
    "any not subject contains: body matches: sender is: P1 billing 3 days reminder : - { } [ ] , & * ! | > ' \" # ? "
    "~ no desk: name: people: rules: when: then: \n \n \n  \t".split(" ")
)
PIECES = st.lists(st.one_of(WORDS, st.text(string.printable, max_size=5), st.text(max_size=3)), max_size=40)
TEXTS = st.one_of(PIECES.map(" ".join), PIECES.map("".join), st.text(max_size=50))


@settings(max_examples=300, deadline=None)
@given(desk=TEXTS, rules=TEXTS, good=st.booleans())
def test_no_text_makes_anything_but_a_desk_error(desk: str, rules: str, good: bool) -> None:
    """Whatever stands in the files, the answer is a policy or a list of places."""
    found = problems({"desk.yaml": DESK + desk if good else desk, "rules.yaml": rules})

    assert found is None or found
    assert all(problem.line > 0 and problem.column > 0 and problem.text for problem in found or ())


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_damage_to_the_default_desk_makes_anything_but_a_desk_error(data: st.DataObject) -> None:
    """A file cut, doubled or scrambled at any place still gets an answer in words."""
    texts = default_texts()
    name = data.draw(st.sampled_from(sorted(texts)))
    start = data.draw(st.integers(0, len(texts[name])))
    end = data.draw(st.integers(start, min(len(texts[name]), start + 40)))
    texts[name] = texts[name][:start] + data.draw(st.text(max_size=6)) + texts[name][end:]

    assert problems(texts) != ()


def test_promised_times_are_rows_of_promises_for_some_tickets() -> None:
    """A plan's own comes before those for everybody; times are of the calendar that the row names."""
    policy = load_desk(
        {
            "desk.yaml": (
                "desk: support\nname: Support\naddress: support@localhost\ntime_zone: Europe/Paris\n"
                "people: {marie: {name: Marie, mail: marie@example.org}}\n"
                'calendars: {office: {mon-fri: ["09:00-12:30", "13:30-18:00"]}}\n'
                "targets:\n"
                "  - {first_response: 2h, resolution: 3 days, in: office, priority: [P2, P3], warn_before: 6h}\n"
                "  - {first_response: 30m, plan: Enterprise}\n"
            )
        },
        folder="desks/support",
    )
    assert [(t.promise.value, t.within, t.calendar, t.priorities, t.plans) for t in policy.level.targets] == [
        ("first_response", timedelta(hours=2), "office", ("P2", "P3"), ()),
        ("resolution", timedelta(days=3), "office", ("P2", "P3"), ()),
        ("first_response", timedelta(minutes=30), "always", (), ("Enterprise",)),
    ]
    everybody, paying = level_of(policy.level, plan=""), level_of(policy.level, plan="Enterprise")
    assert [t.within for t in everybody.targets] == [timedelta(hours=2), timedelta(days=3)]
    assert [t.within for t in paying.targets] == [timedelta(minutes=30), timedelta(days=3)]
