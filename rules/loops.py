"""A machine without the marks of one, that answers each automatic mail of ours (RFC 3834 section 2).

Promises: an address gets at most `Caps.pair` automatic mails while it answers each within ten minutes with nearly the
same words; from then on what it answers so is kept on the ticket, opens none, reopens none, and is answered no more.
Other words of that address are a person's, and take the usual way. A mail that answers nothing may be the next one of
somebody who sends a form for each of five colleagues: it opens its ticket, and is only not answered.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from parsing.message import Message
from rules.case import Case
from rules.customer_mail import agent_notices, message_entry
from rules.decision import Alarm, Decision, EntryKind, NewEntry, Notice, Outcome
from rules.event import Arrived
from rules.facts import Echo, Facts
from rules.matching import NUMBER, Match, match
from rules.ticket import Ticket

READ = 4000  # characters of a mail that are compared
KEPT = 16  # hashes of a sketch
WORD, LETTERS = re.compile(r"[^\W\d_]{2,}"), re.compile(r"[^\W\d_]+")
FEWEST = 5  # words that say enough to be compared: people say "thanks, solved" more than once
ALIKE = 0.5
REPLY = re.compile(r"\bre:", re.IGNORECASE)
PAIRS = 10  # of a report
LOOP = "loop with "  # how the red lines' names begin


def sketch(text: str) -> str:
    """What a text says, in few octets: the smallest hashes of its words, digits left out (a bottom-k sketch)."""
    start = text[:READ].lower()
    words = set(WORD.findall(start))
    if len(words) < FEWEST:  # scripts without blanks between words
        letters = "".join(LETTERS.findall(start))
        words = {letters[at : at + 3] for at in range(len(letters) - 2)} if len(letters) > 8 * FEWEST else words
    hashes = {zlib.crc32(word.encode("utf-8", "replace")) for word in words}
    return "".join(f"{one:08x}" for one in sorted(hashes)[:KEPT])


def alike(one: str, other: str) -> bool:
    """Whether two sketches are of nearly the same words: half of those of both are in both, and not too few."""
    ours, theirs = _hashes(one), _hashes(other)
    smallest = set(sorted(ours | theirs)[:KEPT])
    return min(len(ours), len(theirs)) >= FEWEST and len(smallest & ours & theirs) >= ALIKE * len(smallest)


def _hashes(words: str) -> set[str]:
    return {words[at : at + 8] for at in range(0, len(words), 8)}


def echo_of(message: Message, facts: Facts) -> Echo | None:
    """What is kept of a mail that came on the heels of an automatic mail of ours; None for any other."""
    if not facts.after or message.automatic:
        return None
    return Echo(mid=message.message_id, after=facts.after, words=sketch(message.reply_text))


def goes_round(case: Case) -> Decision | None:
    """An answer that says what its writer's last ones said, each within minutes of an automatic mail of ours."""
    event, rounds = case.event, _rounds(case)
    if not rounds or not _answers(event):
        return None
    why, alarm = _why(case, rounds), _alarm(case, rounds)
    ticket, found = _ticket(case, rounds)
    if ticket is None:
        return Decision(Outcome.HELD, why, alarm=alarm)
    first = len(rounds) == max(2, case.policy.caps.pair)
    return Decision(
        outcome=Outcome.AUTOMATIC,
        reason=f"{why}; kept, nothing changed",
        ticket=replace(ticket, changed_at=case.now),
        based_on=ticket.version,
        entries=(replace(message_entry(case, found, f"wrote: {event.message.subject}"), why=why),),
        notices=tuple(_told(case, ticket, why)) if first else (),
        trace=found.trace,
        alarm=alarm,
    )


def unconfirmed(decision: Decision, case: Case) -> Decision:
    """The decision without the confirmation of a new mail that goes round: without it the round is over."""
    rounds = _rounds(case) if decision.outcome is Outcome.OPENED else []
    notices = tuple(one for one in decision.notices if one.role != "customer" or not one.automatic)
    if not rounds or len(notices) == len(decision.notices):
        return decision
    told = NewEntry(EntryKind.CHANGE, "tkt", "no confirmation was sent", _why(case, rounds))
    return replace(decision, notices=notices, entries=(*decision.entries, told), alarm=_alarm(case, rounds))


def _rounds(case: Case) -> list[Echo]:
    """The mails that went round, this one last; none while they are too few to be a machine's."""
    event, facts = case.event, case.facts
    echo = echo_of(event.message, facts)
    if echo is None or event.message.sender is None or event.quiet:
        return []
    # whoever writes twice after one mail of ours has more to say; a machine answers each of them once
    alikes = {earlier.after: earlier for earlier in facts.echoes if alike(earlier.words, echo.words)}
    rounds = [*(earlier for after, earlier in alikes.items() if after != echo.after), echo]
    return rounds if len(rounds) >= max(2, case.policy.caps.pair) else []


def _answers(event: Arrived) -> bool:
    """Whether anything in it says that it answers, and what."""
    message, evidence, subject = event.message, event.evidence, event.message.subject
    ours = evidence.token or evidence.foreign_token or evidence.bounced
    # a subject of ours begins with Re: and stands within theirs, whatever they made of its number
    named = NUMBER.search(subject) or REPLY.search(subject)
    return bool(ours or message.in_reply_to or message.references or named)


def _address(case: Case) -> str:
    return case.event.message.sender.address if case.event.message.sender is not None else ""


def _why(case: Case, rounds: Sequence[Echo]) -> str:
    return f"{_address(case)} answers automatic mails of ours by itself: round {len(rounds)} with nearly the same words"


def _alarm(case: Case, rounds: list[Echo]) -> Alarm:
    return Alarm(f"{LOOP}{_address(case)}", report(_address(case), rounds, case))


def _ticket(case: Case, rounds: Iterable[Echo]) -> tuple[Ticket | None, Match]:
    """The ticket that it answers; else that of the round before."""
    found = match(case)
    before = (case.facts.tickets.get(echo.ticket) for echo in reversed(list(rounds)))
    here = (ticket for ticket in before if ticket is not None and ticket.desk == case.policy.desk)
    return found.ticket or next(here, None), found


def _told(case: Case, ticket: Ticket, why: str) -> Iterable[Notice]:
    """The agents hear of the first round that is recognised: should it be a person after all, they can answer."""
    for notice in agent_notices(case, ticket, "customer_replied", name="agent_followed_up"):
        yield replace(notice, values={**notice.values, "machine": f"{why}; the ticket is as it was"})


def report(address: str, rounds: list[Echo], case: Case) -> str:
    """All that an operator needs: who writes to whom, which mail answered which, what is missing, what to do."""
    desk = case.policy.address.address
    pairs = "\n".join(f"  {echo.mid or 'no Message-ID'} answered {echo.after}" for echo in rounds[-PAIRS:])
    return (
        f"{desk} and {address} answer each other. It is stopped: while it goes on nothing is sent there by itself,"
        f" and what answers is kept on its ticket.\n"
        f"The newest rounds (theirs, ours):\n{pairs}\n"
        f"Ours carry Auto-Submitted (RFC 3834), Precedence and X-Auto-Response-Suppress, which should have stopped the"
        f" other side; theirs carry no Auto-Submitted, which would have stopped us at the first.\n"
        f"To end it for good, in the desk's desk.yaml:\n  never_mail: [{address}]"
    )
