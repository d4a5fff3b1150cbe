"""The words of each language that no notice holds: of days, times, sizes and numbers, and those around a mail.

A language is one `Words` here and a folder of notices; what a table does not say is said in English. Blanks that no
line may end at are written as \\u00a0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """One language: names from Monday and January on, and the patterns that put them together.

    Patterns know `weekday`, `on_weekday`, `day`, `month`, `year` of a day, `hour` and `minute` of a time.
    `form` says which of the forms of a word goes with a number. `places` are cities by their name in the zone's key.
    """

    code: str  # ISO 639-1
    weekdays: tuple[str, ...]
    on_weekdays: tuple[str, ...]  # "on Monday"
    months: tuple[str, ...]  # as they stand behind a day
    numbers: tuple[str, ...]
    day: str
    date: str
    of_year: str  # what follows a day of another year
    on: str
    by: str  # a day behind "by"
    past: str  # a day of the last six
    today: str
    tomorrow: str
    yesterday: str
    with_day: str
    in_days: str
    at_time: str
    time: str
    zone: str
    zone_vowel: str  # before a place that begins with a vowel
    sizes: tuple[str, str, str]  # of millions, thousands and single octets
    decimal: str
    form: Callable[[int], int]
    private: str  # the words of the marker line
    reopened: str
    nobody: str  # somebody whose name nothing tells
    cut: str
    first_day: str = "{day}"
    places: Mapping[str, str] = field(default_factory=dict)


def _english(count: int) -> int:
    return 0 if count == 1 else 1


def _french(count: int) -> int:
    return 0 if count < 2 else 1


def _polish(count: int) -> int:
    """1 plik, 2 pliki, 5 plików, 12 plików, 22 pliki."""
    if count == 1:
        return 0
    return 1 if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else 2


ENGLISH_DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
FRENCH_DAYS = tuple("lundi mardi mercredi jeudi vendredi samedi dimanche".split())
ENGLISH_MONTHS = "January February March April May June July August September October November December"
FRENCH_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
POLISH_MONTHS = "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
FRENCH_PLACES = (
    "Algiers Alger|Athens Athènes|Brussels Bruxelles|Bucharest Bucarest|Cairo Le_Caire|Copenhagen Copenhague|"
    "Lisbon Lisbonne|London Londres|Moscow Moscou|Singapore Singapour|Vienna Vienne|Warsaw Varsovie|Zurich Zurich"
)
POLISH_PLACES = (
    "Athens Ateny|Brussels Bruksela|Bucharest Bukareszt|Budapest Budapeszt|Copenhagen Kopenhaga|Dublin Dublin|"
    "Kiev Kijów|Kyiv Kijów|Lisbon Lizbona|London Londyn|Madrid Madryt|Moscow Moskwa|New_York Nowy_Jork|Paris Paryż|"
    "Prague Praga|Rome Rzym|Stockholm Sztokholm|Vienna Wiedeń|Vilnius Wilno|Warsaw Warszawa|Zurich Zurych"
)


def _places(text: str) -> dict[str, str]:
    pairs = (pair.split(" ") for pair in text.split("|"))
    return {there.replace("_", " "): here.replace("_", " ") for there, here in pairs}


ENGLISH = Words(
    code="en",
    weekdays=ENGLISH_DAYS,
    on_weekdays=tuple(f"on {name}" for name in ENGLISH_DAYS),
    months=tuple(ENGLISH_MONTHS.split()),
    numbers=tuple("no one two three four five six seven eight nine ten".split()),
    day="{weekday} {day} {month}",
    date="{day} {month}",
    of_year=" {year}",
    on="{on_weekday} {day} {month}",
    by="{weekday} {day} {month}",
    past="{on_weekday}",
    today="today",
    tomorrow="tomorrow",
    yesterday="yesterday",
    with_day="{near}, {day}",
    in_days="in {count} days, {on_day}",
    at_time="{day}, {time}",
    time="{hour:02}:{minute:02}",
    zone="{place} time",
    zone_vowel="{place} time",
    sizes=(" MB", " kB", " bytes"),
    decimal=".",
    form=_english,
    private="not for the customer",
    reopened="reopened",
    nobody="unknown sender",
    cut="[… cut here: the whole is with the ticket]",
)
FRENCH = Words(
    code="fr",
    weekdays=FRENCH_DAYS,
    on_weekdays=tuple(f"le {name}" for name in FRENCH_DAYS),
    months=tuple(FRENCH_MONTHS.split()),
    numbers=tuple("zéro un deux trois quatre cinq six sept huit neuf dix".split()),
    day="{weekday} {day} {month}",
    date="{day} {month}",
    of_year=" {year}",
    on="{on_weekday} {day} {month}",
    by="{weekday} {day} {month}",
    past="{weekday} dernier",
    today="aujourd’hui",
    tomorrow="demain",
    yesterday="hier",
    with_day="{near}, {day}",
    in_days="dans {count} jours, {on_day}",
    at_time="{day} à {time}",
    time="{hour}\u00a0h\u00a0{minute:02}",
    zone="heure de {place}",
    zone_vowel="heure d’{place}",
    sizes=("\u00a0Mo", "\u00a0ko", "\u00a0octets"),
    decimal=",",
    form=_french,
    private="pas pour le client",
    reopened="rouvert",
    nobody="expéditeur inconnu",
    cut="[… coupé ici\u00a0: le texte entier est avec le ticket]",
    first_day="1er",
    places=_places(FRENCH_PLACES),
)
POLISH = Words(
    code="pl",
    weekdays=tuple("poniedziałek wtorek środa czwartek piątek sobota niedziela".split()),
    on_weekdays=tuple(
        "w poniedziałek|we wtorek|w środę|w czwartek|w piątek|w sobotę|w niedzielę".replace(" ", "\u00a0").split("|")
    ),
    months=tuple(POLISH_MONTHS.split()),
    numbers=tuple("zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć".split()),
    day="{weekday}, {day} {month}",
    date="{day} {month}",
    of_year=" {year} r.",
    on="{on_weekday}, {day} {month}",
    by="{on_weekday}, {day} {month}",
    past="{on_weekday}",
    today="dzisiaj",
    tomorrow="jutro",
    yesterday="wczoraj",
    with_day="{near} ({day})",
    in_days="za {count} dni, {on_day}",
    at_time="{day} o\u00a0{time}",
    time="{hour}:{minute:02}",
    zone="czas: {place}",
    zone_vowel="czas: {place}",
    sizes=("\u00a0MB", "\u00a0kB", "\u00a0B"),
    decimal=",",
    form=_polish,
    private="nie dla klienta",
    reopened="otwarte ponownie",
    nobody="nadawca nieznany",
    cut="[… tekst skrócony: całość jest przy zgłoszeniu]",
    places=_places(POLISH_PLACES),
)
LANGUAGES: Mapping[str, Words] = {words.code: words for words in (ENGLISH, FRENCH, POLISH)}


def words_of(language: str) -> Words:
    """The words of a language; those of English for one that has no table."""
    return LANGUAGES.get(language, ENGLISH)
