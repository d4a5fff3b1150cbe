"""What becomes of agents' mails: answers, steering lines, and the safe relay rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from parsing.message import Address, Attachment, Evidence, Kind, Span
from rules.decision import Outcome
from rules.ticket import Status
from tests.rules.worlds import ANNA, KARIM, LOGIN, MARIE, NOW, arrive, from_agent, mails, message, proof, ticket


def test_a_reply_reaches_the_customer_and_makes_the_ticket_the_agents_own() -> None:
    """An agent's words go to the customer alone, without automatic marks; the ticket is theirs and in progress."""
    decision = from_agent("Please try again.\n", ticket(status=Status.NEW, assignee=None))
    assert mails(decision) == [(ANNA.address, "reply")]
    (notice,) = decision.notices
    assert (notice.text, notice.automatic, notice.sender_name) == ("Please try again.", False, "Marie")
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.status) == ("marie", Status.IN_PROGRESS)


def test_waiting_is_one_mail_with_the_words_and_starts_the_clock() -> None:
    """`#waiting` with words is one mail that carries the notice's words below; reminders on day 3 and 5, close on 7."""
    decision = from_agent("#waiting\nWhich browser?\n")
    assert mails(decision) == [(ANNA.address, "waiting_customer"), (MARIE.address, "agent_done")]
    assert decision.notices[0].text == "Which browser?"
    assert decision.notices[0].values["close_on"] == NOW + timedelta(days=7)
    assert [(timer.kind, timer.due_at - NOW) for timer in decision.timers] == [
        ("reminder", timedelta(days=3)),
        ("last_reminder", timedelta(days=5)),
        ("close", timedelta(days=7)),
    ]


@pytest.mark.parametrize(
    ("line", "status", "notice"),
    [
        ("#resolve", Status.RESOLVED, "resolved"),
        ("#close", Status.CLOSED, "closed"),
        ("#waiting", Status.WAITING, "waiting_customer"),
    ],
)
def test_a_status_line_alone_tells_the_customer(line: str, status: Status, notice: str) -> None:
    """A status that customers hear of is one mail, with or without words."""
    decision = from_agent(f"{line}\n")
    assert decision.ticket is not None
    assert decision.ticket.status is status
    assert mails(decision) == [(ANNA.address, notice), (MARIE.address, "agent_done")]


def test_spam_is_closed_without_a_word() -> None:
    """`#spam` closes and the sender never hears of it, whatever is written below."""
    decision = from_agent("#spam\nhaha\n")
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.close_reason) == (Status.CLOSED, "spam")
    assert all(recipient != ANNA.address for recipient, _ in mails(decision))


def test_a_note_is_for_colleagues_only() -> None:
    """`#note` never reaches the customer; the assignee hears of a colleague's note."""
    decision = from_agent("#note\nShe is a VIP\n", ticket(assignee="karim"))
    assert mails(decision) == [(KARIM.address, "agent_followed_up"), (MARIE.address, "agent_done")]
    note = next(entry for entry in decision.entries if entry.kind.value == "note")
    assert note.internal
    assert decision.ticket is not None
    assert decision.ticket.status is Status.IN_PROGRESS


def test_names_as_the_desk_calls_them() -> None:
    """Priorities, categories and people are found by key or by name, in any case."""
    decision = from_agent("#priority High\n#category Bug report\n#assign karim\n")
    assert decision.ticket is not None
    assert (decision.ticket.priority, decision.ticket.category, decision.ticket.assignee) == (
        "P2",
        "bug_report",
        "karim",
    )
    assert (KARIM.address, "agent_followed_up") in mails(decision)


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        ("#catagory billing", "#category"),
        ("#priority hihg", '"high"'),
        ("#assign karin", '"karim"'),
        ("#waiting\n#close", "contradicts"),
        ("#for anna@example.com", "new mail"),
    ],
)
def test_a_mistake_changes_nothing_and_sends_nothing(lines: str, hint: str) -> None:
    """One wrong line: no change, no mail to the customer, a transcript with the nearest word and the kept text."""
    decision = from_agent(f"#priority P1\n{lines}\nHello Anna\n")
    assert mails(decision) == [(MARIE.address, "agent_mistake")]
    assert any(hint in verdict for _, _, verdict in decision.notices[0].values["lines"])
    assert "Hello Anna" in decision.notices[0].text
    assert decision.ticket is not None
    assert (decision.ticket.priority, decision.ticket.status) == ("P3", Status.IN_PROGRESS)


def test_commands_count_only_on_top() -> None:
    """A steering line below other words does nothing, and the mail is kept unsent because it is not understood."""
    decision = from_agent("Hello Anna\n#close\n")
    assert mails(decision) == [(MARIE.address, "agent_not_sent")]


@pytest.mark.parametrize(
    "spans",
    [
        (Span("quote", "> question\n"), Span("new", "my answer below\n")),
        (Span("new", "above\n> her words\nbelow\n"),),
        (Span("new", "write to support+aaaabbbbccccddddeeeeffffgggghhhhiiiijjjjkk@example.org\n"),),
        (Span("new", "She is a very important person\n"),),
        (Span("quote", "> only a quotation\n"),),
        (Span("forward", "From: Anna\nSubject: x\n\n#close\nher words\n"),),
        (Span("answered", "her question\n"), Span("new", "my answer\n"), Span("answered", "her next\n")),
    ],
)
def test_what_can_not_be_relayed_safely_is_kept_and_the_agent_told(spans: tuple[Span, ...]) -> None:
    """Words below the quotation, somebody's token, an internal note's text, nothing at all: not sent."""
    mail = replace(message(sender=MARIE), spans=spans, text="".join(span.text for span in spans))
    known = ticket()
    decision = arrive(
        mail,
        known,
        evidence=proof("agent", MARIE),
        internal_texts=("She is a very important person",),
    )
    assert all(recipient != ANNA.address for recipient, _ in mails(decision))
    assert decision.outcome is Outcome.ACT
    if mails(decision):
        assert mails(decision) == [(MARIE.address, "agent_not_sent")]


