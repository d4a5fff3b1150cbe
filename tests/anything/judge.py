"""What must hold after each event, by what is true of the letters and not by what the gateway thinks of them.

heard   nobody reads an entry of a ticket on which they do not stand, or of before they joined; no internal note
done    nothing on a ticket changes without evidence that allows it
capped  automatic mail stays within rules/caps.py
kept    each delivery has one outcome and one account, and nobody two mails of one event
tokens  no token of one person stands in a mail to another
"""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from parsing.tokens import person_hash, read_envelope, read_once, read_reference, read_token
from rules.decision import Outcome
from store.kept import kept_delivery
from store.ledger import Claimed, read_raw
from store.schema import decision, delivery, entry, outbox
from store.status import reconcile_rows
from tests.anything.letters import DOMAIN, LOGIN, NOTHING, Letter, opened
from tests.anything.town import AGENTS, CAPS, KEYS, Snapshot, Town

OWN_WORD, SUBJECT_WORD, TOKEN = re.compile(r"wq\d{5}x"), re.compile(r"sq\d{5}x"), re.compile(r"[a-z2-7]{36,60}")
FIELDS = ("status", "priority", "category", "assignee", "requester_key", "merged_into")
WORDS = ("message", "answer", "note")
WINDOWS = {
    "address_10min": timedelta(minutes=10),
    "address_day": timedelta(days=1),
    "ticket_10min": timedelta(minutes=10),
    "ticket_hour": timedelta(hours=1),
    "opened_hour": timedelta(hours=1),
    "opened_day": timedelta(days=1),
}


class Judge:
    """Told of each event by the town; raises AssertionError with the whole story of what should not be."""

    def __init__(self, letters: list[Letter]) -> None:
        self.letters = letters
        self.town: Town | None = None
        self.joined: dict[tuple[int, str], int] = {}  # (ticket, person) → the last entry before they stood there
        self.last_entry = self.last_mail = self.last_delivery = 0
        self.words: dict[bytes, Letter] = {}
        self.story: list[str] = []

    def __call__(self, claimed: Claimed | None, before: Snapshot, after: Snapshot) -> None:
        town = self.town
        assert town is not None
        letter = self._letter(claimed)
        people(self.joined, after, self.last_entry)
        mails = town.mails(self.last_mail)
        self._tell(claimed, letter, mails)
        try:
            if claimed is not None and letter is not None:
                done(letter, claimed, before, after)
                kept(town, claimed, letter, mails)
            elif claimed is None:
                by_itself(before, after)
            entries = town.rows(select(entry))
            of = {
                row.id: self.words.get(bytes(row.digest)) for row in town.rows(select(delivery.c.id, delivery.c.digest))
            }
            for row in mails:
                raw = town.db.read_now(lambda conn, row=row: read_raw(conn, row.digest))  # type: ignore[misc]
                self._heard(row, raw, after, entries, of)
                tokens(row, raw, self._addresses(), town)
            capped(town, mails, self.words, robot="robot@robot.example")
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), "", "What happened:", *self.story])) from None
        self.last_entry = max([self.last_entry, *(row.id for row in entries)])
        self.last_mail = max([self.last_mail, *(row.id for row in mails)])

    def _letter(self, claimed: Claimed | None) -> Letter | None:
        if claimed is None:
            return None
        self.words = {letter.digest: letter for letter in self.letters}
        return self.words[bytes(claimed.digest)]

    def _tell(self, claimed: Claimed | None, letter: Letter | None, mails: list[Any]) -> None:
        sent = "; ".join(f"{row.notice} to {row.recipient} (TKT-{row.ticket or 0})" for row in mails)
        if claimed is None or letter is None:
            self.story += [f"time: {sent}"] if sent else []
            return
        assert self.town is not None
        row = self.town.delivered(claimed.id)
        about = f" about M{letter.answers.id}" if letter.answers is not None else ""
        who = letter.author + (f" (really {letter.hand})" if letter.hand != letter.author else "")
        cc = f" Cc {', '.join(letter.others)}" if letter.others else ""
        vouched = f" {claimed.vouched.how.value} by {claimed.vouched.by}" if claimed.vouched is not None else ""
        lines = " ".join(letter.lines)
        self.story.append(
            f"D{claimed.id}{vouched} {letter.word} {who}, {letter.proof}{about}{cc} {lines} → {row.outcome}"
            f" TKT-{row.ticket or 0}: {row.reason} [{sent}]"
        )

    def _addresses(self) -> set[str]:
        return {one for letter in self.letters for one in (letter.author, *letter.others)} | set(AGENTS)

    def _heard(self, row: Any, raw: bytes, after: Snapshot, entries: list[Any], of: dict[int, Letter | None]) -> None:
        if row.recipient_key in AGENTS:
            return
        mail = opened(row, raw)
        words = str(mail.mail["Subject"]) + "".join(
            str(part.get_content()) for part in mail.mail.walk() if part.get_content_maintype() == "text"
        )
        assert row.role == "customer", f"M{row.id} is for {row.role}s and went to {row.recipient}"
        assert "tkt-private" not in words, f"M{row.id} to {row.recipient} holds our private marker"
        key = row.recipient_key
        stands = {number for number, address in self.joined if address == key}
        assert row.ticket in stands, f"M{row.id} ({row.notice}) of TKT-{row.ticket} to {key}, who does not stand there"
        subjects = " ".join(after.tickets[number].subject for number in stands)
        for word in set(SUBJECT_WORD.findall(words)):
            assert word in subjects, f"M{row.id} to {key} holds {word}, the subject of a ticket that is not theirs"
        for word in set(OWN_WORD.findall(words)):
            seen = [
                one
                for one in entries
                if (letter := of.get(one.delivery)) is not None
                and letter.word == word
                and not one.internal
                and "note" not in letter.commands
            ]
            theirs = [one for one in seen if one.id > self.joined.get((one.ticket, key), one.id)]
            where = ", ".join(f"TKT-{one.ticket}" for one in seen) or "no entry that is not internal"
            assert theirs, (
                f"M{row.id} ({row.notice}) to {key} holds {word}, of {where}: not theirs, or before they joined"
            )

    def over(self) -> None:
        """At the end: the books are right."""
        assert self.town is not None
        found = self.town.db.read_now(reconcile_rows)
        assert not found, f"{found}\n" + "\n".join(self.story)


