"""Days are written in the calendar that a language's readers live by."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from desk.language import speech
from templates.calendars import Calendar, write_moment

TEHRAN = ZoneInfo("Asia/Tehran")


@pytest.mark.parametrize(
    ("tag", "written"), [("en", "26 November 2026"), ("fa", "۵ آذر ۱۴۰۵"), ("ar", "٢٦ نوفمبر ٢٠٢٦")]
)
def test_the_desk_writes_a_day_in_its_readers_calendar(tag: str, written: str) -> None:
    assert speech(tag).day(date(2026, 11, 26)) == written


def test_a_year_is_named_where_it_is_another_by_the_readers_calendar() -> None:
    """Nowruz lies in the middle of a Gregorian year: what was before it was last year."""
    before, after = datetime(2026, 3, 18, 9, tzinfo=UTC), datetime(2026, 3, 25, 9, tzinfo=UTC)
    assert speech("fa").moment(before, TEHRAN, after) == "۲۷ اسفند ۱۴۰۴، ۱۲:۳۰"
    assert "2026" not in speech("en").moment(before, TEHRAN, after)


def test_the_day_is_that_of_the_readers_zone() -> None:
    """At half past nine in the evening of UTC the next day has begun in Tehran."""
    assert "۱ فروردین ۱۴۰۵" in speech("fa").moment(datetime(2026, 3, 20, 21, 30, tzinfo=UTC), TEHRAN)


def test_words_in_quotation_marks_and_names_of_weekdays_stay() -> None:
    assert write_moment(date(2026, 11, 26), "EEEE d MMM 'y d' yy", Locale.parse("fa_IR")) == "پنجشنبه 5 آذر y d 1405"


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_persian_day_leads_back_to_itself(day: date) -> None:
    year, month, number = map(int, write_moment(day, "y MM dd", Locale.parse("fa_IR")).split())
    assert Calendar.PERSIAN.day(year, month, number) == day


def test_a_day_that_the_calendar_has_not_is_told() -> None:
    with pytest.raises(ValueError, match="day"):
        Calendar.PERSIAN.day(1405, 12, 31)
