"""The digest in words: plain text, and HTML that mail clients render."""

import tomllib
from datetime import date, datetime, timedelta
from functools import cache, partial

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FunctionLoader, StrictUndefined

from cases.errors import PackError
from monitor.digest.compose import Digest
from templates import folder

_LOCALES = {"fa": "fa_IR", "ar": "ar_EG", "en": "en_GB"}


def as_text(digest: Digest, language: str) -> str:
    """The digest as plain text, about 76 columns wide."""
    return _render("digest.txt.j2", digest, language)


def as_html(digest: Digest, language: str) -> str:
    """The digest as one HTML page: tables and inline styles only, since mail clients drop the rest."""
    return _render("digest.html.j2", digest, language)


def subject(digest: Digest, language: str) -> str:
    """The mail's subject."""
    words = _words(language)
    return f"{words['title']}: {digest.brand}, {digest.week}"


def _render(name: str, digest: Digest, language: str) -> str:
    locale = _LOCALES.get(language, language)
    words = _words(language)
    return (
        _environment()
        .get_template(name)
        .render(
            d=digest,
            w=words,
            language=language,
            number=partial(_number, locale=locale),
            percent=partial(_percent, locale=locale),
            day=partial(_day, locale=locale),
            moment=partial(_moment, locale=locale),
            span=partial(_span, locale=locale),
            named=partial(_named, words),
        )
    )


def _number(value: int | None, locale: str) -> str:
    return "–" if value is None else format_decimal(value, locale=locale)


def _percent(value: float | None, locale: str) -> str:
    return "–" if value is None else format_percent(value, format="#,##0%", locale=locale)


def _day(value: date, locale: str) -> str:
    return format_date(value, "d MMMM y", locale=locale)


def _moment(value: datetime, locale: str) -> str:
    return format_datetime(value, "EEEE d MMMM, HH:mm", locale=locale)


def _span(value: timedelta | None, locale: str) -> str:
    return "–" if value is None else format_timedelta(value, granularity="minute", threshold=1.5, locale=locale)


def _named(words: dict[str, str], name: str) -> str:
    return words.get(name, name.replace("_", " "))


@cache
def _environment() -> Environment:
    """Autoescape for the page alone; the text is no markup, and a post in it is data either way."""
    return Environment(
        loader=FunctionLoader(lambda name: folder("digest").joinpath(name).read_text(encoding="utf-8")),
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def languages() -> tuple[str, ...]:
    """The languages that the digest can be written in."""
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder("digest").iterdir() if ".toml" in entry.name)
    )


@cache
def _words(language: str) -> dict[str, str]:
    if language not in languages():
        message = f"the digest can't be written in {language!r} yet; there is {', '.join(languages())}"
        raise PackError(message)
    return tomllib.loads(folder("digest").joinpath(f"{language}.toml").read_text(encoding="utf-8"))
