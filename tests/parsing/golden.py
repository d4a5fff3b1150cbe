"""Golden mails of our own, as the programs write them; every one is read with LF and with CRLF."""

from __future__ import annotations

from dataclasses import dataclass, field

HEAD = """\
Received: from mx.example.org (mx.example.org [192.0.2.3])
 by mail.desk.example (Postfix) with ESMTPS id 4F3gHk2Lz1
 for <support@desk.example>; Fri, 20 Nov 2026 10:00:01 +0000 (UTC)
From: Ann Example <ann@example.org>
To: Support <support@desk.example>
Subject: {subject}
Date: Fri, 20 Nov 2026 11:00:00 +0100
Message-ID: <one@example.org>
MIME-Version: 1.0
"""
PLAIN = HEAD + "Content-Type: text/plain; charset=utf-8\n\n"
HTML = HEAD + "Content-Type: text/html; charset=utf-8\n\n"


@dataclass(frozen=True)
class Golden:
    """A mail and what must be read from it; `new` is reply_text and `cut` cut_text, both stripped."""

    raw: bytes
    new: str
    cut: str = ""
    more: dict[str, object] = field(default_factory=dict)


def plain(body: str, subject: str = "Re: Printer") -> bytes:
    return (PLAIN.format(subject=subject) + body).encode()


def html(body: str, subject: str = "Re: Printer") -> bytes:
    return (HTML.format(subject=subject) + body).encode()


REPLIES = {
    "gmail": Golden(
        plain(
            "It works.\n\nOn Fri, Nov 20, 2026 at 10:00 AM Desk <support@desk.example>\nwrote:\n\n"
            "> Try again?\n>\n> Bob\n"
        ),
        "It works.",
        "On Fri, Nov 20, 2026 at 10:00 AM Desk <support@desk.example>\nwrote:\n\n> Try again?\n>\n> Bob",
    ),
    "apple": Golden(
        plain(
            "It works.\n\nSent from my iPhone\n\n"
            "> On 20 Nov 2026, at 10:00, Desk <support@desk.example> wrote:\n> \n> Hm?\n"
        ),
        "It works.",
        "Sent from my iPhone\n\n> On 20 Nov 2026, at 10:00, Desk <support@desk.example> wrote:\n> \n> Hm?",
    ),
    "thunderbird, German, answer below": Golden(
        plain("Am 20.11.26 um 10:00 schrieb Desk:\n> Geht es?\n\nJa.\n\n-- \nAnn\nBeispiel AG\n"),
        "Ja.",
        "Am 20.11.26 um 10:00 schrieb Desk:\n> Geht es?\n-- \nAnn\nBeispiel AG",
    ),
    "outlook": Golden(
        plain(
            "It works.\n\n________________________________\nFrom: Desk <support@desk.example>\n"
            "Sent: Friday, November 20, 2026 10:00\nTo: Ann Example\nSubject: Printer\n\nTry again?\n"
        ),
        "It works.",
        "________________________________\nFrom: Desk <support@desk.example>\n"
        "Sent: Friday, November 20, 2026 10:00\nTo: Ann Example\nSubject: Printer\n\nTry again?",
    ),
    "outlook, French": Golden(
        plain(
            "Merci.\n\nDe : Desk\nEnvoyé : vendredi 20 novembre 2026 10:00\nÀ : Ann\nObjet : Imprimante\n\nEncore ?\n"
        ),
        "Merci.",
        "De : Desk\nEnvoyé : vendredi 20 novembre 2026 10:00\nÀ : Ann\nObjet : Imprimante\n\nEncore ?",
    ),
    "original message": Golden(
        plain("No.\n\n-----Ursprüngliche Nachricht-----\nVon: Desk\nx\n"),
        "No.",
        "-----Ursprüngliche Nachricht-----\nVon: Desk\nx",
    ),
    "answers in between": Golden(
        plain(
            "Hi,\n\nOn 20 Nov 2026 at 10:00, Desk wrote:\n"
            "> Which model?\n\nX-200.\n\n> Which colour?\n\nRed.\n\n> Bob\n"
        ),
        "Hi,\n\n> Which model?\n\nX-200.\n\n> Which colour?\n\nRed.",
        "On 20 Nov 2026 at 10:00, Desk wrote:\n> Bob",
    ),
    "our marker": Golden(
        plain("Done.\n\n#ffe [TKT-private 42] below this line: staff only\nsecret\n\nan answer too low\n"),
        "Done.",
        "#ffe [TKT-private 42] below this line: staff only\nsecret\n\nan answer too low",
    ),
    "our marker, quoted": Golden(
        plain("Done.\n\nOn 20 Nov 2026 at 10:00, Desk wrote:\n> [tkt-private] keep\n> secret\n\nbelow\n"),
        "Done.",
        "On 20 Nov 2026 at 10:00, Desk wrote:\n> [tkt-private] keep\n> secret\n\nbelow",
    ),
    "prose that looks like it": Golden(
        plain("On Friday my boss wrote:\nthe printer burns.\n\nFrom: the cellar it came.\n"),
        "On Friday my boss wrote:\nthe printer burns.\n\nFrom: the cellar it came.",
    ),
    "gmail, HTML": Golden(
        html(
            '<div dir="ltr">It works.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
            "On Fri Desk wrote:"
            '<br></div><blockquote class="gmail_quote">Try again?</blockquote></div>\n'
        ),
        "It works.",
        "On Fri Desk wrote:\n> Try again?",
        {"html_only": True},
    ),
    "outlook, HTML": Golden(
        html(
            '<div>It works.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Desk<br>'
            "<b>Sent:</b> Friday</div><div>Try again?</div>\n"
        ),
        "It works.",
        "From: Desk\nSent: Friday\nTry again?",
        {"html_only": True},
    ),
    "apple, HTML, answer below": Golden(
        html('<div>Top.</div><blockquote type="cite"><div>Try again?</div></blockquote><div>Bottom.</div>\n'),
        "Top.\n\n\nBottom.",
        "> Try again?",
        {"html_only": True},
    ),
    "thunderbird, HTML": Golden(
        html(
            '<p>It works.</p><div class="moz-cite-prefix">On 20/11 Desk wrote:</div>'
            '<blockquote type="cite">Hm?</blockquote>'
        ),
        "It works.",
        "On 20/11 Desk wrote:\n> Hm?",
        {"html_only": True},
    ),
}

