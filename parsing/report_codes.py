"""What a delivery status means: a status as a reason, a reason as a status, SMTP replies. Tables, and their use.

Statuses are those of RFC 3463 section 3 and of the registry that RFC 5248 began. A status that stands in a mail is the
truth; the words (report_words.py) refine one that says nothing (5.0.0, 5.7.1) and must do where there is none.
"""

from __future__ import annotations

import re

from parsing.limits import Limits
from parsing.report_words import words_reason

_MOST = Limits()

# subject.detail → reason; "" where the number alone tells nothing
CODES = {
    "1.0": "",
    "1.1": "unknown_user",
    "1.2": "unknown_domain",
    "1.3": "bad_address",
    "1.4": "ambiguous",
    "1.5": "",
    "1.6": "moved",
    "1.7": "sender_refused",
    "1.8": "sender_refused",
    "1.9": "protocol",
    "1.10": "takes_no_mail",
    "2.0": "",
    "2.1": "disabled",
    "2.2": "full",
    "2.3": "too_large",
    "2.4": "list",
    "3.0": "",
    "3.1": "no_room",
    "3.2": "not_accepting",
    "3.3": "protocol",
    "3.4": "too_large",
    "3.5": "system",
    "3.6": "system",
    "4.0": "",
    "4.1": "unreachable",
    "4.2": "unreachable",
    "4.3": "unreachable",
    "4.4": "unreachable",
    "4.5": "too_much",
    "4.6": "loop",
    "4.7": "expired",
    "5.0": "",
    "5.1": "protocol",
    "5.2": "protocol",
    "5.3": "too_much",
    "5.4": "protocol",
    "5.5": "protocol",
    "5.6": "protocol",
    "6.0": "",
    "6.1": "content",
    "6.2": "content",
    "6.3": "content",
    "6.4": "content",
    "6.5": "content",
    "6.6": "content",
    "6.7": "not_ascii",
    "6.8": "not_ascii",
    "6.9": "not_ascii",
    "6.10": "not_ascii",
    "7.0": "",
    "7.1": "",
    "7.2": "list",
    "7.3": "policy",
    "7.4": "tls",
    "7.5": "tls",
    "7.6": "tls",
    "7.7": "policy",
    "7.8": "login",
    "7.9": "login",
    "7.10": "tls",
    "7.11": "tls",
    "7.12": "login",
    "7.13": "disabled",
    "7.14": "policy",
    "7.15": "policy",
    "7.16": "too_large",
    "7.17": "moved",
    "7.18": "moved",
    "7.19": "moved",
    "7.20": "unauthenticated",
    "7.21": "unauthenticated",
    "7.22": "unauthenticated",
    "7.23": "unauthenticated",
    "7.24": "unauthenticated",
    "7.25": "no_name",
    "7.26": "unauthenticated",
    "7.27": "sender_refused",
    "7.28": "too_much",
    "7.29": "unauthenticated",
    "7.30": "tls",
}
# when the detail is unknown or tells nothing, and the words neither
SUBJECTS = {
    "1": "address",
    "2": "mailbox",
    "3": "system",
    "4": "unreachable",
    "5": "protocol",
    "6": "content",
    "7": "policy",
}
# reason → the subject.detail that stands for it where a mail has none
STATUS = {
    "unknown_user": "1.1",
    "unknown_domain": "1.2",
    "bad_address": "1.3",
    "ambiguous": "1.4",
    "moved": "1.6",
    "sender_refused": "1.8",
    "takes_no_mail": "1.10",
    "disabled": "2.1",
    "full": "2.2",
    "too_large": "3.4",
    "list": "2.4",
    "no_room": "3.1",
    "not_accepting": "3.2",
    "system": "3.0",
    "unreachable": "4.1",
    "too_much": "7.28",
    "loop": "4.6",
    "expired": "4.7",
    "protocol": "5.0",
    "content": "6.0",
    "not_ascii": "6.7",
    "spam": "7.0",
    "virus": "7.0",
    "blocked": "7.1",
    "relaying": "7.1",
    "not_wanted": "7.1",
    "policy": "7.0",
    "tls": "7.10",
    "login": "7.8",
    "unauthenticated": "7.26",
    "no_name": "7.25",
    "greylisted": "7.1",
    "address": "1.0",
    "mailbox": "2.0",
    "": "0.0",
}
# SMTP replies that mean one thing (RFC 5321 section 4.2, RFC 7504); 550, 553 and 554 mean anything
REPLIES = {
    "421": "unreachable",
    "452": "no_room",
    "521": "takes_no_mail",
    "523": "too_large",
    "535": "login",
    "541": "policy",
    "551": "moved",
    "552": "full",
    "553": "bad_address",
    "556": "takes_no_mail",
}
# codes that big houses use for something else, and the words that tell so
EXCEPTIONS = (
    # Microsoft 365: no such recipient, which RFC 7505 calls a domain that takes no mail
    (
        "1.10",
        re.compile(r"recip\w{0,5}notfound|not (?:be )?found|couldn't be found|user unknown|no such", re.I),
        "unknown_user",
    ),
    ("4.1", re.compile(r"recipient address rejected: access denied", re.I), "unknown_user"),  # Microsoft 365
    ("7.17", re.compile(r"no mailbox here", re.I), "unknown_user"),  # qmail's chkuser
    ("4.4", re.compile(r"(?:invalid|unknown|no such|non-?existent) ?domain|host not found", re.I), "unknown_domain"),
    ("2.1", re.compile(r"receiving mail (?:at a rate|too quickly)", re.I), "too_much"),  # Gmail
)


def reason_of(status: str, *said: str) -> str:
    """The reason for a status like `5.1.1` ("" when there is none) and a server's words, the nearest to the refusal
    first; "" when nothing tells one."""
    code = status[2:] if len(status) > 4 and status[1] == "." else ""
    for number, pattern, reason in EXCEPTIONS:
        if number == code and any(pattern.search(words[: _MOST.report_words]) for words in said):
            return reason
    told = (reason for words in said if (reason := words_reason(words)))
    return CODES.get(code) or next(told, "") or SUBJECTS.get(code.partition(".")[0], "")


def status_of(reason: str, *, passing: bool) -> str:
    """The enhanced status that stands for a reason; of class 4 when it may pass."""
    return f"{4 if passing else 5}.{STATUS[reason]}"
