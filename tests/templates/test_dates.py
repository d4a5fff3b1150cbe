"""Days and times as people say them, in the desk's zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from templates import dates
from templates.languages import LANGUAGES, words_of
from templates.render import plural, size

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = datetime(2025, 11, 7, 13, 2, tzinfo=UTC)


def book(now: datetime = FRIDAY, zone: ZoneInfo = PARIS, language: str = "en") -> dates.Almanac:
    return dates.almanac(now=now, zone=zone, language=language)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (date(2025, 11, 7), "today, Friday 7 November"),
        (date(2025, 11, 8), "tomorrow, Saturday 8 November"),
        (date(2025, 11, 14), "on Friday 14 November"),
        (date(2026, 1, 2), "on Friday 2 January 2026"),
    ],
)
def test_a_coming_day_has_its_weekday(moment: date, said: str) -> None:
    """Nobody has to count days: the weekday is there, today and tomorrow are called so, another year is named."""
    assert dates.on_day(moment, book()) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (date(2025, 11, 8), "tomorrow, Saturday 8 November"),
        (date(2025, 11, 9), "in two days, on Sunday 9 November"),
        (date(2025, 12, 24), "on Wednesday 24 December"),
    ],
)
def test_a_last_day_is_counted(moment: date, said: str) -> None:
    """The last reminder says how long is left as well as the day."""
    assert dates.in_days(moment, book()) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2025, 11, 7, 5, tzinfo=UTC), "today"),
        (datetime(2025, 11, 6, 5, tzinfo=UTC), "yesterday"),
        (datetime(2025, 11, 1, 5, tzinfo=UTC), "on Saturday"),
        (datetime(2025, 10, 31, 5, tzinfo=UTC), "on Friday 31 October"),
        (datetime(2024, 12, 31, 5, tzinfo=UTC), "on Tuesday 31 December 2024"),
    ],
)
def test_a_past_day_is_called_by_its_weekday_for_six_days(moment: datetime, said: str) -> None:
    """ "On Friday" never means a Friday a week ago."""
    assert dates.past_day(moment, book()) == said


def test_the_day_is_the_desks_day() -> None:
    """Half past eleven in the evening UTC is the next day in Paris, for the moment and for `now` alike."""
    late = datetime(2025, 11, 7, 23, 30, tzinfo=UTC)

    assert dates.day(late, book()) == "Saturday 8 November"
    assert dates.past_day(late, book(now=late)) == "today"
    assert dates.day_time(late, book(now=late)) == "today, 00:30"


def test_summer_time_is_minded() -> None:
    """A time after the clocks changed is told as the clock on the wall shows it."""
    july = datetime(2025, 7, 4, 14, 30, tzinfo=UTC)

    assert dates.day_time(july, book()) == "Friday 4 July, 16:30"


@pytest.mark.parametrize(
    ("zone", "said"), [("Europe/Paris", "Paris time"), ("America/New_York", "New York time"), ("UTC", "UTC")]
)
def test_a_zone_is_told_by_its_place(zone: str, said: str) -> None:
    """Customers elsewhere learn whose clock is meant."""
    assert dates.zone_name(book(zone=ZoneInfo(zone))) == said


def test_every_language_has_all_its_days_and_months() -> None:
    """A table that lacks a month would fail in that month only."""
    for words in LANGUAGES.values():
        assert (len(set(words.weekdays)), len(set(words.on_weekdays)), len(set(words.months))) == (7, 7, 12)
        assert len(words.numbers) > 7


COMING, WEEK, NEW_YEAR = date(2025, 11, 8), date(2025, 11, 11), date(2026, 1, 1)
HALF_PAST = datetime(2025, 11, 7, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            "demain, samedi 8 novembre|le mardi 11 novembre|le jeudi 1er janvier 2026|dans quatre jours, le mardi 11"
            " novembre|mardi dernier|aujourd’hui à 16_h_30|jeudi 13 novembre à 9_h_05|heure de Paris",
        ),
        (
            "pl",
            "jutro (sobota, 8 listopada)|we_wtorek, 11 listopada|w_czwartek, 1 stycznia 2026 r.|za cztery dni, "
            "we_wtorek, 11 listopada|we_wtorek|dzisiaj o_16:30|w_czwartek, 13 listopada o_9:05|czas: Paryż",
        ),
    ],
)
def test_other_languages_have_their_own_way(language: str, said: str) -> None:
    """Articles, prepositions, the first of a month and the clock are those of the language, and no line breaks them."""
    there = book(language=language)
    told = [dates.on_day(day, there) for day in (COMING, WEEK, NEW_YEAR)]
    told += [dates.in_days(WEEK, there), dates.past_day(date(2025, 11, 4), there)]
    told += [dates.by_time(when, there) for when in (HALF_PAST, datetime(2025, 11, 13, 8, 5, tzinfo=UTC))]

    assert [*told, dates.zone_name(there)] == said.replace("_", "\u00a0").split("|")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "1.2 MB, 14 kB, 320 bytes"), ("fr", "1,2_Mo, 14_ko, 320_octets"),
                           ("pl", "1,2_MB, 14_kB, 320_B")]
)  # fmt: skip
def test_sizes_are_those_of_the_language(language: str, said: str) -> None:
    """A decimal comma, and the units that file managers show there."""
    told = [size(octets, words=words_of(language)) for octets in (1_234_567, 14_100, 320)]

    assert ", ".join(told) == said.replace("_", "\u00a0")


@pytest.mark.parametrize(
    ("language", "forms", "said"),
    [
        ("en", ("file", "files"), {0: "files", 1: "file", 2: "files"}),
        ("fr", ("fichier", "fichiers"), {0: "fichier", 1: "fichier", 2: "fichiers"}),
        (
            "pl",
            ("plik", "pliki", "plików"),
            {0: "plików", 1: "plik", 2: "pliki", 4: "pliki", 5: "plików", 12: "plików", 22: "pliki", 112: "plików"},
        ),
    ],
)
def test_a_word_has_the_form_of_its_number(language: str, forms: tuple[str, ...], said: dict[int, str]) -> None:
    """Polish has three forms, French counts nothing as one."""
    assert {count: plural(count, *forms, words=words_of(language)) for count in said} == said
