"""A form that is not filled in says so in the page's language, whatever the browser's is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Screen, at_desk, chromium
from conftest import Clock
from deskroom import Room, desk_room
from playwright.sync_api import Browser, expect

from cases.plans import Role

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def said(seen: Screen, selector: str) -> str:
    """What the bubble at a field says."""
    words: str = seen.page.locator(selector).evaluate("field => field.validationMessage")
    return words


@pytest.mark.parametrize(
    ("language", "empty", "short"),
    [
        ("en", "fill this in", "write 12 characters at least"),
        ("fa", "این را پر کنید", "دست‌کم ۱۲ نویسه بنویسید"),
        ("ar", "املؤوا هذا الحقل", "اكتبوا ١٢ من الأحرف على الأقل"),
    ],
)
def test_the_bubble_at_a_field_speaks_the_pages_language(
    room: Room, browser: Browser, language: str, empty: str, short: str
) -> None:
    room.come_in("Lea").post("/account", language=language, zone="")
    with at_desk(browser, room, language="de-DE") as seen:
        seen.go("/account")
        field = seen.page.locator("#new")
        send = seen.page.locator("form:has(#new) button")
        send.click()
        assert said(seen, "#new") == empty
        field.press_sequentially("a lock")
        assert said(seen, "#new") != empty, "what was said of an empty field is gone once it is filled in"
        send.click()
        assert said(seen, "#new") == short
        expect(seen.page).to_have_url(room.address + "/account")


def test_a_field_that_was_mended_lets_the_form_go(room: Room, browser: Browser) -> None:
    with at_desk(browser, room, "Ada", Role.ADMIN) as seen:
        seen.go("/people")
        seen.page.locator("form:has(#name) button.primary").click()
        assert said(seen, "#name") == "fill this in"
        seen.page.locator("#name").press_sequentially("Omid")
        seen.page.locator("#name").press("Enter")
        expect(seen.page.get_by_text("Omid").first).to_be_visible()
        assert room.house.ledger.person_named("Omid") is not None
