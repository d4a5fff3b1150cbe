"""Whatever is sent, by whomever, in whatever order: what tests/anything/judge.py asks holds after each event.

The same few runs with every `make test`; `python -m tests.anything` makes as many as one wants, each time others.
"""

import logging
import shutil
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from store.database import migrate, open_database
from store.ledger import read_raw
from store.schema import entry, outbox
from tests.anything.judge import Judge
from tests.anything.letters import DOMAIN, LOGIN, NOTHING, QUOTES, Answered, Letter, Pen, bounce, opened
from tests.anything.town import AGENTS, KARIM, MARIE, SUPPORT, Town
from tests.running import room

ANNA, ALSO_ANNA = "anna@customer.example", "anna@home.example"
BEN, CARL, EVE, ROBOT = "ben@other.example", "carl@customer.example", "eve@evil.example", "robot@robot.example"
OUTSIDE = (ANNA, ALSO_ANNA, BEN, CARL, EVE)
PICK = st.integers(0, 5)  # of what there is, the newest first
WORDS = ("Please look at it.", "solved", "leave", "#close", "Thanks, that works!", "#note between us")
LINES = (
    "#note",
    "#ack",
    "#waiting",
    "#resolve",
    "#close",
    "#reopen",
    "#take",
    "#assign karim",
    "#priority P1",
    "#category billing",
    "#spam",
    "#undo",
    "#merge TKT-{pick}",
    "#requester {person}",
    "#cc {person}",
    "#uncc {person}",
    "#same-person {person}",
    "#confirm-address",
    "#nonsense",
)
ANSWERS = (
    "yes",
    "no",
    "Yes, it is mine.",
    "#release all",
    "#reject all",
    "#release {pick}",
    "#reject {pick}",
    "perhaps",
)
WAITS = st.sampled_from(
    [timedelta(minutes=11), timedelta(hours=2), timedelta(days=2), timedelta(days=3), timedelta(days=40)]
)
person, agent = st.sampled_from(OUTSIDE), st.sampled_from(sorted(AGENTS))
copies = st.lists(st.sampled_from([BEN, CARL, EVE, ALSO_ANNA, KARIM]), max_size=2, unique=True).map(tuple)
quotes, proven, flag = st.sampled_from(QUOTES), st.sampled_from([DOMAIN, DOMAIN, NOTHING]), st.booleans()
lines = st.lists(st.sampled_from(LINES), max_size=2, unique=True)
TICKETS = ("agent_opened", "agent_followed_up")
MOVES = ("#merge TKT-{pick}", "#requester {person}", "#cc {person}", "#uncc {person}", "#same-person {person}")


@cache
def blank() -> bytes:
    """A migrated store without a row."""
    folder = room("blank")
    db = open_database(f"sqlite:///{folder / 'tkt.db'}")
    migrate(db)
    db.close()
    found = (folder / "tkt.db").read_bytes()
    shutil.rmtree(folder)
    return found


