"""What rules can ask and do, each through a desk's files and a decision, as an admin would see it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from parsing.message import Address, Attachment, Evidence, Grade, HeaderLine, Kind, Message, Span
from rules.decide import decide
from rules.decision import Decision, EntryKind, Outcome
from rules.event import Arrived, How, Vouch
from rules.loader import load_desk
from rules.policy import Policy
from rules.ticket import Status, Ticket
from tests.rules.worlds import ANNA, MARIE, NOW, facts, message, proof, ticket

DESK = """\
desk: support
name: Palo Support
address: support@palo.example
time_zone: Europe/Paris
people:
  marie: {name: Marie Petit, mail: marie@example.org}
  karim: {name: Karim Benali, mail: karim@example.org}
  lea: {name: Léa Morel, mail: lea@example.org}
groups:
  dev: {name: Developers, members: [karim, lea], lead: lea, also_tell: [roadmap]}
outside:
  roadmap: {name: Roadmap, mail: roadmap@partner.example}
tiers: {first: First line, second: Second line}
types: {incident: Incident, change: Change}
fields: {order: Order number}
calendars:
  office: {mon-fri: ["09:00-12:30", "13:30-18:00"], holidays: [2026-12-25]}
  night: {mon-sun: "22:00-06:00"}
  always: always
customers:
  "@big.example": {organisation: Big, plan: enterprise}
  anna@big.example: {plan: starter}
wording:
  known_outage: {title: We know of it, text: "Hello {{ first_name }}, we are at it: {{ ticket }}."}
"""


def desk(rules: str, **more: str) -> Policy:
    """The desk with these rules, and more files of them."""
    files = {f"rules/{name}.yaml": text for name, text in more.items()}
    return load_desk({"desk.yaml": DESK, "rules.yaml": rules, **files}, folder="d")


def rule(when: str, then: str = "{add_tag: hit}", more: str = "") -> str:
    return f"rules:\n  - rule: Tried\n    when: {when}\n    then: {then}\n{more}"


def decided(
    policy: Policy,
    mail: Message,
    *known: Ticket,
    now: datetime = NOW,
    evidence: Evidence | None = None,
    quiet: bool = False,
) -> Decision:
    event = Arrived(7, mail, evidence or Evidence(), "x@example.com", ("support@palo.example",), now, quiet)
    return decide(event, facts=facts(*known), policy=policy, now=now)


def hit(when: str, mail: Message | None = None, *, now: datetime = NOW, evidence: Evidence | None = None) -> bool:
    found = decided(desk(rule(when)), mail or message(), now=now, evidence=evidence).ticket
    return found is not None and found.tags == ("hit",)


PHOTO = Attachment(1, "Capture Écran.PNG", 3_000_000, "image/png")
NOTES = Attachment(2, "notes.txt", 900, "text/plain")
FILES = message("See the files", attachments=(PHOTO, NOTES), size=4_200_000)


@pytest.mark.parametrize(
    ("when", "mail", "expected"),
    [
        ("{words contain: paiement refuse}", message(subject="Paiement refusé"), True),
        ("{words contain: paiement refuse}", message("Mon paiement est REFUSÉ"), False),
        ("{body does not contain: refund}", message("no such word"), True),
        ("{subject or body does not contain: refund}", message("refund", subject="hello"), False),
        ("{body contains none of: [refund, money back]}", message("My money back!"), False),
        ("{body contains all of: [login, password]}", message("Password at login"), True),
        ("{body contains all of: [login, password]}", message("Password only"), False),
        ("{body contains exactly: ERR-É}", message("got ERR-É7"), True),
        ("{body contains exactly: ERR-É}", message("got err-e7"), False),
        ("{subject is exactly: Stop}", message(subject="STOP"), False),
        ("{subject is not: stop}", message(subject="Stop"), False),
        ("{subject starts with: inc}", message(subject="INC-4711 down"), True),
        ("{subject starts with: inc}", message(subject="An incident"), False),
        ("{attachment ends with one of: [.png, .jpg]}", FILES, True),
        ("{attachment contains: capture ecran}", FILES, True),
        ("{attachment does not end with: .txt}", FILES, False),
        ("{attachment_type is: image/png}", FILES, True),
        ("{attachment_size is more than: 2 MB}", FILES, True),
        ("{attachment_size is within: [2 MB, 2.5 MB]}", FILES, False),
        ("{attachments is at least: 3}", FILES, False),
        ("{attachments is: 0}", message(), True),
        ("{size is less than: 5 MB}", FILES, True),
        ('{subject matches: "^inc-(?P<n>[0-9]+)"}', message(subject="INC-12"), True),
        ('{subject does not match: "^inc-[0-9]+"}', message(subject="INC-12"), False),
        ('{subject matches exactly: "^inc"}', message(subject="INC-12"), False),
        ("{kind is one of: [human, list]}", message(), True),
        ("{kind is none of: [human, list]}", message(), False),
        (
            "{language is: fr}",
            message("Bonjour, je ne peux pas me connecter depuis ce matin, merci de votre aide"),
            True,
        ),
        ("{language is: fr}", message("Hello, I can not log in since this morning, can you help me"), False),
        ("{language exists: false}", message("12345"), True),
        ("{domain is: example.com}", message(), True),
        ("{domain ends with: .example.com}", message(sender=Address("x@mail.example.com")), True),
        ("{plan is: enterprise}", message(sender=Address("bob@big.example")), True),
        ("{plan is: enterprise}", message(sender=Address("anna@big.example")), False),
        ("{plan exists: false}", message(), True),
        ("{organisation exists: true}", message(sender=Address("Bob@BIG.example")), True),
        ('{cc is: "@palo.example"}', message(cc=(Address("boss@palo.example"),)), True),
        ("{header.x-priority is: 1}", message(header=(HeaderLine("x-priority", "1"),)), True),
        ("{header.list-id exists: true}", message(), False),
        ("{priority is: P3, category is not: billing}", message(), True),
        ("{group exists: true}", message(), False),
        ("{linked is: false}", message(), True),
        ("{event is: opened}", message(), True),
        ("{weekday is one of: [fri, sat]}", message(), True),
        ("{status changed: true}", message(), False),
    ],
)
def test_every_kind_of_field_can_be_asked(when: str, mail: Message, expected: bool) -> None:
    """Texts, addresses, names, numbers, sizes, files, headers, the customer's plan; each operator and its opposite."""
    assert hit(when, mail) is expected


