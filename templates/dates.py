"""Days as a person writes them: "Friday 14 November", "tomorrow, Saturday 8 November", "in two days, on Friday …".

The words and patterns are those of a language's table in languages.py. Nothing here asks for the time: `now` and the
desk's zone are arguments, and a day is always the day in that zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from templates.languages import Words, words_of


@dataclass(frozen=True, slots=True)
class Almanac:
    """What every date of one mail is told from: the moment, the desk's zone, the language's words."""

    now: datetime
    zone: ZoneInfo
    words: Words


def almanac(*, now: datetime, zone: ZoneInfo, language: str) -> Almanac:
    """`now` must know its zone. A language without a table is told in English."""
    return Almanac(now=now.astimezone(zone), zone=zone, words=words_of(language))


def local_day(moment: date, book: Almanac) -> date:
    """The day of `moment` in the desk's zone; a plain date is that day already."""
    return moment.astimezone(book.zone).date() if isinstance(moment, datetime) else moment


def day(moment: date, book: Almanac) -> str:
    """Friday 14 November; with the year when it is not this one."""
    return written(moment, book, book.words.day)


def short_day(moment: date, book: Almanac) -> str:
    """14 November, for languages that have their own way of saying "until Friday"."""
    return written(moment, book, book.words.date)


def written(moment: date, book: Almanac, pattern: str) -> str:
    """A day by one of the patterns of its language."""
    when, words = local_day(moment, book), book.words
    return (pattern if when.year == book.now.year else pattern + words.of_year).format(
        weekday=words.weekdays[when.weekday()],
        on_weekday=words.on_weekdays[when.weekday()],
        day=words.first_day.format(day=1) if when.day == 1 else when.day,
        month=words.months[when.month - 1],
        year=when.year,
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
    close = near(moment, book)
    if close:
        return book.words.with_day.format(near=close, day=day(moment, book))
    return written(moment, book, book.words.on)


def in_days(moment: date, book: Almanac) -> str:
    """When something will be, counted: "in two days, on Friday 14 November"; near days as `on_day` says them."""
    count = distance(moment, book)
    if not 2 <= count < len(book.words.numbers):
        return on_day(moment, book)
    return book.words.in_days.format(count=book.words.numbers[count], on_day=on_day(moment, book))


def past_day(moment: date, book: Almanac) -> str:
    """When something was: "today", "yesterday", "on Friday" within the last six days, else "on Friday 7 November"."""
    close, words = near(moment, book), book.words
    if close:
        return close
    if -6 <= distance(moment, book) < 0:
        weekday = local_day(moment, book).weekday()
        return words.past.format(weekday=words.weekdays[weekday], on_weekday=words.on_weekdays[weekday])
    return written(moment, book, words.on)


def clock(moment: datetime, book: Almanac) -> str:
    """14:02, in the desk's zone."""
    there = moment.astimezone(book.zone)
    return book.words.time.format(hour=there.hour, minute=there.minute)


def day_time(moment: datetime, book: Almanac) -> str:
    """Friday 14 November, 16:30; a time of today is told as "today, 16:30"."""
    close = near(moment, book)
    name = close if distance(moment, book) in (0, -1) else day(moment, book)
    if distance(moment, book) == 1:
        name = book.words.with_day.format(near=close, day=day(moment, book))
    return book.words.at_time.format(day=name, time=clock(moment, book))


def by_time(moment: datetime, book: Almanac) -> str:
    """The same behind a word such as "by" or "since": languages that need "on" before a day have it here."""
    if near(moment, book):
        return day_time(moment, book)
    return book.words.at_time.format(day=written(moment, book, book.words.by), time=clock(moment, book))


def zone_name(book: Almanac) -> str:
    """Paris time; a zone that is no place goes by its own name (UTC)."""
    _, slash, city = book.zone.key.rpartition("/")
    if not slash:
        return book.zone.key
    place = book.words.places.get(city.replace("_", " "), city.replace("_", " "))
    return (book.words.zone_vowel if place[0] in "AEIOUYÉ" else book.words.zone).format(place=place)
