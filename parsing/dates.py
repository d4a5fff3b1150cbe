"""The Date of a mail (RFC 5322 sections 3.3 and 4.3), in the forms that programs write it.

Promises: a time in UTC between 1970 and 2200, or None; never an exception. What can be read in one way is read: two
digits of a year, a missing or a named zone, the month in the sender's language, ISO 8601, asctime, a.m. and p.m. What
leaves day and month to a guess is none. Data stand in the tables at the top.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from parsing.limits import Limits

_LONGEST = Limits().date
_EARLIEST, _LATEST = 1970, 2200

# names of each month as they are abbreviated and declined: what a name in a mail begins with, lower case
_MONTHS: tuple[str, ...] = (
    "jan ene gen janv jän led sty oca січ янв яну ιαν tammi sausio 1月 一月",
    "feb fev fév fevr févr lut úno şub лют фев φεβ helmi vas 2月 二月",
    "mar mär mrz mrt mars märz мар бер берез μαρ μάρ maalis bře kov 3月 三月",
    "apr abr avr kwi dub nis кві апр απρ huhti bal 4月 四月",
    "may mai mag maj maí kvě květ мая май тра трав μαΐ μαι μάι touko geg 5月 五月",
    "jun juin giu cze čvn červn haz июн юни чер черв ιουν ιούν kesä bir 6月 六月",
    "jul juil lug lip čvc červenc tem июл юли лип ιουλ ιούλ heinä lie 7月 七月",
    "aug ago aoû août sie srp ağu авг сер αυγ αύγ elo rgp 8月 八月",
    "sep set sept wrz zář eyl сен сеп вер σεπ syys rgs 9月 九月",
    "oct okt out ott paź říj eki окт жов οκτ loka spa 10月 十月",
    "nov lis kas ноя ное лист νοε νοέ marras lap 11月 十一月",
    "dec dez dic déc des gru pro ara дек гру δεκ joulu grd 12月 十二月",
)
# minutes east of Greenwich (RFC 5322 section 4.3 and what was added since); names with two meanings are left out
_ZONES: Mapping[int, str] = {
    0: "ut utc gmt z wet",
    60: "bst west cet met mez",
    120: "cest mest mesz eet sast",
    180: "eest msk trt",
    240: "msd",
    300: "pkt",
    420: "ict wib",
    480: "hkt sgt awst",
    540: "jst kst",
    570: "acst",
    600: "aest",
    630: "acdt",
    660: "aedt",
    720: "nzst",
    780: "nzdt",
    -180: "brt art adt",
    -240: "ast edt",
    -300: "est cdt",
    -360: "cst mdt",
    -420: "mst pdt",
    -480: "pst akdt",
    -540: "akst",
    -600: "hst",
}
_BY_ZONE = {name: minutes for minutes, names in _ZONES.items() for name in names.split()}
_BY_NAME = {name: number for number, row in enumerate(_MONTHS, 1) for name in row.split()}
_LONGEST_NAME = max(map(len, _BY_NAME))

_DAY = 24 * 60
_SAME_ZONE = re.compile(r"\b(?:GMT|UTC)\s?(?=[+-]\d)")  # GMT+0100, as JavaScript writes it
_AFTERNOON = re.compile(r"下午|午後|오후|\bPM\b", re.I)
_NOISE = re.compile(r"\([^()]*\)|\bde\b|\bdel\b|\bof\b|[,;\"'<>]")
_TIME = re.compile(
    r"(?<![\d:.+-])(\d{1,2})\s?[:.h]\s?(\d{1,2})(?:\s?[:.]\s?(\d{1,2})(?:[.,:]\d{1,9})?)?\s?(?:([ap])\.?m\b\.?)?(?!\.?\d)",
    re.I,
)
_ISO = re.compile(r"(?<!\d)(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?[-/. ]\s?(\d{4})(?!\d)")
_WORDY = re.compile(r"[^\W\d_]+\.?|\d{1,2}月|(?<!\d)\d{1,4}(?!\d)")
_OFFSET = re.compile(r"([+-])\s?(\d{1,2}):?(\d{2})?(?!\d)|(?<![^\W_])([a-z]{1,5})(?![^\W_])", re.I)


def date(text: str) -> datetime | None:
    """A Date body in UTC, or None when it is none. Without a zone it counts as UTC (RFC 5322 section 3.3: -0000)."""
    text = _SAME_ZONE.sub(" ", _NOISE.sub(" ", text[:_LONGEST]))
    start, end, seconds = _time(text) or (len(text), len(text), 0)
    day = _day(text[:start], text[end:])
    offset = _offset(text[end:])
    if day is None or offset is None:
        return None
    try:
        found = datetime(*day, tzinfo=UTC) + timedelta(seconds=seconds, minutes=-offset)
    except (ValueError, OverflowError):
        return None
    return found if _EARLIEST <= found.year <= _LATEST else None


def _time(text: str) -> tuple[int, int, int] | None:
    """Where the time of day stands, and its seconds since midnight; a leap second counts as the one before."""
    for found in _TIME.finditer(text):
        hour, minute, second = (int(found[n] or 0) for n in (1, 2, 3))
        half = (found[4] or "").lower() or ("p" if _AFTERNOON.search(text[: found.start()]) else "")
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        if (hour, minute, second) <= (24, 0, 0) and minute <= 59 and second <= 60:
            return found.start(), found.end(), hour * 3600 + minute * 60 + min(second, 59)
    return None


def _day(before: str, behind: str) -> tuple[int, int, int] | None:
    """Year, month and day: before the time, or on both sides of it as asctime writes them."""
    iso = _ISO.search(before) or _ISO.search(behind)
    if iso is not None:
        return int(iso[1]), int(iso[2]), int(iso[3])
    numbers = _NUMBERS.search(before) or _NUMBERS.search(behind)
    if numbers is not None:
        return _unambiguous(int(numbers[1]), int(numbers[3]), int(numbers[4]), numbers[2])
    return _named(_WORDY.findall(before.lower()), _WORDY.findall(behind.lower()))


def _unambiguous(first: int, second: int, year: int, sign: str) -> tuple[int, int, int] | None:
    """Dots, hyphens and blanks follow the day; a slash follows either, so it counts when only one can be meant."""
    if second > 12:
        return year, first, second
    if first > 12 or first == second or sign != "/":
        return year, second, first
    return None


def _named(before: list[str], behind: list[str]) -> tuple[int, int, int] | None:
    """A day, a month by name and a year, in either order of the first two."""
    month, numbers = 0, list[str]()
    for word in before:
        if word.isdecimal():
            numbers.append(word)
        elif found := _month(word):
            month = found if not month or numbers else month
    if not month:
        return None
    if len(numbers) == 1:  # asctime: the year stands behind the time
        numbers += [word for word in behind if word.isdecimal() and len(word) == 4][:1]
    if len(numbers) != 2:
        return None
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
    return _year(year), month, int(day)


def _month(word: str) -> int:
    for length in range(min(len(word), _LONGEST_NAME), 1, -1):
        number = _BY_NAME.get(word[:length])
        if number:
            return number
    return 0


def _year(digits: str) -> int:
    """Two and three digits by RFC 5322 section 4.3."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _offset(behind: str) -> int | None:
    """Minutes east of Greenwich; 0 for a zone that nobody knows, None for one that is not of this world."""
    for found in _OFFSET.finditer(behind):
        if found[1]:
            minutes = int(found[2]) * 60 + int(found[3] or 0)
            return None if minutes > _DAY else -minutes if found[1] == "-" else minutes
        if found[4].lower() in _BY_ZONE:
            return _BY_ZONE[found[4].lower()]
    return 0
