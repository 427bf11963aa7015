"""What happens on a page by itself: while somebody types, while others work, while new complaints come in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from browser import at_desk, chromium
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from playwright.sync_api import Browser, expect
from scenes import MORNING, drafted, mention, take_in

from cases.lifecycle import Status

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def arrives(room: Room, post: str, *, minutes: int = 0) -> int:
    """A complaint that was posted so many minutes ago is read, judged and drafted; its case."""
    now = MORNING - timedelta(minutes=minutes)
    (case,) = take_in(room.house.ledger, mention(post, author=f"author-{post}", at=now), now=now)
    drafted(room.house.ledger, case, WHOLE, now=now)
    return case


def test_while_it_is_typed_the_reply_is_judged_and_faults_are_pointed_at(room: Room, browser: Browser) -> None:
    case = arrives(room, "p1")
    with at_desk(browser, room) as seen:
        page = seen.page
        seen.go(f"/cases/{case}")
        seen.ready()
        expect(page.locator("#components .there")).to_have_count(8)
        page.locator("#text").fill("I'm sorry if this upset you.")
        expect(page.locator("#faults .fault")).to_contain_text(["if"])
        expect(page.locator("#layer .fault")).to_be_attached()
        expect(page.locator("#components [data-name=responsibility]")).to_have_class(re.compile("wanted"))
        expect(page.locator("#preview")).to_have_text("I'm sorry if this upset you.")
        page.locator("#text").fill("a" * 501)
        expect(page.locator("#count.over")).to_have_text("501 / 500")
        page.locator("#text").fill(WHOLE)
        expect(page.locator("#faults .fault")).to_have_count(0)
        page.locator("#components [data-name=responsibility] button").click()
        expect(page.locator("#layer .component.lit")).to_contain_text(["our fault"])


def test_a_case_that_comes_first_waits_behind_a_button_and_moves_no_row(room: Room, browser: Browser) -> None:
    rows = [arrives(room, f"p{number}") for number in range(12)]
    with at_desk(browser, room) as seen:
        page = seen.page
        seen.go(f"/cases/{rows[3]}")
        seen.ready()
        watched = page.locator(f"#rows > [data-case='{rows[3]}']")
        before = watched.bounding_box()
        urgent = arrives(room, "urgent", minutes=90)
        fresh = page.locator("#fresh")
        expect(fresh).to_be_visible()
        assert watched.bounding_box() == before
        expect(page.locator(f"#rows > [data-case='{urgent}']")).to_have_count(0)
        fresh.click()
        expect(page.locator("#rows > li").first).to_have_attribute("data-case", str(urgent))
        expect(watched).to_have_class(re.compile("current"))


def test_a_row_that_another_decides_is_struck_through_where_it_stands(room: Room, browser: Browser) -> None:
    first, second = arrives(room, "p1"), arrives(room, "p2")
    with at_desk(browser, room) as seen:
        seen.go(f"/cases/{second}")
        seen.ready()
        room.come_in("Omid").post(f"/cases/{first}/dismiss", reason="spam")
        expect(seen.page.locator(f"#rows > [data-case='{first}']")).to_have_class(re.compile("gone"))
        expect(seen.page.locator("#overtaken")).to_be_hidden()


def test_without_scripts_a_case_is_approved_all_the_same(room: Room, browser: Browser) -> None:
    first, second = arrives(room, "p1"), arrives(room, "p2")
    with at_desk(browser, room, scripts=False) as seen:
        seen.go(f"/cases/{first}")
        seen.page.get_by_role("button", name=re.compile("Approve and next")).click()
        expect(seen.page).to_have_url(re.compile(f"/cases/{second}$"))
    assert room.house.ledger.case(first).status is Status.APPROVED
