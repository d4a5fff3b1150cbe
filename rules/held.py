"""What the desk's people say on mail that is held, and the list by which they hear of it.

A mail in an agent's own name is confirmed when they are asked about it alone, what stands in a list is released; what
either is worth, rules.access says. Whatever is not understood does nothing, and is asked once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rules.decision import Again, Decision, Notice, Once, Outcome
from rules.event import How, Listing
from rules.facts import Facts, HeldMail
from rules.once import HOUR, WEEK, Answer
from rules.policy import Agent, Policy

CONFIRM, JUDGE = "confirm", "held"  # purposes of tokens
LISTED = 50  # held mails that one list names, the new ones first
ROUNDS = 5  # answers in a row that are not understood; the last hears nothing, for it may be a machine's
ROUND = "round"
YES = frozenset("yes y confirm confirmed release oui tak ja".split())
NO = frozenset("no n not never reject nein non nie".split())
DOUBT = NO | frozenset("didn wasn isn don haven nobody nothing someone somebody pas jamais nicht kein niemand".split())
WORD = re.compile(r"[^\W\d_]+")
NUMBER = re.compile(r"D?(\d{1,18})", re.IGNORECASE | re.ASCII)
RELEASE, REJECT = "release", "reject"
WORDS_OF: Mapping[str, str] = {"release": RELEASE, "confirm": RELEASE, "reject": REJECT}


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer says: which deliveries to let go and which to reject, or what is wrong with it."""

    release: tuple[int, ...] = ()
    reject: tuple[int, ...] = ()
    wrong: str = ""


def asks_to_confirm(*deliveries: int) -> Once:
    """The token with which the agent in whose name a mail is held says that it is theirs."""
    return Once(CONFIRM, {"deliveries": list(deliveries)}, HOUR)


def asks_to_judge(*deliveries: int) -> Once:
    """The token with which an agent judges the mails of a list."""
    return Once(JUDGE, {"deliveries": list(deliveries)}, WEEK)


# -- answers


def confirm(answer: Answer) -> Decision:
    """An answer to "is this mail yours?": its first word says yes or no; "yes, but it was not me" says neither."""
    commands = answer.commands
    line = commands.commands[0].word if commands.commands else commands.rest.strip()[:200].partition("\n")[0]
    words = WORD.findall(line.lower())
    asked = tuple(mail.delivery for mail in answer.case.facts.held)
    match next(iter(words), ""):
        case word if word in YES and not DOUBT.intersection(words):
            return _judged(answer, Read(release=asked))
        case word if word in NO:
            return _judged(answer, Read(reject=asked))
    return _judged(answer, Read(wrong='it begins with neither a plain "yes" nor a plain "no"'))


def judge(answer: Answer) -> Decision:
    """An answer to a list of held mail: its first lines say which go on and which do not."""
    return _judged(answer, read_lines(answer))


def read_lines(answer: Answer) -> Read:
    """`#release 17 18`, `#reject D19`, `#reject all`: each line in turn, all or nothing."""
    commands = answer.commands
    chosen: dict[int, str] = {}
    for command in commands.commands:
        verb = WORDS_OF.get(command.word.lower())
        if verb is None:
            return Read(wrong=f"here only #release and #reject are known, not #{command.word}")
        numbers, wrong = _numbers(answer, command.argument)
        contrary = [number for number in numbers if chosen.get(number, verb) != verb]
        if wrong or contrary:
            return Read(wrong=wrong or f"two lines contradict each other on D{contrary[0]}")
        chosen.update(dict.fromkeys(numbers, verb))
    if commands.problem or not commands.commands:
        return Read(wrong=commands.problem or "there is no line in it such as #release 17 or #reject all")
    release = tuple(number for number, verb in chosen.items() if verb == RELEASE)
    return Read(release, tuple(number for number, verb in chosen.items() if verb == REJECT))


def _numbers(answer: Answer, argument: str) -> tuple[tuple[int, ...], str]:
    """(deliveries that a line names, what is wrong with it)."""
    listed = {mail.delivery: mail for mail in answer.case.facts.held}
    words = argument.replace(",", " ").split()
    if [word.lower() for word in words] == ["all"]:
        return tuple(mail.delivery for mail in _waiting(answer)), ""
    found = [NUMBER.fullmatch(word) for word in words]
    numbers = tuple(int(one[1]) for one in found if one is not None)
    if not words or len(numbers) < len(words):
        return (), f'"{argument}" names no mail of the list: write 17 18, or all'
    strange = [number for number in numbers if number not in listed]
    return (numbers, f"D{strange[0]} is not in the list that you answered") if strange else (numbers, "")


