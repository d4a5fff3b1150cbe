"""The mails of the bench: 3 KB as a customer's client and two hops make them, every sender another one.

A mail is known by its number alone: it stands in the sender's address, to which the confirmation comes back.
"""

import re

DESK = "support@desk.example.test"
AGENT = "agent@agents.example.test"
SIZE = 3000
CUSTOMER = re.compile(r"customer(\d+)@")

HEAD = """\
Return-Path: <{sender}>\r
Received: from mx{n}.people.example.test (mx{n}.people.example.test [198.51.100.7])\r
\tby relay.example.test (Postfix) with ESMTPS id 4B{n:08X}\r
\tfor <{desk}>; Fri, 20 Nov 2026 10:00:00 +0000 (UTC)\r
Received: from laptop.fritz.example (unknown [203.0.113.9])\r
\tby mx{n}.people.example.test (Postfix) with ESMTPSA id 7C{n:08X};\r
\tFri, 20 Nov 2026 09:59:58 +0000 (UTC)\r
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=people.example.test; s=s1;\r
\tt=1795168798; h=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r
\tb=dGhpcyBpcyBub3QgYSByZWFsIHNpZ25hdHVyZSBidXQgaXQgaXMgYXMgbG9uZyBhcyBvbmUgb2YgMTAyNCBiaXRzIHdvdWxkIGJl\r
From: "Customer No. {n}" <{sender}>\r
To: Support <{desk}>\r
Subject: The invoice for order {n} shows the wrong amount\r
Date: Fri, 20 Nov 2026 10:59:57 +0100\r
Message-ID: <{n:08x}.5f1c9a@people.example.test>\r
User-Agent: Mozilla Thunderbird\r
MIME-Version: 1.0\r
Content-Language: en-GB\r
Content-Type: text/plain; charset=UTF-8; format=flowed\r
Content-Transfer-Encoding: 8bit\r
\r
Hello,\r
\r
this is about order {n}. I was charged twice, once for what I bought and\r
once more for the same thing – the second line should not be there.\r
\r
"""
LINE = "I have looked at the invoice again and the sum on page {k} is not what we agreed on.\r\n"
TAIL = "\r\nKind regards,\r\nCustomer No. {n}\r\n\r\n-- \r\nExample Ltd., 12 Some Street, Someplace\r\n"


def sender(number: int) -> str:
    """Who wrote the mail of this number."""
    return f"customer{number}@people.example.test"


def number_of(address: str) -> int | None:
    """The number of the mail that this customer wrote; None for anybody else."""
    found = CUSTOMER.match(address)
    return int(found[1]) if found else None


def mail(number: int) -> bytes:
    """The mail of this number, lines ended by CRLF, no line beginning with a dot."""
    head = HEAD.format(n=number, sender=sender(number), desk=DESK)
    tail = TAIL.format(n=number)
    count = (SIZE - len(head) - len(tail)) // len(LINE) + 1
    return (head + "".join(LINE.format(k=k) for k in range(count)) + tail).encode()
