"""Posts that were written to break the page: it shows them as what they are, and asks nobody elsewhere for anything."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browser import DESK, PHONE, at_desk, chromium
from conftest import Clock
from deskroom import WHOLE, Room, desk_room
from playwright.sync_api import Browser, expect
from scenes import COMPLAINT, drafted, mention, take_in

pytestmark = pytest.mark.live

TALLEST_ROW = 260
"""CSS pixels: a name, two lines of the post, and its marks on a phone."""

NASTY = {
    "script": "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">",
    "remote": (
        '<img src="https://elsewhere.invalid/a.png"><style>@import "https://elsewhere.invalid/a.css"</style>'
        "![a](https://elsewhere.invalid/b.png) https://elsewhere.invalid/c <iframe src=//elsewhere.invalid></iframe>"
    ),
    "attribute": "' onmouseover='document.title = `taken`' x=\" autofocus onfocus=\"document.title='taken'",
    "template": "{{ 7 * 7 }} {% include 'base.html.j2' %} %(number)s ${7 * 7}",
    "override": "Where is it \u202eylno dedaolpu fo\u202e and \u2066never closed",
    "closes": "Closes what it never opened \u202c\u2069\u2069\u2069 and \u200f\u200ffive marks\u200f",
    "long": "nine days " * 1_000,
    "unbroken": "parcel" * 1_700,
    "marks": "Z" + "\u0300\u0301\u0302\u0303\u0304" * 100 + "algo " + "\u0489" * 20,
    "lines": "one\n" * 300,
    "wide": "\ufdfd" * 50 + " " + "𒐫" * 40,
    "emoji": "👩‍👩‍👧‍👦" * 200,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    with desk_room(tmp_path, clock) as opened:
        yield opened


def nasty(room: Room) -> dict[str, int]:
    """A case for each such post, written as name, handle and words alike."""
    cases = {}
    for name, text in NASTY.items():
        post = replace(mention(name, text, author=text[:60]), author_name=text[:200], url="javascript:alert(1)")
        verdict = replace(COMPLAINT, about=text[:300], why=())
        (cases[name],) = take_in(room.house.ledger, post, verdict=verdict)
        drafted(room.house.ledger, cases[name], WHOLE if name != "script" else text)
    return cases


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_it_is_shown_as_text_within_the_page_and_reaches_nobody(
    room: Room, browser: Browser, size: tuple[int, int]
) -> None:
    cases = nasty(room)
    with at_desk(browser, room, size=size) as seen:
        page = seen.page
        seen.go("/?view=approval")
        seen.ready()
        expect(page.locator(".row-item")).to_have_count(len(NASTY))
        assert seen.overflow() == 0
        for row in page.locator(".row-item").all():
            box = row.bounding_box()
            assert box is not None
            assert box["height"] < TALLEST_ROW, row.text_content()
        for name, case in cases.items():
            seen.go(f"/cases/{case}")
            expect(page.locator(".said.answered .words")).to_be_visible()
            assert seen.overflow() == 0, name
            assert "taken" not in page.title()
            assert page.locator("#case :is(img, iframe, script, style), [onmouseover], [onerror]").count() == 0
            assert page.locator("[href^='javascript:']").count() == 0
        assert seen.elsewhere == []


def test_words_that_turn_the_direction_do_not_turn_what_stands_around_them(room: Room, browser: Browser) -> None:
    """The case's own line, below the post's, begins where it begins for a plain post."""
    cases = nasty(room)
    (plain,) = take_in(room.house.ledger, mention("plain"))
    drafted(room.house.ledger, plain, WHOLE)
    starts = set()
    with at_desk(browser, room) as seen:
        for case in (plain, cases["override"], cases["closes"]):
            seen.go(f"/cases/{case}")
            box = seen.page.locator(".said.answered .by > .soft").last.bounding_box()
            head = seen.page.locator("#case h1").bounding_box()
            assert box is not None
            assert head is not None
            starts.add(round(head["x"]))
            assert box["x"] > head["x"]
            shown = seen.page.locator(".said.answered").inner_text()
            assert not set(shown) & set("\u202a\u202b\u202d\u202e")
    assert len(starts) == 1


def test_no_letter_on_the_page_carries_a_pile_of_marks(room: Room, browser: Browser) -> None:
    """Or else they would be painted over what stands above and below."""
    cases = nasty(room)
    with at_desk(browser, room) as seen:
        seen.go(f"/cases/{cases['marks']}")
        expect(seen.page.locator(".said.answered .words")).to_contain_text("algo")
        assert re.search("[\u0300-\u036f\u0489]{5}", seen.page.locator("body").inner_text()) is None
