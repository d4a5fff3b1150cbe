"""Days as a person writes them: "Friday 14 November", "tomorrow, Saturday 8 November", "in two days, on Friday …".

Every word of a language stands in one `Words`; a new language is a table here and a folder of notices. Nothing here
asks for the time: `now` and the desk's zone are arguments, and a day is always the day in that zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Words:
    """One language: names from Monday and January on, and the patterns that put them together."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    numbers: tuple[str, ...]
    day: str
    day_of_year: str
    today: str
    tomorrow: str
    yesterday: str
    with_day: str
    on: str
    in_days: str
    at_time: str
    zone: str


LANGUAGES: Mapping[str, Words] = {
    "en": Words(
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        months=tuple(
            "January February March April May June July August September October November December".split(" "),
        ),
        numbers=("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        day="{weekday} {day} {month}",
        day_of_year="{weekday} {day} {month} {year}",
        today="today",
        tomorrow="tomorrow",
        yesterday="yesterday",
        with_day="{near}, {day}",
        on="on {day}",
        in_days="in {count} days, on {day}",
        at_time="{day}, {time}",
        zone="{place} time",
    ),
}


@dataclass(frozen=True, slots=True)
class Almanac:
    """What every date of one mail is told from: the moment, the desk's zone, the language's words."""

    now: datetime
    zone: ZoneInfo
    words: Words


def almanac(*, now: datetime, zone: ZoneInfo, language: str) -> Almanac:
    """`now` must know its zone. A language without a table is told in English."""
    return Almanac(now=now.astimezone(zone), zone=zone, words=LANGUAGES.get(language, LANGUAGES["en"]))


def local_day(moment: date, book: Almanac) -> date:
    """The day of `moment` in the desk's zone; a plain date is that day already."""
    return moment.astimezone(book.zone).date() if isinstance(moment, datetime) else moment


def day(moment: date, book: Almanac) -> str:
    """Friday 14 November; with the year when it is not this one."""
    when, words = local_day(moment, book), book.words
    pattern = words.day if when.year == book.now.year else words.day_of_year
    return pattern.format(
        weekday=words.weekdays[when.weekday()], day=when.day, month=words.months[when.month - 1], year=when.year
    )


def distance(moment: date, book: Almanac) -> int:
    """Days from today: 1 is tomorrow, -1 yesterday."""
    return (local_day(moment, book) - book.now.date()).days


def near(moment: date, book: Almanac) -> str:
    """today, tomorrow, yesterday, or nothing."""
    words = book.words
    return {0: words.today, 1: words.tomorrow, -1: words.yesterday}.get(distance(moment, book), "")


def on_day(moment: date, book: Almanac) -> str:
    """When something will be: "tomorrow, Saturday 8 November" or "on Friday 14 November"."""
    close, full = near(moment, book), day(moment, book)
    return book.words.with_day.format(near=close, day=full) if close else book.words.on.format(day=full)


def in_days(moment: date, book: Almanac) -> str:
    """When something will be, counted: "in two days, on Friday 14 November"; near days as `on_day` says them."""
    count = distance(moment, book)
    if not 2 <= count < len(book.words.numbers):
        return on_day(moment, book)
    return book.words.in_days.format(count=book.words.numbers[count], day=day(moment, book))


def past_day(moment: date, book: Almanac) -> str:
    """When something was: "today", "yesterday", "on Friday" within the last six days, else "on Friday 7 November"."""
    close = near(moment, book)
    if close:
        return close
    if -6 <= distance(moment, book) < 0:
        return book.words.on.format(day=book.words.weekdays[local_day(moment, book).weekday()])
    return book.words.on.format(day=day(moment, book))


def clock(moment: datetime, book: Almanac) -> str:
    """14:02, in the desk's zone."""
    return moment.astimezone(book.zone).strftime("%H:%M")


def day_time(moment: datetime, book: Almanac) -> str:
    """Friday 14 November, 16:30; a time of today is told as "today, 16:30"."""
    close = near(moment, book)
    name = close if distance(moment, book) in (0, -1) else day(moment, book)
    if distance(moment, book) == 1:
        name = book.words.with_day.format(near=close, day=day(moment, book))
    return book.words.at_time.format(day=name, time=clock(moment, book))


def zone_name(book: Almanac) -> str:
    """Paris time; a zone that is no place goes by its own name (UTC)."""
    _, slash, place = book.zone.key.rpartition("/")
    return book.words.zone.format(place=place.replace("_", " ")) if slash else book.zone.key
