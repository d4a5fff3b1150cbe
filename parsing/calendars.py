"""An invitation in words: what, when, where (RFC 5545), for a mail that says nothing else.

The calendar itself stays attached. Promises: a few lines, cut to their limits; no exception for any text.
"""

from __future__ import annotations

import re

_FOLD = re.compile(r"\r?\n[ \t]")
_NAMES = "SUMMARY|DTSTART|DTEND|LOCATION|ORGANIZER|DESCRIPTION"
_LINE = re.compile(rf"^({_NAMES})((?:;[^:\n]{{0,200}})?):([^\n]{{0,4000}})", re.M | re.I)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ZONE = re.compile(r'TZID="?([^;:"]{1,80})', re.I)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_LOOKED_AT = 64 * 2**10


def invitation(text: str) -> str:
    """The first event of a calendar in lines for a person, "" when there is none."""
    text = _FOLD.sub("", text[:_LOOKED_AT])
    start = text.upper().find("BEGIN:VEVENT")
    if start < 0:
        return ""
    found: dict[str, tuple[str, str]] = {}
    for name, options, value in _LINE.findall(text, start):
        found.setdefault(name.upper(), (options, _plain(value)))
    begins, ends = (_when(*found.get(name, ("", ""))) for name in ("DTSTART", "DTEND"))
    lines = [
        ("What", found.get("SUMMARY", ("", ""))[1]),
        ("When", begins + (f" to {ends}" if begins and ends else "")),
        ("Where", found.get("LOCATION", ("", ""))[1]),
        ("Organizer", found.get("ORGANIZER", ("", ""))[1].removeprefix("mailto:").removeprefix("MAILTO:")),
    ]
    told = "".join(f"{name}: {value}\n" for name, value in lines if value)
    more = found.get("DESCRIPTION", ("", ""))[1].strip()
    return told + (f"\n{more}\n" if more else "")


def _plain(value: str) -> str:
    """Escapes undone (RFC 5545 section 3.3.11)."""
    return _ESCAPED.sub(lambda m: "\n" if m.group(1) in "nN" else m.group(1), value.rstrip("\r")).strip()


def _when(options: str, value: str) -> str:
    """`20260302T090000Z` as `2026-03-02 09:00 UTC`; what is no time stays as it is written."""
    match = _TIME.match(value)
    if match is None:
        return value[:40]
    year, month, day, hour, minute, utc = match.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = _ZONE.search(options)
    return f"{year}-{month}-{day} {hour}:{minute}" + (" UTC" if utc else f" ({zone.group(1)})" if zone else "")