def people(joined: dict[tuple[int, str], int], after: Snapshot, last_entry: int) -> None:
    """Who stands where from now on."""
    here = {(number, row.requester_key) for number, row in after.tickets.items() if row.requester_key}
    for number, who in after.people.items():
        here |= {(number, key) for key, (role, _) in who.items() if role in ("requester", "cc")}
    for gone in joined.keys() - here:
        del joined[gone]
    for one in here - joined.keys():
        joined[one] = last_entry


# -- no act without its evidence


def agent_proven(letter: Letter, claimed: Claimed) -> bool:
    """Whether an agent really acts: by a login, by an answer to our mail from their own domain, or as it is vouched."""
    if letter.author not in AGENTS or letter.automatic:
        return False
    row = letter.answers
    replies = row is not None and row.recipient_key == letter.author
    return claimed.vouched is not None or letter.proof == LOGIN or (letter.proof == DOMAIN and replies)


def customer_proven(letter: Letter, claimed: Claimed) -> bool:
    """Their domain vouches for it, or it answers what was mailed to somebody outside."""
    row = letter.answers
    token = row is not None and row.role == "customer"
    return claimed.vouched is not None or letter.proof in (DOMAIN, LOGIN) or token


def done(letter: Letter, claimed: Claimed, before: Snapshot, after: Snapshot) -> None:
    """Each change of each ticket is one that this letter may make."""
    for number, new in after.tickets.items():
        old = before.tickets.get(number)
        if old is None:
            fresh(letter, claimed, number, after)
            continue
        changed = {name for name in FIELDS if getattr(old, name) != getattr(new, name)}
        was, now = before.people.get(number, {}), after.people.get(number, {})
        moved = {key for key in now if now[key][0] != was.get(key, ("",))[0]}
        wrong = changed | {f"{key} became {now[key][0]}" for key in moved}
        if agent_proven(letter, claimed):
            wrong -= by_agent(letter, claimed, old, new, changed, now, moved)
        elif not letter.automatic:
            wrong -= by_customer(letter, claimed, old, now, was, moved)
        elif letter.genuine_report:
            wrong -= {"status"}
        assert not wrong, f"D{claimed.id} ({letter.word}) changed TKT-{number}: {', '.join(sorted(wrong))}"


