"""A delivery report that is written for people only: whom it names, what was said of each, what came of it.

The forms of its lines are data (report_vendors.py). Read are the lines above the copy of the original, at most
`limits.report_lines` of them; each is looked at once for each form. What cannot be told stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from parsing.headers import first_id
from parsing.limits import Limits
from parsing.mailboxes import address_list
from parsing.report_vendors import ADDRESS, COPY, ITEMS, KEYED, OUTCOMES, SENTENCES, TRANSCRIPT

_MOST = Limits()
_ID = re.compile(
    r"^[ \t>|]{0,8}(?:original[- ])?message-id[ \t]{0,9}:[ \t]{0,9}(\n[ \t]{1,9})?(<[^<>\s]{3,990}>|\S{3,990})",
    re.I | re.M,
)
_TO = re.compile(
    rf"^[ \t>|]{{0,8}}(?:x-original-to|delivered-to|rcpt to|to)[ \t]{{0,9}}:[^\n]{{0,200}}?({ADDRESS})", re.I | re.M
)
_REPLY = re.compile(r"(?<![\w.])[45]\d\d(?:[ -]#?\(?[45]\.\d{1,3}\.\d{1,3}|[ -]\S)")
_ADDRESS = re.compile(ADDRESS)
_WRITTEN = re.compile(r"^[ \t>|]{0,8}(?:to|cc)[ \t]{0,9}:([^\n]{1,2000})", re.I | re.M)
_BARE = re.compile(
    r"(?:[ \t]{1,8}|<)[<\"']?([^\s<>\"'(),:;@]{1,64})[>\"']{0,2}:?(?:[ \t]{1,9}(\(.{1,200}|-.{1,200}|\.\.\..{1,200})|$)"
)


@dataclass(frozen=True, slots=True)
class Prose:
    """`said` is for each recipient, in order, what was said of it; `around` what was said of all."""

    said: dict[str, str] = field(default_factory=dict)
    around: str = ""
    action: str = ""
    copy: str = ""


def read_prose(
    subject: str, text: str, *, failed: tuple[str, ...], own: frozenset[str], written: tuple[str, ...], most: int
) -> Prose:
    """The report in `text`.

    `failed` are the addresses of X-Failed-Recipients, `own` those that it was sent to, `written` those that the
    original was written to, as far as a copy of it is attached.
    """
    text = text[: _MOST.report_lines * _MOST.report_line].replace("\xa0", " ")
    report, copy = cut_copy(text)
    lines = [line[: _MOST.report_line] for line in report.split("\n")[: _MOST.report_lines]]
    written = written or tuple(
        one.address for one in address_list(",".join(_WRITTEN.findall(copy[: 2**16])), most=most)
    )
    said, around = _items(lines, most) or _bare(lines, written) or _keyed(lines, own, most)
    if failed:
        said = _authoritative(failed[:most], said, " ".join(lines)[: _MOST.report_words])
    elif not said:
        said = _last_resort(report, copy, own, most)
    head = f"{subject}\n{report[: _MOST.report_words]}"
    return Prose(said, around or " ".join(report.split())[: _MOST.report_words], _action(head), copy)


def cut_copy(text: str) -> tuple[str, str]:
    """The report and the copy of the original below it; all of it is the report when no line tells."""
    found = COPY.search(text)
    return (text, "") if found is None else (text[: found.start()], text[found.start() :])


def copied_id(text: str) -> str:
    """The Message-ID in a copy that stands in the text, as `<…>`."""
    found = _ID.search(text[: 2**18])
    return first_id(found.group(2)) if found is not None else ""


def _items(lines: list[str], most: int) -> tuple[dict[str, str], str] | None:
    """Recipients that begin a line, each with what stands behind it and in the lines up to the next one."""
    said: dict[str, str] = {}
    before: list[str] = []
    current = ""
    for line in lines:
        hit = _item(line)
        if hit is not None:
            found, rest = hit
            if found.lower() != current.lower() or not current:
                current = next((known for known in said if known.lower() == found.lower()), found)
                if current not in said and len(said) >= most:
                    break
            said[current] = _add(said.get(current, ""), rest)
        elif current:
            said[current] = _add(said[current], line)
        else:
            before.append(line)
    for name in [name for name in said if name.lower().startswith("postmaster@")]:
        if len(said) > 1:  # whom to ask, below those whom it is about
            del said[name]
    return (_shared(said), " ".join(" ".join(before).split())[: _MOST.report_words]) if said else None


def _item(line: str) -> tuple[str, str] | None:
    """The address with which a line begins and the words behind it."""
    if "@" not in line:
        return None
    for form in ITEMS:
        found = form.match(line)
        if found is not None:
            return found.group(1).rstrip("."), line[found.end(1) :].lstrip(">\"':. \t")
    return None


def _bare(lines: list[str], written: Sequence[str]) -> tuple[dict[str, str], str] | None:
    """Recipients of which a line says no more than the local part, as GroupWise and AOL do to their own people.

    An address of the original is meant when it alone has that local part.
    """
    words = " ".join(" ".join(lines).split())[: _MOST.report_words]
    said: dict[str, str] = {}
    for hit in filter(None, map(_BARE.match, lines if written else ())):
        whole = whole_address(hit.group(1), written)
        if "@" in whole:
            said.setdefault(whole, hit.group(2) or words)
    return (said, words) if said else None


def whole_address(name: str, written: Sequence[str]) -> str:
    """A bare local part as the one address among `written` that has it; anything else as it is."""
    found = {whole for whole in written if whole.lower().startswith(f"{name.lower()}@")} if name else set()
    return found.pop() if len(found) == 1 else name


def _add(words: str, more: str) -> str:
    more = " ".join(more.split())
    return words if not more or len(words) >= _MOST.report_words else f"{words} {more}".strip()[: _MOST.report_words]


def _shared(said: dict[str, str]) -> dict[str, str]:
    """Addresses listed one below the other share the words that follow the last of them."""
    below = ""
    for name in reversed(said):
        below = said[name] or below
        said[name] = below
    return said


def _keyed(lines: list[str], own: frozenset[str], most: int) -> tuple[dict[str, str], str]:
    """Recipients behind a keyword, else within a sentence; then all of the report is said of each."""
    words = " ".join(" ".join(lines).split())[: _MOST.report_words]
    for form in (KEYED.match, SENTENCES.search):
        found = [hit.group(1).rstrip(".") for line in lines if "@" in line and (hit := form(line)) is not None]
        names = list(dict.fromkeys(name for name in found if name.lower() not in own))
        if names:
            return dict.fromkeys(names[:most], words), words
    return {}, words


def _authoritative(failed: tuple[str, ...], said: dict[str, str], words: str) -> dict[str, str]:
    """X-Failed-Recipients says whom; the text says why."""
    lower = {name.lower(): text for name, text in said.items()}
    rest = next(iter(said.values())) if len(said) == 1 else words
    return {name: lower.get(name.lower(), rest) for name in failed}


def _last_resort(report: str, copy: str, own: frozenset[str], most: int) -> dict[str, str]:
    """The recipients of an SMTP dialogue, else whom the copy was written to."""
    words = " ".join(report.split())[: _MOST.report_words]
    names = list(dict.fromkeys(hit.group(1) for hit in TRANSCRIPT.finditer(report)))
    if not names:
        names = [
            hit.group(1) for hit in [_TO.search(copy[: 2**16])] if hit is not None and hit.group(1).lower() not in own
        ]
    return dict.fromkeys(names[:most], words)


def _action(head: str) -> str:
    return next((action for action, pattern in OUTCOMES if pattern.search(head)), "failed")


def reply_in(words: str) -> str:
    """What the other server said, from its three digits on; "" when nothing looks like a reply (RFC 5321)."""
    found = _REPLY.search(words[: _MOST.report_words])
    return words[found.start() :] if found is not None else ""