FORWARDS = {
    "gmail": plain(
        "---------- Forwarded message ---------\nFrom: Carl <carl@customer.example>\nDate: Fri, Nov 20, 2026\n"
        "Subject: Help\nTo: <bob@desk.example>\n\nHelp me.\n",
        "Fwd: Help",
    ),
    "apple": plain(
        "Begin forwarded message:\n\n> From: Carl <carl@customer.example>\n> Subject: Help\n> \n> Help me.\n", "Fwd: x"
    ),
    "thunderbird": plain(
        "-------- Weitergeleitete Nachricht --------\nBetreff: \tHelp\n"
        "Datum: \tFr\nVon: \tCarl <carl@customer.example>\n\nHelp.\n",
        "Fwd: Help",
    ),
    "outlook": plain(
        "FYI\n\nVon: Carl [mailto:carl@customer.example]\nGesendet: Freitag\nAn: Bob\nBetreff: Help\n\nHelp me.\n",
        "WG: Help",
    ),
    "as an attachment": (
        HEAD.format(subject="a customer") + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nsee below\n--b\n'
        "Content-Type: message/rfc822\n\nFrom: Carl <carl@customer.example>\nSubject: Help/me\n\nHelp me.\n--b--\n"
    ).encode(),
}

CHARSETS = {
    "utf-8": ("Grüße, 猫, 😀", "utf-8"),
    "iso-8859-1": ("Grüße", "latin-1"),
    "windows-1252": ("„Grüße“ – 5 €", "cp1252"),
    "iso-2022-jp": ("猫が好きです", "iso2022_jp"),
    "gb2312": ("你好", "gb18030"),
    "ks_c_5601-1987": ("안녕하세요", "cp949"),
    "koi8-r": ("Привет", "koi8-r"),
}

DSN = """\
Return-Path: <>
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
To: support+token@desk.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <dsn@mail.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Postfix-Queue-ID: 4F3gHk2Lz1

Final-Recipient: rfc822; ann@example.org
Original-Recipient: rfc822;ann@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ann@example.org>: Recipient address
    rejected: User unknown

Final-Recipient: rfc822; bea@example.org
Action: delayed
Status: 4.4.1

--b
Content-Type: {copy}

Message-ID: <ours@desk.example>
Subject: Re: [TKT-00042] Printer

{rest}
--b--
"""