def _waiting(answer: Answer) -> tuple[HeldMail, ...]:
    return tuple(mail for mail in answer.case.facts.held if not mail.how)


def is_own(agent: Agent, mail: HeldMail) -> bool:
    """Whether a held mail is in this agent's name."""
    return any(address.key == mail.author_key for address in agent.addresses)


def _judged(answer: Answer, read: Read) -> Decision:
    """All that was read becomes true, or nothing; the agent hears which, and what still waits with a fresh token."""
    why = answer.why_not or read.wrong
    if why:
        return _told(answer, _waiting(answer), reason=f"nothing was done: {why}", wrong=why)
    words = tuple(_words(answer, read))
    told = {word.delivery for word in words}
    done = [f"{_name(mail)} {_became(mail, words)}" for mail in answer.case.facts.held if mail.delivery in told]
    done += [_already(mail) for mail in answer.case.facts.held if mail.how and mail.delivery in _all(read)]
    left = tuple(mail for mail in _waiting(answer) if mail.delivery not in told)
    return _told(answer, left, reason="; ".join(done) or "nothing was left to judge", done=done, again=words)


def _all(read: Read) -> tuple[int, ...]:
    return (*read.release, *read.reject)


def _words(answer: Answer, read: Read) -> Iterable[Again]:
    """Only the answer to "is this mail yours?", good for an hour, confirms; a list's token is good for a week."""
    how = How.CONFIRMED if answer.asked.purpose == CONFIRM else How.RELEASED
    for mail in _waiting(answer):
        if mail.delivery in read.release:
            yield Again(mail.delivery, how, answer.agent.mail.key)
        elif mail.delivery in read.reject:
            yield Again(mail.delivery, How.REJECTED, answer.agent.mail.key)


def _name(mail: HeldMail) -> str:
    return f"D{mail.delivery}" + (f' "{mail.subject}"' if mail.subject else "")


DONE = {
    How.CONFIRMED: "is done as you wrote it",
    How.RELEASED: "goes on, you answer for it",
    How.REJECTED: "is set aside for good",
}


def _became(mail: HeldMail, words: Sequence[Again]) -> str:
    return next(DONE[word.how] for word in words if word.delivery == mail.delivery)


def _already(mail: HeldMail) -> str:
    return f"{_name(mail)} was {mail.how} already by {mail.by}; nothing is done twice"


def _told(
    answer: Answer,
    left: tuple[HeldMail, ...],
    *,
    reason: str,
    wrong: str = "",
    done: Sequence[str] = (),
    again: tuple[Again, ...] = (),
) -> Decision:
    message, agent = answer.case.event.message, answer.agent
    asks = asks_to_judge if answer.asked.purpose == JUDGE else asks_to_confirm
    values: dict[str, Any] = {
        "done": list(done),
        "why": wrong,
        "held": [_row(mail, agent) for mail in left],
        "confirm": answer.asked.purpose == CONFIRM,
    }
    round = int(answer.asked.what.get(ROUND, 0)) + 1 if wrong else 0
    once = asks(*(mail.delivery for mail in left)) if left else None
    once = replace(once, what={**once.what, ROUND: round}) if once is not None and round else once
    notice = Notice("agent_held", agent.mail, "agent", values, in_reply_to=message.message_id, once=once)
    spends = answer.asked.serial if not wrong else ""
    notices = (notice,) if round < ROUNDS else ()
    return Decision(Outcome.ACT, f"{agent.name}: {reason}", notices=notices, again=again, spends=spends)


def _row(mail: HeldMail, agent: Agent) -> dict[str, Any]:
    return {
        "number": mail.delivery,
        "author": mail.author,
        "subject": mail.subject,
        "excerpt": mail.excerpt,
        "why": mail.why,
        "held_at": mail.held_at,
        "own": is_own(agent, mail),
    }


# -- the list


def hears_of_held(policy: Policy) -> tuple[Agent, ...]:
    """The agents who get the list."""
    return policy.agents if policy.tell.get("held", "all") == "all" else ()


def listing(event: Listing, *, facts: Facts, policy: Policy) -> Decision:
    """The list of what is held at a desk, to its agents: what is new first, then what waits since earlier lists."""
    new = [mail for mail in facts.held if mail.new]
    once = asks_to_judge(*(mail.delivery for mail in facts.held))
    notices = []
    for agent in hears_of_held(policy) if new else ():
        values = {
            "held": [_row(mail, agent) for mail in new],
            "earlier_held": [_row(mail, agent) for mail in facts.held if not mail.new],
            "more": facts.held_beside,
        }
        notices.append(Notice("agent_held", agent.mail, "agent", values, once=once))
    return Decision(Outcome.ACT, f"list {event.number} of what is held: {len(new)} new", notices=tuple(notices))
