"""A day's work at the desk in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import PHONE, Screen, at_desk, chromium
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from playwright.sync_api import Browser, expect
from scenes import drafted, draw, mention, take_in

from cases.lifecycle import Status
from cases.saved import NewReply

pytestmark = pytest.mark.live

THUMB = 44
"""CSS pixels that a target for a thumb measures at least."""


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


def test_on_a_phone_a_case_is_approved_by_thumb_and_nothing_is_wider_than_the_screen(
    room: Room, browser: Browser
) -> None:
    first, second = waiting(room, "p1", "p2")
    with at_desk(browser, room, size=PHONE) as seen:
        page = seen.page
        seen.go("/")
        seen.ready()
        assert seen.overflow() == 0
        expect(page.locator(".case-pane")).to_be_hidden()
        page.get_by_role("link", name=re.compile("author-p1", re.IGNORECASE)).tap()
        shows(seen, first)
        expect(page.locator(".list-pane")).to_be_hidden()
        assert seen.overflow() == 0
        approve = page.get_by_role("button", name=re.compile("Approve and next"))
        box = approve.bounding_box()
        assert box is not None
        assert box["height"] >= THUMB
        approve.tap()
        shows(seen, second)
        assert status_of(room, first) is Status.APPROVED
        page.locator("#d-dismiss summary").tap()
        page.locator("#r-dismiss").fill("spam")
        page.locator("#d-dismiss button").tap()
        expect(page.locator("#toasts")).to_contain_text(f"Case {second} is dismissed")
        assert seen.overflow() == 0
        page.locator("#toasts").get_by_role("button", name="Undo").tap()
        shows(seen, second)
        page.get_by_role("link", name="Queue", exact=True).first.tap()
        expect(page.locator(".list-pane")).to_be_visible()


def test_a_persian_reader_works_from_right_to_left_in_persian(room: Room, browser: Browser) -> None:
    """The list stands on the right, figures are Persian, a decision is told in Persian."""
    first, second = waiting(room, "p1", "p2")
    with at_desk(browser, room, language="fa-IR") as seen:
        page = seen.page
        seen.go(f"/cases/{first}")
        seen.ready()
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        rows, open_case = page.locator(".list-pane").bounding_box(), page.locator("#case").bounding_box()
        assert rows is not None
        assert open_case is not None
        assert rows["x"] > open_case["x"]
        expect(page.locator("#case h1")).to_have_text("پروندهٔ ۱")
        expect(page.locator("#count")).to_have_text(re.compile("^[۰-۹]+ / ۵۰۰$"))
        seen.press("a")
        shows(seen, second)
        expect(page.locator("#toasts")).to_contain_text("۱")
        assert status_of(room, first) is Status.APPROVED
        assert seen.overflow() == 0


def test_a_question_mark_shows_every_key_and_escape_puts_them_away(room: Room, browser: Browser) -> None:
    (case,) = waiting(room, "p1")
    with at_desk(browser, room) as seen:
        page = seen.page
        seen.go(f"/cases/{case}")
        seen.ready()
        seen.press("?")
        told = page.locator("#help")
        expect(told).to_be_visible()
        listed = {key.text_content() for key in told.locator("kbd").all()}
        taken = {control.get_attribute("data-key") for control in page.locator("[data-key]").all()}
        assert {key for key in taken if key and key != "ctrl+s"} <= listed
        seen.press("a")
        seen.press("Escape")
        expect(told).to_be_hidden()
        assert status_of(room, case) is Status.DRAFTED


def test_single_keys_that_are_switched_off_do_nothing_and_the_others_stay(room: Room, browser: Browser) -> None:
    (case,) = waiting(room, "p1")
    with at_desk(browser, room) as seen:
        page = seen.page
        seen.go("/account")
        page.get_by_role("checkbox").uncheck()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_be_visible()
        seen.go(f"/cases/{case}")
        seen.ready()
        seen.press("a", "?", "d", "e", "n")
        expect(page.locator("#help")).to_be_hidden()
        assert status_of(room, case) is Status.DRAFTED
        page.locator("#text").focus()
        seen.press("Control+Enter")
        expect(page.locator("#toasts")).to_contain_text(f"Case {case} is approved")


def test_a_letter_typed_in_a_field_is_a_letter(room: Room, browser: Browser) -> None:
    (case,) = waiting(room, "p1")
    with at_desk(browser, room) as seen:
        seen.go(f"/cases/{case}")
        seen.ready()
        seen.press("d")
        seen.page.keyboard.type("and a man asks")
        expect(seen.page.locator("#r-dismiss")).to_have_value("and a man asks")
        seen.press("Escape")
        expect(seen.page.locator("#r-dismiss")).to_be_hidden()
        assert status_of(room, case) is Status.DRAFTED


def test_the_sample_is_answered_by_keys_the_row_in_focus_first(room: Room, browser: Browser) -> None:
    """`n` answers the first row, `j` goes down and `y` answers there; the case is a link away."""
    draw(
        room.house.ledger, room.clock.now, ("s1", "Lovely weather"), ("s2", "A nice day"), ("s3", "On Tuesday. As if.")
    )
    with at_desk(browser, room) as seen:
        seen.go("/sample")
        rows = seen.page.locator("[data-answers]")
        expect(rows).to_have_count(3)
        seen.press("n")
        expect(rows).to_have_count(2)
        expect(rows.first).to_be_focused()
        seen.press("j")
        expect(rows.nth(1)).to_be_focused()
        seen.press("y")
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text("A nice day")
        expect(seen.page.get_by_role("link", name="is open")).to_be_visible()


def test_a_saved_reply_is_put_in_by_keys_and_taken_out_by_undo(room: Room, browser: Browser) -> None:
    """`o` opens the box, arrows choose, Enter puts it in where the cursor is; the checker judges it as typed."""
    (case,) = waiting(room, "p1")
    for title in ("One", "Two"):
        reply = NewReply(title, "en", f"{title} for {{name}}.")
        room.house.ledger.add_saved_reply(reply, who="Lea", now=room.clock.now)
    with at_desk(browser, room) as seen:
        seen.go(f"/cases/{case}")
        seen.ready()
        text = seen.page.locator("#text")
        before = text.input_value()
        text.evaluate("field => field.setSelectionRange(0, 0)")
        seen.press("o", "ArrowDown", "Enter")
        expect(text).to_be_focused()
        expect(text).to_have_value(f"Two for Author-P1. {before}")
        expect(seen.page.locator("#preview")).to_contain_text("Two for Author-P1.")
        seen.press("Control+z")
        expect(text).to_have_value(before)
