"""What axe finds on every page of the desk: in light and dark, from left to right and from right to left."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # it has no types
from browser import DESK, PHONE, TABLET, Scheme, Screen, at_desk, chromium, screen, town
from conftest import Clock
from deskroom import Room
from playwright.sync_api import Browser, expect
from scenes import MORNING, draw

from cases.lifecycle import Status
from cases.plans import Role
from desk.access.doors import invite
from desk.app import SECTIONS

pytestmark = pytest.mark.live

GRAVE = {"serious", "critical"}
LOOKS: list[tuple[Scheme, str]] = [("light", "en-GB"), ("dark", "fa-IR")]
"""Both themes and both directions: colours don't hang on the direction."""

OTHERS = ["/sample", "/people", "/people/log", "/account"]
"""Pages that the bar at the top does not name as sections."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The sandbox's cases, of which some are decided, with a promise, an incident, a kept view and a pause."""
    with town(tmp_path_factory.mktemp("town"), Clock(MORNING)) as opened:
        lea = opened.come_in("Lea")
        for case in opened.house.ledger.cases():
            lea.browser.post(
                f"{opened.address}/api/cases/{case.id}/approve",
                json={"hash": case.draft.hash if case.draft else ""},
                headers={"x-csrf-token": lea.csrf},
                timeout=20,
            )
            if opened.house.ledger.promises():
                break
        lea.post("/incidents", name="Flood", state="open", keywords_en="flood", cause_en="The depot is under water")
        lea.post("/saved-views", name="Grave ones", query="view=approval&severity=3")
        lea.post("/saved-replies", title="Lost", language="en", text="We lost your parcel, {name}.")
        draw(opened.house.ledger, MORNING, ("drawn", "They came on Tuesday, as if that were fine"))
        lea.post("/health/pause", platform="*", reason="a fire alarm")
        yield opened


def pages(room: Room) -> list[str]:
    """Every page, a case in each state that the town has, and one that is not there."""
    states: dict[Status, int] = {}
    for case in room.house.ledger.cases():
        states.setdefault(case.status, case.id)
    views = ["/?view=done", "/?view=approval&text=parcel&network=sandbox", "/cases/999999"]
    return [*sorted(SECTIONS), *views, *OTHERS, *(f"/cases/{case}" for case in states.values())]


def grave(seen: Screen) -> list[str]:
    """What axe finds that keeps people out, each with its places."""
    found = Axe().run(seen.page).response["violations"]
    return [
        f"{seen.page.url} {one['id']}: {one['help']}: {[node['html'][:150] for node in one['nodes'][:4]]}"
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_no_page_keeps_anybody_out(room: Room, browser: Browser, scheme: Scheme, language: str) -> None:
    found: list[str] = []
    with at_desk(browser, room, "Ada", Role.ADMIN, scheme=scheme, language=language, check=False) as seen:
        for path in pages(room):
            seen.go(path)
            found += grave(seen)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_on_a_page_keeps_nobody_out(room: Room, browser: Browser, scheme: Scheme) -> None:
    """The keys' help, every box of a decision, the views and the filter, on a phone and on a desk."""
    (case, *_) = room.house.ledger.cases([Status.DRAFTED])
    found: list[str] = []
    for size in (DESK, PHONE):
        with at_desk(browser, room, "Ada", Role.ADMIN, size=size, scheme=scheme, check=False) as seen:
            seen.go(f"/cases/{case.id}")
            seen.page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
            found += grave(seen)
            assert seen.overflow() == 0
            seen.go("/")
            seen.page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
            seen.page.evaluate("document.querySelector('.row-item input').click()")
            found += grave(seen)
            assert seen.overflow() == 0
            seen.page.evaluate("document.getElementById('help').showModal()")
            found += grave(seen)
    assert found == []


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_a_stranger_can_come_in(room: Room, browser: Browser, scheme: Scheme, language: str) -> None:
    invited = room.house.ledger.add_person(f"Nora {scheme}", Role.AGENT, by="operator", now=room.clock())
    link = urlsplit(invite(room.house, room.settings, invited))
    with screen(browser, room.address, scheme=scheme, language=language, check=False) as seen:
        seen.go("/sign-in")
        found = grave(seen)
        seen.go(link.path)
        expect(seen.page.get_by_role("heading")).to_contain_text("Nora")
        assert found + grave(seen) == []


@pytest.mark.parametrize("size", [PHONE, TABLET])
@pytest.mark.parametrize("language", ["en-GB", "fa-IR"])
def test_no_page_is_wider_than_its_screen(room: Room, browser: Browser, size: tuple[int, int], language: str) -> None:
    with at_desk(browser, room, "Ada", Role.ADMIN, size=size, language=language) as seen:
        wide = {}
        for path in pages(room):
            seen.go(path)
            wide[path] = seen.overflow()
        assert {path: width for path, width in wide.items() if width} == {}
        assert seen.elsewhere == []
