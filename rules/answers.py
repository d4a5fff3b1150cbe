"""Answers to mails of ours that asked an agent for one word, each good for one answer.

A token counts only from the address that it was mailed to, in a mail that a person wrote, at the desk that asked: who
sends it back has read that mailbox. Used twice is harmless, and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rules.case import Case
from rules.decision import Decision
from rules.held import CONFIRM, JUDGE, confirm, judge
from rules.once import Answer
from rules.undo import UNDO, undo

# purpose of a token → what an answer to it does; None when the mail is to be judged like any other
ANSWERS: Mapping[str, Callable[[Answer], Decision | None]] = {
    CONFIRM: confirm,
    JUDGE: judge,
    UNDO: undo,
}


def answered(case: Case) -> Decision | None:
    """An agent answers a mail with a single-use token."""
    asked, message = case.facts.asked, case.event.message
    agent = case.policy.agent_by_address(message.sender)
    if asked is None or agent is None or message.automatic or case.event.quiet or asked.desk != case.policy.desk:
        return None
    theirs = any(address.key == asked.person for address in agent.addresses)
    answer = ANSWERS.get(asked.purpose) if theirs else None
    return answer(Answer(case, agent, asked)) if answer is not None else None
