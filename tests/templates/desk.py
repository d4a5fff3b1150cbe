"""A small, fixed world for the tests of this room: one desk, one ticket, one moment, each notice with its values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from parsing.message import Address
from parsing.tokens import Keys
from rules.decision import Notice
from rules.digest import Bundled, digest
from rules.mail import OutgoingMail, Part
from rules.policy import Agent, Policy
from rules.ticket import Participant, Role, Status, Ticket
from templates.compose import compose
from templates.render import Notices, load_notices

FILES = Path(__file__).resolve().parents[2] / "templates"
NOW = datetime(2025, 11, 7, 13, 2, tzinfo=UTC)  # Friday, 14:02 in Paris
KEYS = Keys(current=b"k" * 32)
ANNA = Address("anna@example.com", "Anna Nowak")
MARIE = Address("marie@example.net", "Marie Petit")
BOB = Address("bob@example.com", "Bob Lang")
OPERATOR = Address("root@example.net")
ROADMAP = Address("roadmap@partner.example", "Roadmap")

POLICY = Policy(
    desk="support",
    name="BetTracker Support",
    addresses=(Address("support@example.net", "BetTracker Support"),),
    language="en",
    time_zone=ZoneInfo("Europe/Paris"),
    agents=(
        Agent("marie", "Marie Petit", MARIE),
        Agent("karim", "Karim Benali", Address("karim@example.net", "Karim Benali")),
    ),
    priorities={"P1": "urgent", "P2": "high", "P3": "normal", "P4": "low"},
    categories={"general": "question", "bug_report": "bug", "billing": "billing"},
    statuses={status: status.value.replace("_", " ") for status in Status},
    start_priority="P3",
    start_category="general",
    follow_up={},
    reopen_within=timedelta(days=30),
    tell={},
    customer_hears_of=frozenset(),
    outside={"roadmap": ROADMAP},
)
POLICIES = {language: replace(POLICY, language=language) for language in ("en", "fr", "pl")}
TICKET = Ticket(
    number=42,
    desk="support",
    subject="Cannot place a bet",
    status=Status.NEW,
    priority="P1",
    category="bug_report",
    requester=ANNA,
    assignee=None,
    opened_at=NOW,
    changed_at=NOW,
    status_since=NOW,
    thread=("<first@example.com>",),
)
ASKED = replace(
    TICKET,
    status=Status.WAITING,
    assignee="marie",
    asked_by="marie",
    asked_at=NOW - timedelta(days=3),
    question="Which browser do you use?\nAnd since when does it happen?",
)
WORDS = "Hello,\n\nsince today the button does nothing, see https://example.com/bet?id=1&x=2.\n\n    error 17\n\nAnna"
ARRIVED: Mapping[str, Any] = {
    "writer": "Anna Nowak <anna@example.com>",
    "verified": True,
    "words": WORDS,
    "more": False,
    "attachments": [("screen.png", 1_234_567), ("log.txt", 14_100)],
    "rule": "Bug critique",
    "earlier": ["TKT-00031", "TKT-00012"],
    "happened": "",
    "linked": "",
    "machine": "",
    "assignee": "",
}
MACHINE: Mapping[str, Any] = {
    "machine": "list: List-Id",
    "linked": "possibly about TKT-00031",
    "words": "",
    "more": True,
    "verified": False,
    "attachments": [],
    "earlier": [],
    "rule": "",
}
BOUNCED: Mapping[str, Any] = {
    "recipient": "anna@example.com",
    "words": "The mailbox is full.",
    "notice_words": "reminder",
    "reply": "552 5.2.2 mailbox full",
    "happened": "stopped",
}
PROBLEMS = ["it repeats an internal note", "it holds somebody's reply address with its token"]
LINES = [
    (1, "#priority high", "fine"),
    (2, "#catagory biling", "there is no #catagory. Did you mean #category? Known: #note, #category, #help"),
]
HELD: Sequence[Mapping[str, Any]] = [
    {
        "number": number,
        "author": author,
        "subject": subject,
        "excerpt": "#close Good-bye." if own else "",
        "why": "it carries a token of ours that was given to somebody else",
        "held_at": NOW - timedelta(minutes=number),
        "own": own,
    }
    for number, author, subject, own in (
        (17, "Eve <eve@example.com>", "Invoice\r\nBcc: x@example.com", False),
        (18, "Marie Petit <marie@example.net>", "Re: [TKT-00042] Cannot place a bet", True),
        (9, "", "", False),
    )
]
LONG_AGO = datetime(2025, 10, 31, 9, 0, tzinfo=UTC)
UNTIL = datetime(2025, 12, 14, 12, 0, tzinfo=UTC)
ANSWER = "Hello Anna,\n\nplease empty the cache and try again.\n\nMarie"


def notice_files() -> dict[str, str]:
    """The notices of the package, as the gateway reads them."""
    return {f"{path.parent.name}/{path.name}": path.read_text("utf-8") for path in sorted(FILES.glob("*/*.txt"))}


NOTICES: Notices = load_notices(notice_files())


def to_customer(name: str, text: str = "", *, automatic: bool = True, **values: Any) -> Notice:
    return Notice(name, ANNA, "customer", values, text=text, automatic=automatic)


def to_agent(name: str, text: str = "", **values: Any) -> Notice:
    return Notice(name, MARIE, "agent", values, text=text)


TODAY = datetime(2025, 11, 7, 15, 30, tzinfo=UTC)
UNPROVEN = "opened-unproven"
# golden file → the notice and the ticket that it is about
CASES: Mapping[str, tuple[Notice, Ticket | None]] = {
    "opened": (to_customer("opened"), TICKET),
    UNPROVEN: (to_customer("opened", unproven=True), TICKET),
    "opened-promise": (to_customer("opened", answer_by=TODAY), TICKET),
    "agent_target": (to_agent("agent_target", promise="first response", answer_by=TODAY), TICKET),
    "agent_target-missed": (
        to_agent("agent_target", promise="workaround", answer_by=NOW - timedelta(hours=1), happened="missed"),
        ASKED,
    ),
    "reply": (replace(to_customer("reply", ANSWER, automatic=False), sender_name="Marie"), ASKED),
    "reply-in-cc": (
        replace(to_customer("reply", ANSWER, automatic=False), to=BOB, shown_to=ANNA, shown_cc=(BOB,)),
        replace(ASKED, participants=(Participant(BOB, Role.CC, NOW),)),
    ),
    "waiting_customer": (to_customer("waiting_customer", ANSWER, close_on=date(2025, 11, 14)), ASKED),
    "waiting_customer-silent": (to_customer("waiting_customer"), ASKED),
    "resolved": (to_customer("resolved", ANSWER, close_on=date(2025, 11, 8)), ASKED),
    "resolved-silent": (to_customer("resolved"), ASKED),
    "reminder": (to_customer("reminder", close_on=date(2025, 11, 11)), ASKED),
    "last_reminder": (to_customer("last_reminder", close_on=date(2025, 11, 9)), ASKED),
    "closed_silence": (to_customer("closed_silence", since=LONG_AGO, reopen_until=UNTIL), ASKED),
    "closed": (to_customer("closed", ANSWER, reopen_until=UNTIL), ASKED),
    "closed-silent": (to_customer("closed", reopen_until=UNTIL), ASKED),
    "closed_solved": (to_customer("closed_solved", reopen_until=UNTIL), ASKED),
    "closed_resolved": (to_customer("closed_resolved", reopen_until=datetime(2026, 1, 3, tzinfo=UTC)), ASKED),
    "agent_opened": (to_agent("agent_opened", **ARRIVED), TICKET),
    "agent_opened-machine": (
        to_agent("agent_opened", **{**ARRIVED, **MACHINE}),
        replace(TICKET, requester=None),
    ),
    "agent_followed_up": (
        to_agent("agent_followed_up", **{**ARRIVED, "happened": "reopened", "rule": "", "assignee": "karim"}),
        replace(ASKED, status=Status.IN_PROGRESS),
    ),
    "agent_followed_up-people": (
        to_agent(
            "agent_followed_up",
            **{**ARRIVED, "writer": "Bob Lang <bob@example.com>", "from_name": BOB.name, "rule": ""},
            joined=["carl@example.com"],
            named=["dora@example.net", "eve@example.net"],
        ),
        replace(ASKED, status=Status.IN_PROGRESS, participants=(Participant(BOB, Role.CC, NOW),)),
    ),
    "agent_followed_up-note": (
        to_agent("agent_followed_up", writer="Karim Benali", happened="Karim Benali wrote a note", words="Known."),
        replace(ASKED, status=Status.IN_PROGRESS),
    ),
    "agent_mistake": (to_agent("agent_mistake", ANSWER, lines=LINES, customer="Anna"), TICKET),
    "agent_mistake-no-ticket": (to_agent("agent_mistake", lines=[(0, "", "say for whom")]), None),
    "agent_not_sent": (to_agent("agent_not_sent", ANSWER, why="two things", lines=PROBLEMS), ASKED),
    "agent_digest": (
        digest(
            MARIE,
            [
                Bundled(42, "Re: [TKT-00042] Cannot place a bet", f"Anna wrote:\n\n{WORDS}", "desk+aaaa@example.com"),
                Bundled(43, "Re: [TKT-00043] Nothing works", "Bob wrote:\n\n" + "help " * 500, "desk+bbbb@example.com"),
            ],
        ),
        None,
    ),
    "agent_confirm": (to_agent("agent_confirm", done=['joined into TKT-00007, "Invoice" of bob@example.com']), ASKED),
    "agent_done": (
        to_agent(
            "agent_done",
            done=["resolved", "assigned to Marie Petit"],
            left_out=["film.mov"],
            changed="status in_progress → resolved, assignee nobody → marie",
            mailed="Anna Nowak",
        ),
        ASKED,
    ),
    "agent_help": (to_agent("agent_help"), ASKED),
    "agent_unverified": (
        to_agent(
            "agent_unverified",
            subject="Re: [TKT-00042] Cannot place a bet",
            why="nothing but its From line says who sent it. What would have proven it: a login over TLS",
            words=ANSWER,
            attachments=[("invoice.pdf", 81_000)],
        ),
        None,
    ),
    "agent_held": (to_agent("agent_held", held=HELD[:2], earlier_held=HELD[2:], more=7), None),
    "agent_held-done": (
        to_agent("agent_held", done=['D17 "Invoice" goes on, you answer for it', "D18 is set aside for good"]),
        None,
    ),
    "agent_held-asked-again": (
        to_agent(
            "agent_held", why='it begins with neither a plain "yes" nor a plain "no"', held=HELD[1:2], confirm=True
        ),
        None,
    ),
    "agent_undelivered": (
        to_agent("agent_undelivered", **BOUNCED),
        ASKED,
    ),
    "agent_undelivered-muted": (
        to_agent("agent_undelivered", **{**BOUNCED, "notice_words": "closed", "happened": "reopened", "muted": True}),
        ASKED,
    ),
    "agent_complained": (to_agent("agent_complained", recipient="anna@example.com"), ASKED),
    "agent_late": (
        to_agent("agent_late", recipient="anna@example.com", hours=4, words="The mailbox is full. This may pass."),
        ASKED,
    ),
    "agent_told": (to_agent("agent_told", words="Please look at this at once.", rule="Bug critique"), TICKET),
    "agent_told-nudge": (to_agent("agent_told", rule="Two hours", why="nudge"), replace(ASKED, requester=None)),
    "told_outside": (replace(to_customer("told_outside", words="A customer has an idea."), to=ROADMAP), TICKET),
    "alarm": (
        Notice("alarm", OPERATOR, "operator", {"name": "relay", "text": "the relay refuses our password",
                                               "since": NOW - timedelta(hours=3)}),
        None,
    ),
}  # fmt: skip


def mail(
    notice: Notice, ticket: Ticket | None = TICKET, *, policy: Policy = POLICY, event: str = "delivery:1",
    now: datetime = NOW, parts: Sequence[Part] = (),
) -> OutgoingMail:  # fmt: skip
    """What the room makes of a notice in this world."""
    return compose(notice, policy=policy, ticket=ticket, event=event, keys=KEYS, now=now, notices=NOTICES, parts=parts)


def read(raw: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def words_of(message: EmailMessage) -> str:
    """Its plain text without the reference at the end."""
    return text_of(message).rpartition("\n[tkt-ref ")[0]


def text_of(message: EmailMessage, subtype: str = "plain") -> str:
    """One of its two bodies, with LF line ends."""
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