@pytest.mark.parametrize(
    ("header", "received", "expected"),
    [("x-spam-flag", 0, True), ("x-spam-flag", 1, False), ("x-ticket", 1, True)],
)
def test_a_verdict_counts_only_as_the_declared_server_wrote_it(header: str, received: int, expected: bool) -> None:
    """What claims to be a filter's word and stands below the server's own Received is the sender's."""
    mail = message(header=(HeaderLine(header, "YES", received),))

    assert hit(f"{{header.{header} is: yes}}", mail, evidence=Evidence(hop_received=1)) is expected
    assert hit(f"{{header.{header} is: yes}}", mail) is (header == "x-ticket")


@pytest.mark.parametrize(
    ("grade", "when", "expected"),
    [
        (Grade.E3, "{evidence is at least: E2}", True),
        (Grade.E1, "{evidence is at least: E2}", False),
        (Grade.E0, "{evidence is: E0}", True),
    ],
)
def test_evidence_can_be_asked(grade: Grade, when: str, expected: bool) -> None:
    """A rule may want to know how well the sender is known."""
    assert hit(when, evidence=Evidence(grade=grade)) is expected


@pytest.mark.parametrize(
    ("at", "when", "expected"),
    [
        ("2026-11-06T08:30+00:00", "{working_time is: office}", True),  # Friday, 9:30 in Paris
        ("2026-11-06T12:00+00:00", "{working_time is: office}", False),  # the lunch
        ("2026-11-07T09:00+00:00", "{working_time is: office}", False),
        ("2026-12-25T09:00+00:00", "{working_time is: office}", False),
        ("2026-11-07T04:30+00:00", "{working_time is: night}", True),
        ("2026-11-07T05:30+00:00", "{working_time is: night}", False),
        ("2026-11-07T05:30+00:00", "{working_time is: always}", True),
        ("2026-11-06T08:30+00:00", '{time is within: ["09:00-10:00", "20:00-23:00"]}', True),
        ("2026-11-06T08:30+00:00", '{time is not within: "22:00-09:00"}', True),
    ],
)
def test_working_time_and_the_time_of_day_can_be_asked(at: str, when: str, expected: bool) -> None:
    """By the clock on the wall of the desk, over midnight and on holidays."""
    assert hit(when, now=datetime.fromisoformat(at)) is expected


ALL = """\
words: {outage: [is down, plant*]}
rules:
  - rule: Outage
    event: [opened, customer_replied]
    when: {words contain one of: $outage}
    then: {priority: P1, group: dev, add_tag: [outage, "{{ domain }}"], watch: marie,
           tell: {to: [dev.lead, roadmap], text: "{{ matched }} at {{ customer }}"}, wording: {opened: known_outage}}
  - rule: Order
    when: {subject matches: "order (?P<order>[A-Z]{2}-[0-9]+)"}
    then: {set: {order: "{{ order }}"}, type: incident, tier: second, note: "Order {{ order }}"}
  - rule: P1 is somebody's
    when: {priority is: P1, assignee exists: false}
    then: {assignee: dev.lead, status: acknowledged}
"""


