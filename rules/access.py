"""Who may do what with which evidence. In this stage a token and the From that it was sent to are the evidence."""

from __future__ import annotations

from rules.case import Case
from rules.policy import Agent


def acting_agent(case: Case) -> Agent | None:
    """The agent who may act with this message: listed, writing from the address that their token was sent to (or
    somebody answers for the mail), and a person (automatic mail never acts)."""
    token, message = case.event.evidence.token, case.event.message
    if message.automatic:
        return None
    if case.event.vouched is None and (token is None or token.role != "agent"):
        return None
    return case.policy.agent_by_address(message.sender)


def writing_agent(case: Case) -> Agent | None:
    """The agent whose address stands in From, whatever the evidence."""
    return case.policy.agent_by_address(case.event.message.sender)
