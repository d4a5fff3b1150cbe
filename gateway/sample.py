"""`tkt send-sample`: one mail as a customer would send it, over real SMTP to the running gateway."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from gateway.config import Config
from gateway.desks import load_policies
from parsing.message import Permanent

WORDS = """Hello,

since this morning I can not log in: the page says "unknown user" although the
address is right. Could you have a look?

Anna Nowak
"""
SECONDS = 30


def send(config: Config, *, sender: str, to: str | None, subject: str, text: str) -> str:
    """Send it; returns a line for people. Raises `Permanent` when nobody listens or the mail is refused."""
    if config.smtp is None:
        raise Permanent("this gateway has no [smtp] listener")
    address = to or next(iter(load_policies(config).values())).address.address
    host, _, port = config.smtp.listen[0].rpartition(":")
    mail = EmailMessage()
    mail["From"] = f"Anna Nowak <{sender}>"
    mail["To"] = address
    mail["Subject"] = subject
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "example.com")
    mail.set_content(text or WORDS)
    try:
        with smtplib.SMTP(host, int(port), timeout=SECONDS) as client:
            client.send_message(mail, from_addr=sender, to_addrs=[address])
    except ConnectionRefusedError:
        raise Permanent(f"nobody listens on {host}:{port}; start the gateway with `tkt run` first") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Permanent(f"{host}:{port} did not take the mail: {error}") from None
    return f"{address} took the mail from {sender}. See what became of it:  tkt tickets   tkt show TKT-00001"
