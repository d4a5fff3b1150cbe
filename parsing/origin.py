"""What kind of mail this is, how surely, and by which mark: the first answer of an ordered table.

The marks of RFC 3834, delivery reports, mailing lists (RFC 2369, 2919) and what is in use beside them. A mark can
only make a mail more automatic than it is: then nothing is answered, and nothing is lost. `own` needs keys and is
told by evidence.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from parsing.headers import Fields, sender
from parsing.message import Kind
from parsing.report import report_mark, report_type
from parsing.words import decode_words

Answer = tuple[Kind, float, str]

_NO_REPLY = re.compile(r"(?:no|do[-_.]?not|dont)[-_.]?reply|(?:auto|bounces?)[-_.+]", re.I)
# what vacation programs put in front of the subject
_AWAY = re.compile(
    r"(?:out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?reply|autoreply|auto:|"
    r"abwesenheitsnotiz|automatische antwort|"
    r"réponse automatique|absence du bureau|respuesta automática|resposta automática|risposta automatica|"
    r"automatisch antwoord|"
    r"afwezigheid|odpowiedź automatyczna|autosvar|frånvaro|automaattinen vastaus|automatická odpověď|"
    r"automatikus válasz|"
    r"автоответ|автоматический ответ|otomatik yanıt|自动回复|自動回覆|自動返信|자동 회신)",
    re.I,
)
_LIST_FIELDS = ("list-id", "list-post", "list-unsubscribe", "list-help", "list-subscribe", "mailing-list")
_ANSWERING_FIELDS = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-vacation", "x-mail-autoreply", "auto-reply")


def _word(fields: Fields, name: str) -> str:
    """The first word of a field, comments and parameters apart, in lower case."""
    return re.split(r"[;(\s]", fields.text(name).lower().lstrip(), maxsplit=1)[0][:60]


def _report(fields: Fields) -> Answer | None:
    kind = report_type(fields)
    if kind == "disposition-notification":
        return Kind.AUTO_REPLY, 1.0, "a receipt (RFC 8098)"
    return (Kind.MACHINE, 0.9, f"a report of type {kind}") if kind else None


def _auto_submitted(fields: Fields) -> Answer | None:
    value = _word(fields, "auto-submitted")
    if not value or value == "no":
        return None
    return (Kind.AUTO_REPLY if value == "auto-replied" else Kind.MACHINE), 1.0, f"Auto-Submitted: {value} (RFC 3834)"


def _null_sender(fields: Fields) -> Answer | None:
    if fields.text("return-path").replace(" ", "") != "<>":
        return None
    return Kind.AUTO_REPLY, 0.9, "a null sender (Return-Path: <>)"


def _answering(fields: Fields) -> Answer | None:
    for name in _ANSWERING_FIELDS:
        value = _word(fields, name)
        if value and value not in ("no", "false", "0"):
            return Kind.AUTO_REPLY, 0.9, f"the field {name}"
    if _word(fields, "precedence") in ("auto_reply", "auto-reply"):
        return Kind.AUTO_REPLY, 1.0, "Precedence: auto_reply"
    if _AWAY.match(decode_words(fields.text("subject"), 200)):
        return Kind.AUTO_REPLY, 0.8, "a subject that vacation programs write"
    return None


def _list(fields: Fields) -> Answer | None:
    name = next((name for name in _LIST_FIELDS if fields.text(name)), "")
    if name:
        return Kind.LIST, 0.9, f"the field {name} (RFC 2369)"
    return (Kind.LIST, 0.9, "Precedence: list") if _word(fields, "precedence") == "list" else None


def _bulk(fields: Fields) -> Answer | None:
    value = _word(fields, "precedence")
    if value in ("bulk", "junk"):
        return Kind.MACHINE, 0.9, f"Precedence: {value}"
    if {"all", "oof", "autoreply"} & set(re.split(r"[,\s]+", fields.text("x-auto-response-suppress").lower()[:200])):
        return Kind.MACHINE, 0.8, "X-Auto-Response-Suppress"
    return None


def _robot(fields: Fields) -> Answer | None:
    author = sender(fields)
    if author is None or _NO_REPLY.match(author.key.partition("@")[0]) is None:
        return None
    return Kind.MACHINE, 0.7, "an address that takes no answers"


TABLE: tuple[Callable[[Fields], Answer | None], ...] = (
    _report,
    _auto_submitted,
    _null_sender,
    _answering,
    _list,
    _bulk,
    _robot,
)


def kind_of(fields: Fields, text: str = "") -> Answer:
    """The kind of a mail by its header and first words, how sure that is (0 to 1), and why in plain words."""
    report = report_mark(fields, text)  # believed without proof; what it says of a mail of ours is not
    if report is not None:
        return Kind.BOUNCE, *report
    for question in TABLE:
        answer = question(fields)
        if answer is not None:
            return answer
    return Kind.HUMAN, 1.0, "no mark of automatic mail"
