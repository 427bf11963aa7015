"""The desk's own languages: words from gettext catalogues, figures and times as each language writes them."""

import gettext
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from cases.told import Dated, Joined, Told, Value
from desk.advice import advice_in
from templates import folder
from templates.calendars import calendar_of, write_moment

LANGUAGES = {"en": "English", "fa": "فارسی", "ar": "العربية"}
"""What the pages can be read in, each called as it calls itself."""

_LOCALES = {"en": "en_GB", "fa": "fa_IR", "ar": "ar_EG"}
_DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}
_RIGHT_TO_LEFT = frozenset({"fa", "ar"})
_MARKS = {"; ": "؛ ", ", ": "، "}
"""What stands between the parts of a list in Arabic letters."""


class Speech:
    """One of the desk's languages: what templates say words, figures and times with."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._marks = _MARKS if tag in _RIGHT_TO_LEFT else {}
        self.direction = "rtl" if tag in _RIGHT_TO_LEFT else "ltr"
        self.catalogue = _catalogue(tag)
        self._locale = Locale.parse(_LOCALES[tag])
        self._digits = str.maketrans("0123456789", _DIGITS.get(tag, "0123456789"))
        self._percent = "%" if tag == "en" else "٪"
        self._comma = "," if tag == "en" else "،"

    def say(self, message: str) -> str:
        """A message in this language; itself where nobody has translated it."""
        return self.catalogue.gettext(message)

    def tell(self, words: str) -> str:
        """What the code says to a person, in this language; what nobody has translated stays as it is."""
        match words:
            case Told():
                return self._filled(words.template, words.values)
            case Joined():
                return self._marks.get(words.mark, words.mark).join(self.tell(part) for part in words.parts)
            case Dated():
                return f"{self.moment(words.moment, ZoneInfo(str(words.moment.tzinfo)))} ({words.moment.tzinfo})"
        return self._known(words)

    def _filled(self, template: str, values: Mapping[str, Value]) -> str:
        if not values:
            return self._known(template)
        return self.say(template) % {name: self._value(value) for name, value in values.items()}

    def _value(self, value: Value) -> str:
        if isinstance(value, Told | Joined | Dated):
            return self.tell(value)
        if isinstance(value, str):
            return value
        return self.digits(f"{value:g}" if isinstance(value, float) else str(value))

    def _known(self, words: str) -> str:
        # The empty message is the catalogue's own head.
        return advice_in(self.tag).get(words) or (self.say(words) if words else "")

    def digits(self, text: str) -> str:
        """A text with this language's digits."""
        return text.translate(self._digits)

    def number(self, value: float) -> str:
        """A figure with its separators."""
        return self.digits(format_decimal(value, locale=self._locale, numbering_system="default"))

    def percent(self, share: float) -> str:
        """A share in whole percent."""
        return self.digits(format_percent(share, locale=self._locale)).replace("%", self._percent)

    def span(self, span: timedelta) -> str:
        """A span of time in its largest unit: "12 mins", "3 hrs"."""
        return self.digits(str(format_timedelta(abs(span), format="short", threshold=1.2, locale=self._locale)))

    def moment(self, moment: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
        """A moment in a zone: the time alone if it is today there, else with its day; another year's is named."""
        there = moment.astimezone(zone)
        here = now.astimezone(zone) if now else None
        if here and there.date() == here.date():
            pattern = "HH:mm"
        elif here and self._year(there) == self._year(here):
            pattern = f"EEE d MMM{self._comma} HH:mm"
        else:
            pattern = f"d MMM y{self._comma} HH:mm"
        return self.digits(write_moment(there, pattern, self._locale))

    def _year(self, moment: datetime) -> int:
        return calendar_of(self._locale).year_of(moment.date())

    def day(self, day: date) -> str:
        """A day with its month and year."""
        return self.digits(write_moment(day, "d MMMM y", self._locale))

    def day_of_week(self, day: date) -> str:
        """A day within a week that is named beside it: "Mon 23"."""
        return self.digits(write_moment(day, "EEE d", self._locale))

    def weekday(self, number: int, *, short: bool = False) -> str:
        """A weekday's name; Monday is 0."""
        return str(get_day_names("abbreviated" if short else "wide", "stand-alone", self._locale)[number])

    def language(self, tag: str) -> str:
        """A language's name; the tag itself where it has none."""
        if tag == "und":
            return self.say("unknown language")
        try:
            return Locale.parse(tag, sep="-").get_display_name(self._locale) or tag
        except (ValueError, UnknownLocaleError):
            return tag


def direction(tag: str) -> str:
    """Which way a text in a language runs, for `dir`; "auto" where the language is not known.

    Letters alone would tell wrongly: a Persian reply often begins with somebody's Latin handle.
    """
    base = tag.replace("_", "-").split("-", 1)[0].lower()
    if base in {"", "und"}:
        return "auto"
    try:
        return str(Locale.parse(base).text_direction).replace("left-to-right", "ltr").replace("right-to-left", "rtl")
    except (ValueError, UnknownLocaleError):
        return "auto"


@cache
def speech(tag: str) -> Speech:
    """The desk in one of `LANGUAGES`. Raises `KeyError` for another tag."""
    return Speech(tag)


def choose(wanted: str, accepted: str = "") -> str:
    """The tag to speak: the person's own, else the first that the browser accepts (`Accept-Language`), else English."""
    for item in (wanted, *accepted.split(",")):
        tag = item.split(";", 1)[0].strip().split("-", 1)[0].lower()
        if tag in LANGUAGES:
            return tag
    return "en"


def _catalogue(tag: str) -> gettext.NullTranslations:
    if tag == "en":
        return gettext.NullTranslations()
    source = folder("desk").joinpath("locale", tag, "desk.po")
    with source.open("rb") as file:
        catalog = read_po(file, locale=_LOCALES[tag])
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
