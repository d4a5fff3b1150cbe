"""Every SMTP reply of ours, a named constant (RFC 5321 section 4.2, enhanced codes RFC 3463).

No reply repeats what the client or an exception said, and none tells how this house is configured: what went wrong
stands in the journal. A failure of ours is always 4xx. A constant holds no line end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Reply = str

# 2xx and 3xx
BYE = "221 2.0.0 Bye"
RUBBISH = "221 2.7.0 This is a mail server. Goodbye"
AUTHENTICATED = "235 2.7.0 Authentication successful"
OK = "250 2.0.0 OK"
SENDER_OK = "250 2.1.0 Sender OK"
RECIPIENT_OK = "250 2.1.5 Recipient OK"
QUEUED = "250 2.0.0 OK: queued"
VERIFY_NOT = "252 2.1.5 Cannot verify; send a message and see"
HELP = "214 2.0.0 RFC 5321"
TLS_READY = "220 2.0.0 Ready to start TLS"
GO_AHEAD = "354 End data with <CR><LF>.<CR><LF>"

# 4xx: it may work later
STOPPING = "421 4.3.2 Service is shutting down; try again"
TIMEOUT = "421 4.4.2 Timeout; closing the connection"
TOO_MANY_ERRORS = "421 4.7.0 Too many errors; closing the connection"
TOO_MANY_CONNECTIONS = "421 4.7.0 Too many connections; try again later"
NOT_OUR_SERVER = "421 4.7.0 Only our own mail server speaks here; try its SMTP"
TOO_MANY_MAILS = "421 4.7.0 Too many messages in one session; connect again"
LINE_WITHOUT_END = "421 4.5.2 Line too long; closing the connection"
FAILED = "451 4.3.0 Temporary failure; try again later"
NO_SPACE = "452 4.3.1 Insufficient storage; try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients; send the rest in another message"
AUTH_NOT_NOW = "454 4.7.0 Authentication is not possible now; try again later"

# 5xx: what the client did
COMMAND_TOO_LONG = "500 5.5.2 Command line too long"
LINE_END = "500 5.5.2 A line ends with CR LF and holds no other control character"
UNKNOWN_COMMAND = "502 5.5.1 Command not implemented"
BAD_ARGUMENTS = "501 5.5.4 Syntax error in the arguments"
BAD_CHARACTERS = "501 5.5.2 The arguments are not clean UTF-8 text"
BAD_BASE64 = "501 5.5.2 Not valid base64"
AUTH_ABORTED = "501 5.7.0 Authentication aborted"
BAD_BODY = "501 5.5.4 BODY is 7BIT or 8BITMIME"
SEND_HELLO = "503 5.5.1 Say EHLO first"
NESTED_MAIL = "503 5.5.1 The sender was already given"
NEED_MAIL = "503 5.5.1 Send MAIL first"
NEED_RCPT = "503 5.5.1 No valid recipient"
OUT_OF_PLACE = "503 5.5.1 Command out of place"
UNKNOWN_MECHANISM = "504 5.5.4 Mechanism not known; use PLAIN or LOGIN"
BAD_CREDENTIALS = "535 5.7.8 Authentication credentials invalid"
TLS_FIRST = "538 5.7.11 Encryption is needed for AUTH; use STARTTLS"
NO_SUCH_DESK = "550 5.1.1 No such address here"
BARE_LINE_END = "550 5.5.2 Bare CR or LF in the message; lines must end with CR LF"
LINE_TOO_LONG = "550 5.6.0 A line of the message is too long"
TOO_BIG = "552 5.3.4 Message too big"
BAD_SENDER = "553 5.1.7 Malformed sender address"
BAD_RECIPIENT = "553 5.1.3 Malformed recipient address"
SMTPUTF8_NEEDED = "553 5.6.7 A non-ASCII address needs SMTPUTF8"
LOOP = "554 5.4.6 Too many hops; this looks like a mail loop"
UNKNOWN_PARAMETER = "555 5.5.4 Parameter not known"

# what aiosmtpd says of itself, in our words
_LIBRARY = {
    "220 Ready to start TLS": TLS_READY,
    "501 5.7.0 Auth aborted": AUTH_ABORTED,
    "501 5.5.2 Can't decode base64": BAD_BASE64,
}
_QUEUE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def greeting(hostname: str, protocol: str) -> Reply:
    """The first line of a session."""
    return f"220 {hostname} {protocol}"


def together(several: Sequence[Reply]) -> Reply:
    """LMTP's replies to the dot, one for each recipient, in one breath (RFC 2033 section 4.2)."""
    return "\r\n".join(several)


def hello(hostname: str, extensions: Sequence[str] = ()) -> Reply:
    """The answer to HELO (no extensions) and EHLO."""
    *more, last = [hostname, *extensions]
    return "\r\n".join([*(f"250-{word}" for word in more), f"250 {last}"])


def queued(queue_id: str) -> Reply:
    """The message is ours now; `queue_id` is named when it is a plain word."""
    return f"{QUEUED} as {queue_id}" if _QUEUE_ID.fullmatch(queue_id) else QUEUED


def ours(text: str) -> Reply:
    """A reply of aiosmtpd in our words; one that nobody foresaw tells nothing but that it failed."""
    return _LIBRARY.get(text, FAILED)
