"""The mails that people, machines and forgers write, as bytes, and what is true of each: who really wrote it, and how.

Each has a word of its own that stands nowhere else, so that wherever its words turn up it is known whose they are.
"""

import email
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from typing import Any

from tests.anything.town import AGENTS, MX, SUPPORT

LOGIN, DOMAIN, NOTHING = "login", "domain", "nothing"
# how mail programs show what is answered below the answer; "bare" marks nothing at all
QUOTES = ("signs", "outlook", "bare", "none")


@dataclass(frozen=True)
class Letter:
    """A mail that somebody sent. `author` stands in From, `hand` wrote it, `proof` is what shows that they did.

    `answers` is the mail of ours (a row of the outbox) that it answers with its tokens, None for none.
    """

    word: str
    author: str
    hand: str
    proof: str
    raw: bytes
    sender: str
    to: tuple[str, ...]
    lines: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    automatic: bool = False
    answers: Any = None
    genuine_report: bool = False
    message_id: str = ""

    @property
    def user(self) -> str:
        return self.author if self.proof == LOGIN else ""

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.raw).digest()

    @property
    def commands(self) -> frozenset[str]:
        """The words of its # lines."""
        return frozenset(line.split()[0].lstrip("#") for line in self.lines)


@dataclass(frozen=True)
class Answered:
    """A mail as its reader sees it."""

    row: Any
    mail: EmailMessage

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


def opened(row: Any, raw: bytes) -> Answered:
    mail = email.message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return Answered(row, mail)


@dataclass
class Pen:
    """Makes letters; each gets the next word. Words are made of letters and a number."""

    count: int = 0
    letters: list[Letter] = field(default_factory=list)

    def write(
        self,
        text: str = "",
        *,
        author: str,
        hand: str = "",
        proof: str = NOTHING,
        now: datetime,
        subject: str = "",
        lines: tuple[str, ...] = (),
        others: tuple[str, ...] = (),
        answers: Answered | None = None,
        quote: str = "none",
        knows: tuple[str, ...] = (),
        to: str = "",
        token: bool = True,
        sender: str | None = None,
        file: bool = False,
        fields: tuple[str, ...] = (),
    ) -> Letter:
        """`answers` and `quote` make it a reply; `token` false: from a program that keeps no plus-address. `knows` are
        Message-IDs that its writer has heard of."""
        self.count += 1
        word = f"wq{self.count:05d}x"
        old = answers.mail if answers is not None else None
        reply_to = str(old["Reply-To"] or old["From"]) if old is not None and token else f"<{SUPPORT}>"
        known = [str(old["Message-ID"]).strip()] if old is not None else []
        known += knows
        to = to or reply_to.rpartition("<")[2].rstrip("> ")
        subject = subject or (str(old["Subject"]) if old is not None else f"A question sq{self.count:05d}x")
        message_id = f"<m{self.count}@{_domain(author)}>"
        head = _head(author, proof, to=to, others=others, subject=subject, known=known)
        head += [f"Date: {format_datetime(now)}", f"Message-ID: {message_id}"]
        words = f"{text} {word}".strip() if text != "alone" else ""
        body = "\n".join([*lines, *([words] if words else [])]) + (_quoted(answers, quote) if answers else "") + "\n"
        letter = Letter(
            word=word,
            author=author,
            hand=hand or author,
            proof=proof,
            raw=_whole([*head, *fields], body, word if file else ""),
            sender=author if sender is None else sender,
            to=(SUPPORT,) if SUPPORT in others else (to,),
            lines=lines,
            others=(*others, to) if SUPPORT in others else others,
            automatic=any(one.lower().startswith(("auto-submitted: auto", "precedence", "list-id")) for one in fields),
            answers=answers.row if answers is not None else None,
            message_id=message_id,
        )
        self.letters.append(letter)
        return letter


def _head(author: str, proof: str, *, to: str, others: tuple[str, ...], subject: str, known: list[str]) -> list[str]:
    result = "fail" if proof == NOTHING else "pass"
    head = [f"Authentication-Results: {MX}; dmarc={result} header.from={_domain(author)}"]
    head += [f"From: {AGENTS.get(author, author.partition('@')[0].title())} <{author}>", f"To: <{to}>"]
    head += [f"Cc: {', '.join(others)}"] if others else []
    head += [f"In-Reply-To: {known[-1]}", f"References: {' '.join(known)}"] if known else []
    return [*head, f"Subject: {subject}"]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _whole(head: list[str], body: str, file: str) -> bytes:
    plain = "Content-Type: text/plain; charset=utf-8"
    head = [*head, "MIME-Version: 1.0"]
    if file:
        parts = [f"{plain}\n\n{body}", f'{plain}\nContent-Disposition: attachment; filename="list.txt"\n\n{file}f\n']
        body = "".join(f"--border\n{part}\n" for part in parts) + "--border--\n"
        plain = 'Content-Type: multipart/mixed; boundary="border"'
    return "\n".join([*head, plain, "", body]).replace("\n", "\r\n").encode()


def _quoted(old: Answered, how: str) -> str:
    text, author = old.text, old.mail["From"]
    signs = "\n".join(f"> {line}" for line in text.splitlines())
    return {
        "signs": f"\n\nOn Fri, 6 Nov 2026 at 09:00, {author} wrote:\n{signs}\n",
        "outlook": f"\n\n-----Original Message-----\nFrom: {author}\nSent: Friday, November 6, 2026 9:00 AM\n"
        f"To: somebody\nSubject: {old.mail['Subject']}\n\n{text}\n",
        "bare": f"\n\n{text}\n",
        "none": "",
    }[how]


def bounce(pen: Pen, old: Answered, *, to: str, now: datetime) -> Letter:
    """A delivery report about a mail of ours (RFC 3464), to whatever address."""
    pen.count += 1
    word = f"wq{pen.count:05d}x"
    recipient = old.row.recipient
    head = [
        f"From: <mailer-daemon@{_domain(recipient)}>",
        f"To: <{to}>",
        "Subject: Undelivered Mail Returned to Sender",
    ]
    head += [f"Date: {format_datetime(now)}", f"Message-ID: <m{pen.count}@relay.example>", "MIME-Version: 1.0"]
    head += ['Content-Type: multipart/report; report-type=delivery-status; boundary="border"', ""]
    status = "Reporting-MTA: dns; relay.example\n\n"
    status += f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\n"
    status += "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
    parts = [
        f"Content-Type: text/plain\n\nIt did not arrive. {word}\n",
        f"Content-Type: message/delivery-status\n\n{status}",
    ]
    body = "".join(f"--border\n{part}\n" for part in parts) + "--border--\n"
    raw = ("\n".join(head) + "\n" + body).replace("\n", "\r\n").encode()
    genuine = to == old.row.envelope_from
    letter = Letter(
        word=word,
        author=f"mailer-daemon@{_domain(recipient)}",
        hand="relay" if genuine else "eve",
        proof=NOTHING,
        raw=raw,
        sender="",
        to=(to,),
        automatic=True,
        answers=old.row if genuine else None,
        genuine_report=genuine,
    )
    pen.letters.append(letter)
    return letter
