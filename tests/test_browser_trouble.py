"""The desk in a real browser when something goes wrong: two at once, no line, a dead server. Nothing typed is lost."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browser import Screen, at_desk, chromium, screen
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from playwright.sync_api import Browser, expect
from processes import running, told
from scenes import drafted, mention, take_in

from cases.lifecycle import Status
from monitor.config import load_config
from monitor.house import House

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


def types(seen: Screen) -> None:
    """Write some words before the draft."""
    seen.page.locator("#text").focus()
    seen.press("Control+Home")
    seen.page.keyboard.type(MINE)


def has_typed(seen: Screen) -> None:
    expect(seen.page.locator("#text")).to_have_value(MINE + WHOLE)


def signs_in(seen: Screen, room: Room, name: str) -> None:
    """Sign in from another tab of the same browser."""
    seen.context.add_cookies([{"name": room.settings.session_cookie, "value": room.session(name), "url": room.address}])


def text_of(house: House, case: int) -> str:
    draft = house.ledger.case(case).draft
    assert draft is not None
    return draft.text


def test_of_two_who_approve_one_wins_and_the_other_is_told_before_and_after(
    room: Room, browser: Browser, case: int
) -> None:
    with at_desk(browser, room, "Lea") as lea, at_desk(browser, room, "Omid") as omid:
        for seen in (lea, omid):
            seen.go(f"/cases/{case}")
            seen.ready()
        expect(lea.page.locator("#lookers")).to_contain_text("Omid")
        lea.press("a")
        expect(lea.page.locator("#toasts")).to_contain_text(f"Case {case} is approved")
        expect(omid.page.locator("#overtaken")).to_contain_text("Lea")
        omid.press("a")
        expect(omid.page.get_by_role("alert")).to_contain_text(f"case {case} is approved")
    assert [given.by for given in room.house.ledger.case(case).approvals] == ["Lea"]


def test_a_draft_that_another_changed_is_compared_before_it_is_approved(
    room: Room, browser: Browser, case: int
) -> None:
    with at_desk(browser, room, "Lea") as lea:
        lea.go(f"/cases/{case}")
        lea.ready()
        drafted(room.house.ledger, case, WHOLE.replace("parcel", "letter"), by="Omid")
        lea.press("a")
        expect(lea.page.locator("ins")).to_contain_text("letter")
    assert room.house.ledger.case(case).status is Status.DRAFTED


def test_without_a_line_what_is_typed_stays_and_is_saved_once_it_is_back(
    room: Room, browser: Browser, case: int
) -> None:
    with at_desk(browser, room) as seen:
        seen.go(f"/cases/{case}")
        seen.ready()
        seen.context.set_offline(True)
        types(seen)
        seen.press("Control+s")
        expect(seen.page.locator("#toasts")).to_contain_text("what you typed is still here")
        has_typed(seen)
        assert text_of(room.house, case) == WHOLE
        seen.context.set_offline(False)
        seen.press("Control+s")
        expect(seen.page.locator(".editor-head")).to_contain_text("draft 2 by Lea")
        has_typed(seen)
    assert text_of(room.house, case) == MINE + WHOLE


def test_a_session_that_ends_while_somebody_types_is_told_and_the_words_stay(
    room: Room, browser: Browser, case: int
) -> None:
    """Signed in again in another tab, they save as if nothing had been."""
    with at_desk(browser, room) as seen:
        seen.go(f"/cases/{case}")
        seen.ready()
        types(seen)
        room.clock.sleep(hours=13)
        seen.press("Control+s")
        expect(seen.page.locator("#toasts")).to_contain_text("Your session has ended")
        has_typed(seen)
        assert text_of(room.house, case) == WHOLE
        signs_in(seen, room, "Lea")
        seen.press("Control+s")
        expect(seen.page.locator(".editor-head")).to_contain_text("draft 2 by Lea")
    assert text_of(room.house, case) == MINE + WHOLE


def test_what_happens_is_told_again_once_somebody_has_signed_in_again(room: Room, browser: Browser) -> None:
    """The stream was refused meanwhile; what it would have told is caught up with."""
    with at_desk(browser, room) as seen:
        seen.go("/")
        seen.ready()
        seen.page.evaluate("document.body.dataset.watched = 'yes'")
        room.clock.sleep(hours=13)
        expect(seen.page.locator("body")).to_have_attribute("data-live", "off")
        take_in(room.house.ledger, mention("p-missed", "My lamp came broken", author="omar"), now=room.clock.now)
        signs_in(seen, room, "Lea")
        expect(seen.page.locator("body")).to_have_attribute("data-live", "on")
        expect(seen.page.locator("#rows")).to_contain_text("My lamp came broken")
        # The page is the same one all along.
        expect(seen.page.locator("body")).to_have_attribute("data-watched", "yes")


def test_words_are_not_saved_in_the_name_of_somebody_else_who_signed_in_meanwhile(
    room: Room, browser: Browser, case: int
) -> None:
    with at_desk(browser, room) as seen:
        seen.go(f"/cases/{case}")
        seen.ready()
        types(seen)
        signs_in(seen, room, "Omid")
        seen.press("Control+s")
        expect(seen.page.locator("#toasts")).to_contain_text("out of date")
        has_typed(seen)
    assert text_of(room.house, case) == WHOLE


def test_a_server_that_dies_and_comes_back_takes_no_word_with_it(tmp_path: Path, browser: Browser) -> None:
    """The page that was open goes on where it was: the text, the session, the case."""
    folder = tmp_path / "town"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    config = f'[brand]\nname = "Parcelo"\nsignature = "Ana"\n[desk]\nport = {port}\n[platforms.sandbox]\n'
    (folder / "config.toml").write_text(config, encoding="utf-8")
    with House(load_config(folder / "config.toml")) as house, ExitStack() as open_page:
        (case,) = take_in(house.ledger, mention("p1"))
        drafted(house.ledger, case, WHOLE)
        with running(folder, "desk"):
            link = told(folder, r"http://127\.0\.0\.1:\d+/\S+")
            seen = open_page.enter_context(screen(browser, f"http://127.0.0.1:{port}"))
            seen.page.goto(link)
            expect(seen.page.locator("#rows")).to_be_visible()
            seen.go(f"/cases/{case}")
            seen.ready()
            types(seen)
        seen.press("Control+s")
        expect(seen.page.locator("#toasts")).to_contain_text("what you typed is still here")
        has_typed(seen)
        with running(folder, "desk"):
            told(folder, re.escape(f"127.0.0.1:{port}"))
            seen.press("Control+s")
            expect(seen.page.locator(".editor-head")).to_contain_text("draft 2 by")
            has_typed(seen)
        assert text_of(house, case) == MINE + WHOLE
