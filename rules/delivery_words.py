"""What a mail server's refusal means, in plain words: for a ticket, and for an agent who knows no SMTP.

Pure. Codes are those of RFC 3463 section 3 and the registry that RFC 5248 began; where a server gives none, its three
digits and its own words must do. Never a quotation of the server: who shows these words shows its reply beside them.
"""

from __future__ import annotations

import re

ENHANCED = re.compile(r"(?<![\d.])[245]\.(\d{1,3}\.\d{1,3})(?![\d.])")
BASIC = re.compile(r"\s*([245]\d\d)(?!\d)")

# By subject and detail, the class left out.
WORDS = {
    "1.1": "There is no such mailbox.",
    "1.2": "There is no mail server for this domain.",
    "1.3": "The address is not written as an address should be.",
    "1.4": "The address belongs to more than one mailbox.",
    "1.6": "The mailbox has moved and left no new address.",
    "1.7": "The other server does not accept our sender address.",
    "1.8": "The other server can not find the domain of our sender address.",
    "1.10": "The domain says that it takes no mail at all.",
    "2.1": "The mailbox is switched off.",
    "2.2": "The mailbox is full.",
    "2.3": "The mail is larger than the mailbox takes.",
    "2.4": "The mailing list behind the address has a problem.",
    "3.1": "The other server has no room left.",
    "3.4": "The mail is larger than the other server takes.",
    "4.1": "The other server could not be reached.",
    "4.2": "The connection to the other server broke off.",
    "4.3": "The domain's mail server could not be looked up.",
    "4.4": "There is no way to the domain's mail server.",
    "4.6": "The mail went round in a circle between servers.",
    "4.7": "The other server could not be reached for too long.",
    "5.2": "The server did not understand our part of the conversation.",
    "6.0": "The other server could not read the form of the mail.",
    "6.1": "The other server does not take this form of mail.",
    "6.3": "The other server does not take this form of mail.",
    "6.7": "The other server does not take addresses with other than ASCII letters.",
    "7.0": "The other server refused the mail by its own rules.",
    "7.1": "The other server refused the mail by its own rules: it does not want mail from us for this address.",
    "7.20": "The other server could not verify our signature (DKIM).",
    "7.23": "The other server does not allow our server to send for our domain (SPF).",
    "7.25": "The other server found no name for our server's network address.",
    "7.26": "The other server could not verify that the mail is from us (DMARC).",
    "7.27": "The domain of our sender address takes no mail itself.",
    "7.28": "The other server thinks that too much mail comes from us.",
}
# By the second number, when the third is unknown.
SUBJECTS = {
    "1": "The other server does not accept the address.",
    "2": "Something is wrong with the mailbox.",
    "3": "The other server has a problem of its own.",
    "4": "The way to the other server is disturbed.",
    "5": "The server did not understand our part of the conversation.",
    "6": "The other server could not handle the form of the mail.",
    "7": "The other server refused the mail by its own rules.",
}
# What servers say who have no better code than 550; the first that occurs wins, so the exact come before the vague.
PHRASES = (
    (re.compile(r"mailbox (?:is )?full|over ?quota|quota exceeded|not enough (?:storage|space)", re.I), "2.2"),
    (re.compile(r"\b(?:spam|blacklist\w*|blocklist\w*|block list|reputation|spamhaus)\b", re.I), "7.0"),
    (re.compile(r"(?:too large|too big|size (?:limit )?exceed)", re.I), "3.4"),
    (re.compile(r"(?:account|mailbox) (?:is |has been )?(?:disabled|inactive|suspended)", re.I), "2.1"),
    (re.compile(r"(?:user|recipient|mailbox|address)\b.{0,80}\b(?:unknown|not found|not exist|invalid)", re.I), "1.1"),
    (re.compile(r"(?:no such|unknown|invalid) (?:user|recipient|mailbox|address|local)", re.I), "1.1"),
)
DIGITS = {
    "421": "4.2",
    "452": "3.1",
    "523": "3.4",
    "541": "7.0",
    "551": "1.6",
    "552": "2.2",
    "553": "1.3",
    "556": "1.10",
}
REPLY_LENGTH = 2000  # of a hostile server's reply no more is looked at


def plain_words(status: str, reply: str) -> str:
    """One or two sentences. `status` is the enhanced code or empty (then `reply` is searched for one); never raises.

    A reply that begins with 4 is told as a refusal for now.
    """
    reply = reply[:REPLY_LENGTH]
    found = ENHANCED.fullmatch(status) or ENHANCED.search(reply)
    basic = BASIC.match(reply)
    words = by_code(found.group(1) if found else "", reply) or by_reply(basic.group(1) if basic else "", reply)
    leading = status[:1] or (basic.group(1)[0] if basic else found.group()[0] if found else "")
    return f"{words} This may pass." if leading == "4" else words


def by_code(code: str, reply: str) -> str:
    """The words for `subject.detail`; empty for one that says nothing (x.0.0)."""
    if code in WORDS and not (code == "7.1" and phrase(reply) == "1.1"):
        return WORDS[code]
    subject = code.partition(".")[0]
    return WORDS[phrase(reply)] if phrase(reply) else SUBJECTS.get(subject, "")


def by_reply(digits: str, reply: str) -> str:
    """The words for a reply without a telling code."""
    code = phrase(reply) or DIGITS.get(digits, "")
    return WORDS[code] if code else "The other server refused the mail."


def phrase(reply: str) -> str:
    """The code that the server's own words stand for, or empty."""
    return next((code for pattern, code in PHRASES if pattern.search(reply)), "")
