"""Days in the calendar by which a language's readers live. Babel writes all else, and knows the Gregorian one alone."""

import re
from datetime import date, datetime
from enum import StrEnum

from babel import Locale
from babel.dates import format_date, format_datetime
from persiantools.jdatetime import JalaliDate


class Calendar(StrEnum):
    """How days are counted."""

    GREGORIAN = "gregorian"
    PERSIAN = "persian"

    def day(self, year: int, month: int, day: int) -> date:
        """A day of this calendar. Raises `ValueError` where it has no such day."""
        if self is Calendar.PERSIAN:
            return _persian_day(year, month, day).to_gregorian()
        return date(year, month, day)

    def year_of(self, day: date) -> int:
        """The year in which a day lies."""
        return _persian_day(day).year if self is Calendar.PERSIAN else day.year


def _persian_day(*parts: int | date) -> JalaliDate:
    """A day by its year, month and number, or the one that a Gregorian date names."""
    return JalaliDate(*parts)  # type: ignore[no-untyped-call]  # alone in a library that has types


_DAY_FIELD = re.compile(r"'(?:[^']|'')*'|y+|M+|d+")
"""What stands in quotation marks, and what a pattern of CLDR's asks of the calendar."""


def calendar_of(locale: Locale) -> Calendar:
    """The calendar that people write in: of the languages here, Persian has its own, as CLDR says for Iran."""
    return Calendar.PERSIAN if locale.language == "fa" else Calendar.GREGORIAN


def write_moment(moment: date | datetime, pattern: str, locale: Locale) -> str:
    """A day, or a moment where it stands, by a pattern of CLDR's fields; in digits of ASCII."""
    if calendar_of(locale) is Calendar.PERSIAN:
        there = _persian_day(moment.date() if isinstance(moment, datetime) else moment)
        pattern = _DAY_FIELD.sub(lambda field: _persian(field[0], there), pattern)
    write = format_datetime if isinstance(moment, datetime) else format_date
    return str(write(moment, pattern, locale=locale))


def _persian(field: str, day: JalaliDate) -> str:
    if field.startswith("'"):
        return field
    if field.startswith("y"):
        return str(day.year)
    if field.startswith("d"):
        return str(day.day).rjust(len(field), "0")
    # Its months have no short names.
    return f"'{day.strftime('%B', locale='fa')}'" if len(field) > len("MM") else str(day.month).rjust(len(field), "0")
