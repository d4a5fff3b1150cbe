"""What a mail server's refusal means, in plain words, and what to do about it: for an agent who knows no SMTP.

Pure. Why a mail was refused is told by parsing/report_codes.py, by its status (RFC 3463, and the registry that RFC 5248
began) and by the server's own words; here stand the sentences. Never a quotation of the server: who shows these words
shows its reply beside them.
"""

from __future__ import annotations

import re

from parsing.report_codes import CODES, REPLIES, reason_of

ENHANCED = re.compile(r"(?<![\d.])[245]\.(\d{1,3}\.\d{1,3})(?![\d.])")
BASIC = re.compile(r"\s*([245]\d\d)(?!\d)")
REPLY_LENGTH = 2000  # of a hostile server's reply no more is looked at

OTHER_WAY = "Ask the customer in another way for an address that works."
OURS = "Nobody at the desk can mend this: tell whoever runs our mail server."
THEIRS = "Only whoever runs the other server can mend this: tell the customer in another way."
WAIT = "Wait a day; if it comes again, try another way."
SHORTER = "Send less: a link in the place of the attachment, or several smaller mails."
TRY_AGAIN = "Send it once more; if it comes again, tell whoever runs our mail server."

# reason → the sentence and the advice; the reasons are those of parsing/report_codes.py
REASONS = {
    "unknown_user": ("There is no such mailbox.", f"Look for a typing error in the address. {OTHER_WAY}"),
    "unknown_domain": (
        "There is no mail server for this domain.",
        f"Look for a typing error behind the @ of the address. {OTHER_WAY}",
    ),
    "bad_address": (
        "The address is not written as an address should be.",
        f"Look for a blank, a comma or a letter too many in the address. {OTHER_WAY}",
    ),
    "ambiguous": ("The address belongs to more than one mailbox.", OTHER_WAY),
    "moved": ("The mailbox has moved and left no new address.", OTHER_WAY),
    "address": ("The other server does not accept the address.", f"Look for a typing error in it. {OTHER_WAY}"),
    "takes_no_mail": ("The domain says that it takes no mail at all.", OTHER_WAY),
    "disabled": ("The mailbox is switched off.", OTHER_WAY),
    "full": ("The mailbox is full.", "Only the customer can make room: try another way, or once more in some days."),
    "mailbox": ("Something is wrong with the mailbox.", OTHER_WAY),
    "list": (
        "The mailing list behind the address does not take this mail.",
        "Write to one person of it, or ask its owner for leave to write.",
    ),
    "too_large": ("The mail is larger than the other side takes.", SHORTER),
    "no_room": ("The other server has no room left.", WAIT),
    "not_accepting": ("The other server takes no mail now.", WAIT),
    "system": ("The other server has a problem of its own.", WAIT),
    "unreachable": ("The other server could not be reached.", f"Look at the domain of the address. {WAIT}"),
    "expired": (
        "The other server could not be reached for too long.",
        f"Look at the domain of the address. {OTHER_WAY}",
    ),
    "loop": ("The mail went round in a circle between servers.", THEIRS),
    "too_much": (
        "The other server thinks that too much mail comes at once.",
        f"{WAIT} If it comes often, tell whoever runs our mail server.",
    ),
    "greylisted": ("The other server takes mail from strangers only at a second try.", "Nothing: it is tried again."),
    "protocol": ("The servers did not understand one another.", OURS),
    "content": (
        "The other server could not handle the form of the mail.",
        "Send it once more as plain text without attachments; if it comes again, tell whoever runs our mail server.",
    ),
    "not_ascii": ("The other server does not take addresses with other than ASCII letters.", OTHER_WAY),
    "spam": (
        "The other server takes the mail for spam.",
        "Write it in other words, with fewer links; if it comes again, tell whoever runs our mail server.",
    ),
    "virus": (
        "The other server thinks that the mail holds something dangerous.",
        "Send it without attachments and links; if it comes again, tell whoever runs our mail server.",
    ),
    "blocked": ("The other server does not take mail from our server: it stands on a list.", OURS),
    "relaying": (
        "The server that was asked is not in charge of this address.",
        f"Look at the domain of the address. {THEIRS}",
    ),
    "not_wanted": ("The recipient does not take mail from us.", OTHER_WAY),
    "policy": ("The other server refused the mail by its own rules.", THEIRS),
    "tls": ("The servers could not agree on a safe connection.", OURS),
    "login": ("Our server was not let in: it did not log in as it should.", OURS),
    "unauthenticated": ("The other server could not verify that the mail is from us.", OURS),
    "no_name": ("The other server found no name for our server's network address.", OURS),
    "sender_refused": ("The other server does not accept our sender address.", OURS),
    "": ("The other server refused the mail.", TRY_AGAIN),
}
# a status that says more than its reason: by subject and detail, the class left out
FINER = {
    "1.7": "The other server does not like the form of our sender address.",
    "1.8": "The other server can not find the domain of our sender address.",
    "2.3": "The mail is larger than the mailbox takes.",
    "2.4": "The mailing list behind the address has a problem.",
    "3.4": "The mail is larger than the other server takes.",
    "4.2": "The connection to the other server broke off.",
    "4.3": "The domain's mail server could not be looked up.",
    "4.4": "There is no way to the domain's mail server.",
    "4.5": "The way to the other server is overcrowded.",
    "5.3": "The mail had too many recipients at once.",
    "6.1": "The other server does not take this form of mail.",
    "6.2": "The other server would have had to change the form of the mail, and may not.",
    "6.3": "The other server does not take this form of mail.",
    "7.3": "The other server may not pass on mail that is sealed like this.",
    "7.13": "The other server has switched off an account that was needed.",
    "7.17": "The mailbox belongs to somebody else by now.",
    "7.18": "The domain belongs to somebody else by now.",
    "7.20": "The other server could not verify our signature (DKIM).",
    "7.21": "The other server could not verify our signature (DKIM).",
    "7.22": "The other server could not verify our signature (DKIM).",
    "7.23": "The other server does not allow our server to send for our domain (SPF).",
    "7.24": "The other server could not look up who may send for our domain (SPF).",
    "7.26": "The other server could not verify that the mail is from us (DMARC).",
    "7.27": "The domain of our sender address takes no mail itself.",
    "7.28": "The other server thinks that too much mail comes from us.",
    "7.29": "The other server could not verify a mail that was passed on (ARC).",
    "7.30": "The mail must go over safe connections only, and there was none.",
}


