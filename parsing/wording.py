"""Kinds told by subject and words, for programs that write none of the marks of RFC 3834.

A person may write any one of these sentences. So each answer here needs marks of different sorts together, is less
sure than a mark in the header, and yields to what only a person does: a mail program's name, a question, a quotation.
"""

from __future__ import annotations

import re

from parsing import absence, marks
from parsing.automatic import AUTOMATIC, BY_STEM, STEMS
from parsing.message import Kind
from parsing.traits import Answer, Traits, is_answer, says

SUBJECT_ENOUGH, TEXT_ENOUGH = 3, 6
_SURELY_AWAY = 5
_LISTED = re.compile(r"^[ \t]{0,8}\S{1,14} ?[:：]", re.M)  # To: …
_NUMBER = re.compile(r"\d{3}")
_CODE = re.compile(r"https?://|\b\d{4,10}\b|\b[a-z0-9]{3,4}-[a-z0-9]{3,4}\b")
_DEVICE_WORDS = 3


def away(mail: Traits) -> Answer | None:
    """A vacation reply: what its subject begins with, and what its text says."""
    subject = _away_subject(mail)
    if not subject and not (mail.is_reply and not mail.client and not mail.quotes):
        return None
    person = 3 * bool(mail.client) + 4 * bool(mail.asks) + 3 * mail.quotes
    points = subject + mail.is_reply + _away_words(mail) - person
    if subject and points >= SUBJECT_ENOUGH:
        sure = 0.85 if points >= TEXT_ENOUGH else 0.7
        return Kind.AUTO_REPLY, sure, "a subject that vacation programs write"
    if not subject and points >= TEXT_ENOUGH and _to_anybody(mail):
        return Kind.AUTO_REPLY, 0.6, "an answer with a vacation program's words"
    return None


def _away_subject(mail: Traits) -> int:
    """0 to 3: how much the subject looks like a vacation program's."""
    subject = mail.subject.lstrip("[(<*- ")
    if subject.startswith("auto:"):
        return 2
    best = _begun(subject, absence.SUBJECTS, mail)
    if not best and mail.is_reply:
        best = min(2, _begun(subject, absence.NOUNS, mail))
    return best or 2 * (bool(says(subject, absence.NAMED_SUBJECTS)) and mail.named(subject))


def _begun(subject: str, starts: tuple[str, ...], mail: Traits) -> int:
    """The points of what stands behind one of these words, with which the subject begins."""
    if not subject.startswith(starts):
        return 0
    rests = (subject[len(start) :].lstrip(" .!") for start in starts if subject.startswith(start))
    return max(_ended(rest, mail) for rest in rests)


def _ended(rest: str, mail: Traits) -> int:
    """Programs put a colon or the like behind their words, and then the subject that they answer, or their owner."""
    if not rest:
        return 1
    if rest.startswith((":", "：", "]", ")", "-", "–", "/")) or is_answer(rest):
        return 3
    return 2 * (mail.is_reply and mail.named(rest))


def _away_words(mail: Traits) -> int:
    """The points of the language that says most."""
    return max(_points(mail.words, code) for code in absence.LANGUAGES) if mail.words else 0


def _points(words: str, code: str) -> int:
    language = absence.LANGUAGES[code]
    return (
        3 * bool(says(words, language.absent))
        + 2 * bool(says(words, language.later))
        + 2 * bool(says(words, language.kept))
        + 3 * bool(says(words, AUTOMATIC[code]))
        + bool(says(words, language.instead))
        + bool(says(words, language.thanks))
    )


def _to_anybody(mail: Traits) -> bool:
    """True for what is said to whoever writes: a person who is away answers the question and leaves this out."""
    return any(
        says(mail.words, phrases)
        for code, one in absence.LANGUAGES.items()
        for phrases in (one.thanks, one.kept, AUTOMATIC[code])
    )


def says_away(mail: Traits) -> bool:
    """True when a mail that is known to be automatic is a vacation reply, and no notice that quotes one."""
    return _away_subject(mail) > 0 or (mail.is_reply and _away_words(mail) >= _SURELY_AWAY)


def says_automatic(mail: Traits) -> str:
    """The phrase by which a text says itself that no person wrote it."""
    stems = (stem for stem in STEMS if stem in mail.words)
    return next((found for stem in stems if (found := says(mail.words, BY_STEM[stem]))), "")


