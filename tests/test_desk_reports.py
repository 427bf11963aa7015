"""Any week as a page: figures, and pictures that can be read without being seen."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import Clock
from deskroom import Room, desk_room
from scenes import COMPLAINT, approved, mention, take_in

from cases.verdicts import Category


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as room:
        yield room


def complains(room: Room, post: str, at: datetime, category: Category = Category.LATE) -> int:
    (case,) = take_in(
        room.house.ledger,
        replace(mention(post, "My parcel is late", author=post), posted_at=at),
        verdict=replace(COMPLAINT, category=category),
        now=at,
    )
    return case


def answered(room: Room, case: int, after: timedelta) -> None:
    """Answered by hand, so long after its post."""
    ledger = room.house.ledger
    approved(ledger, case, now=room.clock())
    before, room.clock.now = room.clock.now, ledger.case(case).mention.posted_at + after
    seat = room.come_in("Lea")
    seat.api("POST", f"/api/cases/{case}/by-hand", {})
    seat.api("POST", f"/api/cases/{case}/by-hand", {"url": "https://example.com/reply"})
    room.clock.now = before


def pictures(page: str) -> list[ET.Element]:
    """Every plot of a page; each must be whole XML."""
    return [ET.fromstring(f"<svg{part.split('</svg>')[0]}</svg>") for part in page.split('<svg class="plot"')[1:]]  # noqa: S314 - our own page


def test_the_running_week_counts_what_came_in(room: Room) -> None:
    complains(room, "p1", room.clock())
    found = room.come_in("Lea").api("GET", "/api/reports/2026-W48")
    assert isinstance(found, dict)
    assert found["found"] == 1
    assert found["causes"][-1] == {"week": "2026-W48", "counts": {"late": 1}}


def test_hours_and_weekdays_are_those_of_the_brands_clock(room: Room) -> None:
    """23:30 UTC on Sunday is half past midnight on Monday in Berlin."""
    complains(room, "p1", room.clock().replace(day=22, hour=23, minute=30))
    found = room.come_in("Lea").api("GET", "/api/reports/2026-W48")
    assert isinstance(found, dict)
    assert found["heat"][0][0] == 1
    assert sum(map(sum, found["heat"])) == 1


def test_answers_are_told_by_day_with_how_many_kept_the_promise(room: Room) -> None:
    monday = room.clock() - timedelta(days=7)
    for number, hours in enumerate((1, 2, 9)):
        answered(room, complains(room, f"p{number}", monday), timedelta(hours=hours))
    found = room.come_in("Lea").api("GET", "/api/reports/2026-W47")
    assert isinstance(found, dict)
    day = found["days"][0]
    assert (day["answered"], day["median"], day["within_promise"]) == (3, 7200.0, 2)
    assert [one["answered"] for one in found["days"][1:]] == [0] * 6


def test_rare_causes_are_told_together(room: Room) -> None:
    for number, category in enumerate(list(Category)[:7]):
        for turn in range(7 - number):
            complains(room, f"p{number}-{turn}", room.clock(), category)
    found = room.come_in("Lea").api("GET", "/api/reports/2026-W48")
    assert isinstance(found, dict)
    counts = found["causes"][-1]["counts"]
    assert list(counts.values()) == [7, 6, 5, 4, 3, 3]
    assert list(counts)[-1] == ""


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_each_picture_has_a_name_a_description_and_its_figures_as_a_table(room: Room, language: str) -> None:
    answered(room, complains(room, "p1", room.clock() - timedelta(days=7)), timedelta(hours=1))
    page = room.come_in("Lea").page("/reports/2026-W47", language=language)
    plots = pictures(page)
    assert len(plots) == 3
    for plot in plots:
        assert plot.get("role") == "img"
        named = {part.get("id"): part.text for part in plot if part.tag in {"title", "desc"}}
        assert set(plot.get("aria-labelledby", "").split()) == set(named)
        assert all(named.values())
    assert page.count("<details><summary>") == 3
    assert "style=" not in page


def test_time_runs_from_right_to_left_where_the_language_does(room: Room) -> None:
    complains(room, "p1", room.clock())

    def places(language: str) -> list[float]:
        plot = pictures(room.come_in("Lea").page("/reports", language=language))[-1]
        return [float(cell.get("x", "")) for cell in plot if cell.tag == "rect"][:24]

    assert places("en") == sorted(places("en"))
    assert places("fa") == sorted(places("fa"), reverse=True)


def test_a_persian_page_has_persian_digits_in_its_pictures(room: Room) -> None:
    complains(room, "p1", room.clock())
    said = "".join(
        part.text or ""
        for plot in pictures(room.come_in("Lea").page("/reports", language="fa"))
        for part in plot
        if part.tag == "text"
    )
    assert "۲۱" in said
    assert not any(char.isascii() and char.isdigit() for char in said)


def test_a_quiet_week_says_so_instead_of_drawing_nothing(room: Room) -> None:
    page = room.come_in("Lea").page("/reports/2025-W03")
    assert pictures(page) == []
    assert "Nobody complained in these weeks." in page


@pytest.mark.parametrize("name", ["2026-W54", "last", "0001-W01", "9999-W52"])
def test_a_week_that_is_none_is_not_found(room: Room, name: str) -> None:
    room.come_in("Lea").page(f"/reports/{name}", status=404)