def plain_words(status: str, reply: str, reason: str = "") -> str:
    """One or two sentences. `status` is the enhanced code or empty (then `reply` is searched for one); never raises.

    `reason` is what a report tells besides. A reply that begins with 4 is told as a refusal for now.
    """
    code, why = _why(status, reply, reason)
    told = FINER.get(code, "") if CODES.get(code) == why else ""
    words = told or REASONS[why][0]
    return f"{words} This may pass." if _class(status, reply) == "4" else words


def advice(status: str, reply: str, reason: str = "") -> str:
    """What to do about it: a sentence or two, of the same grounds as `plain_words`."""
    return REASONS[_why(status, reply, reason)[1]][1]


def reason_for(status: str, reply: str, reason: str = "") -> str:
    """The word of parsing/report_words.py for it, "" when nothing tells."""
    return _why(status, reply, reason)[1]


def _why(status: str, reply: str, reason: str) -> tuple[str, str]:
    """The subject.detail that is known, and the reason."""
    reply = reply[:REPLY_LENGTH]
    found = ENHANCED.fullmatch(status) or ENHANCED.search(reply)
    code = found.group(1) if found is not None else ""
    known = reason_of(f"5.{code}" if code else "", reply)
    if CODES.get(code) or not reason:
        basic = BASIC.match(reply)
        return code, known or reason or (REPLIES.get(basic.group(1), "") if basic is not None else "")
    return code, reason if reason in REASONS else known


def _class(status: str, reply: str) -> str:
    """`4` for a refusal that may pass, `5` for one for good, "" when nothing tells."""
    basic = BASIC.match(reply[:REPLY_LENGTH])
    found = ENHANCED.search(reply[:REPLY_LENGTH])
    return status[:1] or (basic.group(1)[0] if basic is not None else found.group()[0] if found is not None else "")