def receipt(mail: Traits) -> Answer | None:
    """A read receipt in prose, as Outlook writes it where RFC 8098 is not asked for: it lists our mail's fields."""
    for start, text in marks.RECEIPTS:
        if mail.subject.startswith(start) and text in mail.words and len(_LISTED.findall(mail.new_words)) > 1:
            return Kind.AUTO_REPLY, 0.8, "a read receipt in prose"
    return None


def calendar_reply(mail: Traits) -> Answer | None:
    """Accepted or declined by a click (RFC 5546 section 3.2.3); with words of their own it is a person's mail."""
    if mail.calendar not in ("REPLY", "COUNTER", "DECLINECOUNTER"):
        return None
    by_program = bool(mail.word("auto-submitted"))
    if len(mail.words.split()) > _DEVICE_WORDS and not by_program:
        return Kind.HUMAN, 0.8, "a calendar reply with words of its own"
    return Kind.AUTO_REPLY, 0.9, f"a calendar reply (METHOD:{mail.calendar}, RFC 5546)"


def challenge(mail: Traits) -> Answer | None:
    """Challenge-response: it wants a click before anybody reads our mail."""
    field = next((name for name in marks.CHALLENGE_FIELDS if mail.fields.text(name)), "")
    if field:
        return Kind.AUTO_REPLY, 0.9, f"a challenge (the field {field})"
    if mail.client or mail.asks or not says(mail.words, marks.CHALLENGES):
        return None
    return Kind.AUTO_REPLY, 0.8, "a challenge: it asks for a confirmation before anybody reads our mail"


def acknowledged(mail: Traits) -> Answer | None:
    """The confirmation of another ticket system, or a text that says itself that it is automatic."""
    if mail.client or mail.asks or mail.quotes:
        return None
    subject, text = says(mail.subject, marks.ACKNOWLEDGED_SUBJECTS), says(mail.words, marks.ACKNOWLEDGED)
    if text and (subject or mail.is_reply) and _NUMBER.search(f"{mail.subject} {mail.words}"):
        return Kind.AUTO_REPLY, 0.7, "the words of a ticket system's confirmation"
    if mail.is_reply and (phrase := says_automatic(mail)):
        return Kind.AUTO_REPLY, 0.75, f'its text says so: "{phrase}"'
    return None


def alert(mail: Traits) -> Answer | None:
    """Monitoring, schedulers and build servers, by a subject that is theirs alone."""
    if mail.client or mail.is_reply:
        return None
    if marks.ALERTS.match(mail.subject) or (mail.local in marks.NOTIFYING and marks.STATES.match(mail.subject)):
        return Kind.MACHINE, 0.85, "a subject that monitoring and schedulers write"
    for subject, text in marks.ALERTS_AND_TEXT:
        if subject.match(mail.subject) and text in mail.words:
            return Kind.MACHINE, 0.8, "subject and text that monitoring writes"
    return None


def device(mail: Traits) -> Answer | None:
    """A printer, scanner or fax, unless somebody wrote words at its panel."""
    by_subject = marks.DEVICES.match(mail.subject)
    if mail.client or mail.is_reply or not (by_subject or marks.DEVICE_TEXT.match(mail.words)):
        return None
    lines = (line.strip().lower() for line in mail.new_words.splitlines())
    own = [line for line in lines if line and marks.DEVICE_LINES.match(line) is None]
    if sum(len(line.split()) for line in own) > _DEVICE_WORDS:
        return (Kind.HUMAN, 0.8, "a scanner's mail with a person's words") if by_subject else None
    return Kind.MACHINE, 0.85, f"a {'subject' if by_subject else 'text'} that scanners and faxes write"


def sign_up(mail: Traits) -> Answer | None:
    """Sign-up, verification and password mail of other services: whoever reads its code takes an account."""
    if mail.client or mail.quotes or not says(mail.subject, marks.SIGN_UP_SUBJECTS):
        return None
    disowned = says(mail.words, marks.SIGN_UP_DISOWNED) and _CODE.search(f"{mail.subject} {mail.words}")
    if disowned or marks.ROBOT.fullmatch(mail.local):
        return Kind.MACHINE, 0.9, "a sign-up or verification mail of another service"
    return None
