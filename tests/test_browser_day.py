"""A day's work at the desk in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Screen, at_desk, chromium
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from playwright.sync_api import Browser, expect
from scenes import drafted, mention, take_in

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


def waiting(room: Room, *posts: str) -> list[int]:
    """Cases whose drafts wait for approval."""
    cases = [take_in(room.house.ledger, mention(post, author=f"author-{post}"))[0] for post in posts]
    for case in cases:
        drafted(room.house.ledger, case, WHOLE)
    return cases


def shows(seen: Screen, case: int) -> None:
    """Wait until a case is open."""
    expect(seen.page.locator(f"#case[data-case='{case}']")).to_be_visible()


def status_of(room: Room, case: int) -> Status:
    return room.house.ledger.case(case).status


def test_a_days_work_takes_no_mouse(room: Room, browser: Browser) -> None:
    """Open, approve, undo, edit, save, ask for changes, dismiss, snooze, search: by keys alone."""
    first, second, third, fourth = waiting(room, "p1", "p2", "p3", "p4")
    with at_desk(browser, room) as seen:
        page = seen.page
        seen.go("/")
        seen.ready()
        seen.press("j", "Enter")
        shows(seen, first)
        seen.press("a")
        shows(seen, second)
        assert status_of(room, first) is Status.APPROVED
        seen.press("z")
        shows(seen, first)
        expect(page.get_by_role("button", name=re.compile("Approve and next"))).to_be_enabled()
        assert status_of(room, first) is Status.DRAFTED

        seen.press("e", "Control+End")
        page.keyboard.type(" Truly.")
        seen.press("Control+s")
        expect(page.locator(".editor-head")).to_contain_text("draft 2 by Lea")
        draft = room.house.ledger.case(first).draft
        assert draft is not None
        assert (draft.text, draft.by) == (WHOLE + " Truly.", "Lea")
        seen.press("a")
        shows(seen, second)

        seen.press("r")
        page.keyboard.type("Warmer, please")
        seen.press("Enter")
        shows(seen, third)
        assert status_of(room, second) is Status.CHANGES_REQUESTED
        seen.press("d")
        page.keyboard.type("spam")
        seen.press("Enter")
        shows(seen, fourth)
        assert status_of(room, third) is Status.DISMISSED
        seen.press("s", "Tab", "Enter")
        expect(page.locator(".no-case")).to_be_attached()
        assert room.house.ledger.case(fourth).snoozed_until is not None
        seen.press("/")
        page.keyboard.type("p1")
        seen.press("Enter")
        expect(page).to_have_url(re.compile(r"text=p1"))
