"""What a delivery report that is proved to be about a mail of ours means for the ticket."""

from dataclasses import replace

import pytest

from parsing.message import Kind, Report
from rules.decide import decide
from rules.decision import Decision, Outcome
from rules.event import Arrived
from rules.facts import SentMail
from tests.rules.worlds import ANNA, MARIE, NOW, desk, facts, mails, message, proof, ticket


def bounce(*reports: Report) -> Decision:
    mail = replace(message(sender=None), kind=Kind.BOUNCE, reports=reports)
    sent = SentMail("0123456789abcdef", 42, ANNA.address, "customer", "reply", NOW)
    proved = replace(proof("customer", ANNA), token=None, bounced=sent.serial)
    event = Arrived(7, mail, proved, "", (), NOW)
    return decide(event, facts=facts(ticket(), sent=sent), policy=desk(), now=NOW)


def failed(address: str, status: str = "5.1.1", **more: str) -> Report:
    return Report(recipient=address, status=status, action="failed", **more)


def test_the_agent_reads_why_and_what_to_do() -> None:
    """In words, with the other server's reply beside them."""
    decision = bounce(failed(ANNA.address, "5.2.2", diagnostic="552 5.2.2 full", reason="full"))

    assert decision.outcome is Outcome.REPORT
    assert mails(decision) == [(MARIE.address, "agent_undelivered")]
    values = decision.notices[0].values
    assert values["words"] == "The mailbox is full."
    assert values["advice"].startswith("Only the customer can make room")
    assert values["reply"] == "552 5.2.2 full"


@pytest.mark.parametrize(
    "reports",
    [
        (Report(recipient="bea@other.example", action="delivered", status="2.0.0"), failed(ANNA.address)),
        (failed("bea@other.example", "5.2.2"), failed(ANNA.address.upper())),
        (failed("bea@other.example", "5.2.2"), failed("anna@forwarded.example", original_recipient=ANNA.address)),
        (Report(recipient="bea@other.example", action="delayed"), failed("anna@forwarded.example")),
    ],
)
def test_of_several_recipients_ours_counts(reports: tuple[Report, ...]) -> None:
    """A report tells of everybody; ours is told by either address, else the worst that happened is believed."""
    decision = bounce(*reports)

    assert mails(decision) == [(MARIE.address, "agent_undelivered")]
    assert decision.notices[0].values["words"] == "There is no such mailbox."


def test_a_delay_is_written_down_and_tells_nobody() -> None:
    """The mail may arrive yet; whoever reads the ticket reads why it did not so far."""
    decision = bounce(Report(recipient=ANNA.address, action="delayed", status="4.2.2", diagnostic="452 4.2.2 full"))

    assert mails(decision) == []
    assert [entry.summary for entry in decision.entries] == [
        f"the mail to {ANNA.address} is delayed: The mailbox is full. This may pass."
    ]