def by_agent(
    letter: Letter,
    claimed: Claimed,
    old: Any,
    new: Any,
    changed: set[str],
    now: dict[str, Any],
    moved: set[str],
) -> set[str]:
    """What an agent may change with these lines; a merge or another requester only upon their own confirmation."""
    told, undone = letter.commands, "undo" in letter.commands
    may = {"status", "assignee"}
    may |= {name for name in ("priority", "category") if name in told or undone}
    confirmed = claimed.vouched is not None and claimed.vouched.how == "confirmed"
    if confirmed:
        assert claimed.vouched is not None
        assert claimed.vouched.by == letter.author, f"D{claimed.id} was confirmed by {claimed.vouched.by}"
    if "requester" in told and confirmed:
        may.add("requester_key")
    proposed = old.linked_to is not None and old.linked_to == new.merged_into
    if "merge" in told and (confirmed or proposed):
        may.add("merged_into")
    if told & {"cc", "uncc", "same-person", "requester", "merge"} or letter.answers is None:
        may |= {f"{key} became {now[key][0]}" for key in moved}
    return may


def by_customer(
    letter: Letter, claimed: Claimed, old: Any, now: dict[str, Any], was: dict[str, Any], moved: set[str]
) -> set[str]:
    """Who stands on a ticket may reopen it and leave it; its requester may bring others, if their domain vouches."""
    role = "requester" if old.requester_key == letter.author else was.get(letter.author, ("",))[0]
    vouched = claimed.vouched is not None
    if role not in ("requester", "cc") and not vouched:
        return set()
    if not customer_proven(letter, claimed):
        return set()
    may = {"status"} | {f"{key} became named" for key in letter.others} | {f"{letter.author} became left"}
    if role == "requester" and (vouched or letter.proof == DOMAIN):
        may |= {f"{key} became cc" for key in letter.others}
    if vouched:  # somebody says that they belong here
        may |= {f"{letter.author} became {'cc' if letter.proof == DOMAIN else 'named'}"}
    return may


def fresh(letter: Letter, claimed: Claimed, number: int, after: Snapshot) -> None:
    """A new ticket is its writer's; others stand on it only where their domain, or an agent, put them there."""
    row = after.tickets[number]
    joined = {key for key, (role, _) in after.people.get(number, {}).items() if role in ("requester", "cc")}
    proven = claimed.vouched is not None or letter.proof in (DOMAIN, LOGIN)
    ours = letter.author in AGENTS and proven
    if "for" in letter.commands and ours:
        return
    assert ours or row.requester_key == letter.author, f"D{claimed.id} opened TKT-{number} for {row.requester}"
    assert not joined or (proven and joined <= set(letter.others)), f"D{claimed.id} put {joined} on TKT-{number}"
    assert not joined or not letter.automatic, f"D{claimed.id}, a machine's, put {joined} on TKT-{number}"


def by_itself(before: Snapshot, after: Snapshot) -> None:
    """Time closes tickets, and that is all that it does."""
    for number, old in before.tickets.items():
        new = after.tickets[number]
        changed = {name for name in FIELDS if getattr(old, name) != getattr(new, name)} - {"status"}
        assert not changed, f"a timer changed TKT-{number}: {changed}"
        assert new.status in (old.status, "closed"), f"a timer made TKT-{number} {new.status}"
    assert before.people == after.people, "a timer changed who stands on a ticket"


# -- caps, outcomes, tokens


def known(letter: Letter | None) -> bool:
    """Whether something shows who wrote it: a domain, a login, or an answer to what was mailed to them."""
    if letter is None:
        return False
    row = letter.answers
    return letter.proof != NOTHING or (row is not None and row.recipient_key == letter.author)


