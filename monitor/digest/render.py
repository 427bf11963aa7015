"""The digest in words: plain text, and HTML that mail clients render."""

import tomllib
from datetime import date, datetime, timedelta
from functools import cache, partial
from textwrap import fill

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names
from babel.numbers import format_decimal
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel, ConfigDict

from cases.errors import PackError
from cases.learning import Outcome, Training
from monitor.digest import pictures
from monitor.digest.compose import Digest
from monitor.terminal import harmless, one_line
from templates import folder
from templates.calendars import write_moment

WIDTH = 76
"""Columns of the plain text, so that it stays whole when it is quoted in an answer."""

_RIGHT_TO_LEFT = "\u200f"
_LOCALES = {"fa": "fa_IR", "ar": "ar_EG", "en": "en_GB"}


class _Words(BaseModel):
    """One file of words; `units` has for each unit of time a phrase by CLDR plural form."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, str]  # the many words that only the templates speak

    title: str
    direction: str
    week: str
    digits: str
    percent: str
    day: str
    moment: str
    span_join: str
    within_promise: str
    drift_words: str
    drift_spread: str
    sample_line: str
    sample_waiting: str
    trained_replaced: str
    trained_kept: str
    trained_few: str
    trained_failed: str
    und: str
    units: dict[str, dict[str, str]]


class Speech:
    """Figures, dates and names as one language writes them."""

    def __init__(self, language: str) -> None:
        self.words = _words(language)
        self._locale = Locale.parse(_LOCALES.get(language, language))
        self._digits = str.maketrans("0123456789", self.words.digits)

    def number(self, value: int | None) -> str:
        """A count; a dash where there is none."""
        return "–" if value is None else self.digits(format_decimal(value, locale=self._locale))

    def percent(self, value: float | None) -> str:
        """A share in whole percent; a dash where there is nothing to divide by."""
        return "–" if value is None else self.words.percent.format(self.digits(str(round(100 * value))))

    def day(self, value: date) -> str:
        """A day with its year."""
        return self.digits(write_moment(value, self.words.day, self._locale))

    def day_of_week(self, value: date) -> str:
        """A day within a week that is named beside it: "Mon 23"."""
        return self.digits(write_moment(value, "EEE d", self._locale))

    def day_of_year(self, value: date) -> str:
        """A day where its year goes without saying: "16 Nov"."""
        return self.digits(write_moment(value, "d MMM", self._locale))

    def weekday(self, number: int) -> str:
        """A weekday's short name; Monday is 0."""
        return str(get_day_names("abbreviated", "stand-alone", self._locale)[number])

    def moment(self, value: datetime) -> str:
        """A moment in its own time zone."""
        return self.digits(write_moment(value, self.words.moment, self._locale))

    def span(self, value: timedelta | None) -> str:
        """A span of time in its two largest units, whole minutes at least."""
        if value is None:
            return "–"
        minutes = max(0, round(value.total_seconds() / 60))
        counts = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
        named = [name for name in counts if counts[name]] or ["minute"]
        # Beside days, minutes say nothing.
        named = [name for name in named if not (counts["day"] and name == "minute")] or named[:1]
        return self.words.span_join.join(self._unit(name, counts[name]) for name in named)

    def week(self, digest: Digest) -> str:
        """The week's name in the language; `str(digest.week)` is what the command takes."""
        number, year = self.digits(str(digest.week.number)), self.digits(str(digest.week.year))
        return self.words.week.format(number=number, year=year)

    def language(self, tag: str) -> str:
        """A language's name; the tag itself where it has none."""
        if tag == "und":
            return self.words.und
        try:
            return Locale.parse(tag, sep="-").get_display_name(self._locale) or tag
        except (ValueError, UnknownLocaleError):
            return tag

    def named(self, name: str) -> str:
        """A category or a gravity in words."""
        words: dict[str, str] = self.words.model_extra or {}
        return words.get(name, name.replace("_", " "))

    def learning(self, digest: Digest) -> list[str]:
        """What the classifier learned, and how many complaints a look at some of what it passed over lets expect."""
        lines: list[str] = []
        sample, training = digest.figures.sample, digest.figures.training
        if sample.missed is not None and sample.low is not None and sample.high is not None:
            counts = (sample.drawn, sample.looked_at, sample.complaints)
            figures = (*counts, *(round(figure) for figure in (sample.missed, sample.low, sample.high)))
            lines.append(self.words.sample_line.format(*map(self.number, figures)))
        if digest.to_look_at:
            lines.append(self.words.sample_waiting.format(self.number(digest.to_look_at)))
        if training is not None:
            lines.append(self._training(training))
        return lines

    def _training(self, training: Training) -> str:
        words = self.words
        told = {
            Outcome.REPLACED: words.trained_replaced,
            Outcome.TOO_FEW: words.trained_few,
            Outcome.FAILED: words.trained_failed,
        }.get(training.outcome, words.trained_kept)
        return told.format(self.number(training.labels))

    def drift(self, digest: Digest) -> list[str]:
        """What of each language the classifier may not know well."""
        lines = []
        for drift in digest.drift:
            told = (self.language(drift.language), self.number(drift.posts))
            if drift.new_words:
                shares = (self.percent(drift.unknown), self.percent(drift.usual))
                lines.append(self.words.drift_words.format(*told, *shares))
            if drift.new_spread:
                lines.append(self.words.drift_spread.format(*told))
        return lines

    def digits(self, text: str) -> str:
        """The same with the language's own digits."""
        return text.translate(self._digits)

    def _unit(self, name: str, count: int) -> str:
        forms = self.words.units[name]
        return forms.get(self._locale.plural_form(count), forms["other"]).format(self.digits(str(count)))


def as_text(digest: Digest, language: str) -> str:
    """The digest as plain text, at most `WIDTH` columns wide where words allow."""
    text = _render("digest.txt.j2", digest, language)
    if _words(language).direction == "ltr":
        return text
    # A line that begins with a Latin name would be laid out from left to right.
    return "".join(f"{_RIGHT_TO_LEFT}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


def as_html(digest: Digest, language: str) -> str:
    """The digest as one HTML page: tables and inline styles only, since mail clients drop the rest."""
    return _render("digest.html.j2", digest, language)


def subject(digest: Digest, language: str) -> str:
    """The mail's subject: one line, whatever stands in the brand's name."""
    return " ".join(f"{_words(language).title}: {digest.brand}, {digest.week}".split())


def _render(name: str, digest: Digest, language: str) -> str:
    speech = Speech(language)
    return (
        _environment()
        .get_template(name)
        .render(
            d=digest,
            w=speech.words,
            say=speech,
            draw=pictures,
            language=language,
            promise=speech.words.within_promise.format(speech.span(digest.promise)),
        )
    )


@cache
def _environment() -> Environment:
    """Autoescape for the page alone; the text is no markup, and a post in it is data either way."""
    environment = Environment(
        loader=FunctionLoader(lambda name: folder("digest").joinpath(name).read_text(encoding="utf-8")),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["short"] = one_line
    environment.filters["harmless"] = harmless
    environment.filters["wrap"] = partial(fill, width=WIDTH, break_long_words=False, break_on_hyphens=False)
    return environment


def languages() -> tuple[str, ...]:
    """The languages that the digest can be written in."""
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder("digest").iterdir() if ".toml" in entry.name)
    )


@cache
def _words(language: str) -> _Words:
    if language not in languages():
        message = f"the digest can't be written in {language!r} yet; there is {', '.join(languages())}"
        raise PackError(message)
    table = tomllib.loads(folder("digest").joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    return _Words.model_validate(table)