def test_rules_set_everything_and_see_what_earlier_ones_set() -> None:
    """Every field, tags, people, a note, other words; the timeline names the rule behind each change."""
    found = decided(desk(ALL), message("The site IS DOWN", subject="Order PL-77 planté"))
    after = found.ticket

    assert after is not None
    assert (after.priority, after.group, after.type, after.tier) == ("P1", "dev", "incident", "second")
    assert (after.tags, after.watchers, after.assignee) == (("outage", "example.com"), ("marie",), "lea")
    assert after.fields == (("order", "PL-77"),)
    assert after.status is Status.ACKNOWLEDGED
    changes = [(entry.summary, entry.why) for entry in found.entries if entry.kind is EntryKind.CHANGE]
    assert ("priority P1, category general", 'rule "Outage"') in changes
    assert (
        "assignee nobody → lea, status new → acknowledged",
        'rule "P1 is somebody\'s" (rules.yaml line 11)',
    ) in changes
    assert [entry.text for entry in found.entries if entry.kind is EntryKind.NOTE] == ["Order PL-77"]
    assert 'by rule "Outage", "Order", "P1 is somebody\'s"' in found.reason


def test_rules_tell_people_inside_and_outside_once_each() -> None:
    """Who gets the customer's mail anyway gets the rule's words in it; a watcher and somebody outside get their own."""
    found = decided(desk(ALL), message("The site IS DOWN", subject="Order PL-77 planté"))
    by_address = {notice.to.address: notice for notice in found.notices}

    assert len(by_address) == len(found.notices)
    assert by_address["lea@example.org"].name == "agent_opened"
    assert by_address["lea@example.org"].values["happened"] == "is down at Anna Nowak"
    assert by_address["marie@example.org"].name == "agent_opened"
    assert by_address["anna@example.com"].wording == "known_outage"
    assert (by_address["roadmap@partner.example"].name, by_address["roadmap@partner.example"].role) == (
        "told_outside",
        "customer",
    )
    assert "karim@example.org" not in by_address


def test_other_events_fire_other_rules() -> None:
    """A reply, an agent's answer, a change of status: each calls the rules that wait for it, and only those."""
    rules = """\
rules:
  - {rule: Opened, then: {add_tag: opened}}
  - rule: Replied
    event: customer_replied
    when: {before.status is: resolved, status is: in_progress}
    then: {add_tag: replied}
  - {rule: Reopened, event: reopened, then: {tell: karim}}
  - {rule: Answered, event: agent_replied, when: {status changed to: waiting_customer}, then: {add_tag: answered}}
"""
    policy = desk(rules)
    solved = ticket(status=Status.RESOLVED)
    replied = decided(policy, message("Still broken"), solved, evidence=proof("customer", ANNA))
    answer = message("#waiting\nWhich browser?", sender=MARIE, quoted="\n> old\n")
    answered = decided(policy, answer, ticket(), evidence=replace(proof("agent", MARIE), grade=Grade.E3))

    assert replied.ticket is not None
    assert replied.ticket.tags == ("replied",)
    assert ("karim@example.org", "agent_told") in [(one.to.address, one.name) for one in replied.notices]
    assert answered.ticket is not None
    assert answered.ticket.tags == ("answered",)


def test_a_rules_change_fires_later_rules_and_never_itself() -> None:
    """One pass from top to bottom: there is always an end."""
    rules = """\
rules:
  - {rule: Above, event: priority_changed, then: {add_tag: above}}
  - {rule: Raise, event: [opened, priority_changed], then: {priority: P1, add_tag: raised}}
  - {rule: Below, event: priority_changed, then: {add_tag: below}}
"""
    found = decided(desk(rules), message()).ticket

    assert found is not None
    assert found.tags == ("raised", "below")


def test_files_are_asked_in_order_and_stop_ends_all() -> None:
    """rules.yaml first, then each file below rules/ by name; a later word overrides, until a rule says stop."""
    first = "rules:\n  - {rule: A, then: {priority: P1, category: billing}}\n"
    more = "rules:\n  - {rule: B, then: {category: technical}, stop: true}\n"
    last = "rules:\n  - {rule: C, then: {category: account}}\n"
    found = decided(desk(first, b=more, c=last), message())

    assert found.ticket is not None
    assert (found.ticket.priority, found.ticket.category) == ("P1", "technical")
    assert ("overrode category", "technical", 'rule "A" had set billing') in [
        (step.question, step.answer, step.detail) for step in found.trace
    ]