def capped(town: Town, mails: list[Any], words: dict[bytes, Letter], *, robot: str) -> None:
    """No address has got more automatic mail within any window than the caps say, nor all together."""
    new = [row for row in mails if row.automatic and row.role == "customer"]
    if not new:
        return
    sent = town.rows(select(outbox).where(outbox.c.automatic, outbox.c.role == "customer"))
    for row in new:
        theirs = [one for one in sent if one.recipient_key == row.recipient_key]
        for name, window in WINDOWS.items():
            kind, last = name.partition("_")[0], [one for one in theirs if one.created_db > row.created_db - window]
            last = [one for one in last if kind != "ticket" or one.ticket == row.ticket]
            last = [one for one in last if kind != "opened" or one.notice == "opened"]
            assert len(last) <= CAPS[name], f"{len(last)} automatic mails to {row.recipient}, {name} is {CAPS[name]}"
        if row.recipient_key == robot:
            last = [one for one in theirs if one.created_db > row.created_db - timedelta(minutes=10)]
            last = [one for one in last if one.notice == "opened"]  # an agent's steering may send it others
            assert len(last) <= 2, f"{len(last)} automatic mails to a machine that answers each"
    recent = [one for one in sent if one.created_db > new[0].created_db - timedelta(minutes=10)]
    human = select(delivery).where(delivery.c.outcome.in_(("opened", "followed up", "act")))
    wrote = [one for one in town.rows(human) if one.received_db > new[0].created_db - timedelta(minutes=10)]
    people_wrote = [one for one in wrote if known(words.get(bytes(one.digest)))]
    earlier = len(recent) - len(new)
    over = earlier > CAPS["breaker_10min"] and earlier > CAPS["breaker_ratio"] * len(people_wrote)
    assert not over, f"{earlier} automatic mails for {len(people_wrote)} of people, and the breaker is closed"


def kept(town: Town, claimed: Claimed, letter: Letter, mails: list[Any]) -> None:
    """One outcome and one account; nothing by itself for a machine; nobody gets two mails of one event."""
    row = town.delivered(claimed.id)
    assert row.state == "done", f"D{claimed.id} is {row.state}"
    assert row.outcome in set(Outcome) - {"failed"}, f"D{claimed.id} is {row.outcome}: {row.reason}"
    name = f"delivery:{claimed.id}" + (":again" if claimed.vouched is not None else "")
    accounts = town.rows(select(decision.c.outcome).where(decision.c.event == name))
    assert [one.outcome for one in accounts] == [row.outcome], f"D{claimed.id}: {accounts}"
    assert (row.ticket is not None) or row.outcome not in ("opened", "followed up"), f"D{claimed.id} has no ticket"
    kinds = town.rows(select(entry.c.kind).where(entry.c.delivery == claimed.id, entry.c.kind.in_(WORDS)))
    assert len(kinds) == len(set(kinds)), f"the words of D{claimed.id} stand there twice: {kinds}"
    kept_back = town.db.read_now(lambda conn: kept_delivery(conn, claimed.id))
    assert kept_back is not None
    assert kept_back.raw == letter.raw
    if letter.automatic:
        told = [one.recipient for one in mails if one.role == "customer"]
        assert not told, f"a machine's mail D{claimed.id} was answered: {told}"
    made = [(one.event, one.recipient_key) for one in mails]
    assert len(made) == len(set(made)), f"one event sent somebody two mails: {made}"


def tokens(row: Any, raw: bytes, known: set[str], town: Town) -> None:
    """Each token in a mail is of the one whom it goes to; that of the envelope is the mail's own, or one of theirs."""
    mail = opened(row, raw).mail
    texts = [str(value) for _, value in mail.items()]
    texts += [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    for one in set(TOKEN.findall("\n".join([row.envelope_from, *texts]))):
        token = read_token(KEYS, one) or read_reference(KEYS, f"[tkt-ref {one}]")
        wrong = token is not None and token.person != person_hash(row.recipient_key)
        wrong |= any(read_once(KEYS, one, person) for person in known - {row.recipient_key})
        serial = read_envelope(KEYS, one)
        if serial is not None:
            owner = town.rows(select(outbox.c.recipient_key).where(outbox.c.serial == serial))
            wrong |= [found.recipient_key for found in owner] != [row.recipient_key]
        assert not wrong, f"M{row.id} ({row.notice}) to {row.recipient} holds a token of another person"
