"""ISO weeks in a time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.weeks import Week

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_week_is_written_and_read_the_iso_way() -> None:
    assert str(Week.parse("2026-W47")) == "2026-W47"
    assert Week.parse("2026W03") == Week(2026, 3)


@pytest.mark.parametrize("text", ["2026-47", "W47", "2025-W53", "2026-W00", "next week"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="week"):
        Week.parse(text)


def test_a_moment_belongs_to_the_week_of_its_zone() -> None:
    sunday_night = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert Week.of(sunday_night, ZoneInfo("UTC")) == Week(2026, 47)
    assert Week.of(sunday_night, BERLIN) == Week(2026, 48)


def test_the_week_before_the_first_is_the_last_of_the_year_before() -> None:
    assert Week(2027, 1).before == Week(2026, 53)


def test_the_week_in_which_clocks_go_back_has_an_hour_more() -> None:
    start, end = Week.parse("2026-W43").span(BERLIN)
    assert end - start == timedelta(hours=169)
