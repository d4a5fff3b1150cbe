"""The last look at a mail's very bytes, signed and ready for DATA: whatever went wrong before, this does not leave us.

Who composed a mail has cleaned what came from outside; here nobody is believed to have done so. Linear, and a few
microseconds for an ordinary mail.
"""

from __future__ import annotations

from templates import headers

END = b"\r\n"


def flaw(raw: bytes) -> str:
    """Why these bytes may not be sent, in words; "" when they may.

    One each of From, To, Date and Message-ID, no field that we do not write (Bcc!), a header in printable ASCII; no NUL
    nor bare CR or LF, and no line over 998 octets (RFC 5322 section 2.1.1).
    """
    head, blank, _ = raw.partition(END + END)
    if not blank:
        return "the mail has no body"
    wrong = headers.flaw(head)
    if wrong:
        return f"the header is not sound: {wrong}"
    if b"\0" in raw or not raw.count(END) == raw.count(b"\r") == raw.count(b"\n"):
        return "it holds a NUL, or a line end that is not CRLF"
    return "a line is longer than 998 octets" if has_long_line(raw) else ""


def has_long_line(raw: bytes) -> bool:
    """Whether a line has more octets than SMTP carries; from line to line in steps of a thousand octets."""
    at, most = 0, headers.LINE_OCTETS
    while len(raw) - at > most:
        end = raw.rfind(END, at, at + most + len(END))
        if end < 0:
            return True
        at = end + len(END)
    return False