def test_the_marker_and_all_below_it_never_leave() -> None:
    """A reply above the whole quoted notification goes out without a word of what stands below the marker."""
    spans = (Span("new", "Try again.\n"), Span("marker", "-- not for the customer [tkt-private ab] --\nsecret\n"))
    mail = replace(message(sender=MARIE), spans=spans, text="")
    decision = arrive(mail, ticket(), evidence=proof("agent", MARIE))
    assert decision.notices[0].text == "Try again."


def test_an_agents_vacation_reply_never_acts() -> None:
    """Automatic mail from an agent changes nothing and reaches nobody."""
    mail = message("#close\n", sender=MARIE, kind=Kind.AUTO_REPLY, why="Auto-Submitted")
    decision = arrive(mail, ticket(), evidence=proof("agent", MARIE))
    assert (decision.outcome, mails(decision)) == (Outcome.AUTOMATIC, [])


def test_a_customers_token_gives_no_agent_rights() -> None:
    """Steering lines in a customer's mail are words."""
    decision = arrive(message("#close\n"), ticket(), evidence=proof("customer", ANNA))
    assert decision.outcome is Outcome.FOLLOWED_UP
    assert decision.ticket is not None
    assert decision.ticket.status is Status.IN_PROGRESS


def test_a_forward_opens_a_ticket_in_the_customers_name() -> None:
    """An agent's forward of a customer's mail confirms to the customer and tells the agent what was opened."""
    mail = message("see below\n", sender=MARIE, forwarded_from=ANNA, subject="Fwd: Cannot place a bet")
    decision = arrive(mail, evidence=LOGIN)
    assert decision.outcome is Outcome.OPENED
    assert decision.ticket is not None
    assert decision.ticket.requester == ANNA
    assert mails(decision) == [(ANNA.address, "opened"), (KARIM.address, "agent_opened"), (MARIE.address, "agent_done")]


def test_for_opens_a_ticket_and_obeys_the_other_lines() -> None:
    """`#for` on top of a new mail, with priority and assignment, all or nothing."""
    decision = arrive(
        message("#for anna@example.com\n#priority P1\n#take\nShe called.\n", sender=MARIE), evidence=LOGIN
    )
    assert decision.ticket is not None
    assert decision.ticket.requester is not None
    assert (decision.ticket.requester.address, decision.ticket.priority) == ("anna@example.com", "P1")
    assert (decision.ticket.assignee, decision.ticket.status) == ("marie", Status.ACKNOWLEDGED)


def test_for_with_a_wrong_address_opens_nothing() -> None:
    """A line that is wrong opens no ticket and says so."""
    decision = arrive(message("#for anna\nShe called.\n", sender=MARIE), evidence=LOGIN)
    assert (decision.ticket, mails(decision)) == (None, [(MARIE.address, "agent_mistake")])


def test_attachments_travel_along_and_what_is_too_large_is_named() -> None:
    """Attachments go along up to the relay's size; what is left out is named to the agent and on the ticket."""
    small = Attachment(index=2, filename="log.txt", size=1000, type="text/plain")
    large = Attachment(index=3, filename="video.mp4", size=30_000_000, type="video/mp4")
    mail = replace(message("Here.\n", sender=MARIE), attachments=(small, large))
    decision = arrive(mail, ticket(), evidence=proof("agent", MARIE))
    assert decision.notices[0].attachments == (2,)
    done = next(notice for notice in decision.notices if notice.name == "agent_done")
    assert done.values["left_out"] == ["video.mp4"]
    assert any("video.mp4" in entry.summary for entry in decision.entries)


def test_help_changes_nothing() -> None:
    """`#help` is answered with the desk's own words."""
    decision = from_agent("#help\n")
    assert mails(decision) == [(MARIE.address, "agent_help")]
    assert (decision.entries, decision.cancel_timers) == ((), False)


@pytest.mark.parametrize("evidence", [LOGIN, proof("agent", MARIE)])
def test_words_to_a_colleague_with_the_desk_in_copy_reach_no_customer(evidence: Evidence) -> None:
    """They were written to Karim; they come back with what to do. To the desk itself, with Karim in Cc, they answer;
    and a mail that the customer has herself is kept as what it is."""
    desk = Address("support+token@localhost")
    mail = message("She is difficult.\n", sender=MARIE, to=(KARIM,), cc=(desk,), in_reply_to=("<first@example.com>",))
    known: dict[str, Any] = {"evidence": evidence, "by_message_id": {"<first@example.com>": 42}, "others": (KARIM,)}

    decision = arrive(mail, ticket(), **known)
    assert mails(decision) == [(MARIE.address, "agent_not_sent")]
    assert KARIM.name in decision.notices[0].values["why"]

    assert (ANNA.address, "reply") in mails(arrive(replace(mail, to=(desk,), cc=(KARIM,)), ticket(), **known))
    known["others"] = (KARIM, ANNA)
    decision = arrive(replace(mail, to=(KARIM, ANNA)), ticket(), **known)
    assert (decision.outcome, dict(mails(decision)).get(ANNA.address)) == (Outcome.ACT, None)
    assert "agent_not_sent" not in dict(mails(decision)).values()
    noted = arrive(replace(mail, spans=(Span("new", "#note\nShe is difficult.\n"),)), ticket(), **known)
    assert [entry.internal for entry in noted.entries if entry.text] == [True]