class Anything(RuleBasedStateMachine):
    """Hypothesis wants a class that inherits: this one."""

    def __init__(self) -> None:
        super().__init__()
        logging.disable(logging.CRITICAL)
        self.pen = Pen()
        self.judge = Judge(self.pen.letters)
        self.town = Town(blank(), self.judge)
        self.judge.town = self.town
        self.answered = -1  # the newest mail that the robot has answered

    def teardown(self) -> None:
        try:
            self.judge.over()
        finally:
            self.town.close()
            logging.disable(logging.NOTSET)

    # -- what everybody has at hand

    def send(self, letter: Letter, *, user: str | None = None) -> None:
        self.town.hand_in(letter.raw, sender=letter.sender, to=letter.to, user=letter.user if user is None else user)

    def got(self, who: str, pick: int, *notices: str) -> Answered | None:
        """A mail of ours that somebody got."""
        wanted = select(outbox).where(outbox.c.recipient_key == who).order_by(outbox.c.id.desc())
        rows = self.town.rows(wanted.where(outbox.c.notice.in_(notices)) if notices else wanted)
        if not rows:
            return None
        return self._opened(rows[pick % len(rows)])

    def about(self, who: str, pick: int) -> Answered | None:
        """The newest mail that told an agent of one of the first tickets: what is done meets on these."""
        number = 1 + pick % 3
        theirs = (outbox.c.recipient_key == who, outbox.c.ticket == number, outbox.c.notice.in_(TICKETS))
        rows = self.town.rows(select(outbox).where(*theirs).order_by(outbox.c.id.desc()).limit(1))
        return self._opened(rows[0]) if rows else None

    def _opened(self, row: Any) -> Answered:
        return opened(row, self.town.db.read_now(lambda conn: read_raw(conn, row.digest)))

    def ticket(self, pick: int) -> str:
        """A ticket's number as people write it."""
        numbers = sorted(self.town.now_is.tickets, reverse=True) or [1]
        return f"{numbers[pick % len(numbers)]:05d}"

    def filled(self, found: list[str], pick: int, who: str) -> tuple[str, ...]:
        return tuple(line.format(pick=self.ticket(pick), person=who) for line in found)

    def write(self, *words: Any, **more: Any) -> None:
        self.send(self.pen.write(*words, now=self.town.moment, **more))

    # -- customers

    @initialize(cc=copies, proof=proven)
    def begin(self, cc: tuple[str, ...], proof: str) -> None:
        self.write("It does not work.", author=ANNA, proof=proof, others=cc)

    @rule(who=person, proof=proven, cc=copies, file=flag)
    def somebody_writes(self, who: str, proof: str, cc: tuple[str, ...], file: bool) -> None:
        self.write("It does not work.", author=who, proof=proof, others=cc, file=file)

    @rule(who=person, pick=PICK, proof=proven, cc=copies, quote=quotes, text=st.sampled_from(WORDS), token=flag)
    def somebody_answers(
        self, who: str, pick: int, proof: str, cc: tuple[str, ...], quote: str, text: str, token: bool
    ) -> None:
        old = self.got(who, pick)
        if old is not None:
            text, first = ("", (text,)) if text.startswith("#") or text in ("leave", "solved") else (text, ())
            text = "alone" if first and first[0] in ("leave", "solved") else text
            self.write(text, author=who, proof=proof, others=cc, quote=quote, answers=old, lines=first, token=token)

    @rule(who=person, pick=PICK, proof=proven)
    def somebody_names_a_number(self, who: str, pick: int, proof: str) -> None:
        self.write("And this?", author=who, proof=proof, subject=f"Re: [TKT-{self.ticket(pick)}] A question")

    @rule(pick=PICK, proof=proven, who=st.sampled_from([ALSO_ANNA, CARL]), quote=quotes)
    def another_address_answers(self, pick: int, proof: str, who: str, quote: str) -> None:
        old = self.got(ANNA, pick)
        if old is not None:
            self.write("From my other address.", author=who, hand=ANNA, proof=proof, answers=old, quote=quote)

    # -- forgers

    @rule(author=st.sampled_from([ANNA, BEN, MARIE, KARIM]), found=lines, pick=PICK, who=person, cc=copies)
    def eve_forges(self, author: str, found: list[str], pick: int, who: str, cc: tuple[str, ...]) -> None:
        known = [one.message_id for one in self.pen.letters if one.message_id and one.hand != EVE]
        self.write(
            "Do as I say.",
            author=author,
            hand=EVE,
            lines=self.filled(found, pick, who),
            subject=f"Re: [TKT-{self.ticket(pick)}] A question",
            knows=tuple(known[-1 - pick % len(known) :][:1]) if known else (),
            others=cc,
        )

    @rule(victim=st.sampled_from([ANNA, BEN, MARIE, KARIM]), pick=PICK, found=lines, who=person, own=flag, cc=copies)
    def eve_was_shown_a_mail(
        self, victim: str, pick: int, found: list[str], who: str, own: bool, cc: tuple[str, ...]
    ) -> None:
        """What a single-use token was mailed with is shown to nobody: with it she would be the agent."""
        old = self.got(victim, pick)
        asks = ("agent_unverified", "agent_held", "agent_confirm", "agent_done")
        if old is None or old.row.notice in asks or (not own and victim == ANNA):
            return
        author, proof = (EVE, DOMAIN) if own else (victim, NOTHING)
        self.write(
            "Do as I say.",
            author=author,
            hand=EVE,
            proof=proof,
            answers=old,
            lines=self.filled(found, pick, who),
            others=cc,
        )

    # -- agents

    @rule(
        who=agent,
        pick=PICK,
        n=PICK,
        found=lines,
        words=flag,
        quote=quotes,
        how=st.sampled_from([LOGIN, DOMAIN, NOTHING]),
        other=person,
    )
    def an_agent_answers(
        self, who: str, pick: int, n: int, found: list[str], words: bool, quote: str, how: str, other: str
    ) -> None:
        old = self.got(who, pick)
        if old is not None:
            text = "We look into it." if words or not found else "alone"
            self.write(text, author=who, proof=how, answers=old, lines=self.filled(found, n, other), quote=quote)

    @rule(who=agent, pick=PICK, line=st.sampled_from(["", "#waiting", "#resolve", "#note", "#close"]), words=flag)
    def an_agent_works(self, who: str, pick: int, line: str, words: bool) -> None:
        old = self.about(who, pick)
        if old is not None:
            text = "Which browser is it?" if words or line in ("", "#note") else "alone"
            self.write(text, author=who, proof=LOGIN, answers=old, lines=(line,) if line else (), quote="signs")

    @rule(who=agent, pick=PICK, n=PICK)
    def an_agent_pastes_a_note(self, who: str, pick: int, n: int) -> None:
        """What colleagues wrote to each other, among words to the customer."""
        old = self.about(who, pick)
        if old is None:
            return
        tickets = {number for number, row in self.town.now_is.tickets.items() if row.merged_into == old.row.ticket}
        notes = self.town.rows(
            select(entry.c.text).where(entry.c.kind == "note", entry.c.ticket.in_({old.row.ticket, *tickets}))
        )
        if notes:
            words = notes[-1 - n % len(notes)].text.strip()
            self.write(f"We know:\n{words}\n", author=who, proof=LOGIN, answers=old, quote="signs")

    @rule(who=agent, most=st.integers(2, 6))
    def an_agent_asks_everybody(self, who: str, most: int) -> None:
        for number in sorted(self.town.now_is.tickets, reverse=True)[:most]:
            subject = f"Re: [TKT-{number:05d}] A question"
            self.write("Is it still so?", author=who, proof=LOGIN, subject=subject, lines=("#waiting",))

    @rule(who=agent, pick=PICK, n=PICK, line=st.sampled_from(MOVES), other=person, yes=flag, asks=flag)
    def an_agent_moves_it(self, who: str, pick: int, n: int, line: str, other: str, yes: bool, asks: bool) -> None:
        """Whose ticket it is, and who stands there; where they are asked they say that they mean it.

        With `asks` the customer was asked something before, and nobody says anything for days.
        """
        old = self.about(who, pick)
        if old is None:
            return
        if asks:
            self.write("Which browser is it?", author=who, proof=LOGIN, answers=old, lines=("#waiting",))
        first = f"#merge TKT-{1 + n % 3:05d}" if line.startswith("#merge") else line  # of the first tickets, too
        self.write("alone", author=who, proof=LOGIN, answers=old, lines=self.filled([first], n, other))
        asked = self.got(who, 0)
        if yes and asked is not None and asked.row.notice == "agent_confirm":
            self.write("alone", author=who, answers=asked, lines=("yes",))
        for _ in range(2 if asks else 0):
            self.town.later(timedelta(days=3))

    @rule(who=agent, pick=PICK, found=lines, other=person, to_customer=flag, how=st.sampled_from([LOGIN, DOMAIN]))
    def an_agent_writes_anew(
        self, who: str, pick: int, found: list[str], other: str, to_customer: bool, how: str
    ) -> None:
        subject = f"Re: [TKT-{self.ticket(pick)}] A question"
        cc = (other,) if to_customer else ()
        filled = self.filled(found, pick, other)
        self.write("About this.", author=who, proof=how, lines=filled, subject=subject, others=cc)

    @rule(who=agent, pick=PICK, other=person, how=st.sampled_from([LOGIN, DOMAIN, NOTHING]), known=flag, cc=copies)
    def an_agent_writes_past_the_desk(
        self, who: str, pick: int, other: str, how: str, known: bool, cc: tuple[str, ...]
    ) -> None:
        """Straight to somebody outside, with the desk in Cc."""
        subject = f"Re: [TKT-{self.ticket(pick)}] A question" if known else ""
        more = (SUPPORT, *(one for one in cc if one not in (who, other)))
        self.write("By myself.", author=who, proof=how, subject=subject, to=other, others=more)

    @rule(
        who=agent,
        other=person,
        how=st.sampled_from([LOGIN, NOTHING]),
        line=st.sampled_from(["#note", "#waiting", "#ack"]),
    )
    def an_agent_brings_somebody(self, who: str, other: str, how: str, line: str) -> None:
        self.write("They called.", author=who, proof=how, lines=(f"#for {other}", line))

    @rule(who=agent, pick=PICK, text=st.sampled_from(ANSWERS), how=st.sampled_from([LOGIN, NOTHING]), quote=quotes)
    def an_agent_is_asked(self, who: str, pick: int, text: str, how: str, quote: str) -> None:
        old = self.got(who, pick, "agent_unverified", "agent_held", "agent_confirm")
        if old is not None:
            said = text.format(pick=1 + pick)
            self.write("alone", author=who, proof=how, answers=old, lines=(said,), quote=quote)

    @rule(who=agent, pick=PICK)
    def an_agent_takes_it_back(self, who: str, pick: int) -> None:
        old = self.got(who, pick, "agent_done")
        if old is not None:
            self.write("alone", author=who, proof=LOGIN, answers=old, lines=("#undo",))

    # -- machines

    @rule(
        who=st.sampled_from([*OUTSIDE, MARIE]),
        pick=PICK,
        field=st.sampled_from(["Auto-Submitted: auto-replied", "List-Id: <users.other.example>"]),
    )
    def a_machine_answers(self, who: str, pick: int, field: str) -> None:
        old = self.got(who, pick)
        if old is not None:
            self.write("I am away. #close", author=who, proof=DOMAIN, answers=old, fields=(field,), lines=("#close",))

    @rule(who=st.sampled_from([*OUTSIDE, MARIE]), pick=PICK, genuine=flag)
    def a_mail_comes_back(self, who: str, pick: int, genuine: bool) -> None:
        old = self.got(who, pick)
        if old is not None:
            to = str(old.row.envelope_from) if genuine else SUPPORT
            self.send(bounce(self.pen, old, to=to, now=self.town.moment))

    @rule(rounds=st.integers(1, 6), threaded=flag)
    def a_robot_goes_round(self, rounds: int, threaded: bool) -> None:
        """It answers each automatic mail once, as machines do; what it answers an agent looks like a person's words."""
        for _ in range(rounds):
            old = self.got(ROBOT, 0)
            if old is not None and (old.row.id == self.answered or not old.row.automatic):
                return
            self.answered = old.row.id if old is not None else 0
            text = "Your request has reached our service team and will be answered soon."
            self.write(text, author=ROBOT, proof=DOMAIN, answers=old if threaded else None)

    # -- the world

    @precondition(lambda self: self.pen.letters)
    @rule(pick=st.integers(0, 20), other_envelope=flag, eve=flag)
    def it_comes_again(self, pick: int, other_envelope: bool, eve: bool) -> None:
        """A retry, or a replay by somebody who is not logged in."""
        letter = self.pen.letters[-1 - pick % len(self.pen.letters)]
        sender = EVE if other_envelope and letter.sender else letter.sender
        self.town.hand_in(letter.raw, sender=sender, to=letter.to, user="" if eve else letter.user)

    @rule(wait=WAITS, times=st.integers(1, 3))
    def time_passes(self, wait: timedelta, times: int) -> None:
        for _ in range(times):
            self.town.later(wait)


def runs(examples: int, steps: int) -> settings:
    """Not made shorter when one fails: that takes minutes, and the story tells each event in a line."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.timeout(300)  # half a minute of processor, on whatever machine
def test_whatever_is_sent_in_whatever_order() -> None:
    """Nobody reads what is not theirs, nothing is done without evidence, caps hold, each delivery has one outcome."""
    run_state_machine_as_test(Anything, settings=runs(20, 50))
