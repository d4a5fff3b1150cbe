"""Where mail programs say in HTML "here begins what I quote", or "here I sign": marked before the HTML becomes text.

The marks are characters that no text can hold (`clean_text` removes them): an opening one before and a closing one
after what is quoted or signed. Only what a program wraps around it by itself is believed; a signature's element that
people are known to type into (Apple Mail's, Outlook's for telephones) is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

QUOTE_OPEN = "\ufdd0"
QUOTE_CLOSE = "\ufdd1"
SIGN_OPEN = "\ufdd2"
SIGN_CLOSE = "\ufdd3"
MARKS = re.compile(f"[{QUOTE_OPEN}-{SIGN_CLOSE}]")

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})\b([^<>]*)>")
_NEAR = 8  # open elements in which the one that a closing tag means is looked for


@dataclass(frozen=True, slots=True)
class Mark:
    """An element that quotes or signs: its tags, and what stands in its attributes. `lasts`: to the end of the mail."""

    tags: str
    attributes: str
    lasts: bool = False
    signs: bool = False


_ELEMENTS = (
    # Apple Mail, Thunderbird, Roundcube, Fastmail, Airmail, eM Client and many more
    Mark("blockquote", r"\btype\s*=\s*[\"']?cite"),
    # Gmail, and those who write as it does: Superhuman, Mailspring, BlueMail, K-9; Inbox, Skiff
    Mark("blockquote div", r"\bgmail_quote|\bgmail_attr\b|data-skiff-mail|\bskiff_quote"),
    Mark("blockquote div", r"\bprotonmail_quote|\btutanota_quote|\bmissive_quote|\bfront-blockquote|\bcm_replymail"),
    Mark("blockquote div", r"\byahoo_quoted|\biosymail|\bzmail_extra\b|\bfreshdesk_quote|\bmailbird_quote"),
    Mark("div", r"\bmoz-cite-prefix\b"),
    # 163.com, 139.com, QQ
    Mark("blockquote div", r"\bid\s*=\s*[\"']?(?:isReplyContent|isForwardContent|origbody|reply139content|oriMsgHtml)"),
    # Spark, GMX and WEB.DE, Zimbra
    Mark("div", r"\bname\s*=\s*[\"']?(?:messageReplySection|quote\b)|__(?:QUOTED_TEXT|HEADERS)__"),
    # Mail.ru, Zoho, Rainloop, Nextcloud: a bar at the left
    Mark("blockquote", r"\bborder-left(?:-style)?\s*:[^;\"']{0,60}\bsolid"),
    # Outlook: on the web, the new one, on telephones, on the Mac, the old one; what follows has no element of its own
    Mark("div", r"\b(?:id|name)\s*=\s*[\"']?(?:m_-?\d{1,30})?(?:x_){0,5}(?:divRplyFwdMsg|appendonsend)", lasts=True),
    Mark("div", r"\bmail-editor-reference-message|\bms-outlook-mobile-reference-message", lasts=True),
    Mark("div", r"\bOutlookMessageHeader\b", lasts=True),
    Mark("div", r"\bborder-top:\s*solid\s+(?:#(?:E1E1E1|B5C4DF)|rgb\()|\bborder-top-color:\s*rgb\(229", lasts=True),
    Mark("div", r"\bborder-style:\s*solid\s+none\s+none", lasts=True),
    Mark("span", r"\bOLK_SRC_BODY_SECTION", lasts=True),
    Mark("a", r"\bname\s*=\s*[\"']?_MailOriginal", lasts=True),
    Mark("hr", r"\bid\s*=\s*[\"']?(?:stopSpelling|zwchr|replySplit)\b", lasts=True),
    Mark("div pre", r"\bgmail_signature\b|\bmoz-signature\b|\bprotonmail_signature_block\b", signs=True),
    Mark("div", r"\bmessageSignatureSection\b|\bfront-signature\b|\bzmail_signature|__SIG_POST__", signs=True),
)
_BY_TAG = {
    tag: [(re.compile(mark.attributes, re.I), mark) for mark in _ELEMENTS if tag in mark.tags.split()]
    for tag in {tag for mark in _ELEMENTS for tag in mark.tags.split()}
}
_VOID = ("hr",)


def mark_quotes(source: str) -> str:
    """The same HTML with the marks inside the elements that mail programs quote and sign with. Linear."""
    out: list[str] = []
    stack: list[tuple[str, str]] = []  # (tag, what to write where it is closed)
    end = 0
    for tag in TAG.finditer(source):
        name = tag.group(2).lower()
        if name not in _BY_TAG:
            continue
        if tag.group(1):
            out += [source[end : tag.start()], _closed(stack, name)]
            end = tag.start()
            continue
        mark = _opened(name, tag.group(3))
        if mark is not None:
            out += [source[end : tag.end()], SIGN_OPEN if mark.signs else QUOTE_OPEN]
            end = tag.end()
        if name not in _VOID and not tag.group(3).endswith("/"):
            lasting = mark is None or mark.lasts
            stack.append((name, "" if lasting else SIGN_CLOSE if mark and mark.signs else QUOTE_CLOSE))
    return "".join([*out, source[end:]])


def _opened(name: str, attributes: str) -> Mark | None:
    if "=" not in attributes:
        return None
    attributes = attributes[:2000]
    return next((mark for pattern, mark in _BY_TAG[name] if pattern.search(attributes)), None)


def _closed(stack: list[tuple[str, str]], name: str) -> str:
    """Takes the element that `</name>` closes off the stack; the closing marks of all that ends here."""
    for back in range(1, min(len(stack), _NEAR) + 1):
        if stack[-back][0] == name:
            closed = stack[-back:]
            del stack[-back:]
            return "".join(mark for _, mark in closed)
    return ""
