"""Words that were typed and not recorded, in a real browser: a closed tab, a second window or a crash loses none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Screen, at_desk, chromium
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from playwright.sync_api import Browser, expect
from scenes import drafted, mention, take_in

pytestmark = pytest.mark.live

MINE = "We are on it, and you hear from me at noon. "


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def case(room: Room) -> int:
    """A case whose draft waits for approval."""
    (number,) = take_in(room.house.ledger, mention("p1"))
    drafted(room.house.ledger, number, WHOLE)
    return number


def opens(seen: Screen, case: int) -> None:
    seen.go(f"/cases/{case}")
    seen.ready()


def types(seen: Screen, words: str = MINE) -> None:
    """Write some words before the draft."""
    seen.page.locator("#text").focus()
    seen.press("Control+Home")
    seen.page.keyboard.type(words)


def kept(room: Room, case: int) -> dict[str, str]:
    """Who has which words for a case that are not recorded."""
    return {one.by: one.text for one in room.house.ledger.unsaved(case, now=room.clock())}


def test_what_is_typed_is_kept_by_itself_and_is_there_after_the_tab_was_closed(
    room: Room, browser: Browser, case: int
) -> None:
    with at_desk(browser, room) as seen:
        opens(seen, case)
        types(seen)
        expect(seen.page.locator("#saved")).to_contain_text("Kept at")
    assert kept(room, case) == {"Lea": MINE + WHOLE}
    with at_desk(browser, room) as again:
        opens(again, case)
        expect(again.page.locator("#text")).to_have_value(MINE + WHOLE)
        expect(again.page.locator("#editor")).to_contain_text("not recorded yet")
        again.page.get_by_role("button", name="Drop them").click()
        again.ready()
        expect(again.page.locator("#text")).to_have_value(WHOLE)
    assert kept(room, case) == {}


def test_a_tab_that_is_closed_at_once_leaves_its_words(room: Room, browser: Browser, case: int) -> None:
    """Within the pause after which words are kept: in the browser if not on the server."""
    with at_desk(browser, room) as seen:
        opens(seen, case)
        types(seen)
        other = seen.context.new_page()
        seen.page.close()
        other.goto(f"{room.address}/cases/{case}")
        expect(other.locator("#text")).to_have_value(MINE + WHOLE)


def test_without_a_line_words_wait_in_the_browser_and_go_out_when_it_is_back(
    room: Room, browser: Browser, case: int
) -> None:
    with at_desk(browser, room) as seen:
        opens(seen, case)
        seen.context.set_offline(True)
        types(seen)
        expect(seen.page.locator("#saved")).to_contain_text("Not kept yet")
        assert kept(room, case) == {}
        seen.context.set_offline(False)
        expect(seen.page.locator("#saved")).to_contain_text("Kept at")
    assert kept(room, case) == {"Lea": MINE + WHOLE}


def test_of_two_windows_of_one_person_neither_loses_its_words(room: Room, browser: Browser, case: int) -> None:
    with at_desk(browser, room) as one, at_desk(browser, room) as two:
        for seen in (one, two):
            opens(seen, case)
        types(one, "First. ")
        expect(one.page.locator("#saved")).to_contain_text("Kept at")
        types(two, "Second. ")
        both = two.page.locator("#two-texts")
        expect(both).to_contain_text("First. ")
        expect(two.page.locator("#text")).to_have_value("Second. " + WHOLE)
        both.get_by_role("button", name="Keep what is typed here").click()
        expect(two.page.locator("#saved")).to_contain_text("Kept at")
    assert kept(room, case) == {"Lea": "Second. " + WHOLE}


def test_words_begun_from_a_draft_that_changed_are_shown_beside_it(room: Room, browser: Browser, case: int) -> None:
    """And a colleague is told whose words wait."""
    with at_desk(browser, room) as seen:
        opens(seen, case)
        types(seen)
        expect(seen.page.locator("#saved")).to_contain_text("Kept at")
    drafted(room.house.ledger, case, WHOLE.replace("parcel", "letter"), by="Omid")
    with at_desk(browser, room, "Omid") as omid:
        opens(omid, case)
        expect(omid.page.locator("#editor")).to_contain_text("lie with: Lea")
    with at_desk(browser, room) as again:
        opens(again, case)
        expect(again.page.locator("ins").first).to_contain_text("letter")
        expect(again.page.locator("#text")).to_have_value(MINE + WHOLE)


def test_what_was_recorded_is_no_longer_unrecorded(room: Room, browser: Browser, case: int) -> None:
    with at_desk(browser, room) as seen:
        opens(seen, case)
        types(seen)
        expect(seen.page.locator("#saved")).to_contain_text("Kept at")
        seen.press("Control+s")
        expect(seen.page.locator(".editor-head")).to_contain_text("draft 2 by Lea")
        expect(seen.page.locator("#editor")).not_to_contain_text("not recorded yet")
    assert kept(room, case) == {}
