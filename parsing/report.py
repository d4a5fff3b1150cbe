"""Delivery reports: whom they name, what became of the mail, why, and which of our mails it was.

First the machine-readable part is read (report_fields.py: RFC 3464, 6533); where there is none, or it says too little,
the words for people are (report_prose.py). Receipts (RFC 8098) and complaints (RFC 5965) are read into the same noun.
What a report says is a hint: that it is about a mail of ours, only a token of ours in it proves (evidence.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsing.charsets import decode_bytes
from parsing.headers import Fields, addresses, first_id, ids, split
from parsing.limits import Limits
from parsing.mailboxes import address_list
from parsing.message import Report
from parsing.report_codes import REPLIES, reason_of, status_of
from parsing.report_fields import Group, address, groups_in, groups_of, plain, typed, word
from parsing.report_prose import Prose, copied_id, read_prose, reply_in, whole_address
from parsing.report_vendors import LIST_SERVERS, MAILERS, OPENINGS, REFUSALS, ROBOTS, SUBJECTS
from parsing.report_words import telling
from parsing.structure import Part
from parsing.words import decode_words

STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_READ_TYPES = (*STATUS_TYPES, "message/disposition-notification", "message/global-disposition-notification")
_COMPLAINT = "message/feedback-report"
_ORIGINAL_TYPES = (
    *("message/rfc822", "message/global", "message/partial", "message/rfc822-headers", "message/global-headers"),
    *("text/rfc822-headers", "text/rfc822"),
)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
_CODES = re.compile(r"(?<![\d.v])([45]\.[0-7]\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\w.:/-])([45]\d\d)(?=[ -]|$)")
_MOST = Limits()


def report_mark(fields: Fields, text: str = "") -> tuple[float, str] | None:
    """How surely a mail is a delivery report, and by which mark, by header and first words; None: it is none."""
    kind = report_type(fields)
    if kind in ("delivery-status", "global-delivery-status"):
        return 1.0, "a delivery report (RFC 3464)"
    if kind == "disposition-notification" and "(rejected)" in fields.text("auto-submitted").lower():
        return 0.9, "a refusal by the recipient's own filter (RFC 5429)"
    if kind and kind != "unknown":
        return None
    author = decode_words(fields.text("from"), 500)
    if fields.text("x-failed-recipients"):
        return 0.9, "the field X-Failed-Recipients"
    if MAILERS.search(author):
        return 0.9, "a mailer's own address"
    null = fields.text("return-path").replace(" ", "") in ("<>", "<MAILER-DAEMON>")
    if null and author.lower().lstrip('<" ').startswith("postmaster"):
        return 0.8, "a null sender and a postmaster's address"
    subject = decode_words(fields.text("subject"), 200)
    if any(name in fields.by_name for name in LIST_SERVERS) and REFUSALS.match(subject):
        return 0.8, "a list server's refusal"
    if SUBJECTS.match(subject) is None:
        return None
    if null or ROBOTS.search(author) or "x-ms-embedded-report" in fields.by_name or not author:
        return 0.9, "a subject of delivery reports, and no person's address"
    if OPENINGS.match(text[:200].lstrip()):
        return 0.7, "a subject and first words of delivery reports"
    return None


def report_type(fields: Fields) -> str:
    """The report-type of a multipart/report in lower case (RFC 6522), "" for any other mail."""
    value = fields.text("content-type").lower()
    if not value.startswith("multipart/report"):
        return ""
    found = re.search(r'report-type\s*=\s*"?([a-z0-9-]{1,60})', value[:4096])
    return found.group(1) if found else "unknown"


def read_reports(fields: Fields, text: str, parts: Sequence[Part], limits: Limits) -> tuple[Report, ...]:
    """One Report for each recipient that a report, a receipt or a complaint names, at most `limits.reports`.

    `text` is the readable text of the mail, `parts` are its parts, none when it has no structure.
    """
    groups = _groups(text, parts, limits)
    original = original_message_id(parts, limits)
    if groups and "disposition" in groups[0]:
        refused = report_mark(fields) is not None
        return tuple(_receipt(group, original, text if refused else "") for group in groups)
    if groups and "feedback-type" in groups[0]:
        return tuple(_complaint(group, original) for group in groups)
    subject = decode_words(fields.text("subject"), 200)
    to = address_list(", ".join(fields.text(name)[:500] for name in ("to", "delivered-to")), most=5)
    failed = address_list(", ".join(fields.text("x-failed-recipients")[:20_000].split()), most=limits.reports)
    written = _written_to(parts, limits)
    prose = read_prose(
        subject,
        text,
        failed=tuple(one.address for one in failed),
        own=frozenset(one.key for one in to),
        written=written,
        most=limits.reports,
    )
    original = original or copied_id(prose.copy) or copied_id(text) or _answered(fields)
    if not groups and not prose.said:
        groups, inner = _passed_on(parts, limits)
        original = inner or original
    if not prose.said and len(written) == 1:  # the last resort of a report that names nobody
        prose = replace(prose, said={written[0]: prose.around})
    named = [group for group in groups if _recipient(group)]
    if named:
        found = (_standard(group, prose, original, place) for place, group in enumerate(named))
        return tuple(replace(one, recipient=whole_address(one.recipient, written)) for one in found)
    action = word(groups[0], "action") if groups else prose.action
    said = prose.said or {"": prose.around}
    return tuple(_told(name, words, prose, action, original, subject) for name, words in said.items())


def original_message_id(parts: Sequence[Part], limits: Limits) -> str:
    """The Message-ID in the copy, or the header of the copy, of the mail that the report is about, as `<…>`."""
    copies = (_copied(part, limits) for part in parts if part.type in _ORIGINAL_TYPES)
    return next((found for copy in copies if (found := first_id(copy.text("message-id")))), "")


def _answered(fields: Fields) -> str:
    """What the report answers: servers that keep no copy say at least that."""
    return first_id(fields.text("in-reply-to")) or next(reversed(ids(fields.text("references")[:8192])), "")


def _copied(part: Part, limits: Limits) -> Fields:
    """The header of the copy in a part, whether it is a message or a header alone."""
    return split(part.content[: limits.header_block].lstrip(), limits)


def _written_to(parts: Sequence[Part], limits: Limits) -> tuple[str, ...]:
    """Whom the original was written to, as its copy says."""
    copy = next((part for part in parts if part.type in _ORIGINAL_TYPES), None)
    return (
        tuple(one.address for one in addresses(_copied(copy, limits), "to", "cc", most=limits.reports)) if copy else ()
    )


def _groups(text: str, parts: Sequence[Part], limits: Limits) -> list[Group]:
    part = next((part for part in parts if part.type in _READ_TYPES or part.type == _COMPLAINT), None)
    found = groups_of(part.content, limits.reports) if part is not None else []
    return found or groups_in(text, limits.reports)


def _passed_on(parts: Sequence[Part], limits: Limits) -> tuple[list[Group], str]:
    """The groups of a report that another gateway has put into a report of its own, and the id in its copy."""
    for part in parts:
        if part.type == "message/rfc822":
            text = decode_bytes(part.content[: 2**18])[0]
            if (groups := groups_in(text, limits.reports)) and report_type(split(text.encode()[:8192], limits)):
                return groups, copied_id(text[text.lower().rfind("-recipient:") :])
    return [], ""


def _recipient(group: Group) -> str:
    """The address that the report is about: the final one, unless it is none and another one is."""
    names = [address(group, name) for name in ("final-recipient", "original-recipient", "x-actual-recipient")]
    return next((name for name in names if name.rfind("@") > 0), next(filter(None, names), ""))


def _standard(group: Group, prose: Prose, original: str, place: int) -> Report:
    """A recipient of RFC 3464; what its group leaves open, the words for people tell."""
    recipient = _recipient(group)
    names = list(prose.said)
    if recipient.rfind("@") < 1 and place < len(names):  # a file, a program or half an address
        recipient = names[place]
    comment = plain(group, "status").partition("(")[2].rstrip(") ")
    diagnostic = typed(group, "diagnostic-code") or comment
    words = next((said for name, said in prose.said.items() if name.lower() == recipient.lower()), prose.around)
    code = _STATUS.search(plain(group, "status"))
    action = word(group, "action") or _action_of(code.group() if code else "") or prose.action
    status = choose_status(code.group() if code else "", diagnostic, words)
    reason = reason_of(status, reply_in(diagnostic), diagnostic, words)
    return Report(
        recipient=recipient[:320],
        status=status or _inferred(reason, diagnostic or words, action),
        action=action,
        diagnostic=(diagnostic or _telling(words) or words)[: _MOST.diagnostic],
        original_message_id=original,
        reason=reason,
        original_recipient=address(group, "original-recipient"),
        remote=typed(group, "remote-mta").split(" ")[0][:255],
        retry_until=plain(group, "will-retry-until")[:100],
    )


def _action_of(status: str) -> str:
    return {"2": "delivered", "4": "delayed", "5": "failed"}.get(status[:1], "")


def _told(name: str, words: str, prose: Prose, action: str, original: str, subject: str) -> Report:
    """A recipient of which only words tell."""
    status = choose_status("", words, prose.around)
    reply = reply_in(words)
    reason = reason_of(status, reply or words, prose.around, subject)
    return Report(
        recipient=name[:320],
        status=status or _inferred(reason, reply, action),
        action=action,
        diagnostic=(reply or _telling(words) or _telling(prose.around) or words or prose.around)[: _MOST.diagnostic],
        original_message_id=original,
        reason=reason,
    )


def _telling(words: str) -> str:
    """What of the words to show: the other server's reply, else the piece that tells the reason."""
    found = telling(words)
    return reply_in(words) or (found[1] if found is not None else "")


