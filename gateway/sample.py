"""`tkt send-sample`: one mail over real SMTP to the running gateway, as a customer would send it, or as an agent.

An agent logs in over TLS, as their mail program does: the From line of a mail proves nothing.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from gateway.config import Config
from gateway.desks import load_policies
from parsing.message import Permanent

CUSTOMER = "customer@example.com"
WORDS = """Hello,

since this morning I can not log in: the page says "unknown user" although the
address is right. Could you have a look?

Anna Nowak
"""
SECONDS = 30


def send(config: Config, *, sender: str, to: str | None, subject: str, text: str, password: str | None = None) -> str:
    """Send it, logged in as the sender where there is a password; returns a line for people.

    Raises `Permanent` when nobody listens, or the login or the mail is refused.
    """
    if config.smtp is None or not config.smtp.listen:
        raise Permanent("this gateway has no [smtp] listener")
    address = to or next(iter(load_policies(config).values())).address.address
    host, _, port = config.smtp.listen[0].rpartition(":")
    mail = _mail(sender, address, subject, text)
    try:
        with smtplib.SMTP(host, int(port), timeout=SECONDS) as client:
            if password is not None:
                client.starttls(context=trusting(config.certificate))
                client.login(sender, password)
            client.send_message(mail, from_addr=sender, to_addrs=[address])
    except ConnectionRefusedError:
        raise Permanent(f"nobody listens on {host}:{port}; start the gateway with `tkt run` first") from None
    except smtplib.SMTPNotSupportedError:
        raise Permanent(f"nobody can log in yet: `tkt passwd {sender}` sets a password") from None
    except smtplib.SMTPAuthenticationError:
        raise Permanent(f"{sender} can not log in with that password; `tkt passwd {sender}` sets one") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Permanent(f"{host}:{port} did not take the mail: {error}") from None
    return f"{address} took the mail from {sender}. See what became of it:  tkt tickets   tkt show TKT-00001"


def _mail(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Anna Nowak <{sender}>" if sender == CUSTOMER else sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "example.com")
    mail.set_content(text or WORDS)
    return mail


def trusting(certificate: Path) -> ssl.SSLContext:
    """TLS with whoever has this very certificate, whatever name stands in it: it is our own listener."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # its own end is enough, with or without who signed it
    context.load_verify_locations(certificate)
    return context