@pytest.mark.parametrize(("day", "tags"), [("2026-11-06", ("on",)), ("2026-11-07", ())])
def test_until_is_the_last_day(day: str, tags: tuple[str, ...]) -> None:
    """A rule takes itself out, at midnight of the desk's zone."""
    policy = desk("rules:\n  - {rule: On, until: 2026-11-06, then: {add_tag: on}}\n")
    found = decided(policy, message(), now=datetime.fromisoformat(f"{day}T20:00+00:00")).ticket

    assert found is not None
    assert found.tags == tags


def test_spam_is_closed_without_a_word() -> None:
    """No mail to anybody, and the ticket says which rule did it."""
    found = decided(desk(rule("{body contains: casino}", "{spam: true}")), message("Casino!"))

    assert found.ticket is not None
    assert (found.ticket.status, found.ticket.close_reason) == (Status.CLOSED, "spam")
    assert found.notices == ()
    assert ("status new → closed", 'rule "Tried" (rules.yaml line 2)') in [(e.summary, e.why) for e in found.entries]


def test_hold_makes_no_ticket() -> None:
    """The mail waits for a person, with the rule's own reason."""
    found = decided(desk(rule("{body contains: casino}", '{hold: "looks like a bet"}')), message("Casino!"))

    assert (found.outcome, found.reason, found.ticket) == (Outcome.HELD, "looks like a bet", None)


def test_what_a_person_answers_for_is_not_held_again() -> None:
    """Released, the same mail opens its ticket, and a rule of another event never holds what an agent wrote."""
    policy = desk(rule("{body contains: casino}", '{hold: "looks like a bet"}'))
    event = Arrived(7, message("Casino!"), Evidence(), "x@example.com", ("support@palo.example",), NOW)
    released = replace(event, vouched=Vouch("marie", How.RELEASED))

    assert decide(released, facts=facts(), policy=policy, now=NOW).outcome is Outcome.OPENED


def test_a_rule_may_keep_the_customer_from_hearing() -> None:
    """`tell_customer: nothing` silences our automatic mail to them, nobody else's."""
    policy = desk(rule("{body contains: test}", "{tell_customer: nothing}"))

    assert {one.role for one in decided(policy, message("A test")).notices} == {"agent"}


def test_quiet_mail_is_sorted_and_nobody_is_told() -> None:
    """Older mail that is taken in gets its fields, and sends nothing whatever a rule says."""
    found = decided(desk(ALL), message("The site is down"), quiet=True)

    assert found.ticket is not None
    assert found.ticket.priority == "P1"
    assert found.notices == ()


def test_what_can_not_be_done_is_told() -> None:
    """A captured word that names nothing: the rest is done, and the timeline says what was not."""
    policy = desk(rule('{subject matches: "prio (?P<p>\\\\S+)"}', '{priority: "{{ p }}", add_tag: wished}'))
    good, bad = (decided(policy, message(subject=f"prio {word}")) for word in ("p1", "p9"))

    assert good.ticket is not None
    assert bad.ticket is not None
    assert good.ticket.priority == "P1"
    assert (bad.ticket.priority, bad.ticket.tags) == ("P3", ("wished",))
    assert any('there is no priority "p9"' in entry.summary for entry in bad.entries)


def test_the_nearest_rule_is_told_where_none_fired() -> None:
    """Whoever wonders why nothing happened sees which rule came nearest, and what it missed."""
    found = decided(desk(rule("{subject contains: bet, body contains: refund, kind is: human}")), message())

    assert [(step.answer, step.detail) for step in found.trace if step.question == "the nearest rule"] == [
        ("Tried", "2 of 3 clauses held, not: body contains: refund")
    ]


def test_automatic_mail_of_every_kind_is_an_occasion_to_open_only() -> None:
    """A rule can sort what machines write; an absence that answers a ticket fires nothing."""
    policy = desk("rules:\n  - {rule: R, event: [opened, customer_replied], then: {add_tag: any}}\n")
    absent = message("I am away", kind=Kind.AUTO_REPLY, confidence=0.9, spans=(Span("new", "I am away"),))
    found = decided(policy, absent, ticket(), evidence=proof("customer", ANNA))

    assert found.ticket is not None
    assert found.ticket.tags == ()


def test_what_the_language_says_survives_the_store() -> None:
    """A snapshot with everything that a rule can set is the same as a row of the table."""
    from store.tickets import to_row, to_ticket

    full = ticket(
        type="incident", tier="second", group="dev", tags=("a", "b"), watchers=("marie",), fields=(("o", "1"),)
    )
    row: Any = type("Row", (), {**to_row(full, version=3), "requester_name": "Anna Nowak"})()

    assert to_ticket(row) == full
    assert to_row(ticket(), version=1)["more"] == {}