def _receipt(group: Group, original: str, refusal: str) -> Report:
    """A message disposition notification: the action is what the reader did (RFC 8098 section 3.2.6).

    Filters refuse mail by one, too: then `refusal` is what they say (RFC 5429 section 2.2.1).
    """
    said = _telling(refusal) or refusal
    reason = reason_of("", refusal) or "not_wanted"
    return Report(
        recipient=_recipient(group),
        status=status_of(reason, passing=False) if refusal else "",
        action="failed" if refusal else plain(group, "disposition").rpartition(";")[2].strip().lower()[:40],
        diagnostic=(" ".join(said.split()) or plain(group, "disposition"))[: _MOST.diagnostic],
        original_message_id=first_id(group.get("original-message-id", "")) or original,
        reason=reason if refusal else "",
    )


def _complaint(group: Group, original: str) -> Report:
    """An abuse report: somebody pressed "this is spam" on a mail of ours (RFC 5965)."""
    recipient = address(group, "original-rcpt-to") or _recipient(group)
    return Report(recipient, "", "complained", plain(group, "feedback-type")[: _MOST.diagnostic], original)


def choose_status(field: str, diagnostic: str, words: str) -> str:
    """The most exact status of those that stand in a report, "" when none does.

    The nearer to the refusal, the truer: a code in the other server's reply wins over a Status that only sums up
    (5.0.0, 4.4.7 after days of trying, the 5.1.1 that some write for every refused recipient), and loses to an exact
    one. The words for people are asked only when both say nothing.
    """
    best = field
    for text, enough in ((diagnostic, 3), (words, 1)):
        if _exact(best) >= enough:
            break
        found = [code for code in _CODES.findall(text[: _MOST.report_words]) if not field or code[0] == field[0]]
        best = max([best, *found], key=_exact)
    return best


def _exact(status: str) -> int:
    """How much a status tells: 0 nothing, 1 what had to be summed up, 2 what is often a guess, 3 the thing itself."""
    if not status:
        return -1
    subject, _, detail = status[2:].partition(".")
    if subject == "0":
        return 0
    if detail == "0" or subject == "5" or f"{subject}.{detail}" in ("4.7",):
        return 1
    return 2 if status == "5.1.1" else 3


def _inferred(reason: str, reply: str, action: str) -> str:
    """A status where the mail has none: by the reason, else by what the three digits mean; "" when nothing tells."""
    found = _REPLY.search(reply[: _MOST.report_words])
    digits = found.group(1) if found else ""
    passing = action == "delayed" or (digits[:1] == "4" and reason not in ("unknown_user", "unknown_domain"))
    if action in ("delivered", "relayed", "expanded"):
        return "2.0.0"
    if not reason and not digits and action not in ("failed", "delayed"):
        return ""
    return status_of(reason or REPLIES.get(digits, ""), passing=passing)
