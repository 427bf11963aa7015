"""A real Chromium before a real desk: what scenarios of the pages stand on. `tests/live_setup.sh` installs it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from conftest import Clock
from deskroom import Room, desk_room
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from cases.plans import Role
from cases.posts import Watch
from monitor.pipeline import take_in
from monitor.platforms.sandbox import Settings, connect

SOON = 20_000
"""Milliseconds for what takes one on an idle machine."""

DESK, TABLET, PHONE = (1440, 900), (768, 1024), (390, 844)
"""Widths and heights of screens, in CSS pixels."""

Scheme = Literal["light", "dark"]

TOWN = """\
[brand]
name = "Parcelo"
keywords = ["parcelo"]
not_keywords = ["parcelo di sotto", "fc parcelo"]
signature = "Ana"
timezone = "Europe/Berlin"
[platforms.sandbox]
handle = "parcelo"
"""

expect.set_options(timeout=SOON)


def chromium_path() -> str | None:
    """Chromium as `AMENDS_CHROMIUM` names it, or as it is installed; None where only Playwright's own could serve."""
    named = os.environ.get("AMENDS_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def start_chromium(playwright: Playwright) -> Browser | None:
    """A browser without a window; None where none is installed."""
    path = chromium_path() or playwright.chromium.executable_path
    if not Path(path).exists():
        return None
    # Containers have no room for Chromium's sandbox, and only our own pages are opened.
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return playwright.chromium.launch(executable_path=path, args=flags)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for a module's scenarios; skips them, with the reason, where there is none."""
    with sync_playwright() as playwright:
        browser = start_chromium(playwright)
        if browser is None:
            pytest.skip("no Chromium: tests/live_setup.sh installs it (Debian: chromium), or AMENDS_CHROMIUM names it")
        with browser:
            yield browser


@dataclass
class Screen:
    """One person's page, what it asked of which server, and what went wrong in it."""

    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        """The browser's profile; others see nothing of it."""
        return self.page.context

    @property
    def elsewhere(self) -> list[str]:
        """Addresses outside the desk that the page asked for."""
        here = urlsplit(self.address).netloc
        return [url for url in self.asked if urlsplit(url).scheme != "data" and urlsplit(url).netloc != here]

    def go(self, path: str) -> None:
        """Open a page of the desk."""
        self.page.goto(self.address + path)

    def ready(self) -> None:
        """Wait until the page's scripts listen: before that, keys do nothing."""
        expect(self.page.locator("body")).to_have_attribute("data-live", "on")

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def overflow(self) -> int:
        """How many CSS pixels of the page lie beyond its width."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide

    def _tell(self, message: ConsoleMessage) -> None:
        # A refusal with a reason is an answer; the browser notes it as an error all the same.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.slips.append(message.text)


@contextmanager
def screen(
    browser: Browser,
    address: str,
    cookie: tuple[str, str] | None = None,
    *,
    size: tuple[int, int] = DESK,
    language: str = "en-GB",
    scheme: Scheme = "light",
    check: bool = True,
    scripts: bool = True,
) -> Iterator[Screen]:
    """A page of a browser of its own. With `check`, a script's fault or what the policy refused fails the test."""
    width, height = size
    phone = width < TABLET[0]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=language,
        color_scheme=scheme,
        has_touch=phone,
        is_mobile=phone,
        reduced_motion="reduce",
        # axe comes into the page as a script, which our policy rightly refuses.
        bypass_csp=not check,
        java_script_enabled=scripts,
    )
    context.set_default_timeout(SOON)
    if cookie is not None:
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": address}])
    page = context.new_page()
    seen = Screen(page, address)
    page.on("request", lambda request: seen.asked.append(request.url))
    page.on("console", seen._tell)
    page.on("pageerror", lambda error: seen.slips.append(str(error)))
    try:
        yield seen
        if check:
            assert seen.slips == []
    finally:
        context.close()


@contextmanager
def at_desk(
    browser: Browser,
    room: Room,
    name: str = "Lea",
    role: Role = Role.LEAD,
    *,
    size: tuple[int, int] = DESK,
    language: str = "en-GB",
    scheme: Scheme = "light",
    check: bool = True,
    scripts: bool = True,
) -> Iterator[Screen]:
    """Somebody who has signed in, before a page of a room's desk."""
    cookie = (room.settings.session_cookie, room.session(name, role))
    with screen(
        browser, room.address, cookie, size=size, language=language, scheme=scheme, check=check, scripts=scripts
    ) as seen:
        yield seen


@contextmanager
def town(folder: Path, clock: Clock) -> Iterator[Room]:
    """A desk with the sandbox's cases, judged and drafted: its people spoke in the last two hours."""
    watch = Watch(("parcelo",), ("parcelo di sotto", "fc parcelo"))
    slowly = Settings(speed=2 / 122)
    list(connect(slowly, {}, watch, folder).poll(None, clock.now - timedelta(minutes=122)))
    with desk_room(folder, clock, TOWN) as room:
        take_in(room.house, "sandbox")
        yield room
