"""The syntax of what follows MAIL FROM: and RCPT TO: (RFC 5321 section 4.1.2, RFC 6531). Pure and linear.

A path gives one clean mailbox without source route and control characters, or nothing. Parameters of extensions that
real senders use although we never offered them (DSN, AUTH) are read over; a stranger is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway import replies

_MAX_ADDRESS = 320
_ATOM = r'[^\s<>()\[\]\\,;:@"\x00-\x20\x7f]+'
_LOCAL = rf'(?:{_ATOM}|"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*")'
_DOMAIN = rf"(?:{_ATOM}|\[[A-Za-z0-9:.]+\])"
_MAILBOX = rf"{_LOCAL}@{_DOMAIN}"
_ROUTE = r"(?:@[^\s<>:]+:)?"
_PATH = re.compile(rf"(?:<{_ROUTE}(?P<path>{_MAILBOX}|)>|(?P<bare>{_MAILBOX}))(?P<parameters>(?: .*)?)")
_POSTMASTER = re.compile(r"<(?P<path>postmaster)>(?P<bare>)(?P<parameters>(?: .*)?)", re.IGNORECASE)

# extensions that nobody offered, whose parameters change nothing for an end point
_TOLERATED_MAIL = frozenset({"AUTH", "RET", "ENVID"})
_TOLERATED_RCPT = frozenset({"NOTIFY", "ORCPT"})


@dataclass(frozen=True, slots=True)
class Sender:
    """MAIL FROM: `address` is '' for `<>`; `size` is what was announced, 0 for nothing."""

    address: str
    size: int = 0


def read_mail(argument: str) -> Sender | replies.Reply:
    """The argument of MAIL, or the reply that refuses it."""
    found = _split(argument, "FROM:", _PATH)
    if found is None:
        return replies.BAD_SENDER if _has_keyword(argument, "FROM:") else replies.BAD_ARGUMENTS
    address, parameters = found
    wrong = _wrong_parameter(parameters, known=frozenset({"SIZE", "BODY", "SMTPUTF8"}), tolerated=_TOLERATED_MAIL)
    if wrong:
        return wrong
    if "BODY" in parameters and parameters["BODY"].upper() not in ("7BIT", "8BITMIME"):
        return replies.BAD_BODY
    size = parameters.get("SIZE", "0")
    if not re.fullmatch(r"[0-9]{1,20}", size) or parameters.get("SMTPUTF8"):
        return replies.BAD_ARGUMENTS
    if not address.isascii() and "SMTPUTF8" not in parameters:
        return replies.SMTPUTF8_NEEDED
    return Sender(address, int(size))


def read_rcpt(argument: str) -> tuple[str] | replies.Reply:
    """The one mailbox of RCPT, or the reply that refuses it."""
    found = _split(argument, "TO:", _PATH) or _split(argument, "TO:", _POSTMASTER)
    if found is None or not found[0]:
        return replies.BAD_RECIPIENT if _has_keyword(argument, "TO:") else replies.BAD_ARGUMENTS
    address, parameters = found
    return _wrong_parameter(parameters, known=frozenset(), tolerated=_TOLERATED_RCPT) or (address,)


def _split(argument: str, keyword: str, grammar: re.Pattern[str]) -> tuple[str, dict[str, str]] | None:
    if not _has_keyword(argument, keyword):
        return None
    match = grammar.fullmatch(argument[len(keyword) :].strip(" "))
    if match is None:
        return None
    address = match["path"] or match["bare"] or ""
    if len(address) > _MAX_ADDRESS:
        return None
    pairs = (word.partition("=") for word in match["parameters"].split())
    return address, {name.upper(): value for name, _, value in pairs}


def _has_keyword(argument: str, keyword: str) -> bool:
    return argument[: len(keyword)].upper() == keyword


def _wrong_parameter(
    parameters: dict[str, str], *, known: frozenset[str], tolerated: frozenset[str]
) -> replies.Reply | None:
    return None if parameters.keys() <= known | tolerated else replies.UNKNOWN_PARAMETER
